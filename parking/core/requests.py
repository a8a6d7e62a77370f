"""What a request itself says: its id, on every answer and log line, and the address it comes from."""

import re
from collections.abc import Callable
from contextvars import ContextVar
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse

_WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{1,64}")
_SECRET = re.compile(r"(/password/reset/|/email/confirm/)[^\s\"']+")
_current: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """Return the id of the request being answered, or "" outside one."""
    return _current.get()


def without_secrets(text: str) -> str:
    """Return a path, or a line of the log, without the part of a link that opens an account."""
    return _SECRET.sub(r"\1[cut]", text)


def client_address(request: HttpRequest) -> str:
    """Return the address that a caller is counted by, or "" where there is none (a unix socket).

    `X-Forwarded-For` is believed only as far as TRUSTED_PROXIES proxies of ours have written it: each appends the
    address that called it, and whatever is further left may be forged.
    """
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    trusted = settings.TRUSTED_PROXIES
    forwarded = hops[-trusted] if 0 < trusted <= len(hops) else ""
    return _countable(forwarded) or _countable(request.META.get("REMOTE_ADDR", ""))


def _countable(text: str) -> str:
    """Return an address in its one spelling. IPv6 callers own a /64 at the least, which counts as one address."""
    try:
        address = ip_address(text.strip().partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Network((address, 64), strict=False).network_address)
    return str(address)


class RequestIdMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = given if _WELL_FORMED.fullmatch(given) else uuid4().hex
        token = _current.set(request_id)
        try:
            response = self.get_response(request)
        finally:
            _current.reset(token)
        response.headers["X-Request-ID"] = request_id
        return response


def forgotten(response: HttpResponse) -> HttpResponse:
    """Have the browser drop what it kept of our answers: its user has signed out.

    The cache alone: cookies would be those of the whole domain, and the storage holds scans that were not sent yet.
    """
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


class TolerantRequest(WSGIRequest):
    """A request whose Content-Type may be malformed. Django would fail before any of our code could answer."""

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            super()._set_content_type_params(meta)  # type: ignore[misc] # not in the stubs
        except (LookupError, ValueError):
            self.content_type, self.content_params = "", {}
            self._encoding = None
