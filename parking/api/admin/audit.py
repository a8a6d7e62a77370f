"""The audit record, to search and to take away."""

from typing import Annotated, Literal

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import Query, Router
from pydantic import Field

from parking.api.admin.sessions import files_too
from parking.api.paging import Paging, page_of
from parking.api.shapes.audit import AuditLineOut
from parking.core.ids import MAX_ID
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import READ_PROBLEMS, Ok, Page, examples, paged
from parking.edge.downloads import table_file
from parking.edge.parsing import Day, Decoded, Text64, Text200
from parking.reports.periods import period
from parking.reports.record import RecordFilter, counter_of, record_lines, record_walk
from parking.reports.sheets import RECORD_COLUMNS, record_table
from parking.reports.walking import rows_of

router = Router(tags=["Admin"], auth=admin_only)


class AuditQuery(Paging):
    start_date: Day | None = Field(None, description="First day, in the time zone of the installation")
    end_date: Day | None = Field(None, description="Last day")
    action: Annotated[Text64, Decoded] | None = Field(
        None, description="The stored name of what was done; of a refusal, `refused.` and its code"
    )
    refused: bool | None = Field(None, description="Only what was refused, or only what was done")
    actor: Annotated[Text200, Decoded] | None = Field(None, description="Id or username of an account")
    subject_kind: Annotated[Text64, Decoded] | None = Field(None, description="Such as `session`, `zone`, `user`")
    subject_id: Annotated[int, Field(ge=0, le=MAX_ID)] | None = None
    request_id: Annotated[Text64, Decoded] | None = None
    export: Literal["csv", "xlsx"] | None = Field(None, description="All lines as a file instead of a page")


@router.get(
    "/audit/",
    response={200: Ok[Page[AuditLineOut]], **READ_PROBLEMS},
    openapi_extra=files_too(examples(response=paged(AuditLineOut.example))),
    summary="The audit record",
)
def record(request: HttpRequest, filters: Annotated[AuditQuery, Query()]) -> HttpResponseBase:
    """What was done and what was refused, newest first, as a page or as a file."""
    wanted = RecordFilter(
        period=period(first=filters.start_date, last=filters.end_date),
        action=filters.action,
        refused=filters.refused,
        actor=filters.actor,
        subject_kind=filters.subject_kind,
        subject_id=filters.subject_id,
        request_id=filters.request_id,
    )
    rows = record_lines(wanted, actor=actor_of(request))
    if filters.export:
        return table_file(
            filters.export, "audit", RECORD_COLUMNS, record_table(rows_of(record_walk(rows))), counted=rows
        )
    found = page_of(rows, filters, counted=counter_of(wanted, rows))
    return ok(found.showing([AuditLineOut.of(entry) for entry in found.rows]))
