"""Money taken and refunded in a span of days, added up by the database.

Money counts on the day it was captured, a refund on the day it was done, in the time zone of its site.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import BigIntegerField, CharField, Count, DateField, F, IntegerField, QuerySet, Sum, Value
from django.db.models.functions import Cast

from parking.core.ids import Ref
from parking.core.money import ZERO, from_paise
from parking.core.sites import Sites, at_sites
from parking.facilities.calendars import Calendar, calendar_of
from parking.payments.models import Payment, Refund, RefundStatus
from parking.reports.models import DayMoney, SiteMoney
from parking.reports.periods import ClosedPeriod, Period
from parking.reports.rolled import (
    CELL,
    DAY,
    HOUR,
    METHOD,
    ZONE,
    after,
    in_days,
    in_zone,
    nothing,
    rolled_hours,
    rolled_parts,
    upto,
)
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
class MethodSum:
    """What one method took and gave back, and in how many payments and refunds."""

    takings: Takings = Takings()
    payments: int = 0
    refunds: int = 0

    def __add__(self, other: "MethodSum") -> "MethodSum":
        return MethodSum(self.takings + other.takings, self.payments + other.payments, self.refunds + other.refunds)


@dataclass(frozen=True)
class Cell:
    """The takings of one day in one zone by one method. The zone is None for passes."""

    day: date
    zone_id: int | None
    method: str
    takings: Takings


@dataclass(frozen=True)
class Table:
    """The takings of a span by day, zone and method, and of each hour of the day (0 to 23) in a span within it.

    `cells` are those of the days that are not added up yet, today among them.
    """

    cells: list[Cell]
    hours: list[tuple[int, Takings]]
    days: dict[date, Takings]
    zones: dict[int | None, Takings]
    methods: dict[str, Takings]

    @property
    def takings(self) -> Takings:
        """Return what was taken in the whole span."""
        return sum_of_takings(self.days.values())


def read_takings(
    period: ClosedPeriod, *, sites: Sites, hours_of: ClosedPeriod, by_zone: bool, through: date | None
) -> Table:
    """Read the money of these sites in one statement, so that all sums agree also while money comes in.

    Days until `through` come from their roll-ups, the others from payments and refunds. Without `by_zone` no stay is
    looked up, and `zones` is not to be read.
    """
    parts = [
        *_live_parts(_Span(period, sites, calendar_of(sites)), hours_of, through, by_zone=by_zone),
        *rolled_parts(period, hours_of, through, sites=sites, by_zone=by_zone),
    ]
    rows = _rows(parts)
    cells = [Cell(row["on_day"], row["in_zone"], row["by"], _takings(row)) for row in rows if row["part"] == CELL]
    return Table(
        cells,
        _hours(rows),
        _joined(fold(cells, lambda cell: cell.day), _summed(rows, DAY, "on_day")),
        _joined(fold(cells, lambda cell: cell.zone_id), _summed(rows, ZONE, "in_zone")),
        _joined(fold(cells, lambda cell: cell.method), _summed(rows, METHOD, "by")),
    )


def hours_of_day(day: date, *, sites: Sites, through: date | None) -> list[tuple[int, Takings]]:
    """Return what was taken in each hour of a day, as `read_takings` does, in one statement."""
    hours = ClosedPeriod(day, day)
    live = after(hours, through)
    span = _Span(live or hours, sites, calendar_of(sites))
    parts = [_by_hour(source, span) for source in (_PAYMENTS, _REFUNDS) if live]
    return _hours(_rows([*parts, *rolled_hours(hours, through, sites=sites)]))


def _rows(parts: "Sequence[QuerySet[Any, Any]]") -> list[dict[str, Any]]:
    """Return the rows of all parts, in one statement."""
    if not parts:
        return []
    return list(parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0])


def _hours(rows: list[dict[str, Any]]) -> list[tuple[int, Takings]]:
    return list(({hour: Takings() for hour in HOURS} | _summed(rows, HOUR, "at_hour")).items())


def net_of(period: Period, *, sites: Sites, through: date | None) -> Decimal:
    """Return what was taken less what was refunded in a period, as `sums_by_method` reads it."""
    sums = sums_by_method(period, sites=sites, through=through)
    return sum_of_takings(found.takings for found in sums.values()).net


def sums_by_method(
    period: Period, *, sites: Sites, through: date | None, zone: Ref | None = None
) -> dict[str, MethodSum]:
    """Return what was taken and refunded in a period, which may be open at its ends, in one statement.

    Days until `through` come from their roll-ups. `zone`: in this one alone.
    """
    parts: list[QuerySet[Any, Any]] = []
    if days := upto(period, through):
        money = in_zone(DayMoney.objects.all(), zone, "") if zone else SiteMoney.objects.all()
        parts.append(_of_methods(in_days(money, days, sites), "method", _ROLLED))
    if live := after(period, through):
        for source in (_PAYMENTS, _REFUNDS):
            rows = in_zone(at_sites(source.rows(), sites, source.site), zone, f"{source.to_payment}bill__session__")
            rows = live.narrow(rows, source.moment, sites, source.site).order_by()
            parts.append(_of_methods(rows, f"{source.to_payment}method", _sums_and_numbers_of(source)))
    sums: dict[str, MethodSum] = {}
    for row in _rows(parts):
        of_method = MethodSum(_takings(row), row["payments_made"], row["refunds_made"])
        sums[row["by"]] = sums.get(row["by"], MethodSum()) + of_method
    return sums


def _of_methods(rows: "QuerySet[Any]", method: str, sums: dict[str, Any]) -> "QuerySet[Any, Any]":
    by_method: QuerySet[Any, Any] = rows.values(by=F(method)).annotate(**sums)
    return by_method


_ROLLED = {
    name: Cast(Sum(column), BigIntegerField())
    for name, column in (
        ("taken", "captured"), ("returned", "refunded"), ("payments_made", "payments"), ("refunds_made", "refunds"),
    )
}  # fmt: skip


def _live_parts(
    span: "_Span", hours_of: ClosedPeriod, through: date | None, *, by_zone: bool
) -> "Iterator[QuerySet[Any, Any]]":
    live, live_hours = after(span.period, through), after(hours_of, through)
    for source in (_PAYMENTS, _REFUNDS):
        if live:
            yield _by_day(source, replace(span, period=live), by_zone=by_zone)
        if live_hours:
            yield _by_hour(source, replace(span, period=live_hours))


def _summed(rows: Iterable[dict[str, Any]], part: str, column: str) -> dict[Any, Takings]:
    """Return the takings of one part of the statement by one of its columns."""
    sums: dict[Any, Takings] = {}
    for row in rows:
        if row["part"] == part:
            sums[row[column]] = sums.get(row[column], Takings()) + _takings(row)
    return sums


def _joined(first: dict[K, Takings], second: dict[K, Takings]) -> dict[K, Takings]:
    return {key: first.get(key, Takings()) + second.get(key, Takings()) for key in first | second}


def fold(cells: Iterable[Cell], key: Callable[[Cell], K]) -> dict[K, Takings]:
    """Return the takings of the cells that have the same key."""
    sums: dict[K, Takings] = {}
    for cell in cells:
        sums[key(cell)] = sums.get(key(cell), Takings()) + cell.takings
    return sums


def sum_of_takings(parts: Iterable[Takings]) -> Takings:
    return sum(parts, Takings())


def _takings(row: dict[str, Any]) -> Takings:
    return Takings(from_paise(row["taken"]), from_paise(row["returned"]))


# --- The statement -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Source:
    """Rows of money: whose sums they are, when they count, and how they lead to the payment that they are of."""

    name: str
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


_PAYMENTS = _Source("captured", Payment.objects.all, "captured_at", "")
_REFUNDS = _Source(
    "refunded", lambda: Refund.objects.filter(status=RefundStatus.COMPLETED), "completed_at", "payment__"
)


def _by_day(source: _Source, span: _Span, *, by_zone: bool) -> "QuerySet[Any, Any]":
    return _added_up(
        source,
        span,
        part=CELL,
        on_day=span.calendar.day_of(source.moment, source.site),
        in_zone=F(f"{source.to_payment}bill__session__zone_id") if by_zone else nothing(IntegerField()),
        by=F(f"{source.to_payment}method"),
        at_hour=nothing(IntegerField()),
    )


def _by_hour(source: _Source, span: _Span) -> "QuerySet[Any, Any]":
    return _added_up(
        source,
        span,
        part=HOUR,
        on_day=nothing(DateField()),
        in_zone=nothing(IntegerField()),
        by=nothing(CharField()),
        at_hour=span.calendar.hour_of(source.moment, source.site),
    )


def _added_up(source: _Source, span: _Span, *, part: str, **columns: Any) -> "QuerySet[Any, Any]":
    rows = at_sites(source.rows(), span.sites, source.site)
    rows = span.period.narrow(rows, source.moment, span.sites, source.site).order_by()
    sums: QuerySet[Any, Any] = rows.values(part=Value(part), **columns).annotate(**_sums_of(source))
    return sums


def _sums_of(source: _Source) -> dict[str, Any]:
    """Return what the rows of a source add to the takings, in paise."""
    zero = Cast(Value(0), BigIntegerField())
    paise = sum_of_paise()
    return {"taken": paise, "returned": zero} if source is _PAYMENTS else {"taken": zero, "returned": paise}


def _sums_and_numbers_of(source: _Source) -> dict[str, Any]:
    """Return the same, and how many payments and refunds they are."""
    zero, number = Cast(Value(0), BigIntegerField()), Count("pk")
    made, given_back = (number, zero) if source is _PAYMENTS else (zero, number)
    return _sums_of(source) | {"payments_made": made, "refunds_made": given_back}
