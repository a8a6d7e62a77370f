"""What was earned, by day, zone and method."""

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from parking.edge.answers import ok
from parking.edge.callers import admin_only
from parking.edge.describe import READ_PROBLEMS, Ok, enveloped, examples
from parking.edge.parsing import Day
from parking.reports.periods import report_period
from parking.reports.revenue import Growth, RevenueReport, revenue_report
from parking.reports.takings import Takings

router = Router(tags=["Admin"], auth=admin_only)

GroupBy = Literal["day", "week", "month"]


class TakingsOut(BaseModel):
    revenue: float
    refunds: float
    net: float


class DayOut(TakingsOut):
    date: date
    sessions: int


class ZoneTakingsOut(TakingsOut):
    zone_id: int | None
    zone_name: str | None


class MethodTakingsOut(TakingsOut):
    method: Literal["CASH", "ONLINE", "UPI"]


class GrowthOut(BaseModel):
    previous_start: date
    previous_end: date
    previous_total: float
    change: float
    percent: float | None


class RevenueOut(BaseModel):
    start_date: date
    end_date: date
    group_by: GroupBy
    daily: list[DayOut]
    zones: list[ZoneTakingsOut]
    methods: list[MethodTakingsOut]
    growth: GrowthOut
    total: float


EXAMPLE_TAKINGS = {"revenue": 150.0, "refunds": 50.0, "net": 100.0}
EXAMPLE_REVENUE = {
    "start_date": "2026-11-22",
    "end_date": "2026-11-22",
    "group_by": "day",
    "daily": [{"date": "2026-11-22", **EXAMPLE_TAKINGS, "sessions": 3}],
    "zones": [{"zone_id": 1, "zone_name": "Zone A", **EXAMPLE_TAKINGS}],
    "methods": [
        {"method": "CASH", "revenue": 50.0, "refunds": 0.0, "net": 50.0},
        {"method": "ONLINE", "revenue": 100.0, "refunds": 50.0, "net": 50.0},
        {"method": "UPI", "revenue": 0.0, "refunds": 0.0, "net": 0.0},
    ],
    "growth": {
        "previous_start": "2026-11-21",
        "previous_end": "2026-11-21",
        "previous_total": 80.0,
        "change": 20.0,
        "percent": 25.0,
    },
    "total": 100.0,
}


class RevenueQuery(BaseModel):
    date: Day | None = Field(None, description="One day, in the site's time zone")
    start_date: Day | None = Field(None, description="First day; 30 days before the end, if left out")
    end_date: Day | None = Field(None, description="Last day; today, if left out")
    group_by: GroupBy = "day"


@router.get(
    "/revenue-report/",
    response={200: Ok[RevenueOut], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped(EXAMPLE_REVENUE)),
    summary="Revenue",
)
def revenue(request: HttpRequest, filters: Annotated[RevenueQuery, Query()]) -> HttpResponse:
    """Revenue by day, zone and method, the last 30 days if none are named.

    Payments count on the day of their capture, refunds on the day they were done; `sessions` are those booked.
    A row of a week or month has the first day of it that is within the report.
    """
    days = report_period(day=filters.date, first=filters.start_date, last=filters.end_date)
    report = revenue_report(period=days, group_by=filters.group_by)
    return ok(_present_revenue(report) | {"group_by": filters.group_by})


def _present_revenue(report: RevenueReport) -> dict[str, Any]:
    return {
        "start_date": report.period.first,
        "end_date": report.period.last,
        "daily": [
            {"date": day, **_present_takings(takings), "sessions": sessions} for day, takings, sessions in report.daily
        ],
        "zones": [
            {"zone_id": zone_id, "zone_name": name, **_present_takings(takings)}
            for zone_id, name, takings in report.zones
        ],
        "methods": [{"method": method, **_present_takings(takings)} for method, takings in report.methods],
        "growth": _present_growth(report.growth),
        "total": report.total,
    }


def _present_takings(takings: Takings) -> dict[str, Any]:
    return {"revenue": takings.revenue, "refunds": takings.refunds, "net": takings.net}


def _present_growth(growth: Growth) -> dict[str, Any]:
    return {
        "previous_start": growth.previous.first,
        "previous_end": growth.previous.last,
        "previous_total": growth.previous_total,
        "change": growth.change,
        "percent": growth.percent,
    }
