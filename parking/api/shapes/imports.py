"""How the import of slots and people is shown."""

from typing import Any, Self

from parking.edge.import_wording import english_sentence
from parking.edge.shapes import Shape
from parking.facilities.importing.faults import Action, Fault, FaultCode, Outcome, Report


class ImportFaultOut(Shape):
    sheet: str
    row: int
    column: str
    code: str
    message: str

    example = {
        "sheet": "Slots",
        "row": 4,
        "column": "zone",
        "code": "zone_unknown",
        "message": "This car park has no zone Zone X. Make it first.",
    }

    @classmethod
    def of(cls, fault: Fault) -> Self:
        """Return a fault; that of a refusal has the code of the refusal."""
        code = fault.error.code if fault.error and fault.code == FaultCode.REFUSED else fault.code.value
        return cls.read(fault, code=code, message=english_sentence(fault))


class ImportRowOut(Shape):
    sheet: str
    row: int
    name: str
    action: Action

    example = {"sheet": "Slots", "row": 2, "name": "Zone A A-001", "action": "ADD"}

    @classmethod
    def of(cls, outcome: Outcome) -> Self:
        """Return what becomes of a row."""
        return cls.read(outcome)


class ImportOut(Shape):
    done: bool
    rows: list[ImportRowOut]
    faults: list[ImportFaultOut]

    example = {"done": False, "rows": [ImportRowOut.example], "faults": [ImportFaultOut.example]}

    @classmethod
    def of(cls, report: Report) -> Self:
        """Return what was, or would be, done."""
        return cls(
            done=report.is_done,
            rows=[ImportRowOut.of(row) for row in report.outcomes],
            faults=[ImportFaultOut.of(fault) for fault in report.faults],
        )


def multipart(extra: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    """Return the description of a call whose body is a form with a file."""
    return extra | {"requestBody": {"content": {"multipart/form-data": {"example": example}}}}
