"""Addresses that are always the same view's are looked up once."""

import pytest
from django.http import Http404, HttpRequest
from django.test import RequestFactory
from django.urls import resolve

from smart_parking.handler import Handler


def request(path: str) -> HttpRequest:
    return RequestFactory().get(path)


@pytest.mark.parametrize("path", ["/api/staff/entry/", "/api/user/book-slot/", "/sign-in/"])
def test_an_address_without_parts_is_resolved_once(path: str) -> None:
    handler, first, second = Handler(), request(path), request(path)
    match = handler.resolve_request(first)
    assert handler.resolve_request(second) is match
    assert first.resolver_match is second.resolver_match is match
    assert match.func is resolve(path).func


def test_an_address_with_parts_is_resolved_each_time() -> None:
    handler = Handler()
    matches = [handler.resolve_request(request(f"/api/user/sessions/{number}/")) for number in (1, 2, 1)]
    assert [match.kwargs["session_ref"] for match in matches] == ["1", "2", "1"]
    assert matches[0] is not matches[2]


def test_an_address_that_is_nobodys_is_refused_each_time() -> None:
    handler = Handler()
    for _ in range(2):
        with pytest.raises(Http404):
            handler.resolve_request(request("/api/nothing/here/"))
