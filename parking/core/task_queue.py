"""The queue of background tasks: how long the oldest waits, and tasks whose worker died."""

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.core.management import call_command
from django.db.models import Min
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from parking.core.heartbeats import living_workers

log = structlog.get_logger(__name__)

# The queue counts as late when a task has waited for longer.
LATE_AFTER = timedelta(seconds=60)
# A task that was begun so often without an end is what kills the workers.
MOST_BEGINNINGS = 5
_RESULTS_KEPT_DAYS = 2


def oldest_wait(*, now: datetime) -> timedelta:
    """Return how long the oldest waiting task has waited; nothing if none waits."""
    since = DBTaskResult.objects.ready().aggregate(since=Min("enqueued_at"))["since"]
    return max(now - since, timedelta(0)) if since else timedelta(0)


def requeue_lost_tasks(*, now: datetime) -> int:
    """Queue again the tasks that a worker had begun when it died; return how many. Safe to repeat.

    A task that was begun five times fails.
    """
    living = living_workers(now=now)
    running = DBTaskResult.objects.running().only("status", "worker_ids", "started_at")
    return sum(_requeue(row) for row in running if not living.intersection(row.worker_ids[-1:]))


def _requeue(row: DBTaskResult[Any, Any]) -> bool:
    begun = DBTaskResult.objects.filter(pk=row.pk, status=TaskResultStatus.RUNNING, started_at=row.started_at)
    if len(row.worker_ids) < MOST_BEGINNINGS:
        return bool(begun.update(status=TaskResultStatus.READY))
    log.error("task_kills_workers", task_id=str(row.pk))
    return bool(begun.update(status=TaskResultStatus.FAILED, finished_at=row.started_at))


def prune_results() -> None:
    """Delete the results of tasks of every queue that ended more than two days ago."""
    call_command("prune_db_task_results", queue_name="*", min_age_days=_RESULTS_KEPT_DAYS, verbosity=0)
