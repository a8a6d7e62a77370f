"""Forbidden looks, bad tokens, limits, exports: the first is on record at once, the rest of a minute as one line."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import jwt
import pytest
from django.conf import settings as django_settings
from django.test import Client, RequestFactory
from time_machine import Traveller, travel

from parking.accounts.models import Repetition, User
from parking.accounts.repeated import record_repetitions, record_seldom
from parking.accounts.tokens import issue
from parking.audit.events import Refusal
from parking.audit.models import AuditEntry
from parking.core import clock
from parking.core.actor import ANYBODY
from tests.build import make_user
from tests.client import ApiClient
from tests.concurrency.together import at_once
from tests.moments import START, at

pytestmark = pytest.mark.django_db

OFFICE = "/api/admin/users/"


@pytest.fixture(autouse=True)
def moment() -> Iterator[Traveller]:
    with travel(START, tick=False) as moment:
        yield moment


def lines() -> list[tuple[str, int | None, int]]:
    """Return action, actor and times of each line, oldest first."""
    rows = AuditEntry.objects.order_by("pk")
    return [(row.action, row.actor_id, row.facts.get("times") or 1) for row in rows]


def with_token(token: str, **headers: str) -> ApiClient:
    client = ApiClient()
    client.headers = {"Authorization": f"Bearer {token}"} | headers
    return client


def test_a_forbidden_look_is_on_record_at_once_and_its_repeats_as_one_line(driver: User, moment: Traveller) -> None:
    client = ApiClient(driver)
    for path in (OFFICE, "/api/admin/payments/", OFFICE, OFFICE):
        assert client.get(path).status_code == 403
    assert lines() == [("refused.forbidden", driver.pk, 1)]
    assert AuditEntry.objects.get().facts == {"path": OFFICE}
    assert record_repetitions(now=clock.now()) == 0

    moment.shift(timedelta(minutes=1))
    assert record_repetitions(now=clock.now()) == 1

    assert lines() == [("refused.forbidden", driver.pk, 1), ("refused.forbidden", driver.pk, 3)]
    assert AuditEntry.objects.latest("pk").actor_role == "USER"
    assert not Repetition.objects.exists()
    client.get(OFFICE)
    assert lines()[2:] == [("refused.forbidden", driver.pk, 1)]


def test_one_look_leaves_one_line(driver: User, moment: Traveller) -> None:
    ApiClient(driver).get(OFFICE)
    moment.shift(timedelta(minutes=1))
    assert record_repetitions(now=clock.now()) == 0
    assert len(lines()) == 1


def test_each_account_has_its_own_line(driver: User) -> None:
    other = make_user()
    for user in (driver, other, driver):
        ApiClient(user).get(OFFICE)
    assert lines() == [("refused.forbidden", driver.pk, 1), ("refused.forbidden", other.pk, 1)]


def test_a_forbidden_page_is_on_record(driver: User) -> None:
    browser = Client()
    browser.force_login(driver, backend="django.contrib.auth.backends.ModelBackend")
    assert browser.get("/office/").status_code == 403
    assert lines() == [("refused.forbidden", driver.pk, 1)]


def _forged(_driver: User) -> str:
    return "a.b.c"


def _of_an_ended_sign_in(driver: User) -> str:
    pair = issue(driver, now=clock.now())
    ApiClient().post("/api/auth/logout/", {"refresh": pair.refresh})
    return pair.access


@pytest.mark.parametrize("bad", [_forged, _of_an_ended_sign_in])
def test_bad_tokens_are_on_record_by_address(driver: User, bad: Callable[[User], str]) -> None:
    token = bad(driver)
    AuditEntry.objects.all().delete()
    for _ in range(3):
        assert with_token(token).get("/api/auth/me/").status_code == 401
    assert lines() == [("refused.token_not_valid", None, 1)]
    assert len(AuditEntry.objects.get().facts["source"]) == 16
    assert Repetition.objects.get().times == 2
    Client().get("/api/auth/me/", REMOTE_ADDR="192.0.2.1", headers={"Authorization": "Bearer x"})
    assert len(lines()) == 2


def test_a_forged_refresh_token_is_on_record(anybody: ApiClient) -> None:
    assert anybody.post("/api/auth/refresh/", {"refresh": "a.b.c"}).status_code == 401
    assert lines() == [("refused.token_not_valid", None, 1)]


def test_a_token_that_ran_out_is_nothing_to_record(driver: User, moment: Traveller) -> None:
    pair = issue(driver, now=clock.now())
    moment.shift(timedelta(days=8))
    assert with_token(pair.access).get("/api/auth/me/").status_code == 401
    assert ApiClient().post("/api/auth/refresh/", {"refresh": pair.refresh}).status_code == 401
    assert lines() == []
    claims = jwt.decode(pair.access, options={"verify_signature": False})
    forged = jwt.encode(claims, django_settings.SECRET_KEY[::-1], algorithm="HS256")
    with_token(forged).get("/api/auth/me/")
    assert lines() == [("refused.token_not_valid", None, 1)]


def test_a_limit_is_on_record(anybody: ApiClient, settings: Any) -> None:
    settings.RESETS_PER_MINUTE = 1
    answers = [anybody.post("/api/auth/password/reset/", {"email": "a@example.org"}).status_code for _ in range(3)]
    assert answers == [200, 429, 429]
    assert lines() == [("refused.too_many_requests", None, 1)]
    assert Repetition.objects.get().times == 1


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_exports_are_on_record(admin: User, kind: str) -> None:
    client = ApiClient(admin)
    for _ in range(2):
        assert client.get("/api/admin/all-sessions/", export=kind).status_code == 200
    assert lines() == [("exported", admin.pk, 1)]
    assert AuditEntry.objects.get().facts["path"] == "/api/admin/all-sessions/"
    assert Repetition.objects.get().times == 1


def test_a_list_that_is_only_looked_at_is_not(admin: User) -> None:
    assert ApiClient(admin).get("/api/admin/all-sessions/").status_code == 200
    assert lines() == []


def test_a_flood_is_counted_by_hundreds(django_assert_num_queries: Any) -> None:
    request = RequestFactory().get("/")
    see = partial(record_seldom, ANYBODY, Refusal(code="forbidden", path="/"), request=request, now=START)
    for _ in range(100):
        see()
    with django_assert_num_queries(1):
        for _ in range(100):
            see()
    assert Repetition.objects.get().times == 199


@pytest.mark.django_db(transaction=True)
def test_of_eight_at_once_one_is_the_first_and_none_is_lost() -> None:
    request = RequestFactory().get("/")
    see = partial(record_seldom, ANYBODY, Refusal(code="forbidden", path="/"), request=request, now=START)
    at_once([see] * 8)
    at_once([partial(record_repetitions, now=at(1))] * 3)
    assert lines() == [("refused.forbidden", None, 1), ("refused.forbidden", None, 7)]
