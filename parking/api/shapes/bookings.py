"""How a stay is shown: as a booking, as a bill, as a row of a list."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from parking.checkout.bills import lines_at
from parking.checkout.leaving import Left
from parking.checkout.queries import latest_orders
from parking.core.money import ZERO
from parking.edge.money import EXAMPLE_ORDER, LineOut, OrderOut, present_lines, present_order
from parking.payments.models import PaymentOrder
from parking.stays.models import ParkingSession, SessionStatus
from parking.stays.services import terms_of
from parking.tariffs.rules import BillLine, total_of, whole_minutes

# --- Shapes, for the description ---------------------------------------------------------------------

Status = Literal["BOOKED", "ACTIVE", "COMPLETED", "CANCELLED", "EXPIRED"]
Paid = Literal["PENDING", "PARTIAL", "PAID", "REFUNDED"]


class BookingOut(BaseModel):
    session_id: int
    session_uuid: str
    qr_code: str
    status: Status
    payment_status: Paid
    end_reason: str | None
    zone_id: int
    zone_name: str
    slot_number: str | None
    vehicle_number: str
    vehicle_kind: str
    owner_name: str
    hourly_rate: float
    booked_at: datetime
    entry_time: datetime | None
    exit_time: datetime | None
    enter_by: datetime
    amount_paid: float
    amount_due: float
    total_amount: float
    payment_method: str | None
    payment: OrderOut | None
    duration_minutes: int | None = None
    estimated_amount: float | None = None


class BillOut(BaseModel):
    session_id: int
    session_uuid: str
    vehicle_number: str
    slot_number: str | None
    zone_name: str
    entry_time: datetime | None
    exit_time: datetime | None
    duration_minutes: int
    hourly_rate: float
    billed_hours: int
    lines: list[LineOut]
    total_amount: float
    already_paid: float
    amount_due: float
    amount_charged: float
    payment_method: str | None
    payment_status: Paid
    status: Status
    change_due: float
    payment: OrderOut | None
    quote_expires_at: datetime | None = None


class BookingWithBillOut(BookingOut):
    bill: BillOut


class InsideOut(BookingOut):
    is_long_stay: bool


EXAMPLE_BOOKING = {
    "session_id": 123,
    "session_uuid": "7d9f2c1e-5b1a-4e0f-9c57-3f3a0a8f6d21",
    "qr_code": "QR-7K3M9QX2T0ZC",
    "status": "BOOKED",
    "payment_status": "PARTIAL",
    "end_reason": None,
    "zone_id": 1,
    "zone_name": "Zone A",
    "slot_number": "A-001",
    "vehicle_number": "DL-01-AB-1234",
    "vehicle_kind": "CAR",
    "owner_name": "Asha Rao",
    "hourly_rate": 50.0,
    "booked_at": "2026-11-22T04:30:00Z",
    "entry_time": None,
    "exit_time": None,
    "enter_by": "2026-11-22T05:00:00Z",
    "amount_paid": 50.0,
    "amount_due": 0.0,
    "total_amount": 50.0,
    "payment_method": None,
    "payment": EXAMPLE_ORDER,
}
EXAMPLE_BILL = {
    "session_id": 123,
    "session_uuid": "7d9f2c1e-5b1a-4e0f-9c57-3f3a0a8f6d21",
    "vehicle_number": "DL-01-AB-1234",
    "slot_number": "A-001",
    "zone_name": "Zone A",
    "entry_time": "2026-11-22T04:35:00Z",
    "exit_time": "2026-11-22T07:05:00Z",
    "duration_minutes": 150,
    "hourly_rate": 50.0,
    "billed_hours": 3,
    "lines": [{"label": "Parking", "quantity": 3, "unit_price": 50.0, "amount": 150.0}],
    "total_amount": 150.0,
    "already_paid": 50.0,
    "amount_due": 0.0,
    "amount_charged": 100.0,
    "payment_method": "CASH",
    "payment_status": "PAID",
    "status": "COMPLETED",
    "change_due": 0.0,
    "payment": None,
}

# --- Presenting --------------------------------------------------------------------------------------


def present_booking(session: ParkingSession, order: PaymentOrder | None, now: datetime) -> dict[str, Any]:
    """A booking. `amount_due` is always the total, as it stands now, less what was paid."""
    total = total_of(lines_at(session, now))
    booking = {
        "session_id": session.pk,
        "session_uuid": session.uuid,
        "qr_code": session.qr_code,
        "status": session.status,
        "payment_status": session.payment_status.value,
        "end_reason": session.end_reason or None,
        "zone_id": session.zone_id,
        "zone_name": session.zone.name,
        "slot_number": session.slot.slot_number if session.slot else None,
        "vehicle_number": session.vehicle.vehicle_number,
        "vehicle_kind": session.vehicle_kind,
        "owner_name": session.owner_name,
        "hourly_rate": terms_of(session).hourly_rate,
        "booked_at": session.booked_at,
        "entry_time": session.entry_time,
        "exit_time": session.exit_time,
        "enter_by": session.enter_by,
        "amount_paid": session.amount_paid,
        "amount_due": max(total - session.amount_paid, ZERO),
        "total_amount": total,
        "payment_method": session.payment_method or None,
        "payment": present_order(order),
    }
    if session.status == SessionStatus.ACTIVE and session.entry_time:
        booking |= {"duration_minutes": whole_minutes(session.entry_time, now), "estimated_amount": total}
    return booking


def present_bookings(sessions: Iterable[ParkingSession], now: datetime) -> list[dict[str, Any]]:
    """Rows of a list, with two statements however many there are."""
    rows = list(sessions)
    orders = latest_orders([session.bill_id for session in rows])
    return [present_booking(session, orders.get(session.bill_id), now) for session in rows]


def present_inside(sessions: Sequence[ParkingSession], now: datetime, long_minutes: int) -> list[dict[str, Any]]:
    """Rows of cars inside, with the mark of a long stay."""
    bookings = present_bookings(sessions, now)
    return [row | {"is_long_stay": row["duration_minutes"] >= long_minutes} for row in bookings]


def present_bill(left: Left, now: datetime) -> dict[str, Any]:
    """A bill with its lines. The lines add up to `total_amount`; `amount_charged` is what the closing collected."""
    session, bill = left.session, left.session.bill
    lines = lines_at(session, now)
    total = total_of(lines)
    until = bill.billed_until if bill.closed_at or bill.frozen_until else None
    return {
        "session_id": session.pk,
        "session_uuid": session.uuid,
        "vehicle_number": session.vehicle.vehicle_number,
        "slot_number": session.slot.slot_number if session.slot else None,
        "zone_name": session.zone.name,
        "entry_time": session.entry_time,
        "exit_time": session.exit_time,
        "duration_minutes": whole_minutes(session.entry_time, until or now) if session.entry_time else 0,
        "hourly_rate": terms_of(session).hourly_rate,
        "billed_hours": _billed_hours(session, lines),
        "lines": present_lines(lines),
        "total_amount": total,
        "already_paid": bill.paid - bill.charged,
        "amount_due": max(total - bill.paid, ZERO),
        "amount_charged": bill.charged,
        "payment_method": session.payment_method or None,
        "payment_status": session.payment_status.value,
        "status": session.status,
        "change_due": left.change,
        "payment": present_order(left.order),
    }


def _billed_hours(session: ParkingSession, lines: Iterable[BillLine]) -> int:
    """Hours that the bill charges: the lines of hours come before any other."""
    if session.entry_time is None:
        return 0
    return sum(line.quantity for line in lines if line.is_hours)


def present_quote(session: ParkingSession, now: datetime) -> dict[str, Any]:
    bill = present_bill(Left(session), now)
    return bill | {"quote_expires_at": session.bill.frozen_until}
