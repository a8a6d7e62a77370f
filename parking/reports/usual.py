"""What days of this weekday have usually brought by this time of day: what the figures of today are compared with."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, Case, Count, Expression, F, IntegerField, Q, QuerySet, Sum, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from parking.core import clock
from parking.core.fresh import FreshValue, UntilNews
from parking.core.money import ZERO, from_paise
from parking.core.sites import Sites, at_sites
from parking.facilities.calendars import Calendar, Span, calendar_of
from parking.payments.models import Debt, Payment, Refund, RefundStatus
from parking.reports.models import DayStays, HourMoney, HourStays
from parking.reports.periods import ClosedPeriod
from parking.reports.rolled import after, in_days, rolled_through, upto
from parking.reports.sums import sum_of_paise
from parking.reports.takings import Takings, hours_of_day
from parking.stays.models import ParkingSession

WEEKS = 4
DAYS = 14
_WEEK = timedelta(weeks=1)
# Who parked for longer before that is not among the cars that were inside at a time.
_LONGEST = timedelta(days=2)
_VALUES_KEPT = 20


@dataclass(frozen=True)
class Usual:
    """Averages of the last weeks in which there was something, rounded to whole rupees and whole numbers.

    None where none of the weeks had anything. `last_week` are the takings of each hour of the day a week ago.
    """

    revenue: Decimal | None
    bookings: int | None
    inside: int | None
    unpaid: Decimal | None
    last_week: list[tuple[int, Takings]]


@dataclass(frozen=True)
class Days:
    """The last `DAYS` days before today, the oldest first: bookings, and rupees that stayed unpaid."""

    bookings: list[int]
    unpaid: list[Decimal]


def usual(*, now: datetime, sites: Sites) -> Usual:
    """Return what the same weekday of the last four weeks had brought by this minute; in five statements."""
    calendar, through = calendar_of(sites), rolled_through()
    weeks = _Weeks(calendar, calendar.today(), now)
    debts = at_sites(Debt.objects.all(), sites, "bill__site_id")
    stays = at_sites(ParkingSession.objects.all(), sites, "zone__site_id")
    return Usual(
        revenue=_mean_rupees(_of_weeks(_takings(weeks, sites, through))),
        bookings=_mean(_of_weeks(_bookings(weeks, stays, sites, through))),
        inside=_mean(_of_weeks(_inside(weeks, stays))),
        unpaid=_mean_rupees(_of_weeks(weeks.figure(debts, "created_at", "bill__site_id", sum_of_paise()))),
        last_week=hours_of_day(weeks.days()[0], sites=sites, through=through),
    )


@dataclass(frozen=True)
class _Weeks:
    """The day of today's name in each of the last weeks, until the minute that it is `now`, by the calendar of sites.

    Statements group by a week that only tells the spans apart, and name each span once: with a condition for each week
    in each of their figures, building them took a third of the dashboard's time.
    """

    calendar: Calendar
    today: date
    now: datetime

    def moments(self) -> list[datetime]:
        """Return this minute of each week, the last week first."""
        return [self.now - week * _WEEK for week in range(1, WEEKS + 1)]

    def days(self) -> list[date]:
        """Return the day of each week, the last week first."""
        return [self.today - week * _WEEK for week in range(1, WEEKS + 1)]

    def figure(
        self,
        rows: "QuerySet[Any]",
        moment: str,
        site: str,
        figure: Expression | Combinable,
        through: date | None = None,
    ) -> "QuerySet[Any, Any]":
        """Return the figure of the rows of each week as `(week, figure)`, where there are any.

        `moment` is the column of the time, `site` the path to the id of the site. Of days until `through` only those
        of the hour that had begun are read: `of_hours` has the others.
        """

        def spans(zone: ZoneInfo) -> list[Span]:
            return [
                (max(begin, _hour_of(until, zone)) if through and day <= through else begin, until)
                for day, (begin, until) in zip(self.days(), self._spans(zone), strict=True)
            ]

        return self.by_week(rows.filter(self.calendar.within(spans, moment, site)), moment, figure)

    def of_hours(
        self, hours: "QuerySet[Any]", figure: Combinable, sites: Sites, through: date | None
    ) -> "list[QuerySet[Any, Any]]":
        """Return the figure of the hours that were over on those days that are added up, as `(week, figure)`.

        Without such a day there is no statement.
        """
        if through is None or through < self.days()[-1]:
            return []
        days = {day: week for week, day in enumerate(self.days(), 1) if day <= through}

        def begun(zone: ZoneInfo) -> Expression:
            """Return the hour that the day of the row had come to, before which all are over."""
            hours = zip(self.days(), self._spans(zone), strict=True)
            cases = [
                When(day=day, then=_hour_of(until, zone).hour if begin <= until else 0)
                for day, (begin, until) in hours
                if day in days
            ]
            return Case(*cases, output_field=IntegerField())

        rows = at_sites(hours.filter(day__in=days), sites, "site_id").order_by()
        over = rows.filter(hour__lt=self.calendar.by_zone(begun, "site_id", IntegerField()))
        week = Case(*(When(day=day, then=number) for day, number in days.items()), output_field=IntegerField())
        found = over.values(week=week).annotate(figure=Cast(Sum(figure), BigIntegerField()))
        return [found.values_list("week", "figure")]

    def by_week(self, rows: "QuerySet[Any]", moment: str, figure: Expression | Combinable) -> "QuerySet[Any, Any]":
        """Return a figure of rows that are all of one of the weeks, as `(week, figure)`."""
        *later, first = enumerate(self.moments(), 1)
        cases = [When(**{f"{moment}__lte": until}, then=week) for week, until in (first, *reversed(later))]
        week = Case(*cases, output_field=IntegerField())
        found: QuerySet[Any, Any] = rows.order_by().values(week=week).annotate(figure=figure)
        return found.values_list("week", "figure")

    def _spans(self, zone: ZoneInfo) -> list[Span]:
        """Return from when to when, both included, the days had lasted by now in a time zone."""
        spans = []
        for day, moment in zip(self.days(), self.moments(), strict=True):
            begin, end = clock.day_range(day, day, zone)
            spans.append((begin, min(moment, end - timedelta.resolution)))
        return spans


def _hour_of(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return when the hour of a moment began; the first of two that are called alike, where clocks are put back."""
    return moment.astimezone(zone).replace(minute=0, second=0, microsecond=0, fold=0)


