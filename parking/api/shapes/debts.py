"""How the debt of a plate is shown."""

from datetime import datetime
from typing import Self

from pydantic import Field

from parking.checkout.collecting import Collected
from parking.edge.shapes import Shape
from parking.payments.models import Debt, DebtStatus
from parking.stays.marks import Mark


class ObjectionOut(Shape):
    """Why the driver says that nothing is owed, and what was answered; null until then."""

    text: str
    made_at: datetime
    answer: str | None
    answered_at: datetime | None

    example = {
        "text": "I left at noon and paid in cash",
        "made_at": "2026-11-23T05:00:00Z",
        "answer": None,
        "answered_at": None,
    }

    @classmethod
    def of(cls, debt: Debt) -> Self | None:
        """Return the objection to a debt, or None."""
        if debt.objected_at is None:
            return None
        return cls(
            text=debt.objection,
            made_at=debt.objected_at,
            answer=debt.objection_answer or None,
            answered_at=debt.objection_answered_at,
        )


def _mark_of(debt: Debt) -> str | None:
    return Mark.EMERGENCY.value if debt.emergency_id else None


class DebtOut(Shape):
    id: int
    session_id: int | None
    vehicle_number: str | None
    amount: float
    status: DebtStatus
    created_at: datetime
    waits_until: datetime | None = Field(
        description="Until when the car that pays later may pay; it is called a debt after that"
    )
    closed_at: datetime | None
    objection: ObjectionOut | None
    emergency_id: int | None
    mark: str | None = Field(description="EMERGENCY: the car was let out in one")

    example = {
        "id": 4,
        "session_id": 123,
        "vehicle_number": "DL-01-AB-1234",
        "amount": 100.0,
        "status": "OPEN",
        "created_at": "2026-11-22T07:05:00Z",
        "waits_until": None,
        "closed_at": None,
        "objection": None,
        "emergency_id": None,
        "mark": None,
    }

    @classmethod
    def of(cls, debt: Debt) -> Self:
        """Return a debt."""
        session = getattr(debt.bill, "session", None)
        return cls.read(
            debt,
            session_id=session.pk if session else None,
            vehicle_number=session.vehicle.vehicle_number if session else None,
            objection=ObjectionOut.of(debt),
            mark=_mark_of(debt),
        )


class CollectedOut(DebtOut):
    """A debt that was paid at the counter."""

    change_due: float

    example = DebtOut.example | {"status": "PAID", "closed_at": "2026-11-23T05:00:00Z", "change_due": 50.0}

    @classmethod
    def of_collected(cls, collected: Collected) -> Self:
        """Return a debt with the change of its payment."""
        session = collected.debt.bill.session
        return cls.read(
            collected.debt,
            session_id=session.pk,
            vehicle_number=session.vehicle.vehicle_number,
            change_due=collected.change,
            objection=ObjectionOut.of(collected.debt),
            mark=_mark_of(collected.debt),
        )


OBJECTED_EXAMPLE = DebtOut.example | {"objection": ObjectionOut.example}
ANSWERED_EXAMPLE = DebtOut.example | {
    "objection": ObjectionOut.example
    | {"answer": "The camera saw the car until 14:10", "answered_at": "2026-11-23T09:00:00Z"}
}
FORGIVEN_EXAMPLE = DebtOut.example | {"status": "WRITTEN_OFF", "closed_at": "2026-11-23T05:00:00Z"}
