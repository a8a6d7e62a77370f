"""Revenue by day, zone and method of payment.

Money counts on the day it was captured, a refund on the day it was done, in the site's time zone.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar

from django.db.models import Count, F, QuerySet
from django.db.models.functions import TruncDate

from parking.core import clock
from parking.core.money import ZERO
from parking.facilities.models import ParkingZone
from parking.payments.models import Payment, PaymentMethod, Refund, RefundStatus
from parking.reports.periods import ClosedPeriod
from parking.reports.sums import from_paise, sum_of_paise, total_of
from parking.stays.models import ParkingSession

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Takings:
    """Rupees taken and given back."""

    revenue: Decimal = ZERO
    refunds: Decimal = ZERO

    @property
    def net(self) -> Decimal:
        return self.revenue - self.refunds

    def __add__(self, other: "Takings") -> "Takings":
        return Takings(self.revenue + other.revenue, self.refunds + other.refunds)


@dataclass(frozen=True)
class Cell:
    """The takings of one day in one zone by one method. The zone is None for a bill that is no stay's."""

    day: date
    zone_id: int | None
    method: str
    takings: Takings


@dataclass(frozen=True)
class Growth:
    """A period against the one of the same length before it. `percent` is None if nothing was taken then."""

    previous: ClosedPeriod
    previous_total: Decimal
    change: Decimal
    percent: Decimal | None


@dataclass(frozen=True)
class RevenueReport:
    period: ClosedPeriod
    # First day of the group, takings, stays booked.
    daily: list[tuple[date, Takings, int]]
    # Zone id, name, takings.
    zones: list[tuple[int | None, str | None, Takings]]
    methods: list[tuple[str, Takings]]
    growth: Growth
    total: Decimal


def revenue_report(*, period: ClosedPeriod, group_by: str) -> RevenueReport:
    """The takings of a period by day, week or month, by zone and by method; days without money are there too.

    All sums are folded from the same cells, read by one statement for the payments and one for the refunds, so
    that they agree also while money comes in.
    """
    cells = _cells(period)
    total = _total(cells)
    return RevenueReport(
        period=period,
        daily=_daily(period, cells, group_by),
        zones=_zones(cells),
        methods=_methods(cells),
        growth=_growth(period, total),
        total=total,
    )


# --- Cells -------------------------------------------------------------------------------------------


def _cells(period: ClosedPeriod) -> list[Cell]:
    captured = _grouped(period, Payment.objects.all(), "captured_at", "")
    refunded = _grouped(period, _refunds_done(), "completed_at", "payment__")
    return [Cell(*place, Takings(revenue=amount)) for place, amount in captured] + [
        Cell(*place, Takings(refunds=amount)) for place, amount in refunded
    ]


def _refunds_done() -> QuerySet[Refund]:
    return Refund.objects.filter(status=RefundStatus.COMPLETED)


def _grouped(
    period: ClosedPeriod, rows: QuerySet[Any], moment: str, to_payment: str
) -> list[tuple[tuple[date, int | None, str], Decimal]]:
    sums = (
        period.narrow(rows, moment)
        .order_by()
        .values(
            day=TruncDate(moment, tzinfo=clock.site_zone()),
            zone=F(f"{to_payment}bill__session__zone_id"),
            by=F(f"{to_payment}method"),
        )
        .annotate(paise=sum_of_paise())
    )
    return [((row["day"], row["zone"], row["by"]), from_paise(row["paise"])) for row in sums]


def _total(cells: Iterable[Cell]) -> Decimal:
    return sum((cell.takings.net for cell in cells), ZERO)


def _fold(cells: Iterable[Cell], key: Callable[[Cell], K]) -> dict[K, Takings]:
    sums: dict[K, Takings] = {}
    for cell in cells:
        sums[key(cell)] = sums.get(key(cell), Takings()) + cell.takings
    return sums


# --- The parts of the report -------------------------------------------------------------------------


def group_start(day: date, period: ClosedPeriod, group_by: str) -> date:
    """The first day, within the period, of the week (from Monday) or month that a day belongs to."""
    if group_by == "week":
        return max(day - timedelta(days=day.weekday()), period.first)
    if group_by == "month":
        return max(day.replace(day=1), period.first)
    return day


def _daily(period: ClosedPeriod, cells: Iterable[Cell], group_by: str) -> list[tuple[date, Takings, int]]:
    takings = _fold(cells, lambda cell: group_start(cell.day, period, group_by))
    booked: Counter[date] = Counter()
    for day, number in _booked(period).items():
        booked[group_start(day, period, group_by)] += number
    groups = dict.fromkeys(group_start(day, period, group_by) for day in period.days())
    return [(day, takings.get(day, Takings()), booked[day]) for day in groups]


def _booked(period: ClosedPeriod) -> dict[date, int]:
    rows = period.narrow(ParkingSession.objects.all(), "booked_at").order_by()
    by_day = rows.values(day=TruncDate("booked_at", tzinfo=clock.site_zone())).annotate(number=Count("pk"))
    return {row["day"]: row["number"] for row in by_day}


def _zones(cells: Iterable[Cell]) -> list[tuple[int | None, str | None, Takings]]:
    """Every zone in use, and those retired meanwhile that took or gave back money."""
    sums = _fold(cells, lambda cell: cell.zone_id)
    zones = ParkingZone.objects.order_by("name", "pk")
    shown: list[tuple[int | None, str | None, Takings]] = [
        (zone.pk, zone.name, sums.pop(zone.pk, Takings()))
        for zone in zones
        if zone.retired_at is None or zone.pk in sums
    ]
    return shown + [(zone_id, None, takings) for zone_id, takings in sums.items()]


def _methods(cells: Iterable[Cell]) -> list[tuple[str, Takings]]:
    sums = _fold(cells, lambda cell: cell.method)
    return [(method, sums.get(method, Takings())) for method in PaymentMethod.values]


def _growth(period: ClosedPeriod, total: Decimal) -> Growth:
    previous = period.before()
    before = total_of(previous.narrow(Payment.objects.all(), "captured_at")) - total_of(
        previous.narrow(_refunds_done(), "completed_at")
    )
    change = total - before
    percent = None
    if before:
        percent = (100 * change / abs(before)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return Growth(previous, before, change, percent)
