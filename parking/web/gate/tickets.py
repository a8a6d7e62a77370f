"""Pages of the gate."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from parking.web.edge import for_attendants, page


@for_attendants
def ticket(request: HttpRequest) -> HttpResponse:
    """A page of the gate."""
    return page(request, "gate/gate.html")


@require_safe
@for_attendants
def zones_live(request: HttpRequest) -> HttpResponse:
    """A page of the gate."""
    return page(request, "gate/gate.html")


@require_safe
@for_attendants
def ticket_given(request: HttpRequest, session_id: int) -> HttpResponse:  # noqa: ARG001 - shown soon
    """A page of the gate."""
    return page(request, "gate/gate.html")
