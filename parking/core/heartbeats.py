"""Signs of life of the workers: each writes its row every few seconds."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from django.db.models import Max

from parking.core.fresh import FreshValue
from parking.core.models import WorkerHeartbeat

BEAT_SECONDS = 10
# A worker that has not been heard of for so long counts as dead: what it had begun is done by others.
LATE_AFTER = timedelta(seconds=60)
_KEPT_FOR = timedelta(days=1)

WorkerState = Literal["ok", "late", "none"]


@dataclass(frozen=True)
class LastBeat:
    """The newest sign of life of any worker. `none`: no worker runs, nor was one killed within a day."""

    state: WorkerState
    at: datetime | None


def beat(*, worker_id: str, started_at: datetime, sweeps: dict[str, Any], now: datetime) -> None:
    """Write that a worker is alive, and what its sweeps did last."""
    row = {"started_at": started_at, "beat_at": now, "sweeps": sweeps}
    WorkerHeartbeat.objects.update_or_create(worker_id=worker_id, defaults=row)


def end_beating(*, worker_id: str) -> None:
    """Delete the row of a worker that stops in good order."""
    WorkerHeartbeat.objects.filter(worker_id=worker_id).delete()


def _newest() -> datetime | None:
    at: datetime | None = WorkerHeartbeat.objects.aggregate(at=Max("beat_at"))["at"]
    return at


# For pages, which many people look at.
newest_beat_now: FreshValue[datetime | None] = FreshValue(_newest)


def last_beat(*, now: datetime) -> LastBeat:
    """Return the newest heartbeat, in one statement."""
    return judged(_newest(), now=now)


def judged(at: datetime | None, *, now: datetime) -> LastBeat:
    """Return what the time of the newest heartbeat says of the workers."""
    if at is None:
        return LastBeat("none", None)
    return LastBeat("ok" if now - at <= LATE_AFTER else "late", at)


def living_workers(*, now: datetime) -> set[str]:
    """Return the ids of the workers that count as alive."""
    return set(WorkerHeartbeat.objects.filter(beat_at__gte=now - LATE_AFTER).values_list("worker_id", flat=True))


def forget_dead_workers(*, now: datetime) -> int:
    """Delete the rows of workers that were killed over a day ago; answers how many."""
    return WorkerHeartbeat.objects.filter(beat_at__lt=now - _KEPT_FOR).delete()[0]
