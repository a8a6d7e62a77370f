"""Tariffs and stays drawn at random, as the rules take them and as the plain implementation does."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from parking.core.errors import Refused
from parking.tariffs.rules import Stay, Terms
from parking.tariffs.rules.checks import checked
from parking.tariffs.rules.terms import Band, FreeMode, NextDay, NightCharge, Slab, Weekday
from tests.tariffs.plain import PlainBand, PlainTariff

MONDAY = date(2026, 11, 23)
MIDNIGHT = datetime(2026, 11, 23, tzinfo=ZoneInfo("Asia/Kolkata"))
_KINDS = tuple(Weekday)


def _amount(draw: Random, most: int) -> Decimal:
    return Decimal(draw.randrange(most * 100 + 1)) / 100


def random_terms(draw: Random) -> Terms:
    """Return terms that pass the checks."""
    while True:
        try:
            terms = _terms(draw)
            checked(terms)
        except Refused:
            continue  # two bands overlap
        return terms


def _terms(draw: Random) -> Terms:
    slabs = _slabs(draw) if draw.random() < 0.25 else ()
    return Terms(
        base_rate=_amount(draw, 200),
        booking_fee=draw.choice([Decimal("0.00"), Decimal("0.00"), _amount(draw, 100)]),
        bands=() if slabs or draw.random() < 0.25 else _bands(draw),
        step_minutes=draw.choice([60, 30, 15]),
        grace_minutes=draw.choice([0, 5, 5, 17, 60]),
        minimum_minutes=draw.choice([0, 15, 60, 60, 90, 200]),
        free_minutes=draw.choice([0, 0, 0, 15, 45, 120]),
        free_mode=draw.choice(list(FreeMode)),
        slabs=slabs,
        next_day=draw.choice(list(NextDay)),
        night_charge=_night(draw) if draw.random() < 0.3 else None,
        daily_cap=None if slabs or draw.random() < 0.5 else _amount(draw, 1500),
        round_to=draw.choice([Decimal("0.01"), Decimal("0.01"), Decimal(1), Decimal(5), Decimal(10)]),
        lost_ticket_fee=draw.choice([Decimal("0.00"), Decimal("200.00"), _amount(draw, 500)]),
        overstay_percent=draw.choice([0, 25, 50, 133]),
        holidays=tuple(MONDAY + timedelta(days=day) for day in range(6) if draw.random() < 0.3),
    )


def _bands(draw: Random) -> tuple[Band, ...]:
    return tuple(_band(draw, number) for number in range(draw.randrange(1, 4)))


def _band(draw: Random, number: int) -> Band:
    days = tuple(sorted(draw.sample(_KINDS, draw.choice([1, 2, 4, 7, 8])), key=_KINDS.index))
    begins, length = draw.randrange(0, 1440, 5), draw.choice([30, 95, 180, 480, 700, 1440])
    return Band(f"Band {number}", days, begins, (begins + length) % 1440, _amount(draw, 200))


def _slabs(draw: Random) -> tuple[Slab, ...]:
    ends = [*sorted(draw.sample(range(5, 1440, 5), draw.randrange(0, 4))), 1440]
    price, slabs = Decimal("0.00"), []
    for end in ends:
        every = draw.choice([None, None, 20, 60, 95])
        price = _amount(draw, 20) if every else price + _amount(draw, 100)
        slabs.append(Slab(end, price, every))
    return tuple(slabs)


def _night(draw: Random) -> NightCharge:
    return NightCharge(draw.randrange(0, 1440, 30), draw.randrange(0, 1440, 30), _amount(draw, 100))


def random_stay(draw: Random) -> tuple[int, int]:
    """Return the minute of entry, counted from a Monday at midnight, and a length in minutes."""
    longest = draw.choice([30, 90, 300, 900, 1500, 3200])
    return draw.randrange(1440, 5 * 1440), draw.randrange(longest)


def random_others(draw: Random, entry: int) -> dict[str, Any]:
    """Return what else is known of a stay, as the plain implementation takes it."""
    window_ends = entry + draw.randrange(30, 1500, 5) if draw.random() < 0.3 else None
    return {"window_ends": window_ends, "busy": draw.choice([0, 0, -50, -7, 20, 100]), "is_lost": draw.random() < 0.1}


def as_stay(entry: int, minutes: int, *, window_ends: int | None = None, busy: int = 0, is_lost: bool = False) -> Stay:
    ends_at = None if window_ends is None else _moment(window_ends)
    return Stay(_moment(entry), _moment(entry + minutes), ends_at=ends_at, demand_percent=busy, lost_ticket=is_lost)


def _moment(minute: int) -> datetime:
    return MIDNIGHT + timedelta(minutes=minute)


def as_plain(terms: Terms) -> PlainTariff:
    night = terms.night_charge
    return PlainTariff(
        rate=terms.base_rate,
        fee=terms.booking_fee,
        bands=tuple(
            PlainBand(tuple(_KINDS.index(day) for day in band.days), band.begins, band.ends, band.rate)
            for band in terms.bands
        ),
        step=terms.step_minutes,
        grace=terms.grace_minutes,
        minimum=terms.minimum_minutes,
        free=terms.free_minutes,
        free_is_deducted=terms.free_mode == FreeMode.DEDUCT,
        slabs=tuple((slab.until_minutes, slab.every_minutes, slab.price) for slab in terms.slabs),
        further_days_are_full=terms.next_day == NextDay.FULL,
        night=(night.begins, night.ends, night.price) if night else None,
        cap=terms.daily_cap,
        round_to=terms.round_to,
        lost=terms.lost_ticket_fee,
        overstay=terms.overstay_percent,
        holidays=frozenset((day - MONDAY).days for day in terms.holidays),
    )
