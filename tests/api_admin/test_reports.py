"""The four questions over HTTP: shapes, filters, and what bad input gets."""

import json
from typing import Any

import pytest

from tests.build import by_kind
from tests.client import ApiClient
from tests.reports.story import Story

pytestmark = pytest.mark.django_db

LISTS = ["payments/", "all-sessions/", "zones/", "debts/"]
TAKINGS = {"revenue": 0.0, "refunds": 0.0, "net": 0.0}


def ask(client: ApiClient, path: str, **query: Any) -> Any:
    response = client.get(f"/api/admin/{path}", **query)
    body = json.loads(response.content)
    assert (response.status_code, body["success"]) == (200, True), body
    return body["data"]


def refused(client: ApiClient, path: str, **query: Any) -> list[str]:
    """The fields that a 400 complains of."""
    response = client.get(f"/api/admin/{path}", **query)
    body = json.loads(response.content)
    assert (response.status_code, body["code"]) == (400, "validation_error"), body
    return list(body["errors"])


# --- Dashboard ---------------------------------------------------------------------------------------


def test_dashboard(story: Story, manager: ApiClient) -> None:
    counts = {"total_slots": 10, "out_of_service_slots": 0}
    assert ask(manager, "dashboard/") == {
        "today": {"bookings": 3, "revenue": 100.0, "active_sessions": 1, "completed": 2, "cancelled": 0, "no_place": 0},
        "overall": {"revenue": 500.0, "sessions": 8, "users": 3},
        "zones": [
            counts
            | {
                "zone_id": story.zone_a.pk,
                "zone_name": "Zone A",
                "occupied_slots": 1,
                "booked_slots": 0,
                "available_slots": 9,
                "bookable_slots": 9,
                "by_kind": by_kind(9),
                "occupancy_percent": 10.0,
            },
            counts
            | {
                "zone_id": story.zone_b.pk,
                "zone_name": "Zone B",
                "occupied_slots": 0,
                "booked_slots": 0,
                "available_slots": 10,
                "bookable_slots": 10,
                "by_kind": by_kind(10),
                "occupancy_percent": 0.0,
            },
        ],
        "system": {
            "orders_in_review": 0,
            "refunds_open": 0,
            "refunds_in_review": 0,
            "refunds_failed": 0,
            "holds_overdue": 0,
            "tasks_waiting": 0,
            "tasks_failed": 0,
            "worker": "none",
            "last_heartbeat": None,
            "oldest_task_seconds": 0,
            "open_debts": {"count": 1, "amount": 75.0},
        },
    }


# --- Payments ----------------------------------------------------------------------------------------


def test_payments_of_a_day_with_their_totals(story: Story, manager: ApiClient) -> None:
    page = ask(manager, "payments/", start_date="2026-11-21", end_date="2026-11-21")
    assert [(row["kind"], row["session_id"], row["amount"], row["at"]) for row in page["results"]] == [
        ("PAYMENT", story.refunded_late.pk, 50.0, "2026-11-21T18:28:00Z"),
        ("REFUND", story.cancelled.pk, 50.0, "2026-11-21T04:32:00Z"),
        ("PAYMENT", story.cancelled.pk, 50.0, "2026-11-21T04:30:00Z"),
        ("PAYMENT", story.overnight.pk, 100.0, "2026-11-20T21:00:00Z"),
    ]
    assert (page["count"], page["page"], page["page_size"], page["pages"]) == (4, 1, 20, 1)
    assert page["totals"] == {
        "captured": 200.0,
        "refunded": 50.0,
        "net": 150.0,
        "by_method": {
            "CASH": {"captured": 100.0, "refunded": 0.0, "net": 100.0},
            "ONLINE": {"captured": 100.0, "refunded": 50.0, "net": 50.0},
            "UPI": {"captured": 0.0, "refunded": 0.0, "net": 0.0},
        },
    }


def test_totals_are_of_the_filter_and_not_of_the_page(story: Story, manager: ApiClient) -> None:
    pages = [ask(manager, "payments/", page=number, page_size=4) for number in (1, 2, 3)]
    assert [len(page["results"]) for page in pages] == [4, 4, 3]
    assert {page["count"] for page in pages} == {11}
    assert {page["totals"]["net"] for page in pages} == {500.0}
    keys = [(row["kind"], row["id"]) for page in pages for row in page["results"]]
    assert len(set(keys)) == 11


