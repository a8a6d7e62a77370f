"""Money taken and refunded in a span of days, added up by the database.

Money counts on the day it was captured, a refund on the day it was done, in the time zone of its site.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import CharField, DateField, Expression, F, IntegerField, QuerySet, Value
from django.db.models.functions import Cast

from parking.core.money import ZERO, from_paise
from parking.core.sites import Sites, at_sites
from parking.facilities.calendars import Calendar, calendar_of
from parking.payments.models import Payment, Refund, RefundStatus
from parking.reports.periods import ClosedPeriod
from parking.reports.sums import sum_of_paise

K = TypeVar("K", bound=Hashable)
HOURS = range(24)


@dataclass(frozen=True)
class Takings:
    """Rupees taken and refunded."""

    revenue: Decimal = ZERO
    refunds: Decimal = ZERO

    @property
    def net(self) -> Decimal:
        return self.revenue - self.refunds

    def __add__(self, other: "Takings") -> "Takings":
        return Takings(self.revenue + other.revenue, self.refunds + other.refunds)


@dataclass(frozen=True)
class Cell:
    """The takings of one day in one zone by one method. The zone is None for passes."""

    day: date
    zone_id: int | None
    method: str
    takings: Takings


@dataclass(frozen=True)
class Table:
    """The cells of a span, and the takings of each hour of the day (0 to 23) in a span within it."""

    cells: list[Cell]
    hours: list[tuple[int, Takings]]


def read_takings(period: ClosedPeriod, *, sites: Sites, hours_of: ClosedPeriod, by_zone: bool) -> Table:
    """Read payments and refunds of these sites in one statement, so that all sums agree also while money comes in.

    Without `by_zone` the zone of every cell is None, and no stay is looked up.
    """
    span = _Span(period, sites, calendar_of(sites))
    parts = [
        part
        for source in (_PAYMENTS, _REFUNDS)
        for part in (_by_day(source, span, by_zone=by_zone), _by_hour(source, replace(span, period=hours_of)))
    ]
    rows = list(parts[0].union(*parts[1:], all=True))
    cells = [Cell(row["day"], row["zone"], row["by"], _takings(row)) for row in rows if row["hour"] is None]
    hours = {hour: Takings() for hour in HOURS}
    for row in rows:
        if row["hour"] is not None:
            hours[row["hour"]] += _takings(row)
    return Table(cells, list(hours.items()))


def fold(cells: Iterable[Cell], key: Callable[[Cell], K]) -> dict[K, Takings]:
    """Return the takings of the cells that have the same key."""
    sums: dict[K, Takings] = {}
    for cell in cells:
        sums[key(cell)] = sums.get(key(cell), Takings()) + cell.takings
    return sums


def sum_of_takings(parts: Iterable[Takings]) -> Takings:
    return sum(parts, Takings())


def _takings(row: dict[str, Any]) -> Takings:
    amount = from_paise(row["paise"])
    return Takings(revenue=amount) if row["kind"] == _PAYMENTS.kind else Takings(refunds=amount)


# --- The statement -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Source:
    """Rows of money: what they are, when they count, and how they lead to the payment that they are of."""

    kind: str
    rows: Callable[[], "QuerySet[Any]"]
    moment: str
    to_payment: str

    @property
    def site(self) -> str:
        """Return the path to the id of the site."""
        return f"{self.to_payment}bill__site_id"


@dataclass(frozen=True)
class _Span:
    """The days and the sites that are asked for, and these sites' calendar."""

    period: ClosedPeriod
    sites: Sites
    calendar: Calendar


_PAYMENTS = _Source("payment", Payment.objects.all, "captured_at", "")
_REFUNDS = _Source("refund", lambda: Refund.objects.filter(status=RefundStatus.COMPLETED), "completed_at", "payment__")


def _by_day(source: _Source, span: _Span, *, by_zone: bool) -> "QuerySet[Any, Any]":
    return _added_up(
        source,
        span,
        day=span.calendar.day_of(source.moment, source.site),
        zone=F(f"{source.to_payment}bill__session__zone_id") if by_zone else _nothing(IntegerField()),
        by=F(f"{source.to_payment}method"),
        hour=_nothing(IntegerField()),
    )


def _by_hour(source: _Source, span: _Span) -> "QuerySet[Any, Any]":
    return _added_up(
        source,
        span,
        day=_nothing(DateField()),
        zone=_nothing(IntegerField()),
        by=_nothing(CharField()),
        hour=span.calendar.hour_of(source.moment, source.site),
    )


def _nothing(column: Any) -> Expression:
    # With its type said: PostgreSQL would take two bare NULLs for texts before it sees a date.
    return Cast(Value(None), column)


def _added_up(source: _Source, span: _Span, **columns: Any) -> "QuerySet[Any, Any]":
    rows = at_sites(source.rows(), span.sites, source.site)
    rows = span.period.narrow(rows, source.moment, span.sites, source.site).order_by()
    sums: QuerySet[Any, Any] = rows.values(kind=Value(source.kind), **columns).annotate(paise=sum_of_paise())
    return sums
