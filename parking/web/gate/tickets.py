"""Tickets for walk-ins."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from parking.checkout import booking
from parking.checkout.slip_messages import may_be_texted
from parking.checkout.walking_in import Arrival, walk_in
from parking.core import clock
from parking.core.actor import AtGate
from parking.core.errors import Refused
from parking.core.ids import Ref, parse_ref
from parking.edge import requests
from parking.edge.callers import actor_of
from parking.edge.errors import record_refusal
from parking.edge.pages import page
from parking.edge.requests import Attempt
from parking.edge.wording import sentence_for
from parking.facilities.admitting import kinds_with_slots
from parking.facilities.gates import gates_of, zones_of_gate
from parking.facilities.models import ParkingZone
from parking.facilities.queries import ZoneCounts, zones_with_counts
from parking.stays import access
from parking.stays.models import ParkingSession
from parking.stays.watching import all_zones_text
from parking.web.access import for_attendants
from parking.web.gate.awaited import money_awaited
from parking.web.gate.forms import TicketForm
from parking.web.gate.here import actor_here, gate_fields, kept_gate
from parking.web.gate.qr_codes import qr_picture
from parking.web.live import live

Zones = list[tuple[ParkingZone, ZoneCounts]]

# Refusals of a walk-in whose plate has an open session here, which they name.
_HAS_SESSION = {"plate_has_booking", "plate_is_inside"}


@require_http_methods(["GET", "HEAD", "POST"])
@for_attendants
def ticket(request: HttpRequest) -> HttpResponse:
    """Write a ticket. The same form again leads to the same ticket."""
    gate = kept_gate(request)
    zones = _zones(request, gate)
    form = TicketForm(
        request.POST or None,
        zones=[zone for zone, _ in zones],
        initial=gate_fields(gate) | {"plate": request.GET.get("plate", "")[:30], "zone": _first_free(zones)},
        gives_special=actor_of(request).may("assign_special"),
    )
    if form.is_valid():
        with form.refusals(request):
            try:
                session = _give(request, form, is_let_in="let_in" in request.POST)
            except Refused as refusal:
                if refusal.code == "payment_at_entry":
                    return _to_the_money(_give(request, form, is_let_in=False))
                if refusal.code not in _HAS_SESSION:
                    raise
                return _opened(request, refusal)
            return redirect("gate_ticket_given", session_id=session.pk)
    return page(
        request,
        "gate/ticket.html",
        section="ticket",
        form=form,
        zones=zones,
        kinds={kind for zone, counts in zones for kind in kinds_with_slots(zone, counts.kinds)},
        several_sites=_are_of_several_sites(zones),
        key=requests.new_form_key(),
        asks_for_gate=form.asks_for_gate or (gate is None and gates_of(actor_of(request)).exists()),
    )


def _zones(request: HttpRequest, gate: AtGate | None) -> Zones:
    """Return the open zones of the site of the gate, first those to which the gate leads; without one, of all sites."""
    actor = actor_of(request)
    zones = zones_with_counts(only_active=True, sites=frozenset({gate.site_id}) if gate else actor.sites)
    near = zones_of_gate(gate.id) if gate else set()
    nearest = [row for row in zones if row[0].pk in near]
    return nearest + [row for row in zones if row[0].pk not in near]


def _first_free(zones: Zones) -> int | None:
    """Return the zone that is chosen until the attendant says otherwise: the first with a free slot."""
    return next((zone.pk for zone, counts in zones if counts.available), None)


def _are_of_several_sites(zones: Zones) -> bool:
    return len({zone.site_id for zone, _counts in zones}) > 1


def _opened(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """Lead to the open session of the plate, with what may be done there."""
    record_refusal(request, refusal)
    messages.warning(request, sentence_for(refusal))
    return redirect("gate_stay", refusal.facts["session_id"])


def _to_the_money(session: ParkingSession) -> HttpResponse:
    """Lead to the gate's page, which scans the ticket and asks for the money that is due before the car goes in."""
    return redirect(f"{reverse('gate')}#{session.qr_code}")


@requests.once_per_form
def _give(request: HttpRequest, attempt: Attempt, form: TicketForm, *, is_let_in: bool) -> ParkingSession:
    """Return the stay that the ticket is for."""
    actor, wanted = actor_here(request, form), form.cleaned_data
    if attempt.subject is not None:
        return access.find(parse_ref(attempt.subject), actor)
    zone, now = Ref(pk=wanted["zone"]), clock.now()
    if is_let_in:
        arrival = Arrival(wanted["plate"], wanted["vehicle_kind"], zone, special=form.special())
        return walk_in(actor=actor, arrival=arrival, now=now, key=attempt.key).session
    return booking.take_ticket(
        actor=actor,
        zone=zone,
        plate=wanted["plate"],
        owner_name="",
        vehicle_kind=wanted["vehicle_kind"],
        now=now,
        key=attempt.key,
        special=form.special(),
        at_gate=True,
    )


@live(state=all_zones_text)
@require_safe
@for_attendants
def zones_live(request: HttpRequest) -> HttpResponse:
    """Show the zones with their free slots."""
    zones = _zones(request, kept_gate(request))
    return page(request, "gate/parts/zones.html", zones=zones, several_sites=_are_of_several_sites(zones))


@require_safe
@for_attendants
def ticket_given(request: HttpRequest, session_id: int) -> HttpResponse:
    """Slot and code, large, and as a slip of paper."""
    session = access.find(Ref(pk=session_id), actor_of(request), at_work=True)
    return page(
        request,
        "gate/ticket_given.html",
        section="ticket",
        session=session,
        qr=qr_picture(session.qr_code),
        awaited=money_awaited(session, clock.now()),
        may_be_texted=may_be_texted(session),
    )
