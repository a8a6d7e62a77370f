"""The slots of a zone."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from parking.web.edge import for_managers, page


@require_safe
@for_managers
def of_zone(request: HttpRequest, zone_id: int) -> HttpResponse:
    """The slots of a zone."""
    return page(request, "office/zones.html", zone_id=zone_id)


@require_safe
@for_managers
def edit(request: HttpRequest, slot_id: int) -> HttpResponse:
    """One slot."""
    return page(request, "office/zones.html", slot_id=slot_id)


@require_safe
@for_managers
def grid(request: HttpRequest, zone_id: int) -> HttpResponse:
    """The slots alone."""
    return page(request, "office/zones.html", zone_id=zone_id)
