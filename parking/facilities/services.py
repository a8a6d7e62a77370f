"""The only writer of sites, zones and slots."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from parking.audit import services as audit
from parking.core.actor import Actor
from parking.core.errors import InvalidInput, NotFound, Refused
from parking.core.sites import at_sites
from parking.core.statements import Select, save_fields
from parking.facilities.closures import end_closure, note_state
from parking.facilities.events import CapacitySet, SlotChanged, SlotsAdded, ZoneChanged, ZoneCreated, ZoneRetired
from parking.facilities.models import ParkingSite, ParkingSlot, ParkingZone, SiteState, SlotStatus
from parking.facilities.rules import MOST_SLOTS, slot_numbers, slot_sort_key

AMOUNTS = ("hourly_rate", "booking_fee")

# --- Slots, on behalf of stays ---------------------------------------------------------------------


def claim_best_slot(*, zone: ParkingZone, kinds: tuple[str, ...]) -> ParkingSlot:
    """Claim the best free slot of these kinds in the zone, until the transaction ends and beyond.

    The best slot is the first by number. Of several claims at once each takes another slot: rows that somebody
    else is claiming are passed over (docs/locking.md). Raises Refused `zone_full`. Call it inside a transaction.
    """
    # One row is locked and no more: a second one, locked in passing, would be missing to somebody else.
    slot = next(filter(None, (_FREE_SLOT.first(zone.pk, kind) for kind in _best_first(zone, kinds))), None)
    if slot is None:
        raise _zone_full()
    set_slot_status(slot=slot, status=SlotStatus.BOOKED)
    return slot


def refuse_full_zone(zone: ParkingZone, kinds: tuple[str, ...]) -> None:
    """Raise Refused `zone_full` unless the zone has a free slot of one of these kinds. Claims nothing."""
    if not any(_free_slots(zone.pk, kind).exists() for kind in kinds):
        raise _zone_full()


def _zone_full() -> Refused:
    return Refused("zone_full", "Zone full, try another zone")


def _best_first(zone: ParkingZone, kinds: tuple[str, ...]) -> list[str]:
    """Return the kinds of slot in the order of their first free slots; kinds without one come last."""
    if len(kinds) <= 1:
        return list(kinds)
    firsts = {kind: _free_slots(zone.pk, kind).values_list("sort_key", flat=True).first() for kind in kinds}
    return sorted(kinds, key=lambda kind: (firsts[kind] is None, firsts[kind] or ""))


def _free_slots(zone_id: int, kind: str) -> QuerySet[ParkingSlot]:
    # One kind at a time, so that the index `slot_free_in_order` gives the first at once, however many are free.
    return ParkingSlot.objects.filter(zone_id=zone_id, kind=kind, status=SlotStatus.FREE, kept=False).order_by(
        "sort_key"
    )


def _first_free(zone_id: int, kind: str) -> QuerySet[ParkingSlot]:
    free = _free_slots(zone_id, kind)
    return free.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)[:1]


_FREE_SLOT = Select(_first_free, int, str)


def set_slot_status(*, slot: ParkingSlot, status: SlotStatus) -> None:
    """Write the state that a stay gives its slot. The stay's lock, or the claim's, must be held."""
    slot.status = status
    save_fields(slot, "status")


def lock_slots(slot_ids: Collection[int]) -> dict[int, ParkingSlot]:
    """Lock slots, by primary key, and return them by it. Who has them must be locked."""
    rows = ParkingSlot.objects.select_for_update().filter(pk__in=slot_ids).order_by("pk")
    return {slot.pk: slot for slot in rows}


# --- Slots, on behalf of passes --------------------------------------------------------------------


_FREE, _IN_USE = (SlotStatus.FREE,), (SlotStatus.BOOKED, SlotStatus.OCCUPIED)


def keep_slot(*, zone: ParkingZone, kinds: tuple[str, ...], is_free: bool) -> ParkingSlot | None:
    """Keep a slot of these kinds for somebody, the first by number that is free, or that is not; None if there is none.

    One that has a car in it, or waits for one, is kept once that leaves. Inside a transaction, under the zone's lock.
    """
    rows = ParkingSlot.objects.filter(zone=zone, kind__in=kinds, kept=False)
    for slot in rows.filter(status__in=_FREE if is_free else _IN_USE).order_by("sort_key"):
        # A booking that claimed it meanwhile goes before.
        if ParkingSlot.objects.filter(pk=slot.pk, status=slot.status, kept=False).update(kept=True):
            slot.kept = True
            return slot
    return None


def keep_again(slot_id: int) -> bool:
    """Keep a slot for whom it was kept before; return whether that worked: not for somebody else, in a present zone."""
    rows = ParkingSlot.objects.filter(pk=slot_id, kept=False, zone__retired_at=None)
    return bool(rows.update(kept=True))


def let_go_of_slot(slot_id: int) -> None:
    """Keep a slot for nobody any more. Who keeps it must be locked."""
    ParkingSlot.objects.filter(pk=slot_id).update(kept=False)


def claim_kept_slot(*, slot_id: int, zone: ParkingZone, kinds: tuple[str, ...]) -> ParkingSlot | None:
    """Claim the slot that is kept for a car, if it is in this zone, suits it and is free; else None."""
    rows = ParkingSlot.objects.select_for_update().filter(pk=slot_id, zone=zone, kind__in=kinds, kept=True)
    slot = rows.filter(status=SlotStatus.FREE).first()
    if slot is not None:
        set_slot_status(slot=slot, status=SlotStatus.BOOKED)
    return slot


# --- Zones, on behalf of reservations --------------------------------------------------------------


def lock_places(zone_ids: Collection[int]) -> list[ParkingZone]:
    """Lock and return zones with their sites, by primary key: what they promise is decided under this lock."""
    zones = ParkingZone.objects.select_related("site").select_for_update(of=("self",), no_key=True)
    return list(zones.filter(pk__in=zone_ids).order_by("pk"))


def note_next_reservation(*, zone: ParkingZone, starts_at: datetime | None) -> None:
    """Write when the next reservation without slot begins, None if there is none. The zone must be locked."""
    if zone.next_reservation_at != starts_at:
        zone.next_reservation_at = starts_at
        save_fields(zone, "next_reservation_at")


# --- Zones, for managers ---------------------------------------------------------------------------


def default_site(*, now: datetime) -> ParkingSite:
    """Return the operator's first car park in use; create it at the first call."""
    site = ParkingSite.objects.filter(retired_at=None).order_by("pk").first()
    if site is None:
        site, _ = ParkingSite.objects.get_or_create(
            name="Main car park",
            defaults={"code": "MAIN", "state": SiteState.OPEN, "time_zone": settings.TIME_ZONE, "created_at": now},
        )
    return site


