"""Stays that attendants ended without an exit scan, counted per attendant."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.reports.terminations import sum_of_terminations, terminations_by_attendant
from parking.web.access import for_office
from parking.web.office.shared.lists import ReportForm


@require_safe
@for_office
def terminations(request: HttpRequest) -> HttpResponse:
    """Show per attendant how many stays were ended, what they came to, and what became debts."""
    form = ReportForm(request.GET, sites=actor_of(request).sites)
    rows = None
    if form.is_valid():
        rows = terminations_by_attendant(period=form.cleaned_data["days"], sites=form.sites)
    return page(
        request,
        "office/terminations.html",
        section="users",
        form=form,
        rows=rows,
        total=sum_of_terminations(rows or []),
    )
