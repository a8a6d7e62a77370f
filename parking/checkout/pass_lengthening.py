"""Days that passes get back because a manager had closed their zone. Safe to repeat, and to run twice at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

from django.db import transaction

from parking.audit import services as audit
from parking.core.actor import SYSTEM
from parking.facilities.closures import closed_before, closures_to_count, note_counted
from parking.facilities.models import ParkingZone, ZoneClosure
from parking.passes import services as passes
from parking.passes.coverage import Coverage
from parking.passes.events import PassLengthened
from parking.passes.models import PassStatus, Subscription
from parking.passes.queries import zones_at
from parking.passes.rules import days_left, reminded_of


def lengthen_passes(*, now: datetime) -> int:
    """Give passes back the whole days on which all their zones were closed, day by day; answers how many it was.

    Of zones that are closed at once the last one counts, so that no day is given twice. An organisation pays by the
    month and gets none.
    """
    lengthened = 0
    for closure in closures_to_count():
        held = Subscription.objects.filter(
            organisation=None, status=PassStatus.ACTIVE, plan__site_id=closure.zone.site_id
        ).order_by("pk")
        others = _OtherZones.beside(closure)
        concerned = [(one.pk, others.lost_until(one.coverage, now)) for one in held]
        lengthened += sum(_lengthen(pk, closure, until, now) for pk, until in concerned if until is not None)
        if closure.until_at is not None:
            note_counted(closure, now)
    return lengthened


@dataclass(frozen=True)
class _OtherZones:
    """The zones of a site beside one that was closed, and until when those were closed that were so before it."""

    closure: ZoneClosure
    zones: tuple[ParkingZone, ...]
    closed: Mapping[int, datetime | None]

    @classmethod
    def beside(cls, closure: ZoneClosure) -> Self:
        zones = zones_at(closure.zone.site_id).exclude(pk=closure.zone_id)
        return cls(closure, tuple(zones), closed_before(closure))

    def lost_until(self, covers: Coverage, now: datetime) -> datetime | None:
        """Return up to when a pass had no open zone since the closure began, None if it had one then."""
        if not covers.holds_in(self.closure.zone):
            return None
        ends = [now]
        for zone in filter(covers.holds_in, self.zones):
            if zone.pk in self.closed:
                ends.append(self.closed[zone.pk] or now)
            elif zone.is_active or zone.closures.exists():
                return None
        return min(ends)


def _lengthen(pk: int, closure: ZoneClosure, until: datetime, now: datetime) -> bool:
    with transaction.atomic(durable=True):
        held = passes.lock_pass(pk)
        if held.status != PassStatus.ACTIVE:
            return False
        passes.lock_periods(held)
        days = passes.lengthen(subscription=held, closure=closure, until=until)
        if days:
            # The reminders of the new end are due again, after this notice of it.
            left = days_left(held.ends_at, now, ZoneInfo(held.plan.site.time_zone))
            passes.note_reminded(subscription=held, days=reminded_of(left))
            event = PassLengthened(
                pass_id=held.pk, zone_id=closure.zone_id, days=days, ends_at=held.ends_at.isoformat()
            )
            audit.record(SYSTEM, event, now)
    return days > 0
