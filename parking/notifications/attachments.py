"""What a mail carries: made when it is sent, by the app that has it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Attachment:
    """One file of a mail."""

    name: str
    body: bytes
    media_type: str


Maker = Callable[[int, datetime], tuple[Attachment, ...]]

_MAKERS: dict[str, Maker] = {}


def register_attachment(prefix: str, make: Maker) -> None:
    """Let `make(id, now)` make what messages name as `attachment="prefix:id"`."""
    _MAKERS[prefix] = make


def attachments_of(name: str, *, now: datetime) -> tuple[Attachment, ...]:
    """Return the files that a notice names; none for a notice without. Raises what their maker raises."""
    if not name:
        return ()
    prefix, _, number = name.partition(":")
    return _MAKERS[prefix](int(number), now)
