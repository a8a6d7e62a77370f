"""What became of the rows of a sheet of paper slips."""

from typing import Literal, Self

from parking.checkout.paper_slips import Entered
from parking.edge.shapes import Shape
from parking.edge.wording import sentence_for


class PaperResultOut(Shape):
    block: str
    number: int
    status: Literal["ENTERED", "REPEATED", "REFUSED"]
    session_id: int | None
    code: str | None
    message: str | None

    example = {
        "block": "B1",
        "number": 7,
        "status": "ENTERED",
        "session_id": 123,
        "code": None,
        "message": None,
    }

    @classmethod
    def of(cls, row: Entered) -> Self:
        """Return what became of a row; `code` says why it was not entered."""
        status: Literal["ENTERED", "REPEATED", "REFUSED"] = "REPEATED" if row.again else "ENTERED"
        return cls.make(
            block=row.slip.block,
            number=row.slip.number,
            status="REFUSED" if row.problem else status,
            session_id=row.session.pk if row.session else None,
            code=row.problem.code if row.problem else None,
            message=sentence_for(row.problem) if row.problem else None,
        )


class PaperSheetOut(Shape):
    entered: int
    results: list[PaperResultOut]

    example = {"entered": 1, "results": [PaperResultOut.example]}
