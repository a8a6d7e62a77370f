"""Asking a driver for online money: what a payment for a stay would be for, and the order that collects it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from parking.checkout.bills import is_frozen
from parking.checkout.leaving import freeze
from parking.checkout.ordering import sent_with_page, waiting_order
from parking.checkout.settling import collect
from parking.core import idempotency
from parking.core.actor import Actor
from parking.core.errors import NotFound, Refused
from parking.core.idempotency import RequestKey
from parking.core.money import ZERO
from parking.payments.gateways.registry import chosen_gateway
from parking.payments.models import OrderPurpose, PaymentOrder
from parking.stays import services as stays
from parking.stays.models import EndReason, ParkingSession, SessionStatus


@dataclass(frozen=True)
class Asked:
    """What is wanted: `amount` in rupees as the client believes it, which must be what is due."""

    gateway: str
    amount: Decimal
    user_id: int | None = None


def ask_for_payment(
    *, actor: Actor, session: ParkingSession, asked: Asked, now: datetime, key: RequestKey | None = None
) -> PaymentOrder:
    """Make an order for what is due on a stay, and send it to its gateway. Raises as `request_payment`; Unavailable."""
    order = request_payment(actor=actor, session=session, asked=asked, now=now, key=key)
    return sent_with_page(order, now=now)


def resume_payment(*, session: ParkingSession, gateway: str, now: datetime) -> PaymentOrder:
    """Go on with an order whose answer was lost: it is sent again, which makes it no second one."""
    order = PaymentOrder.objects.filter(bill_id=session.bill_id, gateway=gateway).order_by("pk").last()
    if order is None:
        raise NotFound("order_not_found", "There is no such payment order")
    return sent_with_page(order, now=now)


def verify_order(*, order: PaymentOrder, now: datetime) -> PaymentOrder:
    """Ask the gateway how an order stands, and settle that. One that is paid or in review is not asked after again."""
    if not order.is_settled:
        collect(order=order, now=now)
    return order


def request_payment(
    *, actor: Actor, session: ParkingSession, asked: Asked, now: datetime, key: RequestKey | None = None
) -> PaymentOrder:
    """Write the order for what is due on a stay: its fee before entry, the bill so far once the car is inside.

    An order that waits already through the same gateway for the same amount is the same order. The caller sends it to
    the gateway. Raises Refused `user_mismatch`, `nothing_due`, `amount_mismatch`, `gateway_invalid`; RepeatedRequest.
    """
    code = chosen_gateway(asked.gateway).code
    with transaction.atomic(durable=True):
        stay = stays.lock_session(pk=session.pk)
        idempotency.claim(key, subject=str(stay.uuid), now=now)
        if asked.user_id is not None and asked.user_id != actor.user_id and not actor.is_staff:
            raise Refused("user_mismatch", "This is not your user id")
        purpose, due = what_is_due(stay, now)
        if asked.amount != due:
            raise Refused("amount_mismatch", "Amount mismatch", due=str(due))
        return waiting_order(stay, gateway=code, purpose=purpose, due=due, actor=actor, now=now)


def what_is_due(stay: ParkingSession, now: datetime) -> tuple[OrderPurpose, Decimal]:
    """The purpose and the rupees of a payment at `now`; freezes the bill of a car that is inside. The stay is locked.

    Raises Refused `nothing_due`; `booking_expired` for a hold whose time is over, before the worker ends it.
    """
    if stay.status == SessionStatus.BOOKED:
        if stays.overdue_reason(stay, now=now) == EndReason.UNPAID:
            raise stays.booking_expired(stay)
        fee = stays.terms_of(stay).booking_fee
        return OrderPurpose.FEE, _more_than_nothing(fee - stay.bill.paid)
    if stay.status != SessionStatus.ACTIVE:
        raise Refused("nothing_due", "Nothing is due on this booking")
    if not is_frozen(stay, now=now):
        freeze(session=stay, now=now)
    return OrderPurpose.AHEAD, _more_than_nothing(stay.bill.due)


def _more_than_nothing(due: Decimal) -> Decimal:
    if due <= ZERO:
        raise Refused("nothing_due", "Nothing is due on this booking")
    return due


def order_of_client(number: str, *, gateway: str, actor: Actor) -> PaymentOrder:
    """The order with this number, ours or the gateway's. Raises NotFound `order_not_found`, also for another's."""
    orders = PaymentOrder.objects.filter(gateway=gateway).select_related("bill")
    order = orders.filter(order_id=number).first() or orders.filter(gateway_order_id=number).first()
    session = ParkingSession.objects.filter(bill_id=order.bill_id).first() if order else None
    if order is None or session is None or not (actor.is_staff or session.driver_id == actor.user_id):
        raise NotFound("order_not_found", "There is no such payment order")
    return order
