"""Commits that nobody waits for: of what is simply done again when a crash has lost it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def quick_commit() -> Iterator[None]:
    """Open a transaction of its own whose commit does not wait for the disk (PostgreSQL; SQLite waits as ever).

    Others see it at once. A crash of the database's server or machine, not of our processes, may lose the last 0.6 s
    of such commits, each as a whole. So each waits behind no other commit, and no other behind it.
    """
    with transaction.atomic(durable=True):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit TO off")
        yield
