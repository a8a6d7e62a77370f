"""Emergencies at the gate: begun by one, confirmed by another on an own device; and the list of who is inside."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parking.accounts.approvals import approval_of
from parking.accounts.models import ApprovalKind, Decision
from parking.checkout import approving
from parking.checkout.emergencies import Owing, owing_of
from parking.core import clock
from parking.core.actor import Actor
from parking.core.errors import DomainError, Refused
from parking.core.sites import Sites
from parking.edge.callers import actor_of
from parking.edge.errors import record_refusal
from parking.edge.pages import page
from parking.edge.wording import sentence_for
from parking.facilities import emergencies
from parking.facilities.emergencies import MOST_MINUTES, find_emergency, present_emergencies
from parking.facilities.models import Emergency, EmergencyStatus
from parking.facilities.sites import present_sites
from parking.stays.queries import everybody_inside
from parking.web.access import for_attendants
from parking.web.forms import ServiceForm
from parking.web.gate.here import kept_gate

USUAL_MINUTES = 60


class EmergencyForm(ServiceForm):
    """Why every car is to be let out, for how long, and where."""

    reason = forms.CharField(
        label=_("Reason"),
        min_length=3,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=1,
        max_value=MOST_MINUTES,
        initial=USUAL_MINUTES,
        help_text=_("At most 240. It ends automatically."),
    )
    site = forms.TypedChoiceField(label=_("Car park"), coerce=int)

    def __init__(self, *args: Any, sites: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["site"]).choices = list(sites)


@dataclass(frozen=True)
class Shown:
    """An emergency that waits or runs, with what its cars owe, and whether it is the reader's own."""

    emergency: Emergency
    waits: bool
    owing: Owing
    is_own: bool


@require_http_methods(["GET", "HEAD", "POST"])
@for_attendants
def emergency(request: HttpRequest) -> HttpResponse:
    """Show what waits or runs, and the form that begins one."""
    actor, gate = actor_of(request), kept_gate(request)
    sites = [(site.pk, site.name) for site in present_sites(actor)]
    form = EmergencyForm(request.POST or None, sites=sites, initial={"site": gate.site_id if gate else None})
    if form.is_valid():
        with form.refusals(request):
            given = form.cleaned_data
            emergencies.begin(
                actor=actor,
                site_id=given["site"],
                reason=given["reason"],
                minutes=given["minutes"],
                now=clock.now(),
            )
            return redirect("gate_emergency")
    return page(
        request,
        "gate/emergency.html",
        section="inside",
        form=form,
        may_begin=actor.may("terminate"),
        shown=_shown(actor),
        several_sites=len(sites) > 1,
    )


def _shown(actor: Actor) -> list[Shown]:
    now = clock.now()
    rows = list(present_emergencies(actor, now))
    owing = owing_of(rows)
    return [
        Shown(row, row.status_at(now) == EmergencyStatus.WAITS, owing[row.pk], row.begun_by_id == actor.user_id)
        for row in rows
    ]


@require_POST
@for_attendants
def decide(request: HttpRequest, emergency_id: int) -> HttpResponse:
    """Confirm an emergency, or refuse it, as the second person."""
    actor = actor_of(request)
    decision = Decision.APPROVE if request.POST.get("decision") == Decision.APPROVE else Decision.REFUSE
    find_emergency(emergency_id, actor)
    approval = approval_of(kind=ApprovalKind.EMERGENCY, subject_id=emergency_id)
    try:
        if approval is None:
            raise Refused("decided_already", "This was decided already")
        approving.decide(actor=actor, approval_id=approval.pk, decision=decision, now=clock.now())
    except DomainError as error:
        record_refusal(request, error)
        messages.error(request, sentence_for(error))
    return redirect("gate_emergency")


@require_POST
@for_attendants
def end(request: HttpRequest, emergency_id: int) -> HttpResponse:
    """End an emergency, or take it back."""
    emergencies.end(actor=actor_of(request), emergency_id=emergency_id, now=clock.now())
    messages.success(request, gettext("The emergency is over. Cars pay again."))
    return redirect("gate_emergency")


@require_safe
@for_attendants
def inside(request: HttpRequest) -> HttpResponse:
    """Show everybody who is inside, by zone and slot, to be read out or printed."""
    gate = kept_gate(request)
    sites: Sites = frozenset({gate.site_id}) if gate else actor_of(request).sites
    found = list(everybody_inside(sites=sites))
    return page(request, "gate/everybody_inside.html", section="inside", found=found, at=clock.now())
