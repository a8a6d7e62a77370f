"""What the older addresses take and answer: shapes, examples and presenting."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from pydantic import BaseModel

from parking.checkout.bills import running_bill
from parking.checkout.cancelling import Cancelled
from parking.checkout.entering import Entered
from parking.checkout.leaving import Left
from parking.core import clock
from parking.core.money import ZERO
from parking.core.qr import qr_svg
from parking.edge.answers import ok, plain
from parking.edge.describe import enveloped
from parking.edge.money import LineOut, present_lines, present_order
from parking.edge.parsing import In, RefIn, Text20, Text100, Text500
from parking.facilities.models import ParkingZone
from parking.facilities.queries import ZoneCounts
from parking.stays.models import ParkingSession
from parking.stays.rules import NO_REFUND_AFTER_ENTRY, RefundDecision

_SESSION = "7d9f2c1e-5b1a-4e0f-9c57-3f3a0a8f6d21"
_QR = "QR-7K3M9QX2T0ZC"
_PLATE = "DL-01-AB-1234"


def _slot_number(session: ParkingSession) -> str | None:
    return session.slot.slot_number if session.slot else None


# --- Ticket ----------------------------------------------------------------------------------------


class TicketIn(In):
    vehicle_number: Text20
    owner_name: Text100
    zone_id: RefIn


class TicketOut(BaseModel):
    session_id: str
    qr_code: str
    slot_number: str | None
    zone_name: str
    vehicle_number: str
    qr_svg: str


TICKET_WANTED = {"vehicle_number": _PLATE, "owner_name": "Asha Rao", "zone_id": 1}
TICKET_GIVEN = enveloped(
    {
        "session_id": _SESSION,
        "qr_code": _QR,
        "slot_number": "A-001",
        "zone_name": "Zone A",
        "vehicle_number": _PLATE,
        "qr_svg": '<svg xmlns="http://www.w3.org/2000/svg"></svg>',
    },
    "Slot allocated: A-001",
)


def ticket_given(session: ParkingSession) -> HttpResponse:
    """The ticket; the picture of its code saves the kiosk's page a second call."""
    data = {
        "session_id": session.uuid,
        "qr_code": session.qr_code,
        "slot_number": _slot_number(session),
        "zone_name": session.zone.name,
        "vehicle_number": session.vehicle.vehicle_number,
        "qr_svg": qr_svg(session.qr_code).decode(),
    }
    return ok(data, f"Slot allocated: {data['slot_number']}")


# --- Scans -----------------------------------------------------------------------------------------


class EntryScanIn(In):
    qr_code: Text500


class EntryScanOut(BaseModel):
    session_id: str
    vehicle_number: str
    entry_time: datetime
    slot_number: str | None


ENTRY_SCAN = {"qr_code": _QR}
SCANNED_IN = enveloped(
    {
        "session_id": _SESSION,
        "vehicle_number": _PLATE,
        "entry_time": "2026-11-22T04:35:00Z",
        "slot_number": "A-001",
    },
    "Entry QR scanned successfully",
)


def scanned_in(entered: Entered) -> HttpResponse:
    session = entered.session
    data = {
        "session_id": session.uuid,
        "vehicle_number": session.vehicle.vehicle_number,
        "entry_time": session.entry_time,
        "slot_number": _slot_number(session),
    }
    return ok(data, "Entry QR scanned successfully")


class ExitScanIn(In):
    qr_code: Text500
    payment_method: Text20


class ExitScanOut(BaseModel):
    session_id: str
    vehicle_number: str
    exit_time: datetime
    entry_time: datetime
    amount_charged: float
    payment_method: str
    slot_number: str | None
    duration_minutes: int
    lines: list[LineOut]
    total_amount: float
    already_paid: float


