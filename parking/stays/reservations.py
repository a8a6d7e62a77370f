"""Reservations: a place for a later window, the slot that is claimed for it, and what its driver may change."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from parking.core.errors import Refused
from parking.core.ids import new_qr_code
from parking.core.money import ZERO
from parking.core.site_settings import CANCEL_AHEAD_MINUTES
from parking.core.statements import change, insert
from parking.facilities.models import ParkingSlot, ParkingZone, SlotStatus
from parking.facilities.services import claim_best_slot, lock_places, note_next_reservation, set_slot_status
from parking.payments import bills
from parking.payments.models import BillKind
from parking.stays.covering import claim_kept_of
from parking.stays.models import OPEN_SESSION, ParkingSession, SessionStatus
from parking.stays.promises import follow_reservations, kinds_to_claim, promises_of
from parking.stays.window_rules import Window, fits
from parking.tariffs.rules import NO_OFFERS, Offers, Terms
from parking.vehicles.models import Vehicle

# --- Made --------------------------------------------------------------------------------------------------


def reserve_place(
    *,
    uuid: UUID,
    zone_id: int,
    vehicle: Vehicle,
    vehicle_kind: str,
    driver_id: int | None,
    owner_name: str,
    terms: Terms,
    window: Window,
    now: datetime,
    offers: Offers = NO_OFFERS,
) -> ParkingSession:
    """Promise a place of a zone for a window, and write the reservation; its slot is claimed later.

    The vehicle's row must be locked; the zone is locked here. Raises Refused `window_full`; `vehicle_already_parked`
    for a reservation of the same plate and driver that overlaps, `vehicle_unavailable` for somebody else's.
    """
    [zone] = lock_places([zone_id])
    refuse_full_window(zone, vehicle_kind, window)
    refuse_overlap(vehicle.pk, driver_id, window)
    session = ParkingSession(
        uuid=uuid,
        qr_code=new_qr_code(),
        driver_id=driver_id,
        owner_name=owner_name,
        vehicle=vehicle,
        vehicle_kind=vehicle_kind,
        zone=zone,
        bill=bills.open(kind=BillKind.STAY, site_id=zone.site_id, payer_id=driver_id, now=now),
        terms=terms.to_json(),
        offers=offers.to_json(),
        booked_at=now,
        starts_at=window.starts_at,
        ends_at=window.ends_at,
        refund_until=window.starts_at - timedelta(minutes=CANCEL_AHEAD_MINUTES.at(zone.site_id)),
        pay_by=now + timedelta(minutes=terms.hold_minutes) if terms.booking_fee > ZERO else None,
        enter_by=window.starts_at + timedelta(minutes=terms.no_show_minutes),
    )
    insert(session)
    if zone.next_reservation_at is None or window.starts_at < zone.next_reservation_at:
        note_next_reservation(zone=zone, starts_at=window.starts_at)
    return session


def refuse_full_window(zone: ParkingZone, vehicle_kind: str, window: Window, *, but: int | None = None) -> None:
    """Raise Refused `window_full` if a zone, which must be locked, has promised all that it may of a window."""
    promises = promises_of(zone, vehicle_kind, window, but=but)
    if not fits(window, promises.promised, promises.limits):
        raise Refused("window_full", "All places of this time are reserved")


def refuse_overlap(vehicle_id: int, driver_id: int | None, window: Window, *, but: int | None = None) -> None:
    """Raise Refused if another reservation of a vehicle, which must be locked, has a moment of a window."""
    rows = ParkingSession.objects.open().filter(
        vehicle_id=vehicle_id, starts_at__lt=window.ends_at, ends_at__gt=window.starts_at
    )
    holders = list(rows.exclude(pk=but or 0).values_list("driver_id", flat=True))
    if driver_id is not None and driver_id in holders:
        raise Refused("vehicle_already_parked", "This vehicle has a reservation for that time already")
    if holders:
        raise Refused("vehicle_unavailable", "This vehicle cannot be booked now")


# --- Claimed -----------------------------------------------------------------------------------------------


def claim_slot(*, session: ParkingSession, zone: ParkingZone, now: datetime) -> ParkingSlot:
    """Give a reservation its slot, and its vehicle, unless that is in another stay.

    That is the slot which the pass of its vehicle keeps, else the best free one of the zone.

    Vehicle, session and zone must be locked, in this order. Raises Refused `zone_full`.
    """
    slot = claim_kept_of(session.vehicle, zone, session.vehicle_kind, now)
    if slot is None:
        slot = claim_best_slot(zone=zone, kinds=kinds_to_claim(zone, session.vehicle_kind, now))
    _give(session, slot, now)
    follow_reservations(zone)
    return slot


def move_to(
    *, session: ParkingSession, before: ParkingZone, zone: ParkingZone, kinds: tuple[str, ...], now: datetime
) -> ParkingSlot:
    """Give a reservation of one zone a slot of another. Vehicle, session and both zones must be locked.

    Raises Refused `zone_full`.
    """
    slot = claim_best_slot(zone=zone, kinds=kinds)
    session.moved_from_zone_id, session.zone = before.pk, zone
    change(ParkingSession, session.pk, zone_id=zone.pk, moved_from_zone_id=before.pk)
    _give(session, slot, now)
    follow_reservations(before)
    return slot


def give_slot_back(*, session: ParkingSession, zone: ParkingZone) -> None:
    """Let a reservation that was put off wait for a slot again. Session and zone must be locked."""
    if session.slot is not None:
        set_slot_status(slot=session.slot, status=SlotStatus.FREE)
    session.slot = None
    session.slot_alone_since = None
    change(ParkingSession, session.pk, when={"status": SessionStatus.BOOKED}, slot_id=None, slot_alone_since=None)
    follow_reservations(zone)


def _give(session: ParkingSession, slot: ParkingSlot, now: datetime) -> None:
    session.slot = slot
    session.slot_alone_since = now if is_elsewhere(session) else None
    changes: dict[str, Any] = {"slot_id": slot.pk, "slot_alone_since": session.slot_alone_since}
    if now > session.starts_at:
        # Who could not come in before has the whole time to arrive from now on.
        session.enter_by = max(session.enter_by, now + (session.enter_by - session.starts_at))
        changes["enter_by"] = session.enter_by
    if not change(ParkingSession, session.pk, when={"status": SessionStatus.BOOKED}, **changes):
        raise RuntimeError(f"{session} is no longer booked")


def is_elsewhere(session: ParkingSession) -> bool:
    """Return whether the vehicle of a reservation is inside, or booked, in another stay that has a slot."""
    others = ParkingSession.objects.filter(vehicle_id=session.vehicle_id, status__in=OPEN_SESSION, slot__isnull=False)
    return others.exclude(pk=session.pk).exists()


def leave_zone(session: ParkingSession) -> None:
    """Let the zone of a reservation that ended without a slot follow."""
    [zone] = lock_places([session.zone_id])
    follow_reservations(zone)