def _takings(weeks: _Weeks, sites: Sites, through: date | None) -> "QuerySet[Any, Any]":
    """Return what was taken in each week and, negative, what was returned, in paise.

    Of days that are added up, hours that were over come from their sums.
    """
    payments = at_sites(Payment.objects.all(), sites, "bill__site_id")
    refunds = at_sites(Refund.objects.filter(status=RefundStatus.COMPLETED), sites, "payment__bill__site_id")
    taken = weeks.figure(payments, "captured_at", "bill__site_id", sum_of_paise(), through)
    returned = weeks.figure(refunds, "completed_at", "payment__bill__site_id", sum_of_paise() * -1, through)
    over = weeks.of_hours(HourMoney.objects.all(), F("captured") - F("refunded"), sites, through)
    return taken.union(returned, *over, all=True)


def _bookings(weeks: _Weeks, stays: "QuerySet[Any]", sites: Sites, through: date | None) -> "QuerySet[Any, Any]":
    """Return how many were booked in each week, by the same rule."""
    booked = weeks.figure(stays, "booked_at", "zone__site_id", Count("pk"), through)
    return booked.union(*weeks.of_hours(HourStays.objects.all(), F("booked"), sites, through), all=True)


def _inside(weeks: _Weeks, stays: "QuerySet[Any]") -> "QuerySet[Any, Any]":
    """Return how many cars were inside at this minute of each week."""
    inside = stays.filter(reduce(or_, (_inside_at(moment) for moment in weeks.moments())))
    return weeks.by_week(inside, "booked_at", Count("pk"))


