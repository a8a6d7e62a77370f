"""When zones were closed by a manager: written with the zone, under its lock."""

from datetime import datetime

from django.db.models import QuerySet

from parking.facilities.models import ParkingZone, ZoneClosure


def note_state(zone: ParkingZone, now: datetime) -> None:
    """Note that a zone, which is locked, is closed from now on, or open again."""
    running = ZoneClosure.objects.filter(zone=zone, until_at=None)
    if zone.is_active:
        # A clock that was set back must not let it open before it was closed.
        for closure in running:
            closure.until_at = max(now, closure.from_at)
            closure.save(update_fields=["until_at"])
    elif not running.exists():
        ZoneClosure.objects.create(zone=zone, from_at=now)


def closures_to_count() -> QuerySet[ZoneClosure]:
    """Return the closures whose days are not all counted yet, the first one first."""
    return ZoneClosure.objects.filter(counted_at=None).select_related("zone__site").order_by("from_at", "pk")


def note_counted(closure: ZoneClosure, now: datetime) -> None:
    """Note that all days of a closure that is over are counted."""
    ZoneClosure.objects.filter(pk=closure.pk, until_at__isnull=False).update(counted_at=now)
