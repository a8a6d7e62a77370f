"""How a note on a stay is shown."""

from datetime import datetime
from typing import Any, Self

from parking.edge.shapes import Shape
from parking.stays.models import NoteKind, SessionNote


class NoteOut(Shape):
    id: int
    kind: NoteKind
    text: str
    written_by: str | None
    written_at: datetime
    done_at: datetime | None

    example = {
        "id": 12,
        "kind": "NOTE",
        "text": "Key is with the guard",
        "written_by": "staff1",
        "written_at": "2026-11-22T04:35:00Z",
        "done_at": None,
    }

    @classmethod
    def of(cls, note: SessionNote, **others: Any) -> Self:
        """Return a note; it must come with who wrote it: null for the holder of the receipt."""
        author = note.written_by
        return cls.read(note, written_by=author.username if author else None, **others)
