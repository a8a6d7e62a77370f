"""When zones were closed by a manager: written with the zone, under its lock."""

from datetime import datetime

from django.db.models import Q, QuerySet

from parking.facilities.models import ParkingZone, ZoneClosure


def note_state(zone: ParkingZone, now: datetime) -> None:
    """Note that a zone, which is locked, is closed from now on, or open again."""
    if zone.is_active:
        end_closure(zone, now)
    elif not ZoneClosure.objects.filter(zone=zone, until_at=None).exists():
        ZoneClosure.objects.create(zone=zone, from_at=now)


def end_closure(zone: ParkingZone, now: datetime) -> None:
    """Note that a zone, which is locked, is closed no longer: it is open again, or taken out of use for good."""
    for closure in ZoneClosure.objects.filter(zone=zone, until_at=None):
        # A clock that was set back must not let it open before it was closed.
        closure.until_at = max(now, closure.from_at)
        closure.save(update_fields=["until_at"])


def closures_to_count() -> QuerySet[ZoneClosure]:
    """Return the closures whose days are not all counted yet, the first one first."""
    return ZoneClosure.objects.filter(counted_at=None).select_related("zone__site").order_by("from_at", "pk")


def closed_before(closure: ZoneClosure) -> dict[int, datetime | None]:
    """Return which other zones of its site were closed already as one was, and until when; None: they still are."""
    begins = closure.from_at
    earlier = Q(from_at__lt=begins) | Q(from_at=begins, pk__lt=closure.pk)
    still = Q(until_at=None) | Q(until_at__gt=begins)
    rows = ZoneClosure.objects.filter(earlier, still, zone__site_id=closure.zone.site_id)
    return dict(rows.exclude(zone_id=closure.zone_id).order_by("from_at").values_list("zone_id", "until_at"))


def note_counted(closure: ZoneClosure, now: datetime) -> None:
    """Note that all days of a closure that is over are counted."""
    ZoneClosure.objects.filter(pk=closure.pk, until_at__isnull=False).update(counted_at=now)
