"""The page at which cars are let in and out."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from parking.web.edge import for_attendants, page


@require_safe
@for_attendants
def gate(request: HttpRequest) -> HttpResponse:
    """Scanning, in and out."""
    return page(request, "gate/gate.html")


@require_POST
@for_attendants
def scan(request: HttpRequest) -> HttpResponse:
    """What a scanned code comes to."""
    return page(request, "gate/gate.html")
