"""What anybody may ask."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field, field_validator

from parking.api.shapes.health import HealthOut
from parking.api.shapes.zones import ZoneOut
from parking.audit.news import news_now
from parking.core import clock
from parking.core.fresh import UntilNews
from parking.core.ids import MAX_ID
from parking.edge.answers import ok, plain
from parking.edge.describe import PUBLIC_PROBLEMS, Ok, enveloped, examples
from parking.facilities.queries import zones_with_counts
from parking.reports.background import BackgroundState, background_state
from parking.stays.kept_places import KeptPlace
from parking.tariffs import demand
from parking.tariffs.book import prices_now

router = Router(tags=["Public"], auth=None)

_DEGREES = r"-?[0-9]{1,3}(\.[0-9]{1,12})?"
_POINT = f"^{_DEGREES},{_DEGREES}$"


def _rows(*_moment: int) -> tuple[ZoneOut, ...]:
    return tuple(ZoneOut.listed(zones_with_counts(only_active=True), clock.now()))


# Never older than the second that docs/api.md names: news are not, and whoever comes while it is read waits.
_zones = UntilNews(_rows, news_now)


def _whole_answer(*moment: int) -> bytes:
    return ok(_zones.value(*moment)).content


_answer = UntilNews(_whole_answer, news_now)


class ZonesQuery(BaseModel):
    site_id: Annotated[int, Field(ge=1, le=MAX_ID)] | None = Field(None, description="Only the zones of this site")
    near: Annotated[str, Field(pattern=_POINT)] | None = Field(
        None, description="Latitude and longitude, such as `28.63,77.22`: nearest first, each with `distance_m`"
    )

    @field_validator("near")
    @classmethod
    def _on_earth(cls, text: str | None) -> str | None:
        if text is not None and not (abs(_point(text)[0]) <= 90 and abs(_point(text)[1]) <= 180):
            raise ValueError("latitude between -90 and 90, longitude between -180 and 180")
        return text


def zones_now(wanted: ZonesQuery, kept: Mapping[int, Sequence[KeptPlace]] | None = None) -> HttpResponse:
    """Return the list of zones as it is in this second, narrowed and sorted as it is asked for.

    `kept` are the free slots of the caller's passes, by zone: they are counted for the caller alone.
    """
    # Rates change with the time of day too, without any news, and with steps of demand that this process reads later;
    # each minute brings reservations nearer.
    now = clock.now()
    moment = (*prices_now.value().period(now), demand.version(), int(now.timestamp()) // 60)
    if wanted.site_id is None and wanted.near is None and not kept:
        return HttpResponse(_answer.value(*moment), content_type="application/json")
    found = [row for row in _zones.value(*moment) if wanted.site_id in {None, row.site_id}]
    rows = [row.with_kept([place.kinds for place in (kept or {}).get(row.id, ())]) for row in found]
    return ok(_nearest_first(rows, _point(wanted.near)) if wanted.near else rows)


def _point(text: str) -> tuple[float, float]:
    latitude, longitude = text.split(",")
    return float(latitude), float(longitude)


def _nearest_first(rows: list[ZoneOut], point: tuple[float, float]) -> list[ZoneOut]:
    """Return the rows with their distances, those without a place last."""
    return sorted((row.at_distance(point) for row in rows), key=_by_distance)


def _by_distance(row: ZoneOut) -> tuple[bool, int]:
    return row.distance_m is None, row.distance_m or 0


@router.get(
    "/zones/",
    response={200: Ok[list[ZoneOut]], **PUBLIC_PROBLEMS},
    openapi_extra=examples(response=enveloped([ZoneOut.example])),
    summary="Zones with free slots",
)
def zones(request: HttpRequest, wanted: Annotated[ZonesQuery, Query()]) -> HttpResponse:
    """Active zones of open sites with rate and free slots, at most one second old."""
    return zones_now(wanted)


def _database_state() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return "error"
    return "ok"


def _background(now: datetime) -> BackgroundState | None:
    """How the background work stands; None while it cannot be read, as before the migrations."""
    try:
        return background_state(now=now)
    except Error:
        return None


@router.get(
    "/health/",
    response={200: HealthOut, 503: HealthOut},
    openapi_extra=examples(response=HealthOut.example),
    summary="Health",
)
def health(request: HttpRequest) -> HttpResponse:
    """200 while everything that a booking needs answers, 503 otherwise. Bookings go on while no worker runs."""
    now = clock.now()
    database = _database_state()
    found = _background(now) if database == "ok" else None
    return plain(HealthOut.of(database, found, now), status=200 if database == "ok" else 503)
