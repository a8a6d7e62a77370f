"""Settling: what a gateway says becomes a payment, and what the payment opens.

The answer to our own call, a webhook and the poller all come through `settle`, so it is safe to repeat and to be
called in any order.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from parking.audit import services as audit
from parking.checkout.closing import ENDS_STAY, complete_stay, expire_locked
from parking.core.actor import SYSTEM
from parking.core.errors import Unavailable
from parking.core.statements import save_fields
from parking.payments import services as payments
from parking.payments.collecting import ask_for_order, ask_for_refund
from parking.payments.events import OrderFailed, OrderToReview, PaymentCaptured
from parking.payments.following import claim_check, end_following, is_last_check, orders_to_check
from parking.payments.gateways.base import GatewayState, OrderAnswer
from parking.payments.models import (
    OrderPurpose,
    PaymentOrder,
    Refund,
    RefundStatus,
)
from parking.payments.services import Completion
from parking.stays.models import EndReason, ParkingSession, SessionStatus
from parking.stays.services import lock_by_bill

log = structlog.get_logger(__name__)

# Calls a function for each row, as `map` does, in what order and how many at a time it likes.
Spread = Callable[[Callable[[Any], bool], Iterable[Any]], Iterable[bool]]


def collect(*, order: PaymentOrder, now: datetime) -> ParkingSession:
    """Ask the gateway for an order that was committed, and settle what it answers. Raises Unavailable."""
    return settle(order=order, answer=ask_for_order(order, now=now), now=now)


def settle(*, order: PaymentOrder, answer: OrderAnswer, now: datetime) -> ParkingSession:
    """Bring bill and stay to what the gateway says of an order; answers the stay as it then is.

    Money that comes for a stay that is over goes back by itself.
    """
    try:
        session, refunds = _settled(order, answer, now)
    except IntegrityError:
        if not payments.is_anothers_payment(order=order, answer=answer):
            raise
        # One payment cannot pay two orders. Seen as one that fits nothing, it stops nobody else's.
        session, refunds = _settled(order, replace(answer, order_id=""), now)
    send_refunds(refunds, now=now)
    return session


def _settled(order: PaymentOrder, answer: OrderAnswer, now: datetime) -> tuple[ParkingSession, list[Refund]]:
    refunds: list[Refund] = []
    with transaction.atomic(durable=True):
        session = lock_by_bill(order.bill_id)
        if answer.state == GatewayState.COMPLETED:
            refunds = _take_money(session, order, answer, now)
        elif answer.state == GatewayState.FAILED and not answer.retryable:
            _note_failure(session, order, now)
        else:
            payments.note_pending(order=order, answer=answer, now=now)
    return session, refunds


def _take_money(session: ParkingSession, order: PaymentOrder, answer: OrderAnswer, now: datetime) -> list[Refund]:
    bill = session.bill
    completion = payments.complete_order(order=order, bill=bill, answer=answer, now=now)
    if completion == Completion.ALREADY_DONE:
        return []
    refunds: list[Refund] = []
    if completion == Completion.REVIEW:
        log.error("order_needs_review", order_id=order.order_id)
    elif not session.is_open:
        refunds = payments.refund_order(order=order, bill=bill, reason="Paid after the stay had ended", now=now)
        save_fields(bill, "captured", "refunded")
    else:
        refunds = _open_the_way(session, order, waiting=completion == Completion.WAS_WAITING, now=now)
        if session.status == SessionStatus.COMPLETED:
            # The end of the stay is in the audit already, with its order.
            return refunds
    happened = OrderToReview if completion == Completion.REVIEW else PaymentCaptured
    audit.record(
        SYSTEM,
        happened(
            session_id=session.pk,
            order_id=order.order_id,
            purpose=order.purpose,
            amount=order.amount,
            refunds=tuple(refund.refund_id for refund in refunds),
        ),
        now,
    )
    return refunds


def _open_the_way(session: ParkingSession, order: PaymentOrder, *, waiting: bool, now: datetime) -> list[Refund]:
    """What a payment for an open stay brings about, depending on what it was asked for."""
    bill = session.bill
    still_frozen = bill.frozen_until is not None and now <= bill.frozen_until
    if order.purpose in ENDS_STAY and waiting and still_frozen and session.status == SessionStatus.ACTIVE:
        bill.charged = order.amount
        reason = EndReason.EXIT if order.purpose == OrderPurpose.EXIT else EndReason.TERMINATED
        return complete_stay(session=session, method="ONLINE", reason=reason, lines=None, now=now, paid_by=order)
    if order.purpose == OrderPurpose.AHEAD and session.status == SessionStatus.ACTIVE and still_frozen:
        bill.frozen_until = now + timedelta(minutes=settings.PAID_AHEAD_MINUTES)
    save_fields(bill, "captured", "frozen_until")
    return []


def _note_failure(session: ParkingSession, order: PaymentOrder, now: datetime) -> None:
    if not payments.fail_order(order=order, now=now):
        return
    audit.record(SYSTEM, OrderFailed(session_id=session.pk, order_id=order.order_id, purpose=order.purpose), now)
    if order.purpose == OrderPurpose.FEE and session.status == SessionStatus.BOOKED:
        expire_locked(session=session, reason=EndReason.UNPAID, actor=SYSTEM, now=now)


# --- Refunds ---------------------------------------------------------------------------------------


def send_refunds(refunds: list[Refund], *, now: datetime) -> None:
    """Ask the gateways for refunds that were committed. One that gets no answer is followed by the worker."""
    for refund in refunds:
        if payments.may_be_sent(refund):
            answer = ask_for_refund(refund, now=now)
            if answer is not None:
                payments.note_refund(refund=refund, answer=answer, now=now)
                _tell_of_stuck(refund)


def _tell_of_stuck(refund: Refund) -> None:
    if refund.status == RefundStatus.REVIEW:
        log.error("refund_needs_review", refund_id=refund.refund_id, failure=refund.failure)


# --- Following -------------------------------------------------------------------------------------


def follow_open_orders(
    *, now: datetime, gateway: str | None = None, most: int | None = None, spread: Spread = map
) -> int:
    """Ask after the orders whose `next_check_at` has come, of one gateway if it is named; at most `most` of them.

    Answers after how many the gateway answered. An order that we gave up is followed too: its money may still come.
    `spread` makes the calls: `map` one after the other. Safe to repeat, and to run twice at once.
    """
    orders = orders_to_check(now=now, gateway=gateway, most=most)
    return sum(spread(partial(_follow_order, now=now), orders))


def _follow_order(order: PaymentOrder, *, now: datetime) -> bool:
    if not claim_check(order=order, now=now):
        return False
    try:
        collect(order=order, now=now)
        answered = True
    except Unavailable:
        answered = False
    if is_last_check(order=order, answered=answered, now=now):
        _stop_following(order, now)
    return answered


def _stop_following(order: PaymentOrder, now: datetime) -> None:
    with transaction.atomic(durable=True):
        lock_by_bill(order.bill_id)
        end_following(order=order, now=now)


# A refund that was sent a moment ago is left to the call that sent it.
_REFUND_REST = timedelta(seconds=20)


def follow_open_refunds(*, now: datetime, gateway: str | None = None, spread: Spread = map) -> int:
    """Ask after every refund that is not finished, and try failed ones again when their pause is over.

    Answers how many were looked at. `gateway` and `spread` as in `follow_open_orders`. Safe to repeat.
    """
    waiting = Q(status__in=[RefundStatus.INITIATED, RefundStatus.PENDING], updated_at__lte=now - _REFUND_REST)
    failed = Q(status=RefundStatus.FAILED, next_try_at__lte=now)
    refunds = Refund.objects.filter(waiting | failed).select_related("payment__order").order_by("pk")
    if gateway is not None:
        refunds = refunds.filter(payment__gateway=gateway)
    return sum(spread(partial(_follow_refund, now=now), list(refunds)))


def _follow_refund(refund: Refund, *, now: datetime) -> bool:
    if refund.status != RefundStatus.FAILED or payments.begin_next_attempt(refund=refund, now=now):
        send_refunds([refund], now=now)
    return True
