"""A car moved to another slot of its site, or two cars that change places. Their terms stay as they were."""

from datetime import datetime

from django.db import transaction

from parking.audit import services as audit
from parking.checkout.exempting import refuse_after_quote
from parking.checkout.offering import refuse_fixed
from parking.core.actor import Actor
from parking.core.errors import NotFound, Refused
from parking.core.ids import Ref
from parking.core.statements import change
from parking.facilities.admitting import is_in_use, kinds_of
from parking.facilities.models import ParkingSlot, ParkingZone, SlotStatus
from parking.facilities.rules import SPECIAL_SLOTS, suitable_slot_kinds
from parking.facilities.services import lock_places, lock_slots, set_slot_status
from parking.passes.queries import is_kept_by
from parking.stays import access
from parking.stays.events import SessionMoved
from parking.stays.marks import Mark, add_mark
from parking.stays.models import ParkingSession, SessionStatus
from parking.stays.promises import keeps_promises, kinds_to_book
from parking.stays.window_rules import Window


def move(*, actor: Actor, session: Ref, slot_id: int, swap: bool = False, now: datetime) -> ParkingSession:
    """Move a booked car, or one that is inside, to a free slot of its site; with `swap` it changes places instead.

    The slot that it has already changes nothing. Its terms stay; what it pays counts for the zone where it ends. Raises
    Forbidden `not_permitted` (also without `assign_special` for an accessible or VIP slot); NotFound
    `session_not_found`, `slot_not_found`; Refused `session_over`, `no_slot_yet`, `slot_taken`, `slot_unsuitable`,
    `zone_full`; to another zone also `zone_inactive`, `kind_not_allowed`, `pass_needed`, `payment_under_way`,
    `quote_given` (but for administrators).
    """
    actor.need("move")
    seen = access.find(session, actor, at_work=True)
    with transaction.atomic(durable=True):
        stay, other = _lock(seen, _stay_in(slot_id) if swap else None, actor)
        _refuse_without_place(stay)
        if stay.slot_id == slot_id:
            return stay
        before, after = _lock_places(stay, slot_id)
        if swap:
            _swap(stay, before, other, after, actor=actor, now=now)
        else:
            _move_alone(stay, before, after, actor, now)
    return stay


# --- Locks -----------------------------------------------------------------------------------------------


def _stay_in(slot_id: int) -> int | None:
    return ParkingSession.objects.open().filter(slot_id=slot_id).values_list("pk", flat=True).first()


def _lock(seen: ParkingSession, other_id: int | None, actor: Actor) -> tuple[ParkingSession, ParkingSession | None]:
    """Lock a stay and the one that it changes places with, by their keys, so that two swaps do not wait for each other.

    One of another site is as none.
    """
    rows = ParkingSession.objects.filter(pk=other_id or 0, zone__site_id=seen.zone.site_id).exclude(pk=seen.pk)
    keys = sorted({seen.pk, *rows.values_list("pk", flat=True)})
    locked = {pk: access.lock(Ref(pk=pk), actor, at_work=True) for pk in keys}
    return locked.pop(seen.pk), next(iter(locked.values()), None)


def _lock_places(stay: ParkingSession, slot_id: int) -> tuple[ParkingSlot | None, ParkingSlot]:
    """Lock and return the slot of a stay and the one that it shall have, with their zones: these first, if they differ.

    Raises NotFound `slot_not_found`, also for one of another site, or a place without a number on the ground.
    """
    zone_id = ParkingSlot.objects.filter(pk=slot_id).values_list("zone_id", flat=True).first() or 0
    zones = ParkingZone.objects.select_related("site")
    wanted = zones.filter(pk=zone_id, site_id=stay.zone.site_id, retired_at=None, marked=True).first()
    if wanted is None:
        raise NotFound("slot_not_found", "Slot not found")
    by_id = {wanted.pk: wanted}
    if wanted.pk != stay.zone_id:
        by_id = {zone.pk: zone for zone in lock_places([stay.zone_id, wanted.pk])}
    slots = lock_slots({slot_id, stay.slot_id or slot_id})
    for slot in slots.values():
        slot.zone = by_id[slot.zone_id]
    return slots[stay.slot_id] if stay.slot_id is not None else None, slots[slot_id]


# --- What is refused ---------------------------------------------------------------------------------------


def _refuse_without_place(stay: ParkingSession) -> None:
    if not stay.is_open:
        raise Refused("session_over", "This parking session is over", session_id=stay.pk)
    if stay.is_waiting:
        raise Refused("no_slot_yet", "This reservation has no slot yet", session_id=stay.pk)


def _taken() -> Refused:
    return Refused("slot_taken", "This slot is not free")


def _full() -> Refused:
    return Refused("zone_full", "Zone full, try another zone")


