"""The slot that a pass keeps for its cars: chosen as the pass is made out, and found again at the gate."""

from collections.abc import Sequence
from datetime import datetime

from parking.core.errors import Refused
from parking.core.ids import Ref
from parking.core.site_settings import UNPAID_LIMIT
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.facilities.rules import SUITABLE_SLOTS, suitable_slot_kinds
from parking.facilities.services import keep_again, keep_slot, let_go_of_slot, lock_places
from parking.passes import services as passes
from parking.passes.models import Plan, Subscription
from parking.passes.queries import covered_zones, unpaid_passes, zone_of_kept_slot
from parking.stays.hoarding import lock_holder
from parking.stays.promises import keeps_promises, kinds_to_book
from parking.stays.window_rules import LATEST, LONGEST, Window
from parking.vehicles.models import Vehicle


def refuse_hoarding(plan: Plan, driver_id: int) -> None:
    """Raise Refused `booking_limit` if a driver has as many unpaid passes as the site allows unpaid bookings.

    They keep plates, which may be anybody's, from other passes; those that keep a slot too are counted by themselves.
    Locks the driver first, so that of purchases at the same moment each sees those before it. Without a limit nothing
    is locked or read. Inside the transaction of the purchase, before its vehicles are locked.
    """
    limit = UNPAID_LIMIT.at(plan.site_id)
    if not limit:
        return
    lock_holder(driver_id)
    unpaid = unpaid_passes(driver_id, with_slot=plan.reserved)
    if unpaid >= limit:
        text = "Pay for the pass that keeps a slot already" if plan.reserved else "Pay for the pass that waits already"
        raise Refused("booking_limit", text, limit=limit, open=unpaid)


def keep_for(subscription: Subscription, now: datetime) -> None:
    """Keep a slot for a pass that was just made out, if its plan says so, inside its transaction.

    Free slots that no reservation waits for go before those with a car. Raises Refused `no_slot_to_keep` where none is
    left without breaking what was promised to reservations.
    """
    if subscription.plan.reserved:
        _choose(subscription, now)


def keep_again_for(subscription: Subscription, now: datetime) -> None:
    """Keep its slot again for a pass that is about to be restored, or another one where that was given away.

    Under the lock of the pass. Raises Refused `no_slot_to_keep`.
    """
    if subscription.slot_id is not None:
        _choose(subscription, now)


def _choose(subscription: Subscription, now: datetime) -> None:
    """Keep the slot that a pass had before, if it had one and that can be kept; else another one."""
    kind = passes.kind_of(subscription.plan)
    locked = lock_places(list(covered_zones(subscription.coverage).values_list("pk", flat=True)))
    if any(_is_kept_again(subscription.slot, zone, now) for zone in locked):
        return
    zones = [zone for zone in locked if zone.is_active and zone.marked]
    for is_free in (True, False):
        for zone in zones:
            slot = _kept_in(zone, kind, now, is_free=is_free)
            if slot is not None:
                passes.keep(subscription=subscription, slot=slot)
                return
    raise Refused("no_slot_to_keep", "No slot is left that could be kept for this pass")


def _is_kept_again(slot: ParkingSlot | None, zone: ParkingZone, now: datetime) -> bool:
    if slot is None or slot.zone_id != zone.pk or not keep_again(slot.pk):
        return False
    if _keeps_promises(zone, slot.kind, now):
        return True
    let_go_of_slot(slot.pk)
    return False


def _kept_in(zone: ParkingZone, kind: str, now: datetime, *, is_free: bool) -> ParkingSlot | None:
    kinds = kinds_to_book(zone, kind, None, now) if is_free else suitable_slot_kinds(kind)
    slot = keep_slot(zone=zone, kinds=kinds, is_free=is_free)
    if slot is None or _keeps_promises(zone, slot.kind, now):
        return slot
    let_go_of_slot(slot.pk)
    return None


def _keeps_promises(zone: ParkingZone, slot_kind: str, now: datetime) -> bool:
    """Return whether the zone has slots left for all reservations of kinds that a slot of this kind suits."""
    span = Window(now, now + LATEST + LONGEST)
    kinds = [kind for kind, slots in SUITABLE_SLOTS.items() if slot_kind in slots]
    return keeps_promises(zone, kinds, span)


def own_zone_first(zones: Sequence[Ref], vehicle: Vehicle, now: datetime) -> list[Ref]:
    """Return zones with that of the slot which is kept for a vehicle first. One without pass costs no statement."""
    if not vehicle.has_pass or len(zones) < 2:
        return list(zones)
    own = zone_of_kept_slot(vehicle.pk, now=now)
    return sorted(zones, key=lambda zone: zone.pk != own)
