"""Giving money back by an administrator's decision, after the stay is over or while it runs."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from parking.audit import services as audit
from parking.core import idempotency
from parking.core.actor import Actor
from parking.core.errors import NotFound, Refused
from parking.core.idempotency import RequestKey
from parking.core.ids import new_refund_id
from parking.core.money import ZERO
from parking.core.sites import at_sites
from parking.payments import bills, refunds
from parking.payments.asking import look_up_refund, send_refunds
from parking.payments.events import PaymentRefunded, RefundApproved, RefundRetried
from parking.payments.gateways.base import GatewayState
from parking.payments.models import Payment, PaymentMethod, Refund, RefundStatus
from parking.payments.queries import left_of
from parking.stays import access
from parking.stays.access import OfBill


def refund_payment(
    *, actor: Actor, order_number: str, amount: Decimal, reason: str, now: datetime, key: RequestKey | None = None
) -> Refund:
    """Give `amount` rupees of an online payment back and ask its gateway for it.

    The bill gets a line that says so, and its total falls by as much. Raises NotFound `order_not_found`; Refused
    `already_refunded`, `refund_exceeds_payment`, `amount_invalid`; RepeatedRequest.
    """
    payment = _payments(actor).filter(order__order_id=order_number).first()
    if payment is None:
        raise NotFound("order_not_found", "There is no such paid order")
    return _given_back(payment, amount, reason, actor=actor, now=now, key=key)


def refund_any_payment(
    *, actor: Actor, payment_id: int, amount: Decimal, reason: str, now: datetime, key: RequestKey | None = None
) -> Refund:
    """Give `amount` rupees of any payment back. What was paid by hand waits for `approve_refund` by another person.

    Raises NotFound `payment_not_found`; Refused as `refund_payment`; RepeatedRequest.
    """
    payment = _payments(actor).filter(pk=payment_id).first()
    if payment is None:
        raise NotFound("payment_not_found", "There is no such payment")
    return _given_back(payment, amount, reason, actor=actor, now=now, key=key)


def approve_refund(*, actor: Actor, refund_id: int, now: datetime) -> Refund:
    """Write down that money which was paid by hand was handed back. Nobody approves a refund that they asked for.

    Raises NotFound `refund_not_found`; Refused `own_refund`, `refund_not_waiting`.
    """
    refund = _found(refund_id, actor)
    with transaction.atomic():
        session = access.lock(OfBill(refund.payment.bill_id), actor)
        if refund.asked_by_id == actor.user_id:
            raise Refused("own_refund", "Another administrator must approve a refund that you asked for")
        refunds.hand_back(refund=refund, now=now)
        audit.record(
            actor,
            RefundApproved(
                session_id=session.pk, refund_id=refund.refund_id, amount=refund.amount, asked_by=refund.asked_by_id
            ),
            now,
        )
    return refund


def retry_refund(*, actor: Actor, refund_id: int, now: datetime, key: RequestKey | None = None) -> Refund:
    """Try a refund that was put before a person once more, under its next number.

    The gateway is asked first: what it has not refused must not go out a second time. Raises NotFound
    `refund_not_found`; Refused `refund_not_in_review`, `refund_at_gateway`, `refund_under_way`; Unavailable;
    RepeatedRequest.
    """
    refund = _found(refund_id, actor)
    if refund.status == RefundStatus.REVIEW:
        _refuse_what_the_gateway_has(refund)
    with transaction.atomic(durable=True):
        session = access.lock(OfBill(refund.payment.bill_id), actor)
        idempotency.claim(key, subject=refund.refund_id, now=now)
        refunds.take_out_of_review(refund=refund, now=now)
        audit.record(
            actor, RefundRetried(session_id=session.pk, refund_id=refund.refund_id, attempt=refund.attempt), now
        )
    send_refunds([refund], now=now)
    return refund


def _payments(actor: Actor) -> "QuerySet[Payment]":
    return at_sites(Payment.objects.select_related("order"), actor.sites, "bill__site_id")


def _found(refund_id: int, actor: Actor) -> Refund:
    refunds_seen = at_sites(Refund.objects.select_related("payment__order"), actor.sites, "payment__bill__site_id")
    refund = refunds_seen.filter(pk=refund_id).first()
    if refund is None:
        raise NotFound("refund_not_found", "There is no such refund")
    return refund


def _refuse_what_the_gateway_has(refund: Refund) -> None:
    answer = look_up_refund(refund)
    if answer is not None and answer.state != GatewayState.FAILED:
        raise Refused("refund_at_gateway", "The gateway has this refund and did not refuse it; settle it there")


def resume_refund(*, subject: str, now: datetime) -> Refund:
    """Go on with a refund whose answer was lost: the gateway is asked after it, nothing goes back twice."""
    refund = Refund.objects.select_related("payment__order").get(refund_id=subject)
    if refund.status in {RefundStatus.INITIATED, RefundStatus.PENDING}:
        send_refunds([refund], now=now)
    return refund


def _given_back(
    payment: Payment, amount: Decimal, reason: str, *, actor: Actor, now: datetime, key: RequestKey | None
) -> Refund:
    refund = _written_down(payment, amount, reason, actor=actor, now=now, key=key)
    send_refunds([refund], now=now, fresh=True)
    return refund


def _written_down(
    payment: Payment, amount: Decimal, reason: str, *, actor: Actor, now: datetime, key: RequestKey | None
) -> Refund:
    refund_id = new_refund_id()
    with transaction.atomic(durable=True):
        session = access.lock(OfBill(payment.bill_id), actor)
        idempotency.claim(key, subject=refund_id, now=now)
        _refuse_too_much(payment, amount)
        refund = bills.refund_by_decision(
            bill=session.bill,
            payment=payment,
            amount=amount,
            reason=reason,
            refund_id=refund_id,
            asked_by_id=actor.user_id,
            now=now,
        )
        audit.record(
            actor,
            PaymentRefunded(
                session_id=session.pk,
                refund_id=refund.refund_id,
                amount=amount,
                by_hand=payment.method != PaymentMethod.ONLINE,
            ),
            now,
        )
    return refund


def _refuse_too_much(payment: Payment, amount: Decimal) -> None:
    left = left_of(payment)
    if amount <= ZERO:
        raise Refused("amount_invalid", "The amount must be more than zero")
    if left == ZERO:
        raise Refused("already_refunded", "All of this payment went back already")
    if amount > left:
        raise Refused("refund_exceeds_payment", f"At most ₹{left} can go back", left=str(left))
