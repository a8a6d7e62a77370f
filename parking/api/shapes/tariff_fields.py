"""What a manager may say of a tariff."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from parking.api.shapes.zone_fields import KindIn, Rate, absent
from parking.core.errors import InvalidInput
from parking.core.ids import MAX_ID
from parking.edge.parsing import Day, In, Moment, Rupees, Text30, Text100
from parking.tariffs.rules.templates import PEAK, PEAK_RATES, peak_bands
from parking.tariffs.rules.terms import (
    WEEK,
    Band,
    CollectAt,
    FreeMode,
    NextDay,
    NightCharge,
    Slab,
    Weekday,
    clock_minutes,
)
from parking.tariffs.versions import Draft

_CLOCK = "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$"


def _minute_of_day(value: object) -> int:
    if not isinstance(value, str):
        raise ValueError("a time of day such as 06:30 is needed")  # noqa: TRY004 - pydantic wants a ValueError
    return clock_minutes(value)


def _once(values: list[Any]) -> list[Any]:
    if len(set(values)) < len(values):
        raise ValueError("each of them once")
    return values


MinuteOfDay = Annotated[
    int, BeforeValidator(_minute_of_day), WithJsonSchema({"type": "string", "pattern": _CLOCK, "example": "06:30"})
]
Whole = Annotated[int, Field(ge=0, le=1_000_000)]
DayIn = Annotated[Weekday, Field(strict=False)]
ZoneIds = Annotated[list[Annotated[int, Field(ge=1, le=MAX_ID)]], Field(max_length=1000), AfterValidator(_once)]


class BandIn(In):
    """A rate (rupees an hour) for hours of the day, in the site's wall time; past midnight if `to` is not later."""

    name: Text30
    days: Annotated[list[DayIn], Field(min_length=1, max_length=8), AfterValidator(_once)] = list(WEEK)
    begins: MinuteOfDay = Field(alias="from")
    ends: MinuteOfDay = Field(alias="to")
    rate: Rate

    def value(self) -> Band:
        days = tuple(day for day in Weekday if day in self.days)
        return Band(self.name, days, self.begins, self.ends, self.rate)


class SlabIn(In):
    """A price up to so many minutes, or with `every_minutes` one that is added for each step begun."""

    until_minutes: Whole
    every_minutes: Whole | None = None
    price: Rupees

    def value(self) -> Slab:
        return Slab(self.until_minutes, self.price, self.every_minutes)


class NightIn(In):
    begins: MinuteOfDay = Field(alias="from")
    ends: MinuteOfDay = Field(alias="to")
    price: Rupees

    def value(self) -> NightCharge:
        return NightCharge(self.begins, self.ends, self.price)


class PricesIn(In):
    """The fields of a tariff; those that are left out have their defaults."""

    base_rate: Rate = absent()
    bands: Annotated[list[BandIn], Field(max_length=50)] = absent()
    step_minutes: Whole = absent()
    grace_minutes: Whole = absent()
    minimum_minutes: Whole = absent()
    free_minutes: Whole = absent()
    free_mode: Annotated[FreeMode, Field(strict=False)] = absent()
    free_again_after_minutes: Whole = absent()
    slabs: Annotated[list[SlabIn], Field(max_length=50)] = absent()
    next_day: Annotated[NextDay, Field(strict=False)] = absent()
    night_charge: NightIn | None = absent()
    daily_cap: Rupees | None = absent()
    round_to: Rupees = absent()
    booking_fee: Rate = absent()
    lost_ticket_fee: Rupees = absent()
    overstay_percent: Whole = absent()
    collect_at: Annotated[CollectAt, Field(strict=False)] = absent()
    template: Annotated[str, Field(pattern=f"^{PEAK}$", description="Lays the bands of the peak hours on")] = absent()
    morning_rush_rate: Rate = absent()
    daytime_rate: Rate = absent()
    evening_rush_rate: Rate = absent()
    night_rate: Rate = absent()

    def fields(self) -> dict[str, Any]:
        """Return the fields of prices that were sent, with the bands of a template. Raises InvalidInput."""
        sent = {name: getattr(self, name) for name in self.model_fields_set & set(PRICE_FIELDS)}
        read = {name: _VALUES[name](value) if name in _VALUES else value for name, value in sent.items()}
        rates = {name: getattr(self, name) for name in self.model_fields_set & set(PEAK_RATES)}
        if not rates and "template" not in self.model_fields_set:
            return read
        if "bands" in read:
            raise InvalidInput({"template": ["Either bands or a template"]})
        return read | {"bands": peak_bands(rates)}


def _values(rows: list[Any]) -> tuple[Any, ...]:
    return tuple(row.value() for row in rows)


def _night(night: NightIn | None) -> NightCharge | None:
    return None if night is None else night.value()


_VALUES: dict[str, Callable[[Any], Any]] = {"bands": _values, "slabs": _values, "night_charge": _night}
PRICE_FIELDS = tuple(name for name in PricesIn.model_fields if name not in {"template", *PEAK_RATES})


class SpanIn(In):
    """When a version holds: from now, unless said; with `valid_to` it is an event."""

    name: Text100 = absent()
    valid_from: Moment = absent()
    valid_to: Moment = absent()


class NewTariffIn(PricesIn, SpanIn):
    vehicle_kind: KindIn = absent()

    def draft(self) -> Draft:
        """Return the version that was asked for."""
        return _draft(self, str(self.vehicle_kind or "CAR"))


class NewCardIn(PricesIn, SpanIn):
    """A rate card with its first version. Here `name` is the card's."""

    name: Text100
    vehicle_kind: KindIn = absent()
    zone_ids: ZoneIds

    def draft(self) -> Draft:
        """Return the card's first version."""
        found = _draft(self, str(self.vehicle_kind or "CAR"))
        return Draft(found.fields, found.vehicle_kind, found.valid_from, found.valid_to)


class CardVersionIn(PricesIn, SpanIn):
    def draft(self) -> Draft:
        """Return the version that was asked for; its kind is the card's."""
        return _draft(self, "")


class ChangedCardIn(In):
    name: Text100 = absent()
    zone_ids: ZoneIds = absent()


class EndIn(In):
    valid_to: Moment


class HolidayIn(In):
    date: Day
    name: Text100


def _draft(sent: Any, kind: str) -> Draft:
    return Draft(sent.fields(), kind, sent.valid_from, sent.valid_to, sent.name or "")
