"""Lost tickets: the cars with similar plates first, then a session from midnight whose bill the gate shows."""

from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from parking.checkout import losing
from parking.checkout.losing import Lost, similar_inside
from parking.core import clock
from parking.core.errors import Refused
from parking.core.ids import Ref, parse_ref
from parking.edge import requests
from parking.edge.callers import actor_of
from parking.edge.errors import record_refusal
from parking.edge.pages import page
from parking.edge.requests import Attempt
from parking.facilities.gates import zones_of_gate
from parking.facilities.queries import present_zones
from parking.stays import access
from parking.stays.evidence import photo_ids_of
from parking.stays.models import ParkingSession
from parking.web.access import for_attendants
from parking.web.gate.here import PlacedForm, actor_here, gate_fields, kept_gate
from parking.web.templatetags.parking import kind_choices

_LEADS_ON = {"has_entry_record", "plate_has_booking"}


class LostForm(PlacedForm):
    """A car whose ticket is lost."""

    plate = forms.CharField(
        label=_("Plate"),
        max_length=30,
        widget=forms.TextInput(
            attrs={"class": "plate-field", "autocomplete": "off", "autocapitalize": "characters", "autofocus": True}
        ),
    )
    vehicle_kind = forms.ChoiceField(label=_("Vehicle type"))
    zone = forms.TypedChoiceField(label=_("Zone"), coerce=int)
    is_owner = forms.BooleanField(label=_("Showed proof of ownership: no fee for the ticket"), required=False)
    not_listed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, zones: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["zone"]).choices = zones
        kinds = kind_choices()
        cast(forms.ChoiceField, self.fields["vehicle_kind"]).choices = kinds

    def lost(self) -> Lost:
        """Return the car as it was typed."""
        given = self.cleaned_data
        zone = Ref(pk=given["zone"])
        return Lost(given["plate"], given["vehicle_kind"], zone, given["not_listed"], given["is_owner"])


@require_http_methods(["GET", "HEAD", "POST"])
@for_attendants
def lost(request: HttpRequest) -> HttpResponse:
    """Ask for the plate, show similar ones that are inside, and lead to the bill."""
    initial = gate_fields(kept_gate(request)) | {"plate": request.GET.get("plate", "")[:30]}
    form = LostForm(request.POST or None, zones=_zones(request), initial=initial)
    similar: list[ParkingSession] = []
    if form.is_valid():
        with form.refusals(request):
            try:
                session = _open(request, form)
            except Refused as refusal:
                if refusal.code in _LEADS_ON:
                    record_refusal(request, refusal)
                    return redirect("gate_without_code", refusal.facts["session_id"])
                if refusal.code == "similar_plates_inside":
                    similar = similar_inside(form.cleaned_data["plate"], sites=actor_here(request, form).sites)
                raise
            return redirect(f"{reverse('gate')}#bill-{session.qr_code}")
    photos = photo_ids_of(similar)
    shown = [(session, photos[session.pk]) for session in similar]
    return page(request, "gate/lost.html", section="lost", form=form, similar=shown, key=requests.new_form_key())


def _zones(request: HttpRequest) -> list[tuple[int, str]]:
    """Return the zones to choose from, first those to which the gate leads."""
    gate = kept_gate(request)
    near = zones_of_gate(gate.id) if gate else set()
    rows = present_zones(sites=frozenset({gate.site_id}) if gate else actor_of(request).sites)
    choices = [(zone.pk, zone.name) for zone in rows]
    return [row for row in choices if row[0] in near] + [row for row in choices if row[0] not in near]


@requests.once_per_form
def _open(request: HttpRequest, attempt: Attempt, form: LostForm) -> ParkingSession:
    actor = actor_here(request, form)
    if attempt.subject is not None:
        return access.find(parse_ref(attempt.subject), actor, at_work=True)
    return losing.open_session(actor=actor, lost=form.lost(), now=clock.now(), key=attempt.key)
