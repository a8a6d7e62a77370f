"""Numbers in addresses that no row can have, at every call and page."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from parking.accounts.models import User
from tests.client import ApiClient

pytestmark = pytest.mark.django_db

TOO_LARGE = "9223372036854775808"  # 2^63


def addresses(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """Yield the addresses that name something, with a number that is too large for it."""
    for pattern in resolver.url_patterns:
        text = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            if "<" in text and "^" not in text and "static" not in text:
                yield "/" + re.sub("<[^>]+>", TOO_LARGE, text)
        else:
            yield from addresses(pattern, text)


def test_a_number_that_is_too_large_is_nothing_and_breaks_nothing(admin: User) -> None:
    pages = Client(raise_request_exception=False)
    pages.force_login(admin)
    found = sorted(set(addresses(get_resolver())))
    assert len(found) > 100
    answers = [ApiClient(admin).get(path) if path.startswith("/api/") else pages.get(path) for path in found]
    broken = [path for path, answer in zip(found, answers, strict=True) if answer.status_code >= 500]
    assert not broken
