"""Days that passes get back because a manager had closed their zone. Safe to repeat, and to run twice at once."""

from datetime import datetime

from django.db import transaction

from parking.audit import services as audit
from parking.core.actor import SYSTEM
from parking.facilities.closures import closures_to_count, note_counted
from parking.facilities.models import ParkingZone, ZoneClosure
from parking.facilities.queries import present_zones
from parking.passes import services as passes
from parking.passes.coverage import Coverage
from parking.passes.events import PassLengthened
from parking.passes.models import PassStatus, Subscription


def lengthen_passes(*, now: datetime) -> int:
    """Give passes back the whole days on which their zone was closed, day by day; answers how many passes it was.

    A pass that holds in another zone which is open lost nothing. An organisation pays by the month and gets none.
    """
    lengthened = 0
    for closure in closures_to_count():
        held = Subscription.objects.filter(
            organisation=None, status=PassStatus.ACTIVE, plan__site_id=closure.zone.site_id
        )
        others = [zone for zone in present_zones() if zone.pk != closure.zone_id and zone.is_active]
        concerned = [one.pk for one in held.order_by("pk") if _holds_nowhere_else(one.coverage, closure.zone, others)]
        lengthened += sum(_lengthen(pk, closure, now) for pk in concerned)
        if closure.until_at is not None:
            note_counted(closure, now)
    return lengthened


def _holds_nowhere_else(covers: Coverage, closed: ParkingZone, others: list[ParkingZone]) -> bool:
    return covers.holds_in(closed) and not any(covers.holds_in(zone) for zone in others)


def _lengthen(pk: int, closure: ZoneClosure, now: datetime) -> bool:
    with transaction.atomic(durable=True):
        held = passes.lock_pass(pk)
        if held.status != PassStatus.ACTIVE:
            return False
        passes.lock_periods(held)
        days = passes.lengthen(subscription=held, closure=closure, until=now)
        if days:
            event = PassLengthened(
                pass_id=held.pk, zone_id=closure.zone_id, days=days, ends_at=held.ends_at.isoformat()
            )
            audit.record(SYSTEM, event, now)
    return days > 0
