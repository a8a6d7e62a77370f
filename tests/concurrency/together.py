"""Callers at the same moment, each with its own database connection."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connections

from parking.core.errors import DomainError

WAIT_SECONDS = 60


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Make all calls at the same moment; answers what each gave, a refusal included, in their order.

    Any other exception is raised: a deadlock, a broken constraint or a changed state is never an answer.
    """
    start = Barrier(len(calls))

    def make(call: Callable[[], Any]) -> Any:
        try:
            start.wait(WAIT_SECONDS)
            return call()
        except DomainError as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(make, calls))


def tally(answers: Sequence[object]) -> dict[str, int]:
    """Return how often each refusal was raised; everything else counts as "ok"."""
    return dict(Counter(answer.code if isinstance(answer, DomainError) else "ok" for answer in answers))
