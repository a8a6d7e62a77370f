"""Workers as processes of their own: stopped by a signal, killed by `kill -9`, and sharing the work."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django_tasks_db.management.commands.db_worker import Worker as QueueWorker
from django_tasks_db.models import DBTaskResult

from deploy.processes import end_with_parent
from parking.checkout.tasks import work_on_event
from parking.core import clock
from parking.core.heartbeats import LATE_AFTER, last_beat
from parking.core.models import SweepLease, WorkerHeartbeat
from parking.core.sweep_locks import LEASE, sole_runner
from parking.core.task_queue import requeue_lost_tasks
from parking.payments.gateways.base import EventKind
from parking.payments.models import GatewayEvent, Payment, PaymentOrder
from tests.background.hanging import HANGING_SWEEP
from tests.background.test_sweeps import SECONDS, wait_until
from tests.build import book, make_user, make_zone
from tests.gateway import FakeGateway
from tests.gateways.standin import ROOT
from tests.invariants import assert_books_agree
from tests.payments.world import environment_for

pytestmark = pytest.mark.django_db(transaction=True)

WORKER = [sys.executable, "manage.py", "worker"]
HANGING = "import django, runpy; django.setup(); runpy.run_module('tests.background.hanging', run_name='__main__')"
NOBODY = "http://127.0.0.1:9"


@contextmanager
def started(command: list[str]) -> Iterator["subprocess.Popen[bytes]"]:
    """A process on this test's database, killed at the end if it still runs."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment_for(NOBODY),
        stdout=subprocess.PIPE,
        preexec_fn=end_with_parent(signal.SIGKILL),  # noqa: PLW1509 - it only calls prctl
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@contextmanager
def hanging_in(what: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker that is in the middle of a sweep, or of a task."""
    with started([sys.executable, "-c", HANGING, what]) as process:
        assert process.stdout and process.stdout.readline() == b"inside\n"
        yield process


def stop_within(seconds: float, process: "subprocess.Popen[bytes]", begun: float) -> None:
    """Let it end by itself, in so many seconds. Where its start took longer, the machine is busy, and it gives way."""
    took = time.monotonic() - begun
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=seconds if took < seconds else 4 * took) == 0


def kill(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()


def test_a_worker_stops_within_seconds_and_leaves_no_row() -> None:
    begun = time.monotonic()
    with started(WORKER) as process:
        wait_until(lambda: last_beat(now=clock.now()).state == "ok")
        stop_within(5, process, begun)
    assert (WorkerHeartbeat.objects.count(), SweepLease.objects.count()) == (0, 0)


def test_a_worker_gives_way_to_the_web_server() -> None:
    with started(WORKER) as process:
        wait_until(lambda: last_beat(now=clock.now()).state == "ok")
        assert os.getpriority(os.PRIO_PROCESS, process.pid) == min(19, os.getpriority(os.PRIO_PROCESS, 0) + 10)


def test_a_worker_that_hangs_stops_all_the_same() -> None:
    begun = time.monotonic()
    with hanging_in("sweep") as process:
        stop_within(9, process, begun)
    assert (WorkerHeartbeat.objects.count(), SweepLease.objects.count()) == (0, 0)


def test_a_sweep_whose_worker_is_killed_is_taken_over() -> None:
    def taken(seconds: float = 0) -> bool:
        later = clock.now() + timedelta(seconds=seconds)
        with time_machine.travel(later, tick=False), sole_runner(HANGING_SWEEP, owner="another") as is_ours:
            return is_ours

    with hanging_in("sweep") as process:
        assert not taken()
        kill(process)
        # PostgreSQL gives the lock back when the connection ends; on SQLite the lease must run out.
        wait_until(lambda: taken(LEASE.total_seconds()))


def test_a_task_whose_worker_is_killed_is_done_by_another() -> None:
    event = GatewayEvent.objects.create(
        gateway="SIMULATED", event_key="e", kind=EventKind.ORDER, body="", received_at=clock.now()
    )
    work_on_event.enqueue(event.pk)
    with hanging_in("task") as process:
        assert DBTaskResult.objects.get().status == "RUNNING"
        kill(process)
    now = clock.now()
    assert requeue_lost_tasks(now=now) == 0
    assert requeue_lost_tasks(now=now + LATE_AFTER + timedelta(seconds=1)) == 1
    consume("gateways")
    assert DBTaskResult.objects.get().status == "SUCCESSFUL"
    assert GatewayEvent.objects.filter(processed_at=None).count() == 0


def consume(queue: str) -> None:
    """Carry out what waits in a queue, as a worker does."""
    QueueWorker(
        queue_names=[queue], interval=0, batch=True, backend_name="default", startup_delay=False, max_tasks=None,
        worker_id="another", excluded_queue_names=[],
    ).run()  # fmt: skip


def test_two_workers_share_the_work_and_one_killed_leaves_nothing_undone(gateway: FakeGateway) -> None:
    gateway.reachable = False
    driver, zone = make_user(), make_zone(slots=60)
    for _ in range(40):
        book(driver, zone)
    ago = clock.now() - timedelta(minutes=1)
    with started(WORKER) as first, started(WORKER):
        wait_until(lambda: WorkerHeartbeat.objects.count() == 2)
        # Now the orders are due; each is made at the gateway and paid at once.
        PaymentOrder.objects.update(created_at=ago, updated_at=ago, next_check_at=ago)
        wait_until(Payment.objects.exists)
        kill(first)
        with_patience(lambda: PaymentOrder.objects.filter(status="COMPLETED").count() == 40)
    assert Payment.objects.count() == 40
    assert_books_agree()


def with_patience(is_so) -> None:
    """Wait as long as a lease of a killed worker may take to run out, and some seconds for the work."""
    deadline = time.monotonic() + LEASE.total_seconds() + SECONDS
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.2)
