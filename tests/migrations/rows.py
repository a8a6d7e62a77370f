"""Rows as plain values, and the answers of the API, both as the file `old_database.json` keeps them."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db.models import Model

from parking.accounts.models import User
from parking.stays.models import ParkingSession
from tests.client import ApiClient

FILE = Path(__file__).with_name("old_database.json")
ADDRESSES = (
    "/api/admin/all-sessions/?page_size=100",
    "/api/admin/payments/?page_size=100",
    "/api/admin/refunds/?page_size=100",
    "/api/admin/refunds/?page_size=100&status=COMPLETED",
    "/api/admin/debts/?page_size=100",
    "/api/admin/revenue-report/?start_date=2026-03-01&end_date=2026-04-30",
    "/api/admin/dashboard/",
    "/api/admin/zones/?page_size=100",
    "/api/admin/users/?page_size=100",
    "/api/staff/active-sessions/?page_size=100",
    "/api/staff/slot-status/",
)
Row = dict[str, Any]
Tables = dict[str, list[Row]]


def plain(value: object) -> Any:
    """Return a value as JSON has it: amounts and times as text, exact to the last digit."""
    return json.loads(json.dumps(value, default=str))


def read_rows(models: Iterable[type[Model]]) -> Tables:
    """Return every row of the models' tables by column, in the order of the primary key."""
    return {model._meta.db_table: _rows_of(model) for model in models}


def _rows_of(model: type[Model]) -> list[Row]:
    fields = model._meta.concrete_fields
    values = model._base_manager.order_by("pk").values_list(*(field.attname for field in fields))
    return [dict(zip((field.column for field in fields), plain(row), strict=True)) for row in values]


def read_answers() -> dict[str, Any]:
    """Return what the API answers an administrator, and each driver of their own bookings, by address."""
    admin = ApiClient(User.objects.filter(role="ADMIN").earliest("pk"))
    answers = {address: admin.get(address) for address in ADDRESSES}
    for session in ParkingSession.objects.exclude(driver=None).select_related("driver").order_by("pk"):
        address = f"/api/user/sessions/{session.pk}/"
        answers[address] = ApiClient(session.driver).get(address)
    failed = {address: answer.content for address, answer in answers.items() if answer.status_code != 200}
    assert not failed, failed
    return {address: answer.json() for address, answer in answers.items()}


# --- The file --------------------------------------------------------------------------------------


def write_file(*, at: str, tables: Tables, answers: dict[str, Any]) -> None:
    """Write the file with one row or answer on a line. `at` is the moment of the answers, in ISO 8601."""
    parts = [f'"at": {json.dumps(at)}']
    parts += [f"{json.dumps(table)}: {_lines(rows)}" for table, rows in sorted(tables.items())]
    parts.append(f'"answers": {{\n{_members(answers)}\n}}')
    FILE.write_text("{\n" + ",\n".join(parts) + "\n}\n")


def _lines(rows: list[Row]) -> str:
    """The names of the columns, then the values of each row."""
    lines = [list(rows[0]), *(list(row.values()) for row in rows)] if rows else []
    return "[\n" + ",\n".join(_compact(line) for line in lines) + "\n]"


def _members(answers: dict[str, Any]) -> str:
    return ",\n".join(f"{json.dumps(address)}: {_compact(answer)}" for address, answer in answers.items())


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def read_file() -> tuple[str, Tables, dict[str, Any]]:
    """Return the moment, the rows by table and the answers by address that the file was written with."""
    content = json.loads(FILE.read_text())
    at, answers = content.pop("at"), content.pop("answers")
    tables = {table: [dict(zip(rows[0], row, strict=True)) for row in rows[1:]] for table, rows in content.items()}
    return at, tables, answers
