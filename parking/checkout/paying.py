"""What a driver pays online: the fee of a booking before entry, what a stay costs so far once the car is inside.

Every payment takes two steps. In a transaction with the stay locked, what is due becomes an order, or the order that
waits goes on; after the commit its gateway is asked, and what it says is settled.
"""

from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from threading import Lock
from typing import Any

from django.db import transaction

from parking.audit import services as audit
from parking.checkout import ending
from parking.checkout.owners import Billed, owner_of
from parking.checkout.queries import order_again
from parking.checkout.settling import collect
from parking.core import idempotency
from parking.core.actor import SYSTEM, Actor
from parking.core.errors import NotFound, Refused, Unavailable
from parking.core.idempotency import RequestKey
from parking.core.ids import Ref
from parking.core.money import ZERO
from parking.payments import orders
from parking.payments.events import PaymentAsked
from parking.payments.gateways.registry import chosen_gateway
from parking.payments.models import OrderPurpose, OrderStatus, PaymentOrder
from parking.payments.queries import Frozen, open_debt, open_order, orders_in_review, state_of
from parking.stays import access
from parking.stays import services as stays
from parking.stays.models import EndReason, ParkingSession, SessionStatus

LOOK_AGAIN_AFTER = timedelta(seconds=2)
# PhonePe names the page of an order in one answer and never again.
_PAGE_NAMED_ONCE = ("PHONEPE",)

# --- Asking for the money ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """What is wanted: `amount` in rupees as the client believes it, which must be what is due."""

    gateway: str
    amount: Decimal
    user_id: int | None = None


def ask_for_payment(
    *, actor: Actor, session: ParkingSession, asked: Asked, now: datetime, key: RequestKey | None = None
) -> PaymentOrder:
    """Make an order for what is due on a stay, and send it to its gateway.

    An order that waits already through the same gateway for the same amount is the same order. Raises NotFound
    `session_not_found`; Refused `user_mismatch`, `nothing_due`, `booking_expired`, `amount_mismatch`,
    `gateway_invalid`, `payment_declined`; Unavailable; RepeatedRequest.
    """
    code = chosen_gateway(asked.gateway).code
    with transaction.atomic(durable=True):
        stay = access.lock(Ref(pk=session.pk), actor)
        idempotency.claim(key, subject=str(stay.uuid), now=now)
        if asked.user_id is not None and asked.user_id != actor.user_id and not actor.is_staff:
            raise Refused("user_mismatch", "This is not your user id")
        due = _what_is_due(stay, now)
        if asked.amount != due.amount:
            raise Refused("amount_mismatch", "Amount mismatch", due=str(due.amount))
        waiting = waiting_order(stay, gateway=code, due=due, actor=actor, now=now)
    return sent_with_page(waiting, now)


def start_payment(*, actor: Actor, session: Ref, gateway: str | None, now: datetime) -> PaymentOrder:
    """Start to pay what is due on a booking, or go on with the order that waits: for pages.

    The gateway is asked first whether a waiting order was paid meanwhile; the order is then answered as COMPLETED.
    Another gateway than before gives it up. Money that came and is being checked keeps a driver from paying a second
    time. Raises NotFound `session_not_found`; Refused `payment_in_review`, `nothing_due`, `booking_expired`,
    `gateway_invalid`, `payment_declined`; Unavailable.
    """
    code = chosen_gateway(gateway).code
    bill = access.find(session, actor).bill
    if checked := orders_in_review([bill.pk]).get(bill.pk):
        raise Refused("payment_in_review", "A payment for this booking is being checked", order_id=checked.order_id)
    present = open_order(bill)
    if present is not None:
        present = refresh_order(order=present, now=now)
        if present.status == OrderStatus.COMPLETED:
            return present
    with transaction.atomic(durable=True):
        stay = access.lock(session, actor)
        waiting = waiting_order(stay, gateway=code, due=_what_is_due(stay, now), actor=actor, now=now)
    return sent_with_page(waiting, now)


def resume_payment(*, session: ParkingSession, gateway: str, now: datetime) -> PaymentOrder:
    """Go on with an order whose answer was lost: it is sent again, which makes it no second one.

    Raises NotFound `order_not_found`; Refused `payment_declined`; Unavailable.
    """
    rows = PaymentOrder.objects.filter(bill_id=session.bill_id, gateway=gateway).select_related("bill")
    order = rows.order_by("pk").last()
    if order is None:
        raise NotFound("order_not_found", "There is no such payment order")
    return sent_with_page(Waiting(order), now)


# --- With the stay locked ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Due:
    """What a payment would be for, and its rupees, above zero."""

    purpose: OrderPurpose
    amount: Decimal


@dataclass(frozen=True)
class Waiting:
    """An order that waits for its money. `is_new`: this call has just written it, so that no gateway has seen it."""

    order: PaymentOrder
    is_new: bool = False


def _what_is_due(stay: ParkingSession, now: datetime) -> Due:
    """Return what a payment is for at `now`; the charge of a car that is inside is frozen by it.

    Raises Refused `nothing_due`; `booking_expired` for a hold whose time is over, before the worker ends it.
    """
    if stay.status == SessionStatus.BOOKED:
        if stays.overdue_reason(stay, now=now) == EndReason.UNPAID:
            raise stays.booking_expired(stay)
        return _due(OrderPurpose.FEE, stays.terms_of(stay).booking_fee - stay.bill.paid)
    if stay.status != SessionStatus.ACTIVE:
        debt = open_debt(stay.bill_id)
        return _due(OrderPurpose.DEBT, debt.amount if debt else ZERO)
    if not isinstance(state_of(stay.bill, now=now), Frozen):
        ending.freeze(session=stay, now=now)
    return _due(OrderPurpose.AHEAD, stay.bill.due)


