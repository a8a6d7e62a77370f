"""What was earned, by day, zone and method."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from parking.api.shapes.revenue import GroupBy, RevenueOut
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import READ_PROBLEMS, Ok, enveloped, examples
from parking.edge.parsing import Day
from parking.reports.periods import report_period
from parking.reports.revenue import revenue_report

router = Router(tags=["Admin"], auth=admin_only)


class RevenueQuery(BaseModel):
    date: Day | None = Field(None, description="One day, in the site's time zone")
    start_date: Day | None = Field(None, description="First day; 30 days before the end, if left out")
    end_date: Day | None = Field(None, description="Last day; today, if left out")
    group_by: GroupBy = "day"


@router.get(
    "/revenue-report/",
    response={200: Ok[RevenueOut], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped(RevenueOut.example)),
    summary="Revenue",
)
def revenue(request: HttpRequest, filters: Annotated[RevenueQuery, Query()]) -> HttpResponse:
    """Revenue by day, zone and method, the last 30 days if none are named.

    Payments count on the day of their capture, refunds on the day they were done; `sessions` are those booked.
    A row of a week or month has the first day of it that is within the report.
    """
    sites = actor_of(request).sites
    days = report_period(day=filters.date, first=filters.start_date, last=filters.end_date, sites=sites)
    report = revenue_report(period=days, group_by=filters.group_by, sites=sites)
    return ok(RevenueOut.of(report, filters.group_by))