def _inside_at(moment: datetime) -> Q:
    left = Q(exit_time=None, ended_at=None) | Q(exit_time__gt=moment)
    return Q(booked_at__range=(moment - _LONGEST, moment), entry_time__lte=moment) & left


def _of_weeks(rows: Iterable[tuple[int, int]]) -> list[int]:
    """Return the figures of the weeks that have some, those of equal weeks added up."""
    found: dict[int, int] = {}
    for week, figure in rows:
        found[week] = found.get(week, 0) + figure
    return list(found.values())


def _mean_rupees(paise: list[int]) -> Decimal | None:
    with_some = [of_week for of_week in paise if of_week]
    return (from_paise(sum(with_some)) / len(with_some)).quantize(Decimal(1)) if with_some else None


def _mean(numbers: list[int]) -> int | None:
    with_some = [number for number in numbers if number]
    return round(sum(with_some) / len(with_some)) if with_some else None


def days_before(*, sites: Sites) -> Days:
    """Return bookings and unpaid rupees of the last days before today, in four statements.

    Bookings of finished days come from their sums.
    """
    calendar, today = calendar_of(sites), calendar_of(sites).today()
    days = [today - timedelta(days=back) for back in range(DAYS, 0, -1)]

    def by_day(rows: QuerySet[Any], moment: str, site: str, figure: Expression, span: ClosedPeriod) -> dict[date, int]:
        of_days = rows.filter(calendar.days(span.first, span.last, moment, site)).order_by()
        found = of_days.values(day=calendar.day_of(moment, site)).annotate(figure=figure)
        return {row["day"]: row["figure"] for row in found}

    stays = at_sites(ParkingSession.objects.all(), sites, "zone__site_id")
    debts = at_sites(Debt.objects.all(), sites, "bill__site_id")
    whole, through = ClosedPeriod(days[0], days[-1]), rolled_through()
    booked = _booked(whole, sites, through)
    if live := after(whole, through):
        booked |= by_day(stays, "booked_at", "zone__site_id", Count("pk"), live)
    unpaid = by_day(debts, "created_at", "bill__site_id", sum_of_paise(), whole)
    return Days(
        bookings=[booked.get(day, 0) for day in days],
        unpaid=[from_paise(unpaid[day]) if day in unpaid else ZERO for day in days],
    )


def _booked(days: ClosedPeriod, sites: Sites, through: date | None) -> dict[date, int]:
    """Return the bookings of those days that are added up."""
    rolled = upto(days, through)
    if rolled is None:
        return {}
    rows = in_days(DayStays.objects.all(), rolled, sites).values("day").annotate(number=Sum("booked"))
    return {row["day"]: row["number"] for row in rows}


def unpaid_today(*, sites: Sites) -> tuple[int, Decimal]:
    """Return how many stays ended unpaid today, and how many rupees they left, whatever became of them since."""
    today = calendar_of(sites).today()
    debts = at_sites(Debt.objects.all(), sites, "bill__site_id")
    found = debts.filter(calendar_of(sites).days(today, today, "created_at", "bill__site_id")).aggregate(
        count=Count("pk"), paise=sum_of_paise()
    )
    return found["count"], from_paise(found["paise"])


# Earlier days do not change with the news of today: read once a minute, and once a day, by each process.
_never: FreshValue[str] = FreshValue(str, seconds=3600)
_usual: UntilNews[Usual] = UntilNews(lambda _minute, sites: usual(now=clock.now(), sites=sites), _never, _VALUES_KEPT)
_days: UntilNews[Days] = UntilNews(lambda _day, sites: days_before(sites=sites), _never, _VALUES_KEPT)


def usual_now(*, sites: Sites) -> Usual:
    """Return the usual figures of this minute."""
    return _usual.value(f"{clock.now():%Y-%m-%d %H:%M}", sites)


def days_now(*, sites: Sites) -> Days:
    """Return the last days as of today."""
    return _days.value(calendar_of(sites).today(), sites)
