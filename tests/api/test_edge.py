"""Answers that no view gives: to other hosts, and to what the front refused; and what browsers may keep."""

from typing import Any, cast

import pytest
from django.test import Client

from parking.accounts.models import User
from parking.edge.refused import _OF_THE_FRONT
from tests.api.reading import problem_of
from tests.client import ApiClient

pytestmark = pytest.mark.django_db

STATUSES = {
    "bad_request": 400,
    "body_incomplete": 400,
    "body_timeout": 408,
    "body_too_large": 413,
    "uri_too_long": 414,
    "headers_too_large": 431,
    "too_many_bodies": 503,
}


@pytest.mark.parametrize("path", ["/api/public/zones/", "/api/auth/login/", "/sign-in/", "/static/web/app.js", "/"])
@pytest.mark.parametrize("host", ["evil.example", "a b", "parking.example:99999x", "[::1", "\x00"])
def test_another_host_is_refused_in_the_contracts_form(settings, path: str, host: str) -> None:
    settings.ALLOWED_HOSTS = ["parking.example"]
    settings.SECURE_SSL_REDIRECT = True
    answer = Client().get(path, HTTP_HOST=host)
    assert problem_of(answer) == (400, "bad_host")
    assert answer.headers["X-Request-ID"]
    assert b"Traceback" not in answer.content


@pytest.mark.parametrize(("code", "status"), STATUSES.items())
def test_what_the_front_refused_is_answered_so_wherever_it_went(code: str, status: int) -> None:
    answer = Client().generic("POST", "/api/auth/login/", **cast(Any, {"smart_parking.refused": code}))
    assert problem_of(answer) == (status, code)
    assert (answer.headers["Connection"], len(answer.headers["X-Request-ID"])) == ("close", 32)
    assert ("Retry-After" in answer.headers) == (status == 503)


def test_each_refusal_of_the_front_has_its_answer() -> None:
    assert set(_OF_THE_FRONT) == set(STATUSES)


@pytest.mark.parametrize("path", ["/api/user/history/", "/api/user/current-session/", "/api/auth/me/"])
def test_nobody_keeps_what_is_one_callers(as_driver: ApiClient, path: str) -> None:
    assert as_driver.get(path).headers["Cache-Control"] == "private, no-store"
    assert Client().get(path).headers["Cache-Control"] == "private, no-store"  # the refusal too


def test_pages_of_who_is_signed_in_are_not_kept(driver: User) -> None:
    browser = Client()
    browser.force_login(driver, backend="django.contrib.auth.backends.ModelBackend")
    for path in ("/zones/", "/tickets/", "/profile/"):
        assert "no-store" in browser.get(path, follow=True).headers["Cache-Control"]
    assert browser.post("/sign-out/").headers["Clear-Site-Data"] == '"cache"'


def test_a_logout_clears_what_the_browser_kept(driver: User) -> None:
    driver.set_password("a-good-password")
    driver.save()
    pair = ApiClient().post("/api/auth/login/", {"username": driver.username, "password": "a-good-password"}).json()
    answer = ApiClient().post("/api/auth/logout/", {"refresh": pair["refresh"]})
    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (200, '"cache"')


def test_the_look_up_site_clears_it_too(admin: User) -> None:
    browser = Client()
    browser.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    assert browser.post("/office/admin/logout/").headers["Clear-Site-Data"] == '"cache"'
