"""The tariffs of a zone, and the holidays of a site, as managers see and change them."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from parking.accounts.models import Approval
from parking.api.paging import Paging, page_of
from parking.api.refusals import VERSION
from parking.api.shapes.approvals import AskedOut, asked
from parking.api.shapes.demand import DemandIn, DemandOut
from parking.api.shapes.tariff_fields import EndIn, HolidayIn, NewTariffIn
from parking.api.shapes.tariffs import HolidayOut, TariffOut
from parking.core import clock
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, keyed, paged, problems
from parking.edge.parsing import path_id, path_ref
from parking.edge.refusal_examples import refusing
from parking.facilities.models import ParkingZone
from parking.facilities.queries import find_zone
from parking.tariffs import demand, holidays, zone_demand, zone_tariffs
from parking.tariffs.queries import versions_of

router = Router(tags=["Admin"], auth=admin_only)

NEW_TARIFF = {
    "vehicle_kind": "CAR",
    "valid_from": "2026-12-01",
    "template": "PEAK",
    "daily_cap": 500,
    "step_minutes": 30,
}


def _zone(request: HttpRequest, zone_ref: str) -> ParkingZone:
    return find_zone(path_ref(zone_ref), sites=actor_of(request).sites)


# --- Tariffs of a zone ---------------------------------------------------------------------------------


@router.get(
    "/zones/{zone_ref}/tariffs/",
    response={200: Ok[Page[TariffOut]], **READ_PROBLEMS},
    openapi_extra=refusing(examples(response=paged(TariffOut.example)), "zone_not_found"),
    summary="Tariffs of a zone",
)
def list_tariffs(request: HttpRequest, zone_ref: str, paging: Annotated[Paging, Query()]) -> HttpResponse:
    """Return the versions of a zone's own tariffs and of its plain rate, the newest first."""
    found = page_of(versions_of(_zone(request, zone_ref)), paging)
    now = clock.now()
    return ok(found.showing([TariffOut.of(tariff, now) for tariff in found.rows]))


@router.post(
    "/zones/{zone_ref}/tariffs/",
    response={201: Ok[TariffOut], 202: Ok[AskedOut], **WRITE_PROBLEMS},
    openapi_extra=refusing(
        keyed(examples(request=NEW_TARIFF, response=enveloped(TariffOut.example, "Tariff added"), status=201)),
        *VERSION,
        "zone_not_found",
    ),
    summary="Add a tariff to a zone",
)
@requests.idempotent_in_one_transaction
def add_tariff(request: HttpRequest, zone_ref: str, payload: NewTariffIn) -> HttpResponse:
    """Add a version that holds from a date or time on; with `valid_to` an event, which lies over the others.

    Fields that are left out have their defaults, the rate that of the zone. `template` PEAK, or one of its rates, lays
    the bands of the peak hours on. Sessions keep the terms that they were booked under. One that makes this day cheaper
    waits for a second person (202), unless there is one administrator alone.
    """
    now = clock.now()
    zone = _zone(request, zone_ref)
    tariff = zone_tariffs.propose_tariff(actor=actor_of(request), zone_id=zone.pk, draft=payload.draft(), now=now)
    if isinstance(tariff, Approval):
        return asked(tariff)
    return ok(TariffOut.of(tariff, now), "Tariff added", status=201)


@router.patch(
    "/zones/{zone_ref}/tariffs/{tariff_id}/",
    response={200: Ok[TariffOut], **problems()},
    openapi_extra=refusing(
        examples(
            request={"valid_to": "2026-12-05"},
            response=enveloped(
                TariffOut.example | {"valid_to": "2026-12-05T18:30:00Z", "is_event": True}, "Tariff changed"
            ),
        ),
        "not_an_event",
        "events_overlap",
        "second_person_needed",
        "tariff_not_found",
        "zone_not_found",
    ),
    summary="End an event of a zone",
)
def end_event(request: HttpRequest, zone_ref: str, tariff_id: str, payload: EndIn) -> HttpResponse:
    """Give an event another end, not in the past; a date is the end of that day."""
    now = clock.now()
    tariff = zone_tariffs.end_event(
        actor=actor_of(request),
        zone_id=_zone(request, zone_ref).pk,
        tariff_id=path_id(tariff_id),
        valid_to=payload.valid_to,
        now=now,
    )
    return ok(TariffOut.of(tariff, now), "Tariff changed")


@router.delete(
    "/zones/{zone_ref}/tariffs/{tariff_id}/",
    response={200: Ok[None], **READ_PROBLEMS},
    openapi_extra=refusing(
        examples(response=enveloped(None, "Tariff withdrawn")),
        "tariff_begun",
        "second_person_needed",
        "tariff_not_found",
        "zone_not_found",
    ),
    summary="Withdraw a tariff of a zone",
)
def withdraw_tariff(request: HttpRequest, zone_ref: str, tariff_id: str) -> HttpResponse:
    """Delete a version that has not begun; one that has is refused (`tariff_begun`)."""
    zone_tariffs.withdraw_tariff(
        actor=actor_of(request),
        zone_id=_zone(request, zone_ref).pk,
        tariff_id=path_id(tariff_id),
        now=clock.now(),
    )
    return ok(None, "Tariff withdrawn")


