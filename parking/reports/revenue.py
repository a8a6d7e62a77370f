"""Revenue by day, hour of the day, zone and method of payment.

Money counts on the day it was captured, a refund on the day it was done, in the time zone of its site.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, Sum

from parking.core.sites import Sites, at_sites
from parking.facilities.calendars import calendar_of
from parking.facilities.queries import zones_of
from parking.payments.models import ALWAYS_SHOWN, PaymentMethod
from parking.reports.models import DayStays
from parking.reports.periods import ClosedPeriod
from parking.reports.rolled import after, in_days, rolled_through, upto
from parking.reports.sums import PASSES
from parking.reports.takings import Takings, net_of, read_takings, sum_of_takings
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
    through = rolled_through()
    table = read_takings(period, sites=sites, hours_of=period, by_zone=True, through=through)
    takings = table.takings
    return RevenueReport(
        period=period,
        daily=_daily(period, table.days, group_by, _booked(period, sites, through)),
        zones=_zones(table.zones, sites),
        methods=by_method(table.methods),
        hours=table.hours,
        growth=_growth(period, takings.net, sites, through),
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


def _daily(
    period: ClosedPeriod, days: Mapping[date, Takings], group_by: str, stays: Mapping[date, int]
) -> list[tuple[date, Takings, int]]:
    takings: dict[date, Takings] = {}
    for day, of_day in days.items():
        start = group_start(day, period, group_by)
        takings[start] = takings.get(start, Takings()) + of_day
    booked: Counter[date] = Counter()
    for day, number in stays.items():
        booked[group_start(day, period, group_by)] += number
    groups = dict.fromkeys(group_start(day, period, group_by) for day in period.days())
    return [(day, takings.get(day, Takings()), booked[day]) for day in groups]


def _booked(period: ClosedPeriod, sites: Sites, through: date | None) -> Counter[date]:
    booked: Counter[date] = Counter()
    if days := upto(period, through):
        rolled = in_days(DayStays.objects.all(), days, sites).values("day").annotate(number=Sum("booked"))
        booked.update({row["day"]: row["number"] for row in rolled})
    if days := after(period, through):
        stays = at_sites(ParkingSession.objects.all(), sites, "zone__site_id")
        rows = days.narrow(stays, "booked_at", sites, "zone__site_id").order_by()
        by_day = rows.values(day=calendar_of(sites).day_of("booked_at", "zone__site_id")).annotate(number=Count("pk"))
        booked.update({row["day"]: row["number"] for row in by_day})
    return booked


def _zones(found: Mapping[int | None, Takings], sites: Sites) -> list[tuple[int | None, str | None, Takings]]:
    """Return every zone in use, and those retired meanwhile that took or refunded money."""
    sums = dict(found)
    shown: list[tuple[int | None, str | None, Takings]] = [
        (zone.pk, zone.name, sums.pop(zone.pk, Takings()))
        for zone in zones_of(sites)
        if zone.retired_at is None or zone.pk in sums
    ]
    return shown + [(zone_id, None if zone_id else PASSES, takings) for zone_id, takings in sums.items()]


def by_method(sums: Mapping[str, Takings]) -> list[tuple[str, Takings]]:
    """Return the takings by method: of the usual ones always, of others where they took something."""
    shown = [method for method in PaymentMethod.values if method in ALWAYS_SHOWN or method in sums]
    return [(method, sums.get(method, Takings())) for method in shown]


def _growth(period: ClosedPeriod, total: Decimal, sites: Sites, through: date | None) -> Growth:
    previous = period.before()
    before = net_of(previous, sites=sites, through=through)
    change = total - before
    percent = None
    if before:
        percent = (100 * change / abs(before)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return Growth(previous, before, change, percent)
