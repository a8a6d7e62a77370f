"""The list of payments and refunds, walked by time however long it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from parking.facilities.calendars import calendar_of
from parking.reports.payments import PAYMENT, REFUND, MoneyFilter, money_parts, united
from parking.reports.walking import key_text, read_key

_KINDS = {"P": PAYMENT, "R": REFUND}


@dataclass(frozen=True)
class MoneyWalk:
    """Kind and id of the rows of a filter, by time, then kind and id, all in one direction."""

    wanted: MoneyFilter
    downwards: bool

    def after(self, key: str, most: int) -> Sequence[dict[str, Any]]:
        """Return the rows that follow a key."""
        return list(self._sorted(key, downwards=self.downwards)[:most])

    def before(self, key: str, most: int) -> Sequence[dict[str, Any]]:
        """Return the rows that precede a key, in the order of the list."""
        return list(self._sorted(key, downwards=not self.downwards)[:most])[::-1]

    def key_of(self, row: dict[str, Any]) -> str:
        """Return the key of a row."""
        return f"{row['kind'][0]}{key_text(row['at'], row['row_id'])}"

    def key_at(self, day: date) -> str | None:
        """Return the key after which the rows of a day begin."""
        until = day if self.downwards else day - timedelta(days=1)
        last = united(self._until(until)).order_by("-at", "-kind", "-row_id")[:1]
        for row in last:
            return self.key_of(row | {"row_id": row["row_id"] + 1} if self.downwards else row)
        return None if self.downwards else ""

    def ahead_of(self, day: date) -> int:
        """Return how many rows of the list precede those of a day."""
        if not self.downwards:
            return united(self._until(day - timedelta(days=1))).count()
        return united(_all(self.wanted)).count() - united(self._until(day)).count()

    def _sorted(self, key: str, *, downwards: bool) -> "QuerySet[Any, Any]":
        parts = _all(self.wanted)
        if key:
            parts = _beyond(self.wanted, key, "lt" if downwards else "gt")
        sign = "-" if downwards else ""
        return united(parts).order_by(f"{sign}at", f"{sign}kind", f"{sign}row_id")

    def _until(self, day: date) -> list["QuerySet[Any, Any]"]:
        calendar = calendar_of(self.wanted.sites)
        return [
            part.keys(part.rows.filter(calendar.days(None, day, part.moment, part.site)))
            for part in money_parts(self.wanted)
        ]


def _all(wanted: MoneyFilter) -> list["QuerySet[Any, Any]"]:
    return [part.keys(part.rows) for part in money_parts(wanted)]


def _beyond(wanted: MoneyFilter, key: str, way: str) -> list["QuerySet[Any, Any]"]:
    """Return the parts of the union beyond a key. Each is narrowed by itself, because a union cannot be."""
    kind = _KINDS.get(key[:1])
    if kind is None:
        raise ValueError("the key of a row begins with its kind")
    at, pk = read_key(key[1:])
    return [
        part.keys(part.rows.filter(_row_beyond(part.kind, part.moment, (kind, at, pk), way)))
        for part in money_parts(wanted)
    ]


def _row_beyond(kind: str, moment: str, key: tuple[str, datetime, int], way: str) -> Q:
    of_key, at, pk = key
    if kind == of_key:
        return Q(**{f"{moment}__{way}e": at}) & (Q(**{f"{moment}__{way}": at}) | Q(**{moment: at, f"pk__{way}": pk}))
    # Of the same moment, all rows of the other kind are on one side.
    with_moment = kind < of_key if way == "lt" else kind > of_key
    return Q(**{f"{moment}__{way}{'e' if with_moment else ''}": at})
