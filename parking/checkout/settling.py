"""Settling: what a gateway says becomes a payment, and what the payment brings about.

The answer to our own call, a webhook and the poller all come through `settle`, so it is safe to repeat and to be
called in any order. What a bill is for is its owner's business (`checkout.owners`).
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Q

from parking.checkout.owners import Owner, owner_of
from parking.core.errors import Unavailable
from parking.core.together import together
from parking.payments import orders
from parking.payments.asking import ask_for_order, send_refunds
from parking.payments.following import claim_check, end_following, is_last_check, orders_to_check
from parking.payments.gateways.base import OrderAnswer
from parking.payments.models import PaymentOrder, Refund, RefundStatus
from parking.payments.orders import Found, Noted
from parking.payments.queries import is_anothers_payment
from parking.payments.refunds import begin_next_attempt

log = structlog.get_logger(__name__)

# Calls a function for each row, as `map` does, in what order and how many at a time it likes.
Spread = Callable[[Callable[[Any], bool], Iterable[Any]], Iterable[bool]]


def collect(*, order: PaymentOrder, now: datetime, fresh: bool = False) -> Any:
    """Ask the gateway for an order that was committed, and settle what it answers; answers as `settle`.

    `fresh` says that this very call has just written the order. Raises Unavailable.
    """
    return settle(order=order, answer=ask_for_order(order, fresh=fresh), now=now)


def settle(*, order: PaymentOrder, answer: OrderAnswer, now: datetime) -> Any:
    """Bring a bill and what it is for to what the gateway says of an order; answers what it is for: a stay.

    Money that comes for a stay that is over goes back by itself.
    """
    try:
        subject, refunds = _settled(order, answer, now)
    except IntegrityError:
        if not is_anothers_payment(order=order, answer=answer):
            raise
        # One payment cannot pay two orders. Seen as one that fits nothing, it stops nobody else's.
        subject, refunds = _settled(order, replace(answer, order_id=""), now)
    send_refunds(refunds, now=now, fresh=True)
    return subject


def _settled(order: PaymentOrder, answer: OrderAnswer, now: datetime) -> tuple[Any, tuple[Refund, ...]]:
    owner = owner_of(order.bill)
    with transaction.atomic(durable=True), together():
        subject = owner.lock(order.bill_id)
        noted = orders.note_answer(order=order, answer=answer, now=now)
        refunds = _acted(owner, subject, order, noted, now)
    return subject, refunds


def _acted(owner: Owner[Any], subject: Any, order: PaymentOrder, noted: Noted, now: datetime) -> tuple[Refund, ...]:
    """Let the owner of the bill act on an order that was paid, paid twice, refused, or paid differently."""
    refunds = owner.paid(subject, noted.payment, noted.found, now) if noted.payment is not None else ()
    for second in noted.seconds:
        log.error("order_paid_twice", order_id=order.order_id, payment=second.reference)
        refunds += (owner.paid_twice(subject, second, now),)
    if noted.found == Found.REFUSED:
        owner.failed(subject, order, now)
    if noted.found == Found.DIFFERENT:
        log.error("order_needs_review", order_id=order.order_id)
        owner.differs(subject, order, now)
    return refunds


# --- Following -------------------------------------------------------------------------------------


def follow_open_orders(
    *, now: datetime, gateway: str | None = None, most: int | None = None, spread: Spread = map
) -> int:
    """Ask after the orders whose `next_check_at` has come, of one gateway if it is named; at most `most` of them.

    Answers after how many the gateway answered. An order that we gave up is followed too: its money may still come.
    `spread` makes the calls: `map` one after the other. Safe to repeat, and to run twice at once.
    """
    due = orders_to_check(now=now, gateway=gateway, most=most)
    return sum(spread(partial(_follow_order, now=now), due))


def _follow_order(order: PaymentOrder, *, now: datetime) -> bool:
    if not claim_check(order=order, now=now):
        return False
    answered = False
    try:
        collect(order=order, now=now)
        answered = True
    except Unavailable:
        log.info("order_not_answered", order_id=order.order_id)
    finally:
        # Also after an answer that breaks us: a schedule that ends, ends.
        if is_last_check(order=order, answered=answered, now=now):
            _stop_following(order, now)
    return answered


def _stop_following(order: PaymentOrder, now: datetime) -> None:
    with transaction.atomic(durable=True):
        owner_of(order.bill).lock(order.bill_id)
        end_following(order=order, now=now)


# A refund that was sent a moment ago is left to the call that sent it.
_REFUND_REST = timedelta(seconds=20)


def follow_open_refunds(*, now: datetime, gateway: str | None = None, spread: Spread = map) -> int:
    """Ask after every refund that is not finished, and try failed ones again when their pause is over.

    Answers how many were looked at. `gateway` and `spread` as in `follow_open_orders`. Safe to repeat.
    """
    unfinished = [RefundStatus.INITIATED, RefundStatus.PENDING]
    waiting = Q(status__in=unfinished, is_held=False, updated_at__lte=now - _REFUND_REST)
    failed = Q(status=RefundStatus.FAILED, next_try_at__lte=now)
    refunds = (
        Refund.objects.filter(waiting | failed).select_related("payment__order", "payment__second_of").order_by("pk")
    )
    if gateway is not None:
        refunds = refunds.filter(payment__gateway=gateway)
    return sum(spread(partial(_follow_refund, now=now), list(refunds)))


def _follow_refund(refund: Refund, *, now: datetime) -> bool:
    if refund.status != RefundStatus.FAILED or begin_next_attempt(refund=refund, now=now):
        send_refunds([refund], now=now)
    return True
