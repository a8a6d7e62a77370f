"""How the figures of the dashboard are shown."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from parking.api.shapes.zones import ZoneCountsOut
from parking.core.heartbeats import WorkerState
from parking.core.sites import Sites
from parking.edge.shapes import Shape
from parking.facilities.models import ParkingZone
from parking.facilities.queries import ZoneCounts
from parking.reports.dashboard import overall_figures, system_figures, today_figures


class TodayOut(Shape):
    bookings: int
    revenue: float
    active_sessions: int
    completed: int
    cancelled: int
    no_place: int

    example = {
        "bookings": 42,
        "revenue": 3150.0,
        "active_sessions": 7,
        "completed": 33,
        "cancelled": 2,
        "no_place": 0,
    }


class OverallOut(Shape):
    revenue: float
    sessions: int
    users: int

    example = {"revenue": 184250.0, "sessions": 2210, "users": 640}


class OpenDebtsOut(Shape):
    count: int
    amount: float

    example = {"count": 1, "amount": 100.0}


class SystemOut(Shape):
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

    example = {
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
        "open_debts": OpenDebtsOut.example,
    }


class DashboardOut(Shape):
    today: TodayOut
    overall: OverallOut
    zones: list[ZoneCountsOut]
    system: SystemOut

    example = {
        "today": TodayOut.example,
        "overall": OverallOut.example,
        "zones": [ZoneCountsOut.example],
        "system": SystemOut.example,
    }

    @classmethod
    def of(cls, zones: Sequence[tuple[ParkingZone, ZoneCounts]], now: datetime, *, sites: Sites) -> Self:
        """Return the figures of these zones and sites."""
        return cls.make(
            today=TodayOut.make(**today_figures(sites=sites)),
            overall=OverallOut.make(**overall_figures(sites=sites)),
            zones=ZoneCountsOut.listed(zones, now),
            system=SystemOut.make(**system_figures(now=now, sites=sites)),
        )
