"""Classes of vehicles that pay nothing at a site, and how often attendants exempted cars."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from parking.api.paging import Paging, page_of
from parking.api.shapes.exempting import ChangedClassIn, ExemptClassOut, ExemptionsReportOut, NewClassIn
from parking.core import clock
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, keyed, paged, problems
from parking.edge.parsing import Day, path_id
from parking.reports.exemptions import exemptions_by_attendant, exemptions_given
from parking.reports.periods import report_period
from parking.stays import exempt_classes

router = Router(tags=["Admin"], auth=admin_only)


@router.get(
    "/exempt-classes/",
    response={200: Ok[Page[ExemptClassOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=paged(ExemptClassOut.example)),
    summary="Exempt classes",
)
def list_classes(request: HttpRequest, paging: Annotated[Paging, Query()]) -> HttpResponse:
    """Classes of vehicles that pay nothing, at the sites of the caller, also those that are not in use."""
    found = page_of(exempt_classes.classes_of(actor_of(request).sites), paging)
    return ok(found.showing([ExemptClassOut.of(row) for row in found.rows]))


@router.post(
    "/exempt-classes/",
    response={201: Ok[ExemptClassOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={"site_id": 1, "name": "ambulance"},
            response=enveloped(ExemptClassOut.example, "Class made"),
            status=201,
        )
    ),
    summary="Make an exempt class",
)
@requests.idempotent_in_one_transaction
def create_class(request: HttpRequest, payload: NewClassIn) -> HttpResponse:
    """Make a class of vehicles that attendants may let pay nothing, with a photo."""
    made = exempt_classes.create_class(
        actor=actor_of(request), site_id=payload.site_id, name=payload.name, now=clock.now()
    )
    return ok(ExemptClassOut.of(made), "Class made", status=201)


@router.patch(
    "/exempt-classes/{class_ref}/",
    response={200: Ok[ExemptClassOut], **problems()},
    openapi_extra=examples(
        request={"is_active": False},
        response=enveloped(ExemptClassOut.example | {"is_active": False}, "Class changed"),
    ),
    summary="Change an exempt class",
)
def change_class(request: HttpRequest, class_ref: str, payload: ChangedClassIn) -> HttpResponse:
    """Change its name, or take it in or out of use; sessions keep what stands on their bills."""
    changed = exempt_classes.change_class(
        actor=actor_of(request), class_id=path_id(class_ref), changes=payload.changes(), now=clock.now()
    )
    return ok(ExemptClassOut.of(changed), "Class changed")


class ExemptionsQuery(BaseModel):
    date: Day | None = Field(None, description="One day, in the site's time zone")
    start_date: Day | None = Field(None, description="First day; 30 days before the end, if left out")
    end_date: Day | None = Field(None, description="Last day; today, if left out")


@router.get(
    "/exemptions/",
    response={200: Ok[ExemptionsReportOut], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped(ExemptionsReportOut.example)),
    summary="Exemptions per attendant",
)
def exemptions(request: HttpRequest, filters: Annotated[ExemptionsQuery, Query()]) -> HttpResponse:
    """How many sessions each attendant let pay nothing, by class, and what these would have cost."""
    sites = actor_of(request).sites
    days = report_period(day=filters.date, first=filters.start_date, last=filters.end_date, sites=sites)
    rows = exemptions_by_attendant(exemptions_given(period=days, sites=sites))
    return ok(ExemptionsReportOut.of_rows(rows))
