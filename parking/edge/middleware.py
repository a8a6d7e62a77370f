"""Gives Django's own answers under the contract's addresses the contract's form."""

from collections.abc import Callable
from contextlib import suppress

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from parking.accounts.repeated import record_seldom
from parking.audit.events import Exported
from parking.core import clock
from parking.core.errors import TooMany
from parking.edge.answers import failed
from parking.edge.callers import actor_of
from parking.edge.downloads import CSV, PDF, XLSX
from parking.edge.errors import answer_for, database_away, record_refusal, too_large
from parking.edge.limits import count_public_call
from parking.edge.pages import PRIVATE

NOWHERE = "private, no-store"

# A client that is still sending when the answer comes may see a broken connection instead of the answer.
_MOST_DRAINED = 16_000_000
# Files that hold lists.
_LISTS = {CSV: "csv", XLSX: "xlsx", PDF: "pdf", "application/zip": "zip"}
# Addresses that the contract names; the others are pages.
_CONTRACT = ("/api/", "/parking/", "/entry-qr-scan/", "/exit-qr-scan/")
# Of these the answers are the same for everybody; those of other calls are one caller's alone.
_PUBLIC = ("/api/public/", "/api/docs", "/api/openapi.json")


class ContractMiddleware:
    """405, bodies that are too large, a database that is away in the contract's form; no personal answer is kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._limited(request)
        _drain(request)
        _keep_personal_answers_nowhere(request, response)
        if response.status_code == 405 and request.path.startswith(_CONTRACT):
            allowed = response.headers.get("Allow", "")
            response = failed("method_not_allowed", f"Allowed here: {allowed}", status=405)
            response.headers["Allow"] = allowed
        return response

    def _limited(self, request: HttpRequest) -> HttpResponse:
        try:
            count_public_call(request)
        except TooMany as error:
            record_refusal(request, error)
            return answer_for(error)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, OperationalError | InterfaceError):
            return database_away(request, error)
        if isinstance(error, RequestDataTooBig):
            return too_large(request, error)
        return None


class ExportRecordMiddleware:
    """Puts on record who takes a list away as a file, by the API or on a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        kind = _LISTS.get(response.headers.get("Content-Type", "").partition(";")[0])
        if response.status_code == 200 and kind is not None and _is_attached(response):
            record_seldom(actor_of(request), Exported(path=request.path, kind=kind), request=request, now=clock.now())
        return response


def _is_attached(response: HttpResponse) -> bool:
    return response.headers.get("Content-Disposition", "").startswith("attachment")


def _keep_personal_answers_nowhere(request: HttpRequest, response: HttpResponse) -> None:
    """Replace what pages say of caches only here: Django compares ETags of nothing that is not stored."""
    if request.path.startswith("/api/"):
        if not request.path.startswith(_PUBLIC):
            response.headers.setdefault("Cache-Control", NOWHERE)
    elif response.headers.get("Cache-Control") == PRIVATE and request.user.is_authenticated:
        response.headers["Cache-Control"] = NOWHERE


def _drain(request: HttpRequest) -> None:
    """Read and forget what nobody read of the body, up to a bound."""
    if request.method in {"GET", "HEAD"} or hasattr(request, "_body"):
        return
    left = _MOST_DRAINED
    with suppress(OSError):
        while left > 0 and (chunk := request.read(65_536)):
            left -= len(chunk)
