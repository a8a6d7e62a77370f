"""What people see when a service says no and no form takes it: a page, or a part of one, in their language."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from parking.core.errors import (
    DomainError,
    Forbidden,
    Unauthenticated,
    Unavailable,
)
from parking.edge.answers import failed
from parking.edge.errors import database_away, database_unavailable, headers_of, record_refusal
from parking.edge.pages import page
from parking.edge.wording import sentence_for
from parking.web.access import View, is_part, page_asked_from, to_sign_in
from parking.web.frames import PLAIN, frame_for


class RefusalMiddleware:
    """Turns the errors of services into pages. Those of the API are answered before they come here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, _request: HttpRequest, view: View, _args: Sequence[str], named: Mapping[str, Any]) -> None:
        """No page has a NUL in its address, and PostgreSQL fails at such a text. The API answers for itself."""
        if view.__module__.startswith("parking.web.") and any("\0" in str(value) for value in named.values()):
            raise Http404

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if request.path.startswith("/api/"):
            return None
        if isinstance(error, OperationalError | InterfaceError):
            error = database_unavailable(error)
        if isinstance(error, Unauthenticated):
            return to_sign_in(request)
        if not isinstance(error, DomainError):
            return None
        record_refusal(request, error)
        return refusal_page(request, error)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """CSRF_FAILURE_VIEW: a form without its token, most often one that was open through a sign-in elsewhere."""
    return refusal_page(request, Forbidden("csrf_failed", "Please reload the page and try again"))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """`handler403`: what Django's own pages refuse."""
    return refusal_page(request, Forbidden("forbidden", "Your role does not allow this"))


def refusal_page(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The refusal in words. A part of a page is answered with 200, because it replaces what was asked for."""
    template = "web/parts/refusal.html" if is_part(request) else "web/refusal.html"
    status = 200 if is_part(request) else error.status
    # Where the database is away, the numbers of the navigation are, too.
    frame = PLAIN if isinstance(error, Unavailable) else frame_for(request)
    facts = {"sentence": sentence_for(error), "code": error.code, "back": _came_from(request)}
    response = page(request, template, status=status, frame=frame, **facts)
    for name, value in headers_of(error).items():
        response.headers[name] = value
    return response


# The service worker names itself where a page was opened without any before it; who signed in is sent on from there.
_NO_WAY_BACK = ("service_worker", "sign_in")


def _came_from(request: HttpRequest) -> str:
    """Return the page from which this was asked for, such as that of a session; empty if it is not known."""
    back = page_asked_from(request)
    is_itself = back == request.get_full_path() and request.method == "GET"
    return "" if is_itself or urlsplit(back).path in {reverse(name) for name in _NO_WAY_BACK} else back


# --- Answers of Django itself ----------------------------------------------------------------------


def wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:  # noqa: ARG001 - Django's signature
    if wants_json(request):
        return failed("not_found", "There is nothing here", status=404)
    return render(request, "web/404.html", {"frame": frame_for(request)}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500`. Where the database fails outside of views, as when a session is kept, the answer is 503 too."""
    if isinstance(error := sys.exception(), OperationalError | InterfaceError):
        return _database_away_outside(request, error)
    if wants_json(request):
        return failed("server_error", "Something went wrong on our side", status=500)
    return _technical_issue(request, 500)


def _technical_issue(request: HttpRequest, status: int) -> HttpResponse:
    facts = {"at_gate": request.path.startswith("/gate/"), "contact": settings.SUPPORT_CONTACT}
    return render(request, "web/500.html", facts, status=status)


def _database_away_outside(request: HttpRequest, error: Exception) -> HttpResponse:
    answer = database_away(request, error)
    if wants_json(request):
        return answer
    shown = _technical_issue(request, answer.status_code)
    shown.headers["Retry-After"] = answer.headers["Retry-After"]
    return shown
