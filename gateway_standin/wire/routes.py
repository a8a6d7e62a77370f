"""Routes: which function answers which address."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

Work = TypeVar("Work", bound=Callable[..., object])


@dataclass(frozen=True)
class Route(Generic[Work]):
    """`path` may hold names in braces, which match one segment: `/v1/orders/{number}`."""

    name: str
    methods: frozenset[str]
    pattern: re.Pattern[str]
    work: Work


def route(name: str, methods: str, path: str, work: Work) -> Route[Work]:
    """Return a route; `methods` are separated by spaces."""
    pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path))
    return Route(name, frozenset(methods.split()), re.compile(pattern), work)


def find(routes: Iterable[Route[Work]], method: str, path: str) -> tuple[Route[Work], dict[str, str]] | None:
    for candidate in routes:
        match = candidate.pattern.fullmatch(path)
        if match and method in candidate.methods:
            return candidate, match.groupdict()
    return None
