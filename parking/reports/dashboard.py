"""The figures of the present moment: today, overall, and what waits for somebody."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django_tasks_db.models import DBTaskResult

from parking.accounts.models import User
from parking.core.money import from_paise
from parking.core.sites import Sites, at_sites
from parking.facilities.calendars import calendar_of
from parking.payments.models import Payment, Refund, RefundStatus
from parking.reports.alerts import open_debts, orders_in_review
from parking.reports.background import background_state
from parking.reports.models import DayStays
from parking.reports.periods import ClosedPeriod, Period
from parking.reports.rolled import in_days, rolled_through
from parking.reports.sums import sum_of_paise, total_of
from parking.reports.takings import net_of
from parking.stays.models import EndReason, ParkingSession, SessionStatus

# The paths to the id of the site.
_OF_STAY, _OF_PAYMENT, _OF_REFUND = "zone__site_id", "bill__site_id", "payment__bill__site_id"


def today_figures(*, sites: Sites) -> dict[str, Any]:
    """Return the day so far. Revenue (rupees) is what was captured today less the refunds done today."""
    today = calendar_of(sites).today()
    day = ClosedPeriod(today, today)
    stays = _stays(sites)
    ended = _by_status(day.narrow(stays, "ended_at", sites, _OF_STAY))
    return {
        "bookings": day.narrow(stays, "booked_at", sites, _OF_STAY).count(),
        "revenue": _net(
            day.narrow(_payments(sites), "captured_at", sites, _OF_PAYMENT),
            day.narrow(_refunds_done(sites), "completed_at", sites, _OF_REFUND),
        ),
        "active_sessions": stays.filter(status=SessionStatus.ACTIVE).count(),
        "completed": ended.get(SessionStatus.COMPLETED, 0),
        "cancelled": ended.get(SessionStatus.CANCELLED, 0),
        "no_place": day.narrow(stays.filter(end_reason=EndReason.NO_PLACE), "ended_at", sites, _OF_STAY).count(),
    }


def overall_figures(*, sites: Sites) -> dict[str, Any]:
    """Return figures since the beginning; revenue (rupees) less refunds done.

    Accounts belong to no site: of some sites those are counted who ever booked there.
    """
    through = rolled_through()
    drivers = _stays(sites).exclude(driver=None).values("driver_id").distinct()
    return {
        "revenue": net_of(Period(), sites=sites, through=through),
        "sessions": booked_in_all(sites=sites, through=through),
        "users": User.objects.count() if sites is None else drivers.count(),
    }


def booked_in_all(*, sites: Sites, through: date | None) -> int:
    """Return how many parking sessions there are; those booked until `through` from the sums of days."""
    if through is None:
        return _stays(sites).count()
    rolled = in_days(DayStays.objects.all(), ClosedPeriod(date.min, through), sites).aggregate(number=Sum("booked"))
    live = Period(through + timedelta(days=1)).narrow(_stays(sites), "booked_at", sites, _OF_STAY)
    return (rolled["number"] or 0) + live.count()


def system_figures(*, now: datetime, sites: Sites) -> dict[str, Any]:
    """Return what waits at these sites: for a gateway, or for a person to look; and the tasks of the installation."""
    overdue = ParkingSession.objects.unpaid_since(now) | ParkingSession.objects.overdue(now)
    return {
        "orders_in_review": orders_in_review(sites=sites).count(),
        **_refunds_not_done(sites),
        "holds_overdue": at_sites(overdue, sites, _OF_STAY).count(),
        "tasks_waiting": DBTaskResult.objects.ready().count(),
        "tasks_failed": DBTaskResult.objects.failed().count(),
        **_background(now),
        "open_debts": _open_debts(now, sites),
    }


def _stays(sites: Sites) -> QuerySet[ParkingSession]:
    return at_sites(ParkingSession.objects.all(), sites, _OF_STAY)


def _payments(sites: Sites) -> QuerySet[Payment]:
    return at_sites(Payment.objects.all(), sites, _OF_PAYMENT)


def _refunds_done(sites: Sites) -> QuerySet[Refund]:
    return at_sites(Refund.objects.filter(status=RefundStatus.COMPLETED), sites, _OF_REFUND)


def _net(payments: QuerySet[Any, Any], refunds: QuerySet[Any, Any]) -> Decimal:
    return total_of(payments) - total_of(refunds)


def _by_status(rows: QuerySet[Any, Any]) -> dict[str, int]:
    counts = rows.order_by().values("status").annotate(number=Count("pk"))
    return {row["status"]: row["number"] for row in counts}


def _refunds_not_done(sites: Sites) -> dict[str, int]:
    refunds = Refund.objects.exclude(status=RefundStatus.COMPLETED)
    counts = _by_status(at_sites(refunds, sites, _OF_REFUND))
    return {
        "refunds_open": counts.get(RefundStatus.INITIATED, 0) + counts.get(RefundStatus.PENDING, 0),
        "refunds_in_review": counts.get(RefundStatus.REVIEW, 0),
        "refunds_failed": counts.get(RefundStatus.FAILED, 0),
    }


def _background(now: datetime) -> dict[str, Any]:
    state = background_state(now=now)
    return {
        "worker": state.worker,
        "last_heartbeat": state.last_beat,
        "oldest_task_seconds": state.oldest_seconds,
    }


def _open_debts(now: datetime, sites: Sites) -> dict[str, Any]:
    debts = open_debts(now=now, sites=sites).aggregate(count=Count("pk"), paise=sum_of_paise())
    return {"count": debts["count"], "amount": from_paise(debts["paise"])}
