"""What a stay costs. Pure functions: no database, no clock, no settings.

`docs/pricing.md` holds the rule in words and the table of examples that the tests run.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from parking.core.money import ZERO, rupees

HOUR = 60
PARKING = "Parking"
BOOKING_MINIMUM = "Booking minimum"
NO_SHOW = "No-show"
LATE_CANCELLATION = "Late cancellation"
REFUND = "Refund"
_NOT_HOURS = (BOOKING_MINIMUM, NO_SHOW, LATE_CANCELLATION, REFUND)


@dataclass(frozen=True)
class Terms:
    """The terms of one stay, kept with it whatever is changed later. Amounts in rupees, times in minutes."""

    hourly_rate: Decimal
    booking_fee: Decimal
    grace_minutes: int = 5
    minimum_hours: int = 1
    hold_minutes: int = 10
    no_show_minutes: int = 30

    def to_json(self) -> dict[str, Any]:
        """A form for a JSON column; amounts as text, so that no float comes near them."""
        return self.__dict__ | {"hourly_rate": str(self.hourly_rate), "booking_fee": str(self.booking_fee)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Terms":
        amounts = {name: Decimal(data[name]) for name in ("hourly_rate", "booking_fee")}
        return cls(**(data | amounts))


@dataclass(frozen=True)
class KindRate:
    """What vehicles of one kind pay in a zone (rupees)."""

    vehicle_kind: str
    hourly_rate: Decimal
    booking_fee: Decimal


@dataclass(frozen=True)
class BillLine:
    """One line of a bill: quantity times unit price, in rupees."""

    label: str
    quantity: int
    unit_price: Decimal

    @property
    def amount(self) -> Decimal:
        return rupees(self.quantity * self.unit_price)

    @property
    def is_hours(self) -> bool:
        """Whether the quantity counts hours of parking."""
        return self.label not in _NOT_HOURS

    def to_json(self) -> dict[str, Any]:
        return {
            "label": self.label,
            "quantity": self.quantity,
            "unit_price": str(self.unit_price),
            "amount": str(self.amount),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "BillLine":
        return cls(data["label"], data["quantity"], Decimal(data["unit_price"]))


def total_of(lines: tuple[BillLine, ...]) -> Decimal:
    return sum((line.amount for line in lines), ZERO)


def whole_minutes(entry: datetime, until: datetime) -> int:
    """Minutes from entry to `until`, seconds dropped."""
    return max(until - entry, timedelta()) // timedelta(minutes=1)


def billed_hours(minutes: int, terms: Terms) -> int:
    """Hours that `minutes` of parking are charged as: the grace comes off, the rest is rounded up."""
    beyond_grace = max(minutes - terms.grace_minutes, 0)
    return max(-(-beyond_grace // HOUR), terms.minimum_hours)


def stay_lines(entry: datetime, until: datetime, terms: Terms) -> tuple[BillLine, ...]:
    """The bill of a stay from `entry` to `until` (aware times).

    Hours come first, a line for each run of hours of one rate; if they cost less than the booking fee, a line makes
    up the difference, because the fee is the least that a booking costs.
    """
    rates = _rates_by_hour(entry, billed_hours(whole_minutes(entry, until), terms), terms)
    hours = tuple(BillLine(label, len(list(run)), rate) for (label, rate), run in groupby(rates))
    missing = terms.booking_fee - total_of(hours)
    return (*hours, BillLine(BOOKING_MINIMUM, 1, missing)) if missing > ZERO else hours


def _rates_by_hour(entry: datetime, hours: int, terms: Terms) -> Iterator[tuple[str, Decimal]]:
    """Label and rate of each billed hour, by the moment at which it begins, counted from entry.

    One rate round the clock for now; bands by time of day choose here, and nowhere else.
    """
    for begins_at in (entry + timedelta(hours=number) for number in range(hours)):
        yield rate_at(begins_at, terms)


def rate_at(_moment: datetime, terms: Terms) -> tuple[str, Decimal]:
    """Label and hourly rate of an hour that begins at `_moment`."""
    return PARKING, terms.hourly_rate


def kept_lines(label: str, kept: Decimal) -> tuple[BillLine, ...]:
    """The bill of a stay that never began: what is kept of the fee, under its reason. Empty if nothing is kept."""
    return (BillLine(label, 1, kept),) if kept > ZERO else ()


def booking_lines(terms: Terms) -> tuple[BillLine, ...]:
    """What a booking costs at least, before the car has come."""
    return kept_lines(BOOKING_MINIMUM, terms.booking_fee)
