"""Giving money back by an administrator's decision, after the stay is over or while it runs."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from parking.accounts import approvals
from parking.accounts.models import ApprovalKind, Decision, Role
from parking.accounts.services import lock_user
from parking.accounts.vouching import is_dependent, is_only_administrator, not_independent
from parking.audit import services as audit
from parking.checkout.hand_backs import ask_second_person
from parking.checkout.owners import Billed, after_refund, lock_owner
from parking.core import clock, idempotency
from parking.core.actor import Actor, not_permitted
from parking.core.errors import Forbidden, NotFound, Refused
from parking.core.idempotency import RequestKey
from parking.core.ids import new_refund_id
from parking.core.money import ZERO
from parking.core.sites import at_sites
from parking.facilities.calendars import zone_of
from parking.invoices.models import TaxDocument
from parking.payments import bills, refunds
from parking.payments.asking import look_up_refund, send_refunds
from parking.payments.events import (
    PaymentRefunded,
    RefundApproved,
    RefundRefused,
    RefundRetried,
    SecondPaymentSentBack,
)
from parking.payments.gateways.base import GatewayState
from parking.payments.models import Payment, PaymentMethod, Refund, RefundStatus
from parking.payments.queries import left_of


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

    Attendants need the permission, and have its limits. Raises Forbidden `not_permitted`; NotFound `payment_not_found`;
    Refused `refund_beyond_limit`, and as `refund_payment`; RepeatedRequest.
    """
    if actor.role == Role.STAFF and not actor.permissions.refund.each:
        raise not_permitted()
    payment = _payments(actor).filter(pk=payment_id).first()
    if payment is None:
        raise NotFound("payment_not_found", "There is no such payment")
    return _given_back(payment, amount, reason, actor=actor, now=now, key=key)


def approve_refund(*, actor: Actor, refund_id: int, now: datetime) -> Refund:
    """Write down that money which was paid by hand was handed back.

    Nobody approves a refund that they asked for, or of money that they took, unless there is no other administrator.
    Raises NotFound `refund_not_found`; Refused `own_refund`, `own_takings`, `refund_not_waiting`; Forbidden
    `second_person_not_independent`.
    """
    refund = _found(refund_id, actor)
    with transaction.atomic():
        _, about = lock_owner(refund.payment.bill)
        alone = decides_alone(refund, actor, now)
        refunds.hand_back(refund=refund, now=now)
        _note_decision(refund, Decision.APPROVE, actor, now)
        audit.record(
            actor,
            RefundApproved(
                **about,
                refund_id=refund.refund_id,
                amount=refund.amount,
                asked_by=refund.asked_by_id,
                alone=alone,
            ),
            now,
        )
    return refund


def refuse_refund(*, actor: Actor, refund_id: int, now: datetime, reason: str = "") -> Refund:
    """Refuse a refund of money that was paid by hand: the bill is as it was before it was asked for.

    Where the bill was closed with it, or a document shows it, the money stays owed to the driver: with a `reason` it is
    not handed out now, and waits in review until `retry_refund`. Whoever asked for it may take it back, and else is
    told. Raises NotFound `refund_not_found`; Refused `refund_not_waiting`, `refund_documented` if a reason is missing.
    """
    refund, why = _found(refund_id, actor), reason.strip()
    with transaction.atomic():
        subject, about = lock_owner(refund.payment.bill)
        is_owed = not _taken_back(refund, subject, now)
        if is_owed and not why:
            raise Refused("refund_documented", "The bill was closed with this refund: say why it is not handed out")
        if is_owed:
            refunds.set_aside(refund=refund, reason=why, now=now)
        _note_decision(refund, Decision.REFUSE, actor, now)
        refused = RefundRefused(
            **about,
            refund_id=refund.refund_id,
            amount=refund.amount,
            asked_by=refund.asked_by_id,
            reason=why,
            owed=is_owed,
        )
        audit.record(actor, refused, now)
    return refund


def _taken_back(refund: Refund, subject: Billed, now: datetime) -> bool:
    """Take a refund out of its bill again; return whether that could be: no document or closed bill counts with it.

    Raises Refused `refund_not_waiting`.
    """
    if TaxDocument.objects.filter(bill=subject.bill, issued_at__gte=refund.created_at).of_bill().exists():
        return False
    try:
        with transaction.atomic():
            bills.take_refund_back(bill=subject.bill, refund=refund, now=now)
    except Refused as refusal:
        if refusal.code != "refund_documented":
            raise
        subject.bill.refresh_from_db()
        return False
    after_refund(subject, now)
    return True


def send_second_back(*, actor: Actor, refund_id: int, now: datetime, key: RequestKey | None = None) -> Refund:
    """Send a second payment back to its payer, which waited for a manager's word.

    Raises NotFound `refund_not_found`; Refused `refund_not_held`, also if it was sent already; RepeatedRequest.
    """
    refund = _found(refund_id, actor)
    with transaction.atomic(durable=True):
        _, about = lock_owner(refund.payment.bill)
        idempotency.claim(key, subject=refund.refund_id, now=now)
        refunds.release(refund=refund, now=now)
        audit.record(
            actor,
            SecondPaymentSentBack(**about, refund_id=refund.refund_id, amount=refund.amount),
            now,
        )
    send_refunds([refund], now=now)
    return refund


def decides_alone(refund: Refund, actor: Actor, now: datetime) -> bool:
    """Return whether the actor is no independent person for the refund, and may decide all the same.

    Raises Refused `own_refund`, `own_takings`; Forbidden `second_person_not_independent`.
    """
    error = _reason_against(refund, actor, now)
    if error is not None and not is_only_administrator(now=now):
        raise error
    return error is not None


