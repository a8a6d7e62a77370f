"""Limits of calls per minute that each process counts for itself, so that they cost no statement.

A process lets its share through: the limit divided by the number of web processes. What must hold across processes is
counted in the database (`throttles.py`).
"""

import math
from datetime import datetime, timedelta
from threading import Lock

from django.conf import settings
from django.http import HttpRequest

from parking.core.errors import TooMany
from parking.core.requests import client_address

_MINUTE = timedelta(minutes=1)
# A minute that saw so many callers begins anew, or an attacker with many addresses would fill the memory.
_MOST_CALLERS = 50_000


class Counts:
    """The calls of the present minute, by kind and caller."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._minute: datetime | None = None
        self._calls: dict[tuple[str, str], int] = {}

    def add(self, scope: str, caller: str, minute: datetime) -> int:
        """Count one call and return how many there are now."""
        with self._lock:
            if minute != self._minute or len(self._calls) >= _MOST_CALLERS:
                self._minute, self._calls = minute, {}
            calls = self._calls[scope, caller] = self._calls.get((scope, caller), 0) + 1
        return calls

    def forget(self) -> None:
        with self._lock:
            self._calls = {}


counts = Counts()


def count_booking(driver_id: int, *, now: datetime) -> None:
    """Count a try to book. Raises as `count`."""
    count("booking", str(driver_id), limit=settings.BOOKINGS_PER_MINUTE, now=now)


def count_ticket(request: HttpRequest, *, now: datetime) -> None:
    """Count a ticket that somebody without account asks for from this address. Raises as `count`."""
    count("ticket", client_address(request), limit=settings.TICKETS_PER_MINUTE, now=now)


def count(scope: str, caller: str, *, limit: int, now: datetime) -> None:
    """Count one call. Raises TooMany `too_many_requests` beyond this process's share; a limit of 0 is none."""
    if not limit:
        return
    minute = now.replace(second=0, microsecond=0)
    if counts.add(scope, caller, minute) > math.ceil(limit / settings.WEB_PROCESSES):
        seconds = math.ceil((minute + _MINUTE - now).total_seconds())
        raise TooMany("too_many_requests", "Too many requests, please wait a moment", retry_after=seconds, limit=limit)
