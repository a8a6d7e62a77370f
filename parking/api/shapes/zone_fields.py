"""What a manager may set of a zone."""

import re
from datetime import time
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from parking.core.ids import MAX_ID
from parking.edge.parsing import In, Note, Rupees, Text30, Text100
from parking.facilities.models import SlotKind
from parking.facilities.rules import DEAREST, MINUTES_OF_A_DAY, MOST_SLOTS
from parking.tariffs.rules import KindRate
from parking.tariffs.rules.templates import PEAK_RATES
from parking.vehicles.models import VehicleKind

_HOUR = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?"
_DEGREE = Decimal("0.000001")


def _affordable(amount: Decimal) -> Decimal:
    if amount > DEAREST:
        raise ValueError(f"at most {DEAREST} rupees")
    return amount


def _hour(value: object) -> time | None:
    if value is None:
        return None
    if not (isinstance(value, str) and re.fullmatch(_HOUR, value)):
        raise ValueError("a time of day such as 06:30 is needed")
    return time.fromisoformat(value)


def _degrees(value: object) -> Decimal | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 180:
        raise ValueError("degrees between -180 and 180 are needed")
    return Decimal(str(value)).quantize(_DEGREE)


def _latitude(degrees: Decimal | None) -> Decimal | None:
    if degrees is not None and abs(degrees) > 90:
        raise ValueError("degrees between -90 and 90 are needed")
    return degrees


def _schema(**words: object) -> WithJsonSchema:
    """What the description says of a value that may be null."""
    return WithJsonSchema({"anyOf": [words, {"type": "null"}]})


def _nothing() -> None:
    return None


def absent() -> Any:
    """A field that may be left out; unlike null, which only some take, this changes nothing."""
    return Field(default_factory=_nothing)


Rate = Annotated[
    Rupees,
    AfterValidator(_affordable),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": DEAREST, "description": "Rupees"}),
]
Hour = Annotated[time | None, BeforeValidator(_hour), _schema(type="string", pattern=f"^{_HOUR}$")]
Latitude = Annotated[
    Decimal | None,
    BeforeValidator(_degrees),
    AfterValidator(_latitude),
    _schema(type="number", minimum=-90, maximum=90),
]
Longitude = Annotated[Decimal | None, BeforeValidator(_degrees), _schema(type="number", minimum=-180, maximum=180)]
Minutes = Annotated[int, Field(ge=1, le=MINUTES_OF_A_DAY)]


KindIn = Annotated[VehicleKind, Field(strict=False)]
KindsIn = Annotated[
    list[KindIn], Field(max_length=len(VehicleKind), description="Kinds of vehicle that park there; empty: all")
]
SlotKindIn = Annotated[SlotKind, Field(strict=False)]
Places = Annotated[int, Field(ge=0, le=MOST_SLOTS)]


def _no_car(kind: VehicleKind) -> VehicleKind:
    if kind == VehicleKind.CAR:
        raise ValueError("the prices of cars are hourly_rate and booking_fee")
    return kind


OtherKind = Annotated[KindIn, AfterValidator(_no_car)]


class KindRateIn(In):
    vehicle_kind: OtherKind
    hourly_rate: Rate
    booking_fee: Rate


class ZoneFieldsIn(In):
    name: Text100 = absent()
    hourly_rate: Rate = absent()
    booking_fee: Rate = absent()
    is_active: bool = absent()
    opens_at: Hour = absent()
    closes_at: Hour = absent()
    contact: Annotated[Note, Field(max_length=100)] = absent()
    place: Note = absent()
    latitude: Latitude = absent()
    longitude: Longitude = absent()
    features: Annotated[list[Text30], Field(max_length=20)] = absent()
    restrictions: Note = absent()
    hold_minutes: Minutes | None = absent()
    no_show_minutes: Minutes | None = absent()
    site_id: Annotated[int, Field(ge=1, le=MAX_ID)] = absent()
    marked: bool = absent()
    capacity: Annotated[dict[SlotKindIn, Places], Field(max_length=len(SlotKind))] = absent()
    allowed_kinds: KindsIn = absent()
    max_height_cm: Annotated[int, Field(ge=50, le=2000)] | None = absent()
    pass_only: bool = absent()
    kind_rates: Annotated[list[KindRateIn], Field(max_length=10)] = absent()
    morning_rush_rate: Rate = absent()
    daytime_rate: Rate = absent()
    evening_rush_rate: Rate = absent()
    night_rate: Rate = absent()

    def peak_rates(self) -> dict[str, Decimal]:
        """Return the rates of peak hours that were sent, by the names of the template; they lay it on the zone."""
        return {name: getattr(self, name) for name in PEAK_RATES if name in self.model_fields_set}

    def changes(self) -> dict[str, Any]:
        """The columns of the zone that were sent."""
        return self.model_dump(exclude_unset=True, exclude={"kind_rates", "capacity", *PEAK_RATES})

    def places(self) -> dict[str, int] | None:
        """The places by kind of a zone without numbers, or None if they were not sent."""
        return {str(kind): number for kind, number in self.capacity.items()} if self.capacity else None

    def rates(self) -> list[KindRate] | None:
        """The tariffs of the kinds, or None if they were not sent."""
        if "kind_rates" not in self.model_fields_set:
            return None
        return [KindRate(**rate.model_dump()) for rate in self.kind_rates]


class NewZoneIn(ZoneFieldsIn):
    name: Text100
    hourly_rate: Rate


class ChangedZoneIn(ZoneFieldsIn):
    """What is left out stays as it is. `kind_rates` replaces the whole list."""
