"""Lists: `from` and `to` in seconds since 1970, `count` of them after `skip`."""

from collections.abc import Iterable
from itertools import islice
from typing import Protocol, TypeVar

from gateway_standin.razorpay.errors import refused
from gateway_standin.razorpay.rules import require_known
from gateway_standin.wire.messages import Json, Request

DEFAULT_COUNT, LARGEST_COUNT = 10, 100
PAGING = {"from", "to", "count", "skip"}


class Dated(Protocol):
    @property
    def created_at(self) -> float: ...


Row = TypeVar("Row", bound=Dated)


def page(rows: Iterable[Row], request: Request, *filters: str) -> list[Row]:
    """Return the rows that the query asks for. `filters` are further parameters, which the caller has applied."""
    require_known(request.query, PAGING | set(filters))
    first, last = _number(request, "from", 0), _number(request, "to", 2**40)
    count, skip = _number(request, "count", DEFAULT_COUNT), _number(request, "skip", 0)
    if not 1 <= count <= LARGEST_COUNT:
        raise refused(f"The count must be between 1 and {LARGEST_COUNT}.", field="count")
    inside = (row for row in rows if first <= int(row.created_at) <= last)
    return list(islice(inside, skip, skip + count))


def collection(items: list[Json]) -> Json:
    return {"entity": "collection", "count": len(items), "items": items}


def _number(request: Request, name: str, default: int) -> int:
    text = request.query.get(name, str(default))
    if not text.isdecimal() or len(text) > 15:
        raise refused(f"The {name} must be an integer.", field=name)
    return int(text)
