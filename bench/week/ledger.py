"""The week's own books: what the script counted, by rules written here again, for comparing with the product's."""

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar
from zoneinfo import ZoneInfo

INDIA = ZoneInfo("Asia/Kolkata")
ZERO = Decimal("0.00")
Key = TypeVar("Key")


@dataclass(frozen=True)
class Money:
    """Rupees that were taken (positive) or given back (negative), where and when."""

    at: datetime
    site: str
    zone: int | None  # none: a pass
    method: str
    amount: Decimal

    @property
    def day(self) -> date:
        return self.at.astimezone(INDIA).date()


@dataclass(frozen=True)
class Sums:
    revenue: Decimal = ZERO
    refunds: Decimal = ZERO

    @property
    def net(self) -> Decimal:
        return self.revenue - self.refunds

    def with_row(self, row: Money) -> "Sums":
        taken, back = max(row.amount, ZERO), max(-row.amount, ZERO)
        return Sums(self.revenue + taken, self.refunds + back)


def cost(minutes: int, rate: Decimal, fee: Decimal = ZERO) -> Decimal:
    """Return what a stay costs: hours begun after five free minutes, at least one hour and the booking fee."""
    hours = max(1, -(-max(minutes - 5, 0) // 60))
    return max(hours * rate, fee)


class Ledger:
    """Filled from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.money: list[Money] = []
        self.ends: Counter[str] = Counter()
        self.begun: Counter[tuple[date, str]] = Counter()
        self.sites_of_plate: dict[str, set[str]] = defaultdict(set)

    def take(self, row: Money) -> None:
        if row.amount:
            with self._lock:
                self.money.append(row)

    def begin(self, plate: str, site: str, at: datetime) -> None:
        with self._lock:
            self.begun[at.astimezone(INDIA).date(), site] += 1
            self.sites_of_plate[plate.replace("-", "")].add(site)

    def end(self, how: str) -> None:
        with self._lock:
            self.ends[how] += 1

    def sums(self, key: Callable[[Money], Key], *, site: str | None = None) -> dict[Key, Sums]:
        """Return revenue and refunds by a key, of one site or of all."""
        found: dict[Key, Sums] = defaultdict(Sums)
        for row in self.rows(site):
            found[key(row)] = found[key(row)].with_row(row)
        return dict(found)

    def rows(self, site: str | None) -> Iterable[Money]:
        return (row for row in self.money if site in {None, row.site})
