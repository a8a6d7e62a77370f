"""Prices that are written without tax, as who parks sees and pays them: with it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from parking.core.money import ZERO, rupees
from parking.tariffs.rules.terms import Prices

_WHOLE = 100


def percent_on(spans: Iterable[Mapping[str, str]], day: date) -> Decimal:
    """Return the percent that come on top of prices on a day, by spans `{from, percent}`, the oldest first."""
    begun = [Decimal(span["percent"]) for span in spans if date.fromisoformat(span["from"]) <= day]
    return begun[-1] if begun else ZERO


def with_tax(prices: Prices, percent: Decimal) -> Prices:
    """Return prices with a tax of so many percent on top of each amount, half up to the paisa."""
    if not percent:
        return prices

    def on_top(amount: Decimal) -> Decimal:
        return rupees(amount * (_WHOLE + percent) / _WHOLE)

    night = prices.night_charge
    return replace(
        prices,
        base_rate=on_top(prices.base_rate),
        booking_fee=on_top(prices.booking_fee),
        bands=tuple(replace(band, rate=on_top(band.rate)) for band in prices.bands),
        slabs=tuple(replace(slab, price=on_top(slab.price)) for slab in prices.slabs),
        night_charge=replace(night, price=on_top(night.price)) if night else None,
        daily_cap=None if prices.daily_cap is None else on_top(prices.daily_cap),
        lost_ticket_fee=on_top(prices.lost_ticket_fee),
    )
