"""Gates of a site: made, changed, retired. They are listed on the page of their site."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from parking.core import clock
from parking.core.errors import NotFound
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.facilities import gates
from parking.facilities.models import Gate, ParkingZone
from parking.facilities.queries import present_zones
from parking.facilities.sites import site_by_id
from parking.web.access import for_managers
from parking.web.confirming import ask, is_confirmed
from parking.web.forms import ServiceForm
from parking.web.office.facilities.site_form import GateForm, values_of_gate

SECTION = "sites"


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def new(request: HttpRequest, site_id: int) -> HttpResponse:
    """Make a gate."""
    site = site_by_id(site_id, actor_of(request))
    form = GateForm(request.POST or None, zones=_zones_at(site.pk))
    if form.is_valid():
        values = form.cleaned_data
        with form.refusals(request):
            gate = gates.create_gate(
                actor=actor_of(request),
                site_id=site.pk,
                name=values["name"],
                direction=values["direction"],
                zone_ids=values["zone_ids"],
                now=clock.now(),
            )
            messages.success(request, _("%(gate)s was created.") % {"gate": gate.name})
            return redirect("office_site", site.pk)
    return page(request, "office/gate.html", section=SECTION, site=site, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def edit(request: HttpRequest, gate_id: int) -> HttpResponse:
    """Change a gate."""
    gate = _present_gate(request, gate_id)
    zones = _zones_at(gate.site_id)
    form = GateForm(request.POST or None, initial=values_of_gate(gate, zones), zones=zones)
    if form.is_valid():
        with form.refusals(request):
            _save(request, gate, form)
            return redirect("office_site", gate.site_id)
    return page(request, "office/gate.html", section=SECTION, site=gate.site, gate=gate, form=form)


def _save(request: HttpRequest, gate: Gate, form: GateForm) -> None:
    if not form.altered():
        messages.info(request, _("Nothing was changed."))
        return
    gates.update_gate(actor=actor_of(request), gate_id=gate.pk, changes=form.altered(), now=clock.now())
    messages.success(request, _("Saved."))


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def retire(request: HttpRequest, gate_id: int) -> HttpResponse:
    """Take a gate out of use for good, once it was asked."""
    gate = _present_gate(request, gate_id)
    form = ServiceForm(request.POST or None)
    if is_confirmed(request) and form.is_valid():
        with form.refusals(request):
            gates.update_gate(actor=actor_of(request), gate_id=gate.pk, changes={"retired": True}, now=clock.now())
            messages.success(request, _("%(gate)s was retired.") % {"gate": gate.name})
            return redirect("office_site", gate.site_id)
    return ask(
        request,
        title=_("Retire %(gate)s?") % {"gate": gate.name},
        form=form,
        yes=_("Yes, retire it for good"),
        effects=[_("Devices that work at this gate are asked to choose another one. What was done here is kept.")],
        back=reverse("office_gate", args=[gate.pk]),
        grave=True,
        section=SECTION,
    )


def _present_gate(request: HttpRequest, gate_id: int) -> Gate:
    gate = gates.gate_by_id(gate_id, actor_of(request))
    if gate.retired_at is not None:
        raise NotFound("gate_not_found", "Gate not found")
    return gate


def _zones_at(site_id: int) -> list[ParkingZone]:
    return list(present_zones(sites=frozenset({site_id})))
