"""How points are shown."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from parking.edge.parsing import In
from parking.edge.shapes import Shape
from parking.offers.models import PointEntry, PointKind
from parking.offers.point_rules import Lot
from parking.offers.points import PointsShown

UsePoints = Annotated[int, Field(ge=0, le=1_000_000, multiple_of=100, description="In hundreds; 100 points are ₹10")]


class ExpiringOut(Shape):
    points: int
    at: datetime

    example = {"points": 120, "at": "2027-11-30T18:30:00Z"}

    @classmethod
    def of(cls, lot: Lot) -> Self:
        """Return points that lapse together."""
        return cls.make(points=lot.points, at=lot.lapses_at)


class PointEntryOut(Shape):
    """An entry of the ledger: `points` more or less, and the balance from then on."""

    number: int
    kind: PointKind
    points: int
    balance: int
    session_id: int | None
    created_at: datetime

    example = {
        "number": 4,
        "kind": "EARNED",
        "points": 15,
        "balance": 320,
        "session_id": 123,
        "created_at": "2026-11-22T07:05:00Z",
    }

    @classmethod
    def of(cls, entry: PointEntry) -> Self:
        """Return an entry."""
        return cls.read(entry)


class PointsOut(Shape):
    """The points of a driver: `balance` without those that open sessions hold; the newest 100 entries."""

    balance: int
    expiring: list[ExpiringOut]
    entries: list[PointEntryOut]

    example = {"balance": 320, "expiring": [ExpiringOut.example], "entries": [PointEntryOut.example]}

    @classmethod
    def of(cls, shown: PointsShown) -> Self:
        """Return the points of a driver."""
        return cls.make(
            balance=shown.balance,
            expiring=[ExpiringOut.of(lot) for lot in shown.expiring],
            entries=[PointEntryOut.of(entry) for entry in shown.entries],
        )


class UsePointsIn(In):
    use_points: UsePoints
