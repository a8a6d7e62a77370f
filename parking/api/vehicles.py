"""A driver's saved vehicles."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field

from parking.accounts.models import User
from parking.api.paging import PageQuery, page_of
from parking.api.shapes.vehicles import SavedVehicleOut
from parking.core import clock
from parking.edge.answers import ok
from parking.edge.callers import actor_of, caller, driver_only
from parking.edge.describe import READ_PROBLEMS, Ok, Page, enveloped, examples, paged, problems
from parking.edge.parsing import In, Printable, Text30, Text100, path_id
from parking.stays.queries import vehicles_of
from parking.vehicles import saving
from parking.vehicles.models import VehicleKind

router = Router(tags=["Driver"], auth=driver_only)


class VehicleIn(In):
    vehicle_number: Text30
    vehicle_kind: Annotated[VehicleKind, Field(strict=False)] = VehicleKind.CAR
    owner_name: Annotated[Text100 | None, Field(description="Left out: the name of the account")] = None
    label: Annotated[str, Field(max_length=30, description="What the driver calls it"), Printable] = ""


@router.get(
    "/vehicles/",
    response={200: Ok[Page[SavedVehicleOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=paged(SavedVehicleOut.example)),
    summary="Saved vehicles",
)
def vehicles(request: HttpRequest, paging: PageQuery) -> HttpResponse:
    """The caller's saved vehicles, the last booked first."""
    found = page_of(vehicles_of(caller(request).pk), paging)
    return ok(found.showing([SavedVehicleOut.of(saved) for saved in found.rows]))


@router.post(
    "/vehicles/",
    response={201: Ok[SavedVehicleOut], **problems()},
    openapi_extra=examples(
        request={"vehicle_number": "DL-01-AB-1234", "owner_name": "Asha Rao", "label": "The red one"},
        response=enveloped(
            SavedVehicleOut.example | {"last_used_at": None, "created_at": "2026-11-22T04:30:00Z"}, "Vehicle saved"
        ),
        status=201,
    ),
    summary="Save a vehicle",
)
def save_vehicle(request: HttpRequest, payload: VehicleIn) -> HttpResponse:
    """Keep a vehicle for the next booking. It proves nothing: several may save one plate.

    Saved again, in whatever spelling, it gets the new name, kind and label.
    """
    user = caller(request)
    saved = saving.save_vehicle(
        actor=actor_of(request),
        plate=payload.vehicle_number,
        owner_name=payload.owner_name or _name_of(user),
        vehicle_kind=payload.vehicle_kind,
        label=payload.label,
        now=clock.now(),
    )
    return ok(SavedVehicleOut.of(vehicles_of(user.pk).get(pk=saved.pk)), "Vehicle saved", status=201)


def _name_of(user: User) -> str:
    return (f"{user.first_name} {user.last_name}".strip() or user.username)[:100]


@router.delete(
    "/vehicles/{vehicle_ref}/",
    response={200: Ok[None], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped(None, "Vehicle removed")),
    summary="Forget a vehicle",
)
def forget_vehicle(request: HttpRequest, vehicle_ref: str) -> HttpResponse:
    """Take a vehicle off the caller's list. Bookings with it stay as they are."""
    saving.forget_vehicle(actor=actor_of(request), saved_id=path_id(vehicle_ref), now=clock.now())
    return ok(None, "Vehicle removed")