def _check_hours(zone: ParkingZone) -> None:
    if (zone.opens_at is None) != (zone.closes_at is None):
        raise InvalidInput({"closes_at": ["Give both opening and closing time, or neither"]})


def _lock_site_of_new_zone(site_id: int | None, actor: Actor, now: datetime) -> ParkingSite:
    """Lock and return a car park in use, so that nobody retires it meanwhile; the actor's first if none is named."""
    if site_id is None and actor.sites is None:
        site_id = default_site(now=now).pk
    sites = at_sites(ParkingSite.objects.select_for_update(no_key=True).filter(retired_at=None), actor.sites, "pk")
    site = (sites if site_id is None else sites.filter(pk=site_id)).order_by("pk").first()
    if site is None:
        raise InvalidInput({"site_id": ["There is no such car park"]})
    return site


def create_zone(*, actor: Actor, changes: dict[str, Any], now: datetime) -> ParkingZone:
    """Make a zone. Raises Refused `zone_name_taken`, InvalidInput."""
    zone = ParkingZone(
        **({"booking_fee": settings.BOOKING_FEE} | changes),
        created_at=now,
        updated_at=now,
    )
    _check_hours(zone)
    with transaction.atomic():
        zone.site = _lock_site_of_new_zone(changes.get("site_id"), actor, now)
        _save_zone(zone, force_insert=True)
        audit.record(actor, ZoneCreated(zone_id=zone.pk, changed=tuple(sorted(changes))), now)
    return zone


