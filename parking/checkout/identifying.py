"""Drivers who have no code to show: the attendant asks who they are before the car is let in or its bill shown.

Each is marked WITHOUT_QR, and counts for the attendant who took the word for the code.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from parking.audit import services as audit
from parking.core.actor import Actor
from parking.core.errors import NotFound, Refused
from parking.core.ids import Ref
from parking.core.sites import at_sites
from parking.stays import access
from parking.stays.by_phone import phone_of
from parking.stays.events import OwnerConfirmed, PassedWithoutCode
from parking.stays.marks import Mark, add_mark
from parking.stays.models import ParkingSession, ScanKind, SessionStatus
from parking.stays.rules import confirms_owner
from parking.vehicles.plates import InvalidPlateError, read_plate, readings


def confirm_owner(*, actor: Actor, session: Ref, said: str, now: datetime) -> ParkingSession:
    """Return an open stay whose driver said the owner's name or the last four digits of the phone; it is on record.

    Where the stay has neither, as that of a walk-in, the plate is enough. Raises NotFound `session_not_found`; Refused
    `confirm_mismatch`, `already_exited` for one that is over.
    """
    with transaction.atomic():
        stay = access.lock(session, actor, at_work=True)
        if not stay.is_open:
            raise Refused("already_exited", "This booking is over", session_id=stay.pk)
        is_asked = asks_for_owner(stay)
        if is_asked and not confirms_owner(said, owner_name=stay.owner_name, phone=phone_of(stay)):
            raise Refused(
                "confirm_mismatch", "Neither the owner's name nor the last four digits of the phone", session_id=stay.pk
            )
        add_mark(stay, Mark.WITHOUT_QR)
        event = OwnerConfirmed if is_asked else PassedWithoutCode
        audit.record(actor, event(session_id=stay.pk), now)
    return stay


def asks_for_owner(session: ParkingSession) -> bool:
    """Return whether a stay names somebody: its driver has to say who."""
    return bool(session.owner_name or phone_of(session))


_WITHOUT_SLOT = ExpressionWrapper(
    Q(status=SessionStatus.BOOKED, slot=None, ends_at__isnull=False), output_field=BooleanField()
)


def find_without_code(
    *, actor: Actor, plate: str | None, session: Ref | None, way: ScanKind, scan_id: str | None
) -> tuple[ParkingSession, bool]:
    """Return the open stay of a plate or booking number at the actor's sites, and whether it is this scan's already.

    The stay that this very scan moved before is found although it may be over. Raises NotFound `session_not_found`.
    """
    rows = at_sites(ParkingSession.objects.whole(), actor.sites, "zone__site_id").order_by("-pk")
    rows = rows.filter(**session.lookup()) if session else rows.filter(vehicle__match_key__in=readings(plate or ""))
    if scan_id:
        moved = rows.filter(scans__kind=way, scans__scan_id=scan_id).first()
        if moved is not None:
            return moved, True
    # A reservation that has no slot yet comes last: the car is inside, or comes for another booking.
    present = rows.open().order_by(_WITHOUT_SLOT.asc(), "-pk")
    found = _of_exact_plate(present, plate) if plate and session is None else present.first()
    if found is None:
        raise NotFound("session_not_found", "Booking not found")
    return found, False


def confirmed_without_code(
    *,
    actor: Actor,
    plate: str | None,
    session: Ref | None,
    way: ScanKind,
    scan_id: str | None,
    said: str,
    now: datetime,
) -> ParkingSession:
    """Return the stay of a plate or booking number whose driver `said` who it is; a repeated scan was asked before.

    Raises as `find_without_code` and `confirm_owner`.
    """
    found, is_repeated = find_without_code(actor=actor, plate=plate, session=session, way=way, scan_id=scan_id)
    if not is_repeated:
        confirm_owner(actor=actor, session=Ref(pk=found.pk), said=said, now=now)
    return found


def _of_exact_plate(rows: QuerySet[ParkingSession], plate: str) -> ParkingSession | None:
    """Return the stay of the plate as it is usually read, before that of another plate which it may mean."""
    try:
        exact = read_plate(plate).match_key
    except InvalidPlateError:
        return None
    return rows.filter(vehicle__match_key=exact).first() or rows.first()
