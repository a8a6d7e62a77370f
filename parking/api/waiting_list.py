"""Waiting for a place of a full zone."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field

from parking.api.paging import PageQuery, page_of
from parking.api.refusals import PLACE
from parking.api.shapes.bookings import BookingOut
from parking.api.shapes.waiting import WaitingPlaceOut
from parking.checkout import waiting_list
from parking.checkout.queries import latest_orders
from parking.core import clock
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, caller, driver_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, keyed, paged
from parking.edge.parsing import In, RefIn, Text12, Text30, Text100, TimeIn, path_id
from parking.edge.refusal_examples import refusing
from parking.edge.requests import Attempt
from parking.stays.waiting import entries_of, entry_of
from parking.stays.waiting_models import WaitingEntry
from parking.vehicles.models import VehicleKind

router = Router(tags=["Waiting list"], auth=driver_only)


class WaitIn(In):
    zone_id: RefIn
    vehicle_number: Text30
    owner_name: Text100
    vehicle_kind: Annotated[VehicleKind, Field(strict=False)] = VehicleKind.CAR
    until: Annotated[TimeIn, Field(description="How long the caller waits, at most 60 days")]
    starts_at: Annotated[TimeIn | None, Field(description="Of a later window; left out: for now")] = None
    ends_at: TimeIn | None = None


def _shown(entry: WaitingEntry, text: str = "", status: int = 200) -> HttpResponse:
    (shown,) = WaitingPlaceOut.rows([entry], clock.now())
    return ok(shown, text, status=status)


@router.get(
    "/waiting-list/",
    response={200: Ok[Page[WaitingPlaceOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=paged(WaitingPlaceOut.example)),
    summary="The caller's places in waiting lists",
)
def entries(request: HttpRequest, paging: PageQuery) -> HttpResponse:
    """Where the caller stands in line or has an offer, the newest first."""
    found = page_of(entries_of(caller(request).pk), paging)
    return ok(found.showing(WaitingPlaceOut.rows(found.rows, clock.now())))


@router.post(
    "/waiting-list/",
    response={201: Ok[WaitingPlaceOut], **WRITE_PROBLEMS},
    openapi_extra=refusing(
        keyed(
            examples(
                request={
                    "zone_id": 1,
                    "vehicle_number": "DL-01-AB-1234",
                    "owner_name": "Asha Rao",
                    "until": "2026-11-22T12:30:00Z",
                },
                response=enveloped(WaitingPlaceOut.example, "In line"),
                status=201,
            )
        ),
        *PLACE,
        "zone_not_full",
        "already_waiting",
    ),
    summary="Wait for a place",
)
@requests.idempotent
def join(request: HttpRequest, attempt: Attempt, payload: WaitIn) -> HttpResponse:
    """Stand in line for a full zone, for now or for a window. Each place that comes free is offered to the first."""
    if attempt.subject is not None:
        entry = WaitingEntry.objects.select_related("zone__site", "vehicle").get(uuid=UUID(attempt.subject))
    else:
        entry = waiting_list.join(
            actor=actor_of(request),
            zone=payload.zone_id,
            plate=payload.vehicle_number,
            owner_name=payload.owner_name,
            vehicle_kind=payload.vehicle_kind,
            until=payload.until,
            starts_at=payload.starts_at,
            ends_at=payload.ends_at,
            now=clock.now(),
            key=attempt.key,
        )
    return _shown(entry, "In line", 201)


class AcceptIn(In):
    gateway: Text12 | None = None


OFFER = BookingOut.example | {"pay_by": None}


@router.post(
    "/waiting-list/{entry_ref}/accept/",
    response={200: Ok[BookingOut], **WRITE_PROBLEMS},
    openapi_extra=refusing(
        examples(request={"gateway": "PHONEPE"}, response=enveloped(OFFER, "Offer accepted")),
        "no_offer",
        "booking_expired",
        "gateway_invalid",
        "payment_declined",
        "waiting_not_found",
        "gateway_unavailable",
    ),
    summary="Accept an offer",
)
def accept(request: HttpRequest, entry_ref: str, payload: AcceptIn) -> HttpResponse:
    """Accept the offer and start to pay its booking fee; called again, it goes on with the same payment."""
    now = clock.now()
    session = waiting_list.accept(
        actor=actor_of(request), entry_id=path_id(entry_ref), gateway=payload.gateway, now=now
    )
    order = latest_orders([session.bill_id]).get(session.bill_id)
    return ok(BookingOut.of(session, order, clock.now()), "Offer accepted")


@router.delete(
    "/waiting-list/{entry_ref}/",
    response={200: Ok[WaitingPlaceOut], **WRITE_PROBLEMS},
    openapi_extra=refusing(
        examples(
            response=enveloped(WaitingPlaceOut.example | {"state": "LEFT", "position": None}, "No longer in line")
        ),
        "waiting_not_found",
    ),
    summary="Leave a waiting list",
)
def leave(request: HttpRequest, entry_ref: str) -> HttpResponse:
    """Leave the line; an offer that was not accepted goes to the next."""
    actor = actor_of(request)
    waiting_list.leave(actor=actor, entry_id=path_id(entry_ref), now=clock.now())
    return _shown(entry_of(path_id(entry_ref), actor.user_id), "No longer in line")
