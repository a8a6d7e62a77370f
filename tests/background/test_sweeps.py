"""The worker's lanes: what runs when, alone, and beside a gateway that hangs."""

import importlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.apps import apps
from django.core import mail
from django.db import OperationalError, connection, connections
from django_tasks_db.models import DBTaskResult

from parking.accounts.models import Role
from parking.accounts.tasks import mail_reset_links
from parking.checkout import sweeps, worker
from parking.checkout.sweeps import Sweep, in_threads, in_turn, lanes, queue_unworked_events
from parking.checkout.tasks import work_on_event
from parking.checkout.worker import Lane, Worker
from parking.core import clock, sweep_locks
from parking.core.heartbeats import beat, last_beat
from parking.core.models import SweepLease, WorkerHeartbeat
from parking.core.sweep_locks import give_back_leases, sole_runner
from parking.core.task_queue import prune_results, requeue_lost_tasks
from parking.payments.gateways import registry
from parking.payments.gateways.base import EventKind, GatewayState, OrderAnswer, OrderRequest
from parking.payments.models import GatewayEvent, PaymentOrder
from parking.stays.models import ParkingSession
from tests.build import book, make_user, make_zone
from tests.gateway import FakeGateway

NOON = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
SECONDS = 60


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


@dataclass
class Counted:
    """A sweep that remembers when it ran, and says each time how much it did."""

    done: list[int] = field(default_factory=list)
    times: int = 0

    def __call__(self, *, now: datetime) -> int:  # noqa: ARG002 - as every sweep is called
        self.times += 1
        return self.done.pop(0) if self.done else 0


def lane_of(*found: Sweep) -> Lane:
    return Lane(found, owner="w", runs={})


# --- When what runs --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_each_sweep_runs_at_once_and_then_in_its_interval() -> None:
    often, rarely = Counted(), Counted()
    lane = lane_of(Sweep("often", 5, often), Sweep("rarely", 12, rarely))
    seen = []
    for second in range(13):
        lane.run_due(1000 + second)
        seen.append((often.times, rarely.times))
    assert seen == [(1, 1)] * 5 + [(2, 1)] * 5 + [(3, 1)] * 2 + [(3, 2)]


@pytest.mark.django_db
def test_a_full_run_is_followed_by_the_next_at_once() -> None:
    lane = lane_of(Sweep("s", 30, Counted([2, 2, 1]), full=2))
    assert [lane.run_due(1000), lane.run_due(1000), lane.run_due(1000)] == [1000, 1000, 1030]


@pytest.mark.django_db
@pytest.mark.parametrize("error", [RuntimeError, OperationalError])
def test_a_sweep_that_fails_does_not_end_the_others(error: type[Exception]) -> None:
    def fail(*, now: datetime) -> int:
        raise error

    whole = Counted()
    lane = lane_of(Sweep("broken", 5, fail), Sweep("whole", 5, whole))
    lane.run_due(0)
    lane.run_due(5)
    assert whole.times == 2


@pytest.mark.django_db
def test_a_run_is_remembered_for_the_heartbeat() -> None:
    runs: dict[str, dict[str, object]] = {}
    with time_machine.travel(NOON, tick=False):
        Lane((Sweep("s", 5, Counted([3])),), owner="w", runs=runs).run_due(0)
    assert runs["s"]["ran_at"] == "2026-11-22T06:30:00+00:00"
    assert runs["s"]["done"] == 3
    assert isinstance(runs["s"]["seconds"], float)


