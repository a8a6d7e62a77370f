"""Stays that attendants ended without an exit scan, counted per attendant."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from parking.core.errors import InvalidInput
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.reports.periods import report_period
from parking.reports.terminations import sum_of_terminations, terminations_by_attendant
from parking.web.access import for_office
from parking.web.office.shared.lists import DaysForm


class TerminationsForm(DaysForm):
    """The span of days; without days the last 30."""

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.errors:
            try:
                data["days"] = report_period(day=None, first=data.get("first"), last=data.get("last"))
            except InvalidInput:
                self.add_error("last", _("Not before the first day, and at most three years after it."))
        return data


@require_safe
@for_office
def terminations(request: HttpRequest) -> HttpResponse:
    """Show per attendant how many stays were ended, what they came to, and what became debts."""
    form = TerminationsForm(request.GET)
    rows = None
    if form.is_valid():
        rows = terminations_by_attendant(period=form.cleaned_data["days"], sites=actor_of(request).sites)
    return page(
        request,
        "office/terminations.html",
        section="users",
        form=form,
        rows=rows,
        total=sum_of_terminations(rows or []),
    )
