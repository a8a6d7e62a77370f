"""Answers what is refused before any of our addresses sees it, in the contract's form and with a request id."""

from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse

from parking.edge.answers import failed

# What `smart_parking/front` could not take, by the code that it left in the environment.
_OF_THE_FRONT: dict[str, tuple[int, str]] = {
    "bad_request": (400, "The request is malformed"),
    "body_incomplete": (400, "The body ended before its announced end"),
    "body_timeout": (408, "The body did not come in time"),
    "body_too_large": (413, "The body is too large"),
    "uri_too_long": (414, "The address is too long"),
    "headers_too_large": (431, "The headers are too large"),
    "too_many_bodies": (503, "Please try again in a moment"),
}


class RefusedRequestMiddleware:
    """Answers requests that the front refused, and those for a host that is not ours."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        code = request.META.get("smart_parking.refused")
        if code is not None:
            return _of_the_front(code)
        try:
            request.get_host()
        except DisallowedHost:
            return _unread("bad_host", "This is not the address of this server", status=400)
        return self.get_response(request)


def _of_the_front(code: str) -> HttpResponse:
    status, message = _OF_THE_FRONT[code]
    response = _unread(code, message, status=status)
    # What is left of the request could be read as the next one.
    response.headers["Connection"] = "close"
    if status == 503:
        response.headers["Retry-After"] = "2"
    return response


def _unread(code: str, message: str, *, status: int) -> HttpResponse:
    response = failed(code, message, status=status)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
