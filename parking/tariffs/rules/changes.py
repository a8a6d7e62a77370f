"""What lowers a bill after it is reckoned: passes, exemptions, shops, codes, vouchers, points.

Each is a value that says what it gives; what it is worth on a bill depends on what is left at its place.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from parking.core.money import ZERO, rupees
from parking.tariffs.rules.lines import DAY, HOUR, BillLine, LineKind, single_line
from parking.tariffs.rules.terms import WEEK, Weekday, span_minutes

POINTS_AT_ONCE = 100
RUPEES_FOR_POINTS = Decimal("10.00")


class Gives(StrEnum):
    """What a shop or a code gives: the first minutes, a part of what is left, a sum, or free parking for a purchase."""

    MINUTES = "MINUTES"
    PERCENT = "PERCENT"
    AMOUNT = "AMOUNT"
    PURCHASE = "PURCHASE"


@dataclass(frozen=True)
class Place:
    """Where in the order of a bill a change stands: what is `left` to pay (rupees), and what the time costs."""

    left: Decimal
    first_minutes: Callable[[int], Decimal]
    covered: "Callable[[Pass], Decimal]"


@dataclass(frozen=True)
class Pass:
    """A pass: it covers steps that begin before `ends_at`, on its days and between its minutes of the day."""

    number: str
    ends_at: datetime
    days: tuple[Weekday, ...] = WEEK
    begins: int = 0
    ends: int = 0
    kind = LineKind.PASS

    def label_for(self, _place: Place) -> str:
        return f"Pass {self.number}"

    def worth(self, place: Place) -> Decimal:
        return place.covered(self)

    def covers(self, moment: datetime, time_zone: str) -> bool:
        """Return whether a step that begins at a moment is covered. Hours past midnight belong to the day before."""
        if moment >= self.ends_at:
            return False
        local = moment.astimezone(ZoneInfo(time_zone))
        minute, today = local.hour * HOUR + local.minute, local.weekday()
        length = span_minutes(self.begins, self.ends)
        is_of_today = self.begins <= minute < self.begins + length and WEEK[today] in self.days
        return is_of_today or (minute + DAY < self.begins + length and WEEK[today - 1] in self.days)


@dataclass(frozen=True)
class Exempt:
    """A class of vehicles that pay nothing at a site."""

    name: str
    kind = LineKind.EXEMPT

    def label_for(self, _place: Place) -> str:
        return f"Exempt: {self.name}"

    def worth(self, place: Place) -> Decimal:
        return place.left


@dataclass(frozen=True)
class Gift:
    """So many minutes, percent or rupees off, at most `cap` rupees.

    For a PURCHASE `value` is the sum of the shop's own bill, and `from_amount` the sum from which all is free.
    """

    gives: Gives
    value: Decimal
    cap: Decimal | None = None
    from_amount: Decimal | None = None

    def worth(self, place: Place) -> Decimal:
        found = self._uncapped(place)
        return found if self.cap is None else min(found, self.cap)

    def _uncapped(self, place: Place) -> Decimal:
        if self.gives == Gives.MINUTES:
            return place.first_minutes(int(self.value))
        if self.gives == Gives.PERCENT:
            return rupees(place.left * self.value / 100)
        is_whole = self.gives == Gives.PURCHASE and self.from_amount is not None and self.value >= self.from_amount
        return place.left if is_whole else rupees(self.value)

    @property
    def words(self) -> str:
        """Return what is given, as it stands at the end of a label."""
        number = f"{self.value:f}" if self.value != self.value.to_integral_value() else str(int(self.value))
        return {
            Gives.MINUTES: f"{number} min",
            Gives.PERCENT: f"{number} %",
            Gives.AMOUNT: f"₹{number}",
            Gives.PURCHASE: f"purchase ₹{number}",
        }[self.gives]


@dataclass(frozen=True)
class Shop:
    """The validation of a shop, which pays for it, and its number once there is one."""

    name: str
    gift: Gift
    validation_id: int | None = None
    kind = LineKind.SHOP

    @property
    def label(self) -> str:
        return f"Validated by {self.name}, {self.gift.words}"

    def label_for(self, _place: Place) -> str:
        return self.label

    def worth(self, place: Place) -> Decimal:
        return self.gift.worth(place)


@dataclass(frozen=True)
class Promo:
    """A promo code. It gives nothing while less than its `least_bill` (rupees) is left at its place."""

    code: str
    gift: Gift
    least_bill: Decimal = ZERO
    kind = LineKind.PROMO

    def label_for(self, _place: Place) -> str:
        return f"Promo code {self.code}"

    def worth(self, place: Place) -> Decimal:
        return ZERO if place.left < self.least_bill else self.gift.worth(place)


@dataclass(frozen=True)
class Voucher:
    """A voucher that an administrator issued, of so many rupees."""

    code: str
    amount: Decimal
    kind = LineKind.VOUCHER

    def label_for(self, _place: Place) -> str:
        return f"Voucher {self.code}"

    def worth(self, place: Place) -> Decimal:
        return min(self.amount, place.left)


@dataclass(frozen=True)
class Points:
    """Points to be spent, in hundreds, as many as fit."""

    points: int
    kind = LineKind.POINTS

    def worth(self, place: Place) -> Decimal:
        return self._hundreds(place) * RUPEES_FOR_POINTS

    def label_for(self, place: Place) -> str:
        return f"{self._hundreds(place) * POINTS_AT_ONCE} points"

    def _hundreds(self, place: Place) -> int:
        return min(self.points // POINTS_AT_ONCE, int(place.left // RUPEES_FOR_POINTS))


Change = Pass | Exempt | Shop | Promo | Voucher | Points
_ORDER: tuple[type[Change], ...] = (Pass, Exempt, Shop, Promo, Voucher, Points)


def in_order(changes: tuple[Change, ...]) -> list[Change]:
    """Return changes in the order in which a bill has them; shops stay in the order of their validations.

    A car that a pass covers spends no points.
    """
    has_pass = any(isinstance(change, Pass) for change in changes)
    counted = [change for change in changes if not (has_pass and isinstance(change, Points))]
    return sorted(counted, key=lambda change: _ORDER.index(type(change)))


def change_line(change: Change, place: Place) -> BillLine | None:
    """Return the line of a change: at most what is left; None where that is nothing."""
    worth = min(change.worth(place), place.left)
    if worth <= ZERO:
        return None
    line = single_line(change.kind, -worth, change.label_for(place))
    return replace(line, validation_id=change.validation_id) if isinstance(change, Shop) else line
