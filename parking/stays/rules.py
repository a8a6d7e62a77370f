"""Decisions about stays. Pure functions: no database, no clock, no settings."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from parking.core.money import ZERO

NO_REFUND_AFTER_ENTRY = "No refund allowed after vehicle entry (QR scanned)"


@dataclass(frozen=True)
class RefundDecision:
    """Whether a cancelled booking gets its money back, how much (rupees), and the sentence that says why."""

    eligible: bool
    amount: Decimal
    reason: str


def refund_on_cancelling(*, booked_at: datetime, now: datetime, paid: Decimal, window_seconds: int) -> RefundDecision:
    """All of it within the window after booking, nothing later. The text names minutes, rounded up."""
    seconds = max((now - booked_at).total_seconds(), 0)
    minutes = -int(-seconds // 60)
    window = -int(-window_seconds // 60)
    if seconds <= window_seconds:
        sign = "<" if minutes < window else "<="
        text = f"Cancelled within grace period ({minutes} min {sign} {window} min). 100% refund eligible."
        return RefundDecision(eligible=True, amount=paid, reason=text)
    text = f"Cancelled after grace period ({minutes} min > {window} min). 0% refund."
    return RefundDecision(eligible=False, amount=ZERO, reason=text)


def hold_has_ended(*, pay_by: datetime | None, captured: Decimal, now: datetime) -> bool:
    """Whether a booking's fee was not paid in time."""
    return pay_by is not None and captured == ZERO and now > pay_by


def is_no_show(*, enter_by: datetime, now: datetime) -> bool:
    """Whether the time to enter is over."""
    return now > enter_by
