"""The entry gate."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from parking.audit import services as audit
from parking.checkout import ending
from parking.checkout.queries import plate_debt
from parking.checkout.wrong_ways import Way, record_wrong_way
from parking.core.actor import Actor
from parking.core.errors import Refused
from parking.core.ids import read_pass_code
from parking.core.together import together
from parking.stays import access
from parking.stays import services as stays
from parking.stays.access import QrText
from parking.stays.events import SessionEntered
from parking.stays.models import ParkingSession, ScanKind, SessionStatus


@dataclass(frozen=True)
class Entered:
    """A car that was let in, and what its plate owes from before (rupees)."""

    session: ParkingSession
    plate_debt: Decimal


def enter(
    *, actor: Actor, qr_code: str, now: datetime, plate_seen: str | None = None, scan_id: str | None = None
) -> Entered:
    """Scan a booking in. The same `scan_id` again gets the same answer.

    Raises NotFound `qr_not_found`; Refused `already_entered`, `booking_expired`, `booking_cancelled`,
    `payment_pending`, `vehicle_mismatch`; `use_pass_entry` for the code of a pass.
    """
    if read_pass_code(qr_code):
        raise Refused("use_pass_entry", "This is the code of a pass: let it in with its plate")
    with transaction.atomic(durable=True), together():
        session = access.lock(QrText(qr_code), actor)
        overdue = stays.overdue_reason(session, now=now)
        if overdue:
            # Ended here and now rather than by the worker a little later, so that the driver can rebook at once.
            ending.expire(session=session, reason=overdue, actor=actor, now=now)
        elif not _came_before(session, scan_id):
            stays.scan_entry_qr(session=session, plate_seen=plate_seen, now=now, gate_id=actor.gate_id)
            stays.remember_scan(session=session, kind=ScanKind.ENTRY, scan_id=scan_id, now=now)
            audit.record(actor, SessionEntered(session_id=session.pk, slot_id=session.slot_id), now)
            record_wrong_way(actor, session, Way.IN, now)
        debt = plate_debt(session.vehicle_id, sites=actor.sites)
    if overdue:
        raise stays.booking_expired(session)
    return Entered(session, debt)


def _came_before(session: ParkingSession, scan_id: str | None) -> bool:
    entered = session.status in {SessionStatus.ACTIVE, SessionStatus.COMPLETED}
    return entered and stays.is_repeated_scan(session=session, kind=ScanKind.ENTRY, scan_id=scan_id)
