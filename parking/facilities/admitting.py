"""Whether a zone takes a vehicle now: open, of a kind that it takes, and whose drivers may come."""

from collections.abc import Collection
from datetime import datetime
from zoneinfo import ZoneInfo

from parking.core.actor import Actor
from parking.core.errors import Refused
from parking.facilities.models import ParkingSite, ParkingZone, SiteState
from parking.facilities.rules import is_open_at, kinds_taken, suitable_slot_kinds


def is_in_use(zone: ParkingZone) -> bool:
    """Return whether neither the zone nor its site was closed by a manager."""
    return zone.is_active and zone.site.state == SiteState.OPEN and zone.site.retired_at is None


def is_open(zone: ParkingZone, moment: datetime) -> bool:
    """Return whether the opening hours of the site and of the zone hold at a moment (aware)."""
    return closed_place(zone, moment) is None


def closed_place(zone: ParkingZone, moment: datetime) -> ParkingSite | ParkingZone | None:
    """Return what is closed at a moment by its opening hours, the site before the zone; None if it is open."""
    return next(iter(_closed_places(zone, moment)), None)


def _closed_places(zone: ParkingZone, moment: datetime) -> list[ParkingSite | ParkingZone]:
    """Return the site and the zone, as far as their opening hours do not hold at a moment; in the site's time zone."""
    local = moment.astimezone(ZoneInfo(zone.site.time_zone)).time()
    places: list[ParkingSite | ParkingZone] = [zone.site, zone]
    return [place for place in places if not is_open_at(place.opens_at, place.closes_at, local)]


def kinds_of(zone: ParkingZone) -> list[str]:
    """Return the kinds of vehicle that a zone takes, in their order."""
    return kinds_taken(zone.site.vehicle_kinds, zone.allowed_kinds)


def kinds_with_slots(zone: ParkingZone, slot_kinds: Collection[str]) -> list[str]:
    """Return the kinds of vehicle that a zone takes and has slots for, in their order; all that it takes if none."""
    found = [kind for kind in kinds_of(zone) if not slot_kinds or set(suitable_slot_kinds(kind)) & set(slot_kinds)]
    return found or kinds_of(zone)


def refuse_out_of_use(zone: ParkingZone) -> None:
    """Raise Refused `zone_inactive` for a zone or site that a manager closed."""
    if not is_in_use(zone):
        raise Refused("zone_inactive", "This zone is closed")


def refuse_vehicle(zone: ParkingZone, *, vehicle_kind: str, actor: Actor, now: datetime) -> None:
    """Raise Refused with the reason why the zone does not take this vehicle now; do nothing if it does.

    `zone_inactive`, `kind_not_allowed`; for those who are no staff also `zone_closed` outside of the opening hours. The
    fact `opens_at` is the time of day at which the place opens.
    """
    refuse_out_of_use(zone)
    if vehicle_kind not in kinds_of(zone):
        raise Refused("kind_not_allowed", "This zone does not take this kind of vehicle")
    if actor.is_staff:
        return
    closed = _closed_places(zone, now)
    if closed:
        # The site's hours come first: without the site, the zone helps nobody.
        opens_at = f"{closed[0].opens_at:%H:%M}"
        raise Refused("zone_closed", f"Opens at {opens_at}", opens_at=opens_at)


def refuse_without_pass(zone: ParkingZone, *, actor: Actor) -> None:
    """Raise Refused `pass_needed` for a vehicle that no pass covers, in a zone for passes; staff may let it in."""
    if zone.pass_only and not actor.is_staff:
        raise Refused("pass_needed", "This zone is for vehicles with a pass")
