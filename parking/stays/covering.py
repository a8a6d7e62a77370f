"""Whether a pass covers a session: when it is booked, when a ticket is given, and when its car comes in."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from parking.facilities.models import ParkingSlot, ParkingZone, SlotStatus
from parking.facilities.rules import suitable_slot_kinds
from parking.facilities.services import claim_kept_slot, set_slot_status
from parking.passes.models import Subscription
from parking.passes.queries import is_kept_by, lock_passes_at, lock_passes_of, passes_with_slot
from parking.stays.models import OPEN_SESSION, ParkingSession, PassNote
from parking.tariffs.rules.changes import Pass
from parking.vehicles.models import Vehicle


@dataclass(frozen=True)
class Cover:
    """The pass that covers a session, locked; or why the pass of its plate does not."""

    subscription: Subscription | None = None
    note: str = ""


NOT_COVERED = Cover()


def cover_of(*, vehicle: Vehicle, zone: ParkingZone, vehicle_kind: str, now: datetime) -> Cover:
    """Return the pass that covers a session of a vehicle in a zone from `now` on.

    A pass covers as many open sessions at once as it allows; it stays locked, so that of two cars at the same moment
    the second sees the first. A vehicle without pass costs no statement.
    """
    if not vehicle.has_pass:
        return NOT_COVERED
    held = lock_passes_of(vehicle.pk, now=now)
    fitting = [one for one in held if one.admits(now) and one.coverage.fits(zone, vehicle_kind)]
    with_place = (one for one in fitting if open_sessions(one) < one.coverage.inside)
    found = next(with_place, None)
    return Cover(found, PassNote.ALL_INSIDE if fitting and found is None else "")


def cover_then(
    *, vehicle: Vehicle, zone: ParkingZone, vehicle_kind: str, entered_at: datetime, left_at: datetime | None
) -> Cover:
    """Return the pass that covered a car which came in at a past moment, as is known later; no `left_at`: not yet out.

    Those count that were inside under it at that moment; beside a car that is inside still also those that are now.
    """
    held = lock_passes_at(vehicle.pk, moment=entered_at)
    fitting = [one for one in held if one.admits(entered_at) and one.coverage.fits(zone, vehicle_kind)]
    with_place = (one for one in fitting if _beside(one, entered_at, left_at) < one.coverage.inside)
    found = next(with_place, None)
    return Cover(found, PassNote.ALL_INSIDE if fitting and found is None else "")


def _beside(subscription: Subscription, entered_at: datetime, left_at: datetime | None) -> int:
    inside = Q(entry_time__lte=entered_at) & (Q(exit_time=None) | Q(exit_time__gt=entered_at))
    beside = inside if left_at is not None else inside | Q(status__in=OPEN_SESSION)
    return ParkingSession.objects.filter(beside, subscription=subscription).count()


def claim_kept(cover: Cover, zone: ParkingZone, kinds: tuple[str, ...]) -> ParkingSlot | None:
    """Claim the slot that a pass keeps for its car, if it is in this zone, of these kinds and free; else None."""
    held = cover.subscription
    if held is None or held.slot_id is None:
        return None
    return claim_kept_slot(slot_id=held.slot_id, zone=zone, kinds=kinds)


def has_kept(cover: Cover, zone: ParkingZone, kinds: tuple[str, ...]) -> bool:
    """Return whether `claim_kept` would find a slot. Claims nothing."""
    slot = cover.subscription.slot if cover.subscription else None
    return slot is not None and slot.zone_id == zone.pk and slot.kind in kinds and slot.shown_status == "KEPT"


def claim_kept_of(vehicle: Vehicle, zone: ParkingZone, vehicle_kind: str, now: datetime) -> ParkingSlot | None:
    """Claim the slot that a pass keeps for a vehicle, which must be locked, as `claim_kept`; its passes stay unlocked.

    So that a zone may be locked before, which bookings lock after the passes of their plates.
    """
    if not vehicle.has_pass:
        return None
    for held in passes_with_slot(vehicle.pk, now=now):
        if not held.admits(now) or not held.coverage.fits(zone, vehicle_kind):
            continue
        slot = claim_kept(Cover(held), zone, suitable_slot_kinds(vehicle_kind))
        if slot is not None and is_kept_by(held, slot):
            return slot
        if slot is not None:
            # The pass ended since it was read, and somebody else's keeps the slot.
            set_slot_status(slot=slot, status=SlotStatus.FREE)
    return None


def open_sessions(subscription: Subscription) -> int:
    """Return how many sessions that are booked or inside a pass covers."""
    return ParkingSession.objects.open().filter(subscription=subscription).count()


def pass_of(session: ParkingSession, entry: datetime) -> tuple[Pass, ...]:
    """Return what covers a session that entered at `entry`: nothing by a pass that was over before and not renewed."""
    held = session.subscription
    return (held.change,) if held is not None and entry < held.ends_at else ()
