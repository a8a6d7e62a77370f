"""Tokens of plastic: for walk-ins, by the last four digits and the kind alone, and for helmets and bags."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from parking.checkout.walking_in import Arrival, walk_in
from parking.core import clock
from parking.core.ids import Ref, parse_ref
from parking.edge import requests
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.edge.requests import Attempt
from parking.facilities.gates import gates_of
from parking.stays import access
from parking.stays.items import give_item
from parking.stays.models import ParkingSession
from parking.stays.tokens import items_of, token_number_of
from parking.vehicles.models import VehicleKind
from parking.web.access import for_attendants
from parking.web.gate.here import PlacedForm, actor_here, gate_fields, kept_gate
from parking.web.templatetags.parking import kind_choices, word


class TokenForm(PlacedForm):
    """A car that gets a token."""

    token = forms.CharField(
        label=_("Token"),
        max_length=30,
        widget=forms.TextInput(attrs={"class": "code", "autocomplete": "off", "autocapitalize": "characters"}),
    )
    last_four = forms.CharField(
        label=_("Last four digits of the plate"),
        max_length=4,
        widget=forms.TextInput(
            attrs={"class": "plate-field", "autocomplete": "off", "inputmode": "numeric", "pattern": "[0-9]{4}"}
        ),
    )
    vehicle_kind = forms.ChoiceField(label=_("Vehicle type"), widget=forms.RadioSelect, initial=VehicleKind.TWO_WHEELER)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = kind_choices()
        cast(forms.ChoiceField, self.fields["vehicle_kind"]).choices = kinds
        focused = "last_four" if self.initial.get("token") else "token"
        self.fields[focused].widget.attrs["autofocus"] = True


@require_http_methods(["GET", "HEAD", "POST"])
@for_attendants
def token(request: HttpRequest) -> HttpResponse:
    """Let a car in with a token, and be ready for the next one."""
    gate = kept_gate(request)
    initial = gate_fields(gate) | {"token": request.GET.get("token", "")[:30]}
    form = TokenForm(request.POST or None, initial=initial)
    if form.is_valid():
        with form.refusals(request):
            session = _let_in(request, form)
            facts = {"number": token_number_of(session), "plate": session.vehicle.last_four}
            messages.success(request, gettext("Let in: token %(number)s, plate …%(plate)s") % facts)
            return redirect("gate")
    return page(
        request,
        "gate/token.html",
        section="ticket",
        form=form,
        kinds=list(VehicleKind.values),
        key=requests.new_form_key(),
        asks_for_gate=form.asks_for_gate or (gate is None and gates_of(actor_of(request)).exists()),
    )


@requests.once_per_form
def _let_in(request: HttpRequest, attempt: Attempt, form: TokenForm) -> ParkingSession:
    actor, given = actor_here(request, form), form.cleaned_data
    if attempt.subject is not None:
        return access.find(parse_ref(attempt.subject), actor, at_work=True)
    arrival = Arrival(vehicle_kind=given["vehicle_kind"], last_four=given["last_four"], token=given["token"])
    return walk_in(actor=actor, arrival=arrival, now=clock.now(), key=attempt.key).session


# --- Helmets and bags ----------------------------------------------------------------------------------


class ItemForm(PlacedForm):
    """The token of a helmet or bag."""

    token = forms.CharField(
        label=_("Token of the helmet or bag"),
        max_length=30,
        widget=forms.TextInput(
            attrs={"class": "code", "autocomplete": "off", "autocapitalize": "characters", "autofocus": True}
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_attendants
def items(request: HttpRequest, session_id: int) -> HttpResponse:
    """Keep helmets and bags of a car, one token after the other."""
    session = access.find(Ref(pk=session_id), actor_of(request), at_work=True)
    form = ItemForm(request.POST or None, initial=gate_fields(kept_gate(request)))
    if form.is_valid():
        with form.refusals(request):
            token = give_item(
                actor=actor_here(request, form),
                session=Ref(pk=session_id),
                code=form.cleaned_data["token"],
                now=clock.now(),
            )
            messages.success(request, f"{word(token.item)} {token.number}")
            return redirect("gate_items", session_id)
    return page(request, "gate/items.html", section="inside", session=session, form=form, items=items_of(session))
