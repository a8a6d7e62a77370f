"""Plans and the passes that were sold: looked up, and plans made and changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from parking.core import clock
from parking.core.errors import DomainError
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.edge.wording import sentence_for
from parking.facilities.queries import present_zones
from parking.facilities.sites import present_sites
from parking.passes import plans
from parking.passes.mandate_models import Mandate
from parking.passes.mandates import open_mandates
from parking.passes.models import MOST_VEHICLES, Plan
from parking.passes.queries import Charging, passes_at
from parking.passes.rules import Period
from parking.payments.gateways.registry import mandates_on
from parking.tariffs.rules.terms import WEEK
from parking.web.access import for_managers, for_office
from parking.web.mandate_words import state_of
from parking.web.office.shared.fields import ClockField, EditForm, SumField, WholeField
from parking.web.office.shared.lists import sheet_of
from parking.web.office.shared.saved_views import saved_views
from parking.web.office.shared.site_switch import site_switch
from parking.web.pass_words import DAY_NAMES, ShownPass, period_words, shown_pass, shown_plan
from parking.web.templatetags.parking import kind_choices

SECTION = "passes"
# The columns of a plan that its form has under the same name.
_COLUMNS = ("name", "price", "price_reason", "vehicle_kinds", "vehicles", "inside", "reserved", "days", "is_active")
_TEXT_LENGTH = 60


class PlanForm(EditForm):
    """A plan; site and period are chosen once."""

    name = forms.CharField(label=_("Name"), max_length=60)
    site_id = forms.TypedChoiceField(
        label=_("Car park"), coerce=int, help_text=_("Its money is the money of this car park.")
    )
    period = forms.ChoiceField(label=_("Sold for"))
    price = SumField(label=_("Price"))
    price_reason = forms.CharField(
        label=_("Why it is free"), help_text=_("Only for a plan that costs nothing."), max_length=200, required=False
    )
    zone_ids = forms.TypedMultipleChoiceField(
        label=_("Zones"),
        help_text=_("None chosen: all zones of the car park."),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    vehicle_kinds = forms.MultipleChoiceField(
        label=_("Vehicle types"),
        help_text=_("None chosen: all of them."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    vehicles = WholeField(label=_("Vehicles on the pass"), least=1, most=MOST_VEHICLES)
    inside = WholeField(label=_("Inside at once"), least=1, most=MOST_VEHICLES)
    days = forms.MultipleChoiceField(label=_("Days"), widget=forms.CheckboxSelectMultiple)
    begins = ClockField(label=_("From"))
    ends = ClockField(label=_("Until"), help_text=_("The same as From: round the clock. Earlier: past midnight."))
    reserved = forms.BooleanField(
        label=_("A slot of its own"),
        help_text=_("From the purchase on a numbered slot is kept free for the pass. One car inside at once."),
        required=False,
    )
    is_active = forms.BooleanField(label=_("On sale"), required=False)

    def __init__(self, request: HttpRequest, *args: Any, plan: Plan | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sites = actor_of(request).sites
        _choices(self, "site_id", [(site.pk, site.name) for site in present_sites(actor_of(request))])
        _choices(self, "period", [(period.value, period_words(period)) for period in Period])
        zones = present_zones(sites=sites)
        _choices(self, "zone_ids", [(zone.pk, f"{zone.site.name} · {zone.name}") for zone in zones])
        _choices(self, "vehicle_kinds", kind_choices())
        _choices(self, "days", [(str(day), DAY_NAMES[day]) for day in WEEK])
        if plan is not None:
            del self.fields["site_id"], self.fields["period"]

    def add_refusal(self, error: DomainError) -> None:
        if error.code == "plan_name_taken":
            self.add_error("name", sentence_for(error))
        else:
            super().add_refusal(error)


def _choices(form: forms.Form, name: str, choices: Sequence[tuple[Any, str | Promise]]) -> None:
    cast(forms.ChoiceField, form.fields[name]).choices = choices


def _fields_of(values: dict[str, Any]) -> dict[str, Any]:
    """Return typed values as the service takes them."""
    fields = {name: value for name, value in values.items() if name != "seen"}
    for name in fields.keys() & {"begins", "ends"}:
        fields[name] = f"{fields[name]:%H:%M}" if fields[name] else "00:00"
    return fields


_NEW = {"vehicles": 1, "inside": 1, "days": [str(day) for day in WEEK], "is_active": True}


@dataclass(frozen=True)
class SoldPass:
    """A pass in the list, with its mandate, if it has one."""

    shown: ShownPass
    mandate: Mandate | None

    @property
    def charges(self) -> str:
        """Return the code of what a manager sees of its mandate; empty for a pass that is not charged."""
        state = state_of(self.mandate) if self.mandate is not None else ""
        return f"MANDATE_{state}" if state in {"HELD", "FAILING"} else ""


@require_safe
@for_office
def overview(request: HttpRequest) -> HttpResponse:
    """Show the plans, and the passes by number, plate or username."""
    switch, now = site_switch(request), clock.now()
    text = request.GET.get("q", "").replace("\0", "").strip()[:_TEXT_LENGTH]
    charging = request.GET.get("charging", "")
    charging = charging if charging in set(Charging) else ""
    sheet = sheet_of(request, passes_at(switch.sites, charging=charging, text=text))
    charged = open_mandates(sheet.rows)
    return page(
        request,
        "office/passes.html",
        section=SECTION,
        switch=switch,
        saved=saved_views(request, "passes", switch),
        plans=[shown_plan(plan) for plan in plans.plans_of(switch.sites)],
        sheet=sheet,
        passes=[SoldPass(shown_pass(held, now), charged.get(held.pk)) for held in sheet.rows],
        text=text,
        charging=charging,
        may_be_charged=bool(mandates_on() or charged or charging),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def new(request: HttpRequest) -> HttpResponse:
    """Make a plan."""
    form = PlanForm(request, request.POST or None, plan=None, initial=_NEW if not request.POST else None)
    if form.is_valid():
        with form.refusals(request):
            plan = plans.create_plan(actor=actor_of(request), fields=_fields_of(form.cleaned_data), now=clock.now())
            messages.success(request, gettext("%(name)s was created.") % {"name": plan.name})
            return redirect("office_passes")
    return page(request, "office/plan.html", section=SECTION, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def edit(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Change a plan; passes that were sold stay as they are."""
    plan = plans.plan_by_id(plan_id, sites=actor_of(request).sites)
    form = PlanForm(request, request.POST or None, plan=plan, initial=_values_of(plan))
    if form.is_valid():
        with form.refusals(request):
            altered = _fields_of(form.altered())
            if altered:
                plans.change_plan(actor=actor_of(request), plan_id=plan_id, changes=altered, now=clock.now())
            messages.success(request, gettext("Saved."))
            return redirect("office_passes")
    return page(request, "office/plan.html", section=SECTION, form=form, plan=plan)


def _values_of(plan: Plan) -> dict[str, Any]:
    read_time = forms.TimeField().to_python
    return {name: getattr(plan, name) for name in _COLUMNS} | {
        "zone_ids": sorted(zone.pk for zone in plan.zones.all()),
        "begins": read_time(plan.begins),
        "ends": read_time(plan.ends),
    }