def update_zone(*, actor: Actor, zone_id: int, changes: dict[str, Any], now: datetime) -> ParkingZone:
    """Change a zone. Stays keep the terms they were booked under. Raises NotFound, Refused, InvalidInput.

    Its site and whether its places have numbers stay: bookings, bills and documents were made there, and as such.
    """
    with transaction.atomic():
        zone = lock_zone(zone_id, actor)
        _refuse_other(zone, changes)
        amounts = {
            name: (getattr(zone, name), changes[name])
            for name in AMOUNTS
            if name in changes and changes[name] != getattr(zone, name)
        }
        was_active = zone.is_active
        for name, value in changes.items():
            setattr(zone, name, value)
        zone.updated_at = now
        _check_hours(zone)
        _save_zone(zone)
        if zone.is_active != was_active:
            note_state(zone, now)
        event = ZoneChanged(zone_id=zone.pk, changed=tuple(sorted(changes)), amounts=amounts)
        audit.record(actor, event, now)
    return zone


def _refuse_other(zone: ParkingZone, changes: Mapping[str, Any]) -> None:
    """Raise InvalidInput for another value of what a zone keeps for good."""
    kept = {
        "site_id": "A zone stays at its car park",
        "marked": "Whether places have numbers is said when a zone is made",
    }
    wrong = {
        name: [text] for name, text in kept.items() if changes.get(name, getattr(zone, name)) != getattr(zone, name)
    }
    if wrong:
        raise InvalidInput(wrong)


def _save_zone(zone: ParkingZone, *, force_insert: bool = False) -> None:
    try:
        with transaction.atomic():
            zone.save(force_insert=force_insert)
    except IntegrityError as error:
        raise Refused("zone_name_taken", "There is a zone of this name already") from error


def lock_zone(zone_id: int, actor: Actor) -> ParkingZone:
    """Lock and return the zone. Raises NotFound `zone_not_found`, also for one at a site that is not the actor's."""
    zones = at_sites(ParkingZone.objects.select_for_update(no_key=True), actor.sites, "site_id")
    zone = zones.filter(pk=zone_id, retired_at=None).first()
    if zone is None:
        raise NotFound("zone_not_found", "Zone not found")
    return zone


def retire_zone(*, actor: Actor, zone_id: int, now: datetime) -> ParkingZone:
    """Take a zone out of use for good; nothing is deleted. Raises Refused `zone_in_use`.

    So it is while a stay is open, a reservation waits, or a pass keeps a slot of it.

    Every slot is locked and put out of service first, so that no booking can slip in: it needs a free slot.
    """
    with transaction.atomic():
        zone = lock_zone(zone_id, actor)
        slots = list(ParkingSlot.objects.select_for_update().filter(zone=zone).order_by("pk"))
        if zone.next_reservation_at is not None or any(slot.is_occupied or slot.kept for slot in slots):
            raise Refused("zone_in_use", "This zone has open bookings, cars inside or slots that passes keep")
        ParkingSlot.objects.filter(zone=zone).update(status=SlotStatus.OUT_OF_SERVICE)
        zone.is_active, zone.retired_at, zone.updated_at = False, now, now
        zone.save(update_fields=["is_active", "retired_at", "updated_at"])
        end_closure(zone, now)
        audit.record(actor, ZoneRetired(zone_id=zone.pk), now)
    return zone


