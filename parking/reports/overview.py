"""The dashboard: the day so far, its money, the zones, and what waits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Q

from parking.core.sites import Sites, at_sites
from parking.facilities.calendars import calendar_of
from parking.facilities.queries import ZoneCounts, counts_of, zones_of
from parking.reports.alerts import Alert, alerts
from parking.reports.periods import ClosedPeriod
from parking.reports.revenue import by_method
from parking.reports.rolled import rolled_through
from parking.reports.takings import Takings, fold, read_takings, sum_of_takings
from parking.reports.usual import unpaid_today
from parking.stays.models import EndReason, ParkingSession, SessionStatus

TREND_DAYS = 14


@dataclass(frozen=True)
class DayFigures:
    """Parking sessions of today: booked today, inside or booked now, and ended today by end reason."""

    bookings: int
    active: int
    booked_now: int
    completed: int
    cancelled: int
    holds_expired: int
    no_shows: int


@dataclass(frozen=True)
class MoneyTrend:
    """Takings of today, in all, by its 24 hours and by method; and of the last days, each once, today last."""

    today: Takings
    hours: list[tuple[int, Takings]]
    methods: list[tuple[str, Takings]]
    days: list[tuple[date, Takings]]


@dataclass(frozen=True)
class ZoneOccupancy:
    """A zone that is not retired, with the numbers of its slots by status."""

    zone_id: int
    name: str
    is_active: bool
    counts: ZoneCounts
    site_name: str = field(default="", compare=False)


@dataclass(frozen=True)
class Overview:
    """The dashboard. All parts are of one moment, except for what changes while its statements run."""

    at: datetime
    today: DayFigures
    money: MoneyTrend
    zones: list[ZoneOccupancy]
    alerts: list[Alert]
    # Stays that ended unpaid today, and the rupees that they left.
    unpaid: tuple[int, Decimal]


def overview(
    *, now: datetime, sites: Sites, days: int = TREND_DAYS, counts: Mapping[int, ZoneCounts] | None = None
) -> Overview:
    """Return the dashboard of these sites, with the takings of the last `days` days.

    Sixteen statements, none of which reads old rows; one less with `counts` of the zones that are known already.

    `now` is the present moment: days end with the sites' today.
    """
    return Overview(
        at=now,
        today=day_figures(sites=sites),
        money=money_trend(sites=sites, days=days),
        zones=zone_occupancy(sites=sites, counts=counts),
        alerts=alerts(now=now, sites=sites),
        unpaid=unpaid_today(sites=sites),
    )


def day_figures(*, sites: Sites) -> DayFigures:
    """Return counts of the day so far, in three statements."""
    day = calendar_of(sites).today()
    today = ClosedPeriod(day, day)
    stays = at_sites(ParkingSession.objects.all(), sites, "zone__site_id")
    present = dict(stays.open().order_by().values_list("status").annotate(number=Count("pk")))
    ended = today.narrow(stays, "ended_at", sites, "zone__site_id").aggregate(
        completed=Count("pk", filter=Q(status=SessionStatus.COMPLETED)),
        cancelled=Count("pk", filter=Q(status=SessionStatus.CANCELLED)),
        holds_expired=Count("pk", filter=Q(end_reason=EndReason.UNPAID)),
        no_shows=Count("pk", filter=Q(end_reason=EndReason.NO_SHOW)),
    )
    return DayFigures(
        bookings=today.narrow(stays, "booked_at", sites, "zone__site_id").count(),
        active=present.get(SessionStatus.ACTIVE, 0),
        booked_now=present.get(SessionStatus.BOOKED, 0),
        **ended,
    )


def money_trend(*, sites: Sites, days: int = TREND_DAYS) -> MoneyTrend:
    """Return the takings of the last `days` days of the site, today included, in two statements."""
    today = calendar_of(sites).today()
    period = ClosedPeriod(today - timedelta(days=days - 1), today)
    table = read_takings(
        period, sites=sites, hours_of=ClosedPeriod(today, today), by_zone=False, through=rolled_through()
    )
    of_today = [cell for cell in table.cells if cell.day == today]
    return MoneyTrend(
        today=sum_of_takings(cell.takings for cell in of_today),
        hours=table.hours,
        methods=by_method(fold(of_today, lambda cell: cell.method)),
        days=[(day, table.days.get(day, Takings())) for day in period.days()],
    )


def zone_occupancy(*, sites: Sites, counts: Mapping[int, ZoneCounts] | None = None) -> list[ZoneOccupancy]:
    """Return the zones by name, also those that are closed, in two statements; in one with `counts`."""
    rows = zones_of(sites).filter(retired_at=None).values_list("pk", "name", "is_active", "site__name")
    known = counts_of() if counts is None else counts
    return [ZoneOccupancy(pk, name, active, known.get(pk, ZoneCounts()), site) for pk, name, active, site in rows]
