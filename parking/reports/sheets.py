"""The office's lists as tables for files: columns and rows.

Rows are read in portions (`rows_of`, `money_as_of`) while the file is written (`parking/reports/exports.py`), so that a
file of any length takes the same memory.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from parking.audit.models import AuditEntry
from parking.checkout.bills import lines_at
from parking.core.money import ZERO
from parking.facilities.calendars import zone_of
from parking.reports.exports import Row
from parking.reports.payments import all_money
from parking.reports.record import actor_kind_of, actor_role_of
from parking.reports.revenue import RevenueReport
from parking.reports.takings import Takings
from parking.stays.models import ParkingSession
from parking.stays.services import rate_of
from parking.tariffs.rules import total_of

# Under the names that the lists of the API have.
SESSION_COLUMNS = (
    "session_id", "session_uuid", "qr_code", "status", "payment_status", "end_reason", "end_note", "zone_name",
    "slot_number", "vehicle_number", "vehicle_kind", "owner_name", "user_id", "username", "hourly_rate", "booked_at",
    "entry_time", "exit_time", "amount_paid", "amount_due", "total_amount", "payment_method",
)  # fmt: skip
MONEY_COLUMNS = (
    "kind", "id", "at", "status", "amount", "method", "gateway", "reference", "order_id", "session_id",
    "vehicle_number", "zone_name", "attendant", "claim", "card_last4", "terminal",
)  # fmt: skip
RECORD_COLUMNS = (
    "id", "at", "actor_kind", "actor_id", "actor_role", "action", "refused", "subject_kind", "subject_id",
    "request_id", "facts",
)  # fmt: skip
REVENUE_COLUMNS = ("part", "name", "revenue", "refunds", "net", "sessions")


def record_table(rows: Iterable[AuditEntry]) -> Iterator[Row]:
    """Yield a row under RECORD_COLUMNS for each line of the record, in their order; facts are JSON."""
    for entry in rows:
        yield (
            entry.pk,
            entry.at,
            actor_kind_of(entry).value,
            entry.actor_id,
            actor_role_of(entry),
            entry.action,
            entry.refused,
            entry.subject_kind or None,
            entry.subject_id,
            entry.request_id or None,
            json.dumps(entry.facts, ensure_ascii=False, sort_keys=True),
        )


def session_table(rows: Iterable[ParkingSession], *, now: datetime) -> Iterator[Row]:
    """Yield a row under SESSION_COLUMNS for each session, in their order; costs are as of `now`."""
    for session in rows:
        yield _session_row(session, total_of(lines_at(session, now)), rate_of(session, now))


def _session_row(session: ParkingSession, total: Decimal, rate: Decimal) -> Row:
    return (
        session.pk,
        session.uuid,
        session.qr_code,
        session.status,
        session.payment_status.value,
        session.end_reason or None,
        session.end_note or None,
        session.zone.name,
        session.slot_number,
        session.vehicle.vehicle_number,
        session.vehicle_kind,
        session.owner_name,
        session.driver_id,
        session.driver.username if session.driver else None,
        rate,
        *local_times((session.booked_at, session.entry_time, session.exit_time), session.zone.site_id),
        session.amount_paid,
        max(total - session.amount_paid, ZERO),
        total,
        session.payment_method or None,
    )


def local_times(times: Iterable[datetime | None], site_id: int | None) -> list[datetime | None]:
    """Return times in the time zone of their site."""
    zone = zone_of(site_id)
    return [None if time is None else time.astimezone(zone) for time in times]


def money_table(keys: Iterable[dict[str, Any]]) -> Iterator[Row]:
    """Yield a row under MONEY_COLUMNS for each of these keys, in their order."""
    for row in all_money(keys):
        (at,) = local_times((row["at"],), row["site_id"])
        cells: Mapping[str, object] = {**row, "at": at}
        yield [cells[column] for column in MONEY_COLUMNS]


def revenue_table(report: RevenueReport) -> Iterator[Row]:
    """Yield a report as one table under REVENUE_COLUMNS: the rows of each `part` add up to the row TOTAL."""
    for day, takings, sessions in report.daily:
        yield "DAY", day, *_amounts(takings), sessions
    for zone_id, name, takings in report.zones:
        yield "ZONE", name if name is not None else zone_id, *_amounts(takings), None
    for method, takings in report.methods:
        yield "METHOD", method, *_amounts(takings), None
    for hour, takings in report.hours:
        yield "HOUR", f"{hour:02}:00", *_amounts(takings), None
    yield "TOTAL", None, *_amounts(report.takings), sum(sessions for *_, sessions in report.daily)


def _amounts(takings: Takings) -> tuple[Decimal, Decimal, Decimal]:
    return takings.revenue, takings.refunds, takings.net