def test_payments_of_a_session_by_uuid(story: Story, manager: ApiClient) -> None:
    page = ask(manager, "payments/", session_id=str(story.overnight.uuid))
    assert [(row["amount"], row["method"]) for row in page["results"]] == [(100.0, "CASH"), (50.0, "ONLINE")]
    assert page["totals"]["net"] == 150.0


def test_start_date_may_be_today(story: Story, manager: ApiClient) -> None:
    assert ask(manager, "payments/", start_date="today")["totals"]["net"] == 100.0


# --- Revenue -----------------------------------------------------------------------------------------


def test_revenue_of_the_last_thirty_days(story: Story, manager: ApiClient) -> None:
    report = ask(manager, "revenue-report/")
    assert (report["start_date"], report["end_date"], len(report["daily"])) == ("2026-10-25", "2026-11-23", 30)
    assert report["daily"][0] == {"date": "2026-10-25", **TAKINGS, "sessions": 0}
    assert report["daily"][-3:] == [
        {"date": "2026-11-21", "revenue": 200.0, "refunds": 50.0, "net": 150.0, "sessions": 2},
        {"date": "2026-11-22", "revenue": 200.0, "refunds": 0.0, "net": 200.0, "sessions": 2},
        {"date": "2026-11-23", "revenue": 150.0, "refunds": 50.0, "net": 100.0, "sessions": 3},
    ]
    assert report["zones"] == [
        {"zone_id": story.zone_a.pk, "zone_name": "Zone A", "revenue": 500.0, "refunds": 0.0, "net": 500.0},
        {"zone_id": story.zone_b.pk, "zone_name": "Zone B", "revenue": 100.0, "refunds": 100.0, "net": 0.0},
    ]
    assert report["methods"] == [
        {"method": "CASH", "revenue": 200.0, "refunds": 0.0, "net": 200.0},
        {"method": "ONLINE", "revenue": 400.0, "refunds": 100.0, "net": 300.0},
        {"method": "UPI", "revenue": 0.0, "refunds": 0.0, "net": 0.0},
    ]
    assert report["growth"] == {
        "previous_start": "2026-09-25",
        "previous_end": "2026-10-24",
        "previous_total": 0.0,
        "change": 500.0,
        "percent": None,
    }
    assert (report["total"], report["group_by"]) == (500.0, "day")


@pytest.mark.parametrize(
    "query",
    [
        {"date": "2026-11-21"},
        {"date": "today"},
        {"start_date": "2026-11-20", "end_date": "2026-11-22"},
        {"start_date": "2026-11-22"},
        {"end_date": "2026-11-21", "group_by": "week"},
        {"group_by": "month"},
    ],
)
def test_all_sums_agree_and_agree_with_the_payments(story: Story, manager: ApiClient, query: dict[str, str]) -> None:
    report = ask(manager, "revenue-report/", **query)
    payments = ask(manager, "payments/", start_date=report["start_date"], end_date=report["end_date"])
    sums = [sum(row["net"] for row in report[part]) for part in ("daily", "zones", "methods")]
    assert report["total"] != 0
    assert sums == [report["total"]] * 3
    assert payments["totals"]["net"] == report["total"]


# --- Sessions ----------------------------------------------------------------------------------------


def test_sessions_of_today(story: Story, manager: ApiClient) -> None:
    page = ask(manager, "all-sessions/", date="today")
    assert [row["session_id"] for row in page["results"]] == [story.inside.pk, story.terminated.pk, story.walk_in.pk]
    inside, terminated, _ = page["results"]
    assert inside["duration_minutes"] == 55
    assert inside["estimated_amount"] == 50.0
    assert inside["username"] == story.driver.username
    assert inside["payment"]["status"] == "COMPLETED"
    assert (terminated["user_id"], terminated["username"]) == (None, None)
    assert (terminated["end_reason"], terminated["end_note"]) == ("TERMINATED", "Driver walked away")
    assert (terminated["amount_due"], terminated["amount_paid"]) == (75.0, 0.0)


