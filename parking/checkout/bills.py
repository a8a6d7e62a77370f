"""What a stay costs at a moment, and what cancelling it would give: for screens, without writing anything.

The gate and the payments go by the same functions, so that no page promises what they do not hold.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from parking.core.money import ZERO
from parking.stays.models import ParkingSession, SessionStatus
from parking.stays.rules import CANCEL_WINDOW_SECONDS
from parking.stays.services import calculate_amount, calculate_refund, terms_of
from parking.tariffs.rules import BillLine, booking_lines, total_of, whole_minutes

# --- The bill ----------------------------------------------------------------------------------------


def frozen_lines(session: ParkingSession) -> tuple[BillLine, ...]:
    """The lines that the bill was frozen or closed with."""
    return tuple(BillLine.from_json(line) for line in session.bill.lines)


def is_frozen(session: ParkingSession, *, now: datetime) -> bool:
    """Whether a quote, a waiting payment or a payment ahead fixes the bill at this moment."""
    return session.bill.frozen_until is not None and now <= session.bill.frozen_until


def lines_at(session: ParkingSession, now: datetime) -> tuple[BillLine, ...]:
    """The bill as it stands: closed or frozen as written, running as of now, before entry what a booking costs."""
    if is_frozen(session, now=now) or not session.is_open:
        return frozen_lines(session)
    if session.status == SessionStatus.ACTIVE:
        return calculate_amount(session=session, until=now)
    return booking_lines(terms_of(session))


@dataclass(frozen=True)
class RunningBill:
    """A bill at a moment: amounts in rupees; `minutes` parked and billed, seconds dropped.

    `frozen_until` is when a frozen bill runs on, None for one that is not frozen.
    """

    lines: tuple[BillLine, ...]
    total: Decimal
    paid: Decimal
    due: Decimal
    minutes: int
    frozen_until: datetime | None


def running_bill(session: ParkingSession, now: datetime) -> RunningBill:
    """What a stay costs and owes: as frozen or closed, or as of `now`. What is due is what `pay_ahead` asks for."""
    bill, lines = session.bill, lines_at(session, now)
    frozen = is_frozen(session, now=now)
    until = bill.billed_until if frozen or bill.closed_at else None
    return RunningBill(
        lines=lines,
        total=total_of(lines),
        paid=bill.paid,
        due=max(total_of(lines) - bill.paid, ZERO),
        minutes=whole_minutes(session.entry_time, until or now) if session.entry_time else 0,
        frozen_until=bill.frozen_until if frozen else None,
    )


# --- Cancelling --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CancellationOffer:
    """What cancelling gives at a moment: `refund` and `kept` in rupees, `reason` the sentence that says why.

    `until` is the last moment of this refund: the end of the five minutes, None where nothing comes back any more.
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
    in_time = session.booked_at + timedelta(seconds=CANCEL_WINDOW_SECONDS)
    refund = decision.amount if possible else ZERO
    return CancellationOffer(
        possible=possible,
        eligible=possible and decision.eligible,
        refund=refund,
        kept=session.bill.paid - refund,
        reason=decision.reason,
        until=in_time if possible and decision.eligible else None,
    )
