"""The list of payments and refunds, walked by time however long it is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from heapq import merge
from typing import Any

from django.db.models import Q, QuerySet

from parking.core.ids import MAX_ID
from parking.facilities.calendars import calendar_of
from parking.reports.money_counts import MoneyCounter, numbers_of_parts
from parking.reports.payments import PAYMENT, REFUND, MoneyFilter, MoneyPart, money_keys, money_parts, united
from parking.reports.walking import key_text, read_key, rows_of

_KINDS = {"P": PAYMENT, "R": REFUND}


@dataclass(frozen=True)
class MoneyWalk:
    """Kind and id of the rows of a filter, by time, then kind and id, all in one direction."""

    wanted: MoneyFilter
    downwards: bool

    @cached_property
    def parts(self) -> list[MoneyPart]:
        """Return the parts of the list that have rows, looked up once for all its pages and portions."""
        return _parts(self.wanted)

    def after(self, key: str, most: int) -> Sequence[dict[str, Any]]:
        """Return the rows that follow a key."""
        return self._first(key, most, downwards=self.downwards)

    def before(self, key: str, most: int) -> Sequence[dict[str, Any]]:
        """Return the rows that precede a key, in the order of the list."""
        return self._first(key, most, downwards=not self.downwards)[::-1]

    def key_of(self, row: dict[str, Any]) -> str:
        """Return the key of a row."""
        return f"{row['kind'][0]}{key_text(row['at'], row['row_id'])}"

    def key_at(self, day: date) -> str | None:
        """Return the key after which the rows of a day begin."""
        until = day if self.downwards else day - timedelta(days=1)
        last = _first_of(self._until(until), 1, downwards=True)
        for row in last:
            return self.key_of(row | {"row_id": row["row_id"] + 1} if self.downwards else row)
        return None if self.downwards else ""

    def ahead_of(self, day: date) -> int:
        """Return how many rows of the list precede those of a day."""
        if not self.downwards:
            return united(self._until(day - timedelta(days=1))).count()
        return united(_keys(self.parts)).count() - united(self._until(day)).count()

    def _first(self, key: str, most: int, *, downwards: bool) -> list[dict[str, Any]]:
        keys = _beyond(self.parts, key, "lt" if downwards else "gt") if key else _keys(self.parts)
        return _first_of(keys, most, downwards=downwards)

    def _until(self, day: date) -> list["QuerySet[Any, Any]"]:
        calendar = calendar_of(self.wanted.sites)
        return [part.keys(part.rows.filter(calendar.days(None, day, part.moment, part.site))) for part in self.parts]


# So many rows at an end of the list are read part by part; further ones are passed over by the database.
NEAR = 5000


@dataclass(frozen=True)
class MoneyList:
    """The rows of a filter, newest first, to be cut into pages that have a number."""

    wanted: MoneyFilter

    def count(self) -> int:
        """Return how many there are."""
        return MoneyCounter(self.wanted).count()

    def cut(self, first: int, end: int, count: int) -> list[dict[str, Any]]:
        """Return the rows from `first` to before `end` of `count`, read from the nearer end of the list."""
        if first > count // 2:
            return self._cut(count - end, count - first, downwards=False)[::-1]
        return self._cut(first, end, downwards=True)

    def _cut(self, first: int, end: int, *, downwards: bool) -> list[dict[str, Any]]:
        if end <= NEAR:
            return _first_of(_keys(_parts(self.wanted)), end, downwards=downwards)[first:]
        keys = money_keys(self.wanted)
        return list((keys if downwards else keys.reverse())[first:end])


def money_as_of(wanted: MoneyFilter, now: datetime) -> Iterator[dict[str, Any]]:
    """Yield kind and id of all rows of a filter as of `now`, newest first, for files, however long somebody reads.

    A refund that is done meanwhile moves to the top of the list, where the reader has been: the few that are under way
    are read at first, and keep their place.
    """
    walk = MoneyWalk(wanted, downwards=True)
    waiting = _waiting_at(now, walk.parts)
    moving = {row["row_id"] for row in waiting}
    until_now = rows_of(walk, f"{REFUND[0]}{key_text(now, MAX_ID)}")
    stay = (row for row in until_now if row["kind"] != REFUND or row["row_id"] not in moving)
    yield from merge(waiting, stay, key=_place, reverse=True)


def _waiting_at(now: datetime, parts: Sequence[MoneyPart]) -> list[dict[str, Any]]:
    """Return the refunds that were under way at `now`, newest first: those that still are, and those done since.

    The latter are read last, so that one that is done between the two reads is in one of them, or both.
    """
    under_way = [part for part in parts if part.is_under_way]
    rows = [row for part in under_way for row in part.keys(part.rows.filter(created_at__lte=now))]
    for part in parts if under_way else ():
        if part.kind == REFUND and not part.is_under_way:
            since = part.rows.filter(completed_at__gt=now, created_at__lte=now)
            rows += replace(part, moment="created_at").keys(since)
    return sorted({row["row_id"]: row for row in rows}.values(), key=_place, reverse=True)


def _first_of(parts: Sequence["QuerySet[Any, Any]"], most: int, *, downwards: bool) -> list[dict[str, Any]]:
    """Return the first rows of all parts, of which each is read from the index on its time."""
    sign = "-" if downwards else ""
    rows = [row for part in parts for row in part.order_by(f"{sign}at", f"{sign}row_id")[:most]]
    return sorted(rows, key=_place, reverse=downwards)[:most]


def _place(row: dict[str, Any]) -> tuple[datetime, str, int]:
    return row["at"], row["kind"], row["row_id"]


def _parts(wanted: MoneyFilter) -> list[MoneyPart]:
    """Return the parts of the list that have rows: whoever looks for what is not there reads all of a table."""
    return [part for part, number in zip(money_parts(wanted), numbers_of_parts(wanted), strict=True) if number != 0]


def _keys(parts: Sequence[MoneyPart]) -> list["QuerySet[Any, Any]"]:
    return [part.keys(part.rows) for part in parts]


def _beyond(parts: Sequence[MoneyPart], key: str, way: str) -> list["QuerySet[Any, Any]"]:
    """Return the parts of the union beyond a key. Each is narrowed by itself, because a union cannot be."""
    kind = _KINDS.get(key[:1])
    if kind is None:
        raise ValueError("the key of a row begins with its kind")
    at, pk = read_key(key[1:])
    return [part.keys(part.rows.filter(_row_beyond(part.kind, part.moment, (kind, at, pk), way))) for part in parts]


def _row_beyond(kind: str, moment: str, key: tuple[str, datetime, int], way: str) -> Q:
    of_key, at, pk = key
    if kind == of_key:
        return Q(**{f"{moment}__{way}e": at}) & (Q(**{f"{moment}__{way}": at}) | Q(**{moment: at, f"pk__{way}": pk}))
    # Of the same moment, all rows of the other kind are on one side.
    with_moment = kind < of_key if way == "lt" else kind > of_key
    return Q(**{f"{moment}__{way}{'e' if with_moment else ''}": at})