def _reason_against(refund: Refund, actor: Actor, now: datetime) -> Refused | Forbidden | None:
    """Return why somebody is no independent person for a refund, None if they are."""
    if refund.asked_by_id == actor.user_id:
        return Refused("own_refund", "Another administrator must approve a refund that you asked for")
    if refund.payment.attendant_id == actor.user_id:
        return Refused("own_takings", "Another administrator must hand back money that you took")
    concerned = (refund.asked_by_id, refund.payment.attendant_id)
    if any(is_dependent(first_id=user_id, second=actor, now=now) for user_id in concerned):
        return not_independent()
    return None


def _note_decision(refund: Refund, decision: Decision, actor: Actor, now: datetime) -> None:
    approvals.note_decision(
        kind=ApprovalKind.CASH_REFUND,
        subject_id=refund.pk,
        decision=decision,
        decided_by_id=actor.user_id,
        now=now,
    )


def retry_refund(*, actor: Actor, refund_id: int, now: datetime, key: RequestKey | None = None) -> Refund:
    """Try a refund that was put before a person once more, under its next number.

    The gateway is asked first: what it has not refused must not go out a second time. What goes by hand waits for a
    second person again. Raises NotFound
    `refund_not_found`; Refused `refund_not_in_review`, `refund_at_gateway`, `refund_under_way`; Unavailable;
    RepeatedRequest.
    """
    refund = _found(refund_id, actor)
    if refund.status == RefundStatus.REVIEW and not refund.by_hand:
        _refuse_what_the_gateway_has(refund)
    with transaction.atomic(durable=True):
        _, about = lock_owner(refund.payment.bill)
        idempotency.claim(key, subject=refund.refund_id, now=now)
        refunds.take_out_of_review(refund=refund, now=now)
        if refund.by_hand:
            approvals.forget_refused(kind=ApprovalKind.CASH_REFUND, subject_id=refund.pk)
            ask_second_person(refund, about, now)
        audit.record(actor, RefundRetried(**about, refund_id=refund.refund_id, attempt=refund.attempt), now)
    send_refunds([refund], now=now)
    return refund


def _payments(actor: Actor) -> "QuerySet[Payment]":
    return at_sites(Payment.objects.select_related("order", "bill"), actor.sites, "bill__site_id")


def _found(refund_id: int, actor: Actor) -> Refund:
    rows = Refund.objects.select_related("payment__bill", "payment__order", "payment__second_of")
    refund = at_sites(rows, actor.sites, "payment__bill__site_id").filter(pk=refund_id).first()
    if refund is None:
        raise NotFound("refund_not_found", "There is no such refund")
    return refund


def _refuse_what_the_gateway_has(refund: Refund) -> None:
    answer = look_up_refund(refund)
    if answer is not None and answer.state != GatewayState.FAILED:
        raise Refused("refund_at_gateway", "The gateway has this refund and did not refuse it; settle it there")


def resume_refund(*, subject: str, now: datetime) -> Refund:
    """Go on with a refund whose answer was lost: the gateway is asked after it, nothing goes back twice."""
    refund = Refund.objects.select_related("payment__order", "payment__second_of").get(refund_id=subject)
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
        subject, about = lock_owner(payment.bill)
        idempotency.claim(key, subject=refund_id, now=now)
        if payment.method == PaymentMethod.TDS:
            raise Refused("tds_not_refundable", "Tax that the customer deducted was never ours to give back")
        _refuse_too_much(payment, amount)
        _refuse_beyond_limit(actor, amount, payment.bill.site_id, now)
        refund = bills.refund_by_decision(
            bill=subject.bill,
            payment=payment,
            amount=amount,
            reason=reason,
            refund_id=refund_id,
            asked_by_id=actor.user_id,
            now=now,
        )
        after_refund(subject, now)
        audit.record(
            actor,
            PaymentRefunded(
                **about,
                refund_id=refund.refund_id,
                amount=amount,
                by_hand=refund.by_hand,
            ),
            now,
        )
        if refund.by_hand:
            ask_second_person(refund, about, now)
    return refund


def _refuse_beyond_limit(actor: Actor, amount: Decimal, site_id: int | None, now: datetime) -> None:
    """Raise unless an attendant may give so much back, at once and with what was given back today, by the site's day.

    The account is locked, so that of two refunds at once the second one sees the first.
    """
    limit = actor.permissions.refund
    if actor.role != Role.STAFF or actor.user_id is None:
        return
    lock_user(actor.user_id)
    zone = zone_of(site_id)
    begun_at = clock.day_start(now.astimezone(zone).date(), zone)
    today = Refund.objects.filter(asked_by_id=actor.user_id, created_at__gte=begun_at)
    left = min(limit.each, limit.per_day - sum((refund.amount for refund in today.owed()), ZERO))
    if amount > left:
        raise Refused("refund_beyond_limit", f"You may give back ₹{max(left, ZERO)} now", left=str(max(left, ZERO)))


def _refuse_too_much(payment: Payment, amount: Decimal) -> None:
    left = left_of(payment)
    if amount <= ZERO:
        raise Refused("amount_invalid", "The amount must be more than zero")
    if left == ZERO:
        raise Refused("already_refunded", "All of this payment went back already")
    if amount > left:
        raise Refused("refund_exceeds_payment", f"At most ₹{left} can go back", left=str(left))
