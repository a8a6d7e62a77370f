"""Tickets for walk-ins."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from parking.checkout import booking
from parking.core import clock
from parking.core.ids import Ref, parse_ref
from parking.edge import requests
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.edge.requests import Attempt
from parking.facilities.queries import zones_with_counts
from parking.stays import access
from parking.stays.models import ParkingSession
from parking.stays.watching import all_zones_text
from parking.web.access import for_attendants
from parking.web.gate.answers import qr_picture
from parking.web.gate.forms import TicketForm
from parking.web.live import live


@require_http_methods(["GET", "HEAD", "POST"])
@for_attendants
def ticket(request: HttpRequest) -> HttpResponse:
    """Write a ticket. The same form again leads to the same ticket."""
    zones = zones_with_counts(only_active=True, sites=actor_of(request).sites)
    form = TicketForm(request.POST or None, zones=[zone for zone, _ in zones])
    if form.is_valid():
        with form.refusals(request):
            return redirect("gate_ticket_given", session_id=_give(request, form).pk)
    return page(request, "gate/ticket.html", section="ticket", form=form, zones=zones, key=requests.new_form_key())


@requests.once_per_form
def _give(request: HttpRequest, attempt: Attempt, form: TicketForm) -> ParkingSession:
    """Return the stay that the ticket is for."""
    actor, wanted = actor_of(request), form.cleaned_data
    if attempt.subject is not None:
        return access.find(parse_ref(attempt.subject), actor)
    return booking.take_ticket(
        actor=actor,
        zone=Ref(pk=wanted["zone"]),
        plate=wanted["plate"],
        owner_name=wanted["owner_name"],
        vehicle_kind=wanted["vehicle_kind"],
        now=clock.now(),
        key=attempt.key,
    )


@live(state=all_zones_text)
@require_safe
@for_attendants
def zones_live(request: HttpRequest) -> HttpResponse:
    """Show the zones with their free slots."""
    return page(
        request, "gate/parts/zones.html", zones=zones_with_counts(only_active=True, sites=actor_of(request).sites)
    )


@require_safe
@for_attendants
def ticket_given(request: HttpRequest, session_id: int) -> HttpResponse:
    """Slot and code, large, and as a slip of paper."""
    session = access.find(Ref(pk=session_id), actor_of(request), at_work=True)
    return page(request, "gate/ticket_given.html", section="ticket", session=session, qr=qr_picture(session.qr_code))
