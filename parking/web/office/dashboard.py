"""The day at a glance."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from parking.web.edge import for_managers, page


@require_safe
@for_managers
def overview(request: HttpRequest) -> HttpResponse:
    """Today's bookings, money and occupancy, and what somebody has to look at."""
    return page(request, "office/dashboard.html")


@require_safe
@for_managers
def live_part(request: HttpRequest) -> HttpResponse:
    """What changes on it."""
    return page(request, "office/dashboard.html")
