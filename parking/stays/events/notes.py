"""What people write about a stay, and steps against vehicles that were left behind."""

from dataclasses import dataclass
from decimal import Decimal

from parking.stays.events.base import SessionEvent


@dataclass(frozen=True, kw_only=True)
class NoteWritten(SessionEvent):
    """Somebody wrote a note on a session, or flagged it as a problem of a kind."""

    action = "session.note_written"

    note_id: int
    kind: str


@dataclass(frozen=True, kw_only=True)
class ReceiptDoubted(SessionEvent):
    """Whoever holds a receipt says to have paid `stated`; the books keep `kept` (rupees)."""

    action = "session.receipt_doubted"

    note_id: int
    stated: Decimal
    kept: Decimal


@dataclass(frozen=True, kw_only=True)
class NoteTickedOff(SessionEvent):
    """Somebody ticked a note or problem off: it is shown at no further scan."""

    action = "session.note_ticked_off"

    note_id: int
    kind: str


@dataclass(frozen=True, kw_only=True)
class LeftBehindStepDue(SessionEvent):
    """A vehicle is inside for days: MESSAGE, NOTICE or LETTER is due, after so many `days`."""

    action = "session.left_behind"

    way: str
    days: int


@dataclass(frozen=True, kw_only=True)
class LeftBehindStepDone(SessionEvent):
    """Somebody put up the notice at a vehicle that was left behind, or posted its letter."""

    action = "session.left_behind_done"

    way: str
