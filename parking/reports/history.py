"""A driver's own bookings as a file."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from parking.checkout.bills import running_bill
from parking.reports.exports import csv_lines
from parking.reports.sheets import local_times
from parking.stays.models import ParkingSession

_ROWS_AT_ONCE = 500


def history_csv(sessions: QuerySet[ParkingSession], *, language: str, now: datetime) -> Iterator[str]:
    """Yield the lines of a CSV file of bookings, for a streamed answer: headings and words in this language."""
    with translation.override(language):
        heading = _heading()
    yield from csv_lines(heading, _rows(sessions, language, now), for_excel=True)


def _heading() -> list[str]:
    return [
        _("Booking"),
        _("Status"),
        _("Zone"),
        _("Slot"),
        _("Vehicle"),
        _("Name"),
        _("Booked"),
        _("Entry"),
        _("Exit"),
        _("Minutes"),
        _("Total (₹)"),
        _("Paid (₹)"),
    ]


def _rows(sessions: QuerySet[ParkingSession], language: str, now: datetime) -> Iterator[list[object]]:
    """Read in portions, so that a file of any length takes the same memory."""
    for session in sessions.iterator(chunk_size=_ROWS_AT_ONCE):
        bill = running_bill(session, now)
        # Each row by itself: between two of them the thread answers others, in their languages.
        with translation.override(language):
            status = _(session.get_status_display())
        yield [
            session.pk,
            status,
            session.zone.name,
            session.slot_number,
            session.vehicle.vehicle_number,
            session.owner_name,
            *local_times((session.booked_at, session.entry_time, session.exit_time), session.zone.site_id),
            bill.parked_minutes,
            bill.total,
            bill.paid,
        ]
