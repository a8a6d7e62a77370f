"""How notes, problems, expected cars and walk-ins are shown at the gate."""

from datetime import datetime
from typing import Any, Self

from parking.api.shapes.bookings import EntryOut
from parking.api.shapes.notes import NoteOut
from parking.checkout.entering import Entered
from parking.checkout.expecting import may_enter_now
from parking.checkout.identifying import asks_for_owner
from parking.checkout.pass_entry import PassEntered
from parking.edge.shapes import Shape
from parking.stays.given_tickets import is_asked_about
from parking.stays.models import ParkingSession, PaymentStatus, SessionNote
from parking.stays.tokens import token_number_of


class WalkInOut(EntryOut):
    """A walk-in that is inside: its code is for the slip."""

    qr_code: str
    vehicle_kind: str
    last_four: str | None
    token_number: int | None

    example = EntryOut.example | {
        "qr_code": "QR-7K3M9QX2T0ZC",
        "vehicle_kind": "CAR",
        "last_four": None,
        "token_number": None,
    }

    @classmethod
    def of(cls, entered: Entered | PassEntered, **others: Any) -> Self:
        """Return what a walk-in answers."""
        session = entered.session
        facts = {"last_four": session.vehicle.last_four or None, "token_number": token_number_of(session)}
        return super().of(entered, **facts, **others)


class ExpectedOut(Shape):
    """A booking whose car is not in yet. What the driver has to say to be let in without a code is not shown."""

    session_id: int
    vehicle_number: str
    vehicle_kind: str
    zone_name: str
    slot_number: str | None
    enter_by: datetime
    payment_status: PaymentStatus
    may_enter: bool
    reason: str | None
    needs_confirm: bool
    asked: bool

    example = {
        "session_id": 123,
        "vehicle_number": "DL-01-AB-1234",
        "vehicle_kind": "CAR",
        "zone_name": "Zone A",
        "slot_number": "A-001",
        "enter_by": "2026-11-22T05:00:00Z",
        "payment_status": "PARTIAL",
        "may_enter": True,
        "reason": None,
        "needs_confirm": True,
        "asked": False,
    }

    @classmethod
    def of(cls, session: ParkingSession, now: datetime) -> Self:
        """Return a booking with what may be done; `reason` is the code of the refusal if nothing."""
        reason = may_enter_now(session, now=now)
        return cls.read(
            session,
            session_id=session.pk,
            vehicle_number=session.vehicle.vehicle_number,
            zone_name=session.zone.name,
            slot_number=session.slot_number,
            may_enter=reason is None,
            reason=reason,
            needs_confirm=asks_for_owner(session),
            asked=is_asked_about(session, now),
        )


class ProblemOut(NoteOut):
    """A problem that is not ticked off, with where the car is."""

    session_id: int
    vehicle_number: str
    zone_name: str
    slot_number: str | None

    example = NoteOut.example | {
        "kind": "DAMAGE",
        "session_id": 123,
        "vehicle_number": "DL-01-AB-1234",
        "zone_name": "Zone A",
        "slot_number": "A-001",
    }

    @classmethod
    def of(cls, note: SessionNote, **others: Any) -> Self:
        """Return a problem; it must come with its stay."""
        session = note.session
        return super().of(
            note,
            vehicle_number=session.vehicle.vehicle_number,
            zone_name=session.zone.name,
            slot_number=session.slot_number,
            **others,
        )
