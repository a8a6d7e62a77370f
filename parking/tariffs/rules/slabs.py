"""Prices by length of stay, instead of a rate."""

from collections.abc import Iterator
from decimal import Decimal

from parking.core.money import ZERO
from parking.tariffs.rules.lines import DAY, LABELS, BillLine, LineKind
from parking.tariffs.rules.terms import NextDay, Prices, Slab


def slab_lines(minutes: int, prices: Prices) -> tuple[BillLine, ...]:
    """Return one line for each 24 hours of a stay of so many minutes."""
    return tuple(
        BillLine(LABELS[LineKind.SLAB], 1, price, LineKind.SLAB, part) for part, price in _days(minutes, prices)
    )


def slab_total(minutes: int, prices: Prices) -> Decimal:
    """Return what a stay of so many minutes costs."""
    return sum((price for _part, price in _days(minutes, prices)), ZERO)


def _days(minutes: int, prices: Prices) -> Iterator[tuple[int, Decimal]]:
    """Yield the minutes of each 24 hours and what they cost."""
    # A stay that is over within the grace costs what the first minute costs.
    left, is_first = max(minutes - prices.grace_minutes, 1), True
    while left > 0:
        part = min(left, DAY)
        charged = DAY if prices.next_day == NextDay.FULL and not is_first else part
        yield part, price_within_day(charged, prices.slabs)
        left, is_first = left - part, False


def price_within_day(minutes: int, slabs: tuple[Slab, ...]) -> Decimal:
    """Return what a stay of 1 to 1,440 minutes costs."""
    total, before = ZERO, 0
    for slab in slabs:
        within = min(minutes, slab.until_minutes)
        if slab.every_minutes is None:
            total = slab.price
        else:
            total += -(-(within - before) // slab.every_minutes) * slab.price
        if minutes <= slab.until_minutes:
            break
        before = slab.until_minutes
    return total
