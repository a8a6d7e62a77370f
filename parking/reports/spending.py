"""A driver's spending and bookings by month."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Value

from parking.core.money import ZERO, from_paise
from parking.core.sites import ALL_SITES
from parking.facilities.calendars import Calendar, calendar_of
from parking.payments.models import Payment, Refund, RefundStatus
from parking.reports.sums import sum_of_paise
from parking.stays.models import ParkingSession


@dataclass(frozen=True)
class MonthSpending:
    """A month, by its first day, and what was paid in it less what was refunded (rupees)."""

    month: date
    amount: Decimal


def spending_by_month(driver_id: int, months: int = 12) -> list[MonthSpending]:
    """Return the last months including the present one, oldest first; 0 without money. One statement.

    Money counts in the month in which it was captured, a refund in the one in which it was done: a month may be
    negative. Months are those of the site that the money belongs to.
    """
    calendar = calendar_of(ALL_SITES)
    spent = dict.fromkeys(_last_months(calendar.today(), months), ZERO)
    span = _Span(calendar, min(spent))
    paid = Payment.objects.filter(bill__session__driver_id=driver_id)
    came_back = Refund.objects.filter(payment__bill__session__driver_id=driver_id, status=RefundStatus.COMPLETED)
    parts = (span.sums(paid, 1, "captured_at", ""), span.sums(came_back, -1, "completed_at", "payment__"))
    for sign, day, paise in parts[0].union(parts[1], all=True):
        month = day.replace(day=1)
        spent[month] = spent.get(month, ZERO) + sign * from_paise(paise)
    return [MonthSpending(month, amount) for month, amount in spent.items()]


def _last_months(today: date, number: int) -> list[date]:
    last = today.year * 12 + today.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(last - number + 1, last + 1)]


@dataclass(frozen=True)
class _Span:
    """The days from `first` on, by the calendar of the sites."""

    calendar: Calendar
    first: date

    def sums(self, rows: QuerySet[Any], sign: int, moment: str, path: str) -> QuerySet[Any, Any]:
        """Return the rows by day with their sum; `path` leads to the payment."""
        site = f"{path}bill__site_id"
        since = rows.filter(self.calendar.days(self.first, None, moment, site)).order_by()
        by_day = since.values(sign=Value(sign), day=self.calendar.day_of(moment, site))
        sums: QuerySet[Any, Any] = by_day.annotate(paise=sum_of_paise())
        return sums.values_list("sign", "day", "paise")


@dataclass(frozen=True)
class MonthOfStays:
    """How many bookings were made in a month, and what was paid for them less what was refunded (rupees)."""

    number: int
    amount: Decimal


def stays_by_month(rows: QuerySet[ParkingSession]) -> dict[date, MonthOfStays]:
    """Return the months in which these stays were booked, by their first day, in one statement.

    Months are those of the site. The amount is that of the stays, whenever it was paid.
    """
    day = calendar_of(ALL_SITES).day_of("booked_at", "zone__site_id")
    by_day = (
        rows.order_by()
        .values(day=day)
        .annotate(number=Count("pk"), captured=sum_of_paise("bill__captured"), refunded=sum_of_paise("bill__refunded"))
    )
    found: dict[date, MonthOfStays] = {}
    for row in by_day:
        month = row["day"].replace(day=1)
        before = found.get(month, MonthOfStays(0, ZERO))
        paid = from_paise(row["captured"] - row["refunded"])
        found[month] = MonthOfStays(before.number + row["number"], before.amount + paid)
    return found
