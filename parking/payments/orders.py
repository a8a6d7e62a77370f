"""The only writer of payment orders, beside the worker's schedule (`payments.following`).

The bill of an order must be locked, except where a function says otherwise. None talks to a gateway.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum, auto
from math import ceil
from typing import Any

from django.db.models import F, Q

from parking.audit import services as audit
from parking.core.actor import SYSTEM
from parking.core.errors import Refused, TooMany
from parking.core.ids import new_order_id
from parking.core.makers import new
from parking.core.money import LEAST_ONLINE, from_paise, to_paise
from parking.core.statements import change, insert, insert_if_changed
from parking.payments import takings
from parking.payments.events import OrderMoved
from parking.payments.gateways.base import FurtherPayment, GatewayState, OrderAnswer
from parking.payments.models import OPEN_ORDER, Bill, OrderPurpose, OrderStatus, Payment, PaymentOrder
from parking.payments.schedule import GIVEN_UP_AGES, next_check

# A person needs one or two; each costs the gateway several calls.
MOST_ORDERS_AN_HOUR = 5
_AN_HOUR, _SECOND = timedelta(hours=1), timedelta(seconds=1)


def place(
    *,
    bill: Bill,
    purpose: OrderPurpose,
    gateway: str,
    amount: Decimal,
    attendant_id: int | None,
    now: datetime,
    is_first: bool = False,
) -> PaymentOrder:
    """Write an order down before the gateway is asked. There is one open order on a bill at most.

    `is_first`: there can be no earlier one for the same. Raises Refused `amount_below_gateway_minimum` below one rupee,
    for no gateway takes less; TooMany `too_many_payments` for the sixth in an hour.
    """
    if amount < LEAST_ONLINE:
        raise Refused(
            "amount_below_gateway_minimum",
            f"Less than ₹{LEAST_ONLINE} cannot be paid online",
            due=str(amount),
            least=str(LEAST_ONLINE),
        )
    if not is_first:
        _refuse_too_many(bill, now)
    order = new(
        PaymentOrder,
        order_id=new_order_id(),
        bill=bill,
        purpose=purpose,
        gateway=gateway,
        amount=amount,
        attendant_id=attendant_id,
        created_at=now,
        updated_at=now,
        next_check_at=next_check(created_at=now, now=now),
    )
    insert(order)
    return order


def place_charged(*, bill: Bill, gateway: str, amount: Decimal, gateway_order_id: str, now: datetime) -> PaymentOrder:
    """Write down an order that a gateway itself made, to charge a mandate; what was open on the bill is given up.

    It is PENDING: the gateway has it, so nobody makes it again, and the worker asks after it until it is definite.
    """
    give_up(bill=bill, now=now)
    order = PaymentOrder(
        order_id=new_order_id(),
        bill=bill,
        purpose=OrderPurpose.PASS,
        gateway=gateway,
        amount=amount,
        status=OrderStatus.PENDING,
        gateway_order_id=gateway_order_id,
        created_at=now,
        updated_at=now,
        next_check_at=next_check(created_at=now, now=now),
    )
    insert(order)
    return order


def _refuse_too_many(bill: Bill, now: datetime) -> None:
    recent = PaymentOrder.objects.filter(bill=bill, created_at__gt=now - _AN_HOUR).order_by("-created_at")
    times = list(recent.values_list("created_at", flat=True)[:MOST_ORDERS_AN_HOUR])
    if len(times) == MOST_ORDERS_AN_HOUR:
        wait = times[-1] + _AN_HOUR - now
        raise TooMany(
            "too_many_payments", "Too many payments were started; please wait", retry_after=ceil(wait / _SECOND)
        )


def give_up(*, bill: Bill, now: datetime) -> None:
    """Stop waiting for an order's money. Should it come all the same, `complete` still takes it."""
    PaymentOrder.objects.filter(bill=bill, status__in=OPEN_ORDER).update(
        status=OrderStatus.EXPIRED, updated_at=now, next_check_at=F("created_at") + GIVEN_UP_AGES[0]
    )


