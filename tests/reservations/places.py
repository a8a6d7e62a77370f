"""What a car park promises and can keep, worked out a second time from its rows: for state machine and simulation."""

from collections.abc import Collection
from datetime import datetime, timedelta

from parking.facilities.models import ParkingSlot, ParkingZone
from parking.stays.models import ParkingSession

SOON = timedelta(hours=2)


def free_in(zone: ParkingZone) -> int:
    """Return how many slots of a zone neither a stay nor a repair has, by the stays and not by the slots' states."""
    taken = ParkingSession.objects.filter(slot__zone=zone, status__in=["BOOKED", "ACTIVE"]).count()
    return in_service(zone) - taken


def in_service(zone: ParkingZone) -> int:
    return ParkingSlot.objects.filter(zone=zone).exclude(status="OUT_OF_SERVICE").count()


def waiting_in(zone: ParkingZone, until: datetime) -> int:
    """Return how many reservations of a zone have no slot and begin up to a moment."""
    return ParkingSession.objects.filter(
        zone=zone, status="BOOKED", slot=None, ends_at__isnull=False, starts_at__lte=until
    ).count()


def left_for_now(zone: ParkingZone, now: datetime) -> int:
    """Return how many slots are free that no reservation of the next two hours waits for."""
    return free_in(zone) - waiting_in(zone, now + SOON)


def most_at_once(zone: ParkingZone, begins: datetime, ends: datetime, *, but: int | None = None) -> int:
    """Return how many open reservations a zone has at the busiest minute of a window."""
    rows = ParkingSession.objects.filter(zone=zone, status__in=["BOOKED", "ACTIVE"], ends_at__isnull=False)
    windows = [(one.starts_at, one.ends_at) for one in rows.exclude(pk=but or 0) if one.ends_at]
    minutes = {begins, *(start for start, _ in windows if begins < start < ends)}
    return max(sum(start <= minute < end for start, end in windows) for minute in minutes)


def may_promise(zone: ParkingZone, begins: datetime, ends: datetime, *, but: int | None = None) -> bool:
    """Return whether half of the slots in service leaves one more place in a window."""
    return most_at_once(zone, begins, ends, but=but) + 1 <= in_service(zone) // 2


def could_be_kept(
    session: ParkingSession, own: ParkingZone, zones: Collection[ParkingZone], now: datetime
) -> list[ParkingZone]:
    """Return the zones in which a reservation that was given up would have had a place, at its start or later.

    That is its own, if a slot is free there, and another of the site at no higher rate, if one is left there by the
    reservations of the next two hours. A zone that is closed has none, nor has a window that is over.
    """
    if session.ends_at is not None and session.ends_at <= now:
        return []
    found = [own] if own.is_active and free_in(own) > 0 else []
    others = [zone for zone in zones if zone.pk != own.pk and zone.is_active and zone.hourly_rate <= own.hourly_rate]
    return found + [zone for zone in others if left_for_now(zone, now) > 0]
