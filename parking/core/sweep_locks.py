"""One worker at a time for a sweep: an advisory lock on PostgreSQL, a lease row on SQLite.

Neither is needed for the books to be right, because a sweep decides again about each row under that row's lock; it
keeps workers from doing the same work twice.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from zlib import crc32

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection, connections, transaction

from parking.core import clock
from parking.core.models import SweepLease

# After so long another worker may run a sweep, although nobody has said that the first one is done.
LEASE = timedelta(seconds=60)
# The first of the two numbers that name an advisory lock: no other lock of this database has it.
_LOCKS_OF_SWEEPS = 1_346_453_323


@contextmanager
def sole_runner(name: str, *, owner: str) -> Iterator[bool]:
    """Yield whether this worker, `owner`, has the sweep `name` to itself. Never waits. Not inside a transaction."""
    if connection.vendor == "postgresql":
        with _advisory_lock(name) as taken:
            yield taken
    else:
        yield _lease(name, owner)


@contextmanager
def _advisory_lock(name: str) -> Iterator[bool]:
    """Hold the lock by a transaction on a connection of its own, so it also works behind PgBouncer.

    The server gives it back when the connection ends, however the worker ends. Should the machine vanish from the
    network, the server ends the connection itself after the time of a lease.
    """
    holder = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        holder.set_autocommit(False)
        with holder.cursor() as cursor:
            cursor.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{LEASE.seconds}s'")
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCKS_OF_SWEEPS, _number_of(name)])
            taken = bool(cursor.fetchone()[0])
        yield taken
    finally:
        holder.close()


def _number_of(name: str) -> int:
    """Return a signed number of 32 bits, the same for a name in every process."""
    return crc32(name.encode()) - 2**31


def _lease(name: str, owner: str) -> bool:
    """Take, keep or renew a lease. It is kept between runs: a run every few seconds shall not write each time."""
    now = clock.now()
    lease = SweepLease.objects.filter(name=name).first()
    if lease is None:
        return _new_lease(name, owner)
    if lease.owner != owner and lease.expires_at > now:
        return False
    if lease.owner == owner and lease.expires_at > now + LEASE / 2:
        return True
    seen = SweepLease.objects.filter(name=name, owner=lease.owner, expires_at=lease.expires_at)
    return seen.update(owner=owner, expires_at=now + LEASE) == 1


def _new_lease(name: str, owner: str) -> bool:
    try:
        with transaction.atomic():
            SweepLease.objects.create(name=name, owner=owner, expires_at=clock.now() + LEASE)
    except IntegrityError:
        return False
    return True


def give_back_leases(*, owner: str) -> None:
    """Let other workers run what this one ran, now that it stops."""
    SweepLease.objects.filter(owner=owner).delete()
