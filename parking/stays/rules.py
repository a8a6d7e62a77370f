"""Decisions about stays. Pure functions: no database, no clock, no settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from parking.core.money import ZERO

NO_REFUND_AFTER_ENTRY = "No refund allowed after vehicle entry (QR scanned)"

# Digits of a phone in India with its country, and with the 0 of a trunk call.
_WITH_COUNTRY, _WITH_ZERO = 12, 11


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


def refund_of_reservation(*, starts_at: datetime, until: datetime, now: datetime, paid: Decimal) -> RefundDecision:
    """All of it until a moment (included) before the start, nothing later."""
    minutes = int((starts_at - until).total_seconds() // 60)
    if now <= until:
        text = f"Cancelled at least {minutes} min before the start. 100% refund eligible."
        return RefundDecision(eligible=True, amount=paid, reason=text)
    text = f"Cancelled less than {minutes} min before the start. 0% refund."
    return RefundDecision(eligible=False, amount=ZERO, reason=text)


MOVED = "Moved to another zone. 100% refund eligible."


def hold_has_ended(*, pay_by: datetime | None, captured: Decimal, now: datetime) -> bool:
    """Whether a booking's fee was not paid in time."""
    return pay_by is not None and captured == ZERO and now > pay_by


def is_no_show(*, enter_by: datetime, now: datetime) -> bool:
    """Whether the time to enter is over."""
    return now > enter_by


_SHORTEST_NAME = 3
_LAST_DIGITS = 4


def confirms_owner(text: str, *, owner_name: str, phone: str) -> bool:
    """Return whether a text is the owner's name, a word of it, or the last four digits of the phone."""
    digits = phone_digits(text)
    if len(digits) == _LAST_DIGITS and text.strip().isdecimal():
        return phone_digits(phone).endswith(digits)
    said, name = text.casefold().split(), owner_name.casefold().split()
    return bool(said) and len("".join(said)) >= _SHORTEST_NAME and all(word in name for word in said)


# --- Hoarding --------------------------------------------------------------------------------------------

_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class HoldingLimits:
    """How many bookings a driver may have open, open and unpaid, and abandoned within an hour; 0: no limit."""

    open: int
    unpaid: int
    abandoned: int

    @property
    def any(self) -> bool:
        return bool(self.open or self.unpaid or self.abandoned)


@dataclass(frozen=True)
class Holding:
    """What a booking means for its driver's limits; `abandoned_at`: when it was cancelled, or ended unpaid."""

    is_open: bool
    is_unpaid: bool
    abandoned_at: datetime | None


@dataclass(frozen=True)
class LimitReached:
    """The limit that a driver has reached, how many count, and why in a sentence."""

    limit: int
    count: int
    text: str


def limit_reached(holdings: Sequence[Holding], *, limits: HoldingLimits, now: datetime) -> LimitReached | None:
    """Return the first limit that allows no further booking; None if all do."""
    waiting = sum(one.is_open for one in holdings)
    unpaid = sum(one.is_unpaid for one in holdings)
    abandoned = sorted(one.abandoned_at for one in holdings if one.abandoned_at)
    if limits.open and waiting >= limits.open:
        return LimitReached(limits.open, waiting, f"You have {waiting} open bookings, as many as allowed")
    if limits.unpaid and unpaid >= limits.unpaid:
        return LimitReached(limits.unpaid, unpaid, "Pay for your other booking first")
    if limits.abandoned and _is_paused(abandoned, limits.abandoned, now):
        return LimitReached(limits.abandoned, waiting, "Too many bookings were cancelled or not paid; wait an hour")
    return None


def _is_paused(abandoned: Sequence[datetime], limit: int, now: datetime) -> bool:
    """Whether so many were abandoned within an hour that ended less than an hour ago; times are in their order."""
    runs = zip(abandoned, abandoned[limit - 1 :], strict=False)
    return any(last - first <= _HOUR and now - last < _HOUR for first, last in runs)


def phone_digits(text: str) -> str:
    """Return the digits of a phone number without the country (91) and without a leading 0, as many as there are."""
    digits = "".join(letter for letter in text if letter.isascii() and letter.isdigit())
    if len(digits) == _WITH_COUNTRY and digits.startswith("91"):
        return digits[2:]
    return digits[1:] if len(digits) == _WITH_ZERO and digits.startswith("0") else digits
