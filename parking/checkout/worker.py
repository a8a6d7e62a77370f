"""The worker: a thread for each lane of sweeps, threads for each queue of tasks, and a heartbeat.

Everything that is to be done is in the database, so a worker may be killed at any moment, and several share the work.
"""

import os
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from django.db import DatabaseError, close_old_connections, connections
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker as QueueWorker
from django_tasks_db.models import DBTaskResult

from parking.checkout import sweeps
from parking.checkout.sweeps import Sweep
from parking.core import clock
from parking.core.heartbeats import BEAT_SECONDS, beat, end_beating
from parking.core.sweep_locks import give_back_leases, sole_runner

log = structlog.get_logger(__name__)

# Threads for each queue. Events ask gateways, so a gateway that hangs holds up events, but no mail and no sweep.
QUEUES = {"default": 1, "gateways": 2}
# How much later than others the processor serves a worker that waits for it, as `nice` counts.
_NICENESS = 10
_LOOK_SECONDS = 0.5
_TICK_SECONDS = 0.25
_AFTER_ERROR_SECONDS = 1.0


def give_way() -> None:
    """Let the web server have the processor first: a message may be late by the time in which a gate is asked."""
    os.nice(_NICENESS)


class Lane:
    """Sweeps that run one after the other, each when it is due and no other worker is running it."""

    def __init__(self, kept: tuple[Sweep, ...], *, owner: str, runs: dict[str, Any]) -> None:
        self._sweeps = kept
        self._owner = owner
        self._runs = runs
        self._due_at = {sweep.name: 0.0 for sweep in kept}

    def run_due(self, at: float) -> float:
        """Run what is due at `at`, in seconds of the monotonic clock; answers when the next sweep is due."""
        for sweep in self._sweeps:
            if self._due_at[sweep.name] <= at:
                done = self._run(sweep)
                is_full = sweep.full is not None and done >= sweep.full
                self._due_at[sweep.name] = at if is_full else at + sweep.every
        return min(self._due_at.values())

    def _run(self, sweep: Sweep) -> int:
        try:
            with sole_runner(sweep.name, owner=self._owner) as taken:
                return self._run_alone(sweep) if taken else 0
        except DatabaseError as error:
            log.warning("sweep_waits_for_database", sweep=sweep.name, error=type(error).__name__)
        except Exception:  # one that fails must not end the others of its lane
            log.exception("sweep_failed", sweep=sweep.name)
        return 0

    def _run_alone(self, sweep: Sweep) -> int:
        now, began = clock.now(), time.monotonic()
        done = sweep.run(now=now)
        seconds = round(time.monotonic() - began, 3)
        self._runs[sweep.name] = {"ran_at": now.isoformat(), "seconds": seconds, "done": done}
        return done


class Worker:
    """Runs sweeps and tasks in threads until it is stopped."""

    def __init__(self) -> None:
        self.id = get_random_string(32)
        self._started_at: datetime = clock.now()
        self._runs: dict[str, Any] = {}
        self._stopping = threading.Event()
        self._queue_workers: list[QueueWorker] = []
        self._threads: list[threading.Thread] = []

    def run(self, *, is_stopping: Callable[[], bool]) -> None:
        """Start to work, and go on until the caller says so."""
        self._beat()
        for lane in sweeps.lanes().values():
            self._start(self._keep_lane, Lane(lane, owner=self.id, runs=self._runs))
        for queue, count in QUEUES.items():
            for _ in range(count):
                self._start(self._consume, self._queue_worker(queue))
        next_beat = time.monotonic() + BEAT_SECONDS
        while not is_stopping():
            time.sleep(_TICK_SECONDS)
            if time.monotonic() >= next_beat:
                self._beat()
                next_beat += BEAT_SECONDS

    def stop(self, *, seconds: float) -> bool:
        """Let every thread finish what it is at, for at most so long; answers whether all have ended.

        What is unfinished then is done by others.
        """
        self._stopping.set()
        for queue_worker in self._queue_workers:
            queue_worker.running = False
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(deadline - time.monotonic(), 0))
        end_beating(worker_id=self.id)
        give_back_leases(owner=self.id)
        return not any(thread.is_alive() for thread in self._threads)

    def _start(self, target: Any, argument: Any) -> None:
        thread = threading.Thread(target=target, args=(argument,), daemon=True)
        self._threads.append(thread)
        thread.start()

    def _beat(self) -> None:
        try:
            beat(worker_id=self.id, started_at=self._started_at, sweeps=dict(self._runs), now=clock.now())
        except DatabaseError as error:
            log.warning("heartbeat_waits_for_database", error=type(error).__name__)
        close_old_connections()

    def _keep_lane(self, lane: Lane) -> None:
        while not self._stopping.is_set():
            next_at = lane.run_due(time.monotonic())
            close_old_connections()
            self._stopping.wait(max(next_at - time.monotonic(), 0))
        connections.close_all()

    def _queue_worker(self, queue: str) -> QueueWorker:
        queue_worker = QueueWorker(
            queue_names=[queue],
            interval=_LOOK_SECONDS,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=self.id,
            excluded_queue_names=[],
        )
        self._queue_workers.append(queue_worker)
        return queue_worker

    def _consume(self, queue_worker: QueueWorker) -> None:
        """Carry out what waits in a queue. Looking costs a read; taking a task locks all of an SQLite database."""
        waiting = DBTaskResult.objects.ready().filter(queue_name__in=queue_worker.queue_names)
        while not self._stopping.is_set():
            pause = _LOOK_SECONDS
            try:
                if waiting.all().exists():
                    queue_worker.run()
            except Exception as error:  # noqa: BLE001 - tasks note their own errors; here the database is away
                log.warning("queue_waits_for_database", error=type(error).__name__)
                pause = _AFTER_ERROR_SECONDS
            close_old_connections()
            self._stopping.wait(pause)
        connections.close_all()
