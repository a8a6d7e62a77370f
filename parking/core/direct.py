"""Compiled statements on PostgreSQL: sent by psycopg's own parts, without a cursor for each.

Of the processor time of a statement of one row, nine tenths were Django's cursor, psycopg's and their bookkeeping (ADR
0005). What is kept here for each connection is what they make again for each statement: how values are written and
read. Values come and go in PostgreSQL's binary form, and a transaction begins with its first statement, on the same
way. Which statements are prepared is still psycopg's knowledge, because it forgets them after a rollback.

Where somebody watches statements (tests, DEBUG), and on SQLite, they go by Django's cursor as all others do.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import generators
from psycopg._preparing import Prepare
from psycopg.abc import Buffer, PQGen
from psycopg.adapt import Loader, PyFormat, Transformer
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult

Rows = Sequence[tuple[Any, ...]]
Answer = tuple[Rows, int]
Watcher = Callable[..., Any]

_ANY_FORMAT = [PyFormat.AUTO] * 1000
# A table was altered since the statement was prepared, or the server has forgotten it: the next time prepares it again.
_OUTDATED = (b"0A000", b"26000")
_FINE = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


def send(connection: BaseDatabaseWrapper, sql: str, values: Sequence[Any], *, among: Sequence[Watcher] = ()) -> Answer:
    """Send a statement; return its rows, and how many rows it found or changed. Raises Django's errors.

    `among` are watchers of statements (`execute_wrapper`) whose work the caller has done.
    """
    if not _goes_directly(connection, sql, among):
        return _by_cursor(connection, sql, values)
    if connection.connection is None or not connection.health_check_done:  # type: ignore[attr-defined]
        connection.close_if_health_check_failed()
        connection.ensure_connection()
    connection.validate_no_broken_transaction()
    raw: psycopg.Connection[Any] = connection.connection
    line = _lines.get(connection)
    if line is None or line.connection is not raw:
        line = _lines[connection] = _Line(raw)
    try:
        return line.send(sql, values)
    except psycopg.Error:
        with connection.wrap_database_errors:
            raise


def _goes_directly(connection: BaseDatabaseWrapper, sql: str, among: Sequence[Watcher]) -> bool:
    return (
        connection.vendor == "postgresql"
        and not connection.queries_logged
        and all(watcher in among for watcher in connection.execute_wrappers)
        and "%%" not in sql
    )


def _by_cursor(connection: BaseDatabaseWrapper, sql: str, values: Sequence[Any]) -> Answer:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall() if cursor.description else ()
        return rows, cursor.rowcount


class _Query(NamedTuple):
    """What psycopg knows a prepared statement by."""

    query: bytes
    types: tuple[int, ...]


class _JsonText(Loader):
    """JSON as the text that Django's field reads."""

    format = Format.BINARY

    def load(self, data: Buffer) -> str:
        return bytes(data)[1:].decode()  # behind the number of the version


class _Line:
    """A connection, with what writes and reads values on it."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        context = psycopg.Cursor(connection)
        context.adapters.register_loader("jsonb", _JsonText)
        self._values = Transformer(context)
        self.connection = connection
        self._pgconn: PGconn = connection.pgconn
        self._prepared = connection._prepared  # noqa: SLF001

    def send(self, sql: str, values: Sequence[Any]) -> Answer:
        params = self._values.dump_sequence(values, _ANY_FORMAT[: len(values)])
        formats = self._values.formats
        query: Any = _Query(_numbered(sql), self._values.types or ())
        state, name = self._prepared.get(query, prepare=True)
        if state is Prepare.SHOULD:
            self.connection.wait(self._prepare(query, name))
        else:
            self._prepared.maybe_add_to_cache(query, state, name)
        if self._is_to_begin():
            result = self.connection.wait(self._send_with_begin(name, params, formats))
        else:
            result = self._pgconn.exec_prepared(name, params, formats, Format.BINARY)  # type: ignore[arg-type]
        if result.status not in _FINE and result.error_field(DiagnosticField.SQLSTATE) in _OUTDATED:
            self._prepared._names.pop(self._prepared.key(query), None)  # noqa: SLF001
        return self._read(self._check(result))

    def _prepare(self, query: Any, name: bytes) -> PQGen[None]:
        """Prepare a statement. It stays so also if refused: or each refusal would leave one more at the server."""
        yield from self._begin()
        self._pgconn.send_prepare(name, query.query, query.types)
        results = yield from generators.execute(self._pgconn)
        self._check(results[-1])
        key = self._prepared.maybe_add_to_cache(query, Prepare.SHOULD, name)
        if key is not None:
            self._prepared.validate(key, Prepare.SHOULD, name, results)
            yield from self._prepared.maintain_gen(self.connection)

    def _send_with_begin(self, name: bytes, params: Any, formats: Any) -> PQGen[PGresult]:
        pgconn = self._pgconn
        pgconn.enter_pipeline_mode()
        try:
            pgconn.send_query_params(self._begin_sql(), None)
            pgconn.send_query_prepared(name, params, formats, Format.BINARY)
            pgconn.pipeline_sync()
            yield from generators.send(pgconn)
            begun = yield from generators.fetch_many(pgconn)
            results: list[PGresult] = yield from generators.fetch_many(pgconn)
            yield from generators.fetch_many(pgconn)  # the end of both
        finally:
            pgconn.exit_pipeline_mode()
        self._check(begun[-1])
        return results[-1]

    def _begin(self) -> PQGen[None]:
        if self._is_to_begin():
            self._pgconn.send_query(self._begin_sql())
            self._check((yield from generators.execute(self._pgconn))[-1])

    def _begin_sql(self) -> bytes:
        """Return psycopg's BEGIN, which names the isolation level of the settings."""
        return self.connection._get_tx_start_command()  # noqa: SLF001

    def _is_to_begin(self) -> bool:
        return not self.connection.autocommit and self._pgconn.transaction_status == TransactionStatus.IDLE

    def _check(self, result: PGresult) -> PGresult:
        if result.status in _FINE:
            return result
        error = psycopg.errors.error_from_result(result, encoding="utf-8")
        if self._pgconn.status == ConnStatus.BAD and not isinstance(error, psycopg.OperationalError):
            # The connection ended without a word of the server.
            raise psycopg.OperationalError(str(error))
        raise error

    def _read(self, result: PGresult) -> Answer:
        if result.status != ExecStatus.TUPLES_OK:
            return (), result.command_tuples or 0
        self._values.set_pgresult(result)
        return self._values.load_rows(0, result.ntuples, tuple), result.ntuples


_lines: WeakKeyDictionary[BaseDatabaseWrapper, _Line] = WeakKeyDictionary()


@lru_cache(1000)
def _numbered(sql: str) -> bytes:
    """Return a statement with PostgreSQL's marks of parameters, `$1`, in the place of Django's."""
    first, *others = sql.split("%s")
    return "".join([first, *(f"${number}{text}" for number, text in enumerate(others, 1))]).encode()
