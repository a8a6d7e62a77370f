"""What anybody may ask."""

from datetime import datetime

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from ninja import Router

from parking.api.shapes.health import HealthOut
from parking.api.shapes.zones import ZoneOut
from parking.audit.news import news_now
from parking.core import clock
from parking.core.fresh import UntilNews
from parking.edge.answers import ok, plain
from parking.edge.describe import PUBLIC_PROBLEMS, Ok, enveloped, examples
from parking.facilities.queries import zones_with_counts
from parking.reports.background import BackgroundState, background_state

router = Router(tags=["Public"], auth=None)


def _zones_answer() -> bytes:
    rows = [ZoneOut.of(zone, counts) for zone, counts in zones_with_counts(only_active=True)]
    return ok(rows).content


# Never older than the second that docs/api.md names: news are not, and whoever comes while it is read waits.
zones_answer = UntilNews(_zones_answer, news_now)


def zones_now() -> HttpResponse:
    return HttpResponse(zones_answer.value(), content_type="application/json")


@router.get(
    "/zones/",
    response={200: Ok[list[ZoneOut]], **PUBLIC_PROBLEMS},
    openapi_extra=examples(response=enveloped([ZoneOut.example])),
    summary="Zones with free slots",
)
def zones(request: HttpRequest) -> HttpResponse:
    """Active zones with rate and free slots, at most one second old."""
    return zones_now()


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
