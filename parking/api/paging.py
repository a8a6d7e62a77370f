"""Pages of lists: `?page=1&page_size=20`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from django.db.models import QuerySet
from ninja import Query
from pydantic import BaseModel, Field

from parking.core.errors import InvalidInput

MOST_ROWS = 100


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


def page_of(rows: "QuerySet[Any]", paging: Paging, *, counted: "QuerySet[Any] | None" = None) -> FoundPage:
    """Return one page of a queryset. Raises InvalidInput for a page beyond the last one.

    `counted` are the same rows, read in the way that counts them soonest.
    """
    count = rows.count() if counted is None else counted.count()
    pages = max(-(-count // paging.page_size), 1)
    if paging.page > pages:
        raise InvalidInput({"page": [f"There are {pages} pages"]})
    first = (paging.page - 1) * paging.page_size
    return FoundPage(list(rows[first : first + paging.page_size]), count, paging, pages)
