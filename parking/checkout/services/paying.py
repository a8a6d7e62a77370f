"""Paying from the phone before going to the gate."""

from datetime import datetime

from django.db import transaction

from parking.audit import services as audit
from parking.audit.services import Actor
from parking.checkout.services.closing import is_frozen
from parking.checkout.services.leaving import Left, freeze
from parking.checkout.services.settling import collect
from parking.core.errors import NotFound, Refused
from parking.core.ids import Ref
from parking.core.money import ZERO
from parking.payments import services as payments
from parking.payments.gateways.registry import chosen_gateway
from parking.payments.models import OrderPurpose, OrderStatus
from parking.stays import services as stays
from parking.stays.models import SessionStatus


def pay_ahead(*, actor: Actor, session: Ref, gateway: str | None, now: datetime) -> Left:
    """Collect what the stay costs so far. It raises what is paid and covers the stay for 15 minutes (setting).

    Only the exit scan frees the slot. Raises NotFound `session_not_found`; Refused `entry_not_scanned`,
    `nothing_due`, `gateway_invalid`, `payment_failed`.
    """
    code = chosen_gateway(gateway).code
    with transaction.atomic(durable=True):
        stay = stays.lock_session(**session.lookup())
        if stay.driver_id != actor.user_id and not actor.is_staff:
            raise NotFound("session_not_found", "Booking not found")
        if stay.status != SessionStatus.ACTIVE:
            raise Refused("entry_not_scanned", "There is nothing to pay before the car is inside")
        if not is_frozen(stay, now=now):
            freeze(session=stay, now=now)
        waiting = payments.open_order(stay.bill)
        if waiting is None:
            if stay.bill.due == ZERO:
                raise Refused("nothing_due", "Nothing is due now")
            waiting = payments.place_order(
                bill=stay.bill,
                purpose=OrderPurpose.AHEAD,
                gateway=code,
                amount=stay.bill.due,
                attendant_id=None,
                now=now,
            )
            audit.record(
                actor=actor,
                action="payment.asked_ahead",
                now=now,
                subject=("session", stay.pk),
                order_id=waiting.order_id,
                amount=waiting.amount,
            )
    stay = collect(order=waiting, now=now)
    if waiting.status == OrderStatus.FAILED:
        raise Refused("payment_failed", "Payment issue, retry")
    return Left(stay, order=waiting)
