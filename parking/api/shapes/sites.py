"""How sites and gates are shown to managers, and what a manager may set of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field

from parking.api.shapes.zone_fields import Hour, KindsIn, Latitude, Longitude, absent
from parking.api.shapes.zones import TimeOfDay
from parking.core.ids import MAX_ID
from parking.edge.parsing import In, Note, Text60, Text64, Text100
from parking.edge.shapes import Shape
from parking.facilities.models import Gate, GateDirection, ParkingSite, SiteState
from parking.facilities.sites import missing_before_opening


def _time_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("not the name of a time zone, such as Asia/Kolkata")
    return name


Code = Annotated[str, Field(pattern="^[A-Z]{2,6}$", description="2 to 6 capital letters")]
Id = Annotated[int, Field(ge=1, le=MAX_ID)]
State = Annotated[SiteState, Field(strict=False)]
Direction = Annotated[GateDirection, Field(strict=False)]
TimeZone = Annotated[Text64, AfterValidator(_time_zone)]


class SiteFieldsIn(In):
    name: Text100 = absent()
    code: Code = absent()
    address: Note = absent()
    place: Note = absent()
    latitude: Latitude = absent()
    longitude: Longitude = absent()
    contact: Annotated[Note, Field(max_length=100)] = absent()
    time_zone: TimeZone = absent()
    opens_at: Hour = absent()
    closes_at: Hour = absent()
    last_exit_at: Hour = absent()
    state: State = absent()
    vehicle_kinds: KindsIn = absent()

    def changes(self) -> dict[str, Any]:
        """Return the columns that were sent."""
        return self.model_dump(exclude_unset=True)


class NewSiteIn(SiteFieldsIn):
    name: Text100
    code: Code


class ChangedSiteIn(SiteFieldsIn):
    """What is left out stays as it is. `retired` takes the site out of use for good."""

    retired: Literal[True] = absent()


class SiteCopyIn(In):
    name: Text100
    code: Code


class SiteOut(Shape):
    id: int
    name: str
    code: str
    address: str
    place: str
    latitude: float | None
    longitude: float | None
    contact: str
    time_zone: str
    opens_at: TimeOfDay | None
    closes_at: TimeOfDay | None
    last_exit_at: TimeOfDay | None
    vehicle_kinds: list[str]
    state: SiteState
    missing: list[Literal["NO_ZONE", "NO_SLOT", "NO_GATE_IN", "NO_GATE_OUT"]]
    retired_at: datetime | None

    example = {
        "id": 1,
        "name": "Connaught Place",
        "code": "CP",
        "address": "Block A, Connaught Place, New Delhi 110001",
        "place": "Below the inner circle",
        "latitude": 28.6315,
        "longitude": 77.2167,
        "contact": "+91 11 5550 0100",
        "time_zone": "Asia/Kolkata",
        "opens_at": None,
        "closes_at": None,
        "last_exit_at": None,
        "vehicle_kinds": [],
        "state": "OPEN",
        "missing": [],
        "retired_at": None,
    }

    @classmethod
    def rows(cls, sites: Sequence[ParkingSite]) -> list[Self]:
        """Return sites, each with what it lacks before it should open."""
        missing = missing_before_opening(sites)
        return [cls.read(site, missing=[] if site.retired_at else missing[site.pk]) for site in sites]


class GateFieldsIn(In):
    name: Text60 = absent()
    direction: Direction = absent()
    zone_ids: Annotated[list[Id], Field(max_length=200)] = absent()

    def changes(self) -> dict[str, Any]:
        """Return what was sent."""
        return self.model_dump(exclude_unset=True)


class NewGateIn(GateFieldsIn):
    site_id: Id
    name: Annotated[Text64, Field(max_length=60)]
    direction: Direction


class ChangedGateIn(GateFieldsIn):
    """What is left out stays as it is. `retired` takes the gate out of use for good."""

    name: Annotated[Text64, Field(max_length=60)] = absent()
    retired: Literal[True] = absent()


class GateOut(Shape):
    id: int
    site_id: int
    site_name: str
    name: str
    direction: GateDirection
    zone_ids: list[int]
    retired_at: datetime | None

    example = {
        "id": 1,
        "site_id": 1,
        "site_name": "Connaught Place",
        "name": "North entry",
        "direction": "IN",
        "zone_ids": [],
        "retired_at": None,
    }

    @classmethod
    def of(cls, gate: Gate) -> Self:
        """Return a gate; it must come with its site and its zones."""
        return cls.read(gate, site_name=gate.site.name, zone_ids=sorted(zone.pk for zone in gate.zones.all()))
