"""Every slot of every zone, as a grid."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.facilities.queries import ZoneCounts, slots_by_zone, zones_with_counts
from parking.stays.watching import all_zones_text, slots_now
from parking.web.access import for_attendants
from parking.web.live import live

Zones = list[tuple[ParkingZone, ZoneCounts, list[ParkingSlot]]]


@require_safe
@for_attendants
def grid(request: HttpRequest) -> HttpResponse:
    """Show the page with the grid."""
    return page(request, "gate/slots.html", section="slots", zones=_zones(request))


def _state() -> str:
    return f"{all_zones_text()} {slots_now.value()}"


@live(state=_state)
@require_safe
@for_attendants
def grid_live(request: HttpRequest) -> HttpResponse:
    """Show the grid without the page."""
    return page(request, "gate/parts/grid.html", zones=_zones(request))


def _zones(request: HttpRequest) -> Zones:
    sites = actor_of(request).sites
    slots = slots_by_zone(sites=sites)
    return [(zone, counts, slots.get(zone.pk, [])) for zone, counts in zones_with_counts(sites=sites)]
