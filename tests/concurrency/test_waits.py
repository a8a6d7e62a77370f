"""What waits for too long in the database is refused with 503, and nothing of it is kept."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.test import Client

from parking.accounts.models import User
from parking.core import clock
from parking.facilities.models import ParkingZone
from parking.stays.models import ParkingSession
from parking.vehicles.models import Vehicle
from tests import build
from tests.api.reading import data_of, leave, problem_of
from tests.client import ApiClient
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree, books

pytestmark = pytest.mark.django_db(transaction=True)

on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no such limit")
AWAY = (503, "database_unavailable")


@pytest.fixture
def inside(driver: User, staff: User, zone: ParkingZone) -> ParkingSession:
    """A car that came two hours ago; ₹50 are paid and ₹50 are due."""
    came = clock.now() - timedelta(hours=2)
    session = build.book(driver, zone, now=came)
    build.enter(staff, session, now=came + timedelta(minutes=1))
    return session


@pytest.fixture
def impatient() -> Iterator[None]:
    """Waits for a lock end after a fifth of a second, so that the suite does not wait for the true limit."""
    _run("SET lock_timeout = 200" if connection.vendor == "postgresql" else "PRAGMA busy_timeout = 200")
    yield
    connection.close()  # the next test opens one with the limits of the settings


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@contextmanager
def locked_elsewhere(session: ParkingSession) -> Iterator[None]:
    """Somebody else's transaction holds the row of the session; in SQLite the whole database."""
    other = connections["default"].copy()
    try:
        with other.cursor() as cursor:
            if other.vendor == "postgresql":
                cursor.execute("BEGIN")
                cursor.execute("SELECT 1 FROM stays_parkingsession WHERE id = %s FOR UPDATE", [session.pk])
            else:
                cursor.execute("BEGIN IMMEDIATE")
        yield
    finally:
        other.close()


def test_a_lock_held_elsewhere_is_503_within_five_seconds(staff: User, inside: ParkingSession) -> None:
    client, car, before = ApiClient(staff), {"qr_code": inside.qr_code}, books()
    with locked_elsewhere(inside):
        begun = time.monotonic()
        answer = leave(client, car)
        seconds = time.monotonic() - begun
    assert (problem_of(answer), answer.headers["Retry-After"]) == (AWAY, "2")
    assert 2 < seconds < 5
    assert books() == before
    # The same connection serves the next request.
    data_of(leave(client, car))
    inside.refresh_from_db()
    assert inside.status == "COMPLETED"
    assert_books_agree()


def test_no_gateway_is_asked_while_the_stay_is_locked(
    impatient: None, staff: User, inside: ParkingSession, gateway: FakeGateway
) -> None:
    before = books()
    with locked_elsewhere(inside):
        assert problem_of(leave(ApiClient(staff), {"qr_code": inside.qr_code}, "ONLINE")) == AWAY
    assert (books(), gateway.calls) == (before, [])


def _older_exit(_staff: User, session: ParkingSession) -> Any:
    client = Client(raise_request_exception=False)
    return client.post("/parking/exit-qr-scan/", {"qr_code": session.qr_code, "payment_method": "CASH"})


def _page(staff: User, session: ParkingSession, **headers: str) -> Callable[[], Any]:
    """The attendant's form that takes cash and lets the car out; signed in, ready to be sent."""
    client = Client(raise_request_exception=False)
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    body = {"qr_code": session.qr_code, "scan_id": "Gate 1-0001", "method": "CASH"}
    return lambda: client.post("/gate/collect/", body, headers=headers)


def test_the_older_addresses_answer_the_same(impatient: None, staff: User, inside: ParkingSession) -> None:
    before = books()
    with locked_elsewhere(inside):
        answer = _older_exit(staff, inside)
    assert (problem_of(answer), answer.headers["Retry-After"], books()) == (AWAY, "2", before)


def test_a_page_answers_the_same(impatient: None, staff: User, inside: ParkingSession) -> None:
    collect, before = _page(staff, inside), books()
    with locked_elsewhere(inside):
        answer = collect()
    assert (answer.status_code, answer.headers["Retry-After"], books()) == (503, "2", before)


def test_a_part_of_a_page_carries_the_code(impatient: None, staff: User, inside: ParkingSession) -> None:
    collect, before = _page(staff, inside, **{"HX-Request": "true"}), books()
    with locked_elsewhere(inside):
        answer = collect()
    assert 'data-refusal="database_unavailable"' in answer.content.decode()
    assert (answer.headers["Retry-After"], books()) == ("2", before)


def test_a_failure_outside_of_a_view_is_503_too(monkeypatch: pytest.MonkeyPatch, staff: User) -> None:
    def locked(*_: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("django.middleware.common.CommonMiddleware.process_request", locked)
    client = Client(raise_request_exception=False)
    for path in ("/sign-in/", "/api/public/zones/"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")


# --- Statements that take too long -----------------------------------------------------------------------


def _slow(execute: Callable[..., Any], _sql: str, _params: Any, many: bool, context: Any) -> Any:
    return execute("SELECT pg_sleep(30)", None, many, context)


@pytest.fixture
def short_statements() -> Iterator[None]:
    """A statement may take a fifth of a second."""
    _run("SET statement_timeout = 200")
    yield
    connection.close()


@transaction.atomic(durable=True)
def _write_vehicle(key: str, *, then: str) -> None:
    Vehicle.objects.create(match_key=key, vehicle_number=key, created_at=clock.now())
    _run(then)


@on_postgresql
def test_a_statement_that_takes_too_long_is_503(short_statements: None, db: None) -> None:
    with connection.execute_wrapper(_slow):
        answer = ApiClient().get("/api/public/zones/")
    assert (problem_of(answer), answer.headers["Retry-After"]) == (AWAY, "2")
    assert ApiClient().get("/api/public/zones/").status_code == 200


@on_postgresql
def test_a_transaction_whose_statement_took_too_long_leaves_a_usable_connection(short_statements: None) -> None:
    with pytest.raises(OperationalError, match="statement timeout"):
        _write_vehicle("DL01AB0001", then="SELECT pg_sleep(30)")
    same = connection.connection
    _write_vehicle("DL01AB0002", then="SELECT 1")
    assert connection.connection is same
    assert list(Vehicle.objects.values_list("match_key", flat=True)) == ["DL01AB0002"]


@on_postgresql
def test_the_limits_of_the_settings_hold_on_every_connection() -> None:
    names = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
    with connection.cursor() as cursor:
        shown = [cursor.execute(f"SHOW {name}").fetchone()[0] for name in names]
    assert shown == ["3s", "20s", "30s"]
