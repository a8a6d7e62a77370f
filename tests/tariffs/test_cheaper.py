"""Whether a tariff is cheaper for somebody who comes on a day."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from parking.tariffs.rules import BillLine, Stay, Terms, cheaper, lines_of
from parking.tariffs.rules.cheaper import is_cheaper
from parking.tariffs.rules.templates import peak_bands
from parking.tariffs.rules.terms import WEEK, Band, FreeMode, NextDay, NightCharge, Slab, Weekday

# Thursday 26 November 2026, 10:00 in India.
TEN = datetime(2026, 11, 26, 4, 30, tzinfo=UTC)
PLAIN = Terms(Decimal(50), Decimal(50), night_charge=NightCharge(22 * 60, 6 * 60, Decimal(30)), daily_cap=Decimal(900))
SLABS = replace(PLAIN, daily_cap=None, slabs=(Slab(120, Decimal(120)), Slab(1440, Decimal(50), 60)))


def band(begins: int, ends: int, rate: int, days: tuple[Weekday, ...] = WEEK) -> dict[str, Any]:
    return {"bands": (Band("Band", days, begins, ends, Decimal(rate)),)}


@pytest.mark.parametrize(
    "changes",
    [
        {"base_rate": Decimal("49.99")},
        {"booking_fee": Decimal(49)},
        {"lost_ticket_fee": Decimal(199)},
        {"grace_minutes": 6},
        {"minimum_minutes": 30, "step_minutes": 30},
        {"free_minutes": 10},
        {"free_minutes": 5, "free_mode": FreeMode.DEDUCT},
        {"daily_cap": Decimal(899)},
        {"night_charge": None},
        {"night_charge": NightCharge(23 * 60, 5 * 60, Decimal(30))},
        # One hour of the afternoon, and five minutes.
        band(15 * 60, 16 * 60, 10),
        band(15 * 60 + 10, 15 * 60 + 15, 10),
        {"daily_cap": None, "slabs": (Slab(60, Decimal(49)), Slab(1440, Decimal(5000)))},
    ],
)
def test_what_costs_less_for_somebody_is_cheaper(changes: dict[str, Any]) -> None:
    after = replace(PLAIN, **changes)
    assert is_cheaper(PLAIN, after, TEN)


PEAK = tuple(replace(one, rate=max(one.rate, Decimal(50))) for one in peak_bands({}))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"base_rate": Decimal(60)},
        {"booking_fee": Decimal(60), "lost_ticket_fee": Decimal(500)},
        {"grace_minutes": 0, "minimum_minutes": 120},
        {"daily_cap": None},
        {"bands": PEAK},
        # The cheap hour was this morning, or is on Sunday.
        band(8 * 60, 9 * 60, 10, (Weekday.THU,)),
        band(8 * 60, 9 * 60, 10, (Weekday.SUN,)),
    ],
)
def test_what_costs_nobody_less_is_not(changes: dict[str, Any]) -> None:
    assert not is_cheaper(PLAIN, replace(PLAIN, **changes), TEN)


def test_slabs_are_compared_at_each_of_their_ends() -> None:
    cheaper = replace(SLABS, slabs=(Slab(121, Decimal(120)), SLABS.slabs[1]))
    assert is_cheaper(SLABS, cheaper, TEN)
    assert not is_cheaper(cheaper, SLABS, TEN)


def test_free_minutes_more_often_are_cheaper() -> None:
    before = replace(PLAIN, free_minutes=15, free_again_after_minutes=600)
    assert is_cheaper(before, replace(before, free_again_after_minutes=60), TEN)
    assert not is_cheaper(before, replace(before, free_again_after_minutes=700), TEN)


def at_half_past_three(ends: int) -> tuple[Band, ...]:
    return (Band("Afternoon", WEEK, 15 * 60, ends, Decimal(100)),)


HOURS = Terms(Decimal(50), Decimal(0))


def test_a_dear_band_that_ends_earlier_is_cheaper_for_who_comes_then() -> None:
    before = replace(HOURS, bands=at_half_past_three(16 * 60))
    assert is_cheaper(before, replace(before, bands=at_half_past_three(15 * 60 + 30)), TEN)
    assert not is_cheaper(replace(before, bands=at_half_past_three(15 * 60 + 30)), before, TEN)


def test_a_dear_band_that_ends_earlier_is_cheaper_after_minutes_that_never_cost() -> None:
    before = replace(HOURS, free_minutes=7, free_mode=FreeMode.DEDUCT, bands=at_half_past_three(15 * 60 + 30))
    assert is_cheaper(before, replace(before, bands=at_half_past_three(15 * 60 + 25)), TEN)


@pytest.mark.parametrize("later", [NightCharge(22 * 60 + 5, 360, Decimal(30)), NightCharge(1320, 357, Decimal(30))])
def test_a_night_that_is_a_few_minutes_shorter_is_cheaper(later: NightCharge) -> None:
    before = replace(HOURS, grace_minutes=0, night_charge=NightCharge(22 * 60, 360, Decimal(30)))
    assert is_cheaper(before, replace(before, night_charge=later), MIDNIGHT)
    assert not is_cheaper(replace(before, night_charge=later), before, MIDNIGHT)


# Thursday 26 November 2026, 00:00 in India.
MIDNIGHT = datetime(2026, 11, 25, 18, 30, tzinfo=UTC)


def test_steps_of_a_slab_that_are_a_minute_longer_are_cheaper() -> None:
    before = replace(HOURS, slabs=(Slab(120, Decimal(50)), Slab(420, Decimal(10), 60), Slab(1440, Decimal(500))))
    after = replace(before, slabs=(before.slabs[0], Slab(420, Decimal(10), 61), before.slabs[2]))
    assert is_cheaper(before, after, TEN)
    assert not is_cheaper(after, before, TEN)


@pytest.mark.parametrize(("before", "after"), [(10, 1), (1, 10), (5, 1)])
def test_another_rounding_is_cheaper_for_somebody(before: int, after: int) -> None:
    """₹45 an hour is ₹50 by tens, ₹42 is ₹40; and of any rate a discount leaves such sums."""
    tens = replace(HOURS, round_to=Decimal(before))
    assert is_cheaper(tens, replace(tens, round_to=Decimal(after)), TEN)


def test_a_night_that_costs_less_is_compared_with_the_changes_of_quiet_times_too() -> None:
    """An hour of the night is ₹130 as before; while half the zone is empty, it was ₹90 and is ₹80."""
    before = Terms(Decimal(80), Decimal(0), night_charge=NightCharge(1320, 360, Decimal(50)))
    after = replace(before, base_rate=Decimal(100), night_charge=NightCharge(1320, 360, Decimal(30)))
    assert not is_cheaper(before, after, TEN)
    assert is_cheaper(before, after, TEN, percents=(0, 100, -50))


def test_a_night_that_free_minutes_pass_over_is_compared_with_the_changes_of_quiet_times_too() -> None:
    """Two hours from 20:00 on were ₹20 and a night of ₹50, and are ₹110; while half is empty, ₹60, and ₹55."""
    night = NightCharge(1200, 1230, Decimal(50))
    before = Terms(Decimal(10), Decimal(0), night_charge=night, free_minutes=60, free_mode=FreeMode.WHOLE)
    after = replace(before, base_rate=Decimal(110), free_mode=FreeMode.DEDUCT)
    assert not is_cheaper(before, after, TEN)
    assert is_cheaper(before, after, TEN, percents=(0, -50))


def test_who_has_booked_is_compared_too_where_walk_ins_park_for_nothing() -> None:
    """A quarter of an hour is free without a booking fee; with one it was ₹60, and is ₹55."""
    slabs = (Slab(15, Decimal(60)), Slab(1440, Decimal(100)))
    before = Terms(Decimal(50), Decimal(50), grace_minutes=0, free_minutes=15, slabs=slabs, next_day=NextDay.FULL)
    after = replace(before, slabs=(Slab(15, Decimal(55)), before.slabs[1]))
    assert is_cheaper(before, after, TEN)
    assert not is_cheaper(replace(before, booking_fee=Decimal(0)), replace(after, booking_fee=Decimal(0)), TEN)


def test_who_had_free_minutes_already_is_compared_too() -> None:
    """A quarter of an hour is free, but not the second time: that cost ₹30, and costs ₹20."""
    slabs = (Slab(15, Decimal(30)), Slab(1440, Decimal(100)))
    before = replace(HOURS, grace_minutes=0, free_minutes=15, slabs=slabs, next_day=NextDay.FULL)
    after = replace(before, slabs=(Slab(15, Decimal(20)), before.slabs[1]))
    assert not is_cheaper(before, after, TEN)
    before, after = (replace(terms, free_again_after_minutes=600) for terms in (before, after))
    assert is_cheaper(before, after, TEN)


NIGHT = NightCharge(1320, 360, Decimal(30))


def each_minute(price: int, every: int = 1) -> Terms:
    return replace(HOURS, grace_minutes=0, slabs=(Slab(1440, Decimal(price), every),), night_charge=NIGHT)


def test_a_step_each_minute_beside_a_night_is_not_compared_from_each_entry_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It was compared 40,000 times, for minutes of a process that serves the gates as well."""
    compared = []

    def counted(stay: Stay, terms: Terms) -> tuple[BillLine, ...]:
        compared.append(stay)
        return lines_of(stay, terms)

    monkeypatch.setattr(cheaper, "lines_of", counted)
    assert not is_cheaper(each_minute(1), each_minute(2), MIDNIGHT)
    assert len(compared) < 10_000


