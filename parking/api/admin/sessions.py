"""Every booking, as managers search them, and as a file."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import Query, Router
from pydantic import Field

from parking.api.paging import Paging, page_of
from parking.api.shapes.bookings import AdminBookingOut
from parking.core import clock
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import READ_PROBLEMS, Ok, Page, examples, paged
from parking.edge.downloads import CSV, XLSX, table_file
from parking.edge.parsing import Day, Decoded, RefIn, Text100, Text200
from parking.reports.periods import period
from parking.reports.session_counts import SessionCounter
from parking.reports.sessions import SessionFilter, all_sessions, sessions_walk
from parking.reports.sheets import SESSION_COLUMNS, session_table
from parking.reports.walking import rows_of
from parking.stays.models import SessionStatus

router = Router(tags=["Admin"], auth=admin_only)


class SessionsQuery(Paging):
    status: SessionStatus | None = None
    date: Day | None = Field(None, description="Day of booking, in the site's time zone")
    start_date: Day | None = Field(None, description="First day of booking")
    end_date: Day | None = Field(None, description="Last day of booking")
    user: Annotated[Text200, Decoded] | None = Field(None, description="Id or username of the driver")
    zone_id: RefIn | None = None
    q: Annotated[Text100, Decoded] | None = Field(
        None, description="A part of plate or owner's name, a QR code, or the booking number"
    )
    export: Literal["csv", "xlsx"] | None = Field(None, description="All rows as a file instead of a page")


def files_too(extra: dict[str, Any]) -> dict[str, Any]:
    """Return a description with files of a list among the answers."""
    extra["responses"][200]["content"] |= {
        media: {"schema": {"type": "string", "format": "binary"}} for media in (CSV, XLSX)
    }
    return extra


@router.get(
    "/all-sessions/",
    response={200: Ok[Page[AdminBookingOut]], **READ_PROBLEMS},
    openapi_extra=files_too(examples(response=paged(AdminBookingOut.example))),
    summary="All bookings",
)
def sessions(request: HttpRequest, filters: Annotated[SessionsQuery, Query()]) -> HttpResponseBase:
    """Bookings, newest first, as a page or as a file, whose times are the site's."""
    wanted = SessionFilter(
        sites=actor_of(request).sites,
        period=period(day=filters.date, first=filters.start_date, last=filters.end_date),
        status=filters.status,
        user=filters.user,
        zone=filters.zone_id,
        search=filters.q,
    )
    rows = all_sessions(wanted)
    now = clock.now()
    if filters.export:
        table = session_table(rows_of(sessions_walk(wanted, "number", downwards=True)), now=now)
        return table_file(filters.export, "sessions", SESSION_COLUMNS, table, counted=rows)
    found = page_of(rows, filters, counted=SessionCounter(wanted))
    return ok(found.showing(AdminBookingOut.rows(found.rows, now)))
