"""A zone in detail, and booking in it."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from parking.core.ids import Ref
from parking.facilities.queries import find_zone, zones_with_counts
from parking.web.edge import page


@require_safe
def zone(request: HttpRequest, zone_id: int) -> HttpResponse:
    """One zone."""
    place = find_zone(Ref(pk=zone_id))
    return page(request, "driver/zones.html", zones=zones_with_counts(zone=place), section="zones")
