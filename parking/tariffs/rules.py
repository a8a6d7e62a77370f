"""What a parking session costs. Pure functions: no database, no clock, no settings.

`docs/pricing.md` holds the rule in words and the table of examples that the tests run.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from typing import Any

from parking.core.money import ZERO, rupees

HOUR = 60


class LineKind(StrEnum):
    """What a line of a bill charges for. Its label is for people; decisions go by the kind."""

    HOURS = "HOURS"
    MINIMUM = "MINIMUM"
    NO_SHOW = "NO_SHOW"
    LATE_CANCELLATION = "LATE_CANCELLATION"
    REFUND = "REFUND"


LABELS = {
    LineKind.HOURS: "Parking",
    LineKind.MINIMUM: "Booking minimum",
    LineKind.NO_SHOW: "No-show",
    LineKind.LATE_CANCELLATION: "Late cancellation",
    LineKind.REFUND: "Refund",
}
# Lines that were stored before they had a kind. Hours may bear any other label.
_KIND_OF_OLD_LABEL = {label: kind for kind, label in LABELS.items()}


@dataclass(frozen=True)
class Terms:
    """The terms of one parking session, stored with it and never changed. Amounts in rupees."""

    hourly_rate: Decimal
    booking_fee: Decimal
    grace_minutes: int = 5
    minimum_hours: int = 1
    hold_minutes: int = 10
    no_show_minutes: int = 30
    cancel_window_seconds: int = 300

    def to_json(self) -> dict[str, Any]:
        """Return plain data for a JSON column; amounts are text, so that none becomes a float."""
        return self.__dict__ | {"hourly_rate": str(self.hourly_rate), "booking_fee": str(self.booking_fee)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Terms":
        amounts = {name: Decimal(data[name]) for name in ("hourly_rate", "booking_fee")}
        return cls(**(data | amounts))


@dataclass(frozen=True)
class KindRate:
    """The prices of one kind of vehicle in a zone (rupees)."""

    vehicle_kind: str
    hourly_rate: Decimal
    booking_fee: Decimal


@dataclass(frozen=True)
class BillLine:
    """One line of a bill: quantity times unit price, in rupees."""

    label: str
    quantity: int
    unit_price: Decimal
    kind: LineKind = LineKind.HOURS

    @property
    def amount(self) -> Decimal:
        return rupees(self.quantity * self.unit_price)

    @property
    def is_hours(self) -> bool:
        """Whether the quantity counts hours of parking."""
        return self.kind == LineKind.HOURS

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": str(self.kind),
            "label": self.label,
            "quantity": self.quantity,
            "unit_price": str(self.unit_price),
            "amount": str(self.amount),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "BillLine":
        label = data["label"]
        kind = LineKind(data["kind"]) if "kind" in data else _KIND_OF_OLD_LABEL.get(label, LineKind.HOURS)
        return cls(label, data["quantity"], Decimal(data["unit_price"]), kind)


def single_line(kind: LineKind, amount: Decimal) -> BillLine:
    """Return a line that charges `amount` rupees once, under the label of its kind."""
    return BillLine(LABELS[kind], 1, amount, kind)


def total_of(lines: tuple[BillLine, ...]) -> Decimal:
    return sum((line.amount for line in lines), ZERO)


@dataclass(frozen=True)
class Charge:
    """What is charged: the lines, and the time (aware) up to which they charge; None where no time is charged."""

    lines: tuple[BillLine, ...]
    until: datetime | None = None

    @property
    def total(self) -> Decimal:
        """The sum of the lines (rupees)."""
        return total_of(self.lines)


def whole_minutes(entry: datetime, until: datetime) -> int:
    """Return the minutes from entry to `until`, seconds dropped."""
    return max(until - entry, timedelta()) // timedelta(minutes=1)


def billed_hours(minutes: int, terms: Terms) -> int:
    """Return the hours that `minutes` of parking are charged as: less the grace, rounded up, at least one."""
    beyond_grace = max(minutes - terms.grace_minutes, 0)
    return max(-(-beyond_grace // HOUR), terms.minimum_hours)


def stay_lines(entry: datetime, until: datetime, terms: Terms) -> tuple[BillLine, ...]:
    """Return the bill of a stay from `entry` to `until` (aware times).

    Hours come first, a line for each run of hours of one rate; if they cost less than the booking fee, a line makes up
    the difference, because the fee is the least that a booking costs.
    """
    rates = _rates_by_hour(entry, billed_hours(whole_minutes(entry, until), terms), terms)
    hours = tuple(BillLine(label, len(list(run)), rate) for (label, rate), run in groupby(rates))
    missing = terms.booking_fee - total_of(hours)
    return (*hours, single_line(LineKind.MINIMUM, missing)) if missing > ZERO else hours


def _rates_by_hour(entry: datetime, hours: int, terms: Terms) -> Iterator[tuple[str, Decimal]]:
    """Yield label and rate of each billed hour, by the time at which it begins, counted from entry.

    One rate applies round the clock for now; rates by time of day belong here, and nowhere else.
    """
    for begins_at in (entry + timedelta(hours=number) for number in range(hours)):
        yield rate_at(begins_at, terms)


def rate_at(_moment: datetime, terms: Terms) -> tuple[str, Decimal]:
    """Label and hourly rate of an hour that begins at `_moment`."""
    return LABELS[LineKind.HOURS], terms.hourly_rate


def next_rise(entry: datetime, now: datetime, terms: Terms) -> tuple[datetime, Decimal] | None:
    """Return when the bill of a stay grows next and what it is then (rupees); None if it does not within a day."""
    begun = billed_hours(whole_minutes(entry, now), terms)
    total = total_of(stay_lines(entry, now, terms))
    for hours in range(begun, begun + 24):
        moment = entry + timedelta(minutes=hours * HOUR + terms.grace_minutes + 1)
        then = total_of(stay_lines(entry, moment, terms))
        if then > total:
            return moment, then
    return None


def kept_lines(kind: LineKind, kept: Decimal) -> tuple[BillLine, ...]:
    """The bill of a stay that never began: what is kept of the fee, under its reason. Empty if nothing is kept."""
    return (single_line(kind, kept),) if kept > ZERO else ()


def booking_lines(terms: Terms) -> tuple[BillLine, ...]:
    """What a booking costs at least, before the car has come."""
    return kept_lines(LineKind.MINIMUM, terms.booking_fee)
