"""Writes that wait for each other and go to PostgreSQL as one statement: fewer round trips at the gate.

A round trip costs more than a small write itself (docs/performance.md, ADR 0005). Inside of `together` a write whose
answer nobody needs waits until the next statement that needs one, or until the end of the block, and is sent with it:

    WITH w0 AS (UPDATE …), w1 AS (INSERT …) INSERT … RETURNING "id"

All parts of such a statement see the tables as they were before it, and in no order. So no table is in it twice, and
anything that reads is sent after what waits. A write that must find its row waits too: it is the one whose answer is
looked at. SQLite, which has no round trips, gets each write at once.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from parking.core import direct

Values = Sequence[Any]


@dataclass(frozen=True)
class Write:
    """A statement that writes one table. `must_find`: it is an error if it finds no row."""

    table: str
    sql: str
    values: Values
    must_find: bool = False


class RowNotFound(RuntimeError):
    """A row was not as the lock on it had promised: a lock is missing somewhere."""


class _Waiting:
    """The writes that wait in one block, by table."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self._writes: dict[str, Write] = {}

    def add(self, write: Write) -> None:
        if write.table in self._writes or (write.must_find and self._one_must_find()):
            self.send()
        self._writes[write.table] = write

    def with_it(self, write: Write, part: Write | None = None) -> tuple[str, Values]:
        """Return a statement that writes what waits, and this; nothing waits any more.

        `part` goes with it under the name `part`, which the write may read.
        """
        named = {write.table} if part is None else {write.table, part.table}
        if self._one_must_find() or named & self._writes.keys():
            self.send()
        writes, self._writes = list(self._writes.values()), {}
        return _in_one(writes, write, part)

    def send(self) -> None:
        if self._writes:
            writes, self._writes = sorted(self._writes.values(), key=_must_find), {}
            run(self.connection, writes[-1], *_in_one(writes[:-1], writes[-1]))

    def _one_must_find(self) -> bool:
        return any(map(_must_find, self._writes.values()))

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


def connection_now() -> BaseDatabaseWrapper:
    """Return the connection of the block, or the thread's itself.

    Looking for the latter takes a microsecond, and `django.db.connection` does it at each use of an attribute.
    """
    waiting = _waiting.get()
    return connections[DEFAULT_DB_ALIAS] if waiting is None else waiting.connection


def may_wait(write: Write) -> bool:
    """Keep a write whose answer nobody needs for later; return False where nothing waits: then it is sent now."""
    waiting = _waiting.get()
    if waiting is not None:
        waiting.add(write)
    return waiting is not None


def with_waiting(write: Write, part: Write | None = None) -> tuple[str, Values]:
    """Return a write with those that wait in front of it, as one statement whose answer is its own.

    `part` (PostgreSQL only) goes with it under the name `part`, which the write may read.
    """
    waiting = _waiting.get()
    return _in_one([], write, part) if waiting is None else waiting.with_it(write, part)


def run(connection: BaseDatabaseWrapper, write: Write, sql: str, values: Values) -> None:
    """Send a write, in the statement that was made of it. Raises RowNotFound where it must find a row."""
    _, found = send(connection, sql, values)
    if write.must_find and not found:
        raise RowNotFound(f"no such row in {write.table}, or not as it was locked")


def send(connection: BaseDatabaseWrapper, sql: str, values: Values) -> direct.Answer:
    """Send a statement before which nothing waits any more; return its rows, and how many it found or changed."""
    waiting = _waiting.get()
    return direct.send(connection, sql, values, among=() if waiting is None else (waiting.before,))


def send_waiting() -> None:
    """Send what waits, before somebody reads."""
    waiting = _waiting.get()
    if waiting is not None:
        waiting.send()


def _must_find(write: Write) -> bool:
    return write.must_find


def _in_one(writes: Sequence[Write], last: Write, part: Write | None = None) -> tuple[str, Values]:
    named = [(f"w{number}", write) for number, write in enumerate(writes)]
    if part is not None:
        named.append(("part", part))
    if not named:
        return last.sql, last.values
    parts = ", ".join(f"{name} AS ({write.sql})" for name, write in named)
    return f"WITH {parts} {last.sql}", [value for _, write in named for value in write.values] + list(last.values)
