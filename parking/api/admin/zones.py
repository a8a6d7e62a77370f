"""Zones and prices, as managers change them."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from parking.accounts.models import Approval
from parking.api.paging import Paging, page_of
from parking.api.shapes.approvals import AskedOut, asked
from parking.api.shapes.zone_fields import ChangedZoneIn, NewZoneIn
from parking.api.shapes.zones import AdminZoneOut, KindRateOut
from parking.core import clock
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, keyed, paged, problems
from parking.edge.parsing import path_ref
from parking.facilities import services as facilities
from parking.facilities.models import ParkingZone
from parking.facilities.queries import find_zone, present_zones
from parking.tariffs import services as tariffs

router = Router(tags=["Admin"], auth=admin_only)


def _zone_answer(zone: ParkingZone, message: str = "OK", *, status: int = 200) -> HttpResponse:
    return ok(AdminZoneOut.rows([zone], clock.now())[0], message, status=status)


@router.get(
    "/zones/",
    response={200: Ok[Page[AdminZoneOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=paged(AdminZoneOut.example)),
    summary="Zones",
)
def zones(request: HttpRequest, paging: Annotated[Paging, Query()]) -> HttpResponse:
    """Zones that were not retired, open or closed, by name."""
    found = page_of(present_zones(sites=actor_of(request).sites), paging)
    return ok(found.showing(AdminZoneOut.rows(found.rows, clock.now())))


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
                "kind_rates": [KindRateOut.example],
            },
            response=enveloped(AdminZoneOut.example, "Zone made"),
            status=201,
        )
    ),
    summary="Make a zone",
)
@requests.idempotent_in_one_transaction
def create_zone(request: HttpRequest, payload: NewZoneIn) -> HttpResponse:
    """Make a zone; its slots are added next."""
    zone = tariffs.create_zone(
        actor=actor_of(request),
        changes=payload.changes(),
        kind_rates=payload.rates() or [],
        now=clock.now(),
        capacity=payload.places(),
        peak_rates=payload.peak_rates(),
    )
    return _zone_answer(zone, "Zone made", status=201)


@router.get(
    "/zones/{zone_ref}/",
    response={200: Ok[AdminZoneOut], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped(AdminZoneOut.example)),
    summary="One zone",
)
def one_zone(request: HttpRequest, zone_ref: str) -> HttpResponse:
    """One zone by its id or UUID."""
    return _zone_answer(find_zone(path_ref(zone_ref), sites=actor_of(request).sites))


@router.patch(
    "/zones/{zone_ref}/",
    response={200: Ok[AdminZoneOut], 202: Ok[AskedOut], **problems()},
    openapi_extra=examples(
        request={"hourly_rate": 60, "opens_at": "06:00", "closes_at": "23:00"},
        response=enveloped(
            AdminZoneOut.example | {"hourly_rate": 60.0, "opens_at": "06:00:00", "closes_at": "23:00:00"},
            "Zone changed",
        ),
    ),
    summary="Change a zone",
)
def change_zone(request: HttpRequest, zone_ref: str, payload: ChangedZoneIn) -> HttpResponse:
    """Change a zone. Bookings keep the terms that they were made under.

    A rate or fee of cars that falls, or the rates of peak hours that make the day cheaper, changed alone, wait for a
    second person (202), unless there is one administrator alone; with other changes they are refused
    (`second_person_needed`).
    """
    zone = tariffs.propose_zone(
        actor=actor_of(request),
        zone_id=find_zone(path_ref(zone_ref), sites=actor_of(request).sites).pk,
        changes=payload.changes(),
        kind_rates=payload.rates(),
        capacity=payload.places(),
        peak_rates=payload.peak_rates(),
        now=clock.now(),
    )
    if isinstance(zone, Approval):
        return asked(zone)
    return _zone_answer(zone, "Zone changed")


@router.delete(
    "/zones/{zone_ref}/",
    response={200: Ok[AdminZoneOut], **READ_PROBLEMS},
    openapi_extra=examples(
        response=enveloped(
            AdminZoneOut.example
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
    zone = facilities.retire_zone(
        actor=actor_of(request),
        zone_id=find_zone(path_ref(zone_ref), sites=actor_of(request).sites).pk,
        now=clock.now(),
    )
    return _zone_answer(zone, "Zone retired")
