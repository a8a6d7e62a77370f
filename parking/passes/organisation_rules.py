"""The months of an organisation, what one costs, and when its invoice is written. Pure functions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import count

from parking.core.money import rupees
from parking.passes.rules import months_later

MOST_ON_LIST = 2000
MOST_DUE_DAYS = 90
# What a bill can hold, with room.
LARGEST_INVOICE = Decimal(10_000_000)


class Pricing(StrEnum):
    """What the price is of: each vehicle, or all of them."""

    PER_VEHICLE = "PER_VEHICLE"
    LUMP_SUM = "LUMP_SUM"


class Billing(StrEnum):
    """When a month is invoiced: so long before it begins as the invoice may wait, or once it is over."""

    AHEAD = "AHEAD"
    MONTHLY = "MONTHLY"


@dataclass(frozen=True)
class Agreement:
    """What months are counted by: the first day, the day on which it is over (None: open), and how it is billed."""

    first: date
    over_on: date | None
    billing: Billing
    due_days: int


@dataclass(frozen=True)
class Month:
    """A month of an agreement, from `starts` to `ends`, excluded; a part of one has `days` of `whole` days."""

    number: int
    starts: date
    ends: date
    whole: int

    @property
    def days(self) -> int:
        return (self.ends - self.starts).days

    def share_of(self, price: Decimal) -> Decimal:
        """Return what the month costs of a price for a whole one, half up to the paisa."""
        return rupees(price * self.days / self.whole)


def months_of(agreement: Agreement, *, after: int = 0, since: date | None = None) -> Iterator[Month]:
    """Yield the months of an agreement by their number, those after one.

    Counted from the first day of all: 31 January, 28 February, 31 March. The last one ends with the agreement. Where
    that was made longer, `since` is the day up to which is invoiced: the rest of that month is one of its own.
    """
    begins = since or months_later(agreement.first, after)
    number = after
    for place in count(1):
        whole_starts, whole_ends = months_later(agreement.first, place - 1), months_later(agreement.first, place)
        if whole_ends <= begins:
            continue
        starts = max(whole_starts, begins)
        if agreement.over_on is not None and starts >= agreement.over_on:
            return
        number += 1
        ends = whole_ends if agreement.over_on is None else min(whole_ends, agreement.over_on)
        yield Month(number, starts, ends, (whole_ends - whole_starts).days)


def months_to_invoice(agreement: Agreement, *, written: int, today: date, since: date | None = None) -> Iterator[Month]:
    """Yield the months after those that were written, up to `since`, whose invoice is due to be written by a day."""
    for month in months_of(agreement, after=written, since=since):
        if agreement.billing == Billing.AHEAD:
            is_time = month.starts - timedelta(days=agreement.due_days) <= today
        else:
            is_time = month.ends <= today
        if not is_time:
            return
        yield month


@dataclass(frozen=True)
class Stretch:
    """A time in which a vehicle is on the list; `ends` is excluded, None for no end."""

    starts: datetime
    ends: datetime | None


def most_at_once(stretches: Iterable[Stretch], *, starts: datetime, ends: datetime | None = None) -> int:
    """Return the greatest number of vehicles that are on the list at one moment of a span."""
    steps: list[tuple[datetime, int]] = []
    for one in stretches:
        begins = max(one.starts, starts)
        over = one.ends if ends is None or (one.ends is not None and one.ends < ends) else ends
        if over is None or begins < over:
            steps.append((begins, 1))
            if over is not None:
                steps.append((over, -1))
    present = most = 0
    # Who leaves at a moment makes room for who comes then.
    for _, step in sorted(steps):
        present += step
        most = max(most, present)
    return most
