"""The sheet on which paper slips are entered: good rows are taken, wrong ones stay with what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from parking.checkout.paper_slips import Entered, Slip, enter_sheet
from parking.core import clock
from parking.core.ids import Ref
from parking.core.money import ZERO
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.edge.wording import sentence_for
from parking.facilities.calendars import zone_of
from parking.facilities.models import ParkingZone
from parking.facilities.queries import find_zone, present_zones
from parking.vehicles.models import VehicleKind
from parking.web.access import for_attendants
from parking.web.forms import AmountField, ServiceForm
from parking.web.templatetags.parking import kind_choices

EMPTY_ROWS = 5
MOST_ROWS = 60


class SheetForm(ServiceForm):
    """What holds for all rows of a sheet."""

    zone = forms.TypedChoiceField(label=_("Zone"), coerce=int)
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    block = forms.CharField(label=_("Block"), max_length=12, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, zones: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["zone"]).choices = list(zones)


class RowForm(ServiceForm):
    """One slip; times are of the day of the sheet, a time out before the one in is of the next day."""

    number = forms.IntegerField(label=_("Number"), min_value=1, max_value=10**6)
    plate = forms.CharField(
        label=_("Plate"), max_length=30, widget=forms.TextInput(attrs={"autocapitalize": "characters"})
    )
    kind = forms.ChoiceField(label=_("Vehicle type"), initial=VehicleKind.CAR)
    entered = forms.TimeField(label=_("In"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    left = forms.TimeField(
        label=_("Out"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    cash = AmountField(label=_("Cash"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = kind_choices()
        cast(forms.ChoiceField, self.fields["kind"]).choices = kinds

    @property
    def is_empty(self) -> bool:
        """Return whether nothing was written into the row; a kind is always chosen."""
        names = ("number", "plate", "entered", "left", "cash")
        return not any(str(self.data.get(self.add_prefix(name), "")).strip() for name in names)

    def slip(self, block: str, day: date, site_id: int) -> Slip:
        """Return the slip, with its times in the time zone of the site."""
        given = self.cleaned_data
        entered, left = _at(day, given["entered"], site_id), None
        if given["left"] is not None:
            left = _at(day, given["left"], site_id)
            left = left if left >= entered else _at(day + timedelta(days=1), given["left"], site_id)
        return Slip(block, given["number"], given["plate"], given["kind"], entered, left, given["cash"] or ZERO)


def _at(day: date, at: time, site_id: int) -> datetime:
    return datetime.combine(day, at, tzinfo=zone_of(site_id))


@dataclass
class Row:
    """A row as it is shown again, with what is wrong with it."""

    form: RowForm
    problem: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@for_attendants
def sheet(request: HttpRequest) -> HttpResponse:
    """Enter the rows of a sheet; those that were not taken stay on it."""
    sites = actor_of(request).sites
    zones = [(zone.pk, f"{zone.site.name} · {zone.name}") for zone in present_zones(sites=sites)]
    today = {"day": clock.now().astimezone(zone_of(None)).date()}
    form = SheetForm(request.POST or None, zones=zones, initial=today)
    rows: list[Row] = []
    if form.is_bound:
        rows = _written(request)
        if form.is_valid():
            rows = _enter(request, form, rows)
    rows += [Row(RowForm(prefix=f"r{len(rows) + index}")) for index in range(EMPTY_ROWS)]
    return page(request, "gate/paper.html", section="ticket", form=form, rows=rows)


def _written(request: HttpRequest) -> list[Row]:
    """Return the rows that hold something."""
    forms_ = [RowForm(request.POST, prefix=f"r{index}") for index in range(MOST_ROWS)]
    return [Row(row) for row in forms_ if not row.is_empty]


def _enter(request: HttpRequest, form: SheetForm, rows: list[Row]) -> list[Row]:
    """Enter what is complete; answers the rows that have still to be corrected."""
    given, zone = form.cleaned_data, _zone(request, form)
    good = [row for row in rows if row.form.is_valid()]
    slips = [row.form.slip(given["block"], given["day"], zone.site_id) for row in good]
    results = enter_sheet(actor=actor_of(request), zone=Ref(pk=zone.pk), slips=slips, now=clock.now())
    for row, result in zip(good, results, strict=True):
        row.problem = _problem(result)
    done = sum(result.session is not None for result in results)
    if done:
        text = ngettext("%(n)d slip entered.", "%(n)d slips entered.", done) % {"n": done}
        messages.success(request, text)
    for row in rows:
        if not row.form.is_valid():
            row.problem = gettext("Please check what you entered.")
    left = [row for row in rows if row.problem]
    for index, row in enumerate(left):
        row.form = _moved(row.form, f"r{index}")
    return left


def _zone(request: HttpRequest, form: SheetForm) -> ParkingZone:
    return find_zone(Ref(pk=form.cleaned_data["zone"]), sites=actor_of(request).sites)


def _moved(form: RowForm, prefix: str) -> RowForm:
    """Return a row under the number that it has on the sheet as it is shown again."""
    data = {f"{prefix}-{name}": form.data.get(form.add_prefix(name), "") for name in form.fields}
    return RowForm(data, prefix=prefix)


def _problem(result: Entered) -> str:
    return sentence_for(result.problem) if result.problem else ""
