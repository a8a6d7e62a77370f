"""Calls per minute by kind of call: signed-in callers by their account, others by their address."""

from django.conf import settings
from django.http import HttpRequest

from parking.accounts.limits import count
from parking.accounts.models import User
from parking.core import clock
from parking.core.requests import client_address

_READING = {"GET", "HEAD", "OPTIONS"}
_HEALTH = "/api/public/health/"


def count_call_of(request: HttpRequest, user: User) -> None:
    """Count a call of an account. Raises TooMany `too_many_requests` beyond the limit of its kind."""
    kind = _kind_of(request)
    count(kind, str(user.pk), limit=settings.CALLS_PER_MINUTE[kind], now=clock.now())


def count_public_call(request: HttpRequest) -> None:
    """Count a call that needs no account, by its address. Raises TooMany `too_many_requests`."""
    if request.path.startswith("/api/public/") and request.path != _HEALTH:
        count("public", client_address(request), limit=settings.CALLS_PER_MINUTE["public"], now=clock.now())


def _kind_of(request: HttpRequest) -> str:
    # All gates of a car park may share one address, and one attendant's gate scans without a pause.
    if request.path.startswith("/api/staff/"):
        return "gate"
    if request.method in _READING:
        return "read"
    return "money" if request.path.startswith("/api/payment/") else "write"
