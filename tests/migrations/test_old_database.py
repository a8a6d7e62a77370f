"""A database of the time before the redesign migrates without loss, answers as before, and can be worked with."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Model
from django.test import Client
from pytest_django import DjangoDbBlocker

from parking.accounts.models import User
from tests.client import ApiClient
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree
from tests.migrations import worker
from tests.migrations.former import BEGINNINGS, OLD_LEAVES, migrate_by_former
from tests.migrations.rows import Row, Tables, read_answers, read_file, read_rows
from tests.migrations.schema import read_schema
from tests.migrations.separate import separate_database
from tests.migrations.world import BACKEND

pytestmark = pytest.mark.django_db

AT, OLD_TABLES, OLD_ANSWERS = read_file()


def _is_definite(order: Row) -> bool:
    """An order was followed for five days; one that is older, and waits no more, counts as definite since then."""
    is_young = datetime.fromisoformat(order["created_at"]) >= datetime.fromisoformat(AT) - timedelta(days=5)
    return bool(order["is_definite"]) or not (is_young or order["status"] in {"INITIATED", "PENDING"})


# What a later migration changes on purpose, by (table, column): the new value, as JSON has it, from the old row; None
# for a column that is gone. Everything else must be there as it was.
INTENDED: dict[tuple[str, str], Callable[[Row], Any] | None] = {
    ("payments_paymentorder", "is_definite"): _is_definite,
}


# --- Loading and migrating -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def schema_of_new(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> set[str]:
    """The schema of the other tests' database, which is new."""
    with django_db_blocker.unblock():
        return read_schema()


@pytest.fixture(scope="module", autouse=True)
def migrated(
    schema_of_new: set[str], django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Tables]:
    """The rows as they are after the migrations; until the last test of this module they are the default database."""
    with django_db_blocker.unblock(), separate_database(tmp_path_factory.mktemp("old")):
        _load(_models_of_then())
        with time_machine.travel(AT, tick=False):
            migrate_by_former(BEGINNINGS)
            call_command("migrate", verbosity=0)
        rows = read_rows(apps.get_models(include_auto_created=True))
        connection.close()
        with django_db_blocker.block():
            yield rows


def _models_of_then() -> list[type[Model]]:
    executor = migrate_by_former(OLD_LEAVES)
    return executor.loader.project_state(OLD_LEAVES).apps.get_models(include_auto_created=True)


def _load(models: list[type[Model]]) -> None:
    by_table = {model._meta.db_table: model for model in models}
    with transaction.atomic():
        for table, rows in OLD_TABLES.items():
            for row in rows:
                _insert(by_table[table], row)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def _insert(model: type[Model], row: Row) -> None:
    fields = {field.column: field for field in model._meta.concrete_fields}
    values = {fields[column].attname: fields[column].to_python(value) for column, value in row.items()}
    # `raw`: times that a field would set by itself stay as they were.
    model(**values).save_base(raw=True, force_insert=True)


@pytest.fixture
def at_that_moment() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


# --- What the file holds ---------------------------------------------------------------------------


def _values(table: str, *columns: str) -> set[Any]:
    rows = [tuple(row[column] for column in columns) for row in OLD_TABLES[table]]
    return {row[0] for row in rows} if len(columns) == 1 else set(rows)


def test_the_old_database_has_every_state() -> None:
    assert _values("stays_parkingsession", "status", "end_reason", "payment_method") >= {
        ("BOOKED", "", ""), ("ACTIVE", "", ""), ("CANCELLED", "CANCELLED", ""),
        ("EXPIRED", "NO_SHOW", ""), ("EXPIRED", "UNPAID", ""),
        ("COMPLETED", "EXIT", "CASH"), ("COMPLETED", "EXIT", "UPI"), ("COMPLETED", "EXIT", "ONLINE"),
        ("COMPLETED", "TERMINATED", "CASH"), ("COMPLETED", "TERMINATED", "ONLINE"),
        ("COMPLETED", "TERMINATED", "NONE"),
    }  # fmt: skip
    assert _values("payments_paymentorder", "status", "is_definite") == {
        ("INITIATED", False), ("PENDING", False), ("COMPLETED", True), ("FAILED", False), ("EXPIRED", False),
        ("REVIEW", True),
    }  # fmt: skip
    assert _values("payments_paymentorder", "purpose") == {"FEE", "EXIT", "AHEAD", "TERMINATION"}
    assert _values("payments_refund", "status") == {"INITIATED", "PENDING", "COMPLETED", "FAILED", "REVIEW"}
    assert max(len(row["reason"]) for row in OLD_TABLES["payments_refund"]) == 60
    assert _values("payments_debt", "status") == {"OPEN", "WRITTEN_OFF"}
    kinds = {"RECEIPT", "TAX_INVOICE", "CREDIT_NOTE", "REFUND_VOUCHER"}
    assert _values("invoices_taxdocument", "kind") == kinds
    assert _values("accounts_user", "role", "is_active") >= {
        ("ADMIN", True), ("STAFF", True), ("STAFF", False), ("USER", True), ("USER", False),
    }  # fmt: skip
    assert _values("core_idempotencykey", "status") == {None, 200, 201}
    for table, column in (
        ("payments_gatewayevent", "processed_at"), ("payments_paymentorder", "review_closed_at"),
        ("payments_refund", "next_try_at"), ("payments_bill", "frozen_until"), ("stays_parkingsession", "driver_id"),
    ):  # fmt: skip
        assert None in _values(table, column) and len(_values(table, column)) > 1, (table, column)
    for table in ("stays_gatescan", "vehicles_savedvehicle", "tariffs_zonetariff", "audit_auditentry"):
        assert OLD_TABLES[table], table


