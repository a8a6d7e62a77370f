"""Zones: what they cost, when they are open, and what became of them."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from parking.web.edge import for_managers, page


@require_safe
@for_managers
def overview(request: HttpRequest) -> HttpResponse:
    """All zones."""
    return page(request, "office/zones.html")


@require_safe
@for_managers
def new(request: HttpRequest) -> HttpResponse:
    """A new zone."""
    return page(request, "office/zones.html")


@require_safe
@for_managers
def edit(request: HttpRequest, zone_id: int) -> HttpResponse:
    """One zone."""
    return page(request, "office/zones.html", zone_id=zone_id)


@require_safe
@for_managers
def retire(request: HttpRequest, zone_id: int) -> HttpResponse:
    """Take a zone out of use."""
    return page(request, "office/zones.html", zone_id=zone_id)
