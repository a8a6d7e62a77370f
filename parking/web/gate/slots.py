"""Pages of the gate."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from parking.web.edge import for_attendants, page


@require_safe
@for_attendants
def grid(request: HttpRequest) -> HttpResponse:
    """A page of the gate."""
    return page(request, "gate/gate.html")


@require_safe
@for_attendants
def grid_live(request: HttpRequest) -> HttpResponse:
    """A page of the gate."""
    return page(request, "gate/gate.html")
