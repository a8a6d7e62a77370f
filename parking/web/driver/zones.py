"""The zones, compared."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from parking.facilities.queries import zones_with_counts
from parking.web.edge import page


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """All active zones with rate and free slots, for everybody."""
    return page(request, "driver/zones.html", zones=zones_with_counts(only_active=True))


@require_safe
def overview_live(request: HttpRequest) -> HttpResponse:
    """The cards alone."""
    return page(request, "driver/zones.html", zones=zones_with_counts(only_active=True))
