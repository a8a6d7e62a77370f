"""The ledger of points: the only writer of its entries, which are never changed or deleted.

Each entry has the number after the driver's last one and the balance from then on. It is written by one statement that
reads that last entry; of two at once one finds the number taken, and is written anew after the other. What waits to be
written (`core/together.py`) goes with it: it touches no entry.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from parking.core.errors import Refused
from parking.core.together import Write, with_waiting
from parking.offers.models import PointEntry, PointKind

_TABLE = PointEntry._meta.db_table  # noqa: SLF001 - Django's own name for it
_MOST_TRIES = 1000
_SQL = (
    f"INSERT INTO {_TABLE} (driver_id, number, kind, points, balance, session_id, created_at) "  # noqa: S608
    "SELECT %s, last.number + 1, %s, %s, last.balance + %s, %s, %s "
    f"FROM (SELECT number, balance FROM {_TABLE} WHERE driver_id = %s "
    "UNION ALL SELECT 0, 0 ORDER BY number DESC LIMIT 1) AS last "
    "WHERE last.balance + %s >= %s AND %s IN (-1, last.number) ON CONFLICT (driver_id, number) DO NOTHING"
)
# What a refund takes back may have been spent already.
_NO_LEAST = -(2**31)


@dataclass(frozen=True)
class New:
    """An entry to be written: `points` more or less for a driver."""

    driver_id: int
    kind: PointKind
    points: int
    session_id: int | None


def append(entry: New, now: datetime, *, after: int = -1) -> bool:
    """Write an entry, inside a transaction; with `after` only if that is still the last number. Return whether it was.

    Raises Refused `points_not_enough` for points to be held that the driver has not.
    """
    spends = entry.kind == PointKind.HELD
    least = 0 if spends else _NO_LEAST
    moment = connection.ops.adapt_datetimefield_value(now)
    values: list[int | str | None] = [entry.driver_id, str(entry.kind), entry.points, entry.points, entry.session_id]
    bounds = [entry.driver_id, entry.points, least, after]
    write = Write(_TABLE, _SQL, [*values, moment, *bounds])
    for _ in range(_MOST_TRIES):
        with connection.cursor() as cursor:
            cursor.execute(*with_waiting(write))
            if cursor.rowcount or after >= 0:
                return bool(cursor.rowcount)
        if spends and balance_of(entry.driver_id) + entry.points < 0:
            raise Refused("points_not_enough", "You do not have so many points")
    raise RuntimeError(f"no number was free in the ledger of driver {entry.driver_id}")


def balance_of(driver_id: int) -> int:
    """Return the points of a driver, without those that open sessions hold."""
    rows = PointEntry.objects.filter(driver_id=driver_id).order_by("-number")
    return rows.values_list("balance", flat=True).first() or 0
