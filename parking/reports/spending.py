"""A driver's spending by month."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Value
from django.db.models.functions import TruncMonth

from parking.core import clock
from parking.core.money import ZERO, from_paise
from parking.payments.models import Payment, Refund, RefundStatus
from parking.reports.sums import sum_of_paise


@dataclass(frozen=True)
class MonthSpending:
    """A month, by its first day in the site's time zone, and what was paid in it less what was refunded (rupees)."""

    month: date
    amount: Decimal


def spending_by_month(driver_id: int, months: int = 12) -> list[MonthSpending]:
    """Return the last months including the present one, oldest first; 0 without money. One statement.

    Money counts in the month in which it was captured, a refund in the one in which it was done: a month may be
    negative.
    """
    spent = dict.fromkeys(_last_months(months), ZERO)
    since = clock.day_start(min(spent))
    paid = Payment.objects.filter(bill__session__driver_id=driver_id, captured_at__gte=since)
    came_back = Refund.objects.filter(
        payment__bill__session__driver_id=driver_id, status=RefundStatus.COMPLETED, completed_at__gte=since
    )
    for sign, month, paise in _sums(paid, 1, "captured_at").union(_sums(came_back, -1, "completed_at"), all=True):
        day = month.date()
        spent[day] = spent.get(day, ZERO) + sign * from_paise(paise)
    return [MonthSpending(month, amount) for month, amount in spent.items()]


def _last_months(number: int) -> list[date]:
    today = clock.today()
    last = today.year * 12 + today.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(last - number + 1, last + 1)]


def _sums(rows: QuerySet[Any], sign: int, moment: str) -> QuerySet[Any, Any]:
    by_month = rows.order_by().values(sign=Value(sign), month=TruncMonth(moment, tzinfo=clock.site_zone()))
    sums: QuerySet[Any, Any] = by_month.annotate(paise=sum_of_paise())
    return sums.values_list("sign", "month", "paise")
