"""Paper slips, written when nothing else worked and entered afterwards: each becomes a session, once.

The times that a slip states are those of the session; money, and the record, have the server's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from parking.audit import services as audit
from parking.checkout import ending
from parking.core.actor import Actor
from parking.core.errors import DomainError, Refused
from parking.core.ids import Ref, new_uuid
from parking.core.money import ZERO
from parking.core.sites import at_sites
from parking.core.statements import save_fields
from parking.facilities.models import ParkingZone
from parking.facilities.queries import find_zone
from parking.payments.models import PaymentMethod
from parking.payments.takings import Tender
from parking.stays import services as stays
from parking.stays.covering import cover_then
from parking.stays.events import SessionBooked, SessionEntered
from parking.stays.marks import Mark
from parking.stays.models import EndMethod, EndReason, ParkingSession
from parking.stays.paper import keep_slip, lock_block, slip_of
from parking.stays.paper_models import PaperBlock, PaperSlip
from parking.stays.without_entry import begin_inside
from parking.tariffs.queries import walk_in_terms
from parking.tariffs.rules import Charge
from parking.vehicles.models import Vehicle
from parking.vehicles.services import checked_plate, lock_vehicle

# Older slips are for the books of another week: a manager looks into them.
OLDEST = timedelta(days=7)
MOST_ROWS = 100


@dataclass(frozen=True)
class Slip:
    """A row of the sheet: times are aware, `cash` is what was taken (rupees)."""

    block: str
    number: int
    plate: str
    vehicle_kind: str
    entered_at: datetime
    left_at: datetime | None = None
    cash: Decimal = ZERO


@dataclass(frozen=True)
class Entered:
    """What became of a row: its session, `again` if it was entered before; else why it was not entered."""

    slip: Slip
    session: ParkingSession | None = None
    again: bool = False
    problem: DomainError | None = None


def enter_sheet(*, actor: Actor, zone: Ref, slips: Sequence[Slip], now: datetime) -> list[Entered]:
    """Enter the rows of a sheet, each by itself: what is wrong with one keeps no other back.

    Raises NotFound `zone_not_found`. The problems of rows are Refused `paper_number_invalid`, `paper_slip_used`,
    `paper_time_invalid`, `paper_cash_invalid`, `plate_is_inside`, `vehicle_unavailable`, `vehicle_invalid`; NotFound
    `paper_block_not_found`.
    """
    place = find_zone(zone, sites=actor.sites)
    return [_entered(actor, place, slip, now) for slip in slips]


def _entered(actor: Actor, zone: ParkingZone, slip: Slip, now: datetime) -> Entered:
    try:
        return enter_slip(actor=actor, zone=zone, slip=slip, now=now)
    except DomainError as problem:
        return Entered(slip, problem=problem)


def enter_slip(*, actor: Actor, zone: ParkingZone, slip: Slip, now: datetime) -> Entered:
    """Make the session of a slip: inside since its time, or over with its cash. Raises as `enter_sheet`."""
    _refuse_times(slip, now)
    plate = checked_plate(slip.plate)
    with transaction.atomic(durable=True):
        vehicle = lock_vehicle(plate=plate, kind=slip.vehicle_kind, now=now)
        block = lock_block(site_id=zone.site_id, name=slip.block)
        known = slip_of(block, slip.number)
        if known is not None:
            return Entered(slip, _same(known, slip, vehicle), again=True)
        _refuse_open(vehicle, slip, actor)
        session = _begun(actor, zone, vehicle, slip, now)
        if slip.left_at is not None:
            _ended(actor, session, slip, slip.left_at, now)
        _keep(actor, block, session, slip, now)
    return Entered(slip, session)


def _refuse_times(slip: Slip, now: datetime) -> None:
    left_at = slip.left_at or now
    if not now - OLDEST <= slip.entered_at <= left_at <= now:
        raise Refused("paper_time_invalid", "In before out, not in the future, and at most 7 days ago")
    if slip.left_at is None and slip.cash > ZERO:
        raise Refused("paper_cash_invalid", "Cash belongs to a slip with a time out")


def _refuse_open(vehicle: Vehicle, slip: Slip, actor: Actor) -> None:
    """Raise Refused where the car has an open session; one at another site is named nowhere.

    A slip that is over may be entered although its car has a booking, or came in again afterwards.
    """
    present = ParkingSession.objects.claimed().filter(vehicle=vehicle)
    if slip.left_at is not None:
        present = present.filter(entry_time__lt=slip.left_at)
    if at_sites(present, actor.sites, "zone__site_id").exists():
        raise Refused("plate_is_inside", "This plate has an open session")
    if present.exists():
        raise Refused("vehicle_unavailable", "This vehicle cannot be booked now")


def _same(known: PaperSlip, slip: Slip, vehicle: Vehicle) -> ParkingSession:
    """Return the session of a slip that was entered before, if it says the same. Raises Refused `paper_slip_used`."""
    before = (known.session.vehicle_id, known.stated_entry, known.stated_exit, known.stated_cash)
    if before != (vehicle.pk, slip.entered_at, slip.left_at, slip.cash):
        raise Refused("paper_slip_used", "This slip was entered with other values", session_id=known.session_id)
    return known.session


def _begun(actor: Actor, zone: ParkingZone, vehicle: Vehicle, slip: Slip, now: datetime) -> ParkingSession:
    terms = walk_in_terms(zone=zone, vehicle_kind=slip.vehicle_kind, now=slip.entered_at)
    cover = cover_then(
        vehicle=vehicle,
        zone=zone,
        vehicle_kind=slip.vehicle_kind,
        entered_at=slip.entered_at,
        left_at=slip.left_at,
    )
    session = begin_inside(
        uuid=new_uuid(),
        zone=zone,
        vehicle=vehicle,
        vehicle_kind=slip.vehicle_kind,
        terms=terms,
        mark=Mark.PAPER,
        since=slip.entered_at,
        now=now,
        cover=cover,
    )
    audit.record(actor, SessionBooked(session_id=session.pk, zone_id=zone.pk, slot_id=None, fee=ZERO), now)
    audit.record(actor, SessionEntered(session_id=session.pk, slot_id=None), now)
    return session


def _ended(actor: Actor, session: ParkingSession, slip: Slip, left_at: datetime, now: datetime) -> None:
    """End the session of a slip: the cash pays as much as it can, the rest is owed by the plate."""
    charge = Charge(stays.calculate_amount(session=session, until=left_at), left_at)
    if session.subscription_id is not None and slip.cash > charge.total:
        charge = _charge_in_cash(session, slip, charge, left_at)
    if slip.cash > charge.total:
        raise Refused("paper_cash_invalid", f"Only \u20b9{charge.total} was due", due=str(charge.total))
    tender = Tender(PaymentMethod.CASH, actor.user_id, slip.cash, in_part=True) if slip.cash > ZERO else None
    paid = tender is not None or charge.total == ZERO
    method = EndMethod.CASH if paid else EndMethod.NONE
    ending.complete(
        session=session,
        charge=charge,
        method=method.value,
        reason=EndReason.EXIT,
        tender=tender,
        actor=actor,
        left_at=left_at,
        now=now,
    )


def _charge_in_cash(session: ParkingSession, slip: Slip, covered: Charge, left_at: datetime) -> Charge:
    """Take the pass off a car that paid in full as any other: what was taken must be in the books; else leave it."""
    held, session.subscription = session.subscription, None
    charge = Charge(stays.calculate_amount(session=session, until=left_at), left_at)
    if slip.cash < charge.total:
        # Of a part no debt is made that the pass would have saved.
        session.subscription = held
        return covered
    save_fields(session, "subscription_id")
    return charge


def _keep(actor: Actor, block: PaperBlock, session: ParkingSession, slip: Slip, now: datetime) -> None:
    keep_slip(
        block=block,
        number=slip.number,
        session=session,
        entered_at=slip.entered_at,
        left_at=slip.left_at,
        cash=slip.cash,
        actor=actor,
        now=now,
    )
