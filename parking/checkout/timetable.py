"""Which background work runs how often, and the loop that queues it.

A task is queued only if it is not waiting already, so a worker that was away does not come back to a heap of them.
"""

import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.core.management import call_command
from django.db import DatabaseError, close_old_connections
from django_tasks_db.models import DBTaskResult

from parking.checkout import tasks

log = structlog.get_logger(__name__)

KEEP_RESULTS = timedelta(days=2)


@dataclass(frozen=True)
class Entry:
    """A task and its interval in seconds."""

    task: Any
    every: int


TIMETABLE = (
    Entry(tasks.expire_unpaid_holds, 5),
    Entry(tasks.expire_no_shows, 5),
    Entry(tasks.follow_open_orders, 3),
    Entry(tasks.follow_open_refunds, 30),
    Entry(tasks.queue_unworked_events, 30),
    Entry(tasks.issue_missing_documents, 60),
    Entry(tasks.issue_all_missing_documents, 86_400),
    Entry(tasks.forget_what_is_over, 3600),
)


def queue_due(second: int) -> int:
    """Queue what is due in this second of the loop; answers how many tasks were queued."""
    due = [entry.task for entry in TIMETABLE if second % entry.every == 0]
    if not due:
        return 0
    waiting = set(DBTaskResult.objects.ready().values_list("task_path", flat=True))
    fresh = [task for task in due if task.module_path not in waiting]
    for task in fresh:
        task.enqueue()
    return len(fresh)


def keep_time(stop: threading.Event) -> None:
    """Queue the timetable's work every second until told to stop. A database that is away is tried again."""
    second = 0
    while not stop.is_set():
        try:
            queue_due(second)
            if second % 3600 == 0:
                prune_results()
        except DatabaseError as error:
            log.warning("timetable_waits_for_database", error=type(error).__name__)
        close_old_connections()
        second += 1
        stop.wait(1)


def prune_results() -> None:
    """Delete the results of finished tasks after two days."""
    call_command("prune_db_task_results", min_age_days=KEEP_RESULTS.days, verbosity=0)
