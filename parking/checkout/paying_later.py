"""Cars that leave before all is paid: no means, or a payment that hangs. No car is held for it.

The rest is waited for a day, then it is a debt of the plate.
"""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from parking.audit import services as audit
from parking.audit.queries import done_since
from parking.checkout import ending
from parking.checkout.collecting import Collection
from parking.checkout.leaving import Left, finish_ending, finished_exit
from parking.checkout.queries import unpaid_of_plate
from parking.checkout.wrong_ways import Way, record_wrong_way
from parking.core import idempotency
from parking.core.actor import Actor
from parking.core.errors import Refused
from parking.core.idempotency import RequestKey
from parking.core.money import ZERO
from parking.core.site_settings import PAY_LATER_PER_ATTENDANT, PAY_LATER_PER_PLATE, PAY_LATER_PROOF
from parking.core.statements import save_fields
from parking.facilities.emergencies import running_at
from parking.payments import debts
from parking.stays import access, scans
from parking.stays import services as stays
from parking.stays.access import StayRef
from parking.stays.by_phone import WHOLE_NUMBER, phone_of
from parking.stays.events import SessionPaysLater
from parking.stays.evidence import has_exit_photo
from parking.stays.marks import Mark, add_mark
from parking.stays.models import EndMethod, EndReason, ParkingSession, ScanKind, SessionStatus
from parking.stays.rules import phone_digits

# So long the rest may be paid before it is called a debt.
TIME_TO_PAY = timedelta(hours=24)
# As long as a shift: an attendant has so many cars that pay later within it.
SHIFT = timedelta(hours=8)


def let_out(
    *,
    actor: Actor,
    session: StayRef,
    now: datetime,
    cash: Decimal = ZERO,
    phone: str = "",
    plate_seen: str | None = None,
    scan_id: str | None = None,
    key: RequestKey | None = None,
) -> Left:
    """Let a car out against its plate; `cash` is taken now (rupees), the rest is owed. It is no termination.

    `phone` is kept with the stay. Where the site asks for one, and where no plate is known, it or a photo at the exit
    is needed. An order over the whole rest stays open; it, or another of the driver, pays the rest, for 24 hours
    without that being called a debt. Raises NotFound; Refused `pay_later_limit`,
    `phone_incomplete`, `phone_or_photo_needed`, `entry_not_scanned`, `already_exited`, `vehicle_mismatch`;
    RepeatedRequest.
    """
    with transaction.atomic(durable=True):
        stay = access.lock(session, actor, at_work=True)
        idempotency.claim(key, subject=str(stay.uuid), now=now)
        if _came_before(stay, scan_id):
            return finished_exit(stay, tendered=cash)
        stays.refuse_exit(stay, plate_seen=plate_seen)
        if running_at(stay.zone.site_id, now) is None:
            _refuse_too_many(stay, actor, now)
            _keep_phone(stay, phone)
        scans.remember_scan(session=stay, kind=ScanKind.EXIT, scan_id=scan_id, now=now)
        stays.note_exit_gate(session=stay, gate_id=actor.gate_id)
        ended = ending.end(session=stay, reason=EndReason.EXIT, collection=_collection(cash), actor=actor, now=now)
        if ended.debt is not None and ended.emergency_id is None:
            debts.let_wait(debt=ended.debt, until=now + TIME_TO_PAY)
            add_mark(stay, Mark.PAY_LATER)
            audit.record(actor, SessionPaysLater(session_id=stay.pk, owed=stay.bill.due), now)
        record_wrong_way(actor, stay, Way.OUT, now)
    return finish_ending(stay, ended, now)


def _collection(cash: Decimal) -> Collection:
    if cash > ZERO:
        return Collection(EndMethod.CASH.value, tendered=cash, in_part=True)
    return Collection(EndMethod.NONE.value, keeps_order=True)


def _came_before(stay: ParkingSession, scan_id: str | None) -> bool:
    closed = stay.status == SessionStatus.COMPLETED
    return closed and scans.is_repeated_scan(session=stay, kind=ScanKind.EXIT, scan_id=scan_id)


def _keep_phone(stay: ParkingSession, phone: str) -> None:
    """Keep who is to be asked for the money. Raises Refused where that must be known and nobody knows it."""
    if phone:
        if len(phone_digits(phone)) != WHOLE_NUMBER:
            raise Refused("phone_incomplete", "Give all ten digits of the phone number", session_id=stay.pk)
        stay.phone = phone_digits(phone)
        save_fields(stay, "phone")
    if needs_proof(stay):
        raise Refused("phone_or_photo_needed", "The driver's phone or a photo is needed", session_id=stay.pk)


def needs_proof(stay: ParkingSession) -> bool:
    """Return whether a phone or a photo is still needed. Nobody asks for what a plate owes that is known in part."""
    asked = stay.vehicle.is_partial or bool(PAY_LATER_PROOF.at(stay.zone.site_id))
    return asked and not phone_of(stay) and not has_exit_photo(stay)


def _refuse_too_many(stay: ParkingSession, actor: Actor, now: datetime) -> None:
    """Raise Refused `pay_later_limit`: the plate owes enough, or this attendant let enough cars go in a shift."""
    site_id = stay.zone.site_id
    owed = unpaid_of_plate(stay.vehicle_id, sites=actor.sites)
    if len(owed) >= PAY_LATER_PER_PLATE.at(site_id):
        raise Refused("pay_later_limit", "This plate owes from before", session_id=stay.pk)
    mine = done_since(now - SHIFT, actions=[SessionPaysLater.action]).filter(actor_id=actor.user_id)
    if actor.role == "STAFF" and mine.count() >= PAY_LATER_PER_ATTENDANT.at(site_id):
        raise Refused("pay_later_limit", "You let as many cars pay later as one may in a shift", session_id=stay.pk)
