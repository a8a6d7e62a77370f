"""How terminations are shown, per attendant."""

from collections.abc import Sequence
from typing import Self

from parking.edge.shapes import Shape
from parking.reports.terminations import OfAttendant, Terminations, sum_of_terminations


class TerminationsOut(Shape):
    """Stays that were ended without an exit scan, and rupees."""

    count: int
    total: float
    charged: float
    debt: float

    example = {"count": 3, "total": 350.0, "charged": 100.0, "debt": 200.0}

    @classmethod
    def of(cls, ended: Terminations) -> Self:
        """Return sums."""
        return cls.read(ended)


class OfAttendantOut(TerminationsOut):
    user_id: int | None
    username: str | None

    example = {"user_id": 8, "username": "staff1"} | TerminationsOut.example

    @classmethod
    def of_row(cls, row: OfAttendant) -> Self:
        """Return the sums of an attendant."""
        return cls.read(row.ended, user_id=row.user_id, username=row.username or None)


class TerminationsReportOut(Shape):
    attendants: list[OfAttendantOut]
    totals: TerminationsOut

    example = {"attendants": [OfAttendantOut.example], "totals": TerminationsOut.example}

    @classmethod
    def of_rows(cls, rows: Sequence[OfAttendant]) -> Self:
        """Return a report."""
        attendants = [OfAttendantOut.of_row(row) for row in rows]
        return cls.make(attendants=attendants, totals=TerminationsOut.of(sum_of_terminations(rows)))