def _due(purpose: OrderPurpose, amount: Decimal) -> Due:
    if amount <= ZERO:
        raise Refused("nothing_due", "Nothing is due on this booking")
    return Due(purpose, amount)


def waiting_order(subject: Billed, *, gateway: str, due: Due, actor: Actor, now: datetime) -> Waiting:
    """Return the order that waits for this amount through this gateway; else a new one, and the old one is given up.

    Money that still comes for the old one counts as paid. What the bill is for must be locked with it.
    """
    present, purpose = open_order(subject.bill), due.purpose
    if present is not None and (present.gateway, present.amount) == (gateway, due.amount):
        return Waiting(present)
    if present is not None:
        orders.give_up(bill=subject.bill, now=now)
        # A driver who pays by another way while the gate waits still opens the gate.
        purpose = OrderPurpose(present.purpose)
    return _new_order(subject, gateway, Due(purpose, due.amount), attendant_id=None, actor=actor, now=now)


def _new_order(
    subject: Billed, gateway: str, due: Due, *, attendant_id: int | None, actor: Actor, now: datetime
) -> Waiting:
    bill = subject.bill
    order = orders.place(
        bill=bill, purpose=due.purpose, gateway=gateway, amount=due.amount, attendant_id=attendant_id, now=now
    )
    about = owner_of(bill).about(subject)
    asked = PaymentAsked(**about, order_id=order.order_id, purpose=due.purpose, amount=due.amount)
    audit.record(actor, asked, now)
    return Waiting(order, is_new=True)


# --- After the commit ----------------------------------------------------------------------------------


def collect_with_page(order: PaymentOrder, *, now: datetime, fresh: bool) -> tuple[Any, PaymentOrder]:
    """Collect an order as `settling.collect`; one that nobody can pay, because its page was lost, is replaced.

    Answers what its bill is for, as it then is, and the order. Raises Unavailable.
    """
    subject = collect(order=order, now=now, fresh=fresh)
    payable = _payable(order, now)
    if payable.order.status == OrderStatus.INITIATED:
        subject = collect(order=payable.order, now=now, fresh=payable.is_new)
    return subject, payable.order


def sent_with_page(waiting: Waiting, now: datetime) -> PaymentOrder:
    """Return an order that its gateway knows and that can be paid; what it knows already is not asked after again.

    Raises Refused `payment_declined`, Unavailable.
    """
    return _sent(_payable(_sent(waiting, now), now), now)


def _sent(waiting: Waiting, now: datetime) -> PaymentOrder:
    order = waiting.order
    if order.status == OrderStatus.INITIATED:
        collect(order=order, now=now, fresh=waiting.is_new)
    if order.status == OrderStatus.FAILED:
        raise Refused("payment_declined", "The gateway declined this payment")
    return order


def _payable(order: PaymentOrder, now: datetime) -> Waiting:
    """Return the order, or another in its place, still to be sent, if the answer that named its page was lost."""
    if not _has_lost_its_page(order):
        return Waiting(order)
    with transaction.atomic(durable=True):
        subject = owner_of(order.bill).lock(order.bill_id)
        # Read again under the lock: another call may know the page, or have replaced the order.
        present = open_order(subject.bill)
        if present is None or present.pk != order.pk or not _has_lost_its_page(present):
            return Waiting(present or order_again(order))
        orders.give_up(bill=subject.bill, now=now)
        due = Due(OrderPurpose(present.purpose), present.amount)
        return _new_order(subject, present.gateway, due, attendant_id=present.attendant_id, actor=SYSTEM, now=now)


def _has_lost_its_page(order: PaymentOrder) -> bool:
    is_named = order.pay_url or order.upi_link
    return order.gateway in _PAGE_NAMED_ONCE and order.status == OrderStatus.PENDING and not is_named


# --- Looking again -------------------------------------------------------------------------------------

# Waiting pages ask every few seconds. Should a gateway hang, they would take every thread of the process, one by one.
_turns: dict[str, Lock] = defaultdict(Lock)


def refresh_order(*, order: PaymentOrder, now: datetime) -> PaymentOrder:
    """Return an order as it now is, with its stay. Its gateway is asked before, and what it says is settled.

    Asked at most every two seconds for each order, and by one caller of this process at a time; whoever comes in
    between reads what is known. A gateway that does not answer changes nothing. Not inside a transaction.
    """
    turn = _turns[order.gateway]
    if not order.is_definite and turn.acquire(blocking=False):
        try:
            if orders.begin_check(order=order, pause=LOOK_AGAIN_AFTER, now=now):
                with suppress(Unavailable):
                    collect(order=order, now=now)
        finally:
            turn.release()
    return order_again(order)


def verify_order(*, order: PaymentOrder, now: datetime) -> PaymentOrder:
    """Ask the gateway how an order is, and settle that. One that is paid or in review is not asked after again.

    Asked at most every two seconds for each order; in between the answer is what was known before.
    """
    if not order.is_settled and orders.begin_question(order=order, pause=LOOK_AGAIN_AFTER, now=now):
        collect(order=order, now=now)
    return order


def order_of_client(number: str, *, gateway: str, actor: Actor) -> PaymentOrder:
    """Return the order with this number, ours or the gateway's.

    Raises NotFound `order_not_found`, also for somebody else's.
    """
    rows = PaymentOrder.objects.filter(gateway=gateway).select_related("bill")
    order = rows.filter(order_id=number).first() or rows.filter(gateway_order_id=number).first()
    if order is None or not owner_of(order.bill).may_see(order.bill_id, actor):
        raise NotFound("order_not_found", "There is no such payment order")
    return order