def note_pending(*, order: PaymentOrder, answer: OrderAnswer, now: datetime) -> None:
    """Keep what the gateway gave for a waiting order: its own number and the ways to pay.

    Some name the ways to pay only once. What it leaves out stays as the row has it, which another answer may have
    written since `order` was read.
    """
    named = {
        "gateway_order_id": answer.gateway_order_id,
        "pay_url": answer.pay_url,
        "upi_link": answer.upi_link,
    }
    before = (order.status, order.pay_url, order.upi_link)
    given = {"status": OrderStatus.PENDING, **{name: value for name, value in named.items() if value}}
    if not change(PaymentOrder, order.pk, when={"status": OPEN_ORDER}, **given, updated_at=now):
        order.refresh_from_db(fields=["status"])
        given = {}
    for name, value in given.items():
        setattr(order, name, value)
    if (order.status, order.pay_url, order.upi_link) != before:
        record_move(order, now)


def record_move(order: PaymentOrder, now: datetime) -> None:
    """Record that an order has another status or way to pay: live pages follow the record (docs/architecture.md)."""
    audit.record(SYSTEM, OrderMoved(bill_id=order.bill_id, order_id=order.order_id, status=order.status), now)


def begin_check(*, order: PaymentOrder, pause: timedelta, now: datetime) -> bool:
    """Return whether the gateway may be asked after an order: it is undecided, and nobody asked within `pause`.

    Of several callers one may: the same statement remembers that it asks. Needs no lock.
    """
    undecided = PaymentOrder.objects.filter(pk=order.pk, is_definite=False, updated_at__lte=now - pause)
    return undecided.update(updated_at=now) == 1


def begin_question(*, order: PaymentOrder, pause: timedelta, now: datetime) -> bool:
    """Return whether a client may have the gateway asked after an order: nobody did within `pause`.

    Of several callers one may: the same statement remembers that it asks. Needs no lock.
    """
    unasked = PaymentOrder.objects.filter(Q(asked_at=None) | Q(asked_at__lte=now - pause), pk=order.pk)
    return unasked.update(asked_at=now) == 1


def fail(*, order: PaymentOrder, is_definite: bool, now: datetime) -> bool:
    """Write down that the order fails, if it was waiting; return whether it was. Paid never becomes failed.

    `is_definite`: the gateway itself said that the order is over, so nobody asks after it any more, also if it had been
    given up before. Where it only refused the question, the order is followed to the end of its schedule.
    """
    changes: dict[str, Any] = {"updated_at": now}
    if is_definite:
        changes |= {"is_definite": True, "next_check_at": None}
    failed = change(PaymentOrder, order.pk, when={"status": OPEN_ORDER}, status=OrderStatus.FAILED, **changes)
    if failed:
        order.status = OrderStatus.FAILED
    else:
        change(PaymentOrder, order.pk, when={"status": OrderStatus.EXPIRED}, **changes)
        order.refresh_from_db(fields=["status"])
    return failed


class Found(Enum):
    """How an answer of a gateway found its order: waiting, given up, paid before, or differing from it.

    REFUSED is the end of an order that waited; NOTHING changes nothing that others act on.
    """

    WAITING = auto()
    GIVEN_UP = auto()
    DONE_BEFORE = auto()
    DIFFERENT = auto()
    REFUSED = auto()
    NOTHING = auto()


@dataclass(frozen=True)
class Noted:
    """What noting an answer came to; `payment` is the row written now, None where no money was taken.

    `seconds` are rows written now of money that came although the order was paid.
    """

    found: Found
    payment: Payment | None = None
    seconds: tuple[Payment, ...] = ()


