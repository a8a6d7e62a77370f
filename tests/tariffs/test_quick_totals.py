"""Quick totals are those of the bills, and two tariffs compared by them are as compared by all their bills."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from parking.tariffs.rules import Stay, Terms, cheaper, lines_of, quick_totals, total_of
from parking.tariffs.rules.cheaper import is_cheaper
from parking.tariffs.rules.checks import MOST_PARTS, checked
from parking.tariffs.rules.compared_lengths import lengths_of, night_lengths
from parking.tariffs.rules.quick_totals import QuickTotals
from parking.tariffs.rules.terms import WEEK, Band, FreeMode, NightCharge, Slab
from tests.tariffs.random_tariffs import MIDNIGHT, random_terms

LENGTHS = sorted({*range(1, 200, 7), *range(200, 3400, 61), 1439, 1440, 1441, 2880})
PERCENTS = (-50, -7, 0, 20, 100)
# Clocks go back in the night to the 25th of October.
IN_AUTUMN = datetime(2026, 10, 24, 12, tzinfo=ZoneInfo("Europe/Berlin"))


def bill(terms: Terms, entry: datetime, minutes: int, percent: int, *, free_used: bool) -> int:
    stay = Stay(entry, entry + timedelta(minutes=minutes), demand_percent=percent, free_used=free_used)
    return int(total_of(lines_of(stay, terms)) * 100)


@pytest.mark.parametrize("begins", [MIDNIGHT, MIDNIGHT.astimezone(UTC), IN_AUTUMN])
@pytest.mark.parametrize("free_used", [False, True])
def test_quick_totals_are_those_of_the_bills(begins: datetime, free_used: bool) -> None:
    draw = random.Random(f"{begins} {free_used}")
    for _ in range(10):
        terms = replace(random_terms(draw), time_zone=getattr(begins.tzinfo, "key", "Asia/Kolkata"))
        entry, more = begins + timedelta(minutes=draw.randrange(4000), seconds=draw.randrange(60)), [5, 1234]
        quick = QuickTotals(terms, LENGTHS, free_used)
        for percent, sums in zip(PERCENTS, quick.sums(entry, PERCENTS, more), strict=True):
            found = [quick.total(paise) for paise in sums]
            wanted = [bill(terms, entry, each, percent, free_used=free_used) for each in (*LENGTHS, *more)]
            assert found == wanted, (terms, entry, percent)


def _as_compared_by_bills(before: Terms, after: Terms, moment: datetime, percents: tuple[int, ...]) -> bool:
    """Return whether any of the stays to compare costs less, from the lines of each of them."""

    def stays() -> Iterator[tuple[datetime, int]]:
        for entry in cheaper._entries(before, after, moment):
            yield from ((entry, each) for each in {*lengths_of(before, after), *night_lengths(before, after, entry)})

    visits = list(cheaper._visits(before, after, percents))
    return any(
        visit.pays_less(entry, minutes, percent)
        for entry, minutes in stays()
        for visit in visits
        for percent in visit.percents
    )


def _dearer(draw: random.Random, terms: Terms) -> Terms:
    """Return terms with one or two values changed a little, mostly to dearer ones."""
    more = Decimal(draw.choice([1, 1, 2, 50, -1])) / 100
    wanted: list[dict[str, Any]] = [
        {"base_rate": terms.base_rate + 60 * more},
        {"bands": tuple(replace(band, rate=abs(band.rate + 60 * more)) for band in terms.bands)},
        {"slabs": tuple(replace(slab, price=slab.price + abs(more)) for slab in terms.slabs)},
        {"grace_minutes": max(terms.grace_minutes - draw.choice([0, 1, 1, -1]), 0)},
        {"night_charge": terms.night_charge and replace(terms.night_charge, price=terms.night_charge.price + more)},
        {"free_minutes": max(terms.free_minutes - draw.choice([0, 1]), 0)},
        {"daily_cap": terms.daily_cap and terms.daily_cap + abs(more)},
    ]
    changes = draw.choice(wanted) | draw.choice(wanted)
    return replace(terms, **{name: value for name, value in changes.items() if value is not None})


def test_random_tariffs_compare_as_their_bills_do() -> None:
    draw = random.Random(20261128)
    answers = []
    for _ in range(40):
        before = replace(random_terms(draw), round_to=Decimal("0.01"))
        after = _dearer(draw, before)
        moment = MIDNIGHT + timedelta(days=draw.randrange(5), minutes=draw.randrange(1140, 1440))
        found = is_cheaper(before, after, moment, percents=PERCENTS)
        answers.append(found)
        if found and after.free_again_after_minutes >= before.free_again_after_minutes:
            assert _as_compared_by_bills(before, after, moment, PERCENTS), (before, after, moment)
        elif not found and after != before:
            assert not _as_compared_by_bills(before, after, moment, PERCENTS), (before, after, moment)
    assert set(answers) == {False, True}


def _bands(rate: int, begins: int) -> tuple[Band, ...]:
    return tuple(
        Band(f"{at}", WEEK, (at * 28 + begins) % 1440, (at * 28 + begins + 28) % 1440, Decimal(rate + at))
        for at in range(MOST_PARTS)
    )


def test_as_many_bands_as_there_may_be_are_compared_without_a_bill(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was over a million bills, minutes of a process that serves the gates as well."""
    before = Terms(
        Decimal(50), Decimal(50), bands=_bands(10, 1), step_minutes=15, minimum_minutes=15, free_minutes=7,
        free_mode=FreeMode.DEDUCT, free_again_after_minutes=600, night_charge=NightCharge(1320, 360, Decimal(30)),
    )  # fmt: skip
    after = replace(before, bands=_bands(100, 5), free_minutes=6, night_charge=NightCharge(1319, 361, Decimal(40)))
    slabs = replace(after, bands=(), slabs=(Slab(1440, Decimal(40), 1),))
    monkeypatch.setattr(quick_totals, "first_steps", None)
    monkeypatch.setattr(cheaper, "lines_of", None)
    for dearer in (after, slabs):
        assert checked(dearer) is dearer
        assert not is_cheaper(before, dearer, MIDNIGHT, percents=(-50, 0, 100))
