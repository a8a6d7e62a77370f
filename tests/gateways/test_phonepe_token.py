"""The token is fetched once for everybody, renewed early, and never by a crowd."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from parking.payments.gateways.base import GatewayUnreachable
from parking.payments.gateways.phonepe.answers import read_token
from parking.payments.gateways.phonepe.token import Token, TokenCache

HOUR = 3600.0


class Source:
    """Gives tokens T1, T2, ... of a lifetime, or fails; counts."""

    def __init__(self, lifetime: float = HOUR) -> None:
        self.lifetime = lifetime
        self.fetched = 0
        self.fails = False
        self.now = 0.0

    def fetch(self) -> Token:
        self.fetched += 1
        if self.fails:
            raise GatewayUnreachable("out")
        return Token(f"T{self.fetched}", "O-Bearer", self.lifetime)

    def cache(self) -> TokenCache:
        return TokenCache(self.fetch, clock=lambda: self.now)


def test_a_token_is_kept():
    source = Source()
    cache = source.cache()

    assert [cache.get().authorization for _ in range(3)] == ["O-Bearer T1"] * 3


@pytest.mark.parametrize(
    ("lifetime", "age", "value"),
    [
        (HOUR, 3359, "T1"),
        (HOUR, 3360, "T2"),
        (HOUR, 9999, "T2"),
        (60.0, 44, "T1"),
        (60.0, 45, "T2"),
        (0.0, 0, "T2"),
    ],
)
def test_it_is_renewed_four_minutes_early_or_in_its_last_quarter(lifetime: float, age: float, value: str):
    source = Source(lifetime)
    cache = source.cache()
    cache.get()

    source.now = age

    assert cache.get().value == value


def test_a_renewal_that_fails_leaves_the_old_token_and_is_tried_again_later():
    source = Source()
    cache = source.cache()
    cache.get()
    source.now, source.fails = 3400, True

    assert [cache.get().value for _ in range(3)] == ["T1"] * 3
    assert source.fetched == 2

    source.now, source.fails = 3415, False
    assert cache.get().value == "T3"


def test_without_a_good_token_the_failure_is_told():
    source = Source()
    cache = source.cache()
    cache.get()
    source.now, source.fails = 3600, True

    with pytest.raises(GatewayUnreachable):
        cache.get()


def test_a_dropped_token_is_fetched_anew_once():
    source = Source()
    cache = source.cache()
    old = cache.get()

    cache.drop(old)
    cache.get()
    cache.drop(old)

    assert cache.get().value == "T2"


class SlowSource(Source):
    """Fetches only when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = threading.Event()
        self.go = threading.Event()

    def fetch(self) -> Token:
        self.asked.set()
        assert self.go.wait(5)
        return super().fetch()


@pytest.mark.parametrize("fails", [False, True])
def test_a_crowd_without_a_token_waits_for_one_fetch(fails: bool):
    source = SlowSource()
    source.fails = fails
    cache = source.cache()
    with ThreadPoolExecutor(20) as crowd:
        waiting = [crowd.submit(cache.get) for _ in range(20)]
        source.asked.wait(5)
        # Twenty threads that are all inside `get` cannot be seen from outside; those that come later see the result.
        source.go.set()
        errors = [future.exception(5) for future in waiting]

    if fails:
        assert all(isinstance(error, GatewayUnreachable) for error in errors)
    else:
        assert source.fetched == 1
        assert {future.result().value for future in waiting} == {"T1"}


def test_while_one_thread_renews_the_others_use_the_old_token():
    source = SlowSource()
    cache = source.cache()
    source.go.set()
    cache.get()
    source.go.clear()
    source.asked.clear()
    source.now = 3400
    with ThreadPoolExecutor(1) as renewing:
        renewed = renewing.submit(cache.get)
        source.asked.wait(5)

        assert cache.get().value == "T1"

        source.go.set()
        assert renewed.result(5).value == "T2"


@pytest.mark.parametrize(
    ("answer", "authorization", "lifetime"),
    [
        (
            {
                "access_token": "T",
                "expires_in": None,
                "issued_at": 1767225000,
                "expires_at": 1767228600,
                "token_type": "O-Bearer",
            },
            "O-Bearer T",
            3600.0,
        ),
        ({"access_token": "T", "expires_in": 120}, "O-Bearer T", 120.0),
        ({"access_token": "T", "token_type": "Bearer"}, "Bearer T", 60.0),
        ({"access_token": "T", "issued_at": 10, "expires_at": 5}, "O-Bearer T", 0.0),
        ({"access_token": "T", "expires_at": "soon"}, "O-Bearer T", 60.0),
    ],
)
def test_its_life_is_told_by_the_gateways_own_clock(answer: dict, authorization: str, lifetime: float):
    token = read_token(answer)

    assert (token.authorization, token.lifetime) == (authorization, lifetime)


@pytest.mark.parametrize("answer", [{}, {"access_token": ""}, {"access_token": None}, {"access_token": 7}])
def test_an_answer_without_a_token_is_no_answer(answer: dict):
    with pytest.raises(GatewayUnreachable):
        read_token(answer)


def test_a_token_does_not_show_in_logs():
    assert "secret" not in repr(Token("secret", "O-Bearer", 1))
