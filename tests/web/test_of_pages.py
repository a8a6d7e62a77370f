"""Calls of the API without cookies pass the middleware of pages by; whoever brings a cookie does not."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from parking.web.of_pages import PageMessageMiddleware, PageSessionMiddleware, PageUserMiddleware


def what_a_view_finds(request: HttpRequest) -> set[str]:
    found: set[str] = set()

    def view(request: HttpRequest) -> HttpResponse:
        found.update(name for name in ("session", "user", "_messages") if hasattr(request, name))
        return HttpResponse()

    PageSessionMiddleware(PageUserMiddleware(PageMessageMiddleware(view)))(request)
    return found


@pytest.mark.parametrize(
    ("path", "cookies", "found"),
    [
        ("/api/staff/entry/", {}, set()),
        ("/api/staff/entry/", {"sessionid": "x"}, {"session", "user", "_messages"}),
        ("/gate/", {}, {"session", "user", "_messages"}),
        ("/parking/entry/", {}, {"session", "user", "_messages"}),
    ],
)
def test_only_calls_without_cookies_have_no_session(path: str, cookies: dict[str, str], found: set[str]) -> None:
    factory = RequestFactory()
    factory.cookies.load(cookies)
    assert what_a_view_finds(factory.get(path)) == found
