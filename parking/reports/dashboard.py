"""The figures of the present moment: today, overall, and what waits for somebody."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet
from django_tasks_db.models import DBTaskResult

from parking.accounts.models import User
from parking.core import clock
from parking.core.money import from_paise
from parking.payments.models import (
    Debt,
    DebtStatus,
    Payment,
    Refund,
    RefundStatus,
)
from parking.reports.alerts import orders_in_review
from parking.reports.background import background_state
from parking.reports.periods import ClosedPeriod
from parking.reports.sums import sum_of_paise, total_of
from parking.stays.models import ParkingSession, SessionStatus


def today_figures() -> dict[str, Any]:
    """Return the site's day so far. Revenue (rupees) is what was captured today less the refunds done today."""
    today = clock.today()
    day = ClosedPeriod(today, today)
    stays = ParkingSession.objects.all()
    ended = _by_status(day.narrow(stays, "ended_at"))
    return {
        "bookings": day.narrow(stays, "booked_at").count(),
        "revenue": _net(day.narrow(Payment.objects.all(), "captured_at"), day.narrow(_refunds_done(), "completed_at")),
        "active_sessions": stays.filter(status=SessionStatus.ACTIVE).count(),
        "completed": ended.get(SessionStatus.COMPLETED, 0),
        "cancelled": ended.get(SessionStatus.CANCELLED, 0),
    }


def overall_figures() -> dict[str, Any]:
    """Return figures since the beginning; revenue (rupees) less refunds done."""
    return {
        "revenue": _net(Payment.objects.all(), _refunds_done()),
        "sessions": ParkingSession.objects.count(),
        "users": User.objects.count(),
    }


def system_figures(*, now: datetime) -> dict[str, Any]:
    """Return what waits: for a gateway, for the worker, or for a person to look."""
    return {
        "orders_in_review": orders_in_review().count(),
        **_refunds_not_done(),
        "holds_overdue": (ParkingSession.objects.unpaid_since(now) | ParkingSession.objects.overdue(now)).count(),
        "tasks_waiting": DBTaskResult.objects.ready().count(),
        "tasks_failed": DBTaskResult.objects.failed().count(),
        **_background(now),
        "open_debts": _open_debts(),
    }


def _refunds_done() -> QuerySet[Refund]:
    return Refund.objects.filter(status=RefundStatus.COMPLETED)


def _net(payments: QuerySet[Any, Any], refunds: QuerySet[Any, Any]) -> Decimal:
    return total_of(payments) - total_of(refunds)


def _by_status(rows: QuerySet[Any, Any]) -> dict[str, int]:
    counts = rows.order_by().values("status").annotate(number=Count("pk"))
    return {row["status"]: row["number"] for row in counts}


def _refunds_not_done() -> dict[str, int]:
    counts = _by_status(Refund.objects.exclude(status=RefundStatus.COMPLETED))
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


def _open_debts() -> dict[str, Any]:
    debts = Debt.objects.filter(status=DebtStatus.OPEN).aggregate(count=Count("pk"), paise=sum_of_paise())
    return {"count": debts["count"], "amount": from_paise(debts["paise"])}
