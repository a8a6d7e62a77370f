"""Tickets for walk-ins."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from parking.checkout import booking
from parking.core import clock
from parking.core.ids import Ref, parse_ref
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.facilities.queries import zones_with_counts
from parking.stays.queries import session_for
from parking.stays.watching import all_zones_text
from parking.web import repeats
from parking.web.access import for_attendants
from parking.web.gate.answers import qr_picture
from parking.web.gate.forms import TicketForm
from parking.web.live import live


@require_http_methods(["GET", "HEAD", "POST"])
@for_attendants
def ticket(request: HttpRequest) -> HttpResponse:
    """Write a ticket. The same form again leads to the same ticket."""
    zones = zones_with_counts(only_active=True)
    form = TicketForm(request.POST or None, zones=[zone for zone, _ in zones])
    if form.is_valid():
        with form.refusals(request):
            return redirect("gate_ticket_given", session_id=_given(request, form))
    return page(request, "gate/ticket.html", section="ticket", form=form, zones=zones, key=repeats.new_key())


def _given(request: HttpRequest, form: TicketForm) -> int:
    """Give the ticket and return the id of its parking session."""
    wanted = form.cleaned_data
    actor = actor_of(request)
    session = repeats.once(
        request,
        wanted,
        call=lambda key: booking.take_ticket(
            actor=actor,
            zone=Ref(pk=wanted["zone"]),
            plate=wanted["plate"],
            owner_name=wanted["owner_name"],
            vehicle_kind=wanted["vehicle_kind"],
            now=clock.now(),
            key=key,
        ),
        resume=lambda subject: session_for(parse_ref(subject), actor),
    )
    return session.pk


@live(state=all_zones_text)
@require_safe
@for_attendants
def zones_live(request: HttpRequest) -> HttpResponse:
    """Show the zones with their free slots."""
    return page(request, "gate/parts/zones.html", zones=zones_with_counts(only_active=True))


@require_safe
@for_attendants
def ticket_given(request: HttpRequest, session_id: int) -> HttpResponse:
    """Show slot and code, large, and as a slip of paper."""
    session = session_for(Ref(pk=session_id), actor_of(request))
    return page(request, "gate/ticket_given.html", section="ticket", session=session, qr=qr_picture(session.qr_code))
