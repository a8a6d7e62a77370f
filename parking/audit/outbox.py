"""The outbox: events put down for those who act on them later, in the transaction in which they happened.

A listener is named by the app that listens, in `AppConfig.ready()`: `listen(SessionExited, "webhooks")`. Its worker
takes `unprocessed(…)`, does its work and calls `mark_done(…)`; every event comes to it at least once.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from parking.audit.events import Event
from parking.audit.models import OutboxEvent

_LISTENERS: dict[type[Event], list[str]] = {}


def listen(event_type: type[Event], listener: str) -> None:
    """Put every event of this type, and of its subclasses, into the outbox for a listener from now on."""
    names = _LISTENERS.setdefault(event_type, [])
    if listener not in names:
        names.append(listener)


def listeners_of(event_type: type[Event]) -> list[str]:
    """Return the names of those who listen to a type of events, each once."""
    if not _LISTENERS:
        return []
    return list(dict.fromkeys(name for base in event_type.__mro__ for name in _LISTENERS.get(base, ())))


def unprocessed(listener: str, *, limit: int) -> list[OutboxEvent]:
    """Return the oldest events that a listener has still to process, at most `limit`.

    Call it inside a transaction: the rows are locked until its end, and those that another worker holds are left out.
    """
    skip = connection.features.has_select_for_update_skip_locked
    rows = OutboxEvent.objects.select_for_update(skip_locked=skip).filter(listener=listener, processed_at=None)
    return list(rows.order_by("pk")[:limit])


def mark_done(rows: Iterable[OutboxEvent], *, now: datetime) -> None:
    """Note that a listener has processed these events; it gets them no more."""
    OutboxEvent.objects.filter(pk__in=[row.pk for row in rows], processed_at=None).update(processed_at=now)
