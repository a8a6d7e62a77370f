"""A car moved to another slot, as an attendant sees it standing there."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from parking.checkout import moving
from parking.core import clock
from parking.core.ids import Ref
from parking.core.plate_words import plate_words
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.facilities.queries import free_slot_numbers, present_zones, slot_by_number
from parking.stays import access
from parking.stays.models import ParkingSession
from parking.web.access import for_attendants
from parking.web.forms import ServiceForm
from parking.web.gate.here import PlacedForm, actor_here, gate_fields, kept_gate

MOST_NAMED = 6


class MoveForm(PlacedForm):
    """The slot at which a car stands, by zone and number, and whether it changes places with the car there."""

    zone = forms.TypedChoiceField(label=_("Zone"), coerce=int)
    slot = forms.CharField(
        label=_("Slot"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "autofocus": True, "list": "free-slots"}
        ),
    )
    swap = forms.BooleanField(label=_("Change places with the car in that slot"), required=False)

    field_order = ("zone", "slot", "swap")

    def __init__(self, *args: Any, session: ParkingSession, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = present_zones(sites=frozenset({session.zone.site_id})).filter(marked=True)
        self.fields["zone"].choices = [(zone.pk, zone.name) for zone in zones]  # type: ignore[attr-defined]
        self.initial.setdefault("zone", session.zone_id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_attendants
def move(request: HttpRequest, session_id: int) -> HttpResponse:
    """Move a car that is booked or inside to another slot of its site."""
    actor_of(request).need("move")
    session = access.find(Ref(pk=session_id), actor_of(request), at_work=True)
    form = MoveForm(request.POST or None, session=session, initial=gate_fields(kept_gate(request)))
    if form.is_valid():
        with form.refusals(request):
            messages.success(request, _moved_text(_move(request, session_id, form)))
            return redirect("gate_stay", session_id)
    free = free_slot_numbers(session.zone_id, most=MOST_NAMED) if session.zone.marked else []
    named = format_html_join(", ", '<span class="nowrap">{}</span>', ((number,) for number in free))
    return page(request, "gate/move.html", section="inside", session=session, form=form, free=free, named=named)


def _move(request: HttpRequest, session_id: int, form: ServiceForm) -> ParkingSession:
    given = form.cleaned_data
    return moving.move(
        actor=actor_here(request, form),
        session=Ref(pk=session_id),
        slot_id=slot_by_number(given["zone"], given["slot"]).pk,
        swap=given["swap"],
        now=clock.now(),
    )


def _moved_text(session: ParkingSession) -> str:
    plate = plate_words(session.vehicle.vehicle_number)
    names = {"plate": plate, "slot": session.slot_number, "zone": session.zone.name}
    return gettext("%(plate)s is at slot %(slot)s of %(zone)s now.") % names
