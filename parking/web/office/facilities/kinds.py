"""The kinds of vehicle of this installation: a list that its operator keeps in a file (docs/kinds.md)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from parking.core.vehicle_kinds import KINDS
from parking.edge.pages import page
from parking.web.access import for_office

SECTION = "zones"


@require_safe
@for_office
def overview(request: HttpRequest) -> HttpResponse:
    """Show each kind with its picture and the kinds of slots that it may take, the best fitting first."""
    return page(request, "office/kinds.html", section=SECTION, kinds=list(KINDS.values()))
