"""The steps of a stay: how many are charged, what each costs, and the most that a day costs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain, groupby

from parking.core.money import ZERO, rupees
from parking.tariffs.rules.bands import Clock
from parking.tariffs.rules.lines import DAY, HOUR, LABELS, BillLine, LineKind, step_line
from parking.tariffs.rules.terms import Band, Prices, Terms

MINUTE = timedelta(minutes=1)


def whole_minutes(entry: datetime, until: datetime) -> int:
    """Return the minutes from entry to `until`, seconds dropped."""
    return max(until - entry, timedelta()) // MINUTE


def steps_begun(minutes: int, prices: Prices) -> int:
    """Return the steps that `minutes` of parking are charged as: less the grace, rounded up, at least the minimum."""
    beyond_grace = max(minutes - prices.grace_minutes, 0)
    return max(-(-beyond_grace // prices.step_minutes), -(-prices.minimum_minutes // prices.step_minutes))


def step_price(rate: Decimal, step_minutes: int) -> Decimal:
    """Return what one step costs at a rate (rupees an hour)."""
    return rupees(rate * step_minutes / HOUR)


@dataclass(frozen=True)
class Run:
    """Steps in a row of one label and one price (rupees): from number `first` on, so many."""

    label: str
    unit_price: Decimal
    first: int
    count: int

    @property
    def amount(self) -> Decimal:
        return self.count * self.unit_price

    def between(self, first: int, end: int) -> "Run | None":
        """Return those of the steps that are numbered from `first` to before `end`; None without any."""
        begins, ends = max(self.first, first), min(self.first + self.count, end)
        return Run(self.label, self.unit_price, begins, ends - begins) if begins < ends else None


def label_of(band: Band | None) -> str:
    return f"{LABELS[LineKind.HOURS]}, {band.name}" if band else LABELS[LineKind.HOURS]


@dataclass(frozen=True)
class Steps:
    """The steps of a stay, the first of which begins at `begins`."""

    begins: datetime
    runs: tuple[Run, ...]
    terms: Terms

    @property
    def count(self) -> int:
        return sum(run.count for run in self.runs)

    @property
    def per_block(self) -> int:
        """Return how many steps are in 24 hours."""
        return DAY // self.terms.step_minutes

    def moment(self, number: int) -> datetime:
        """Return when a step begins."""
        return self.begins + number * self.terms.step_minutes * MINUTE

    def amount(self, first: int = 0, end: int | None = None) -> Decimal:
        """Return what the steps numbered from `first` to before `end` cost, whatever a day costs at most."""
        return sum((run.amount for run in self._parts(first, self.count if end is None else end)), ZERO)

    def first_after(self, moment: datetime) -> int:
        """Return the number of the first step that begins later than `moment`."""
        return max((moment - self.begins) // (self.terms.step_minutes * MINUTE) + 1, 0)

    def first_minutes(self, minutes: int) -> Decimal:
        """Return the price of each step times the part of it within the first `minutes`, half up once."""
        whole, part = divmod(minutes, self.terms.step_minutes)
        cut = self.amount(whole, whole + 1) * part / self.terms.step_minutes
        return rupees(self.amount(0, whole) + cut)

    def lines(self) -> tuple[BillLine, ...]:
        """Return one line for each run, and one for days in a row that cost the most that a day costs."""
        lines: list[BillLine] = []
        for is_capped, group in groupby(self._blocks(), key=self._costs_more_than_cap):
            blocks = list(group)
            lines += [self._maximum(blocks)] if is_capped else self._run_lines(chain.from_iterable(blocks))
        return tuple(lines)

    def capped_amount(self, numbers: Iterable[int]) -> Decimal:
        """Return what these steps alone cost, no day more than the most that a day costs."""
        cap, by_block = self.terms.daily_cap, dict[int, Decimal]()
        prices = self._unit_prices()
        for number in numbers:
            block = number // self.per_block
            by_block[block] = by_block.get(block, ZERO) + prices[number]
        return sum((amount if cap is None else min(amount, cap) for amount in by_block.values()), ZERO)

    def _unit_prices(self) -> list[Decimal]:
        return [run.unit_price for run in self.runs for _ in range(run.count)]

    def _parts(self, first: int, end: int) -> Iterator[Run]:
        return filter(None, (run.between(first, end) for run in self.runs))

    def _blocks(self) -> Iterator[list[Run]]:
        """Yield the runs of each 24 hours from entry; all at once where a day has no maximum."""
        if self.terms.daily_cap is None:
            yield list(self.runs)
            return
        for first in range(0, self.count, self.per_block):
            yield list(self._parts(first, first + self.per_block))

    def _costs_more_than_cap(self, block: list[Run]) -> bool:
        cap = self.terms.daily_cap
        return cap is not None and sum((run.amount for run in block), ZERO) > cap

    def _maximum(self, blocks: list[list[Run]]) -> BillLine:
        cap = self.terms.daily_cap or ZERO
        minutes = sum(run.count for block in blocks for run in block) * self.terms.step_minutes
        return BillLine(LABELS[LineKind.DAILY_MAXIMUM], len(blocks), cap, LineKind.DAILY_MAXIMUM, minutes)

    def _run_lines(self, runs: Iterable[Run]) -> list[BillLine]:
        return [
            step_line(label, sum(run.count for run in same), price, self.terms.step_minutes)
            for (label, price), same in groupby(runs, key=lambda run: (run.label, run.unit_price))
        ]


def steps_of(begins: datetime, minutes: int, terms: Terms) -> Steps:
    """Return the steps of a stay of so many minutes from `begins` (aware) on."""
    return first_steps(begins, steps_begun(minutes, terms), terms)


def first_steps(begins: datetime, count: int, terms: Terms) -> Steps:
    """Return so many steps from `begins` (aware) on."""
    return Steps(begins, tuple(_runs(begins, count, terms)), terms)


def _runs(begins: datetime, steps: int, terms: Terms) -> Iterator[Run]:
    if steps == 0:
        return
    if not terms.bands:
        yield Run(label_of(None), step_price(terms.base_rate, terms.step_minutes), 0, steps)
        return
    first = 0
    for band, count in Clock(terms).runs(begins, steps, terms.step_minutes):
        rate = band.rate if band else terms.base_rate
        yield Run(label_of(band), step_price(rate, terms.step_minutes), first, count)
        first += count
