"""The values of a tariff, and the terms of a parking session, which keeps a copy of them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from parking.core.money import PAISA
from parking.tariffs.rules.lines import DAY, HOUR


class Weekday(StrEnum):
    """The days on which bands begin; HOLIDAY stands for those of the site's calendar."""

    MON = "MON"
    TUE = "TUE"
    WED = "WED"
    THU = "THU"
    FRI = "FRI"
    SAT = "SAT"
    SUN = "SUN"
    HOLIDAY = "HOLIDAY"


WEEK = tuple(Weekday)[:7]


class FreeMode(StrEnum):
    """WHOLE: a stay up to so long is free, a longer one is charged from entry. DEDUCT: the first minutes never cost."""

    WHOLE = "WHOLE"
    DEDUCT = "DEDUCT"


class NextDay(StrEnum):
    """What slabs cost after 24 hours: the same again, or the whole price of a day for each day that begins."""

    RESTART = "RESTART"
    FULL = "FULL"


class CollectAt(StrEnum):
    EXIT = "EXIT"
    ENTRY = "ENTRY"


def clock_minutes(text: str) -> int:
    """Return the minute of the day of a text such as `06:30`; `24:00` is midnight. Raises ValueError."""
    hours, colon, minutes = text.partition(":")
    if not (colon and len(text) == len("06:30") and hours.isascii() and (hours + minutes).isdigit()):
        raise ValueError("a time of day such as 06:30 is needed")
    found = int(hours) * HOUR + int(minutes)
    if int(minutes) >= HOUR or found > DAY:
        raise ValueError("a time of day such as 06:30 is needed")
    return found % DAY


def clock_text(minute: int) -> str:
    """Return a minute of the day as a text such as `06:30`."""
    return f"{minute // HOUR:02d}:{minute % HOUR:02d}"


def span_minutes(begins: int, ends: int) -> int:
    """Return how long a span of the day is; one that ends when it begins, or before, passes midnight."""
    return (ends - begins) % DAY or DAY


@dataclass(frozen=True)
class Band:
    """Hours of a rate (rupees an hour): from the minute `begins` of the days named to the minute `ends`, excluded.

    In the site's wall time. A band that ends when it begins, or before, passes midnight.
    """

    name: str
    days: tuple[Weekday, ...]
    begins: int
    ends: int
    rate: Decimal

    @property
    def length(self) -> int:
        return span_minutes(self.begins, self.ends)

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "days": [str(day) for day in self.days],
            "from": clock_text(self.begins),
            "to": clock_text(self.ends),
            "rate": str(self.rate),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        days = tuple(day for day in Weekday if day in data["days"])
        return cls(data["name"], days, clock_minutes(data["from"]), clock_minutes(data["to"]), Decimal(data["rate"]))


@dataclass(frozen=True)
class Slab:
    """A price (rupees) of a stay up to `until_minutes`, included; with `every_minutes`, one added per step begun."""

    until_minutes: int
    price: Decimal
    every_minutes: int | None = None

    def to_json(self) -> dict[str, Any]:
        every = {} if self.every_minutes is None else {"every_minutes": self.every_minutes}
        return {"until_minutes": self.until_minutes, **every, "price": str(self.price)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(data["until_minutes"], Decimal(data["price"]), data.get("every_minutes"))


@dataclass(frozen=True)
class NightCharge:
    """A price (rupees) for each night, minutes of the day `begins` to `ends`, in which the car is inside."""

    begins: int
    ends: int
    price: Decimal

    @property
    def length(self) -> int:
        return span_minutes(self.begins, self.ends)

    def to_json(self) -> dict[str, Any]:
        return {"from": clock_text(self.begins), "to": clock_text(self.ends), "price": str(self.price)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(clock_minutes(data["from"]), clock_minutes(data["to"]), Decimal(data["price"]))


@dataclass(frozen=True)
class Prices:
    """The fields of a tariff. Amounts in rupees; what they mean stands in docs/pricing.md."""

    base_rate: Decimal
    booking_fee: Decimal
    bands: tuple[Band, ...] = ()
    step_minutes: int = HOUR
    grace_minutes: int = 5
    minimum_minutes: int = HOUR
    free_minutes: int = 0
    free_mode: FreeMode = FreeMode.WHOLE
    free_again_after_minutes: int = 0
    slabs: tuple[Slab, ...] = ()
    next_day: NextDay = NextDay.RESTART
    night_charge: NightCharge | None = None
    daily_cap: Decimal | None = None
    round_to: Decimal = PAISA
    lost_ticket_fee: Decimal = Decimal("200.00")
    overstay_percent: int = 0
    collect_at: CollectAt = CollectAt.EXIT

    @property
    def is_flat(self) -> bool:
        """Whether one rate holds round the clock."""
        return not self.bands and not self.slabs

    @property
    def has_holidays(self) -> bool:
        """Whether holidays cost something of their own."""
        return any(Weekday.HOLIDAY in band.days for band in self.bands)

    def to_json(self) -> dict[str, Any]:
        """Return plain data for a JSON column; amounts are text, so that none becomes a float."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: _plain(value) for name, value in values.items() if value not in (None, ())}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Return what `to_json` wrote, also an earlier version of it. Raises ValueError, TypeError, KeyError."""
        read = {name: _READ[name](value) if name in _READ else value for name, value in _renewed(data).items()}
        return cls(**read)


@dataclass(frozen=True)
class Terms(Prices):
    """The terms of one parking session, stored with it and never changed.

    Beside the prices: the times to pay, to enter and to cancel, the site's time zone, and its holidays as they were.
    """

    hold_minutes: int = 10
    no_show_minutes: int = 30
    cancel_window_seconds: int = 300
    time_zone: str = "Asia/Kolkata"
    holidays: tuple[date, ...] = ()

    @classmethod
    def of(cls, prices: Prices, **others: Any) -> Self:
        """Return the terms of a session under these prices."""
        return cls(**{field.name: getattr(prices, field.name) for field in fields(prices)}, **others)

    def without_fee(self) -> Self:
        """Return the terms of a walk-in, which owes no booking fee."""
        return replace(self, booking_fee=Decimal("0.00"))


def with_fields(prices: Prices, changes: Mapping[str, Any]) -> Prices:
    """Return prices with some fields changed, by their names."""
    return replace(prices, **dict(changes))


def holidays_from(holidays: tuple[date, ...], begins: date) -> tuple[date, ...]:
    """Return the holidays that matter to a stay: a band of the day before may still hold when it begins."""
    return tuple(sorted(day for day in holidays if day >= begins - timedelta(days=1)))


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | StrEnum):
        return str(value)
    return value.to_json() if hasattr(value, "to_json") else value


def _renewed(data: dict[str, Any]) -> dict[str, Any]:
    """Return stored terms under their present names: a rate was an hourly rate, a minimum counted hours."""
    present = dict(data)
    if "hourly_rate" in present:
        present["base_rate"] = present.pop("hourly_rate")
    if "minimum_hours" in present:
        present["minimum_minutes"] = present.pop("minimum_hours") * HOUR
    return present


_READ: dict[str, Any] = {
    **dict.fromkeys(("base_rate", "booking_fee", "daily_cap", "round_to", "lost_ticket_fee"), Decimal),
    "bands": lambda rows: tuple(Band.from_json(row) for row in rows),
    "slabs": lambda rows: tuple(Slab.from_json(row) for row in rows),
    "night_charge": NightCharge.from_json,
    "free_mode": FreeMode,
    "next_day": NextDay,
    "collect_at": CollectAt,
    "holidays": lambda rows: tuple(date.fromisoformat(row) for row in rows),
}
