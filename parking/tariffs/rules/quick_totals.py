"""What stays of many lengths from one entry cost, in paise, without their lines. Pure functions.

`lines_of` decides what is paid; these sums only tell where it is worth asking. They equal it (tests/tariffs/
test_quick_totals.py), and take a hundredth of its time: the steps of an entry are priced once for all lengths.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import accumulate
from operator import add
from zoneinfo import ZoneInfo

from parking.core.money import ZERO, rupees
from parking.tariffs.rules.bands import day_parts
from parking.tariffs.rules.lines import DAY, HOUR
from parking.tariffs.rules.slabs import slab_total
from parking.tariffs.rules.steps import MINUTE, first_steps, step_price, steps_begun
from parking.tariffs.rules.terms import FreeMode, NightCharge, Terms

StepSums = dict[datetime, list[int]]


@dataclass(frozen=True)
class QuickTotals:
    """The totals of stays of some lengths (minutes, in order) under the same terms, with free minutes or without.

    `steps`: what steps come to by when they begin, for all whose terms differ by the fee alone. `days`: the price of a
    step by the minute at which it begins, from a day on; None where clocks are set meanwhile.
    """

    terms: Terms
    lengths: Sequence[int]
    free_used: bool = False
    steps: StepSums = field(default_factory=dict)
    days: dict[date, list[int] | None] = field(default_factory=dict)

    def sums(self, entry: datetime, percents: Sequence[int], more: Sequence[int] = ()) -> Iterator[list[int]]:
        """Yield, for each change of a busy time, the sum before booking minimum and rounding of each length.

        `more`: lengths of this entry alone, which come after the others.
        """
        places = [*self._places, *map(self._place, more)]
        nights = self._nights(entry, more)
        of_steps = None if self.terms.slabs else self._of_steps(entry + self._moved * MINUTE)
        for percent in percents:
            prices = self._of_slabs(percent) if of_steps is None else _changed(of_steps, percent)
            yield list(map(add, map(prices.__getitem__, places), nights))

    def total(self, paise: int) -> int:
        """Return what a stay of such a sum costs: the booking minimum at least, rounded half up."""
        least = max(paise, _paise(self.terms.booking_fee))
        unit = _paise(self.terms.round_to)
        return (2 * least + unit) // (2 * unit) * unit

    @cached_property
    def _free(self) -> int:
        return 0 if self.free_used else self.terms.free_minutes

    @cached_property
    def _moved(self) -> int:
        """Return by how many minutes steps begin later than the stay."""
        return self._free if self.terms.free_mode == FreeMode.DEDUCT else 0

    @cached_property
    def _free_until(self) -> int:
        """Return up to how many minutes nothing is charged."""
        return self._moved or (0 if self.terms.booking_fee > ZERO else self._free)

    # --- Steps and slabs -------------------------------------------------------------------------------

    @cached_property
    def _places(self) -> list[int]:
        return [self._place(minutes) for minutes in self.lengths]

    def _place(self, minutes: int) -> int:
        """Return where among the prices that of a length stands: by minutes under slabs, otherwise by steps."""
        if minutes <= self._free_until:
            return 0
        charged = minutes - self._moved
        return charged if self.terms.slabs else steps_begun(charged, self.terms)

    @cached_property
    def _longest(self) -> int:
        # A night may lie a day behind the longest of the lengths: those that `more` asks for end before it.
        return max(*self.lengths, 2 * DAY)

    @cached_property
    def _slabs(self) -> list[int]:
        return [0, *(_paise(slab_total(minutes, self.terms)) for minutes in range(1, self._longest + 1))]

    @cached_property
    def _kept(self) -> dict[int, list[int]]:
        return {}

    def _of_slabs(self, percent: int) -> list[int]:
        if percent not in self._kept:
            self._kept[percent] = _changed(self._slabs, percent)
        return self._kept[percent]

    def _of_steps(self, begins: datetime) -> list[int]:
        """Return what steps come to, none of them first, no day more than a day costs at most."""
        if begins not in self.steps:
            most = steps_begun(self._longest, self.terms)
            self.steps[begins] = self._added_up(self._units(begins, most))
        return self.steps[begins]

    def _units(self, begins: datetime, most: int) -> list[int]:
        """Return the price of each of so many steps."""
        local = begins.astimezone(ZoneInfo(self.terms.time_zone))
        prices = self._by_minute(local.date(), most)
        if prices is None:
            # Clocks are set on or back: minutes of the day and minutes that pass differ.
            steps = first_steps(begins, most, self.terms)
            return [paise for run in steps.runs for paise in [_paise(run.unit_price)] * run.count]
        first, step = local.hour * HOUR + local.minute, self.terms.step_minutes
        return prices[first : first + most * step : step]

    def _by_minute(self, day: date, most: int) -> list[int] | None:
        """Return the price of a step that begins in each minute from a day on; None where clocks are set meanwhile."""
        if day not in self.days:
            days = [day + timedelta(days=more) for more in range(most * self.terms.step_minutes // DAY + 3)]
            midnights = (datetime.combine(each, time.min, ZoneInfo(self.terms.time_zone)) for each in days)
            is_even = len({midnight.utcoffset() for midnight in midnights}) == 1
            self.days[day] = [price for each in days for price in self._of_day(each)] if is_even else None
        return self.days[day]

    def _of_day(self, day: date) -> Iterator[int]:
        for part in day_parts(self.terms, day):
            rate = part.band.rate if part.band else self.terms.base_rate
            yield from [_paise(step_price(rate, self.terms.step_minutes))] * (part.ends - part.begins)

    def _added_up(self, units: list[int]) -> list[int]:
        if self.terms.daily_cap is None:
            return [0, *accumulate(units)]
        per_block = DAY // self.terms.step_minutes
        cap, found, before = _paise(self.terms.daily_cap), [0], 0
        for first in range(0, len(units), per_block):
            found += [before + min(paise, cap) for paise in accumulate(units[first : first + per_block])]
            before = found[-1]
        return found

    # --- Nights ----------------------------------------------------------------------------------------

    def _nights(self, entry: datetime, more: Sequence[int]) -> list[int]:
        """Return what the nights of each length cost."""
        night = self.terms.night_charge
        if night is None:
            return [0] * (len(self.lengths) + len(more))
        price, reached = _paise(night.price), sorted(self._nights_reached(night, entry))
        found, before = [], 0
        for nights, minutes in enumerate(reached):
            place = bisect_left(self.lengths, minutes)
            found += [nights * price] * (place - before)
            before = place
        found += [len(reached) * price] * (len(self.lengths) - before)
        return found + [price * sum(minutes >= each for each in reached) for minutes in more]

    def _nights_reached(self, night: NightCharge, entry: datetime) -> Iterator[int]:
        """Yield from which length on each night is one with the car inside."""
        begins, until = entry + self._moved * MINUTE, entry + self._longest * MINUTE
        zone = ZoneInfo(self.terms.time_zone)
        day = begins.astimezone(zone).date() - timedelta(days=1)
        while day <= until.astimezone(zone).date():
            first, end = _night_of(night, day, zone)
            if begins < end and first <= until:
                # Minutes begun: a stay of whole minutes is inside from the first of them that is not before.
                yield max(-((entry - first) // MINUTE), self._free_until + 1)
            day += timedelta(days=1)


def _night_of(night: NightCharge, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    first = datetime.combine(day, time.min) + timedelta(minutes=night.begins)
    return first.replace(tzinfo=zone), (first + timedelta(minutes=night.length)).replace(tzinfo=zone)


def _paise(amount: Decimal) -> int:
    return int(rupees(amount) * 100)


def _changed(prices: list[int], percent: int) -> list[int]:
    """Return prices with the change of a busy or quiet time, half a paisa of which is a whole one."""
    if percent < 0:
        return [paise - (paise * -percent + 50) // 100 for paise in prices]
    return [paise + (paise * percent + 50) // 100 for paise in prices] if percent else prices
