"""The own account: name, contact, language, and the vehicles kept for the next booking."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from parking.core import clock
from parking.stays.queries import vehicles_of
from parking.vehicles.saving import forget_vehicle
from parking.web.edge import actor_of, for_anyone, for_drivers, page, user_of


@for_anyone
def profile(request: HttpRequest) -> HttpResponse:
    return page(request, "account/profile.html")


@for_drivers
def vehicles(request: HttpRequest) -> HttpResponse:
    return page(request, "account/vehicles.html", vehicles=vehicles_of(user_of(request).pk))


@require_POST
@for_drivers
def vehicle_forget(request: HttpRequest, saved_id: int) -> HttpResponse:
    """Take a vehicle off the own list."""
    forget_vehicle(actor=actor_of(request), saved_id=saved_id, now=clock.now())
    return redirect("vehicles")
