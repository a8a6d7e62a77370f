"""A second implementation of the price of a stay, plain and slow, which shares nothing with the rules.

It goes through the minutes of a stay one by one and looks for each what holds. Time is counted in minutes from a Monday
at midnight, without time zones.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

PAISA = Decimal("0.01")
DAY, WEEK = 1440, 7 * 1440


@dataclass(frozen=True)
class PlainBand:
    days: tuple[int, ...]  # 0 is Monday, 7 a holiday
    begins: int
    ends: int
    rate: Decimal


@dataclass(frozen=True)
class PlainTariff:
    rate: Decimal
    fee: Decimal = Decimal(0)
    bands: tuple[PlainBand, ...] = ()
    step: int = 60
    grace: int = 5
    minimum: int = 60
    free: int = 0
    free_is_deducted: bool = False
    slabs: tuple[tuple[int, int | None, Decimal], ...] = ()  # until, every, price
    further_days_are_full: bool = False
    night: tuple[int, int, Decimal] | None = None
    cap: Decimal | None = None
    round_to: Decimal = PAISA
    lost: Decimal = Decimal(0)
    overstay: int = 0  # percent
    holidays: frozenset[int] = field(default_factory=frozenset)  # numbers of days


def half_up(amount: Decimal, to: Decimal = PAISA) -> Decimal:
    return (amount / to).quantize(Decimal(1), ROUND_HALF_UP) * to


def cost(
    tariff: PlainTariff,
    entry: int,
    minutes: int,
    *,
    window_ends: int | None = None,
    busy: int = 0,
    is_lost: bool = False,
) -> Decimal:
    """Return what a stay of so many minutes from the minute `entry` on costs; `busy` is a change in percent."""
    leaves, lines = entry + minutes, Decimal(0)
    is_free = False
    if tariff.free and tariff.free_is_deducted:
        is_free = minutes <= tariff.free
        entry, minutes = entry + tariff.free, minutes - tariff.free
    elif tariff.free and minutes <= tariff.free and tariff.fee == 0:
        is_free = True
    if not is_free:
        parked = _by_slabs(tariff, minutes) if tariff.slabs else _by_steps(tariff, entry, minutes)
        lines = parked + _by_nights(tariff, entry, leaves) + half_up(parked * busy / 100)
        if window_ends is not None and not tariff.slabs:
            late = [price for at, price in _steps(tariff, entry, minutes) if at > window_ends + tariff.grace]
            lines += half_up(sum(late, Decimal(0)) * tariff.overstay / 100)
    lines += tariff.lost if is_lost else 0
    return half_up(max(lines, tariff.fee), tariff.round_to)


def _by_steps(tariff: PlainTariff, entry: int, minutes: int) -> Decimal:
    days: dict[int, Decimal] = {}
    for at, price in _steps(tariff, entry, minutes):
        day = (at - entry) // DAY
        days[day] = days.get(day, Decimal(0)) + price
    return sum((price if tariff.cap is None else min(price, tariff.cap) for price in days.values()), Decimal(0))


def _steps(tariff: PlainTariff, entry: int, minutes: int) -> Iterator[tuple[int, Decimal]]:
    """Yield when each step that is charged begins, and what it costs."""
    passed = 0
    while passed < minutes - tariff.grace or passed < tariff.minimum:
        if passed % tariff.step == 0:
            yield entry + passed, half_up(_rate(tariff, entry + passed) * tariff.step / 60)
        passed += 1


def _rate(tariff: PlainTariff, moment: int) -> Decimal:
    """Return the rate of the band that began last of those that have not ended, unless a later one began and ended."""
    today = moment // DAY
    newest, rate = -1, tariff.rate
    for day in (today - 1, today):
        for band in tariff.bands:
            if _kind(tariff, day) not in band.days:
                continue
            begins = day * DAY + band.begins
            ends = day * DAY + band.ends + (DAY if band.ends <= band.begins else 0)
            if newest < begins <= moment:
                newest, rate = begins, band.rate if moment < ends else tariff.rate
    return rate


def _kind(tariff: PlainTariff, day: int) -> int:
    has_own = any(7 in band.days for band in tariff.bands)
    return 7 if has_own and day in tariff.holidays else day % 7


def _by_slabs(tariff: PlainTariff, minutes: int) -> Decimal:
    left, total, is_first = max(minutes - tariff.grace, 1), Decimal(0), True
    while left > 0:
        today = DAY if tariff.further_days_are_full and not is_first else min(left, DAY)
        price, slab, begun = Decimal(0), 0, 0
        for minute in range(today):  # the minute that begins after so many
            if minute == tariff.slabs[slab][0]:
                slab, begun = slab + 1, minute
            _, every, amount = tariff.slabs[slab]
            if every is None:
                price = amount
            elif (minute - begun) % every == 0:
                price += amount
        total, left, is_first = total + price, left - DAY, False
    return total


def _by_nights(tariff: PlainTariff, entry: int, leaves: int) -> Decimal:
    if tariff.night is None:
        return Decimal(0)
    begins, ends, price = tariff.night
    nights = set()
    for moment in range(entry, leaves + 1):
        minute, day = moment % DAY, moment // DAY
        if (begins < ends and begins <= minute < ends) or (ends <= begins and minute >= begins):
            nights.add(day)
        elif ends <= begins and minute < ends:
            nights.add(day - 1)
    return len(nights) * price
