"""The state of the background work: whether a worker is alive, and how long the oldest task waits."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from parking.core import clock, heartbeats, task_queue
from parking.core.fresh import FreshValue
from parking.core.heartbeats import WorkerState


@dataclass(frozen=True)
class BackgroundState:
    """`last_beat` is the newest heartbeat of any worker, `oldest_wait` that of the task which waits longest."""

    worker: WorkerState
    last_beat: datetime | None
    oldest_wait: timedelta

    @property
    def queue(self) -> Literal["ok", "late"]:
        return "ok" if self.oldest_wait <= task_queue.LATE_AFTER else "late"

    @property
    def oldest_seconds(self) -> int:
        return int(self.oldest_wait.total_seconds())


def background_state(*, now: datetime) -> BackgroundState:
    """Return the state of the workers and their queue, in two statements."""
    last = heartbeats.last_beat(now=now)
    return BackgroundState(last.state, last.at, task_queue.oldest_wait(now=now))


# For pages, which many people look at.
background_now: FreshValue[BackgroundState] = FreshValue(lambda: background_state(now=clock.now()))
