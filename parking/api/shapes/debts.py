"""How the debt of a plate is shown."""

from datetime import datetime
from typing import Self

from parking.checkout.collecting import Collected
from parking.edge.shapes import Shape
from parking.payments.models import Debt, DebtStatus


class DebtOut(Shape):
    id: int
    session_id: int | None
    vehicle_number: str | None
    amount: float
    status: DebtStatus
    created_at: datetime
    closed_at: datetime | None

    example = {
        "id": 4,
        "session_id": 123,
        "vehicle_number": "DL-01-AB-1234",
        "amount": 100.0,
        "status": "OPEN",
        "created_at": "2026-11-22T07:05:00Z",
        "closed_at": None,
    }

    @classmethod
    def of(cls, debt: Debt) -> Self:
        """Return a debt."""
        session = getattr(debt.bill, "session", None)
        return cls.read(
            debt,
            session_id=session.pk if session else None,
            vehicle_number=session.vehicle.vehicle_number if session else None,
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
        )


FORGIVEN_EXAMPLE = DebtOut.example | {"status": "WRITTEN_OFF", "closed_at": "2026-11-23T05:00:00Z"}
