"""Not a test: a worker that makes notices and sends them by all channels, killed by SIGKILL at every step.

Run by `test_killed` with the settings of the stand-in as JSON. Each process dies at the first step at which none has
died before, until one comes to its end. Writes the steps, in the order of the deaths.
"""

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import time_machine
from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django_tasks_db.management.commands.db_worker import Worker as QueueWorker
from django_tasks_db.models import DBTaskResult

from parking.core import clock
from parking.core.task_queue import requeue_lost_tasks
from parking.notifications import delivering
from parking.notifications.channels import registry
from parking.notifications.channels.base import Letter
from parking.notifications.delivering import deliver
from parking.notifications.models import Channel, Delivery
from parking.notifications.noticing import take_events
from parking.notifications.rules import LEASE

LONGEST = 80
FOLLOWED = ("claiming ", "sending ")


class Steps:
    """What a worker does, step by step; the process dies at the first that is not in `survived`."""

    def __init__(self, survived: set[str], out: int) -> None:
        self._survived = survived
        self._out = out
        self._part = ""
        self._commits = 0

    def around(self, owner: Any, name: str, what: Callable[..., str]) -> None:
        """Step before and after each call of a function, which `what` names by its arguments; empty: no step.

        What is claimed is sent next, and what is sent is marked next: between two of them one step is enough.
        """
        work: Callable[..., Any] = getattr(owner, name)

        def watched(*args: Any, **kwargs: Any) -> Any:
            step = what(*args)
            if not step:
                return work(*args, **kwargs)
            self._step(f"before {step}")
            result = work(*args, **kwargs)
            if not step.startswith(FOLLOWED):
                self._step(f"after {step}")
            return result

        setattr(owner, name, watched)

    def commit(self, _connection: BaseDatabaseWrapper) -> str:
        self._commits += 1
        return f"commit {self._commits} of {self._part}" if self._part else ""

    def _step(self, name: str) -> None:
        if name not in self._survived:
            os.write(self._out, name.encode())
            os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def during(self, part: str) -> Iterator[None]:
        """Let commits be steps of this part of the work."""
        self._part, self._commits = part, 0
        yield
        self._part = ""


def named(what: str) -> Callable[..., str]:
    def name(delivery: Delivery, *_: Any) -> str:
        return f"{what} {delivery.channel} {delivery.notice.kind}"

    return name


def named_by_letter(letter: Letter, _now: datetime) -> str:
    return f"sending {letter.delivery.channel} {letter.notice.kind}"


def work(steps: Steps, now: datetime) -> None:
    """Do once all that a worker does: tasks, events, deliveries."""
    steps.around(BaseDatabaseWrapper, "_commit", steps.commit)
    steps.around(delivering, "_is_claimed", named("claiming"))
    steps.around(delivering, "_mark", named("marking"))
    for sender in registry._SENDERS.values():
        steps.around(sender, "send", named_by_letter)
    with steps.during("tasks"):
        requeue_lost_tasks(now=now)
        if DBTaskResult.objects.ready().exists():
            run_tasks()
    with steps.during("events"):
        take_events(now=now)
    for channel in Channel:
        deliver(now=now, channel=channel)


def run_tasks() -> None:
    worker = QueueWorker(
        queue_names=["default"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=str(os.getpid()),
        excluded_queue_names=[],
    )
    worker.run()


def death_of_next(survived: set[str], now: datetime) -> str:
    """Work in a process that dies at a step of its own; answers which. Empty: there is none any more."""
    connections.close_all()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        with time_machine.travel(now, tick=True):
            work(Steps(survived, write), now)
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        step = pipe.read()
    _, status = os.waitpid(child, 0)
    if not step and status:
        raise SystemExit(f"a worker ended with {status}")
    return step


def main(given: str) -> None:
    for name, value in json.loads(given).items():
        setattr(settings, name, value)
    survived: set[str] = set()
    began = clock.now()
    # Each begins when the lease of the one before has run out.
    for number in range(LONGEST):
        step = death_of_next(survived, began + number * (LEASE + timedelta(seconds=1)))
        if not step:
            return
        survived.add(step)
        sys.stdout.write(f"{step}\n")
        sys.stdout.flush()
    raise SystemExit(f"more than {LONGEST} steps")


if __name__ == "__main__":
    main(*sys.argv[1:])
