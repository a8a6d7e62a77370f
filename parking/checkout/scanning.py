"""A scan at a gate that lets cars in, out, or both; and the state of an exit whose payment the gate waits for."""

from datetime import datetime
from enum import StrEnum

from parking.checkout.collecting import Collection
from parking.checkout.entering import Entered, enter
from parking.checkout.leaving import Left, finished_exit, leave, quote
from parking.checkout.pass_entry import PassEntered, enter_with_pass, pass_at_gate
from parking.checkout.paying import refresh_order
from parking.checkout.queries import newest_order
from parking.core.actor import Actor
from parking.core.errors import NotFound, Refused
from parking.core.ids import Ref, read_pass_code
from parking.facilities.emergencies import is_any_running, running_at
from parking.passes.models import MOST_VEHICLES
from parking.passes.queries import present_vehicles
from parking.payments.models import OrderStatus, PaymentMethod
from parking.stays import access, scans
from parking.stays.access import QrText
from parking.stays.models import EndMethod, EndReason, ParkingSession, ScanKind, SessionStatus
from parking.stays.seen_plates import refuse_other_plate


class Direction(StrEnum):
    """Which way cars pass a gate."""

    IN = "IN"
    OUT = "OUT"
    BOTH = "BOTH"


def scan(
    *,
    actor: Actor,
    qr_code: str,
    direction: Direction,
    now: datetime,
    plate_seen: str | None = None,
    scan_id: str | None = None,
) -> Entered | PassEntered | ParkingSession | Left:
    """Let a car in, or quote the bill of one that is inside (answers its stay). Raises as `enter` and `quote`.

    In an emergency there is no bill: the car is let out (answers how it left). Where cars pass both ways, the stay says
    which of the two is meant; the same scan again means the same.
    """
    if direction != Direction.OUT and read_pass_code(qr_code):
        return _scan_pass(actor, qr_code, direction, plate_seen=plate_seen, scan_id=scan_id, now=now)
    if direction == Direction.BOTH:
        direction = _direction_of(access.find(QrText(qr_code, plate_seen or ""), actor), scan_id)
    if direction == Direction.OUT:
        return _quote_or_leave(actor, qr_code, plate_seen=plate_seen, scan_id=scan_id, now=now)
    return enter(actor=actor, qr_code=qr_code, plate_seen=plate_seen, scan_id=scan_id, now=now)


def _quote_or_leave(
    actor: Actor, qr_code: str, *, plate_seen: str | None, scan_id: str | None, now: datetime
) -> ParkingSession | Left:
    """Quote the bill, or let the car out where an emergency runs."""
    if is_any_running(now):
        session = access.find(QrText(qr_code, plate_seen or ""), actor)
        if running_at(session.zone.site_id, now) is not None:
            nothing = Collection(EndMethod.NONE.value)
            return leave(
                actor=actor, qr_code=qr_code, collection=nothing, plate_seen=plate_seen, scan_id=scan_id, now=now
            )
    return quote(actor=actor, qr_code=qr_code, plate_seen=plate_seen, now=now)


def _scan_pass(
    actor: Actor, qr_code: str, direction: Direction, *, plate_seen: str | None, scan_id: str | None, now: datetime
) -> Entered | PassEntered | ParkingSession | Left:
    """Let a car in with the code of its pass, or quote the bill of one that is inside.

    A pass of several vehicles needs the plate: Refused `pass_needs_plate`, with the `plates` that are on it; none where
    they are too many to choose from.
    """
    plates = [row.vehicle.vehicle_number for row in present_vehicles(pass_at_gate(qr_code), now)]
    plate = plate_seen or (plates[0] if len(plates) == 1 else None)
    if plate is None:
        raise Refused("pass_needs_plate", "This pass has several vehicles; which plate is it?", plates=_few(plates))
    if direction == Direction.BOTH and _is_inside(qr_code, plate, actor, scan_id):
        return _quote_or_leave(actor, qr_code, plate_seen=plate, scan_id=scan_id, now=now)
    return enter_with_pass(actor=actor, qr_code=qr_code, plate=plate, scan_id=scan_id, now=now)


def _few(plates: list[str]) -> list[str]:
    """Return plates to choose from; none of the long list of an organisation."""
    return plates if len(plates) <= MOST_VEHICLES else []


def _is_inside(qr_code: str, plate: str, actor: Actor, scan_id: str | None) -> bool:
    """Return whether the car of a pass is inside, and not since this very scan."""
    try:
        session = access.find(QrText(qr_code, plate), actor)
    except NotFound:
        return False
    let_in_now = scans.is_repeated_scan(session=session, kind=ScanKind.ENTRY, scan_id=scan_id)
    return session.status == SessionStatus.ACTIVE and not let_in_now


def _direction_of(session: ParkingSession, scan_id: str | None) -> Direction:
    has_entered = session.status in {SessionStatus.ACTIVE, SessionStatus.COMPLETED}
    let_in_now = has_entered and scans.is_repeated_scan(session=session, kind=ScanKind.ENTRY, scan_id=scan_id)
    return Direction.OUT if has_entered and not let_in_now else Direction.IN


def compare_plate(*, actor: Actor, qr_code: str, plate_seen: str) -> ParkingSession:
    """The stay of a code, if it is of the plate that the attendant saw. Changes nothing.

    Raises NotFound `qr_not_found`, Refused `vehicle_mismatch`.
    """
    session = access.find(QrText(qr_code), actor)
    refuse_other_plate(session, plate_seen)
    return session


def check_ending(*, actor: Actor, session: Ref, now: datetime) -> None:
    """Ask the gateway after the payment that a stay waits for, at most every two seconds, and settle what it says.

    Raises NotFound `session_not_found`.
    """
    stay = access.find(session, actor, at_work=True)
    order = newest_order(stay.bill_id)
    if order is not None and stay.status == SessionStatus.ACTIVE:
        refresh_order(order=order, now=now)


def look_at_ending(*, actor: Actor, session: Ref, reason: EndReason) -> Left:
    """Return how a stay is that ends for this reason as soon as its ONLINE payment comes: for a page that waits.

    Raises NotFound `session_not_found`; Refused `already_exited` (it ended in another way), `payment_failed`,
    `payment_given_up`.
    """
    stay = access.find(session, actor, at_work=True)
    order = newest_order(stay.bill_id)
    stay = order.bill.session if order else stay
    if stay.status == SessionStatus.COMPLETED:
        if ended_by(stay, reason=reason, method=PaymentMethod.ONLINE):
            return finished_exit(stay)
        raise Refused("already_exited", "Exit already scanned. Cannot scan twice!", session_id=stay.pk)
    if order is None or not order.is_open:
        if order is not None and order.status == OrderStatus.FAILED:
            raise Refused("payment_failed", "Payment issue, retry", session_id=stay.pk)
        raise Refused("payment_given_up", "This payment is not waited for any more", session_id=stay.pk)
    return Left(stay, order=order)


def ended_by(session: ParkingSession, *, reason: EndReason, method: str) -> bool:
    """Whether a stay ended for this reason and was paid this way, or another attendant was quicker."""
    return session.end_reason == reason and session.payment_method == method
