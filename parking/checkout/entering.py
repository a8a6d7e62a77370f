"""The entry gate."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from parking.audit import services as audit
from parking.checkout import at_entry, ending, placing
from parking.checkout.at_entry import AtEntry
from parking.checkout.collecting import Collection
from parking.checkout.paying import collect_with_page
from parking.checkout.queries import plate_debt
from parking.checkout.wrong_ways import Way, record_wrong_way
from parking.core.actor import Actor
from parking.core.errors import Refused
from parking.core.ids import read_pass_code
from parking.core.money import ZERO
from parking.core.together import together
from parking.payments.models import OrderStatus, PaymentOrder
from parking.stays import access, scans
from parking.stays import services as stays
from parking.stays.access import QrText
from parking.stays.events import SessionEntered
from parking.stays.models import ParkingSession, ScanKind, SessionStatus


@dataclass(frozen=True)
class Entered:
    """A car that was let in, and what its plate owes from before (rupees).

    Where the tariff collects at the entry: what was paid there, the change, and the order of an online payment. As long
    as that is not paid, the session is BOOKED.
    """

    session: ParkingSession
    plate_debt: Decimal
    order: PaymentOrder | None = None
    charged: Decimal = ZERO
    change: Decimal = ZERO


@dataclass(frozen=True)
class _Scan:
    actor: Actor
    code: QrText
    plate_seen: str | None
    scan_id: str | None
    collection: Collection | None


def enter(
    *,
    actor: Actor,
    qr_code: str,
    now: datetime,
    plate_seen: str | None = None,
    scan_id: str | None = None,
    collection: Collection | None = None,
) -> Entered:
    """Scan a booking in. The same `scan_id` again gets the same answer.

    `collection`: how money is paid that is due at the entry; ONLINE lets the car in when the gateway has confirmed,
    with the same scan again. Raises NotFound `qr_not_found`; Refused `already_entered`, `booking_expired`,
    `booking_cancelled`, `payment_pending`, `vehicle_mismatch`; of a reservation `too_early`, `no_place_yet`,
    `vehicle_elsewhere`; `use_pass_entry` for the code of a pass; `payment_at_entry`, and as an exit for its money;
    Unavailable.
    """
    if read_pass_code(qr_code):
        raise Refused("use_pass_entry", "This is the code of a pass: let it in with its plate")
    scan = _Scan(actor, QrText(qr_code), plate_seen, scan_id, collection)
    entered, is_new = _placed_and_let_in(scan, now)
    if entered.order is None or entered.session.status != SessionStatus.BOOKED:
        return entered
    session, order = collect_with_page(entered.order, now=now, fresh=is_new)
    if order.status == OrderStatus.FAILED:
        raise Refused("payment_failed", "Payment issue, retry", session_id=session.pk)
    if order.status != OrderStatus.COMPLETED:
        return replace(entered, session=session, order=order)
    # Its money is here: nothing is due any more.
    entered, _ = _placed_and_let_in(replace(scan, collection=None), now)
    return replace(entered, order=order, charged=order.amount)


def _placed_and_let_in(scan: _Scan, now: datetime) -> tuple[Entered, bool]:
    """Let a car in, and give a reservation that is due its slot before; as `_let_in`."""
    let_in = _let_in(scan, now)
    if let_in is None:
        # Here and now rather than by the worker a little later: the car stands at the gate.
        placing.place(access.find(scan.code, scan.actor).pk, now=now)
        let_in = _let_in(scan, now, is_placed=True)
    if let_in is None:
        raise RuntimeError("a reservation was placed and is still to be placed")
    return let_in


def _let_in(scan: _Scan, now: datetime, *, is_placed: bool = False) -> tuple[Entered, bool] | None:
    """Let a car in, or write the order of what is due first; return it, and whether that order is new.

    None for a reservation that is due and has no slot yet, unless that was tried.
    """
    actor, paid = scan.actor, at_entry.NOTHING
    with transaction.atomic(durable=True), together():
        session = access.lock(scan.code, actor)
        overdue = stays.overdue_reason(session, now=now)
        if not overdue and not is_placed and _is_to_be_placed(session, now):
            stays.refuse_unpaid(session)
            return None
        if overdue:
            # Ended here and now rather than by the worker a little later, so that the driver can rebook at once.
            ending.expire(session=session, reason=overdue, actor=actor, now=now)
        elif _came_before(session, scan.scan_id):
            paid = at_entry.paid_before(session)
        elif not (paid := _collect(session, scan, now)).order:
            stays.scan_entry_qr(session=session, plate_seen=scan.plate_seen, now=now, gate_id=actor.gate_id)
            scans.remember_scan(session=session, kind=ScanKind.ENTRY, scan_id=scan.scan_id, now=now)
            audit.record(actor, SessionEntered(session_id=session.pk, slot_id=session.slot_id), now)
            record_wrong_way(actor, session, Way.IN, now)
        debt = plate_debt(session.vehicle_id, sites=actor.sites, now=now)
    if overdue:
        raise stays.booking_expired(session)
    return Entered(session, debt, paid.order, paid.charged, paid.change), paid.is_new


def _is_to_be_placed(session: ParkingSession, now: datetime) -> bool:
    return session.is_waiting and now >= placing.claimed_from(session.starts_at, session.site_id)


def _collect(session: ParkingSession, scan: _Scan, now: datetime) -> AtEntry:
    """Take what is due at the entry, from a car that may go in otherwise."""
    if not at_entry.collects_at_entry(session):
        return at_entry.NOTHING
    stays.refuse_entry(session, plate_seen=scan.plate_seen, now=now)
    return at_entry.collect(session=session, collection=scan.collection, actor=scan.actor, now=now)


def _came_before(session: ParkingSession, scan_id: str | None) -> bool:
    entered = session.status in {SessionStatus.ACTIVE, SessionStatus.COMPLETED}
    return entered and scans.is_repeated_scan(session=session, kind=ScanKind.ENTRY, scan_id=scan_id)
