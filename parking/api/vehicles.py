"""The vehicles that a driver saved for the next booking."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field

from parking.api.paging import PageQuery, page_of
from parking.api.shapes.vehicles import SavedVehicleOut
from parking.core import clock
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, caller, driver_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, keyed, paged
from parking.edge.parsing import In, Printable, Text30, Text100, path_id
from parking.stays.queries import vehicles_of
from parking.vehicles.models import VehicleKind
from parking.vehicles.saving import forget_vehicle, save_vehicle

router = Router(tags=["Driver"], auth=driver_only)


@router.get(
    "/vehicles/",
    response={200: Ok[Page[SavedVehicleOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=paged(SavedVehicleOut.example)),
    summary="Own vehicles",
)
def own_vehicles(request: HttpRequest, paging: PageQuery) -> HttpResponse:
    """The caller's saved vehicles, the last booked first."""
    found = page_of(vehicles_of(caller(request).pk), paging)
    return ok(found.showing([SavedVehicleOut.of(saved) for saved in found.rows]))


class SaveVehicleIn(In):
    vehicle_number: Text30
    owner_name: Text100
    vehicle_kind: Annotated[VehicleKind, Field(strict=False)] = VehicleKind.CAR
    label: Annotated[str, Field(max_length=30), Printable] = ""


@router.post(
    "/vehicles/",
    response={201: Ok[SavedVehicleOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={"vehicle_number": "DL-01-AB-1234", "owner_name": "Asha Rao", "label": "The red one"},
            response=enveloped(SavedVehicleOut.example, "Vehicle saved"),
            status=201,
        )
    ),
    summary="Save a vehicle",
)
@requests.idempotent_in_one_transaction
def save_own_vehicle(request: HttpRequest, payload: SaveVehicleIn) -> HttpResponse:
    """Save a vehicle for the next booking; one that is saved already gets the new words. It claims no plate."""
    saved = save_vehicle(
        actor=actor_of(request),
        plate=payload.vehicle_number,
        owner_name=payload.owner_name,
        vehicle_kind=payload.vehicle_kind,
        label=payload.label,
        now=clock.now(),
    )
    return ok(SavedVehicleOut.of(saved), "Vehicle saved", status=201)


@router.delete(
    "/vehicles/{saved_ref}/",
    response={200: Ok[None], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped(None, "Vehicle taken off the list")),
    summary="Forget a vehicle",
)
def forget_own_vehicle(request: HttpRequest, saved_ref: str) -> HttpResponse:
    """Take a vehicle off the own list; its bookings stay as they are."""
    forget_vehicle(actor=actor_of(request), saved_id=path_id(saved_ref), now=clock.now())
    return ok(None, "Vehicle taken off the list")