def note_answer(*, order: PaymentOrder, answer: OrderAnswer, now: datetime) -> Noted:
    """Bring an order to what its gateway says. The caller acts on what that came to, in the same transaction."""
    if answer.state == GatewayState.COMPLETED:
        return complete(order=order, answer=answer, now=now)
    if answer.state == GatewayState.FAILED and not answer.retryable:
        return Noted(Found.REFUSED if fail(order=order, is_definite=not answer.refused, now=now) else Found.NOTHING)
    note_pending(order=order, answer=answer, now=now)
    return Noted(Found.NOTHING)


def complete(*, order: PaymentOrder, answer: OrderAnswer, now: datetime) -> Noted:
    """Take the money of an order: at most one payment, however often and in whatever order the news comes.

    An answer whose number, amount or currency is not the order's goes to review and takes nothing. The caller counts
    the payment in with `payments.bills`, in the same transaction. Raises IntegrityError if the answer's reference paid
    another order.
    """
    if (answer.order_id, answer.amount, answer.currency) != (order.order_id, to_paise(order.amount), "INR"):
        _put_in_review(order, now)
        return Noted(Found.DIFFERENT)
    customer_fee = from_paise(answer.customer_fee)
    payment = takings.online(order=order, reference=answer.reference, customer_fee=customer_fee, now=now)
    found = _mark_completed(order, payment, answer, now)
    seconds = _take_seconds(order, answer, now) if answer.also_paid else ()
    return Noted(found, None if found == Found.DONE_BEFORE else payment, seconds)


def _take_seconds(order: PaymentOrder, answer: OrderAnswer, now: datetime) -> tuple[Payment, ...]:
    """Write down what came for a paid order beside its own payment; each payment once, however often it is named.

    The gateway must name the order's own payment too: another number alone may be another name of the same money.
    """
    first = FurtherPayment(answer.reference, answer.amount, answer.currency, answer.customer_fee)
    named = {further.reference: further for further in (first, *answer.also_paid)}
    known = Payment.objects.filter(gateway=order.gateway, reference__in=named)
    order_of = dict(known.values_list("reference", "order_id"))
    if order.pk not in order_of.values():
        return ()
    fresh = [further for reference, further in named.items() if reference and reference not in order_of]
    ours = [further for further in fresh if further.currency == "INR" and further.amount > 0]
    return tuple(takings.take_second(order=order, further=further, now=now) for further in ours)


def _put_in_review(order: PaymentOrder, now: datetime) -> None:
    PaymentOrder.objects.filter(pk=order.pk).exclude(status=OrderStatus.COMPLETED).update(
        status=OrderStatus.REVIEW, is_definite=True, next_check_at=None, updated_at=now
    )
    order.refresh_from_db(fields=["status"])


def _mark_completed(order: PaymentOrder, payment: Payment, answer: OrderAnswer, now: datetime) -> Found:
    """End an order as paid and write its payment, unless that was done before; return how it was found."""
    order.status, order.gateway_order_id = OrderStatus.COMPLETED, answer.gateway_order_id
    changes = {
        "status": order.status,
        "gateway_order_id": order.gateway_order_id,
        "is_definite": True,
        "next_check_at": None,
        "updated_at": now,
    }
    for found, before in ((Found.WAITING, OPEN_ORDER), (Found.GIVEN_UP, (OrderStatus.FAILED, OrderStatus.EXPIRED))):
        if insert_if_changed(payment, order, when={"status": before}, changes=changes):
            return found
    order.refresh_from_db(fields=["status", "gateway_order_id"])
    return Found.DONE_BEFORE


def close_review(*, order: PaymentOrder, now: datetime) -> None:
    """Note that a person has looked at an order in review. It stays in review, and its money is not ours.

    Raises Refused `order_not_in_review`, also if somebody else was quicker.
    """
    waiting = PaymentOrder.objects.filter(pk=order.pk, status=OrderStatus.REVIEW, review_closed_at=None)
    if not waiting.update(review_closed_at=now, updated_at=now):
        raise Refused("order_not_in_review", "This payment does not wait for a review")
    order.review_closed_at = order.updated_at = now