def test_sessions_by_several_filters(story: Story, manager: ApiClient) -> None:
    found = ask(
        manager,
        "all-sessions/",
        status="CANCELLED",
        zone_id=str(story.zone_b.uuid),
        user=story.driver.username,
        start_date="2026-11-21",
        end_date="2026-11-21",
        q="KA",
        page_size=1,
        page=2,
    )
    assert [row["session_id"] for row in found["results"]] == [story.cancelled.pk]
    assert (found["count"], found["pages"]) == (2, 2)


def test_a_page_takes_as_many_statements_however_long_it_is(
    story: Story, manager: ApiClient, django_assert_num_queries: Any
) -> None:
    for size in (1, 8):
        # The caller, the count, the rows, their orders.
        with django_assert_num_queries(4):
            ask(manager, "all-sessions/", page_size=size)


# --- Bad input ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["payments/", "revenue-report/", "all-sessions/"])
@pytest.mark.parametrize("field", ["start_date", "end_date"])
@pytest.mark.parametrize(
    "value",
    ["", "yesterday", "0", "1763800000", "2026-13-01", "2026-02-30", "2026-11-22T00:00:00", "0001-01-01", "9999-12-31",
     "20261122", "٢٠٢٦-١١-٢٢", "\x00"],
)  # fmt: skip
def test_a_date_that_is_none(manager: ApiClient, path: str, field: str, value: str) -> None:
    assert refused(manager, path, **{field: value}) == [field]


@pytest.mark.parametrize("path", ["payments/", "revenue-report/", "all-sessions/"])
def test_periods_that_make_no_sense(manager: ApiClient, path: str) -> None:
    assert refused(manager, path, start_date="2026-11-22", end_date="2026-11-21") == ["end_date"]
    assert refused(manager, path, start_date="2020-01-01", end_date="2026-11-21") == ["end_date"]


@pytest.mark.parametrize("path", ["revenue-report/", "all-sessions/"])
def test_a_date_beside_a_period(manager: ApiClient, path: str) -> None:
    assert refused(manager, path, date="today", start_date="2026-11-22") == ["date"]


@pytest.mark.parametrize(
    ("path", "field", "value"),
    [
        ("payments/", "method", "CHEQUE"),
        ("payments/", "method", "cash"),
        ("payments/", "status", "DONE"),
        ("payments/", "gateway", "\x00"),
        ("payments/", "gateway", "X" * 13),
        ("payments/", "session_id", "x"),
        ("payments/", "session_id", str(2**63)),
        ("payments/", "session_id", "-1"),
        ("revenue-report/", "group_by", "year"),
        ("all-sessions/", "status", "PARKED"),
        ("all-sessions/", "user", "\x00"),
        ("all-sessions/", "user", ""),
        ("all-sessions/", "zone_id", "Zone A"),
        ("all-sessions/", "q", "a\x00b"),
        ("all-sessions/", "q", "x" * 101),
        ("all-sessions/", "export", "pdf"),
        ("debts/", "status", "BURNT"),
    ],
)
def test_a_filter_that_means_nothing(manager: ApiClient, path: str, field: str, value: str) -> None:
    assert refused(manager, path, **{field: value}) == [field]


@pytest.mark.parametrize("query", ["q=%ED%A0%80", "q=%FF%FE", "user=%ED%A0%80"])
def test_bytes_that_are_no_text(manager: ApiClient, query: str) -> None:
    response = manager.client.get(f"/api/admin/all-sessions/?{query}", headers=manager.headers)
    assert response.status_code == 400


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(("field", "value"), [("page", "0"), ("page", "2"), ("page", "9" * 30), ("page_size", "101")])
def test_a_page_out_of_range(manager: ApiClient, path: str, field: str, value: str) -> None:
    assert refused(manager, path, **{field: value}) == [field]


@pytest.mark.parametrize("path", LISTS)
def test_an_empty_list_has_one_page(manager: ApiClient, path: str) -> None:
    page = ask(manager, path)
    assert (page["results"], page["count"], page["pages"]) == ([], 0, 1)
