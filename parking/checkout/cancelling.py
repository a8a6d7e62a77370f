"""Cancelling a booking whose car has not come."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from parking.audit import services as audit
from parking.checkout import settling_offers
from parking.checkout.hand_backs import ask_for_surplus
from parking.core import idempotency
from parking.core.actor import Actor
from parking.core.errors import Refused
from parking.core.idempotency import RequestKey
from parking.payments import bills, orders
from parking.payments.asking import send_refunds
from parking.payments.models import Refund
from parking.stays import access
from parking.stays import services as stays
from parking.stays.access import StayRef
from parking.stays.events import SessionCancelled
from parking.stays.models import ParkingSession
from parking.stays.rules import RefundDecision
from parking.tariffs.rules import Charge, LineKind, kept_lines


@dataclass(frozen=True)
class Cancelled:
    """A cancelled booking, what was decided about its money, and the refunds that follow from it."""

    session: ParkingSession
    decision: RefundDecision
    refunds: list[Refund]


def cancel(
    *,
    actor: Actor,
    session: StayRef,
    reason: str,
    now: datetime,
    only_of_caller: bool,
    promised: Decimal | None = None,
    key: RequestKey | None = None,
) -> Cancelled:
    """Cancel a booking: its money back within five minutes (setting), the fee kept later; the slot is free either way.

    With `only_of_caller` another driver's booking is not there. `promised` is the refund (rupees) that a page named
    before the click: another one is refused. Raises NotFound `session_not_found`; Refused `already_entered`,
    `not_cancellable`, `refund_changed`; RepeatedRequest.
    """
    with transaction.atomic(durable=True):
        stay = access.lock(session, actor, only_own=only_of_caller)
        idempotency.claim(key, subject=str(stay.uuid), now=now)
        decision = stays.cancel_parking_session(session=stay, note=reason, now=now)
        settling_offers.give_back(stay, now)
        if promised is not None and decision.amount != promised:
            text = f"Cancelling gives back ₹{decision.amount} now"
            raise Refused("refund_changed", text, refund=str(decision.amount))
        orders.give_up(bill=stay.bill, now=now)
        kept = stay.bill.paid - decision.amount
        charge = Charge(kept_lines(LineKind.LATE_CANCELLATION, kept))
        closed = bills.close(
            bill=stay.bill, charge=charge, refund_reason="Cancelled in time", by_id=actor.user_id, now=now
        )
        ask_for_surplus(closed.refunds, session_id=stay.pk, now=now)
        audit.record(actor, SessionCancelled(session_id=stay.pk, refund=decision.amount, kept=kept), now)
    send_refunds(closed.refunds, now=now, fresh=True)
    return Cancelled(stay, decision, list(closed.refunds))


def cancelled_result(session: ParkingSession) -> Cancelled:
    """The answer to the call that cancelled a booking, read from what was written then."""
    refunds = list(Refund.objects.filter(payment__bill=session.bill).order_by("pk"))
    decision = stays.refund_decision(
        session=session, paid=session.bill.captured, now=session.ended_at or session.booked_at
    )
    return Cancelled(session, decision, refunds)