EXIT_SCAN = {"qr_code": _QR, "payment_method": "CASH"}
SCANNED_OUT = enveloped(
    {
        "session_id": _SESSION,
        "vehicle_number": _PLATE,
        "exit_time": "2026-11-22T06:35:00Z",
        "entry_time": "2026-11-22T04:35:00Z",
        "amount_charged": 100.0,
        "payment_method": "CASH",
        "slot_number": "A-001",
        "duration_minutes": 120,
        "lines": [{"label": "Parking", "quantity": 2, "unit_price": 50.0, "amount": 100.0}],
        "total_amount": 100.0,
        "already_paid": 0.0,
    },
    "Exit processed successfully",
)


def scanned_out(left: Left) -> HttpResponse:
    """The end of a stay, with the bill's own figures."""
    session, bill = left.session, left.session.bill
    run = running_bill(session, clock.now())
    data = {
        "session_id": session.uuid,
        "vehicle_number": session.vehicle.vehicle_number,
        "exit_time": session.exit_time,
        "entry_time": session.entry_time,
        "amount_charged": bill.charged,
        "payment_method": session.payment_method or None,
        "slot_number": _slot_number(session),
        "duration_minutes": run.minutes,
        "lines": present_lines(run.lines),
        "total_amount": run.total,
        "already_paid": bill.paid - bill.charged,
    }
    return ok(data, "Exit processed successfully")


def gate_stays_shut(left: Left) -> HttpResponse:
    """No success while the money is missing: a refusal that says what is due and how it can be paid."""
    body = {
        "success": False,
        "code": "payment_pending",
        "message": "The payment is not confirmed yet. The gate stays shut.",
        "amount_due": left.session.bill.due,
        "payment": present_order(left.order),
    }
    return plain(body, status=400)


# --- Cancelling --------------------------------------------------------------------------------------


class CancelByQrIn(In):
    qr_code: Text500


class CancelledByQrOut(BaseModel):
    session_id: str
    vehicle_number: str
    refund_eligible: bool
    refund_amount: float
    refund_reason: str
    slot_number: str | None


CANCEL_WANTED = {"qr_code": _QR}
CANCELLED_BY_QR = enveloped(
    {
        "session_id": _SESSION,
        "vehicle_number": _PLATE,
        "refund_eligible": True,
        "refund_amount": 50.0,
        "refund_reason": "Cancelled within grace period (2 min < 5 min). 100% refund eligible.",
        "slot_number": "A-001",
    },
    "Session cancelled",
)
_AFTER_ENTRY = RefundDecision(eligible=False, amount=ZERO, reason=NO_REFUND_AFTER_ENTRY)


def cancelled_by_qr(ended: Cancelled | Left) -> HttpResponse:
    """A booking that was cancelled, or a stay that staff ended in its place."""
    decision = ended.decision if isinstance(ended, Cancelled) else _AFTER_ENTRY
    data = {
        "session_id": ended.session.uuid,
        "vehicle_number": ended.session.vehicle.vehicle_number,
        "refund_eligible": decision.eligible,
        "refund_amount": decision.amount,
        "refund_reason": decision.reason,
        "slot_number": _slot_number(ended.session),
    }
    return ok(data, "Session cancelled")


# --- Zone status -------------------------------------------------------------------------------------


class ZoneStatusOut(BaseModel):
    success: bool
    zone_name: str
    total_slots: int
    occupied_slots: int
    available_slots: int
    occupancy_percent: float
    hourly_rate: str


ZONE_STATUS: dict[str, Any] = {
    "success": True,
    "zone_name": "Zone A",
    "total_slots": 10,
    "occupied_slots": 3,
    "available_slots": 7,
    "occupancy_percent": 30.0,
    "hourly_rate": "50.00",
}


def zone_status(zone: ParkingZone, counts: ZoneCounts) -> HttpResponse:
    """Without envelope; here `occupied_slots` counts booked and occupied together, and the rate is a text."""
    body = {
        "success": True,
        "zone_name": zone.name,
        "total_slots": counts.total,
        "occupied_slots": counts.taken,
        "available_slots": counts.available,
        "occupancy_percent": counts.occupancy_percent,
        "hourly_rate": f"{zone.hourly_rate:.2f}",
    }
    return plain(body)
