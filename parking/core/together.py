"""Writes that wait for each other and go to PostgreSQL as one statement: fewer round trips at the gate.

A round trip costs more than a small write itself (docs/performance.md, ADR 0005). Inside of `together` a write whose
answer nobody needs waits until the next statement that needs one, or until the end of the block, and is sent with it:

    WITH w0 AS (UPDATE …), w1 AS (INSERT …) INSERT … RETURNING "id"

All parts of such a statement see the tables as they were before it, and in no order. So no table is in it twice, and
anything that reads is sent after what waits. SQLite, which has no round trips, gets each write at once.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

Values = Sequence[Any]


class _Waiting:
    """The writes that wait in one block, by table."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection
        self._writes: dict[str, tuple[str, Values]] = {}

    def add(self, table: str, sql: str, values: Values) -> None:
        if table in self._writes:
            self.send()
        self._writes[table] = sql, values

    def with_it(self, table: str, sql: str, values: Values) -> tuple[str, Values]:
        """Return a statement that writes what waits, and this; nothing waits any more."""
        if table in self._writes:
            self.send()
        writes, self._writes = list(self._writes.values()), {}
        if not writes:
            return sql, values
        parts = ", ".join(f"w{number} AS ({write})" for number, (write, _) in enumerate(writes))
        return f"WITH {parts} {sql}", [value for _, some in writes for value in some] + list(values)

    def send(self) -> None:
        if self._writes:
            table, (sql, values) = self._writes.popitem()
            sql, values = self.with_it(table, sql, values)
            with self._connection.cursor() as cursor:
                cursor.execute(sql, values)

    def before(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Send what waits before a statement of anybody else (Django's `execute_wrapper`)."""
        if sql.startswith("ROLLBACK"):
            # What waits came after the savepoint, which sent all that had waited before.
            self._writes.clear()
        self.send()
        return execute(sql, params, many, context)


_waiting: ContextVar[_Waiting | None] = ContextVar("waiting", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Let the writes of a block inside a transaction wait for each other. An error in the block sends nothing more.

    What a constraint refuses is raised where it is sent: by a later statement, or at the end of the block.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "postgresql" or _waiting.get() is not None:
        yield
        return
    waiting = _Waiting(connection)
    token = _waiting.set(waiting)
    try:
        with connection.execute_wrapper(waiting.before):
            yield
            waiting.send()
    finally:
        _waiting.reset(token)


def may_wait(table: str, sql: str, values: Values) -> bool:
    """Keep a write whose answer nobody needs for later; return False where nothing waits: then it is sent now."""
    waiting = _waiting.get()
    if waiting is not None:
        waiting.add(table, sql, values)
    return waiting is not None


def with_waiting(table: str, sql: str, values: Values) -> tuple[str, Values]:
    """Return a write with those that wait in front of it, as one statement whose answer is its own."""
    waiting = _waiting.get()
    return (sql, values) if waiting is None else waiting.with_it(table, sql, values)
