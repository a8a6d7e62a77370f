"""The state of the background work: whether a worker is alive, and how long the oldest task waits."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.conf import settings

from parking.core import clock, heartbeats, task_queue
from parking.core.fresh import FreshValue
from parking.core.heartbeats import WorkerState
from parking.notifications.queries import oldest_message_wait


@dataclass(frozen=True)
class BackgroundState:
    """`last_beat` is the newest heartbeat of any worker, `oldest_wait` that of the task which waits longest.

    `message_wait` is that of the message to a person which waits longest.
    """

    worker: WorkerState
    last_beat: datetime | None
    oldest_wait: timedelta
    message_wait: timedelta = timedelta(0)

    @property
    def queue(self) -> Literal["ok", "late"]:
        return "ok" if self.oldest_wait <= task_queue.LATE_AFTER else "late"

    @property
    def late_message_minutes(self) -> int:
        """Return for how many minutes the oldest message waits; 0 while that is not too long."""
        minutes = int(self.message_wait.total_seconds()) // 60
        return minutes if minutes > settings.MESSAGES_LATE_MINUTES else 0

    @property
    def oldest_seconds(self) -> int:
        return int(self.oldest_wait.total_seconds())


def background_state(*, now: datetime) -> BackgroundState:
    """Return the state of the workers and of their queue, in two statements; nothing of messages."""
    last, waited = heartbeats.last_beat(now=now), task_queue.oldest_wait(now=now)
    return BackgroundState(last.state, last.at, waited)


def background_for_pages(*, now: datetime) -> BackgroundState:
    """Return the state with that of messages, in two statements beside the heartbeat that all pages share."""
    last, waited = heartbeats.judged(heartbeats.newest_beat_now.value(), now=now), task_queue.oldest_wait(now=now)
    return BackgroundState(last.state, last.at, waited, oldest_message_wait(now=now))


# Many people look at it.
background_now: FreshValue[BackgroundState] = FreshValue(lambda: background_for_pages(now=clock.now()))