# --- Nothing is lost -------------------------------------------------------------------------------


def _expected(table: str, row: Row) -> Row:
    rules = {column: INTENDED.get((table, column), lambda old, column=column: old[column]) for column in row}
    return {column: rule(row) for column, rule in rules.items() if rule is not None}


def _lost(old: Any, new: Any, where: str) -> list[str]:
    """What `old` says and `new` does not; columns and fields may be added."""
    if isinstance(old, dict) and isinstance(new, dict):
        return [text for name in old for text in _lost(old[name], new.get(name, "GONE"), f"{where}/{name}")]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [text for number in range(len(old)) for text in _lost(old[number], new[number], f"{where}[{number}]")]
    return [] if old == new else [f"{where}: {old!r} became {new!r}"]


def test_every_row_is_kept(migrated: Tables) -> None:
    expected = {table: [_expected(table, row) for row in rows] for table, rows in OLD_TABLES.items()}
    assert _lost(expected, migrated, "") == []


def test_the_schema_is_that_of_a_new_database(schema_of_new: set[str]) -> None:
    assert read_schema() == schema_of_new


def test_the_books_agree() -> None:
    assert_books_agree()


def test_the_answers_are_as_before(at_that_moment: object, gateways: dict[str, FakeGateway]) -> None:
    assert _lost(OLD_ANSWERS, read_answers(), "") == []


def test_every_booking_has_its_page(at_that_moment: object) -> None:
    client = Client()
    client.force_login(User.objects.get(username="admin1"), backend=BACKEND)
    plates = {row["id"]: row["vehicle_number"] for row in OLD_TABLES["vehicles_vehicle"]}
    for session in OLD_TABLES["stays_parkingsession"]:
        answer = client.get(f"/office/sessions/{session['id']}/")
        assert answer.status_code == 200
        assert plates[session["vehicle_id"]] in answer.content.decode()


def test_every_payment_has_the_documents_it_had(at_that_moment: object) -> None:
    admin = ApiClient(User.objects.get(username="admin1"))
    refunded = {row["id"]: row["payment_id"] for row in OLD_TABLES["payments_refund"]}
    numbers: dict[int, list[str]] = {row["id"]: [] for row in OLD_TABLES["payments_payment"]}
    for document in OLD_TABLES["invoices_taxdocument"]:
        payment = document["payment_id"] or refunded.get(document["refund_id"])
        if payment is not None:
            numbers[payment].append(document["number"])
    for payment, expected in numbers.items():
        answer = admin.get(f"/api/payment/{payment}/receipt/")
        assert answer.status_code == 200
        assert [number for number in expected if number not in answer.content.decode()] == []


# --- Work goes on ----------------------------------------------------------------------------------


def _post(username: str, path: str, body: object = None, status: int = 200, **headers: str) -> Any:
    answer = ApiClient(User.objects.get(username=username)).post(path, body, **headers)
    assert answer.status_code == status, answer.content
    found = answer.json()
    return found.get("data", found)


def _only(table: str, **wanted: Any) -> Row:
    """The first row of the old database with these values."""
    return next(row for row in OLD_TABLES[table] if wanted.items() <= row.items())


def _session_of_order(**wanted: Any) -> Row:
    return _only("stays_parkingsession", bill_id=_only("payments_paymentorder", **wanted)["bill_id"])


def _exit(session: Row, method: str) -> Any:
    return _post("staff1", "/api/staff/exit/", {"qr_code": session["qr_code"], "payment_method": method})


