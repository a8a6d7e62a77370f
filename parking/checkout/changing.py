"""Changing a booking: its window, plate, names, and the time to arrive."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from parking.audit import services as audit
from parking.checkout import ending
from parking.core import idempotency
from parking.core.actor import Actor
from parking.core.errors import Refused
from parking.core.idempotency import RequestKey
from parking.core.ids import Ref
from parking.facilities.services import lock_places
from parking.stays import access, changing
from parking.stays import services as stays
from parking.stays.events import BookingChanged
from parking.stays.models import ParkingSession
from parking.vehicles.models import Vehicle
from parking.vehicles.plates import Plate
from parking.vehicles.services import checked_plate, lock_both, lock_vehicles


@dataclass(frozen=True)
class Wanted:
    """What a driver wants to change, as it was sent; None: nothing."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    plate: str | None = None
    owner_name: str | None = None
    phone: str | None = None
    late: bool = False


def change(
    *, actor: Actor, session: Ref, wanted: Wanted, now: datetime, key: RequestKey | None = None
) -> ParkingSession:
    """Change a booking of the actor's, all or nothing.

    Raises NotFound `session_not_found`; Refused `vehicle_invalid`, `booking_expired`, and as `stays.changing`;
    InvalidInput; RepeatedRequest.
    """
    plate = checked_plate(wanted.plate) if wanted.plate is not None else None
    seen = access.find(session, actor, only_own=True)
    with transaction.atomic(durable=True):
        vehicle = _lock_vehicles(seen, plate, now)
        stay = access.lock(session, actor, only_own=True)
        idempotency.claim(key, subject=str(stay.uuid), now=now)
        if stay.vehicle_id != seen.vehicle_id:
            raise Refused("plate_changed_once", "The plate was changed just now", session_id=stay.pk)
        overdue = stays.overdue_reason(stay, now=now)
        if overdue:
            ending.expire(session=stay, reason=overdue, actor=actor, now=now)
        else:
            _change(actor, stay, wanted, vehicle, now)
    if overdue:
        raise stays.booking_expired(stay)
    return stay


def _change(actor: Actor, stay: ParkingSession, wanted: Wanted, vehicle: Vehicle | None, now: datetime) -> None:
    [zone] = lock_places([stay.zone_id])
    changes = changing.Changes(
        wanted.starts_at, wanted.ends_at, vehicle, wanted.owner_name, wanted.phone, late=wanted.late
    )
    changed = changing.change_booking(session=stay, zone=zone, changes=changes, now=now)
    if changed:
        audit.record(actor, BookingChanged(session_id=stay.pk, changes=changed), now)


def _lock_vehicles(session: ParkingSession, plate: Plate | None, now: datetime) -> Vehicle | None:
    """Lock the vehicle of a booking and the one named instead, in the order of their keys; return the latter."""
    present = session.vehicle
    if plate is None or plate.match_key == present.match_key:
        lock_vehicles([present.pk])
        return None
    return lock_both(present, plate, kind=session.vehicle_kind, now=now)
