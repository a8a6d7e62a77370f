"""Pages of lists: `?page=1&page_size=20`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Protocol

from django.db.models import QuerySet
from ninja import Query
from pydantic import BaseModel, Field

from parking.core.errors import InvalidInput

MOST_ROWS = 100
# Rows to pass over from which on a page is read in two statements.
DEEP = 1000


class Paging(BaseModel):
    """The part of a query that says which page is wanted."""

    page: int = Field(1, ge=1, le=10**9)
    page_size: int = Field(20, ge=1, le=MOST_ROWS)


PageQuery = Annotated[Paging, Query()]


@dataclass(frozen=True)
class FoundPage:
    """The rows of one page, and how many there are on all of them."""

    rows: list[Any]
    count: int
    paging: Paging
    pages: int

    def showing(self, results: Sequence[object], **others: object) -> dict[str, object]:
        """Return the answer with the rows as they are shown."""
        page = {"page": self.paging.page, "page_size": self.paging.page_size, "pages": self.pages}
        return {"results": results, "count": self.count, **page, **others}


class Counted(Protocol):
    """What knows how many rows there are."""

    def count(self) -> int: ...


class Listed(Counted, Protocol):
    """A list that knows how it is cut into pages."""

    def cut(self, first: int, end: int, count: int) -> list[Any]:
        """Return the rows from `first` to before `end` of `count`."""
        ...


def page_of(rows: "QuerySet[Any]", paging: Paging, *, counted: Counted | None = None) -> FoundPage:
    """Return one page of a queryset. Raises InvalidInput for a page beyond the last one.

    `counted` are the same rows, read in the way that counts them soonest.
    """
    return listed_page(_Cut(rows, rows if counted is None else counted), paging)


def listed_page(listed: Listed, paging: Paging) -> FoundPage:
    """Return one page of a list. Raises InvalidInput for a page beyond the last one."""
    count = listed.count()
    pages = max(-(-count // paging.page_size), 1)
    if paging.page > pages:
        raise InvalidInput({"page": [f"There are {pages} pages"]})
    first = (paging.page - 1) * paging.page_size
    return FoundPage(listed.cut(first, min(first + paging.page_size, count), count), count, paging, pages)


@dataclass(frozen=True)
class _Cut:
    """The rows of a queryset, and what counts them."""

    rows: "QuerySet[Any]"
    counted: Counted

    def count(self) -> int:
        return self.counted.count()

    def cut(self, first: int, end: int, count: int) -> list[Any]:
        """Return the rows from `first` to before `end`, read from the nearer end of the list."""
        if first <= count // 2:
            return list(_slice(self.rows, first, end))
        return list(_slice(self.rows.reverse(), count - end, count - first))[::-1]


def _slice(rows: "QuerySet[Any]", first: int, end: int) -> "QuerySet[Any]":
    if first < DEEP or rows.query.combinator:
        return rows[first:end]
    # The ids alone pass over the rows before: joined to all that a page shows, each of them would cost a look-up.
    return rows.filter(pk__in=list(rows.values_list("pk", flat=True)[first:end]))
