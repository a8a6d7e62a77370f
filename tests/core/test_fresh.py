"""One load a second, however many ask."""

import threading
from collections.abc import Callable

import pytest

from parking.core import fresh
from parking.core.fresh import FreshValue, fingerprint

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


def test_a_fingerprint_differs_when_a_part_differs() -> None:
    parts = [("a", 1), ("a", 2), ("a1",), ("a", None), ("a", ""), ("a", "", ""), ()]
    assert len({fingerprint(*part) for part in parts}) == len(parts) - 1
    assert fingerprint("a", None) == fingerprint("a", "")


def test_a_fingerprint_is_the_same_in_every_process() -> None:
    assert fingerprint("A", 1) == "6977d83a976dadab"
