"""The seven functions of a stay, and the only place where its state changes.

Each takes a session that the caller locked with `.locked()` (docs/locking.md). Every change names the state that it
comes from in its UPDATE, so that even without the lock two changes could not both succeed.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from parking.core.errors import Refused
from parking.core.ids import new_qr_code
from parking.core.makers import new
from parking.core.money import ZERO
from parking.core.site_settings import CLAIM_MINUTES
from parking.core.statements import Select, change_locked, insert_with, save_fields
from parking.facilities.models import ParkingSlot, ParkingZone, SlotStatus
from parking.facilities.rules import suitable_slot_kinds
from parking.facilities.services import claim_best_slot, refuse_full_zone, set_slot_status
from parking.payments import bills
from parking.payments.models import BillKind
from parking.stays.covering import NOT_COVERED, Cover, claim_kept, cover_of, pass_of
from parking.stays.given_tickets import is_given_ticket
from parking.stays.marks import Mark
from parking.stays.models import (
    OPEN_SESSION,
    EndReason,
    ParkingSession,
    SessionStatus,
)
from parking.stays.promises import kinds_to_book
from parking.stays.reservations import is_elsewhere, leave_zone
from parking.stays.rules import (
    MOVED,
    NO_REFUND_AFTER_ENTRY,
    RefundDecision,
    hold_has_ended,
    is_no_show,
    refund_of_reservation,
    refund_on_cancelling,
)
from parking.stays.seen_plates import refuse_other_plate
from parking.tariffs.rules import NO_OFFERS, BillLine, Offers, Stay, Terms, lines_of, rate_at
from parking.tariffs.rules.demand import changed
from parking.vehicles.models import Vehicle

# A reservation without slot has not claimed its vehicle yet.
_OPEN_OF_VEHICLE = Select(
    lambda pk: ParkingSession.objects.filter(vehicle_id=pk, status__in=OPEN_SESSION, slot__isnull=False), int
)


def terms_of(session: ParkingSession) -> Terms:
    """The terms that the stay was booked under."""
    return Terms.from_json(session.terms)


def offers_of(session: ParkingSession) -> Offers:
    """What the stay has beside its terms that changes its price."""
    return Offers.from_json(session.offers) if session.offers else NO_OFFERS


def rate_of(session: ParkingSession, now: datetime) -> Decimal:
    """Return the rate (rupees an hour) of a step that begins at `now`, or began at the end of a stay that is over.

    With busy or quiet time, as it is charged.
    """
    rate = rate_at(session.exit_time or session.ended_at or now, terms_of(session)).rate
    return changed(rate, offers_of(session).demand_percent)


# --- Booking ---------------------------------------------------------------------------------------


def allocate_slot(
    *,
    uuid: UUID,
    zone: ParkingZone,
    vehicle: Vehicle,
    vehicle_kind: str,
    driver_id: int | None,
    owner_name: str,
    terms: Terms,
    now: datetime,
    special: str | None = None,
    offers: Offers = NO_OFFERS,
    cover: Cover = NOT_COVERED,
) -> ParkingSession:
    """Claim the slot that a pass keeps for a vehicle, else the best free one, and write the booking, from now on.

    The vehicle's row must be locked. Raises Refused: `vehicle_already_parked` (by the caller), `vehicle_unavailable`
    (by somebody else, which is nobody's business), `zone_full`, also where all that is free is reserved.
    """
    kinds = kinds_to_book(zone, vehicle_kind, special, now)
    _refuse_second_stay(vehicle, driver_id, zone, kinds)
    own = claim_kept(cover, zone, suitable_slot_kinds(vehicle_kind)) if special is None else None
    slot = own or claim_best_slot(zone=zone, kinds=kinds)
    session = new(
        ParkingSession,
        uuid=uuid,
        qr_code=new_qr_code(),
        driver_id=driver_id,
        owner_name=owner_name,
        vehicle=vehicle,
        vehicle_kind=vehicle_kind,
        zone=zone,
        slot=slot,
        bill=bills.new(kind=BillKind.STAY, site_id=zone.site_id, payer_id=driver_id, now=now),
        terms=terms.to_json(),
        offers=offers.to_json(),
        subscription=cover.subscription,
        pass_note=cover.note,
        booked_at=now,
        starts_at=now,
        pay_by=now + timedelta(minutes=terms.hold_minutes) if terms.booking_fee > ZERO else None,
        enter_by=now + timedelta(minutes=terms.no_show_minutes),
    )
    insert_with(session, "bill")
    return session


def _refuse_second_stay(vehicle: Vehicle, driver_id: int | None, zone: ParkingZone, kinds: tuple[str, ...]) -> None:
    present = _OPEN_OF_VEHICLE.first(vehicle.pk)
    if present is None:
        return
    # A full zone says nothing of the plate: the answer is the same whether the car is inside or not.
    refuse_full_zone(zone, kinds)
    if driver_id is not None and present.driver_id == driver_id:
        raise Refused("vehicle_already_parked", "This vehicle has an open booking already")
    raise Refused("vehicle_unavailable", "This vehicle cannot be booked now")


# --- Entry -----------------------------------------------------------------------------------------


def overdue_reason(session: ParkingSession, *, now: datetime) -> EndReason | None:
    """Why a booking's time is over, if it is: the fee was not paid, or nobody came.

    That of a ticket which an attendant gave never is: its car was at the gate (`given_tickets`).
    """
    if session.status != SessionStatus.BOOKED:
        return None
    if hold_has_ended(pay_by=session.pay_by, captured=session.bill.captured, now=now):
        return EndReason.UNPAID
    # A reservation that never got a slot was not missed by its driver.
    if session.is_waiting or not is_no_show(enter_by=session.enter_by, now=now) or is_given_ticket(session):
        return None
    return EndReason.NO_SHOW


def refuse_entry(session: ParkingSession, *, plate_seen: str | None, now: datetime) -> None:
    """Raise Refused with the reason why this stay may not enter; do nothing if it may.

    Refusals name the stay, and so stand in its timeline (docs/timeline.md).
    """
    if session.status in {SessionStatus.ACTIVE, SessionStatus.COMPLETED}:
        raise Refused("already_entered", "Entry QR already scanned. Cannot scan twice!", session_id=session.pk)
    if session.status == SessionStatus.EXPIRED:
        raise booking_expired(session)
    if session.status == SessionStatus.CANCELLED:
        raise Refused("booking_cancelled", "This booking was cancelled", session_id=session.pk)
    refuse_unpaid(session)
    refuse_other_plate(session, plate_seen)
    if session.is_reservation:
        _refuse_reserved(session, now)


def refuse_unpaid(session: ParkingSession) -> None:
    """Raise Refused `payment_pending` as long as the fee of a booking is not paid."""
    if session.pay_by is not None and session.bill.captured == ZERO:
        raise Refused("payment_pending", "The booking fee is not paid yet", session_id=session.pk)


def _refuse_reserved(session: ParkingSession, now: datetime) -> None:
    enter_from = session.starts_at - timedelta(minutes=CLAIM_MINUTES.at(session.zone.site_id))
    if now < enter_from:
        facts = {"starts_at": session.starts_at.isoformat(), "enter_from": enter_from.isoformat()}
        raise Refused("too_early", "The reserved time has not begun yet", session_id=session.pk, **facts)
    if session.slot is None:
        raise Refused("no_place_yet", "No place is free yet", session_id=session.pk)
    if session.slot_alone_since is not None and is_elsewhere(session):
        raise Refused("vehicle_elsewhere", "This vehicle has not left its other place", session_id=session.pk)


def pay_by_of(session: ParkingSession) -> datetime | None:
    """Return until when a booking must be paid, or an offer accepted; None where nothing is waited for."""
    return session.pay_by if session.status == SessionStatus.BOOKED and session.bill.captured == ZERO else None


def booking_expired(session: ParkingSession) -> Refused:
    return Refused("booking_expired", "Booking expired, please rebook", session_id=session.pk)


def scan_entry_qr(
    *, session: ParkingSession, plate_seen: str | None, now: datetime, gate_id: int | None = None
) -> None:
    """Let the car in: BOOKED becomes ACTIVE, the slot occupied. Raises Refused; see `refuse_entry`.

    A pass that has begun or has a place again since the booking covers the stay from now on.
    """
    refuse_entry(session, plate_seen=plate_seen, now=now)
    changes: dict[str, Any] = {"entry_time": now, "entry_gate_id": gate_id}
    if session.slot_alone_since is not None:
        changes["slot_alone_since"] = None
    if session.subscription_id is None and session.vehicle.has_pass:
        cover = cover_of(vehicle=session.vehicle, zone=session.zone, vehicle_kind=session.vehicle_kind, now=now)
        session.subscription = cover.subscription
        changes |= {"subscription_id": session.subscription_id, "pass_note": cover.note}
    set_slot_status(slot=_slot_of(session), status=SlotStatus.OCCUPIED)
    _move(session, SessionStatus.ACTIVE, **changes)


def is_covered_at_entry(session: ParkingSession, now: datetime) -> bool:
    """Return whether a pass covers a stay that enters now, be it one that covers it from the entry on."""
    if session.subscription_id is not None or not session.vehicle.has_pass:
        return bool(pass_of(session, now))
    cover = cover_of(vehicle=session.vehicle, zone=session.zone, vehicle_kind=session.vehicle_kind, now=now)
    return cover.subscription is not None


# --- Bill and exit ---------------------------------------------------------------------------------


def calculate_amount(*, session: ParkingSession, until: datetime) -> tuple[BillLine, ...]:
    """The bill of a stay with a car inside, up to `until`, under its own terms. Raises Refused `entry_not_scanned`."""
    if session.entry_time is None:
        raise Refused("entry_not_scanned", "Entry QR not scanned. Cannot exit!", session_id=session.pk)
    return lines_of(stay_until(session, session.entry_time, until), terms_of(session))


def stay_until(session: ParkingSession, entry: datetime, until: datetime) -> Stay:
    """Return what the rules have to know of a stay, beside its terms."""
    offers = offers_of(session)
    return Stay(
        entry,
        until,
        ends_at=session.ends_at,
        lost_ticket=Mark.LOST_TICKET in session.marks,
        demand_percent=offers.demand_percent,
        changes=(*pass_of(session, entry), *offers.changes),
    )


def set_offers(*, session: ParkingSession, offers: Offers) -> None:
    """Keep what a stay has of offers from now on."""
    session.offers = offers.to_json()
    save_fields(session, "offers")


def refuse_exit(session: ParkingSession, *, plate_seen: str | None) -> None:
    """Raise Refused with the reason why this stay cannot leave; do nothing if it can."""
    if session.status == SessionStatus.COMPLETED:
        raise Refused("already_exited", "Exit already scanned. Cannot scan twice!", session_id=session.pk)
    if session.status != SessionStatus.ACTIVE:
        raise Refused("entry_not_scanned", "Entry QR not scanned. Cannot exit!", session_id=session.pk)
    refuse_other_plate(session, plate_seen)


def scan_exit_qr(
    *, session: ParkingSession, payment_method: str, now: datetime, left_at: datetime | None = None
) -> None:
    """Let the car out: ACTIVE becomes COMPLETED, the slot free. The bill must have been settled before.

    `left_at` is when it left, if somebody states that afterwards.
    """
    _complete(session, EndReason.EXIT, payment_method, now, left_at=left_at)


def terminate_session(*, session: ParkingSession, payment_method: str, now: datetime) -> None:
    """End a stay without an exit scan: ACTIVE becomes COMPLETED, the slot free."""
    _complete(session, EndReason.TERMINATED, payment_method, now)


def note_reason(*, session: ParkingSession, note: str) -> None:
    """Keep the reason that a person gives for ending a stay; it may end only when its payment is confirmed."""
    session.end_note = note
    save_fields(session, "end_note")


def note_exit_gate(*, session: ParkingSession, gate_id: int | None) -> None:
    """Keep the gate at which the car is scanned out, also while its payment is awaited."""
    if gate_id is not None:
        session.exit_gate_id = gate_id
        save_fields(session, "exit_gate_id")


def _complete(
    session: ParkingSession, reason: EndReason, payment_method: str, now: datetime, *, left_at: datetime | None = None
) -> None:
    # A clock that was set back must not make the car leave before it came.
    left_at = max(left_at or now, session.entry_time or now)
    release_slot(session=session)
    _move(
        session,
        SessionStatus.COMPLETED,
        end_reason=reason,
        payment_method=payment_method,
        exit_time=left_at,
        ended_at=now,
    )


def release_slot(*, session: ParkingSession) -> None:
    """Free the slot of a stay that has just ended."""
    if session.slot is not None:
        set_slot_status(slot=session.slot, status=SlotStatus.FREE)


# --- Cancelling and expiry -------------------------------------------------------------------------


def calculate_refund(*, session: ParkingSession, now: datetime) -> RefundDecision:
    """What cancelling at `now` gives back."""
    if session.entry_qr_scanned:
        return RefundDecision(eligible=False, amount=ZERO, reason=NO_REFUND_AFTER_ENTRY)
    return refund_decision(session=session, paid=session.bill.paid, now=now)


def refund_decision(*, session: ParkingSession, paid: Decimal, now: datetime) -> RefundDecision:
    """What cancelling a booking gives back of what was paid (rupees)."""
    window = terms_of(session).cancel_window_seconds
    in_time = refund_on_cancelling(booked_at=session.booked_at, now=now, paid=paid, window_seconds=window)
    if session.refund_until is None or in_time.eligible:
        return in_time
    if session.moved_from_zone_id is not None:
        return RefundDecision(eligible=True, amount=paid, reason=MOVED)
    return refund_of_reservation(starts_at=session.starts_at, until=session.refund_until, now=now, paid=paid)


def cancel_parking_session(*, session: ParkingSession, note: str, now: datetime) -> RefundDecision:
    """Cancel a booking whose car has not come, and free its slot.

    Raises Refused `already_entered`, `not_cancellable`.
    """
    if session.status == SessionStatus.ACTIVE:
        raise Refused("already_entered", NO_REFUND_AFTER_ENTRY, session_id=session.pk)
    if session.status != SessionStatus.BOOKED:
        raise Refused("not_cancellable", "This booking cannot be cancelled any more", session_id=session.pk)
    decision = calculate_refund(session=session, now=now)
    _leave(session, SessionStatus.CANCELLED, EndReason.CANCELLED, now, end_note=note)
    return decision


def end_without_place(*, session: ParkingSession, voucher: str, now: datetime) -> None:
    """End a reservation for which there was no place: BOOKED becomes CANCELLED, its driver got a voucher."""
    _leave(session, SessionStatus.CANCELLED, EndReason.NO_PLACE, now, voucher=voucher)


def expire_session(*, session: ParkingSession, reason: EndReason, now: datetime) -> None:
    """End a booking whose time is over, and free its slot."""
    _leave(session, SessionStatus.EXPIRED, reason, now)


def _leave(session: ParkingSession, to: SessionStatus, reason: EndReason, now: datetime, **others: Any) -> None:
    """End a booking whose car has not come; its slot, or what its zone promised, is free again."""
    was_waiting = session.is_waiting
    _move(session, to, end_reason=reason, ended_at=now, **others)
    release_slot(session=session)
    if was_waiting:
        leave_zone(session)


# --- The one place where a state changes -------------------------------------------------------------

_ALLOWED = {
    SessionStatus.BOOKED: {SessionStatus.ACTIVE, SessionStatus.CANCELLED, SessionStatus.EXPIRED},
    SessionStatus.ACTIVE: {SessionStatus.COMPLETED},
}


class NoSuchMove(RuntimeError):
    """A stay in this state never comes to that one: a check is missing somewhere."""


def _move(session: ParkingSession, to: SessionStatus, **times: Any) -> None:
    present = SessionStatus(session.status)
    if to not in _ALLOWED.get(present, set()):
        raise NoSuchMove(f"{present} to {to}")
    changes = {"status": to, **times}
    change_locked(ParkingSession, session.pk, when={"status": present}, **changes)
    for name, value in changes.items():
        setattr(session, name, value)


def _slot_of(session: ParkingSession) -> ParkingSlot:
    if session.slot is None:
        raise Refused("booking_expired", "This booking has no slot yet", session_id=session.pk)
    return session.slot
