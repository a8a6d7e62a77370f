"""What a stay costs at a moment, and what cancelling it would give: for screens, without writing anything.

The gate and the payments go by the same functions, so that no page promises what they do not hold.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from parking.core.money import ZERO
from parking.payments.queries import Fixed, Frozen, Running, state_of
from parking.stays.models import ParkingSession, SessionStatus
from parking.stays.services import calculate_amount, calculate_refund, terms_of
from parking.tariffs.rules import BillLine, Charge, booking_lines, whole_minutes

# --- The bill ----------------------------------------------------------------------------------------


def charge_at(session: ParkingSession, now: datetime) -> Charge:
    """Return the charge of a stay at `now`.

    Closed or frozen it is as written, running as of now, before entry what a booking costs.
    """
    match state_of(session.bill, now=now):
        case Fixed(charge=charge) | Frozen(charge=charge):
            return charge
    if session.status == SessionStatus.ACTIVE:
        return Charge(calculate_amount(session=session, until=now), now)
    return Charge(booking_lines(terms_of(session)))


def lines_at(session: ParkingSession, now: datetime) -> tuple[BillLine, ...]:
    """Return the lines of the charge at `now`."""
    return charge_at(session, now).lines


@dataclass(frozen=True)
class RunningBill:
    """A bill at a moment: amounts in rupees; `minutes` parked and billed, seconds dropped.

    A car that is shown its bill and leaves later parked longer than it is billed for: `parked_minutes` go to the exit.
    `frozen_until` is when a frozen bill runs on, None for one that is not frozen.
    """

    lines: tuple[BillLine, ...]
    total: Decimal
    paid: Decimal
    due: Decimal
    minutes: int
    parked_minutes: int
    frozen_until: datetime | None


def running_bill(session: ParkingSession, now: datetime) -> RunningBill:
    """Return what a stay costs and owes: as frozen or closed, or as of `now`. What is due is what a payment takes."""
    paid, state = session.bill.paid, state_of(session.bill, now=now)
    charge = charge_at(session, now)
    until = now if isinstance(state, Running) else charge.until or now
    entry, left = session.entry_time, session.exit_time or until
    return RunningBill(
        lines=charge.lines,
        total=charge.total,
        paid=paid,
        due=max(charge.total - paid, ZERO),
        minutes=whole_minutes(entry, until) if entry else 0,
        parked_minutes=whole_minutes(entry, left) if entry else 0,
        frozen_until=state.until if isinstance(state, Frozen) else None,
    )


# --- Cancelling --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CancellationOffer:
    """What cancelling gives at a moment: `refund` and `kept` in rupees, `reason` the sentence that says why.

    `until` is the last moment of this refund: the end of the window, None where nothing comes back any more.
    """

    possible: bool
    eligible: bool
    refund: Decimal
    kept: Decimal
    reason: str
    until: datetime | None


def cancellation_offer(session: ParkingSession, now: datetime) -> CancellationOffer:
    """What `cancel` would do at `now`, by the same rule. Give `refund` to it, and it does that or nothing."""
    decision = calculate_refund(session=session, now=now)
    possible = session.status == SessionStatus.BOOKED
    refund = decision.amount if possible else ZERO
    return CancellationOffer(
        possible=possible,
        eligible=possible and decision.eligible,
        refund=refund,
        kept=session.bill.paid - refund,
        reason=decision.reason,
        until=_refunded_until(session) if possible and decision.eligible else None,
    )


def _refunded_until(session: ParkingSession) -> datetime:
    """Return the last moment at which cancelling a booking gives its money back."""
    in_time = session.booked_at + timedelta(seconds=terms_of(session).cancel_window_seconds)
    if session.refund_until is None:
        return in_time
    return session.enter_by if session.moved_from_zone_id is not None else max(in_time, session.refund_until)
