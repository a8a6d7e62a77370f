"""What attendants let pass otherwise than by a scan and its money, counted per attendant."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.reports.gate_counts import gate_counts
from parking.web.access import for_office
from parking.web.office.shared.lists import ReportForm


@require_safe
@for_office
def counts(request: HttpRequest) -> HttpResponse:
    """Show per attendant the cars without a code, lost tickets, cars that pay later, and tickets never let in."""
    form = ReportForm(request.GET, sites=actor_of(request).sites)
    rows = gate_counts(period=form.cleaned_data["days"], sites=form.sites) if form.is_valid() else None
    return page(request, "office/gate_counts.html", section="users", form=form, rows=rows)
