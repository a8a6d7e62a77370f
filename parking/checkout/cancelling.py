"""Cancelling a booking whose car has not come."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from parking.audit import services as audit
from parking.checkout.settling import send_refunds
from parking.core import idempotency
from parking.core.actor import Actor
from parking.core.errors import NotFound, Refused
from parking.core.idempotency import RequestKey
from parking.payments import services as payments
from parking.payments.models import Refund
from parking.stays import services as stays
from parking.stays.events import SessionCancelled
from parking.stays.models import ParkingSession
from parking.stays.rules import RefundDecision, refund_on_cancelling
from parking.tariffs.rules import LATE_CANCELLATION, kept_lines


@dataclass(frozen=True)
class Cancelled:
    """A cancelled booking, what was decided about its money, and the refunds that follow from it."""

    session: ParkingSession
    decision: RefundDecision
    refunds: list[Refund]


def cancel(
    *,
    actor: Actor,
    lookup: dict[str, Any],
    reason: str,
    now: datetime,
    only_of_caller: bool,
    promised: Decimal | None = None,
    key: RequestKey | None = None,
) -> Cancelled:
    """Cancel a booking: its money back within 300 seconds, the fee kept later; the slot is free either way.

    With `only_of_caller` another driver's booking is not there. `promised` is the refund (rupees) that a page named
    before the click: another one is refused. Raises NotFound `session_not_found`; Refused `already_entered`,
    `not_cancellable`, `refund_changed`; RepeatedRequest.
    """
    with transaction.atomic(durable=True):
        session = stays.lock_session(**lookup)
        if only_of_caller and session.driver_id != actor.user_id:
            raise NotFound("session_not_found", "Booking not found")
        idempotency.claim(key, subject=str(session.uuid), now=now)
        decision = stays.cancel_parking_session(session=session, note=reason, now=now)
        if promised is not None and decision.amount != promised:
            text = f"Cancelling gives back ₹{decision.amount} now"
            raise Refused("refund_changed", text, refund=str(decision.amount))
        payments.give_up_order(bill=session.bill, now=now)
        kept = session.bill.paid - decision.amount
        refunds = payments.close_bill(
            bill=session.bill,
            lines=kept_lines(LATE_CANCELLATION, kept),
            billed_until=None,
            refund_reason="Cancelled within five minutes",
            now=now,
        )
        audit.record(actor, SessionCancelled(session_id=session.pk, refund=decision.amount, kept=kept), now)
    send_refunds(refunds, now=now)
    return Cancelled(session, decision, refunds)


def cancelled_result(session: ParkingSession) -> Cancelled:
    """The answer to the call that cancelled a booking, read from what was written then."""
    refunds = list(Refund.objects.filter(payment__bill=session.bill).order_by("pk"))
    decision = refund_on_cancelling(
        booked_at=session.booked_at, now=session.ended_at or session.booked_at, paid=session.bill.captured
    )
    return Cancelled(session, decision, refunds)
