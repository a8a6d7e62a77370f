"""Whether a tariff is cheaper for somebody who comes on a day."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from parking.tariffs.rules import Stay, Terms, lines_of, quick_totals, total_of
from parking.tariffs.rules.cheaper import is_cheaper
from parking.tariffs.rules.slabs import slab_total
from parking.tariffs.rules.templates import peak_bands
from parking.tariffs.rules.terms import WEEK, Band, FreeMode, NextDay, NightCharge, Prices, Slab, Weekday

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


def test_a_night_that_costs_less_is_cheaper_for_whose_time_somebody_else_pays() -> None:
    """An hour of the night is ₹130 as before; but with a pass for the hours, it was ₹50 and is ₹30."""
    before = Terms(Decimal(80), Decimal(0), night_charge=NightCharge(1320, 360, Decimal(50)))
    after = replace(before, base_rate=Decimal(100), night_charge=NightCharge(1320, 360, Decimal(30)))
    assert is_cheaper(before, after, TEN)
    assert not is_cheaper(before, replace(after, night_charge=before.night_charge), TEN)


def test_a_night_that_free_minutes_pass_over_is_cheaper_though_the_time_is_dearer() -> None:
    """Two hours from 20:00 on were ₹20 and a night of ₹50, and are ₹110; while half is empty, ₹60, and ₹55."""
    night = NightCharge(1200, 1230, Decimal(50))
    before = Terms(Decimal(10), Decimal(0), night_charge=night, free_minutes=60, free_mode=FreeMode.WHOLE)
    after = replace(before, base_rate=Decimal(110), free_mode=FreeMode.DEDUCT)
    assert is_cheaper(before, after, TEN)
    assert not is_cheaper(replace(before, free_minutes=0), replace(after, free_minutes=0), TEN)


@pytest.mark.parametrize(("ends", "is_less"), [(359, False), (0, False), (1380, True)])
def test_of_a_night_that_ends_earlier_only_who_comes_before_its_end_pays_less(ends: int, is_less: bool) -> None:
    """Who comes today before midnight is inside in the night, unless it ends at 23:00."""
    before = replace(HOURS, night_charge=NightCharge(1320, 360, Decimal(30)))
    assert is_cheaper(before, replace(before, night_charge=NightCharge(1320, ends, Decimal(30))), TEN) is is_less


# --- What falls for somebody, though for most it does not ------------------------------------------------


def _total(terms: Terms, entry: datetime, minutes: int, percent: int = 0) -> Decimal:
    return total_of(lines_of(Stay(entry, entry + timedelta(minutes=minutes), demand_percent=percent), terms))


def _at(hour: int, minute: int = 0) -> datetime:
    return MIDNIGHT + timedelta(hours=hour, minutes=minute)


def test_what_rounding_hides_is_cheaper_in_quiet_times() -> None:
    """Fourteen quarters of an hour at ₹128.90 or ₹127.90 are ₹450; while half the zone is empty, ₹230 and ₹220."""
    before = Terms(
        Decimal("128.90"), Decimal(20), step_minutes=15, minimum_minutes=200, free_minutes=10,
        free_mode=FreeMode.DEDUCT, round_to=Decimal(10),
    )  # fmt: skip
    after = replace(before, base_rate=Decimal("127.90"), booking_fee=Decimal(30))
    walk_in = before.without_fee(), after.without_fee()
    assert [_total(terms, _at(16), 167) for terms in walk_in] == [450, 450]
    assert [_total(terms, _at(16), 167, -50) for terms in walk_in] == [230, 220]
    assert is_cheaper(before, after, TEN)
    assert not is_cheaper(before, replace(after, base_rate=before.base_rate), TEN)


HALF_PAST = (Band("Dear", WEEK, 12 * 60 + 40, 14 * 60 + 40, Decimal(130)),)


@pytest.mark.parametrize(
    ("free", "changes", "entry", "minutes"),
    [
        (20, {"free_mode": FreeMode.WHOLE}, _at(12, 25), 60),
        (60, {"free_minutes": 50}, _at(11, 45), 100),
    ],
)
def test_steps_that_begin_at_another_minute_are_cheaper_in_another_band(
    free: int, changes: dict[str, Any], entry: datetime, minutes: int
) -> None:
    """The one step of these stays began at 12:45, and begins before 12:40."""
    before = replace(HOURS, free_minutes=free, free_mode=FreeMode.DEDUCT, bands=HALF_PAST)
    after = replace(before, **changes)
    assert (_total(before, entry, minutes), _total(after, entry, minutes)) == (130, 50)
    assert is_cheaper(before, after, TEN)


def test_a_step_that_meets_a_band_at_another_minute_than_that_of_a_full_hour_is_compared() -> None:
    """Four hours from 9:10 on have a step that begins at 10:10; those from 10:10 on have a dearer one at 13:10 too."""
    bands = tuple(Band(f"{at}", (Weekday.THU,), at, at + 5, Decimal(100)) for at in (610, 790))
    before = replace(HOURS, minimum_minutes=240, bands=bands)
    after = replace(before, bands=(replace(bands[0], rate=Decimal(99)), replace(bands[1], rate=Decimal(150))))
    assert is_cheaper(before, after, _at(9, 5))
    assert not is_cheaper(before, after, _at(9, 15))


def test_free_minutes_that_come_seldom_now_are_compared_where_bands_begin() -> None:
    """The second time that day a stay begins at 9:55, not at 10:05: in the cheap band."""
    bands = (Band("Dear", WEEK, 600, 660, Decimal(100)),)
    before = replace(HOURS, free_minutes=10, free_mode=FreeMode.DEDUCT, bands=bands)
    assert is_cheaper(before, replace(before, free_again_after_minutes=600), TEN)
    before = replace(before, bands=())
    assert not is_cheaper(before, replace(before, free_again_after_minutes=600), TEN)


def test_a_cheap_hour_is_cheaper_for_who_overstays_into_it() -> None:
    """Two steps from 11:00 on cost ₹110, as much as before at least; but the second one, with half more, is cheaper."""
    before = replace(HOURS, minimum_minutes=1440, overstay_percent=50)
    dear = Band("Dear", WEEK, 0, 1380, Decimal(60))
    after = replace(before, bands=(dear, Band("Cheap", WEEK, 1380, 0, Decimal(40))))
    assert is_cheaper(before, after, TEN)
    assert not is_cheaper(replace(before, overstay_percent=0), replace(after, overstay_percent=0), TEN)


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
    priced = []

    def counted(minutes: int, prices: Prices) -> Decimal:
        priced.append(minutes)
        return slab_total(minutes, prices)

    monkeypatch.setattr(quick_totals, "slab_total", counted)
    assert not is_cheaper(each_minute(1), each_minute(2), MIDNIGHT)
    assert len(priced) < 10_000


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
