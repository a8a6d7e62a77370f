"""All bookings as a file."""

import csv
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.db import connection
from openpyxl import load_workbook

from parking.reports import exports
from parking.reports.sheets import SESSION_COLUMNS as COLUMNS
from parking.stays.models import ParkingSession
from tests.client import ApiClient
from tests.reports.story import Story

pytestmark = pytest.mark.django_db


def export(client: ApiClient, kind: str, **query: Any) -> Any:
    return client.get("/api/admin/all-sessions/", export=kind, **query)


def table(client: ApiClient, **query: Any) -> list[dict[str, str]]:
    response = export(client, "csv", **query)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(response.streaming_content).decode()
    return list(csv.DictReader(StringIO(text, newline="")))


def rename(session: ParkingSession, owner_name: str) -> None:
    ParkingSession.objects.filter(pk=session.pk).update(owner_name=owner_name)


def test_csv_has_every_row_of_the_filter_however_long_a_page_is(story: Story, manager: ApiClient) -> None:
    rows = table(manager, page_size=1)
    assert [int(row["session_id"]) for row in rows] == sorted((int(row["session_id"]) for row in rows), reverse=True)
    assert len(rows) == 8
    assert [row["session_id"] for row in table(manager, date="2026-11-20")] == [str(story.overnight.pk)]


def test_a_row_of_the_csv(story: Story, manager: ApiClient) -> None:
    rename(story.overnight, "आशा राव")
    (row,) = table(manager, date="2026-11-20")
    assert row == {
        "session_id": str(story.overnight.pk),
        "session_uuid": str(story.overnight.uuid),
        "qr_code": story.overnight.qr_code,
        "status": "COMPLETED",
        "payment_status": "PAID",
        "end_reason": "EXIT",
        "end_note": "",
        "zone_name": "Zone A",
        "slot_number": "A-001",
        "vehicle_number": story.overnight.vehicle.vehicle_number,
        "vehicle_kind": "CAR",
        "owner_name": "आशा राव",
        "user_id": str(story.overnight.driver_id),
        "username": story.driver.username,
        "hourly_rate": "50.00",
        "booked_at": "2026-11-20T23:50:00+05:30",
        "entry_time": "2026-11-20T23:55:00+05:30",
        "exit_time": "2026-11-21T02:30:00+05:30",
        "amount_paid": "150.00",
        "amount_due": "0.00",
        "total_amount": "150.00",
        "payment_method": "CASH",
    }


def test_the_csv_is_utf_8_without_a_mark_and_is_saved_under_a_name(story: Story, manager: ApiClient) -> None:
    response = export(manager, "csv")
    assert response.streaming
    assert response.headers["Content-Disposition"] == 'attachment; filename="sessions-2026-11-23.csv"'
    assert b"".join(response.streaming_content).startswith(b"session_id,")


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@A1", '=HYPERLINK("http://evil.example","Asha")'])
def test_a_name_that_would_run_is_made_text(story: Story, manager: ApiClient, name: str) -> None:
    rename(story.overnight, name)
    assert table(manager, date="2026-11-20")[0]["owner_name"] == f"'{name}"
    sheet = load_workbook(workbook(manager, date="2026-11-20"))["Sessions"]
    cell = sheet.cell(row=2, column=COLUMNS.index("owner_name") + 1)
    assert (cell.value, cell.data_type) == (f"'{name}", "s")


def workbook(client: ApiClient, **query: Any) -> BytesIO:
    response = export(client, "xlsx", **query)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert response.headers["Content-Disposition"] == 'attachment; filename="sessions-2026-11-23.xlsx"'
    return BytesIO(b"".join(response.streaming_content))


def test_xlsx_has_numbers_and_times_of_the_site(story: Story, manager: ApiClient) -> None:
    rename(story.overnight, "आशा राव")
    heading, *rows = load_workbook(workbook(manager))["Sessions"].iter_rows(values_only=True)
    assert heading == COLUMNS
    assert len(rows) == 8
    row = dict(zip(heading, rows[-1], strict=True))
    assert row["session_id"] == story.overnight.pk
    assert row["owner_name"] == "आशा राव"
    assert row["total_amount"] == 150
    assert row["booked_at"] == datetime(2026, 11, 20, 23, 50)  # noqa: DTZ001 - a cell has no time zone
    assert row["end_note"] is None


def test_an_empty_file_has_its_heading(manager: ApiClient) -> None:
    response = export(manager, "csv")
    assert b"".join(response.streaming_content).decode() == ",".join(COLUMNS) + "\r\n"


def test_an_xlsx_that_would_take_too_long_is_refused(
    story: Story, manager: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MOST_XLSX_ROWS", 7)
    response = export(manager, "xlsx")
    assert (response.status_code, response.json()["code"]) == (400, "export_too_large")
    assert len(table(manager)) == 8


def test_a_file_takes_as_many_statements_however_long_it_is(
    story: Story, manager: ApiClient, django_assert_num_queries: Any
) -> None:
    table(manager)
    # The account, the count of files that were taken, and the rows; PostgreSQL's limit for a statement is lifted before
    # and set again after them.
    with django_assert_num_queries(5 if connection.vendor == "postgresql" else 3):
        assert len(table(manager)) == 8


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no such limit")
def test_a_long_file_may_take_longer_than_a_statement_of_a_request(as_admin: ApiClient, story: Story) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '7s'")
        lines = iter(export(as_admin, "csv").streaming_content)
        next(lines)
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)
        assert list(lines)
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() != ("0",)
