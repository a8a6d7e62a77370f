"""How the bill of a stay is shown."""

from datetime import datetime
from typing import Any, Self

from parking.api.shapes.notes import NoteOut
from parking.checkout.bills import charge_at
from parking.checkout.leaving import Left
from parking.core.money import ZERO
from parking.edge.money import LineOut, OrderOut
from parking.edge.shapes import Shape
from parking.payments.counter_upi import Claim
from parking.payments.models import Debt
from parking.stays.models import ParkingSession, PaymentStatus, SessionStatus
from parking.stays.services import rate_of, terms_of
from parking.tariffs.rules import LineKind, minutes_of, whole_minutes


class OwedOut(Shape):
    """What a plate owes from another stay."""

    id: int
    session_id: int
    zone_name: str
    amount: float
    since: datetime

    example = {"id": 4, "session_id": 98, "zone_name": "Zone B", "amount": 150.0, "since": "2026-11-02T07:05:00Z"}

    @classmethod
    def of(cls, debt: Debt) -> Self:
        """Return a debt; it must come with its stay and zone."""
        session = debt.bill.session
        return cls.read(debt, session_id=session.pk, zone_name=session.zone.name, since=debt.created_at)


class BillLineOut(LineOut):
    """One line of a bill, with its kind: what programs go by, while labels are for people."""

    kind: LineKind

    example = LineOut.example | {"kind": "HOURS"}


class BillOut(Shape):
    session_id: int
    session_uuid: str
    vehicle_number: str
    slot_number: str | None
    site_id: int
    site_name: str
    zone_name: str
    entry_time: datetime | None
    exit_time: datetime | None
    duration_minutes: int
    hourly_rate: float
    billed_hours: int | float
    billed_minutes: int
    step_minutes: int
    billed_until: datetime | None
    lines: list[BillLineOut]
    total_amount: float
    already_paid: float
    amount_due: float
    amount_charged: float
    payment_method: str | None
    payment_status: PaymentStatus
    status: SessionStatus
    change_due: float
    payment: OrderOut | None
    pass_number: str | None
    claim: Claim | None = None
    quote_expires_at: datetime | None = None
    debts: list[OwedOut] | None = None
    debts_due: float | None = None
    debts_collected: float | None = None
    notes: list[NoteOut] | None = None

    example = {
        "session_id": 123,
        "session_uuid": "7d9f2c1e-5b1a-4e0f-9c57-3f3a0a8f6d21",
        "vehicle_number": "DL-01-AB-1234",
        "slot_number": "A-001",
        "site_id": 1,
        "site_name": "Connaught Place",
        "zone_name": "Zone A",
        "entry_time": "2026-11-22T04:35:00Z",
        "exit_time": "2026-11-22T07:05:00Z",
        "duration_minutes": 150,
        "hourly_rate": 50.0,
        "billed_hours": 3,
        "billed_minutes": 180,
        "step_minutes": 60,
        "billed_until": "2026-11-22T07:05:00Z",
        "lines": [BillLineOut.example],
        "total_amount": 150.0,
        "already_paid": 50.0,
        "amount_due": 0.0,
        "amount_charged": 100.0,
        "payment_method": "CASH",
        "payment_status": "PAID",
        "status": "COMPLETED",
        "change_due": 0.0,
        "payment": None,
        "pass_number": None,
    }

    @classmethod
    def of(cls, left: Left, now: datetime, **others: Any) -> Self:
        """Return a bill. Its lines add up to `total_amount`; `amount_charged` is what the closing collected."""
        session, bill = left.session, left.session.bill
        if left.debts_collected is not None:
            others = {"debts_collected": left.debts_collected} | others
        charge = charge_at(session, now)
        lines, total = charge.lines, charge.total
        until = bill.billed_until if bill.closed_at or bill.frozen_until else None
        return cls.read(
            session,
            session_id=session.pk,
            session_uuid=session.uuid,
            vehicle_number=session.vehicle.vehicle_number,
            slot_number=session.slot_number,
            site_id=session.zone.site_id,
            site_name=session.zone.site.name,
            zone_name=session.zone.name,
            duration_minutes=whole_minutes(session.entry_time, until or now) if session.entry_time else 0,
            hourly_rate=rate_of(session, now),
            billed_hours=hours_of(minutes_of(lines)),
            billed_minutes=minutes_of(lines),
            step_minutes=terms_of(session).step_minutes,
            billed_until=charge.until,
            lines=[BillLineOut.of(line) for line in lines],
            total_amount=total,
            already_paid=bill.paid - bill.charged,
            amount_due=max(total - bill.paid, ZERO),
            amount_charged=bill.charged,
            payment_method=session.payment_method or None,
            change_due=left.change,
            payment=OrderOut.of(left.order),
            pass_number=number_of_pass(session),
            claim=left.claim,
            **others,
        )


def number_of_pass(session: ParkingSession) -> str | None:
    """Return the number of the pass that covers a stay, None for none."""
    return session.subscription.number if session.subscription else None


def hours_of(minutes: int) -> int | float:
    """Return minutes as hours: a whole number where they are whole hours."""
    return minutes / 60 if minutes % 60 else minutes // 60
