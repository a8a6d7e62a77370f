"""Demand: how the prices of a zone follow how full it is."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from parking.core import clock
from parking.core.ids import Ref
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.facilities.queries import find_zone
from parking.tariffs.demand import steps_of
from parking.tariffs.rules.demand import LEAST_CHANGE, MOST_CHANGE, MOST_STEPS, DemandStep, Steps
from parking.tariffs.zone_demand import propose_demand
from parking.web.access import for_office
from parking.web.forms import ServiceForm
from parking.web.office.shared.second_person import say_done

SECTION = "zones"
ROWS = range(MOST_STEPS)

Pair = tuple[forms.BoundField, forms.BoundField]


class DemandForm(ServiceForm):
    """A row for each step; an empty row is none."""

    service_fields: ClassVar[Mapping[str, str]] = {"steps": "from_0"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in ROWS:
            self.fields[f"from_{row}"] = _percent(gettext_lazy("From so many % of the slots taken"), 0, 100)
            self.fields[f"change_{row}"] = _percent(gettext_lazy("Change of prices in %"), LEAST_CHANGE, MOST_CHANGE)

    @property
    def rows(self) -> list[Pair]:
        """Return the rows that say something, and one to write in."""
        return self._pairs()[: self._used + 1]

    @property
    def more_rows(self) -> list[Pair]:
        return self._pairs()[self._used + 1 :]

    def _pairs(self) -> list[Pair]:
        return [(self[f"from_{row}"], self[f"change_{row}"]) for row in ROWS]

    @property
    def _used(self) -> int:
        """Return how many rows there are up to the last that is filled in."""
        filled = [row for row, pair in enumerate(self._pairs()) if any(f.value() not in {None, ""} for f in pair)]
        return filled[-1] + 1 if filled else 0

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = self.cleaned_data
        for row in ROWS:
            pair = [name for name in (f"from_{row}", f"change_{row}") if name in values]
            missing = [name for name in pair if values[name] is None]
            if len(pair) == 2 and len(missing) == 1:
                self.add_error(missing[0], _("Enter both, or neither."))
        shares = [values.get(f"from_{row}") for row in ROWS]
        for row, share in enumerate(shares):
            if share is not None and share in shares[:row]:
                self.add_error(f"from_{row}", _("Each share of the slots once."))
        return values

    def steps(self) -> list[DemandStep]:
        pairs = [(self.cleaned_data[f"from_{row}"], self.cleaned_data[f"change_{row}"]) for row in ROWS]
        return [DemandStep(begins, change) for begins, change in pairs if begins is not None]


def _percent(label: Any, least: int, most: int) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"inputmode": "text" if least < 0 else "numeric", "class": "form-control"})
    return forms.IntegerField(label=label, min_value=least, max_value=most, required=False, widget=widget)


def values_of_demand(steps: Steps) -> dict[str, int]:
    """Return the initial values of the form."""
    values: dict[str, int] = {}
    for row, step in enumerate(steps):
        values |= {f"from_{row}": step.from_percent, f"change_{row}": step.change_percent}
    return values


@require_http_methods(["GET", "HEAD", "POST"])
@for_office
def of_zone(request: HttpRequest, zone_id: int) -> HttpResponse:
    """Show and set the steps of a zone."""
    zone = find_zone(Ref(pk=zone_id), sites=actor_of(request).sites)
    form = DemandForm(request.POST or None, initial=values_of_demand(steps_of(zone.pk)))
    if form.is_valid():
        with form.refusals(request):
            actor, steps = actor_of(request), form.steps()
            say_done(request, propose_demand(actor=actor, zone_id=zone.pk, steps=steps, now=clock.now()))
            return redirect("office_tariffs", zone.pk)
    return page(request, "office/demand.html", section=SECTION, zone=zone, form=form)
