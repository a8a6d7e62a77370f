"""What fits into a window, what reservations leave to bookings for now, and which slot a reservation takes."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parking.facilities.place_rules import GROUPS, bookable, left_to_book, left_to_claim, reservable
from parking.stays.window_rules import (
    Limit,
    Promised,
    Window,
    fits,
    free_windows,
    greatest_overlap,
    latest_end,
    length_problem,
    start_problem,
)
from tests.moments import START, at


def window(first: float, last: float) -> Window:
    """Return the window between two numbers of minutes after START."""
    return Window(at(first), at(last))


def car(first: float, last: float) -> Promised:
    return Promised(window(first, last), "CAR")


CARS = frozenset({"CAR"})


# --- Windows -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("others", "most"),
    [
        ([], 0),
        ([(0, 60)], 1),
        ([(0, 30), (30, 60)], 1),
        ([(0, 31), (30, 60)], 2),
        ([(-60, 0), (60, 120)], 0),
        ([(-60, 10), (50, 120), (20, 40)], 1),
        ([(-60, 30), (10, 40), (29, 90)], 3),
    ],
)
def test_the_greatest_overlap_is_that_of_the_busiest_moment(others: list[tuple[float, float]], most: int) -> None:
    assert greatest_overlap([window(*one) for one in others], window(0, 60)) == most


@given(st.lists(st.tuples(st.integers(-20, 60), st.integers(1, 40)), max_size=12))
def test_the_greatest_overlap_is_found_by_asking_every_minute(others: list[tuple[int, int]]) -> None:
    windows = [window(first, first + length) for first, length in others]
    by_minute = [sum(one.starts_at <= at(minute) < one.ends_at for one in windows) for minute in range(40)]
    assert greatest_overlap(windows, window(0, 40)) == max(by_minute)


def test_a_window_fits_up_to_the_limit() -> None:
    assert fits(window(0, 60), [car(0, 30)], [Limit(CARS, 2)])
    assert not fits(window(0, 60), [car(0, 30), car(10, 20)], [Limit(CARS, 2)])
    assert fits(window(0, 60), [car(0, 30), car(30, 60)], [Limit(CARS, 2)])
    assert not fits(window(0, 60), [], [Limit(CARS, 0)])


def test_the_latest_end_is_where_the_next_full_time_begins() -> None:
    limits = [Limit(CARS, 1)]
    assert latest_end(window(0, 120), [car(60, 90), car(100, 110)], limits) == at(60)
    assert latest_end(window(0, 60), [car(60, 90)], limits) == at(60)
    assert latest_end(window(0, 60), [car(-10, 10)], limits) is None


def anytime(_moment: datetime) -> bool:
    return True


def test_three_free_windows_are_those_nearest_to_the_one_wanted() -> None:
    found = free_windows(window(0, 60), [car(-15, 60)], [Limit(CARS, 1)], may_begin=anytime)
    assert found == [window(-75, -15), window(60, 120), window(75, 135)]


def test_free_windows_begin_at_quarter_hours_that_are_allowed() -> None:
    found = free_windows(window(7, 67), [], [Limit(CARS, 1)], may_begin=lambda moment: moment >= at(0))
    assert found == [window(0, 60), window(15, 75), window(30, 90)]


def test_windows_are_looked_for_within_seven_days() -> None:
    week = 7 * 24 * 60
    promised = [car(-week - 60, week - 15)]
    assert free_windows(window(0, 60), promised, [Limit(CARS, 1)], may_begin=anytime) == [
        window(week - 15, week + 45), window(week, week + 60)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("starts_in", "problem"),
    [
        (timedelta(minutes=14), "At least 15 minutes from now"),
        (timedelta(minutes=15), None),
        (timedelta(days=60), None),
        (timedelta(days=60, minutes=1), "At most 60 days from now"),
    ],
)
def test_a_reservation_begins_in_15_minutes_to_60_days(starts_in: timedelta, problem: str | None) -> None:
    assert start_problem(START + starts_in, START) == problem


@pytest.mark.parametrize(
    ("length", "problem"),
    [
        (timedelta(minutes=29), "At least 30 minutes after the start"),
        (timedelta(minutes=30), None),
        (timedelta(days=30), None),
        (timedelta(days=30, minutes=1), "At most 30 days after the start"),
    ],
)
def test_a_reservation_lasts_30_minutes_to_30_days(length: timedelta, problem: str | None) -> None:
    assert length_problem(Window(START, START + length)) == problem


# --- Places ----------------------------------------------------------------------------------------------


def test_cars_two_wheelers_and_cars_with_electric_cars_are_the_groups() -> None:
    assert [(sorted(group.vehicle_kinds), sorted(group.slot_kinds)) for group in GROUPS] == [
        (["CAR"], ["CAR"]),
        (["TWO_WHEELER"], ["TWO_WHEELER"]),
        (["CAR", "EV"], ["CAR", "EV"]),
    ]


def test_half_of_the_slots_rounded_down_can_be_reserved_in_each_group() -> None:
    in_service = {"CAR": 5, "EV": 2, "TWO_WHEELER": 9, "VIP": 4}
    most = {kind: [most for _, most in reservable(kind, in_service, 50)] for kind in ("CAR", "EV", "TWO_WHEELER")}
    assert most == {"CAR": [2, 3], "EV": [3], "TWO_WHEELER": [4]}


@pytest.mark.parametrize(
    ("kind", "free", "waiting", "left"),
    [
        ("CAR", {"CAR": 3}, {"CAR": 2}, ("CAR",)),
        ("CAR", {"CAR": 2}, {"CAR": 2}, ()),
        ("CAR", {"CAR": 2}, {"TWO_WHEELER": 2}, ("CAR",)),
        ("CAR", {"CAR": 2, "EV": 1}, {"CAR": 1, "EV": 2}, ()),
        ("EV", {"CAR": 1, "EV": 1}, {"CAR": 1}, ("EV",)),
        ("EV", {"CAR": 2, "EV": 1}, {"CAR": 1}, ("EV", "CAR")),
    ],
)
def test_a_booking_for_now_leaves_a_slot_to_every_reservation(
    kind: str, free: dict[str, int], waiting: dict[str, int], left: tuple[str, ...]
) -> None:
    assert left_to_book(kind, free, waiting) == left


def test_an_electric_car_leaves_the_last_slots_for_cars_to_reserved_cars() -> None:
    assert left_to_claim("EV", {"CAR": 1, "EV": 1}, {"CAR": 1, "EV": 1}) == ("EV",)
    assert left_to_claim("EV", {"CAR": 1}, {"CAR": 1, "EV": 1}) == ("EV", "CAR")
    assert left_to_claim("CAR", {"CAR": 1}, {"CAR": 1}) == ("CAR",)


@pytest.mark.parametrize(
    ("free", "waiting", "total", "by_kind"),
    [
        ({"CAR": 7}, {}, 7, {"CAR": 7, "TWO_WHEELER": 0, "EV": 7}),
        ({"CAR": 7}, {"CAR": 3}, 4, {"CAR": 4, "TWO_WHEELER": 0, "EV": 4}),
        ({"CAR": 2, "TWO_WHEELER": 3}, {"CAR": 5}, 3, {"CAR": 0, "TWO_WHEELER": 3, "EV": 0}),
        ({"CAR": 2, "EV": 2}, {"CAR": 1}, 3, {"CAR": 1, "TWO_WHEELER": 0, "EV": 3}),
        ({"CAR": 1, "VIP": 4}, {}, 1, {"CAR": 1, "TWO_WHEELER": 0, "EV": 1}),
    ],
)
def test_what_is_bookable_is_free_and_not_reserved(
    free: dict[str, int], waiting: dict[str, int], total: int, by_kind: dict[str, int]
) -> None:
    found = bookable(free, waiting)
    assert (found.total, found.by_kind) == (total, by_kind)


def test_only_kinds_that_a_zone_takes_are_bookable() -> None:
    found = bookable({"CAR": 2, "TWO_WHEELER": 3}, {}, ["CAR"])
    assert (found.total, found.by_kind) == (2, {"CAR": 2})


_FEW = st.integers(0, 6)


@given(free=st.fixed_dictionaries({"CAR": _FEW, "EV": _FEW}), waiting=st.fixed_dictionaries({"CAR": _FEW, "EV": _FEW}))
def test_as_many_bookings_as_bookable_says_are_taken_one_after_the_other(
    free: dict[str, int], waiting: dict[str, int]
) -> None:
    """Cars alone take exactly so many, which the rule for single bookings decides."""
    left, taken = dict(free), 0
    while left_to_book("CAR", left, waiting) and left["CAR"]:
        left["CAR"] -= 1
        taken += 1
    assert taken == bookable(free, waiting).by_kind["CAR"]
