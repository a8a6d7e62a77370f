"""What was unusual about a stay: marks, which are only ever added."""

from enum import StrEnum

from parking.core.statements import save_fields
from parking.stays.models import ParkingSession


class Mark(StrEnum):
    """The marks that a stay may have."""

    WITHOUT_QR = "WITHOUT_QR"
    FOUND = "FOUND"
    LOST_TICKET = "LOST_TICKET"
    PAPER = "PAPER"
    OFFLINE = "OFFLINE"
    EMERGENCY = "EMERGENCY"
    MOVED = "MOVED"
    PAY_LATER = "PAY_LATER"


def add_mark(session: ParkingSession, mark: Mark) -> bool:
    """Put a mark on a session, which must be locked; return whether it is new."""
    if mark in session.marks:
        return False
    session.marks = [*session.marks, mark.value]
    save_fields(session, "marks")
    return True
