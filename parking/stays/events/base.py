"""What all events of a stay have in common."""

from dataclasses import dataclass

from parking.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class SessionEvent(Event):
    """Something that happened to a stay."""

    subject_kind = "session"

    session_id: int
