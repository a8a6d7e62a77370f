"""Giving money back by an administrator's decision, after the stay is over or while it runs."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from parking.audit import services as audit
from parking.audit.services import Actor
from parking.checkout.services.settling import send_refunds
from parking.core import idempotency
from parking.core.errors import NotFound, Refused
from parking.core.idempotency import RequestKey
from parking.core.ids import new_refund_id
from parking.core.money import ZERO
from parking.payments import services as payments
from parking.payments.models import Payment, PaymentMethod, Refund, RefundStatus
from parking.stays import services as stays


def refund_payment(
    *, actor: Actor, order_number: str, amount: Decimal, reason: str, now: datetime, key: RequestKey | None = None
) -> Refund:
    """Give `amount` rupees of an online payment back and ask its gateway for it.

    The bill gets a line that says so, and its total falls by as much. Raises NotFound `order_not_found`; Refused
    `already_refunded`, `refund_exceeds_payment`, `amount_invalid`; RepeatedRequest.
    """
    payment = Payment.objects.filter(order__order_id=order_number).select_related("order").first()
    if payment is None:
        raise NotFound("order_not_found", "There is no such paid order")
    refund = _written_down(payment, amount, reason, actor=actor, now=now, key=key)
    send_refunds([refund], now=now)
    return refund


def resume_refund(*, subject: str, now: datetime) -> Refund:
    """Go on with a refund whose answer was lost: the gateway is asked after it, nothing goes back twice."""
    refund = Refund.objects.select_related("payment__order").get(refund_id=subject)
    if refund.status in {RefundStatus.INITIATED, RefundStatus.PENDING}:
        send_refunds([refund], now=now)
    return refund


def _written_down(
    payment: Payment, amount: Decimal, reason: str, *, actor: Actor, now: datetime, key: RequestKey | None
) -> Refund:
    refund_id = new_refund_id()
    with transaction.atomic(durable=True):
        session = stays.lock_by_bill(payment.bill_id)
        idempotency.claim(key, subject=refund_id, now=now)
        _refuse_too_much(payment, amount)
        refund = payments.refund_by_decision(
            bill=session.bill,
            payment=payment,
            amount=amount,
            reason=reason,
            refund_id=refund_id,
            asked_by_id=actor.user_id,
            now=now,
        )
        audit.record(
            actor=actor,
            action="payment.refunded",
            now=now,
            subject=("session", session.pk),
            refund_id=refund.refund_id,
            amount=amount,
            by_hand=payment.method == PaymentMethod.CASH,
        )
    return refund


def _refuse_too_much(payment: Payment, amount: Decimal) -> None:
    left = payments.left_of(payment)
    if amount <= ZERO:
        raise Refused("amount_invalid", "The amount must be more than zero")
    if left == ZERO:
        raise Refused("already_refunded", "All of this payment went back already")
    if amount > left:
        raise Refused("refund_exceeds_payment", f"At most ₹{left} can go back", left=str(left))
