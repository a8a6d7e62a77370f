"""How a stay is shown as a booking: to its driver, at the gate, to managers; what entering and cancelling answer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from parking.api.shapes.bills import BillOut, number_of_pass
from parking.api.shapes.notes import NoteOut
from parking.api.shapes.promo_codes import DiscountOut
from parking.checkout.bills import lines_at
from parking.checkout.cancelling import Cancelled
from parking.checkout.entering import Entered
from parking.checkout.leaving import finished_exit
from parking.checkout.pass_entry import PassEntered
from parking.checkout.queries import latest_orders
from parking.core.money import ZERO
from parking.edge.money import OrderOut
from parking.edge.shapes import Shape
from parking.facilities.admitting import is_open
from parking.payments.models import PaymentOrder
from parking.stays.long_stays import is_long_stay
from parking.stays.models import ParkingSession, PaymentStatus, SessionStatus
from parking.stays.notes import open_notes_of
from parking.stays.services import pay_by_of, rate_of
from parking.tariffs.rules import total_of, whole_minutes


class BookingOut(Shape):
    session_id: int
    session_uuid: str
    qr_code: str
    status: SessionStatus
    payment_status: PaymentStatus
    end_reason: str | None
    site_id: int
    site_name: str
    zone_id: int
    zone_name: str
    slot_number: str | None
    vehicle_number: str
    vehicle_kind: str
    owner_name: str
    hourly_rate: float
    booked_at: datetime
    starts_at: datetime
    ends_at: datetime | None
    moved_from_zone_id: int | None
    entry_time: datetime | None
    exit_time: datetime | None
    enter_by: datetime
    pay_by: datetime | None
    enter_by_after_closing: bool
    amount_paid: float
    amount_due: float
    total_amount: float
    payment_method: str | None
    payment: OrderOut | None
    discounts: list[DiscountOut]
    pass_number: str | None
    pass_note: str | None
    marks: list[str]
    duration_minutes: int | None = None
    estimated_amount: float | None = None

    example = {
        "session_id": 123,
        "session_uuid": "7d9f2c1e-5b1a-4e0f-9c57-3f3a0a8f6d21",
        "qr_code": "QR-7K3M9QX2T0ZC",
        "status": "BOOKED",
        "payment_status": "PARTIAL",
        "end_reason": None,
        "site_id": 1,
        "site_name": "Connaught Place",
        "zone_id": 1,
        "zone_name": "Zone A",
        "slot_number": "A-001",
        "vehicle_number": "DL-01-AB-1234",
        "vehicle_kind": "CAR",
        "owner_name": "Asha Rao",
        "hourly_rate": 50.0,
        "booked_at": "2026-11-22T04:30:00Z",
        "starts_at": "2026-11-22T04:30:00Z",
        "ends_at": None,
        "moved_from_zone_id": None,
        "entry_time": None,
        "exit_time": None,
        "enter_by": "2026-11-22T05:00:00Z",
        "pay_by": None,
        "enter_by_after_closing": False,
        "amount_paid": 50.0,
        "amount_due": 0.0,
        "total_amount": 50.0,
        "payment_method": None,
        "payment": OrderOut.example,
        "discounts": [],
        "pass_number": None,
        "pass_note": None,
        "marks": [],
    }

    @classmethod
    def of(cls, session: ParkingSession, order: PaymentOrder | None, now: datetime, **others: Any) -> Self:
        """Return a booking. `amount_due` is always the total as of now, less what was paid."""
        lines = lines_at(session, now)
        total = total_of(lines)
        if session.status == SessionStatus.ACTIVE and session.entry_time:
            minutes = whole_minutes(session.entry_time, now)
            others = {"duration_minutes": minutes, "estimated_amount": total} | others
        return cls.read(
            session,
            session_id=session.pk,
            session_uuid=session.uuid,
            end_reason=session.end_reason or None,
            site_id=session.zone.site_id,
            site_name=session.zone.site.name,
            pay_by=pay_by_of(session),
            enter_by_after_closing=not is_open(session.zone, session.enter_by),
            zone_name=session.zone.name,
            slot_number=session.slot_number,
            vehicle_number=session.vehicle.vehicle_number,
            hourly_rate=rate_of(session, now),
            amount_due=max(total - session.amount_paid, ZERO),
            total_amount=total,
            payment_method=session.payment_method or None,
            payment=OrderOut.of(order),
            discounts=DiscountOut.rows(session, lines),
            pass_number=number_of_pass(session),
            pass_note=session.pass_note or None,
            **others,
        )

    @classmethod
    def rows(cls, sessions: Sequence[ParkingSession], now: datetime) -> list[Self]:
        """Return the rows of a list, with one statement for all their orders."""
        orders = latest_orders([session.bill_id for session in sessions])
        return [cls.of(session, orders.get(session.bill_id), now) for session in sessions]


class BookingWithBillOut(BookingOut):
    bill: BillOut

    example = BookingOut.example | {"bill": BillOut.example}

    @classmethod
    def of(cls, session: ParkingSession, order: PaymentOrder | None, now: datetime, **others: Any) -> Self:
        """Return a booking with its bill."""
        return super().of(session, order, now, bill=BillOut.of(finished_exit(session), now), **others)


class InsideOut(BookingOut):
    is_long_stay: bool

    example = BookingOut.example | {
        "status": "ACTIVE",
        "entry_time": "2026-11-22T04:35:00Z",
        "duration_minutes": 61,
        "estimated_amount": 50.0,
        "is_long_stay": False,
    }

    @classmethod
    def of(cls, session: ParkingSession, order: PaymentOrder | None, now: datetime, **others: Any) -> Self:
        """Return the booking of a car that is inside, with the mark of a long stay."""
        return super().of(session, order, now, is_long_stay=is_long_stay(session, now), **others)


class AdminBookingOut(BookingOut):
    user_id: int | None
    username: str | None
    end_note: str | None

    example = BookingOut.example | {"user_id": 7, "username": "asha", "end_note": None}

    @classmethod
    def of(cls, session: ParkingSession, order: PaymentOrder | None, now: datetime, **others: Any) -> Self:
        """Return a booking with what only managers see of it."""
        return super().of(
            session,
            order,
            now,
            user_id=session.driver_id,
            username=session.driver.username if session.driver else None,
            end_note=session.end_note or None,
            **others,
        )


class EntryOut(Shape):
    session_id: int
    session_uuid: UUID
    vehicle_number: str
    entry_time: datetime
    slot_number: str | None
    zone_name: str
    status: str
    plate_debt: float
    pass_number: str | None
    pass_note: str | None
    notes: list[NoteOut]

    example = {
        "session_id": 123,
        "session_uuid": "7d9f2c1e-5b1a-4e0f-9c57-3f3a0a8f6d21",
        "vehicle_number": "DL-01-AB-1234",
        "entry_time": "2026-11-22T04:35:00Z",
        "slot_number": "A-001",
        "zone_name": "Zone A",
        "status": "ACTIVE",
        "plate_debt": 0.0,
        "pass_number": None,
        "pass_note": None,
        "notes": [],
    }

    @classmethod
    def of(cls, entered: Entered | PassEntered, **others: Any) -> Self:
        """Return what an entry answers: ACTIVE also when the same scan comes again after the exit."""
        session = entered.session
        return cls.read(
            session,
            **{
                "session_id": session.pk,
                "session_uuid": session.uuid,
                "vehicle_number": session.vehicle.vehicle_number,
                "slot_number": session.slot_number,
                "zone_name": session.zone.name,
                "status": SessionStatus.ACTIVE,
                "plate_debt": entered.plate_debt,
                "pass_number": number_of_pass(session),
                "pass_note": session.pass_note or None,
                "notes": [NoteOut.of(note) for note in open_notes_of(session)],
                **others,
            },
        )


class PaidEntryOut(EntryOut):
    """What an entry answers under a tariff that collects there: BOOKED while an online payment is awaited."""

    entry_time: datetime | None  # type: ignore[assignment]
    amount_charged: float
    change_due: float
    payment: OrderOut | None

    example = EntryOut.example | {"amount_charged": 30.0, "change_due": 70.0, "payment": None}

    @classmethod
    def of_paid(cls, entered: Entered) -> Self:
        """Return what an entry answers, with the money that it took."""
        waits = entered.session.status == SessionStatus.BOOKED
        return super().of(
            entered,
            status=SessionStatus.BOOKED if waits else SessionStatus.ACTIVE,
            amount_charged=entered.charged,
            change_due=entered.change,
            payment=OrderOut.of(entered.order),
        )


class CancelledOut(Shape):
    session_id: int
    session_uuid: UUID
    status: Literal[SessionStatus.CANCELLED]
    refund_eligible: bool
    refund_amount: float
    refund_reason: str
    refund_status: str | None
    slot_number: str | None

    example = {
        "session_id": 123,
        "session_uuid": "7d9f2c1e-5b1a-4e0f-9c57-3f3a0a8f6d21",
        "status": "CANCELLED",
        "refund_eligible": True,
        "refund_amount": 50.0,
        "refund_reason": "Cancelled within grace period (2 min < 5 min). 100% refund eligible.",
        "refund_status": "COMPLETED",
        "slot_number": "A-001",
    }

    @classmethod
    def of(cls, cancelled: Cancelled) -> Self:
        """Return what a cancellation answers."""
        session, decision = cancelled.session, cancelled.decision
        return cls.read(
            session,
            session_id=session.pk,
            session_uuid=session.uuid,
            refund_eligible=decision.eligible,
            refund_amount=decision.amount,
            refund_reason=decision.reason,
            refund_status=cancelled.refunds[0].status if cancelled.refunds else None,
            slot_number=session.slot_number,
        )
