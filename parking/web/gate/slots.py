"""The slots of the zones, as grids: all of them where there are few, otherwise those of the zone that is chosen."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from parking.core.ids import Ref
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.facilities.queries import ZoneCounts, find_zone, slots_by_zone, zones_with_counts
from parking.stays.watching import all_zones_text, counts_now, slots_now
from parking.web.access import for_attendants
from parking.web.live import drawn_once, live, same_rights

# Above that the page is slow to draw and long to look through.
MOST_SLOTS = 1000


@dataclass(frozen=True)
class ZoneGrid:
    """A zone with its counts, and its slots if they are drawn; otherwise `slots` is None."""

    zone: ParkingZone
    counts: ZoneCounts
    slots: list[ParkingSlot] | None


@require_safe
@for_attendants
def grid(request: HttpRequest) -> HttpResponse:
    """Show the page with the grids."""
    chosen = _chosen(request)
    return page(request, "gate/slots.html", section="slots", chosen=chosen, grids=_grids(request, chosen))


def _state() -> str:
    return f"{all_zones_text()} {slots_now.value()}"


@live(state=_state)
@require_safe
@for_attendants
@drawn_once(state=_state, seen_by=same_rights)
def grid_live(request: HttpRequest) -> HttpResponse:
    """Show the grids without the page."""
    return page(request, "gate/parts/grid.html", grids=_grids(request, _chosen(request), counts_now()))


def _chosen(request: HttpRequest) -> ParkingZone | None:
    """Return the zone of the address. Raises NotFound `zone_not_found`, also at a site of others."""
    text = request.GET.get("zone", "")
    if not text:
        return None
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
    return find_zone(Ref(pk=number), sites=actor_of(request).sites)


def _grids(
    request: HttpRequest, chosen: ParkingZone | None, counts: Mapping[int, ZoneCounts] | None = None
) -> list[ZoneGrid]:
    """Return the grids; `counts` are those of the zones where they are known already."""
    sites = actor_of(request).sites
    zones = zones_with_counts(zone=chosen, sites=sites, counts=counts)
    if chosen is None and sum(of_zone.total for _, of_zone in zones) > MOST_SLOTS:
        return [ZoneGrid(zone, of_zone, None) for zone, of_zone in zones]
    slots = slots_by_zone(chosen, sites=sites)
    return [ZoneGrid(zone, of_zone, slots.get(zone.pk, [])) for zone, of_zone in zones]
