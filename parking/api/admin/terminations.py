"""Stays that attendants ended without an exit scan."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from parking.api.shapes.terminations import TerminationsReportOut
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import READ_PROBLEMS, Ok, enveloped, examples
from parking.edge.parsing import Day
from parking.reports.periods import report_period
from parking.reports.terminations import terminations_by_attendant

router = Router(tags=["Admin"], auth=admin_only)


class TerminationsQuery(BaseModel):
    date: Day | None = Field(None, description="One day, in the site's time zone")
    start_date: Day | None = Field(None, description="First day; 30 days before the end, if left out")
    end_date: Day | None = Field(None, description="Last day; today, if left out")


@router.get(
    "/terminations/",
    response={200: Ok[TerminationsReportOut], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped(TerminationsReportOut.example)),
    summary="Terminations per attendant",
)
def terminations(request: HttpRequest, filters: Annotated[TerminationsQuery, Query()]) -> HttpResponse:
    """How many stays each attendant ended without an exit scan, their totals, and what of it became debts."""
    sites = actor_of(request).sites
    days = report_period(day=filters.date, first=filters.start_date, last=filters.end_date, sites=sites)
    rows = terminations_by_attendant(period=days, sites=sites)
    return ok(TerminationsReportOut.of_rows(rows))
