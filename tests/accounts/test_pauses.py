"""Guessing at one account from many addresses is slowed down, and its owner is told and never kept out."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest
from django.core import mail
from django.test import RequestFactory
from time_machine import Traveller, travel

from parking.accounts import pauses, services
from parking.accounts.models import FailedName, KnownAddress, User
from parking.accounts.reset_tokens import new_reset_token
from parking.accounts.resetting import reset_password
from parking.accounts.rules import pause_after
from parking.core import clock
from parking.core.errors import DomainError
from tests.accounts.mailing import send_queued_mails
from tests.accounts.people import PASSWORD
from tests.concurrency.together import at_once, tally
from tests.moments import START, at

pytestmark = pytest.mark.django_db

_numbers = count()
HOME = "198.51.100.7"
LIMIT = 10


@pytest.fixture(autouse=True)
def moment(settings: Any) -> Iterator[Traveller]:
    settings.NAME_FAILURES = LIMIT
    with travel(START, tick=False) as moment:
        yield moment


def sign_in(address: str, password: str = PASSWORD, username: str = "asha") -> str:
    """Sign in from an address; answers "ok" or the code of the refusal."""
    request = RequestFactory().post("/api/auth/login/", REMOTE_ADDR=address)
    try:
        services.login(request, username=username, password=password, now=clock.now())
    except DomainError as error:
        return error.code
    return "ok"


def guess(times: int, username: str = "asha") -> list[str]:
    """Guess from an address of its own each time."""
    return [sign_in(f"203.0.{next(_numbers) % 256}.1", "wrong", username) for _ in range(times)]


@pytest.mark.parametrize("username", ["asha", "nobody"])
def test_the_eleventh_guess_waits_whatever_address_it_comes_from(asha: User, username: str) -> None:
    assert guess(12, username) == ["invalid_credentials"] * LIMIT + ["too_many_attempts"] * 2
    assert sign_in("192.0.2.1") == ("too_many_attempts" if username == "asha" else "ok")


def test_after_each_pause_one_guess_passes_and_the_next_pause_is_longer(asha: User, moment: Traveller) -> None:
    guess(LIMIT)
    for seconds in (30, 60, 120, 240, 480, 900, 900):
        moment.shift(timedelta(seconds=seconds - 1))
        assert guess(1) == ["too_many_attempts"]
        moment.shift(timedelta(seconds=1))
        assert guess(2) == ["invalid_credentials", "too_many_attempts"]


def test_a_pause_says_when_it_ends(asha: User, moment: Traveller) -> None:
    guess(LIMIT)
    moment.shift(timedelta(seconds=10))
    with pytest.raises(DomainError) as caught:
        pauses.refuse_paused(RequestFactory().get("/"), username="Asha", now=clock.now())
    assert vars(caught.value)["retry_after"] == 21


def test_who_signed_in_from_here_before_is_not_kept_out(asha: User, moment: Traveller) -> None:
    assert sign_in(HOME) == "ok"
    guess(LIMIT)
    assert sign_in("192.0.2.1") == "too_many_attempts"
    assert sign_in(HOME) == "ok"
    assert guess(1) == ["invalid_credentials"]
    assert HOME not in str(KnownAddress.objects.values_list())


def test_an_address_is_known_for_90_days(asha: User, moment: Traveller) -> None:
    sign_in(HOME)
    moment.shift(timedelta(days=90))
    guess(LIMIT)
    assert sign_in(HOME) == "too_many_attempts"


def test_the_right_password_after_a_pause_ends_the_count(asha: User, moment: Traveller) -> None:
    guess(LIMIT)
    moment.shift(timedelta(seconds=30))
    assert sign_in(HOME) == "ok"
    assert not FailedName.objects.exists()


def test_a_new_password_by_mail_ends_the_count(asha: User) -> None:
    guess(LIMIT)
    link = {"uid": str(asha.pk), "token": new_reset_token(asha, now=START)}
    reset_password(**link, new_password="winter-2027", now=START)
    assert sign_in("192.0.2.1", "winter-2027") == "ok"


def test_failures_are_forgotten_after_a_day(asha: User, moment: Traveller) -> None:
    guess(LIMIT)
    moment.shift(timedelta(days=1))
    assert guess(1) == ["invalid_credentials"]
    assert FailedName.objects.get().failures == 1
    assert pauses.forget_old_failures(now=clock.now()) == 0
    assert pauses.forget_old_failures(now=clock.now() + timedelta(days=1)) == 1


def test_the_owner_is_told_once(asha: User, moment: Traveller) -> None:
    guess(LIMIT - 1)
    send_queued_mails()
    assert mail.outbox == []
    guess(1)
    moment.shift(timedelta(seconds=30))
    guess(1)
    send_queued_mails()
    assert [(sent.to, sent.subject) for sent in mail.outbox] == [
        (["someone@example.org"], "Many failed sign-ins to your account at Smart Parking")
    ]


@pytest.mark.django_db(transaction=True)
def test_of_eight_guesses_at_once_one_passes_after_a_pause(asha: User, moment: Traveller) -> None:
    guess(LIMIT)
    later = at(0.5)
    calls = [
        partial(pauses.refuse_paused, RequestFactory().get("/", REMOTE_ADDR=f"192.0.2.{n}"), username="asha", now=later)
        for n in range(8)
    ]
    assert tally(at_once(calls)) == {"ok": 1, "too_many_attempts": 7}


@pytest.mark.parametrize(
    ("failures", "seconds"), [(9, 0), (10, 30), (11, 60), (12, 120), (15, 900), (16, 900), (10**9, 900)]
)
def test_pauses_grow_up_to_a_bound(failures: int, seconds: int) -> None:
    assert pause_after(failures, limit=LIMIT) == timedelta(seconds=seconds)
