"""Statements that go without a cursor behave as those that go by one."""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from decimal import Decimal
from typing import NoReturn

import psycopg
import pytest
from django.db import (
    DEFAULT_DB_ALIAS,
    DataError,
    IntegrityError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    connection,
    connections,
    transaction,
)
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext
from psycopg.pq import TransactionStatus

from parking.core import direct
from parking.facilities.models import ParkingZone

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="on SQLite every statement goes by a cursor"),
]

NAMES = 'SELECT "name" FROM "facilities_parkingzone" WHERE "id" = %s'
RENAME = 'UPDATE "facilities_parkingzone" SET "name" = %s WHERE "id" = %s'


@pytest.fixture(autouse=True)
def connected() -> Iterator[None]:
    connection.ensure_connection()
    yield
    connection.close()


def status() -> TransactionStatus:
    return TransactionStatus(connection.connection.pgconn.transaction_status)


def send(sql: str, *values: object) -> direct.Answer:
    return direct.send(connections[DEFAULT_DB_ALIAS], sql, values)


def send_and_fail(sql: str, *values: object) -> NoReturn:
    send(sql, *values)
    assert status() == TransactionStatus.INTRANS
    raise ZeroDivisionError


def test_rows_and_how_many_were_found_or_changed(zone: ParkingZone) -> None:
    assert send(NAMES, zone.pk) == ([(zone.name,)], 1)
    assert send(NAMES, 0) == ([], 0)
    assert send(RENAME, "Other", zone.pk) == ((), 1)
    assert send(RENAME, "Other", 0) == ((), 0)


def test_values_come_back_as_they_were() -> None:
    moment = datetime(2026, 3, 1, 23, 59, 59, 123456, tzinfo=UTC)
    sql = "SELECT %s::timestamptz, %s::numeric, %s::boolean, %s::text, %s::jsonb, %s::bigint"
    rows, _ = send(sql, moment, Decimal("80.50"), True, "₹ 'à' %", '{"a": [1, null]}', None)
    assert rows == [(moment, Decimal("80.50"), True, "₹ 'à' %", '{"a": [1, null]}', None)]
    assert rows[0][0].tzinfo is connection.timezone


@pytest.mark.parametrize("times", [1, 2])
def test_a_transaction_begins_with_its_first_statement(zone: ParkingZone, times: int) -> None:
    """Also with one that was prepared before, which begins it on the same way."""
    for _ in range(times):
        assert status() == TransactionStatus.IDLE
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            send_and_fail(RENAME, "Other", zone.pk)
        zone.refresh_from_db()
        assert zone.name != "Other"
    assert status() == TransactionStatus.IDLE


def test_a_statement_outside_of_a_transaction_stands_by_itself(zone: ParkingZone) -> None:
    send(RENAME, "Other", zone.pk)
    assert status() == TransactionStatus.IDLE
    connection.close()
    assert send(NAMES, zone.pk)[0] == [("Other",)]


def test_what_was_prepared_is_prepared_again_after_a_rollback(zone: ParkingZone) -> None:
    """After a rollback psycopg has the server forget all prepared statements."""
    with transaction.atomic():
        send(NAMES, zone.pk)
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            send_and_fail(NAMES, zone.pk)
        assert send(NAMES, zone.pk)[1] == 1
    assert send(NAMES, zone.pk)[1] == 1


@pytest.mark.parametrize("times", [1, 2])
def test_what_a_constraint_refuses_is_djangos_error(zone: ParkingZone, times: int) -> None:
    sql = 'UPDATE "facilities_parkingzone" SET "hourly_rate" = %s WHERE "id" = %s'
    send(sql, Decimal("1.00"), zone.pk)
    for _ in range(times):
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            send(sql, Decimal("-1.00"), zone.pk)
        assert isinstance(caught.value.__cause__, psycopg.errors.CheckViolation)
        assert status() == TransactionStatus.IDLE
    assert send(NAMES, zone.pk)[1] == 1


def test_what_is_refused_each_time_is_prepared_once() -> None:
    for _ in range(5):
        with pytest.raises(DataError):
            send("SELECT 1 / %s::int", 0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        assert cursor.fetchone() == (1,)


def test_a_statement_is_prepared_again_after_its_table_was_altered(zone: ParkingZone) -> None:
    send(NAMES, zone.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT character_maximum_length FROM information_schema.columns WHERE table_name = %s"
            " AND column_name = %s",
            ["facilities_parkingzone", "name"],
        )
        length = cursor.fetchone()[0]
        alter = 'ALTER TABLE "facilities_parkingzone" ALTER "name" TYPE varchar({})'.format
        _elsewhere(alter(length + 1))
    try:
        with pytest.raises(NotSupportedError):
            send(NAMES, zone.pk)
        assert send(NAMES, zone.pk)[0] == [(zone.name,)]
    finally:
        _elsewhere(alter(length))


def test_a_statement_is_prepared_again_after_the_server_forgot_it(zone: ParkingZone) -> None:
    send(NAMES, zone.pk)
    connection.connection.pgconn.exec_(b"DEALLOCATE ALL")
    with pytest.raises(ProgrammingError):
        send(NAMES, zone.pk)
    assert send(NAMES, zone.pk)[0] == [(zone.name,)]


def test_a_transaction_begins_with_the_isolation_of_the_settings() -> None:
    connection.connection.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
    for _ in range(2):
        with transaction.atomic():
            assert send("SELECT current_setting(%s)", "transaction_isolation")[0] == [("serializable",)]


def test_nothing_is_sent_after_an_error_in_a_transaction(zone: ParkingZone) -> None:
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic(savepoint=False):
            raise ZeroDivisionError
        with pytest.raises(TransactionManagementError):
            send(NAMES, zone.pk)
        transaction.set_rollback(True)


@pytest.mark.parametrize("in_transaction", [False, True])
def test_a_connection_that_the_server_has_ended_is_djangos_error(zone: ParkingZone, *, in_transaction: bool) -> None:
    send(NAMES, zone.pk)
    _end(connection.connection.info.backend_pid)
    with pytest.raises(OperationalError), transaction.atomic() if in_transaction else nullcontext():
        send(NAMES, zone.pk)
    connection.close_if_unusable_or_obsolete()
    assert send(NAMES, zone.pk)[1] == 1


def test_who_watches_statements_sees_these(zone: ParkingZone) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert send(NAMES, zone.pk) == ([(zone.name,)], 1)
    assert len(captured) == 1
    seen = []

    def watch(execute, sql, params, many, context):
        seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        send(NAMES, zone.pk)
    assert seen == [NAMES]


def _end(pid: int) -> None:
    """End a connection from another, and wait until its end has come."""
    _elsewhere(f"SELECT pg_terminate_backend({pid}, 5000)")


def _elsewhere(sql: str) -> None:
    """Send a statement on another connection."""
    settings = connection.get_connection_params()
    with psycopg.connect(**{name: settings[name] for name in ("dbname", "host", "user") if name in settings}) as other:
        other.execute(sql)
