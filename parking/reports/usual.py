"""What days of this weekday have usually brought by this time of day: what the figures of today are compared with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Expression, Q, QuerySet, Sum

from parking.core import clock
from parking.core.fresh import FreshValue, UntilNews
from parking.core.money import ZERO, from_paise
from parking.core.sites import Sites, at_sites
from parking.facilities.calendars import calendar_of
from parking.payments.models import Debt, Payment, Refund, RefundStatus
from parking.reports.models import DayStays
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
    """Return what the same weekday of the last four weeks had brought by this minute; in six statements."""
    calendar, today = calendar_of(sites), calendar_of(sites).today()

    def by_now(moment: str, site: str) -> list[Q]:
        return [
            calendar.days(today - week * _WEEK, today - week * _WEEK, moment, site)
            & Q(**{f"{moment}__lte": now - week * _WEEK})
            for week in range(1, WEEKS + 1)
        ]

    debts = at_sites(Debt.objects.all(), sites, "bill__site_id")
    stays = at_sites(ParkingSession.objects.all(), sites, "zone__site_id")
    return Usual(
        revenue=_mean_rupees(_takings(by_now, sites)),
        bookings=_mean(_of_weeks(stays, by_now("booked_at", "zone__site_id"), _count)),
        inside=_mean(_of_weeks(stays, [_inside_at(now - week * _WEEK) for week in range(1, WEEKS + 1)], _count)),
        unpaid=_mean_rupees(_of_weeks(debts, by_now("created_at", "bill__site_id"), _paise)),
        last_week=hours_of_day(today - _WEEK, sites=sites, through=rolled_through()),
    )


def _takings(by_now: Callable[[str, str], list[Q]], sites: Sites) -> list[int]:
    """Return what was kept of the money in each week, in paise."""
    payments = at_sites(Payment.objects.all(), sites, "bill__site_id")
    refunds = at_sites(Refund.objects.filter(status=RefundStatus.COMPLETED), sites, "payment__bill__site_id")
    taken = _of_weeks(payments, by_now("captured_at", "bill__site_id"), _paise)
    returned = _of_weeks(refunds, by_now("completed_at", "payment__bill__site_id"), _paise)
    return [got - back for got, back in zip(taken, returned, strict=True)]


def _inside_at(moment: datetime) -> Q:
    left = Q(exit_time=None, ended_at=None) | Q(exit_time__gt=moment)
    return Q(booked_at__gt=moment - _LONGEST, booked_at__lte=moment, entry_time__lte=moment) & left


def _count(of_week: Q) -> Expression:
    return Count("pk", filter=of_week)


def _paise(of_week: Q) -> Expression:
    """Return the sum of the amounts of one week, in paise."""
    return sum_of_paise(filter=of_week)


def _of_weeks(rows: QuerySet[Any], weeks: list[Q], figure: Callable[[Q], Expression]) -> list[int]:
    """Return a figure of each week in one statement that reads the rows of these weeks alone."""
    found = rows.filter(reduce(or_, weeks)).aggregate(**{f"week{at}": figure(week) for at, week in enumerate(weeks)})
    return [found[f"week{at}"] for at in range(len(weeks))]


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
