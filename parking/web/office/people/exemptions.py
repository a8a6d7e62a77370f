"""Sessions that attendants let pay nothing, counted per attendant, and each with its photo."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from parking.core import clock
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.reports.exemptions import exemptions_by_attendant, exemptions_given, sum_of_exemptions
from parking.stays import evidence
from parking.web.access import for_office
from parking.web.office.shared.lists import ReportForm, sheet_of


@require_safe
@for_office
def exemptions(request: HttpRequest) -> HttpResponse:
    """Show per attendant and class how many cars paid nothing, what they would have paid, and their photos."""
    form = ReportForm(request.GET, sites=actor_of(request).sites)
    given = exemptions_given(period=form.cleaned_data["days"], sites=form.sites) if form.is_valid() else None
    rows = exemptions_by_attendant([] if given is None else given)
    return page(
        request,
        "office/exemptions.html",
        section="users",
        form=form,
        rows=rows,
        total=sum_of_exemptions(rows),
        sheet=sheet_of(request, given),
    )


@require_safe
@for_office
def photo(request: HttpRequest, evidence_id: int) -> HttpResponse:
    """Show a photo of a session; no browser and no proxy keeps it."""
    content = evidence.photo(evidence_id, actor_of(request), clock.now())
    return HttpResponse(content, content_type="image/jpeg", headers={"Cache-Control": "private, no-store"})
