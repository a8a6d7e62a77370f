"""Lock-out after failed logins, counted by django-axes per username and address together."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max
from django.http import HttpRequest

from parking.accounts.models import User
from parking.core.errors import TooMany
from parking.core.requests import client_address

# The width of axes' column: folding the case of some letters makes a text longer.
_LONGEST = 255


def address_of(request: HttpRequest) -> str | None:
    """Return the address as the throttles see it (AXES_CLIENT_IP_CALLABLE)."""
    return client_address(request) or None


def username_of(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """Return one spelling for all spellings of a username that lead to the same account (AXES_USERNAME_CALLABLE)."""
    given = (credentials or request.POST).get(User.USERNAME_FIELD)
    return folded(str(given or ""))


def folded(username: str) -> str:
    """Return a username in the spelling by which its failures are counted."""
    return username.strip().lower()[:_LONGEST]


def forget_failures(username: str) -> None:
    """Delete the failed logins of a username, from all addresses, once its owner has proved who they are."""
    AccessAttempt.objects.filter(username=folded(username)).delete()


def refuse_locked_out(request: HttpRequest, *, username: str, now: datetime) -> None:
    """Raise TooMany `too_many_attempts` while this username is locked out for the request's address."""
    credentials = {User.USERNAME_FIELD: username}
    if AxesProxyHandler.is_allowed(request, credentials):
        return
    attempts = AccessAttempt.objects.filter(username=username_of(request, credentials), ip_address=address_of(request))
    last = attempts.aggregate(at=Max("attempt_time"))["at"] or now
    raise TooMany(
        "too_many_attempts",
        "Too many failed attempts, please try again later",
        retry_after=max(math.ceil((last + settings.AXES_COOLOFF_TIME - now).total_seconds()), 1),
    )
