"""What the time and the nights of stays of all lengths from one entry cost, in paise, without lines. Pure functions.

`lines_of` decides what is paid; this is for comparing two tariffs, and equals it (tests/tariffs/test_quick_totals.py).
It takes a hundredth of its time: the steps of an entry are priced once for all lengths.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo

from parking.core.money import ZERO, rupees
from parking.tariffs.rules.bands import day_parts
from parking.tariffs.rules.lines import DAY, HOUR
from parking.tariffs.rules.slabs import slab_total
from parking.tariffs.rules.steps import MINUTE, first_steps, step_price, steps_begun
from parking.tariffs.rules.terms import FreeMode, NightCharge, Terms

# Of what is later than two days after an entry, people hear before.
LONGEST = 2 * DAY

StepSums = dict[datetime, list[int]]


@dataclass(frozen=True)
class QuickTotals:
    """What stays of up to `LONGEST` minutes cost under the same terms, with free minutes or without.

    `steps`: what steps come to by when they begin, for all whose terms differ by the fee alone. `days`: the price of a
    step by the minute at which it begins, from a day on; None where clocks are set meanwhile.
    """

    terms: Terms
    free_used: bool = False
    steps: StepSums = field(default_factory=dict)
    days: dict[date, list[int] | None] = field(default_factory=dict)

    @cached_property
    def moved(self) -> int:
        """Return by how many minutes steps begin later than the stay."""
        return self._free if self.terms.free_mode == FreeMode.DEDUCT else 0

    @cached_property
    def charged_from(self) -> tuple[int, int]:
        """Return from which minute on the time counts, and from which length on it is charged."""
        return self.moved, self._free_until

    @cached_property
    def places(self) -> list[int]:
        """Return where in `time` each length stands: by the number of its steps, or by minutes under slabs."""
        return [self._place(minutes) for minutes in range(LONGEST + 1)]

    @cached_property
    def slabs(self) -> list[int]:
        """Return what slabs come to by minutes that are charged, none of them first."""
        return [0, *(_paise(slab_total(minutes, self.terms)) for minutes in range(1, LONGEST + 1))]

    @property
    def prices(self) -> list[int]:
        """Return, by length, what changes with the price of a stay, wherever in the day it begins."""
        return [self.slabs[place] for place in self.places] if self.terms.slabs else self.places

    def time(self, entry: datetime) -> list[int]:
        """Return what the time of stays from an entry (aware) costs, with the most that a day costs."""
        if self.terms.slabs:
            return self.slabs
        begins = entry + self.moved * MINUTE
        if begins not in self.steps:
            self.steps[begins] = self._added_up(self.units(entry))
        return self.steps[begins]

    def units(self, entry: datetime) -> list[int]:
        """Return the price of each step of the longest stay from an entry."""
        most = steps_begun(LONGEST, self.terms)
        local = (entry + self.moved * MINUTE).astimezone(ZoneInfo(self.terms.time_zone))
        prices = self._by_minute(local.date(), most)
        if prices is None:
            # Clocks are set on or back: minutes of the day and minutes that pass differ.
            steps = first_steps(local, most, self.terms)
            return [paise for run in steps.runs for paise in [_paise(run.unit_price)] * run.count]
        first, step = local.hour * HOUR + local.minute, self.terms.step_minutes
        return prices[first : first + most * step : step]

    def nights(self, entry: datetime) -> list[int]:
        """Return, in order, from which length on each night is one with the car inside."""
        night = self.terms.night_charge
        return sorted(self._reached(night, entry)) if night else []

    @cached_property
    def _free(self) -> int:
        return 0 if self.free_used else self.terms.free_minutes

    @cached_property
    def _free_until(self) -> int:
        """Return up to how many minutes nothing is charged."""
        return self.moved or (0 if self.terms.booking_fee > ZERO else self._free)

    def _place(self, minutes: int) -> int:
        if minutes <= self._free_until:
            return 0
        charged = minutes - self.moved
        return charged if self.terms.slabs else steps_begun(charged, self.terms)

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
        """Return what steps come to, none of them first, no day more than a day costs at most."""
        if self.terms.daily_cap is None:
            return [0, *accumulate(units)]
        per_block = DAY // self.terms.step_minutes
        cap, found, before = _paise(self.terms.daily_cap), [0], 0
        for first in range(0, len(units), per_block):
            found += [before + min(paise, cap) for paise in accumulate(units[first : first + per_block])]
            before = found[-1]
        return found

    def _reached(self, night: NightCharge, entry: datetime) -> Iterator[int]:
        begins, until = entry + self.moved * MINUTE, entry + LONGEST * MINUTE
        zone = ZoneInfo(self.terms.time_zone)
        day = begins.astimezone(zone).date() - timedelta(days=1)
        while day <= until.astimezone(zone).date():
            first, end = _night_of(night, day, zone)
            if begins < end and first <= until:
                # Minutes begun: a stay of whole minutes is inside from the first of them that is not before.
                yield max(-((entry - first) // MINUTE), self._free_until + 1)
            day += timedelta(days=1)


@lru_cache(maxsize=256)
def _night_of(night: NightCharge, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    first = datetime.combine(day, time.min) + timedelta(minutes=night.begins)
    end = first + timedelta(minutes=night.length)
    return first.replace(tzinfo=zone).astimezone(UTC), end.replace(tzinfo=zone).astimezone(UTC)


def _paise(amount: Decimal) -> int:
    return int(rupees(amount) * 100)