def test_people_sign_in_with_the_password_they_had(at_that_moment: object) -> None:
    for username, status in (("driver2", 200), ("staff1", 200), ("gone1", 401)):
        body = {"username": username, "password": "monsoon-of-2026"}
        assert ApiClient().post("/api/auth/login/", body).status_code == status


def test_a_new_booking_is_made_and_ended(
    at_that_moment: time_machine.Traveller, gateways: dict[str, FakeGateway]
) -> None:
    body = {"zone_id": 1, "vehicle_number": "KA-05-MJ-8001", "owner_name": "Meera Iyer"}
    booking = _post("driver1", "/api/user/book-slot/", body, 201)
    assert booking["session_id"] > max(row["id"] for row in OLD_TABLES["stays_parkingsession"])
    _post("staff1", "/api/staff/entry/", {"qr_code": booking["qr_code"]})
    at_that_moment.shift(130 * 60)
    assert _exit(booking, "CASH")["total_amount"] == 150.0
    assert_books_agree()


def test_cars_that_were_inside_leave(at_that_moment: time_machine.Traveller, gateways: dict[str, FakeGateway]) -> None:
    frozen = {row["id"]: row["frozen_until"] for row in OLD_TABLES["payments_bill"]}
    inside = [row for row in OLD_TABLES["stays_parkingsession"] if row["status"] == "ACTIVE"]
    at_that_moment.shift(60)
    left = {row["id"]: _exit(row, "CASH") for row in inside}
    assert {bill["status"] for bill in left.values()} == {"COMPLETED"}
    assert {bool(frozen[row["bill_id"]]) for row in inside} == {True, False}
    paid_ahead = _session_of_order(purpose="AHEAD", status="COMPLETED", gateway="PHONEPE")
    assert (left[paid_ahead["id"]]["total_amount"], left[paid_ahead["id"]]["amount_charged"]) == (150.0, 0.0)
    assert_books_agree()


@pytest.mark.parametrize(
    ("purpose", "status"), [("EXIT", "PENDING"), ("EXIT", "INITIATED"), ("TERMINATION", "PENDING")]
)
def test_an_exit_that_waits_for_its_money_is_settled(
    at_that_moment: time_machine.Traveller, gateways: dict[str, FakeGateway], purpose: str, status: str
) -> None:
    session = _session_of_order(purpose=purpose, status=status)
    at_that_moment.shift(60)
    worker.follow_orders()
    now = ApiClient(User.objects.get(username="driver1")).get(f"/api/user/sessions/{session['id']}/").json()["data"]
    assert (now["status"], now["payment_status"], now["payment_method"]) == ("COMPLETED", "PAID", "ONLINE")
    assert_books_agree()


def test_every_open_refund_comes_to_its_end(
    at_that_moment: time_machine.Traveller, gateways: dict[str, FakeGateway]
) -> None:
    at_that_moment.shift(120)
    worker.follow_refunds()
    by_hand = {row["id"] for row in OLD_TABLES["payments_payment"] if row["method"] != "ONLINE"}
    for refund in OLD_TABLES["payments_refund"]:
        if refund["status"] == "REVIEW":
            _post("admin2", f"/api/admin/refunds/{refund['id']}/retry/")
        if refund["status"] == "INITIATED" and refund["payment_id"] in by_hand:
            _post("admin2", f"/api/admin/refunds/{refund['id']}/approve/")
    admin = ApiClient(User.objects.get(username="admin1"))
    states = ("INITIATED", "PENDING", "FAILED", "REVIEW", "COMPLETED")
    counts = {name: admin.get("/api/admin/refunds/", status=name).json()["data"]["count"] for name in states}
    done = len(OLD_TABLES["payments_refund"])
    assert counts == {"INITIATED": 0, "PENDING": 0, "FAILED": 0, "REVIEW": 0, "COMPLETED": done}
    assert_books_agree()


def test_a_repeated_request_gets_the_answer_it_got(at_that_moment: object, gateways: dict[str, FakeGateway]) -> None:
    kept = _only("core_idempotencykey", key="order-1")
    session = _session_of_order(gateway="RAZORPAY")
    body = {"session_id": session["id"], "amount": 50}
    answer = ApiClient(User.objects.get(username="driver1")).post(kept["path"], body, Idempotency_Key="order-1")
    assert (answer.status_code, answer.content.decode()) == (kept["status"], kept["answer"])


def test_an_event_that_waits_is_worked_on(
    at_that_moment: time_machine.Traveller, gateways: dict[str, FakeGateway]
) -> None:
    event = _only("payments_gatewayevent", processed_at=None)
    at_that_moment.shift(31)
    assert worker.work_on_event(event["id"]) is True
    assert worker.work_on_event(event["id"]) is False
