"""What a zone promises: places for windows that are reserved, and what these leave to bookings for now.

Decided under the lock of the zone. A zone in which no reservation begins soon costs a booking for now no statement: its
row, which is read anyway, says when the next one does.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from parking.core.site_settings import LOOK_AHEAD_MINUTES, RESERVABLE_PERCENT
from parking.facilities.admitting import kinds_of
from parking.facilities.models import ParkingZone
from parking.facilities.place_rules import Bookable, bookable, left_to_book, left_to_claim, reservable
from parking.facilities.queries import ZoneCounts, capacity_of, free_slots
from parking.facilities.rules import suitable_slot_kinds
from parking.facilities.services import lock_places, note_next_reservation
from parking.stays.models import ParkingSession
from parking.stays.window_rules import Limit, Promised, Window, greatest_overlap

# --- Windows ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Promises:
    """What a zone has promised in a span of time, and how much it may promise to a kind of vehicle."""

    promised: tuple[Promised, ...]
    limits: tuple[Limit, ...]


def promises_of(zone: ParkingZone, vehicle_kind: str, span: Window, *, but: int | None = None) -> Promises:
    """Return the promises of a zone that reach into a span, without those of one reservation (`but`)."""
    rows = ParkingSession.objects.open().filter(
        zone=zone, ends_at__isnull=False, starts_at__lt=span.ends_at, ends_at__gt=span.starts_at
    )
    windows = rows.exclude(pk=but or 0).values_list("starts_at", "ends_at", "vehicle_kind")
    promised = tuple(Promised(Window(begins, ends), kind) for begins, ends, kind in windows if ends is not None)
    in_service = capacity_of([zone]).get(zone.pk, {})
    limits = reservable(vehicle_kind, in_service, RESERVABLE_PERCENT.at(zone.site_id))
    return Promises(promised, tuple(Limit(group.vehicle_kinds, most) for group, most in limits))


def keeps_promises(zone: ParkingZone, vehicle_kinds: Collection[str], span: Window) -> bool:
    """Return whether a zone, which must be locked, has slots for all that it promised to these kinds in a span."""
    for kind in vehicle_kinds:
        promises = promises_of(zone, kind, span)
        if not promises.promised:
            # To no kind at all: the lock is held no longer than needed.
            return True
        if not all(_is_kept(limit, promises.promised, span) for limit in promises.limits):
            return False
    return True


def _is_kept(limit: Limit, promised: Collection[Promised], span: Window) -> bool:
    windows = [one.window for one in promised if one.vehicle_kind in limit.vehicle_kinds]
    return greatest_overlap(windows, span) <= limit.most


def follow_reservations(zone: ParkingZone) -> None:
    """Let the row of a zone, which must be locked, say when its next reservation without slot begins."""
    first = ParkingSession.objects.waiting().filter(zone=zone).order_by("starts_at")
    note_next_reservation(zone=zone, starts_at=first.values_list("starts_at", flat=True).first())


# --- Bookings for now ------------------------------------------------------------------------------------


def kinds_to_book(zone: ParkingZone, vehicle_kind: str, special: str | None, now: datetime) -> tuple[str, ...]:
    """Return the kinds of slot that a booking for now may take; none where all that is free is reserved.

    Where a reservation begins soon this locks the zone, so that each of several bookings counts those before it.
    """
    if special is not None or not _begins_soon(zone, now):
        return suitable_slot_kinds(vehicle_kind, special)
    lock_places([zone.pk])
    return left_to_book(vehicle_kind, free_slots(zone), _waiting_in([zone], now)[zone.pk])


def kinds_to_claim(zone: ParkingZone, vehicle_kind: str, now: datetime) -> tuple[str, ...]:
    """Return the kinds of slot that a reservation of this zone, which must be locked, should claim."""
    return left_to_claim(vehicle_kind, free_slots(zone), _waiting_in([zone], now)[zone.pk])


def bookable_in(rows: Collection[tuple[ParkingZone, ZoneCounts]], now: datetime) -> dict[int, Bookable]:
    """Return how many bookings for now zones take, by zone; with one statement if a reservation begins soon."""
    waiting = _waiting_in([zone for zone, _ in rows if _begins_soon(zone, now)], now)
    return {zone.pk: bookable(counts.free, waiting.get(zone.pk, {}), kinds_of(zone)) for zone, counts in rows}


def _begins_soon(zone: ParkingZone, now: datetime) -> bool:
    return zone.next_reservation_at is not None and zone.next_reservation_at <= _horizon(zone, now)


def _horizon(zone: ParkingZone, now: datetime) -> datetime:
    return now + timedelta(minutes=LOOK_AHEAD_MINUTES.at(zone.site_id))


def _waiting_in(zones: Collection[ParkingZone], now: datetime) -> dict[int, Mapping[str, int]]:
    """Return how many reservations without slot begin soon, by zone and kind of vehicle."""
    if not zones:
        return {}
    until = {zone.pk: _horizon(zone, now) for zone in zones}
    found: dict[int, Counter[str]] = {zone.pk: Counter() for zone in zones}
    rows = ParkingSession.objects.waiting().filter(zone__in=until, starts_at__lte=max(until.values()))
    for zone_id, kind, starts_at in rows.values_list("zone_id", "vehicle_kind", "starts_at"):
        found[zone_id][kind] += starts_at <= until[zone_id]
    return dict(found)
