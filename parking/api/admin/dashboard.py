"""How it stands."""

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel

from parking.api.shapes.zones import EXAMPLE_COUNTS, ZoneCountsOut, present_counts
from parking.core import clock
from parking.core.heartbeats import WorkerState
from parking.edge.answers import ok
from parking.edge.callers import admin_only
from parking.edge.describe import READ_PROBLEMS, Ok, enveloped, examples
from parking.facilities.queries import zones_with_counts
from parking.reports.dashboard import overall_figures, system_figures, today_figures

router = Router(tags=["Admin"], auth=admin_only)


class TodayOut(BaseModel):
    bookings: int
    revenue: float
    active_sessions: int
    completed: int
    cancelled: int


class OverallOut(BaseModel):
    revenue: float
    sessions: int
    users: int


class OpenDebtsOut(BaseModel):
    count: int
    amount: float


class SystemOut(BaseModel):
    orders_in_review: int
    refunds_open: int
    refunds_in_review: int
    refunds_failed: int
    holds_overdue: int
    tasks_waiting: int
    tasks_failed: int
    worker: WorkerState
    last_heartbeat: str | None
    oldest_task_seconds: int
    open_debts: OpenDebtsOut


class DashboardOut(BaseModel):
    today: TodayOut
    overall: OverallOut
    zones: list[ZoneCountsOut]
    system: SystemOut


EXAMPLE_DASHBOARD = {
    "today": {"bookings": 42, "revenue": 3150.0, "active_sessions": 7, "completed": 33, "cancelled": 2},
    "overall": {"revenue": 184250.0, "sessions": 2210, "users": 640},
    "zones": [EXAMPLE_COUNTS],
    "system": {
        "orders_in_review": 0,
        "refunds_open": 1,
        "refunds_in_review": 0,
        "refunds_failed": 0,
        "holds_overdue": 0,
        "tasks_waiting": 0,
        "tasks_failed": 0,
        "worker": "ok",
        "last_heartbeat": "2026-11-22T04:29:57Z",
        "oldest_task_seconds": 0,
        "open_debts": {"count": 1, "amount": 100.0},
    },
}


@router.get(
    "/dashboard/",
    response={200: Ok[DashboardOut], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped(EXAMPLE_DASHBOARD)),
    summary="How it stands",
)
def dashboard(request: HttpRequest) -> HttpResponse:
    """The site's day so far, the totals, every zone, and what waits for somebody."""
    data = {
        "today": today_figures(),
        "overall": overall_figures(),
        "zones": [present_counts(zone, counts) for zone, counts in zones_with_counts()],
        "system": system_figures(now=clock.now()),
    }
    return ok(data)
