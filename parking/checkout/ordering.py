"""Orders for money from a driver: the one that waits, another in its place, and one whose page was lost."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from parking.audit import services as audit
from parking.checkout.queries import order_anew
from parking.checkout.settling import collect
from parking.core.actor import SYSTEM, Actor
from parking.core.errors import Refused
from parking.payments import services as payments
from parking.payments.events import PaymentAsked
from parking.payments.models import OrderPurpose, OrderStatus, PaymentOrder
from parking.stays import services as stays
from parking.stays.models import ParkingSession

# PhonePe names the page of an order in one answer and never again.
_PAGE_TOLD_ONCE = ("PHONEPE",)


# --- Inside a transaction, with the stay locked --------------------------------------------------------


def waiting_order(
    stay: ParkingSession,
    *,
    gateway: str,
    purpose: OrderPurpose,
    due: Decimal,
    actor: Actor,
    now: datetime,
) -> PaymentOrder:
    """The order that waits for this amount through this gateway; otherwise a new one, and the old one is given up.

    Money that still comes for the old one counts as paid.
    """
    waiting = payments.open_order(stay.bill)
    if waiting is not None and (waiting.gateway, waiting.amount) == (gateway, due):
        return waiting
    if waiting is not None:
        payments.give_up_order(bill=stay.bill, now=now)
        # A driver who pays by another way while the gate waits still opens the gate.
        purpose = OrderPurpose(waiting.purpose)
    return _new_order(stay, gateway, purpose, due, attendant_id=None, actor=actor, now=now)


def _new_order(
    stay: ParkingSession,
    gateway: str,
    purpose: OrderPurpose,
    due: Decimal,
    *,
    attendant_id: int | None,
    actor: Actor,
    now: datetime,
) -> PaymentOrder:
    order = payments.place_order(
        bill=stay.bill, purpose=purpose, gateway=gateway, amount=due, attendant_id=attendant_id, now=now
    )
    audit.record(actor, PaymentAsked(session_id=stay.pk, order_id=order.order_id, purpose=purpose, amount=due), now)
    return order


# --- After the commit ----------------------------------------------------------------------------------


def collect_with_page(order: PaymentOrder, *, now: datetime) -> tuple[ParkingSession, PaymentOrder]:
    """As `collect`; an order that nobody can pay, because its page was lost, is replaced. Raises Unavailable."""
    session = collect(order=order, now=now)
    payable = _payable(order, now)
    if payable.status == OrderStatus.INITIATED:
        session = collect(order=payable, now=now)
    return session, payable


def sent_with_page(order: PaymentOrder, *, now: datetime) -> PaymentOrder:
    """An order that its gateway knows and that can be paid; what it knows already is not asked after again.

    Raises Refused `payment_declined`, Unavailable.
    """
    return _sent(_payable(_sent(order, now), now), now)


def _sent(order: PaymentOrder, now: datetime) -> PaymentOrder:
    if order.status == OrderStatus.INITIATED:
        collect(order=order, now=now)
    if order.status == OrderStatus.FAILED:
        raise Refused("payment_declined", "The gateway declined this payment")
    return order


def _payable(order: PaymentOrder, now: datetime) -> PaymentOrder:
    """The order, or another in its place, still to be sent, if the answer that named its page was lost."""
    if not _has_lost_its_page(order):
        return order
    with transaction.atomic(durable=True):
        stay = stays.lock_by_bill(order.bill_id)
        # Read anew under the lock: another call may have been told the page, or have replaced the order.
        waiting = payments.open_order(stay.bill)
        if waiting is None or waiting.pk != order.pk or not _has_lost_its_page(waiting):
            return waiting or order_anew(order)
        payments.give_up_order(bill=stay.bill, now=now)
        return _new_order(
            stay, waiting.gateway, OrderPurpose(waiting.purpose), waiting.amount,
            attendant_id=waiting.attendant_id, actor=SYSTEM, now=now,
        )  # fmt: skip


def _has_lost_its_page(order: PaymentOrder) -> bool:
    told = order.pay_url or order.upi_link
    return order.gateway in _PAGE_TOLD_ONCE and order.status == OrderStatus.PENDING and not told
