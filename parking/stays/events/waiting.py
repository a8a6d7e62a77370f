"""Waiting lists."""

from dataclasses import dataclass

from parking.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class WaitingEvent(Event):
    """Something that happened to a driver's place in a waiting list."""

    subject_kind = "waiting"

    waiting_id: int


@dataclass(frozen=True, kw_only=True)
class WaitingJoined(WaitingEvent):
    """A driver joined the line of a zone; for a window, its times are there."""

    action = "waiting.joined"

    zone_id: int
    until: str
    starts_at: str = ""
    ends_at: str = ""


@dataclass(frozen=True, kw_only=True)
class PlaceOffered(WaitingEvent):
    """A place came free: the booking `session_id` is the driver's, if it is paid in time."""

    action = "waiting.offered"

    session_id: int


@dataclass(frozen=True, kw_only=True)
class WaitingEnded(WaitingEvent):
    """A place in the line ended: TAKEN, LAPSED, LEFT or OVER."""

    action = "waiting.ended"

    state: str
