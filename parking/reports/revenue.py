"""Revenue by day, hour of the day, zone and method of payment.

Money counts on the day it was captured, a refund on the day it was done, in the time zone of its site.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count

from parking.core.sites import Sites, at_sites
from parking.facilities.calendars import calendar_of
from parking.facilities.queries import zones_of
from parking.payments.models import DRIVERS_METHODS, Payment, PaymentMethod, Refund, RefundStatus
from parking.reports.periods import ClosedPeriod
from parking.reports.sums import PASSES, total_of
from parking.reports.takings import Cell, Takings, fold, read_takings, sum_of_takings
from parking.stays.models import ParkingSession


@dataclass(frozen=True)
class Growth:
    """A period compared with the one of the same length before it. `percent` is None if nothing was taken then."""

    previous: ClosedPeriod
    previous_total: Decimal
    change: Decimal
    percent: Decimal | None


@dataclass(frozen=True)
class RevenueReport:
    period: ClosedPeriod
    # First day of the group, takings, stays booked.
    daily: list[tuple[date, Takings, int]]
    # Zone id, name, takings; passes are in a row without id.
    zones: list[tuple[int | None, str | None, Takings]]
    methods: list[tuple[str, Takings]]
    # Hour of the day (0 to 23), takings of that hour on all days.
    hours: list[tuple[int, Takings]]
    growth: Growth
    takings: Takings

    @property
    def total(self) -> Decimal:
        """Return the net takings (rupees)."""
        return self.takings.net


def revenue_report(*, period: ClosedPeriod, group_by: str, sites: Sites) -> RevenueReport:
    """Return the takings of these sites in a period by day, week or month, by zone, method and hour.

    Days without money are included. All sums come from one statement, so that they agree even while money comes in.
    """
    table = read_takings(period, sites=sites, hours_of=period, by_zone=True)
    takings = sum_of_takings(cell.takings for cell in table.cells)
    return RevenueReport(
        period=period,
        daily=_daily(period, table.cells, group_by, sites),
        zones=_zones(table.cells, sites),
        methods=by_method(table.cells),
        hours=table.hours,
        growth=_growth(period, takings.net, sites),
        takings=takings,
    )


def parts_that_differ(report: RevenueReport) -> list[str]:
    """Return the parts of a report whose rows do not add up to its takings; none if the report is right."""
    parts = {
        "daily": [takings for _, takings, _ in report.daily],
        "zones": [takings for *_, takings in report.zones],
        "methods": [takings for _, takings in report.methods],
        "hours": [takings for _, takings in report.hours],
    }
    wrong = [name for name, rows in parts.items() if sum_of_takings(rows) != report.takings]
    growth = report.growth
    return wrong if growth.previous_total + growth.change == report.total else [*wrong, "growth"]


# --- The parts of the report -------------------------------------------------------------------------


def group_start(day: date, period: ClosedPeriod, group_by: str) -> date:
    """Return the first day, within the period, of the week (from Monday) or month that a day belongs to."""
    if group_by == "week":
        return max(day - timedelta(days=day.weekday()), period.first)
    if group_by == "month":
        return max(day.replace(day=1), period.first)
    return day


def _daily(period: ClosedPeriod, cells: Iterable[Cell], group_by: str, sites: Sites) -> list[tuple[date, Takings, int]]:
    takings = fold(cells, lambda cell: group_start(cell.day, period, group_by))
    booked: Counter[date] = Counter()
    for day, number in _booked(period, sites).items():
        booked[group_start(day, period, group_by)] += number
    groups = dict.fromkeys(group_start(day, period, group_by) for day in period.days())
    return [(day, takings.get(day, Takings()), booked[day]) for day in groups]


def _booked(period: ClosedPeriod, sites: Sites) -> dict[date, int]:
    stays = at_sites(ParkingSession.objects.all(), sites, "zone__site_id")
    rows = period.narrow(stays, "booked_at", sites, "zone__site_id").order_by()
    by_day = rows.values(day=calendar_of(sites).day_of("booked_at", "zone__site_id")).annotate(number=Count("pk"))
    return {row["day"]: row["number"] for row in by_day}


def _zones(cells: Iterable[Cell], sites: Sites) -> list[tuple[int | None, str | None, Takings]]:
    """Return every zone in use, and those retired meanwhile that took or refunded money."""
    sums = fold(cells, lambda cell: cell.zone_id)
    shown: list[tuple[int | None, str | None, Takings]] = [
        (zone.pk, zone.name, sums.pop(zone.pk, Takings()))
        for zone in zones_of(sites)
        if zone.retired_at is None or zone.pk in sums
    ]
    return shown + [(zone_id, None if zone_id else PASSES, takings) for zone_id, takings in sums.items()]


def by_method(cells: Iterable[Cell]) -> list[tuple[str, Takings]]:
    """Return the takings of every method that drivers have, also of those that took nothing, and others that took."""
    sums = fold(cells, lambda cell: cell.method)
    shown = [method for method in PaymentMethod.values if method in DRIVERS_METHODS or method in sums]
    return [(method, sums.get(method, Takings())) for method in shown]


def _growth(period: ClosedPeriod, total: Decimal, sites: Sites) -> Growth:
    previous = period.before()
    payments = at_sites(Payment.objects.all(), sites, "bill__site_id")
    refunds = at_sites(Refund.objects.filter(status=RefundStatus.COMPLETED), sites, "payment__bill__site_id")
    taken = previous.narrow(payments, "captured_at", sites, "bill__site_id")
    given_back = previous.narrow(refunds, "completed_at", sites, "payment__bill__site_id")
    before = total_of(taken) - total_of(given_back)
    change = total - before
    percent = None
    if before:
        percent = (100 * change / abs(before)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return Growth(previous, before, change, percent)
