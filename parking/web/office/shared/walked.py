"""Pages of lists that may be long: numbered up to LONG rows, and beyond that walked from one page to the next."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from parking.reports.walking import LONG, Walk
from parking.web.office.shared.lists import NO_PLACE, ROWS, Sheet, address_with, sheet_of


def walked_sheet(
    request: HttpRequest, rows: "QuerySet[Any, Any]", walk: Walk, *, count: int | None, goes_by_time: bool = True
) -> Sheet:
    """Return the page that the address asks for.

    `rows` are the rows in the order that was asked for, for a list of at most LONG rows; `walk` is the list in an order
    by time, by which a longer one is shown. `goes_by_time`: they are in the same order. `count` is None where nobody
    counts them; such a list is walked, whatever its length.
    """
    if count is None or count > LONG:
        sheet = replace(_walked(request, walk), is_unsorted=not goes_by_time, kept=_kept(request))
        return replace(sheet, count=0) if count is None else sheet
    if not goes_by_time:
        return sheet_of(request, rows, count=count)
    day = _day(request)
    number = None if day is None else min(walk.ahead_of(day), max(count - 1, 0)) // ROWS + 1
    return replace(sheet_of(request, rows, count=count, number=number), kept=_kept(request))


def _walked(request: HttpRequest, walk: Walk) -> Sheet:
    try:
        rows, more = _rows(request, walk)
    except ValueError:  # no key of this list
        rows, more = _following(walk, "")
    precede = bool(rows) and bool(walk.before(walk.key_of(rows[0]), 1))
    return Sheet(
        rows=rows,
        count=LONG,
        number=1,
        pages=1,
        before=_at(request, before=walk.key_of(rows[0])) if precede else "",
        after=_at(request, after=walk.key_of(rows[-1])) if more else "",
        start=_at(request) if precede else "",
        end=_at(request, end="1") if more else "",
        is_beyond=False,
        is_long=True,
    )


def _rows(request: HttpRequest, walk: Walk) -> tuple[Sequence[Any], bool]:
    """Return the rows of the page, and whether others follow. Raises ValueError for a key that is none."""
    if before := request.GET.get("before"):
        return walk.before(before, ROWS) or walk.after("", ROWS), True
    if request.GET.get("end"):
        return walk.before("", ROWS), False
    day = _day(request)
    key = walk.key_at(day) if day else request.GET.get("after", "")
    return (walk.before("", ROWS), False) if key is None else _following(walk, key)


def _following(walk: Walk, key: str) -> tuple[Sequence[Any], bool]:
    rows = walk.after(key, ROWS + 1)
    return rows[:ROWS], len(rows) > ROWS


def _at(request: HttpRequest, **place: str) -> str:
    return address_with(request, **{**NO_PLACE, **place})


def _day(request: HttpRequest) -> date | None:
    """Return the day to jump to; none for a text that is no day, or one that no list has."""
    try:
        day = date.fromisoformat(request.GET.get("at", ""))
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, value in request.GET.items() if value and name not in NO_PLACE]
