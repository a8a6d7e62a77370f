"""Gives Django's own answers under the contract's addresses the contract's form."""

from collections.abc import Callable
from contextlib import suppress

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from parking.edge.answers import failed
from parking.edge.errors import database_away, too_large

# A client that is still sending when the answer comes may see a broken connection instead of the answer.
_MOST_DRAINED = 16_000_000
# Addresses that the contract names; the others are pages.
_CONTRACT = ("/api/", "/parking/", "/entry-qr-scan/", "/exit-qr-scan/")
# Of these the answers are the same for everybody; those of other calls are one caller's alone.
_PUBLIC = ("/api/public/", "/api/docs", "/api/openapi.json")


class ContractMiddleware:
    """405, bodies that are too large, a database that is away in the contract's form; no personal answer is kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        _drain(request)
        if request.path.startswith("/api/") and not request.path.startswith(_PUBLIC):
            response.headers.setdefault("Cache-Control", "private, no-store")
        if response.status_code == 405 and request.path.startswith(_CONTRACT):
            allowed = response.headers.get("Allow", "")
            response = failed("method_not_allowed", f"Allowed here: {allowed}", status=405)
            response.headers["Allow"] = allowed
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, OperationalError | InterfaceError):
            return database_away(request, error)
        if isinstance(error, RequestDataTooBig):
            return too_large(request, error)
        return None


def _drain(request: HttpRequest) -> None:
    """Read and forget what nobody read of the body, up to a bound."""
    if request.method in {"GET", "HEAD"} or hasattr(request, "_body"):
        return
    left = _MOST_DRAINED
    with suppress(OSError):
        while left > 0 and (chunk := request.read(65_536)):
            left -= len(chunk)