# --- Demand --------------------------------------------------------------------------------------------


@router.get(
    "/zones/{zone_ref}/demand/",
    response={200: Ok[DemandOut], **READ_PROBLEMS},
    openapi_extra=refusing(examples(response=enveloped(DemandOut.example)), "zone_not_found"),
    summary="Demand of a zone",
)
def demand_of_zone(request: HttpRequest, zone_ref: str) -> HttpResponse:
    """Return how the prices of a zone follow how full it is; without steps they do not."""
    return ok(DemandOut.of(demand.steps_of(_zone(request, zone_ref).pk)))


@router.put(
    "/zones/{zone_ref}/demand/",
    response={200: Ok[DemandOut], 202: Ok[AskedOut], **problems()},
    openapi_extra=refusing(
        examples(request={"steps": DemandOut.example["steps"]}, response=enveloped(DemandOut.example, "Demand set")),
        "waits_already",
        "zone_not_found",
    ),
    summary="Set the demand of a zone",
)
def set_demand(request: HttpRequest, zone_ref: str, payload: DemandIn) -> HttpResponse:
    """Let prices follow up to five steps, for what is booked from now on; an empty list switches it off.

    The highest `from_percent` that the slots booked or occupied reach, of those in service that suit the vehicle,
    counts before the claim. Steps under which the zone is cheaper anyhow full wait for a second person (202), unless
    there is one administrator alone.
    """
    zone, steps = _zone(request, zone_ref), payload.values()
    done = zone_demand.propose_demand(actor=actor_of(request), zone_id=zone.pk, steps=steps, now=clock.now())
    if isinstance(done, Approval):
        return asked(done)
    return ok(DemandOut.of(done), "Demand set")


# --- Holidays of a site --------------------------------------------------------------------------------


@router.get(
    "/sites/{site_ref}/holidays/",
    response={200: Ok[Page[HolidayOut]], **READ_PROBLEMS},
    openapi_extra=refusing(examples(response=paged(HolidayOut.example)), "site_not_found"),
    summary="Holidays of a site",
)
def list_holidays(request: HttpRequest, site_ref: str, paging: Annotated[Paging, Query()]) -> HttpResponse:
    """Return the holidays of a site, by date."""
    found = page_of(holidays.holidays_of(path_id(site_ref), actor_of(request)), paging)
    return ok(found.showing([HolidayOut.of(holiday) for holiday in found.rows]))


@router.post(
    "/sites/{site_ref}/holidays/",
    response={201: Ok[HolidayOut], 202: Ok[AskedOut], **WRITE_PROBLEMS},
    openapi_extra=refusing(
        keyed(
            examples(
                request={"date": "2026-12-25", "name": "Christmas"},
                response=enveloped(HolidayOut.example, "Holiday added"),
                status=201,
            )
        ),
        "holiday_exists",
        "waits_already",
        "site_not_found",
    ),
    summary="Add a holiday",
)
@requests.idempotent_in_one_transaction
def add_holiday(request: HttpRequest, site_ref: str, payload: HolidayIn) -> HttpResponse:
    """Name a day a holiday: on it only the HOLIDAY bands begin of tariffs that have any.

    One by which whoever comes today pays less waits for a second person (202), unless there is one administrator alone.
    """
    holiday = holidays.propose_holiday(
        actor=actor_of(request), site_id=path_id(site_ref), day=payload.date, name=payload.name, now=clock.now()
    )
    if isinstance(holiday, Approval):
        return asked(holiday)
    return ok(HolidayOut.of(holiday), "Holiday added", status=201)


@router.delete(
    "/sites/{site_ref}/holidays/{holiday_id}/",
    response={200: Ok[None], 202: Ok[AskedOut], **problems()},
    openapi_extra=refusing(
        examples(response=enveloped(None, "Holiday removed")), "waits_already", "holiday_not_found", "site_not_found"
    ),
    summary="Remove a holiday",
)
def remove_holiday(request: HttpRequest, site_ref: str, holiday_id: str) -> HttpResponse:
    """Take a day out of the calendar; sessions keep the holidays that they began with.

    It waits for a second person (202), as adding one does, if whoever comes today pays less without it.
    """
    waiting = holidays.propose_removal(
        actor=actor_of(request), site_id=path_id(site_ref), holiday_id=path_id(holiday_id), now=clock.now()
    )
    return asked(waiting) if waiting else ok(None, "Holiday removed")