@pytest.mark.parametrize(("before", "after"), [((7, 7), (10, 10)), ((10, 10), (7, 7)), ((1, 1), (15, 15))])
def test_steps_of_different_lengths_are_compared_where_they_matter(
    before: tuple[int, int], after: tuple[int, int]
) -> None:
    """A rupee a minute all of them; but who pays by seven minutes, pays less for ten than who pays by ten."""
    cheaper_for_some = each_minute(*before), each_minute(*after)
    assert is_cheaper(*cheaper_for_some, TEN) is (before != (1, 1))


def test_a_rate_instead_of_slabs_is_compared_at_the_ends_of_its_steps() -> None:
    """₹15 for each quarter of an hour: 37 of them are ₹555, and just at their last minute it was a rupee more."""
    quarters = replace(HOURS, base_rate=Decimal(60), grace_minutes=0, minimum_minutes=15, step_minutes=15)
    slabs = (Slab(554, Decimal(0)), Slab(555, Decimal(556)), Slab(1440, Decimal(0)))
    before = replace(quarters, slabs=slabs)
    assert is_cheaper(before, quarters, TEN)
    slabs = (slabs[0], Slab(555, Decimal(555)), slabs[2])
    assert not is_cheaper(replace(before, slabs=slabs), quarters, TEN)
