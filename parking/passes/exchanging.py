"""Other vehicles for a pass, from the next midnight on. Written under the lock of the pass (docs/locking.md)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Max

from parking.core import clock
from parking.core.errors import Refused
from parking.passes.models import PassVehicle, Plan, Subscription
from parking.passes.rules import swaps_left
from parking.passes.services import distinct_plates, lock_for, lock_pass, refuse_over, refuse_overlap
from parking.vehicles.models import Vehicle
from parking.vehicles.services import checked_plate


@dataclass(frozen=True)
class Exchange:
    """The plates that are put on a pass and taken off it, from a time on."""

    added: tuple[Vehicle, ...]
    removed: tuple[Vehicle, ...]
    from_at: datetime


def change_vehicles(*, subscription_id: int, plates: tuple[str, ...], now: datetime) -> Exchange:
    """Put these plates on a pass, in place of those that are on it, from the next midnight of the site.

    Inside a transaction; the plates are locked before the pass. A plate that fills a place which was never used is no
    exchange. Raises Refused `vehicle_invalid`, `pass_over`, `pass_overlap`, `pass_swaps_used`; InvalidInput.
    """
    plan = Plan.objects.get(subscriptions=subscription_id)
    wanted = {plate.match_key: plate for plate in map(checked_plate, plates)}
    locked = lock_for(plan, list(wanted.values()), now)
    subscription = lock_pass(subscription_id)
    refuse_over(subscription)
    covers = subscription.coverage
    distinct_plates(plates, covers.vehicles)
    rows = list(PassVehicle.objects.select_related("vehicle").filter(subscription=subscription).order_by("pk"))
    present = {row.vehicle_id: row for row in rows if row.until_at is None}
    added = [vehicle for vehicle in locked if vehicle.pk not in present]
    removed = [row for pk, row in present.items() if pk not in {vehicle.pk for vehicle in locked}]
    from_at = _next_midnight(subscription, now)
    refuse_overlap(added, covers, begins=from_at, ends=_last_end(subscription), but=subscription.pk)
    swaps = len(added) - max(covers.vehicles - len({row.vehicle_id for row in rows}), 0)
    zone = ZoneInfo(subscription.plan.site.time_zone)
    if swaps > swaps_left([row.created_at for row in rows if row.is_swap], now, zone):
        raise Refused("pass_swaps_used", "The vehicles of a pass are exchanged twice a month at most")
    for row in removed:
        row.until_at = max(from_at, row.from_at)
        row.save(update_fields=["until_at"])
    PassVehicle.objects.bulk_create(
        PassVehicle(
            subscription=subscription,
            vehicle=vehicle,
            from_at=from_at,
            is_swap=place >= len(added) - swaps,
            created_at=now,
        )
        for place, vehicle in enumerate(added)
    )
    return Exchange(tuple(added), tuple(row.vehicle for row in removed), from_at)


def _last_end(subscription: Subscription) -> datetime:
    """Return the end of a pass with the next period, if that waits for its money already."""
    waiting = subscription.periods.filter(bill__closed_at=None).aggregate(last=Max("ends_at"))["last"]
    return max(subscription.ends_at, waiting or subscription.ends_at)


def _next_midnight(subscription: Subscription, now: datetime) -> datetime:
    """Return the next midnight of the site; for a pass that has not begun, its beginning."""
    zone = ZoneInfo(subscription.plan.site.time_zone)
    midnight = clock.day_start(now.astimezone(zone).date() + timedelta(days=1), zone)
    return max(midnight, subscription.starts_at)
