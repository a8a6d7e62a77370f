"""Quick totals are those of the bills, and under a tariff that is not cheaper no bill is smaller."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from parking.tariffs.rules import Stay, Terms, lines_of, quick_totals, total_of
from parking.tariffs.rules.cheaper import is_cheaper
from parking.tariffs.rules.checks import MOST_PARTS, checked
from parking.tariffs.rules.lines import LineKind
from parking.tariffs.rules.quick_totals import QuickTotals
from parking.tariffs.rules.terms import WEEK, Band, FreeMode, NightCharge, Slab
from tests.tariffs.random_tariffs import MIDNIGHT, random_terms

LENGTHS = sorted({*range(1, 200, 7), *range(200, 2880, 61), 1439, 1440, 1441, 2880})
# Clocks go back in the night to the 25th of October.
IN_AUTUMN = datetime(2026, 10, 24, 12, tzinfo=ZoneInfo("Europe/Berlin"))


def _bill(terms: Terms, entry: datetime, minutes: int, *, free_used: bool) -> tuple[int, int]:
    """Return what the time and the nights of a stay cost, in paise."""
    lines = lines_of(Stay(entry, entry + timedelta(minutes=minutes), free_used=free_used), terms)
    nights = sum(line.amount for line in lines if line.kind == LineKind.NIGHT)
    time = sum(line.amount for line in lines if line.kind in (LineKind.HOURS, LineKind.DAILY_MAXIMUM, LineKind.SLAB))
    return int(time * 100), int(nights * 100)


@pytest.mark.parametrize("begins", [MIDNIGHT, IN_AUTUMN])
@pytest.mark.parametrize("free_used", [False, True])
def test_quick_totals_are_those_of_the_bills(begins: datetime, free_used: bool) -> None:
    draw = random.Random(f"{begins} {free_used}")
    for _ in range(10):
        terms = replace(random_terms(draw), time_zone=getattr(begins.tzinfo, "key", "Asia/Kolkata"))
        entry = begins.astimezone(UTC) + timedelta(minutes=draw.randrange(4000), seconds=draw.randrange(60))
        quick = QuickTotals(terms, free_used)
        time, reached, night = quick.time(entry), quick.nights(entry), terms.night_charge
        price = int(night.price * 100) if night else 0
        found = [(time[quick.places[each]], price * sum(minutes <= each for minutes in reached)) for each in LENGTHS]
        assert found == [_bill(terms, entry, each, free_used=free_used) for each in LENGTHS], (terms, entry)


def _changed(draw: random.Random, terms: Terms) -> Terms:
    """Return terms with one or two values changed a little, mostly to dearer ones."""
    more = Decimal(draw.choice([1, 1, 50, 100, 500, -1])) / 100
    wanted: list[dict[str, Any]] = [
        {"base_rate": abs(terms.base_rate + more)},
        {"bands": tuple(replace(band, rate=abs(band.rate + more)) for band in terms.bands)},
        {"slabs": tuple(replace(slab, price=slab.price + abs(more)) for slab in terms.slabs)},
        {"grace_minutes": max(terms.grace_minutes - draw.choice([0, 1, 5, -1]), 0)},
        {"night_charge": terms.night_charge and replace(terms.night_charge, price=terms.night_charge.price + more)},
        {"free_minutes": max(terms.free_minutes - draw.choice([1, 10]), 0)},
        {"free_mode": FreeMode.WHOLE},
        {"free_again_after_minutes": terms.free_again_after_minutes + 600},
        {"daily_cap": terms.daily_cap and terms.daily_cap + abs(more)},
        {"booking_fee": terms.booking_fee + abs(more)},
        {"overstay_percent": terms.overstay_percent + 10},
    ]
    changes = draw.choice(wanted) | draw.choice(wanted)
    return replace(terms, **{name: value for name, value in changes.items() if value is not None})


def _stays(draw: random.Random, moment: datetime) -> Iterator[Stay]:
    """Yield stays that begin on the rest of a day, mostly around what a step or a night may change."""
    left = 1440 - (moment.astimezone(MIDNIGHT.tzinfo).hour * 60 + moment.minute)
    for _ in range(50):
        entry = moment + timedelta(minutes=draw.randrange(left))
        minutes = draw.choice([draw.randrange(1, 300), draw.randrange(1, 2881), draw.randrange(12) * 60 + 5])
        window = entry + timedelta(minutes=draw.randrange(600)) if draw.random() < 0.3 else None
        percent = draw.choice([-50, -7, 0, 20, 50, 100])
        yield Stay(entry, entry + timedelta(minutes=minutes), ends_at=window, demand_percent=percent)


def test_under_a_tariff_that_is_not_cheaper_no_bill_is_smaller() -> None:
    draw = random.Random(20261128)
    answers = []
    for _ in range(80):
        before = random_terms(draw)
        after = _changed(draw, before)
        moment = MIDNIGHT + timedelta(days=draw.randrange(5), hours=draw.randrange(16, 24))
        answers.append(is_cheaper(before, after, moment))
        for stay in () if answers[-1] else _stays(draw, moment):
            for old, new in ((before, after), (before.without_fee(), after.without_fee())):
                assert total_of(lines_of(stay, new)) >= total_of(lines_of(stay, old)), (old, new, stay)
    assert 8 < sum(answers) < 40


def test_of_random_tariffs_pure_rises_are_not_cheaper() -> None:
    draw = random.Random(28112026)
    for _ in range(40):
        before = random_terms(draw)
        more = Decimal(draw.randrange(1, 2000)) / 100
        rises: list[dict[str, Any]] = [
            {"base_rate": before.base_rate + more, "booking_fee": before.booking_fee + more},
            {"bands": tuple(replace(band, rate=band.rate + more) for band in before.bands)},
            {"slabs": tuple(replace(slab, price=slab.price + more) for slab in before.slabs)},
            {"grace_minutes": 0, "minimum_minutes": before.minimum_minutes + 60},
            {"daily_cap": None, "lost_ticket_fee": before.lost_ticket_fee + more},
            {"night_charge": before.night_charge and replace(before.night_charge, price=before.night_charge.price + 1)},
            {"overstay_percent": before.overstay_percent + 5},
        ]
        if before.free_mode == FreeMode.WHOLE:
            rises.append({"free_minutes": before.free_minutes // 2})
        if before.overstay_percent:
            rises[3]["grace_minutes"] = before.grace_minutes
        changes = draw.choice(rises) | draw.choice(rises)
        assert not is_cheaper(before, replace(before, **changes), MIDNIGHT + timedelta(hours=9)), (before, changes)


def _bands(rate: int, begins: int) -> tuple[Band, ...]:
    return tuple(
        Band(f"{at}", WEEK, (at * 28 + begins) % 1440, (at * 28 + begins + 28) % 1440, Decimal(rate + at))
        for at in range(MOST_PARTS)
    )


@pytest.mark.parametrize("step", [15, 60])
def test_as_many_bands_as_there_may_be_are_compared_without_a_bill(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """It was over a million bills, minutes of a process that serves the gates as well."""
    before = Terms(
        Decimal(50), Decimal(50), bands=_bands(10, 1), step_minutes=step, minimum_minutes=15, free_minutes=7,
        free_mode=FreeMode.DEDUCT, free_again_after_minutes=600, night_charge=NightCharge(1320, 360, Decimal(30)),
    )  # fmt: skip
    after = replace(before, bands=_bands(100, 5), free_minutes=6, night_charge=NightCharge(1319, 361, Decimal(40)))
    slabs = replace(after, bands=(), slabs=(Slab(1440, Decimal(60), 1),))
    monkeypatch.setattr(quick_totals, "first_steps", None)
    for dearer in (after, slabs):
        assert checked(dearer) is dearer
        assert not is_cheaper(before, dearer, MIDNIGHT)
