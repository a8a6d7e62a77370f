"""Long lists, walked from row to row: a page begins after or ends before a row, whose key says where it is.

Only orders that an index carries are walked, so that the last page costs what the first one does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from django.db.models import Q, QuerySet

from parking.core.ids import MAX_ID
from parking.facilities.calendars import Calendar

# Lists of more rows are walked; shorter ones are numbered by page, and sorted by anything.
LONG = 10_000
ROWS_AT_ONCE = 500
_BETWEEN = "~"


class Walk(Protocol):
    """A list in one order. Keys are texts, which addresses carry."""

    def after(self, key: str, most: int) -> Sequence[Any]:
        """Return the rows that follow a key, the first ones for an empty key. Raises ValueError for no key."""
        ...

    def before(self, key: str, most: int) -> Sequence[Any]:
        """Return the rows that precede a key, the last ones for an empty key, in the order of the list."""
        ...

    def key_of(self, row: Any) -> str:
        """Return the key of a row."""
        ...

    def key_at(self, day: date) -> str | None:
        """Return the key after which the rows of a day begin; empty if the list begins with it, None if it has none.

        The others of the list follow: earlier days, or later ones where the oldest row is the first.
        """
        ...

    def ahead_of(self, day: date) -> int:
        """Return how many rows of the list precede those of a day."""
        ...


def rows_of(walk: Walk, key: str = "") -> Iterator[Any]:
    """Yield all rows of a list, or those after a key, for files: each portion is read by itself, from its place on.

    A cursor would hold a transaction open for as long as somebody takes to read, or have every row laid down before the
    first is sent, which takes minutes for millions.
    """
    while portion := walk.after(key, ROWS_AT_ONCE):
        yield from portion
        if len(portion) < ROWS_AT_ONCE:
            return
        key = walk.key_of(portion[-1])


def count_up_to_long(rows: "QuerySet[Any]") -> int:
    """Return the number of rows; one more than LONG for all above it."""
    return rows[: LONG + 1].count()


@dataclass(frozen=True)
class ColumnWalk:
    """Rows sorted by their id, or by a time that none of them lacks and then their id, both in one direction.

    `moment` is the column of the time by which a day is found, `site` the path to the id of the site whose day it is.
    """

    rows: "QuerySet[Any]"
    column: str
    downwards: bool
    moment: str
    site: str
    calendar: Calendar

    def after(self, key: str, most: int) -> Sequence[Any]:
        """Return the rows that follow a key."""
        return list(self._sorted(key, downwards=self.downwards)[:most])

    def before(self, key: str, most: int) -> Sequence[Any]:
        """Return the rows that precede a key, in the order of the list."""
        return list(self._sorted(key, downwards=not self.downwards)[:most])[::-1]

    def key_of(self, row: Any) -> str:
        """Return the key of a row."""
        return str(row.pk) if self.column == "pk" else f"{getattr(row, self.column).isoformat()}{_BETWEEN}{row.pk}"

    def key_at(self, day: date) -> str | None:
        """Return the key after which the rows of a day begin."""
        last = (
            self._until(day if self.downwards else day - timedelta(days=1)).order_by(f"-{self.moment}", "-pk").first()
        )
        if last is None:
            return None if self.downwards else ""
        # Downwards the row itself is to be seen: the key is that of a row just above it, which there need not be.
        pk = last.pk + 1 if self.downwards else last.pk
        return str(pk) if self.column == "pk" else key_text(getattr(last, self.column), pk)

    def ahead_of(self, day: date) -> int:
        """Return how many rows of the list precede those of a day."""
        if not self.downwards:
            return self._until(day - timedelta(days=1)).count()
        return self.rows.count() - self._until(day).count()

    def _until(self, day: date) -> "QuerySet[Any]":
        return self.rows.filter(self.calendar.days(None, day, self.moment, self.site))

    def _sorted(self, key: str, *, downwards: bool) -> "QuerySet[Any]":
        names = ["pk"] if self.column == "pk" else [self.column, "pk"]
        rows = self.rows.order_by(*(f"-{name}" if downwards else name for name in names))
        return rows.filter(self._beyond(key, "lt" if downwards else "gt")) if key else rows

    def _beyond(self, key: str, way: str) -> Q:
        if self.column == "pk":
            return Q(**{f"pk__{way}": whole_number(key)})
        at, pk = read_key(key)
        # The first condition is there for the index: no database reads a bound out of the other two.
        return Q(**{f"{self.column}__{way}e": at}) & (
            Q(**{f"{self.column}__{way}": at}) | Q(**{self.column: at, f"pk__{way}": pk})
        )


def key_text(at: datetime, pk: int) -> str:
    return f"{at.isoformat()}{_BETWEEN}{pk}"


def read_key(key: str) -> tuple[datetime, int]:
    """Return the time and the id of a key. Raises ValueError."""
    at, _, pk = key.partition(_BETWEEN)
    moment = datetime.fromisoformat(at)
    if moment.tzinfo is None:
        raise ValueError("a time needs its zone")
    return moment, whole_number(pk)


def whole_number(text: str) -> int:
    """Return the id that a text is. Raises ValueError."""
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= MAX_ID):
        raise ValueError("an id is a whole number")
    return int(text)
