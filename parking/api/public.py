"""What anybody may ask."""

from typing import Any

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from ninja import Router

from parking import __version__
from parking.api.shapes.zones import ZoneOut
from parking.core import clock
from parking.core.fresh import FreshValue
from parking.edge.answers import ok, plain
from parking.edge.describe import PUBLIC_PROBLEMS, Ok, enveloped, examples
from parking.edge.shapes import Shape
from parking.facilities.queries import zones_with_counts

router = Router(tags=["Public"], auth=None)


def _zones_answer() -> bytes:
    rows = [ZoneOut.of(zone, counts) for zone, counts in zones_with_counts(only_active=True)]
    return ok(rows).content


# Never older than the second that docs/api.md names: while one thread looks, the others wait.
zones_answer = FreshValue(_zones_answer, overlap=0.0)


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


class HealthOut(Shape):
    status: str
    version: str
    timestamp: str
    services: dict[str, str]

    example = {
        "status": "ok",
        "version": __version__,
        "timestamp": "2026-11-22T04:30:00Z",
        "services": {"database": "ok"},
    }


def _database_state() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return "error"
    return "ok"


@router.get(
    "/health/",
    response={200: HealthOut, 503: HealthOut},
    openapi_extra=examples(response=HealthOut.example),
    summary="Health",
)
def health(request: HttpRequest) -> HttpResponse:
    """200 while everything that a booking needs answers, 503 otherwise."""
    services = {"database": _database_state()}
    healthy = all(state == "ok" for state in services.values())
    body: dict[str, Any] = {
        "status": "ok" if healthy else "error",
        "version": __version__,
        "timestamp": clock.now(),
        "services": services,
    }
    return plain(body, status=200 if healthy else 503)
