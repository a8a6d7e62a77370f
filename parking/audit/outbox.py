"""The outbox: events put down for those who act on them later, in the transaction in which they happened.

A listener is named by the app that listens, in `AppConfig.ready()`: `listen(SessionExited, "webhooks")`. Its worker
takes `unprocessed(…)`, does its work and calls `mark_done(…)`; every event comes to it at least once.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Min, QuerySet

from parking.audit.events import Event
from parking.audit.models import OutboxEvent

# By type of event: who listens, and to which events of it. None: to all.
When = Callable[[Any], bool]
_LISTENERS: dict[type[Event], dict[str, When | None]] = {}

# Beside the name of a listener: events that it could not process.
_ASIDE = ":failed"
# Rows that were processed are kept for so long, for whoever looks into what happened.
_KEPT_FOR = timedelta(days=7)


def listen(event_type: type[Event], listener: str, *, when: When | None = None) -> None:
    """Put events of this type, and of its subclasses, into the outbox for a listener from now on.

    With `when`, only those that it says yes to: the others cost no statement.
    """
    _LISTENERS.setdefault(event_type, {}).setdefault(listener, when)


def listeners_of(event: Event) -> list[str]:
    """Return the names of those who listen to an event, each once."""
    if not _LISTENERS:
        return []
    listening = (item for base in type(event).__mro__ for item in _LISTENERS.get(base, {}).items())
    return list(dict.fromkeys(name for name, when in listening if when is None or when(event)))


def unprocessed(listener: str, *, limit: int, without: Collection[int] = ()) -> list[OutboxEvent]:
    """Return the oldest events that a listener has still to process, at most `limit`, none of the ids `without`.

    Call it inside a transaction: the rows are locked until its end, and those that another worker holds are left out.
    """
    skip = connection.features.has_select_for_update_skip_locked
    rows = OutboxEvent.objects.select_for_update(skip_locked=skip).filter(listener=listener, processed_at=None)
    if without:
        rows = rows.exclude(pk__in=without)
    return list(rows.order_by("pk")[:limit])


def mark_done(rows: Iterable[OutboxEvent], *, now: datetime) -> None:
    """Note that a listener has processed these events; it gets them no more."""
    OutboxEvent.objects.filter(pk__in=[row.pk for row in rows], processed_at=None).update(processed_at=now)


def set_aside(row: OutboxEvent) -> None:
    """Let an event wait for a person: its listener could not process it, and is not given it any more."""
    OutboxEvent.objects.filter(pk=row.pk, processed_at=None).update(listener=f"{row.listener}{_ASIDE}")


def aside_of(listener: str) -> "QuerySet[OutboxEvent]":
    """Return the events of a listener that were set aside."""
    return OutboxEvent.objects.filter(listener=f"{listener}{_ASIDE}", processed_at=None)


def take_up_again(listener: str, action: str) -> int:
    """Give a listener those events of one action again that were set aside; answers how many."""
    return aside_of(listener).filter(action=action).update(listener=listener)


def oldest_of(listener: str) -> "QuerySet[OutboxEvent, tuple[datetime]]":
    """Return the time of the oldest event that a listener has still to process, as the only row; none if none is."""
    rows = OutboxEvent.objects.filter(listener=listener, processed_at=None).order_by()
    return rows.values("listener").annotate(since=Min("at")).values_list("since")


def forget_processed(*, now: datetime) -> int:
    """Delete the rows that were processed over a week ago; answers how many."""
    return OutboxEvent.objects.filter(processed_at__lte=now - _KEPT_FOR).delete()[0]