def add_slots(
    *, actor: Actor, zone_id: int, prefix: str, first: int, last: int, kind: str, now: datetime
) -> list[ParkingSlot]:
    """Add slots numbered prefix + first … prefix + last. Raises Refused `slot_number_taken`, NotFound, InvalidInput."""
    if not first <= last < first + MOST_SLOTS:
        raise InvalidInput({"last": [f"Between first and {MOST_SLOTS} slots at once"]})
    with transaction.atomic():
        zone = lock_zone(zone_id, actor)
        if not zone.marked:
            raise Refused("zone_is_unmarked", "The places of this zone have no numbers: set its capacity")
        numbers = slot_numbers(prefix, first, last)
        if ParkingSlot.objects.filter(zone=zone, slot_number__in=numbers).exists():
            raise Refused("slot_number_taken", "Some of these slot numbers exist already")
        slots = ParkingSlot.objects.bulk_create(
            ParkingSlot(zone=zone, slot_number=number, sort_key=slot_sort_key(number), kind=kind, created_at=now)
            for number in numbers
        )
        audit.record(actor, SlotsAdded(zone_id=zone.pk, first=numbers[0], last=numbers[-1], kind=kind), now)
    return slots


def set_capacity(*, actor: Actor, zone_id: int, capacity: Mapping[str, int], now: datetime) -> None:
    """Give a zone without numbers so many places of each kind; a kind that is not named keeps its places.

    Places that are too many go out of service, free ones first taken; they come back when they are needed again.
    Raises NotFound; Refused `zone_is_marked`, `places_in_use` (more cars are booked or inside than would be left).
    """
    with transaction.atomic():
        zone = lock_zone(zone_id, actor)
        if zone.marked:
            raise Refused("zone_is_marked", "The slots of this zone have numbers: add them one by one")
        for kind, number in sorted(capacity.items()):
            _set_places(zone, kind, number, now)
        audit.record(actor, CapacitySet(zone_id=zone.pk, capacity=dict(capacity)), now)


def _set_places(zone: ParkingZone, kind: str, number: int, now: datetime) -> None:
    places = list(ParkingSlot.objects.select_for_update().filter(zone=zone, kind=kind).order_by("pk"))
    free, unused = [], []
    for place in places:
        if place.status == SlotStatus.FREE:
            free.append(place.pk)
        elif place.status == SlotStatus.OUT_OF_SERVICE:
            unused.append(place.pk)
    surplus = len(places) - len(unused) - number
    if surplus > len(free):
        raise Refused("places_in_use", "More places than that are booked or have a car in them")
    if surplus > 0:
        ParkingSlot.objects.filter(pk__in=free[-surplus:]).update(status=SlotStatus.OUT_OF_SERVICE)
        return
    ParkingSlot.objects.filter(pk__in=unused[:-surplus] if surplus else []).update(status=SlotStatus.FREE)
    missing = -surplus - len(unused)
    numbers = [f"{kind}-{len(places) + step:05d}" for step in range(1, missing + 1)]
    ParkingSlot.objects.bulk_create(
        ParkingSlot(zone=zone, slot_number=text, sort_key=slot_sort_key(text), kind=kind, created_at=now)
        for text in numbers
    )


def change_slot(*, actor: Actor, slot_id: int, status: str | None, kind: str | None, now: datetime) -> ParkingSlot:
    """Take a slot in or out of service, or change its kind. Raises NotFound, Refused `slot_in_use`."""
    with transaction.atomic():
        slots = at_sites(ParkingSlot.objects.select_for_update(), actor.sites, "zone__site_id")
        slot = slots.filter(pk=slot_id, zone__retired_at=None).first()
        if slot is None:
            raise NotFound("slot_not_found", "Slot not found")
        if slot.is_occupied:
            raise Refused("slot_in_use", "This slot is booked or has a car in it")
        if slot.kept and kind not in {None, slot.kind}:
            raise Refused("slot_in_use", "This slot is kept for a pass, for which its kind was chosen")
        slot.status, slot.kind = status or slot.status, kind or slot.kind
        slot.save(update_fields=["status", "kind"])
        audit.record(actor, SlotChanged(slot_id=slot.pk, status=slot.status, kind=slot.kind), now)
    return slot
