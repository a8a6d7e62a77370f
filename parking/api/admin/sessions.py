"""Every booking, as managers search them, and as a file."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from ninja import Query, Router
from pydantic import Field

from parking.api.paging import Paging, page_of
from parking.api.shapes.bookings import EXAMPLE_BOOKING, BookingOut, Status, present_bookings
from parking.core import clock
from parking.edge.answers import ok
from parking.edge.callers import admin_only
from parking.edge.describe import READ_PROBLEMS, Ok, Page, enveloped, examples
from parking.edge.parsing import Day, Decoded, RefIn, Text100, Text200
from parking.reports.exports import csv_lines, refuse_long_xlsx, xlsx_file
from parking.reports.periods import period
from parking.reports.sessions import SessionFilter, all_sessions
from parking.reports.sheets import SESSION_COLUMNS, session_table
from parking.stays.models import ParkingSession

router = Router(tags=["Admin"], auth=admin_only)


class AdminBookingOut(BookingOut):
    user_id: int | None
    username: str | None
    end_note: str | None


EXAMPLE_ADMIN_BOOKING = EXAMPLE_BOOKING | {"user_id": 7, "username": "asha", "end_note": None}

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SessionsQuery(Paging):
    status: Status | None = None
    date: Day | None = Field(None, description="Day of booking, in the site's time zone")
    start_date: Day | None = Field(None, description="First day of booking")
    end_date: Day | None = Field(None, description="Last day of booking")
    user: Annotated[Text200, Decoded] | None = Field(None, description="Id or username of the driver")
    zone_id: RefIn | None = None
    q: Annotated[Text100, Decoded] | None = Field(
        None, description="A part of plate or owner's name, a QR code, or the booking number"
    )
    export: Literal["csv", "xlsx"] | None = Field(None, description="All rows as a file instead of a page")


def _files_too(extra: dict[str, Any]) -> dict[str, Any]:
    extra["responses"][200]["content"] |= {
        media: {"schema": {"type": "string", "format": "binary"}} for media in (CSV, XLSX)
    }
    return extra


@router.get(
    "/all-sessions/",
    response={200: Ok[Page[AdminBookingOut]], **READ_PROBLEMS},
    openapi_extra=_files_too(
        examples(
            response=enveloped({"results": [EXAMPLE_ADMIN_BOOKING], "count": 1, "page": 1, "page_size": 20, "pages": 1})
        )
    ),
    summary="All bookings",
)
def sessions(request: HttpRequest, filters: Annotated[SessionsQuery, Query()]) -> HttpResponseBase:
    """Bookings, newest first, as a page or as a file, whose times are the site's."""
    rows = all_sessions(
        SessionFilter(
            period=period(day=filters.date, first=filters.start_date, last=filters.end_date),
            status=filters.status,
            user=filters.user,
            zone=filters.zone_id,
            search=filters.q,
        )
    )
    if filters.export:
        return _file(rows, filters.export, clock.now())
    return ok(page_of(rows, filters, lambda found: _present_sessions(found, clock.now())))


def _present_sessions(found: Sequence[ParkingSession], now: datetime) -> list[dict[str, Any]]:
    bookings = present_bookings(found, now)
    return [booking | _of_driver(session) for session, booking in zip(found, bookings, strict=True)]


def _of_driver(session: ParkingSession) -> dict[str, Any]:
    """What only managers see of a booking."""
    return {
        "user_id": session.driver_id,
        "username": session.driver.username if session.driver else None,
        "end_note": session.end_note or None,
    }


def _file(rows: QuerySet[ParkingSession], kind: str, now: datetime) -> HttpResponseBase:
    name = f"sessions-{clock.today()}.{kind}"
    table = session_table(rows, now=now)
    if kind == "csv":
        lines = csv_lines(SESSION_COLUMNS, table)
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingHttpResponse(lines, content_type=f"{CSV}; charset=utf-8", headers=headers)
    refuse_long_xlsx(rows)
    book = xlsx_file("Sessions", SESSION_COLUMNS, table)
    return FileResponse(book, as_attachment=True, filename=name, content_type=XLSX)
