"""Limits of calls per minute from one address, counted in a table that all server processes share."""

import math
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.http import HttpRequest

from parking.accounts.models import CallWindow
from parking.core.errors import TooMany
from parking.core.requests import client_address

_MINUTE = timedelta(minutes=1)


def count_registration(request: HttpRequest, *, now: datetime) -> None:
    """Count a sign-up of this address, by the API or on a page. Raises as `count_call`."""
    limit = settings.REGISTRATIONS_PER_MINUTE
    count_call(scope="register", address=client_address(request), limit=limit, now=now)


def count_login(request: HttpRequest, *, now: datetime) -> None:
    """Count a login of this address, by the API or on a page. Raises as `count_call`."""
    count_call(scope="login", address=client_address(request), limit=settings.LOGINS_PER_MINUTE, now=now)


def count_reset(request: HttpRequest, *, now: datetime) -> None:
    """Count a request for a reset link from this address. Raises as `count_call`."""
    count_call(scope="reset", address=client_address(request), limit=settings.RESETS_PER_MINUTE, now=now)


def count_reset_use(request: HttpRequest, *, now: datetime) -> None:
    """Count the use of a reset link from this address, so that nobody tries many. Raises as `count_call`."""
    limit = settings.LOGINS_PER_MINUTE
    count_call(scope="reset-use", address=client_address(request), limit=limit, now=now)


def count_poster(request: HttpRequest, *, now: datetime) -> None:
    """Count a car that somebody without account looks for from this address. Raises as `count_call`."""
    count_call(scope="poster", address=client_address(request), limit=settings.LOGINS_PER_MINUTE, now=now)


def count_call(*, scope: str, address: str, limit: int, now: datetime) -> None:
    """Count one call. Raises TooMany `too_many_requests` for those beyond the limit, until the minute is over.

    Call it outside any transaction, so that a refusal later on does not take the count back.
    """
    minute = now.replace(second=0, microsecond=0)
    window = CallWindow(scope=scope, address=address, minute=minute, calls=0)
    if _take_one(window, limit):
        return
    # Either nobody called yet in this minute, or the limit is reached: an empty row settles which.
    CallWindow.objects.bulk_create([window], ignore_conflicts=True)
    if not _take_one(window, limit):
        seconds = math.ceil((minute + _MINUTE - now).total_seconds())
        raise TooMany("too_many_requests", "Too many requests, please wait a moment", retry_after=seconds)


def _take_one(window: CallWindow, limit: int) -> bool:
    # One statement checks and counts, so that calls at the same moment cannot pass the limit together.
    row = CallWindow.objects.filter(scope=window.scope, address=window.address, minute=window.minute)
    return row.filter(calls__lt=limit).update(calls=F("calls") + 1) == 1


def forget_old_windows(*, now: datetime) -> int:
    """Delete the counts of minutes that are over; answers how many."""
    return CallWindow.objects.filter(minute__lte=now - _MINUTE).delete()[0]
