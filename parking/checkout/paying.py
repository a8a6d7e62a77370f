"""Paying from the phone: the fee of a booking, or what a stay costs so far, before going to the gate."""

from collections import defaultdict
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Lock

from django.db import transaction

from parking.checkout.leaving import Left
from parking.checkout.ordering import collect_with_page, sent_with_page, waiting_order
from parking.checkout.queries import order_anew
from parking.checkout.requesting import what_is_due
from parking.checkout.settling import collect
from parking.core.actor import Actor
from parking.core.errors import NotFound, Refused, Unavailable
from parking.core.ids import Ref
from parking.payments import services as payments
from parking.payments.gateways.registry import chosen_gateway
from parking.payments.models import OrderStatus, PaymentOrder
from parking.stays import services as stays
from parking.stays.models import ParkingSession, SessionStatus
from parking.stays.queries import session_for

LOOK_AGAIN_AFTER = timedelta(seconds=2)


def start_payment(*, actor: Actor, session: Ref, gateway: str | None, now: datetime) -> PaymentOrder:
    """Start to pay what is due on a booking, or go on with the order that waits: for pages.

    That is the fee before entry, the bill so far once the car is inside. The gateway is asked first whether a waiting
    order was paid meanwhile; the order is then answered as COMPLETED. Another gateway than before gives it up. Raises
    NotFound `session_not_found`; Refused `nothing_due`, `booking_expired`, `gateway_invalid`, `payment_declined`;
    Unavailable.
    """
    code = chosen_gateway(gateway).code
    waiting = payments.open_order(session_for(session, actor).bill)
    if waiting is not None:
        waiting = refresh_order(order=waiting, now=now)
        if waiting.status == OrderStatus.COMPLETED:
            return waiting
    with transaction.atomic(durable=True):
        stay = _locked_own(session, actor)
        purpose, due = what_is_due(stay, now)
        order = waiting_order(stay, gateway=code, purpose=purpose, due=due, actor=actor, now=now)
    return sent_with_page(order, now=now)


def pay_ahead(*, actor: Actor, session: Ref, gateway: str | None, now: datetime) -> Left:
    """Collect what the stay costs so far. It raises what is paid and covers the stay for 15 minutes (setting).

    Only the exit scan frees the slot. Raises NotFound `session_not_found`; Refused `entry_not_scanned`,
    `nothing_due`, `gateway_invalid`, `payment_failed`; Unavailable.
    """
    code = chosen_gateway(gateway).code
    with transaction.atomic(durable=True):
        stay = _locked_own(session, actor)
        if stay.status != SessionStatus.ACTIVE:
            raise Refused("entry_not_scanned", "There is nothing to pay before the car is inside")
        purpose, due = what_is_due(stay, now)
        order = waiting_order(stay, gateway=code, purpose=purpose, due=due, actor=actor, now=now)
    stay, order = collect_with_page(order, now=now)
    if order.status == OrderStatus.FAILED:
        raise Refused("payment_failed", "Payment issue, retry")
    return Left(stay, order=order)


def _locked_own(session: Ref, actor: Actor) -> ParkingSession:
    stay = stays.lock_session(**session.lookup())
    if stay.driver_id != actor.user_id and not actor.is_staff:
        raise NotFound("session_not_found", "Booking not found")
    return stay


# --- A page that waits -----------------------------------------------------------------------------

# Waiting pages ask every few seconds. Should a gateway hang, they would take every thread of the process, one by one.
_turns: dict[str, Lock] = defaultdict(Lock)


def refresh_order(*, order: PaymentOrder, now: datetime) -> PaymentOrder:
    """The order as it now stands, with its stay. Its gateway is asked before, and what it says is settled.

    Asked at most every two seconds for each order, and by one caller of this process at a time; whoever comes in
    between reads what is known. A gateway that does not answer changes nothing. Not inside a transaction.
    """
    turn = _turns[order.gateway]
    if not order.is_definite and turn.acquire(blocking=False):
        try:
            if payments.begin_check(order=order, pause=LOOK_AGAIN_AFTER, now=now):
                with suppress(Unavailable):
                    collect(order=order, now=now)
        finally:
            turn.release()
    return order_anew(order)
