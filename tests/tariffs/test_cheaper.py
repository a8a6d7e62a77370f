"""Whether a tariff is cheaper for somebody who comes on a day."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from parking.tariffs.rules import Terms
from parking.tariffs.rules.cheaper import is_cheaper
from parking.tariffs.rules.templates import peak_bands
from parking.tariffs.rules.terms import WEEK, Band, FreeMode, NightCharge, Slab, Weekday

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
