"""How exempt classes, exemptions and their counts are shown, and what may be set of a class."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import Field

from parking.api.shapes.sites import Id
from parking.api.shapes.zone_fields import absent
from parking.core.ids import MAX_ID
from parking.edge.parsing import In, Printable, Text30
from parking.edge.shapes import Shape
from parking.reports.exemptions import Exempted, OfAttendant, sum_of_exemptions
from parking.stays.exempt_models import EvidenceMoment, ExemptClass, Exemption, ParkingSessionEvidence

ClassName = Annotated[Text30, Field(description="As it stands on bills, after `Exempt: `")]
PhotoNote = Annotated[str, Field(max_length=100), Printable]
ClassId = Annotated[int, Field(ge=1, le=MAX_ID)]


class NewClassIn(In):
    site_id: Id
    name: ClassName


class ChangedClassIn(In):
    """What is left out stays as it is."""

    name: ClassName = absent()
    is_active: bool = absent()

    def changes(self) -> dict[str, Any]:
        """Return what was sent."""
        return self.model_dump(exclude_unset=True)


class ExemptClassOut(Shape):
    id: int
    site_id: int
    site_name: str
    name: str
    is_active: bool

    example = {"id": 1, "site_id": 1, "site_name": "Connaught Place", "name": "ambulance", "is_active": True}

    @classmethod
    def of(cls, found: ExemptClass) -> Self:
        """Return a class."""
        return cls.read(found, site_name=found.site.name)


class EvidenceOut(Shape):
    id: int
    session_id: int
    moment: EvidenceMoment
    note: str
    created_at: datetime

    example = {
        "id": 7,
        "session_id": 123,
        "moment": "EXIT",
        "note": "Pays later",
        "created_at": "2026-11-22T06:30:00Z",
    }

    @classmethod
    def of(cls, kept: ParkingSessionEvidence) -> Self:
        """Return a photo without its content, which `/api/staff/evidence/{id}/` has."""
        return cls.read(kept)


class ExemptionOut(Shape):
    session_id: int
    class_id: int
    name: str
    given_at: datetime
    photo_id: int

    example = {
        "session_id": 123,
        "class_id": 1,
        "name": "ambulance",
        "given_at": "2026-11-22T04:35:00Z",
        "photo_id": 7,
    }

    @classmethod
    def of(cls, given: Exemption) -> Self:
        """Return an exemption."""
        return cls.read(given, class_id=given.exempt_class_id, name=given.exempt_class.name)


class ExemptedOut(Shape):
    """Sessions that were exempted, those of them that are still open, and what the closed ones would have cost."""

    count: int
    open: int
    forgiven: float

    example = {"count": 3, "open": 1, "forgiven": 150.0}

    @classmethod
    def of(cls, sums: Exempted) -> Self:
        """Return sums."""
        return cls.read(sums)


class ExemptedByOut(ExemptedOut):
    user_id: int | None
    username: str | None
    name: str

    example = {"user_id": 8, "username": "staff1", "name": "ambulance"} | ExemptedOut.example

    @classmethod
    def of_row(cls, row: OfAttendant) -> Self:
        """Return what an attendant exempted of one class."""
        return cls.read(row.sums, user_id=row.user_id, username=row.username or None, name=row.name)


class ExemptionsReportOut(Shape):
    attendants: list[ExemptedByOut]
    totals: ExemptedOut

    example = {"attendants": [ExemptedByOut.example], "totals": ExemptedOut.example}

    @classmethod
    def of_rows(cls, rows: Sequence[OfAttendant]) -> Self:
        """Return a report."""
        attendants = [ExemptedByOut.of_row(row) for row in rows]
        return cls.make(attendants=attendants, totals=ExemptedOut.of(sum_of_exemptions(rows)))