@pytest.mark.pages  # An hour of sweeps says on one database what it says on both.
@pytest.mark.django_db
def test_an_idle_hour_writes_no_task_row(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def ours(name: str, *, owner: str) -> Iterator[bool]:
        yield True

    monkeypatch.setattr(worker, "sole_runner", ours)
    runs: dict[str, dict[str, object]] = {}
    kept = [Lane(found, owner="w", runs=runs) for found in lanes().values()]
    # Each second of a minute, then once a minute: quick sweeps run a hundred times, slow ones when they are due.
    seconds = [*range(60), *range(60, 3660, 60)]
    with time_machine.travel(NOON, tick=False) as traveller:
        for second in seconds:
            traveller.move_to(NOON + timedelta(seconds=second), tick=False)
            for lane in kept:
                lane.run_due(second)
    assert DBTaskResult.objects.count() == 0
    assert set(runs) == {sweep.name for found in lanes().values() for sweep in found}


def test_sweeps_that_ask_a_gateway_have_lanes_of_their_own() -> None:
    named = {name: [sweep.name for sweep in found] for name, found in lanes().items()}
    assert named["bookings"] == [
        "expire_unpaid_holds",
        "expire_no_shows",
        "claim_places",
        "offer_places",
        "give_up_unpaid_passes",
        "end_bookings_without_pass",
    ]
    asking = {name: found for name, found in named.items() if any("follow" in sweep for sweep in found)}
    assert set(asking) == {"mandates"} | {
        f"{what} {code}" for what in ("orders", "refunds") for code in ("SIMULATED", "PHONEPE", "RAZORPAY")
    }
    assert all(len(found) == 1 for found in asking.values())


# --- One worker at a time --------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_runs_a_sweep() -> None:
    with sole_runner("s", owner="a") as first, sole_runner("s", owner="b") as second:
        assert (first, second) == (True, False)
    with sole_runner("s", owner="a") as again, sole_runner("t", owner="b") as other:
        assert (again, other) == (True, True)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_stops_lets_others_go_on_at_once() -> None:
    with sole_runner("s", owner="a"):
        pass
    give_back_leases(owner="a")
    with sole_runner("s", owner="b") as taken:
        assert taken


@pytest.mark.django_db
def test_a_lease_is_kept_without_writing_renewed_at_half_time_and_runs_out() -> None:
    def owner_at(seconds: int, owner: str) -> tuple[bool, timedelta]:
        with time_machine.travel(NOON + timedelta(seconds=seconds), tick=False):
            taken = sweep_locks._lease("s", owner)
        return taken, SweepLease.objects.get().expires_at - NOON

    assert owner_at(0, "a") == (True, timedelta(seconds=60))
    assert owner_at(29, "a") == (True, timedelta(seconds=60))
    assert owner_at(30, "a") == (True, timedelta(seconds=90))
    assert owner_at(89, "b") == (False, timedelta(seconds=90))
    assert owner_at(90, "b") == (True, timedelta(seconds=150))
    assert owner_at(91, "a") == (False, timedelta(seconds=150))


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has leases instead")
def test_a_lock_leaves_no_connection_and_ends_by_itself_when_its_worker_hangs() -> None:
    with sole_runner("s", owner="a"):
        assert advisory_locks() == 1
    # The server ends the connection when it notices that it was closed.
    wait_until(lambda: advisory_locks() == 0)


def advisory_locks() -> int:
    """Return how many are held in this test's database; others of the same server hold their own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
            " WHERE locktype = 'advisory' AND datname = current_database()"
        )
        return int(cursor.fetchone()[0])


# --- Several calls at a time -----------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_eight_calls_are_made_at_a_time() -> None:
    meeting = threading.Barrier(8)

    def call(number: int) -> bool:
        meeting.wait(SECONDS)
        return number % 2 == 0

    assert list(in_threads(call, range(16))) == [True, False] * 8


@pytest.mark.django_db(transaction=True)
def test_what_is_quick_is_sent_by_the_lane_itself_and_the_rest_by_eight_threads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    by: list[tuple[int, bool]] = []

    def call(number: int) -> bool:
        by.append((number, threading.current_thread() is threading.main_thread()))
        return number != 1

    def clock() -> float:
        return 0.0 if len(by) < 3 else 10.0

    monkeypatch.setattr(sweeps, "monotonic", clock)
    assert list(in_turn(call, range(5))) == [True, False, True, True, True]
    assert sorted(by) == [(0, True), (1, True), (2, True), (3, False), (4, False)]


@pytest.mark.django_db(transaction=True)
def test_one_that_breaks_holds_up_none_behind_it() -> None:
    called: list[int] = []

    def call(number: int) -> bool:
        called.append(number)
        if number == 0:
            raise ValueError("broken")
        return True

    with pytest.raises(ValueError, match="broken"):
        in_turn(call, range(4))
    assert sorted(called) == [0, 1, 2, 3]


@dataclass
class SlowGateway(FakeGateway):
    """Takes a fifth of a second for each question: a hundredth of what a gateway may take."""

    def fetch_order(self, request: OrderRequest) -> OrderAnswer:
        time.sleep(0.2)
        return super().fetch_order(request)


@pytest.mark.django_db(transaction=True)
def test_one_worker_follows_many_abandoned_orders_of_a_slow_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    """At 20 s a call, eight at a time are 34,560 calls a day; 500 abandoned orders of 28 calls are 14,000."""
    slow = SlowGateway(outcome=GatewayState.PENDING)
    monkeypatch.setitem(registry._GATEWAYS, "SIMULATED", lambda: slow)
    driver, zone = make_user(), make_zone(slots=40)
    for _ in range(40):
        book(driver, zone, now=clock.now() - timedelta(minutes=1))
    lane = lane_of(*lanes()["orders SIMULATED"])
    began = time.monotonic()
    runs = 0
    while lane.run_due(began) == began:
        runs += 1
    assert (runs, slow.calls.count("fetch_order")) == (2, 40)
    # One after the other they would take eight seconds.
    assert time.monotonic() - began < 4


# --- Beside a gateway that hangs -------------------------------------------------------------------


@dataclass
class HangingGateway(FakeGateway):
    """Answers nothing until the test lets it."""

    entered: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    released: threading.Event = field(default_factory=threading.Event)

    def fetch_order(self, request: OrderRequest) -> OrderAnswer:
        self.entered.release()
        assert self.released.wait(3 * SECONDS)
        return super().fetch_order(request)


@contextmanager
def running_worker() -> Iterator[Worker]:
    """A worker in threads of this process."""
    stopping = threading.Event()
    found: list[Worker] = []

    def run() -> None:
        found.append(Worker())
        found[0].run(is_stopping=stopping.is_set)
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        wait_until(lambda: bool(found))
        yield found[0]
    finally:
        stopping.set()
        thread.join()
        assert found[0].stop(seconds=SECONDS)


@pytest.mark.django_db(transaction=True)
def test_a_gateway_that_hangs_delays_no_other_sweep_and_no_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    hanging = HangingGateway(outcome=GatewayState.PENDING)
    monkeypatch.setitem(registry._GATEWAYS, "SIMULATED", lambda: hanging)
    driver, zone = make_user(), make_zone()
    late = book(driver, zone, now=clock.now() - timedelta(minutes=11))
    # Once it is given up, the order of the late one is asked after seldom: another one is due.
    order = PaymentOrder.objects.get(bill__session=book(driver, zone))
    PaymentOrder.objects.filter(pk=order.pk).update(next_check_at=clock.now())
    event = GatewayEvent.objects.create(
        gateway="SIMULATED",
        event_key="e",
        kind=EventKind.ORDER,
        order_id=order.order_id,
        body="",
        received_at=clock.now(),
    )
    work_on_event.enqueue(event.pk)
    mail_reset_links.enqueue([make_user(Role.USER).pk])
    try:
        with running_worker():
            # The sweep of orders and the event both hang in a call.
            assert hanging.entered.acquire(timeout=SECONDS)
            assert hanging.entered.acquire(timeout=SECONDS)
            wait_until(lambda: ParkingSession.objects.get(pk=late.pk).status == "EXPIRED")
            wait_until(lambda: len(mail.outbox) == 1)
            fresh = book(driver, zone, now=clock.now() - timedelta(minutes=11))
            wait_until(lambda: ParkingSession.objects.get(pk=fresh.pk).status == "EXPIRED")
            assert not hanging.released.is_set()
            hanging.released.set()
    finally:
        hanging.released.set()


# --- Tasks -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_event_is_queued_again_unless_it_waits_already() -> None:
    event = GatewayEvent.objects.create(
        gateway="SIMULATED", event_key="e", kind=EventKind.ORDER, body="", received_at=NOON
    )
    assert queue_unworked_events(now=NOON + timedelta(seconds=29)) == 0
    assert queue_unworked_events(now=NOON + timedelta(seconds=30)) == 1
    assert queue_unworked_events(now=NOON + timedelta(seconds=60)) == 0
    row = DBTaskResult.objects.get()
    assert (row.args_kwargs["args"], row.queue_name) == ([event.pk], "gateways")


def begun_task(*worker_ids: str) -> DBTaskResult:
    work_on_event.enqueue(1)
    row = DBTaskResult.objects.latest("enqueued_at")
    for worker_id in worker_ids:
        row.claim(worker_id)
    return row


@pytest.mark.django_db
def test_a_task_whose_worker_died_is_queued_again_and_others_are_left_alone() -> None:
    for worker_id, seconds in (("alive", 60), ("dead", 61)):
        beat(worker_id=worker_id, started_at=NOON, sweeps={}, now=NOON - timedelta(seconds=seconds))
    running, lost, unknown = begun_task("dead", "alive"), begun_task("dead"), begun_task("never seen")
    assert requeue_lost_tasks(now=NOON) == 2
    for row, status in ((running, "RUNNING"), (lost, "READY"), (unknown, "READY")):
        row.refresh_from_db()
        assert row.status == status
    assert requeue_lost_tasks(now=NOON) == 0


@pytest.mark.django_db
def test_a_task_that_killed_five_workers_fails() -> None:
    row = begun_task("a", "b", "c", "d", "e")
    assert requeue_lost_tasks(now=NOON) == 1
    row.refresh_from_db()
    assert row.status == "FAILED"


# --- Heartbeat -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_newest_heartbeat_counts() -> None:
    assert (last_beat(now=NOON).state, last_beat(now=NOON).at) == ("none", None)
    beat(worker_id="a", started_at=NOON, sweeps={}, now=NOON - timedelta(hours=2))
    assert last_beat(now=NOON).state == "late"
    beat(worker_id="b", started_at=NOON, sweeps={"s": {"done": 1}}, now=NOON - timedelta(seconds=10))
    beat(worker_id="b", started_at=NOON, sweeps={"s": {"done": 2}}, now=NOON)
    assert (last_beat(now=NOON).state, last_beat(now=NOON).at) == ("ok", NOON)
    assert WorkerHeartbeat.objects.get(worker_id="b").sweeps == {"s": {"done": 2}}


@pytest.mark.django_db
def test_rows_of_killed_workers_go_after_a_day() -> None:
    beat(worker_id="a", started_at=NOON, sweeps={}, now=NOON)
    assert sweeps.forget_what_is_over(now=NOON + timedelta(hours=24)) == 0
    assert sweeps.forget_what_is_over(now=NOON + timedelta(hours=24, seconds=1)) == 1


# --- The step from the former release --------------------------------------------------------------


@pytest.mark.django_db
def test_the_migration_deletes_queued_sweeps_and_leaves_events_and_mails() -> None:
    for path in ("parking.checkout.tasks.follow_open_orders", "parking.checkout.tasks.expire_no_shows"):
        work_on_event.enqueue(1)
        DBTaskResult.objects.filter(task_path=work_on_event.module_path).update(task_path=path)
    work_on_event.enqueue(1)
    mail_reset_links.enqueue([1])
    importlib.import_module("parking.core.migrations.0003_delete_sweep_tasks").delete(apps, None)
    left = set(DBTaskResult.objects.values_list("task_path", flat=True))
    assert left == {work_on_event.module_path, mail_reset_links.module_path}


@pytest.mark.django_db
@pytest.mark.parametrize("queue", ["default", "gateways"])
def test_results_of_every_queue_are_deleted_after_two_days(queue: str) -> None:
    row = begun_task("worker")
    DBTaskResult.objects.filter(pk=row.pk).update(
        status="SUCCESSFUL", queue_name=queue, finished_at=datetime.now(UTC) - timedelta(days=3)
    )
    prune_results()
    assert not DBTaskResult.objects.exists()