def _refuse_unfit(stay: ParkingSession, before: ParkingSlot | None, after: ParkingSlot, actor: Actor) -> None:
    """Raise unless a stay may stand there: its kind of vehicle in such a slot, and in another zone, if it is one."""
    special = after.kind if after.kind in SPECIAL_SLOTS else None
    if after.kind not in suitable_slot_kinds(stay.vehicle_kind, special):
        raise Refused("slot_unsuitable", "This slot is not for this kind of vehicle")
    if special is not None and (before is None or before.kind != special):
        actor.need("assign_special")
    if after.zone_id == stay.zone_id:
        return
    refuse_fixed(stay)
    refuse_after_quote(stay, actor)
    if not is_in_use(after.zone):
        raise Refused("zone_inactive", "This zone is closed")
    if stay.vehicle_kind not in kinds_of(after.zone):
        raise Refused("kind_not_allowed", "This zone does not take this kind of vehicle")
    if after.zone.pass_only and stay.subscription is None:
        raise Refused("pass_needed", "This zone is for passes")


def _refuse_promised(stay: ParkingSession, before: ParkingSlot | None, after: ParkingSlot, now: datetime) -> None:
    """Raise Refused `zone_full` where all free slots like this one are promised to reservations."""
    if after.kept or after.kind in SPECIAL_SLOTS:
        return
    leaves_alike = before is not None and (before.zone_id, before.kind) == (after.zone_id, after.kind)
    if not leaves_alike and after.kind not in kinds_to_book(after.zone, stay.vehicle_kind, None, now):
        raise _full()


def _refuse_overlap(stay: ParkingSession, now: datetime) -> None:
    """Raise Refused `zone_full` where a zone cannot keep what it promised beside a reservation that came to it."""
    if stay.ends_at is None or stay.ends_at <= now:
        return
    span = Window(max(now, stay.starts_at), stay.ends_at)
    if not keeps_promises(stay.zone, [stay.vehicle_kind], span):
        raise _full()


# --- What is written -----------------------------------------------------------------------------------------


def _move_alone(
    stay: ParkingSession, before: ParkingSlot | None, after: ParkingSlot, actor: Actor, now: datetime
) -> None:
    is_own = after.kept and stay.subscription is not None and is_kept_by(stay.subscription, after)
    if after.status != SlotStatus.FREE or (after.kept and not is_own):
        raise _taken()
    _refuse_unfit(stay, before, after, actor)
    _refuse_promised(stay, before, after, now)
    left = stay.zone_id
    _give(stay, after)
    if before is not None:
        set_slot_status(slot=before, status=SlotStatus.FREE)
    _note(stay, left, before, None, actor=actor, now=now)


def _swap(
    stay: ParkingSession,
    before: ParkingSlot | None,
    other: ParkingSession | None,
    after: ParkingSlot,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Let two cars change places."""
    if before is None or other is None or other.slot_id != after.pk or not other.is_open:
        raise _taken()
    _refuse_unfit(stay, before, after, actor)
    _refuse_unfit(other, after, before, actor)
    # For a moment the other one has none: no two open stays may have the same slot.
    change(ParkingSession, other.pk, when={"status": other.status}, slot_id=None, without_slot=True)
    _give(stay, after)
    _give(other, before)
    _note(stay, before.zone_id, before, other, actor=actor, now=now)
    _note(other, after.zone_id, after, stay, actor=actor, now=now)


def _give(stay: ParkingSession, slot: ParkingSlot) -> None:
    """Write the slot of a locked stay, with its zone."""
    changes = {"slot_id": slot.pk, "zone_id": slot.zone_id, "without_slot": stay.without_slot}
    if not change(ParkingSession, stay.pk, when={"status": stay.status}, **changes):
        raise RuntimeError(f"{stay} is not {stay.status} any more")
    stay.slot, stay.zone = slot, slot.zone
    is_inside = stay.status == SessionStatus.ACTIVE
    set_slot_status(slot=slot, status=SlotStatus.OCCUPIED if is_inside else SlotStatus.BOOKED)


def _note(
    stay: ParkingSession,
    left: int,
    before: ParkingSlot | None,
    other: ParkingSession | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Mark and record that a stay was moved; `left` is the zone that it left. Raises as `_refuse_overlap`."""
    if stay.zone_id != left:
        _refuse_overlap(stay, now)
    add_mark(stay, Mark.MOVED)
    moved = SessionMoved(
        session_id=stay.pk,
        zone_id=stay.zone_id,
        slot_id=stay.slot_id,
        from_zone_id=left,
        from_slot_id=before.pk if before else None,
        swapped_with=other.pk if other else None,
    )
    audit.record(actor, moved, now)
