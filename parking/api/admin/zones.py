"""Zones and prices, as managers change them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel

from parking.api.paging import Paging, page_of
from parking.api.shapes.zone_fields import ChangedZoneIn, NewZoneIn
from parking.api.shapes.zones import EXAMPLE_ZONE, ZoneOut, present_zone
from parking.core import clock
from parking.edge import requests as idempotency
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, keyed, problems
from parking.edge.parsing import path_ref
from parking.facilities import services as facilities
from parking.facilities.models import ParkingZone
from parking.facilities.queries import ZoneCounts, counts_of, find_zone, present_zones
from parking.tariffs import services as tariffs
from parking.tariffs.models import ZoneTariff
from parking.tariffs.queries import tariffs_of

router = Router(tags=["Admin"], auth=admin_only)


class KindRateOut(BaseModel):
    vehicle_kind: str
    hourly_rate: float
    booking_fee: float


class AdminZoneOut(ZoneOut):
    site_id: int
    booked_slots: int
    occupied_slots: int
    out_of_service_slots: int
    hold_minutes: int
    no_show_minutes: int
    kind_rates: list[KindRateOut]
    retired_at: datetime | None


EXAMPLE_KIND_RATE = {"vehicle_kind": "TWO_WHEELER", "hourly_rate": 20.0, "booking_fee": 10.0}
EXAMPLE_ADMIN_ZONE = EXAMPLE_ZONE | {
    "site_id": 1,
    "booked_slots": 1,
    "occupied_slots": 2,
    "out_of_service_slots": 0,
    "hold_minutes": 10,
    "no_show_minutes": 30,
    "kind_rates": [EXAMPLE_KIND_RATE],
    "retired_at": None,
}


def present_admin_zones(zones: Sequence[ParkingZone]) -> list[dict[str, Any]]:
    """Zones with counts and prices, with two statements however many there are."""
    counts, rates = counts_of(zones), tariffs_of(zones)
    return [_present(zone, counts.get(zone.pk, ZoneCounts()), rates.get(zone.pk, [])) for zone in zones]


def _present(zone: ParkingZone, counts: ZoneCounts, rates: list[ZoneTariff]) -> dict[str, Any]:
    """Here `occupied_slots` counts cars inside."""
    return present_zone(zone, counts) | {
        "site_id": zone.site_id,
        "booked_slots": counts.booked,
        "occupied_slots": counts.occupied,
        "out_of_service_slots": counts.out_of_service,
        "hold_minutes": zone.hold_minutes,
        "no_show_minutes": zone.no_show_minutes,
        "kind_rates": [_present_rate(rate) for rate in rates],
        "retired_at": zone.retired_at,
    }


def _present_rate(rate: ZoneTariff) -> dict[str, Any]:
    return {
        "vehicle_kind": rate.vehicle_kind,
        "hourly_rate": rate.hourly_rate,
        "booking_fee": rate.booking_fee,
    }


def _zone_answer(zone: ParkingZone, message: str = "OK", *, status: int = 200) -> HttpResponse:
    return ok(present_admin_zones([zone])[0], message, status=status)


@router.get(
    "/zones/",
    response={200: Ok[Page[AdminZoneOut]], **READ_PROBLEMS},
    openapi_extra=examples(
        response=enveloped({"results": [EXAMPLE_ADMIN_ZONE], "count": 1, "page": 1, "page_size": 20, "pages": 1})
    ),
    summary="Zones",
)
def zones(request: HttpRequest, paging: Annotated[Paging, Query()]) -> HttpResponse:
    """Zones that were not retired, open or closed, by name."""
    return ok(page_of(present_zones(), paging, present_admin_zones))


@router.post(
    "/zones/",
    response={201: Ok[AdminZoneOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={
                "name": "Zone A",
                "hourly_rate": 50,
                "booking_fee": 50,
                "place": "Level 1, north side",
                "features": ["covered", "guarded"],
                "kind_rates": [EXAMPLE_KIND_RATE],
            },
            response=enveloped(EXAMPLE_ADMIN_ZONE, "Zone made"),
            status=201,
        )
    ),
    summary="Make a zone",
)
def create_zone(request: HttpRequest, payload: NewZoneIn) -> HttpResponse:
    """Make a zone; its slots are added next."""
    return idempotency.once_in_one_transaction(
        request,
        payload,
        call=lambda: tariffs.create_zone(
            actor=actor_of(request),
            changes=payload.changes(),
            kind_rates=payload.rates() or [],
            now=clock.now(),
        ),
        render=lambda zone: _zone_answer(zone, "Zone made", status=201),
    )


@router.get(
    "/zones/{zone_ref}/",
    response={200: Ok[AdminZoneOut], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped(EXAMPLE_ADMIN_ZONE)),
    summary="One zone",
)
def one_zone(request: HttpRequest, zone_ref: str) -> HttpResponse:
    """One zone by its id or UUID."""
    return _zone_answer(find_zone(path_ref(zone_ref)))


@router.patch(
    "/zones/{zone_ref}/",
    response={200: Ok[AdminZoneOut], **problems()},
    openapi_extra=examples(
        request={"hourly_rate": 60, "opens_at": "06:00", "closes_at": "23:00"},
        response=enveloped(
            EXAMPLE_ADMIN_ZONE | {"hourly_rate": 60.0, "opens_at": "06:00:00", "closes_at": "23:00:00"},
            "Zone changed",
        ),
    ),
    summary="Change a zone",
)
def change_zone(request: HttpRequest, zone_ref: str, payload: ChangedZoneIn) -> HttpResponse:
    """Change a zone. Bookings keep the terms that they were made under."""
    zone = tariffs.update_zone(
        actor=actor_of(request),
        zone_id=find_zone(path_ref(zone_ref)).pk,
        changes=payload.changes(),
        kind_rates=payload.rates(),
        now=clock.now(),
    )
    return _zone_answer(zone, "Zone changed")


@router.delete(
    "/zones/{zone_ref}/",
    response={200: Ok[AdminZoneOut], **READ_PROBLEMS},
    openapi_extra=examples(
        response=enveloped(
            EXAMPLE_ADMIN_ZONE
            | {
                "is_active": False,
                "available_slots": 0,
                "booked_slots": 0,
                "occupied_slots": 0,
                "out_of_service_slots": 10,
                "occupancy_percent": 0.0,
                "retired_at": "2026-11-22T04:30:00Z",
            },
            "Zone retired",
        )
    ),
    summary="Retire a zone",
)
def retire_zone(request: HttpRequest, zone_ref: str) -> HttpResponse:
    """Take a zone out of use for good, keeping its books; refused (`zone_in_use`) while a booking is open."""
    zone = facilities.retire_zone(actor=actor_of(request), zone_id=find_zone(path_ref(zone_ref)).pk, now=clock.now())
    return _zone_answer(zone, "Zone retired")
