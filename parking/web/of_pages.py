"""Django's middleware that pages alone need: sessions, who is signed in by one, forms, messages.

A call of the API without cookies has none of these. It is the most frequent request of all, and passes them by.
"""

from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware


class _OfPages:
    """Comes before the class of a middleware, which sees no call without cookies."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_bare_call = request.path_info.startswith("/api/") and not request.META.get("HTTP_COOKIE")
        answer: HttpResponseBase = (self.get_response if is_bare_call else super().__call__)(request)  # type: ignore[misc]
        return answer


class PageSessionMiddleware(_OfPages, SessionMiddleware):
    """Sessions of pages."""


class PageCsrfMiddleware(_OfPages, CsrfViewMiddleware):
    """Forms of pages; it still looks at the view of every request."""


class PageUserMiddleware(_OfPages, AuthenticationMiddleware):
    """Who is signed in on a page."""


class PageMessageMiddleware(_OfPages, MessageMiddleware):
    """Messages to the next page."""
