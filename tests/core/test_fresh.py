"""One load a second, however many ask."""

import threading
from collections.abc import Callable

import pytest

from parking.core import fresh
from parking.core.fresh import FreshValue, UntilNews, fingerprint

WAIT_SECONDS = 10


class Clock:
    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    stands = Clock()
    monkeypatch.setattr("parking.core.fresh.time.monotonic", stands)
    return stands


def counter() -> Callable[[], int]:
    """Answers 1, 2, 3 …"""
    numbers = iter(range(1, 100))
    return lambda: next(numbers)


def answering(*answers: int | Exception) -> Callable[[], int]:
    """Answers or raises one after the other."""
    left = iter(answers)

    def load() -> int:
        answer = next(left)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return load


class Slow:
    """A load that waits until it is let go."""

    def __init__(self) -> None:
        self.begun, self.may_end = threading.Event(), threading.Event()
        self.loads = 0

    def __call__(self) -> int:
        self.loads += 1
        if self.loads > 1:
            self.begun.set()
            assert self.may_end.wait(WAIT_SECONDS)
        return self.loads


def test_a_value_is_kept_for_its_seconds(clock: Clock) -> None:
    value = FreshValue(counter(), seconds=2.0)
    assert value.value() == 1
    clock.seconds += 1.999
    assert value.value() == 1
    clock.seconds += 0.001
    assert value.value() == 2


def test_while_one_thread_loads_the_others_get_the_value_before(clock: Clock) -> None:
    load = Slow()
    value = FreshValue(load)
    assert value.value() == 1
    clock.seconds += 1.5
    answers: list[int] = []
    loading = threading.Thread(target=lambda: answers.append(value.value()))
    loading.start()
    assert load.begun.wait(WAIT_SECONDS)
    assert [value.value(), value.value()] == [1, 1]
    load.may_end.set()
    loading.join(WAIT_SECONDS)
    assert (answers, value.value(), load.loads) == ([2], 2, 2)


def test_nobody_is_given_a_value_that_is_older_than_the_overlap(clock: Clock) -> None:
    load = Slow()
    value = FreshValue(load)
    value.value()
    clock.seconds += 2.0
    answers: list[int] = []
    asking = [threading.Thread(target=lambda: answers.append(value.value())) for _ in range(3)]
    for thread in asking:
        thread.start()
    assert load.begun.wait(WAIT_SECONDS)
    assert answers == []
    load.may_end.set()
    for thread in asking:
        thread.join(WAIT_SECONDS)
    assert (answers, load.loads) == ([2, 2, 2], 2)


def test_an_error_is_raised_and_the_next_call_tries_again(clock: Clock) -> None:
    value = FreshValue(answering(ValueError("away"), 7))
    with pytest.raises(ValueError, match="away"):
        value.value()
    assert value.value() == 7


def test_an_error_does_not_bring_the_old_value_back_to_life(clock: Clock) -> None:
    value = FreshValue(answering(1, ValueError("away"), 3))
    value.value()
    clock.seconds += 1
    with pytest.raises(ValueError, match="away"):
        value.value()
    assert value.value() == 3


def test_what_is_forgotten_is_loaded_again(clock: Clock) -> None:
    first, second = FreshValue(counter()), FreshValue(counter())
    assert (first.value(), second.value()) == (1, 1)
    first.forget()
    assert (first.value(), second.value()) == (2, 1)
    fresh.forget_all()
    assert (first.value(), second.value()) == (3, 2)


def test_what_was_forgotten_while_it_was_loaded_is_not_kept(clock: Clock) -> None:
    numbers = counter()

    def load() -> int:
        number = numbers()
        if number == 1:
            value.forget()
        return number

    value = FreshValue(load)
    assert [value.value(), value.value(), value.value()] == [1, 2, 2]


# --- Until there is news -------------------------------------------------------------------------------


def test_a_value_is_kept_for_each_key_until_there_is_news(clock: Clock) -> None:
    news, loaded = FreshValue(answering(1, 1, 2)), counter()
    value = UntilNews(lambda key: (key, loaded()), news)
    assert [value.value("a"), value.value("b"), value.value("a")] == [("a", 1), ("b", 2), ("a", 1)]
    clock.seconds += 1
    assert [value.value("a"), value.value("b")] == [("a", 1), ("b", 2)]
    clock.seconds += 1
    assert [value.value("a"), value.value("b"), value.value("a")] == [("a", 3), ("b", 4), ("a", 3)]


def test_the_news_are_read_before_the_value(clock: Clock) -> None:
    order: list[str] = []
    news = FreshValue(lambda: order.append("news"))
    UntilNews(lambda: order.append("value"), news).value()
    assert order == ["news", "value"]


def test_no_more_values_are_kept_than_agreed(clock: Clock) -> None:
    value: UntilNews[int] = UntilNews(lambda key: key, FreshValue(lambda: 1), most=3)
    for key in range(8):
        assert value.value(key) == key
        assert len(value._kept) <= 3


def test_an_error_keeps_nothing_and_the_next_call_tries_again(clock: Clock) -> None:
    value = UntilNews(answering(ValueError("away"), 7), FreshValue(lambda: 1))
    with pytest.raises(ValueError, match="away"):
        value.value()
    assert (value.value(), value.value()) == (7, 7)


def test_many_threads_load_once(clock: Clock) -> None:
    load = Slow()
    value = UntilNews(load, FreshValue(lambda: clock.seconds))
    value.value()
    clock.seconds += 1
    answers: list[int] = []
    asking = [threading.Thread(target=lambda: answers.append(value.value())) for _ in range(3)]
    for thread in asking:
        thread.start()
    assert load.begun.wait(WAIT_SECONDS)
    load.may_end.set()
    for thread in asking:
        thread.join(WAIT_SECONDS)
    assert (answers, load.loads) == ([2, 2, 2], 2)


def test_values_until_news_are_forgotten_too(clock: Clock) -> None:
    value = UntilNews(counter(), FreshValue(lambda: 1))
    assert [value.value(), value.value()] == [1, 1]
    fresh.forget_all()
    assert value.value() == 2


# --- Fingerprints --------------------------------------------------------------------------------------


def test_a_fingerprint_differs_when_a_part_differs() -> None:
    parts = [("a", 1), ("a", 2), ("a1",), ("a", None), ("a", ""), ("a", "", ""), ()]
    assert len({fingerprint(*part) for part in parts}) == len(parts) - 1
    assert fingerprint("a", None) == fingerprint("a", "")


def test_a_fingerprint_is_the_same_in_every_process() -> None:
    assert fingerprint("A", 1) == "6977d83a976dadab"
