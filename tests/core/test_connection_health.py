"""A connection that the server has ended is replaced before a request uses it, without asking before each request."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import DEFAULT_DB_ALIAS, connection, connections
from psycopg.pq import TransactionStatus

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server"),
]


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Seconds of the clock, which a test sets; the connection is new and has answered at 0."""
    seconds = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: seconds[0])
    connection.close()
    connection.ensure_connection()
    assert is_usable()
    yield seconds
    connection.close()


def is_usable() -> bool:
    return connections[DEFAULT_DB_ALIAS].is_usable()


def has_asked(monkeypatch: pytest.MonkeyPatch) -> bool:
    """Return whether the server is asked now, by a cursor of psycopg's."""
    asked = []
    cursor = connection.connection.cursor

    def watched() -> Any:
        asked.append(True)
        return cursor()

    monkeypatch.setattr(connection.connection, "cursor", watched)
    assert is_usable()
    return bool(asked)


@pytest.mark.parametrize(("seconds", "asked"), [(9.9, False), (10.1, True)])
def test_the_server_is_asked_every_ten_seconds(
    now: list[float], monkeypatch: pytest.MonkeyPatch, seconds: float, *, asked: bool
) -> None:
    now[0] = seconds
    assert has_asked(monkeypatch) is asked


def test_after_an_error_the_server_is_asked_at_once(now: list[float]) -> None:
    """A connection whose answer nobody has read is open and silent."""
    connection.connection.pgconn.send_query(b"SELECT pg_sleep(5)")
    connection.errors_occurred = True
    assert not is_usable()


def test_an_answer_counts_from_when_it_came(now: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    now[0] = 10.1
    assert is_usable()
    now[0] = 20.0
    assert not has_asked(monkeypatch)


def test_a_connection_that_the_server_has_ended_is_not_usable(now: list[float]) -> None:
    now[0] = 1.0
    settings = connection.get_connection_params()
    with psycopg.connect(**{name: settings[name] for name in ("dbname", "host", "user") if name in settings}) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
    assert not is_usable()
    connection.close()
    connection.ensure_connection()
    assert is_usable()
    assert connection.connection.info.transaction_status == TransactionStatus.IDLE


def test_a_closed_connection_is_not_usable(now: list[float]) -> None:
    now[0] = 1.0
    connection.connection.close()
    assert not is_usable()


def test_a_new_connection_in_the_place_of_an_old_one_is_asked(
    now: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.close()
    connection.ensure_connection()
    now[0] = 1.0
    assert has_asked(monkeypatch)
