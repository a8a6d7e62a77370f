"""How many registrations and logins an address may send in a minute."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from parking.accounts.models import CallWindow, User
from parking.accounts.throttles import count_call, forget_old_windows
from parking.core.errors import TooMany
from tests.accounts.people import LOGIN, failure
from tests.client import ApiClient

NOON = datetime(2026, 11, 22, 12, 0, 18, 500_000, tzinfo=UTC)


def call(*, address: str = "192.0.2.1", scope: str = "login", limit: int = 3, now: datetime = NOON) -> None:
    count_call(scope=scope, address=address, limit=limit, now=now)


def test_calls_beyond_the_limit_wait_for_the_next_minute(db: None):
    for _ in range(3):
        call()

    with pytest.raises(TooMany) as refusal:
        call()

    assert (refusal.value.code, refusal.value.retry_after) == ("too_many_requests", 42)
    assert CallWindow.objects.get().calls == 3
    call(now=NOON + timedelta(seconds=41.5))


def test_addresses_and_kinds_of_calls_are_counted_apart(db: None):
    call(limit=1)
    call(limit=1, address="192.0.2.2")
    call(limit=1, scope="register")

    with pytest.raises(TooMany):
        call(limit=1)


def test_counts_of_past_minutes_are_forgotten(db: None):
    call()
    call(now=NOON + timedelta(minutes=1))

    assert forget_old_windows(now=NOON + timedelta(minutes=1)) == 1
    assert CallWindow.objects.get().minute == datetime(2026, 11, 22, 12, 1, tzinfo=UTC)


def test_logins_are_throttled_right_ones_too(anybody: ApiClient, asha: User, settings):
    settings.LOGINS_PER_MINUTE = 2
    with time_machine.travel(NOON, tick=False) as moment:
        assert [anybody.post("/api/auth/login/", LOGIN).status_code for _ in range(2)] == [200, 200]

        response = anybody.post("/api/auth/login/", LOGIN)

        assert failure(response) == (429, "too_many_requests")
        assert response.headers["Retry-After"] == "42"
        moment.shift(42)
        assert anybody.post("/api/auth/login/", LOGIN).status_code == 200


def test_registrations_are_throttled_bad_ones_not(anybody: ApiClient, db: None, settings):
    settings.REGISTRATIONS_PER_MINUTE = 1
    body = {"username": "asha", "password": "monsoon-2026", "email": "asha@example.org"}
    with time_machine.travel(NOON, tick=False):
        assert anybody.post("/api/auth/register/", body | {"email": "x"}).status_code == 400
        assert anybody.post("/api/auth/register/", body).status_code == 201

        response = anybody.post("/api/auth/register/", body | {"username": "ravi"})

    assert failure(response) == (429, "too_many_requests")
    assert User.objects.count() == 1


def test_the_demonstration_allows_enough(settings):
    assert settings.REGISTRATIONS_PER_MINUTE >= 300
    assert settings.LOGINS_PER_MINUTE >= 600
