"""What the older addresses take and answer."""

from datetime import datetime
from typing import Self

from parking.checkout.bills import running_bill
from parking.checkout.cancelling import Cancelled
from parking.checkout.entering import Entered
from parking.checkout.leaving import Left
from parking.core import clock
from parking.core.money import ZERO
from parking.core.qr import qr_svg
from parking.edge.money import LineOut, OrderOut
from parking.edge.parsing import In, RefIn, Text20, Text30, Text100, Text500
from parking.edge.shapes import Shape
from parking.facilities.models import ParkingZone
from parking.facilities.queries import ZoneCounts
from parking.stays.models import ParkingSession
from parking.stays.rules import NO_REFUND_AFTER_ENTRY, RefundDecision
from parking.tariffs.queries import price_now

_SESSION = "7d9f2c1e-5b1a-4e0f-9c57-3f3a0a8f6d21"
_QR = "QR-7K3M9QX2T0ZC"
_PLATE = "DL-01-AB-1234"


# --- Ticket ----------------------------------------------------------------------------------------


class TicketIn(In):
    vehicle_number: Text30
    owner_name: Text100
    zone_id: RefIn


class TicketOut(Shape):
    session_id: str
    qr_code: str
    slot_number: str | None
    zone_name: str
    vehicle_number: str
    qr_svg: str

    example = {
        "session_id": _SESSION,
        "qr_code": _QR,
        "slot_number": "A-001",
        "zone_name": "Zone A",
        "vehicle_number": _PLATE,
        "qr_svg": '<svg xmlns="http://www.w3.org/2000/svg"></svg>',
    }

    @classmethod
    def of(cls, session: ParkingSession) -> Self:
        """Return the ticket; the picture of its code saves the kiosk's page a second call."""
        return cls.read(
            session,
            session_id=session.uuid,
            slot_number=session.slot_number,
            zone_name=session.zone.name,
            vehicle_number=session.vehicle.vehicle_number,
            qr_svg=qr_svg(session.qr_code).decode(),
        )


TICKET_WANTED = {"vehicle_number": _PLATE, "owner_name": "Asha Rao", "zone_id": 1}


# --- Scans -----------------------------------------------------------------------------------------


class EntryScanIn(In):
    qr_code: Text500


class EntryScanOut(Shape):
    session_id: str
    vehicle_number: str
    entry_time: datetime
    slot_number: str | None

    example = {
        "session_id": _SESSION,
        "vehicle_number": _PLATE,
        "entry_time": "2026-11-22T04:35:00Z",
        "slot_number": "A-001",
    }

    @classmethod
    def of(cls, entered: Entered) -> Self:
        """Return what an entry answers."""
        session = entered.session
        return cls.read(
            session,
            session_id=session.uuid,
            vehicle_number=session.vehicle.vehicle_number,
            slot_number=session.slot_number,
        )


ENTRY_SCAN = {"qr_code": _QR}


class ExitScanIn(In):
    qr_code: Text500
    payment_method: Text20


class ExitScanOut(Shape):
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

    example = {
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
    }

    @classmethod
    def of(cls, left: Left) -> Self:
        """Return the end of a stay, with the bill's own figures."""
        session, bill = left.session, left.session.bill
        run = running_bill(session, clock.now())
        return cls.read(
            session,
            session_id=session.uuid,
            vehicle_number=session.vehicle.vehicle_number,
            amount_charged=bill.charged,
            payment_method=session.payment_method or None,
            slot_number=session.slot_number,
            duration_minutes=run.minutes,
            lines=[LineOut.of(line) for line in run.lines],
            total_amount=run.total,
            already_paid=bill.paid - bill.charged,
        )


class PaymentAwaitedOut(Shape):
    """No success while the money is missing: a refusal that says what is due and how it can be paid."""

    success: bool
    code: str
    message: str
    amount_due: float
    payment: OrderOut | None

    @classmethod
    def of(cls, left: Left) -> Self:
        """Return the refusal of an exit whose payment is not confirmed."""
        return cls.make(
            success=False,
            code="payment_pending",
            message="The payment is not confirmed yet. The gate stays shut.",
            amount_due=left.session.bill.due,
            payment=OrderOut.of(left.order),
        )


EXIT_SCAN = {"qr_code": _QR, "payment_method": "CASH"}


# --- Cancelling --------------------------------------------------------------------------------------

_AFTER_ENTRY = RefundDecision(eligible=False, amount=ZERO, reason=NO_REFUND_AFTER_ENTRY)


class CancelByQrIn(In):
    qr_code: Text500


class CancelledByQrOut(Shape):
    session_id: str
    vehicle_number: str
    refund_eligible: bool
    refund_amount: float
    refund_reason: str
    slot_number: str | None

    example = {
        "session_id": _SESSION,
        "vehicle_number": _PLATE,
        "refund_eligible": True,
        "refund_amount": 50.0,
        "refund_reason": "Cancelled within grace period (2 min < 5 min). 100% refund eligible.",
        "slot_number": "A-001",
    }

    @classmethod
    def of(cls, ended: Cancelled | Left) -> Self:
        """Return a booking that was cancelled, or a stay that staff ended in its place."""
        decision = ended.decision if isinstance(ended, Cancelled) else _AFTER_ENTRY
        return cls.read(
            ended.session,
            session_id=ended.session.uuid,
            vehicle_number=ended.session.vehicle.vehicle_number,
            refund_eligible=decision.eligible,
            refund_amount=decision.amount,
            refund_reason=decision.reason,
            slot_number=ended.session.slot_number,
        )


CANCEL_WANTED = {"qr_code": _QR}


# --- Zone status -------------------------------------------------------------------------------------


class ZoneStatusOut(Shape):
    """Without envelope; here `occupied_slots` counts booked and occupied together, and the rate is a text."""

    success: bool
    zone_name: str
    total_slots: int
    occupied_slots: int
    available_slots: int
    occupancy_percent: float
    hourly_rate: str

    example = {
        "success": True,
        "zone_name": "Zone A",
        "total_slots": 10,
        "occupied_slots": 3,
        "available_slots": 7,
        "occupancy_percent": 30.0,
        "hourly_rate": "50.00",
    }

    @classmethod
    def of(cls, zone: ParkingZone, counts: ZoneCounts, now: datetime) -> Self:
        """Return the counts of a zone, with its rate of this moment."""
        return cls.read(
            counts,
            success=True,
            zone_name=zone.name,
            total_slots=counts.total,
            occupied_slots=counts.taken,
            available_slots=counts.available,
            hourly_rate=f"{price_now(zone, now).hourly_rate:.2f}",
        )
