"""The lines of a bill: what is charged, for what, and what that comes to."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from parking.core.money import ZERO, rupees

HOUR = 60
DAY = 24 * HOUR


class LineKind(StrEnum):
    """What a line of a bill charges for. Its label is for people; decisions go by the kind."""

    HOURS = "HOURS"
    DAILY_MAXIMUM = "DAILY_MAXIMUM"
    SLAB = "SLAB"
    NIGHT = "NIGHT"
    OVERSTAY = "OVERSTAY"
    DEMAND = "DEMAND"
    LOST_TICKET = "LOST_TICKET"
    BOOKING_MINIMUM = "BOOKING_MINIMUM"
    NO_SHOW = "NO_SHOW"
    LATE_CANCELLATION = "LATE_CANCELLATION"
    PASS = "PASS"  # noqa: S105 - a season ticket
    EXEMPT = "EXEMPT"
    SHOP = "SHOP"
    PROMO = "PROMO"
    VOUCHER = "VOUCHER"
    POINTS = "POINTS"
    ROUND_OFF = "ROUND_OFF"
    REFUND = "REFUND"


# Where a label says more (a band, a shop, a percentage), it is made with the line.
LABELS = {
    LineKind.HOURS: "Parking",
    LineKind.DAILY_MAXIMUM: "Daily maximum",
    LineKind.SLAB: "Parking",
    LineKind.NIGHT: "Night charge",
    LineKind.OVERSTAY: "Overstay",
    LineKind.DEMAND: "Busy time",
    LineKind.LOST_TICKET: "Lost ticket",
    LineKind.BOOKING_MINIMUM: "Booking minimum",
    LineKind.NO_SHOW: "No-show",
    LineKind.LATE_CANCELLATION: "Late cancellation",
    LineKind.PASS: "Pass",
    LineKind.EXEMPT: "Exempt",
    LineKind.SHOP: "Validated",
    LineKind.PROMO: "Promo code",
    LineKind.VOUCHER: "Voucher",
    LineKind.POINTS: "Points",
    LineKind.ROUND_OFF: "Round off",
    LineKind.REFUND: "Refund",
}
# Lines that were stored before they had a kind. Hours may bear any other label.
_KIND_OF_OLD_LABEL = {
    LABELS[kind]: kind
    for kind in (LineKind.BOOKING_MINIMUM, LineKind.NO_SHOW, LineKind.LATE_CANCELLATION, LineKind.REFUND)
}
# The name under which the booking minimum was stored before.
_OLD_KINDS = {"MINIMUM": LineKind.BOOKING_MINIMUM}


@dataclass(frozen=True)
class BillLine:
    """One line of a bill: quantity times unit price, in rupees.

    `minutes` is how much time the line charges, None where its kind and quantity say it: an hour for each of HOURS.
    `validation_id` is the validation that the line of a shop is for; lines that were stored before have none.
    """

    label: str
    quantity: int
    unit_price: Decimal
    kind: LineKind = LineKind.HOURS
    minutes: int | None = None
    validation_id: int | None = None

    @property
    def amount(self) -> Decimal:
        return rupees(self.quantity * self.unit_price)

    @property
    def is_hours(self) -> bool:
        """Whether the quantity counts steps of parking time."""
        return self.kind == LineKind.HOURS

    @property
    def billed_minutes(self) -> int:
        """Return how many minutes of parking the line charges."""
        if self.minutes is not None:
            return self.minutes
        return self.quantity * HOUR if self.is_hours else 0

    def to_json(self) -> dict[str, Any]:
        others = {"minutes": self.minutes, "validation_id": self.validation_id}
        return {
            "kind": str(self.kind),
            "label": self.label,
            "quantity": self.quantity,
            "unit_price": str(self.unit_price),
            "amount": str(self.amount),
            **{name: number for name, number in others.items() if number is not None},
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "BillLine":
        price, numbers = Decimal(data["unit_price"]), (data.get("minutes"), data.get("validation_id"))
        return cls(data["label"], data["quantity"], price, _kind_of(data), *numbers)


def _kind_of(data: dict[str, Any]) -> LineKind:
    if "kind" not in data:
        return _KIND_OF_OLD_LABEL.get(data["label"], LineKind.HOURS)
    return _OLD_KINDS.get(data["kind"]) or LineKind(data["kind"])


def step_line(label: str, quantity: int, unit_price: Decimal, step_minutes: int) -> BillLine:
    """Return a line of so many steps of so many minutes each."""
    minutes = None if step_minutes == HOUR else quantity * step_minutes
    return BillLine(label, quantity, unit_price, LineKind.HOURS, minutes)


def single_line(kind: LineKind, amount: Decimal, label: str | None = None) -> BillLine:
    """Return a line that charges `amount` rupees once, under its label or that of its kind."""
    return BillLine(LABELS[kind] if label is None else label, 1, amount, kind)


def total_of(lines: tuple[BillLine, ...]) -> Decimal:
    return sum((line.amount for line in lines), ZERO)


def minutes_of(lines: tuple[BillLine, ...]) -> int:
    """Return how many minutes of parking these lines charge."""
    return sum(line.billed_minutes for line in lines)


@dataclass(frozen=True)
class Charge:
    """What is charged: the lines, and the time (aware) up to which they charge; None where no time is charged."""

    lines: tuple[BillLine, ...]
    until: datetime | None = None

    @property
    def total(self) -> Decimal:
        """The sum of the lines (rupees)."""
        return total_of(self.lines)


def kept_lines(kind: LineKind, kept: Decimal) -> tuple[BillLine, ...]:
    """The bill of a stay that never began: what is kept of the fee, under its reason. Empty if nothing is kept."""
    return (single_line(kind, kept),) if kept > ZERO else ()
