"""Revenue over a span of days, as a chart and as tables that add up."""

from dataclasses import dataclass
from datetime import date, timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from parking.edge.pages import page
from parking.facilities.calendars import calendar_of
from parking.reports.periods import ClosedPeriod
from parking.reports.revenue import RevenueReport, revenue_report
from parking.reports.sheets import REVENUE_COLUMNS, revenue_table
from parking.web.access import for_office
from parking.web.office.shared.files import office_file
from parking.web.office.shared.lists import ReportForm, address_with, filter_query, refuse_wrong_filter
from parking.web.office.shared.site_switch import site_switch

GROUPS = [("day", _("Day")), ("week", _("Week")), ("month", _("Month"))]


class RevenueForm(ReportForm):
    """The span of days and the grouping."""

    group = forms.ChoiceField(label=_("Group by"), required=False, choices=GROUPS)

    def report(self) -> RevenueReport:
        """Return the report of a valid form."""
        return revenue_report(period=self.cleaned_data["days"], group_by=self.group_by, sites=self.sites)

    @property
    def group_by(self) -> str:
        return self.cleaned_data.get("group") or "day"


@require_safe
@for_office
def report(request: HttpRequest) -> HttpResponse:
    """Show revenue by day, week or month, by zone, method of payment and hour; compared with the span before."""
    switch = site_switch(request)
    form = RevenueForm(request.GET, sites=switch.sites)
    made = form.report() if form.is_valid() else None
    return page(
        request,
        "office/revenue.html",
        section="revenue",
        switch=switch,
        form=form,
        report=made,
        group=form.group_by,
        presets=_presets(request, calendar_of(switch.sites).today(), made.period if made else None),
        booked=sum(number for *_, number in made.daily) if made else 0,
        file_query=filter_query(request),
    )


@require_safe
@for_office
def file(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Send the report as a CSV or XLSX file: all its parts, one below the other."""
    form = RevenueForm(request.GET, sites=site_switch(request).sites)
    refuse_wrong_filter(form)
    return office_file(kind, "revenue", REVENUE_COLUMNS, revenue_table(form.report()))


# --- Spans that one asks for again and again ----------------------------------------------------------------


@dataclass(frozen=True)
class Preset:
    label: str | Promise
    address: str
    is_shown: bool


def _presets(request: HttpRequest, today: date, shown: ClosedPeriod | None) -> list[Preset]:
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    spans: list[tuple[str | Promise, date, date]] = [
        (_("Today"), today, today),
        (_("7 days"), today - timedelta(days=6), today),
        (_("30 days"), today - timedelta(days=29), today),
        (_("This month"), month, today),
        (_("Last month"), before.replace(day=1), before),
    ]
    return [
        Preset(
            label, address_with(request, **{"from": str(first), "to": str(last)}), shown == ClosedPeriod(first, last)
        )
        for label, first, last in spans
    ]
