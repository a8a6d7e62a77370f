"""Debts of plates: listed, and written off with a reason."""

from datetime import timedelta

import pytest

from parking.accounts.models import User
from parking.audit.models import AuditEntry
from parking.checkout.queries import plate_debt
from parking.core import clock
from parking.core.sites import ALL_SITES
from parking.payments import debts
from parking.payments.models import Debt
from tests.api_admin.test_zones import code, data
from tests.client import ApiClient
from tests.reports.story import Story

pytestmark = pytest.mark.django_db

DEBTS = "/api/admin/debts/"


def write_off_at(debt: Debt | int | str) -> str:
    return f"{DEBTS}{debt.pk if isinstance(debt, Debt) else debt}/write-off/"


def test_what_a_stay_without_payment_owes(story: Story, manager: ApiClient) -> None:
    debt = Debt.objects.get()
    assert data(manager.get(DEBTS))["results"] == [
        {
            "id": debt.pk,
            "session_id": story.terminated.pk,
            "vehicle_number": story.terminated.vehicle.vehicle_number,
            "amount": 75.0,
            "status": "OPEN",
            "created_at": "2026-11-23T05:00:00Z",
            "waits_until": None,
            "closed_at": None,
            "objection": None,
            "emergency_id": None,
            "mark": None,
        }
    ]


def test_a_debt_is_written_off_once_with_its_reason(story: Story, manager: ApiClient, admin: User) -> None:
    debt = Debt.objects.get()
    answer = manager.post(write_off_at(debt), {"reason": "Ambulance"})
    assert data(answer) == {
        "id": debt.pk,
        "session_id": story.terminated.pk,
        "vehicle_number": story.terminated.vehicle.vehicle_number,
        "amount": 75.0,
        "status": "WRITTEN_OFF",
        "created_at": "2026-11-23T05:00:00Z",
        "waits_until": None,
        "closed_at": "2026-11-23T06:30:00Z",
        "objection": None,
        "emergency_id": None,
        "mark": None,
    }
    entry = AuditEntry.objects.get(action="debt.written_off")
    assert (entry.actor_id, entry.actor_role, entry.subject_kind, entry.subject_id) == (
        admin.pk,
        "ADMIN",
        "debt",
        debt.pk,
    )
    assert entry.facts == {"amount": "75.00", "bill_id": debt.bill_id, "reason": "Ambulance", "alone": False}
    debt.refresh_from_db()
    assert debt.written_off_by == admin
    assert plate_debt(story.terminated.vehicle_id, sites=ALL_SITES, now=clock.now()) == 0
    assert code(manager.post(write_off_at(debt), {"reason": "Again"})) == "debt_closed"
    assert AuditEntry.objects.filter(action="debt.written_off").count() == 1


def test_the_same_key_writes_off_once_and_answers_twice(story: Story, manager: ApiClient) -> None:
    debt = Debt.objects.get()
    answers = [manager.post(write_off_at(debt), {"reason": "Ambulance"}, Idempotency_Key="w-1") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert AuditEntry.objects.filter(action="debt.written_off").count() == 1


def test_debts_by_status(story: Story, manager: ApiClient) -> None:
    assert data(manager.get(DEBTS, status="WRITTEN_OFF"))["count"] == 0
    manager.post(write_off_at(Debt.objects.get()), {"reason": "Ambulance"})
    assert data(manager.get(DEBTS, status="OPEN"))["count"] == 0
    assert data(manager.get(DEBTS))["count"] == 1


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "  "}, {"reason": None}, {"reason": "x" * 201}])
def test_no_debt_is_written_off_without_a_reason(story: Story, manager: ApiClient, body: dict[str, object]) -> None:
    debt = Debt.objects.get()
    assert code(manager.post(write_off_at(debt), body)) == "validation_error"
    debt.refresh_from_db()
    assert (debt.status, debt.closed_at) == ("OPEN", None)


@pytest.mark.parametrize("ref", ["x", "0", str(2**63), "9" * 40, "%00", "8132e805-14d9-4c6b-9024-4df81f6df844"])
def test_what_is_no_debt_is_not_there(manager: ApiClient, ref: str) -> None:
    assert code(manager.post(write_off_at(ref), {"reason": "x"}), 404)


def test_what_may_still_be_paid_later_is_listed_apart(story: Story, manager: ApiClient) -> None:
    debt, now = Debt.objects.get(bill=story.terminated.bill), clock.now()
    debts.let_wait(debt=debt, until=now + timedelta(hours=1))
    assert [row["id"] for row in data(manager.get("/api/admin/debts/"))["results"]] == []
    (row,) = data(manager.get("/api/admin/debts/?waiting=true"))["results"]
    assert (row["id"], row["waits_until"]) == (debt.pk, f"{now + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}")


def test_what_is_forgiven_or_paid_before_it_is_a_debt_is_listed_at_once(
    story: Story, manager: ApiClient, admin: User
) -> None:
    debt, now = Debt.objects.get(bill=story.terminated.bill), clock.now()
    debts.let_wait(debt=debt, until=now + timedelta(hours=1))
    debts.write_off(debt=debt, admin_id=admin.pk, now=now)
    for query in ("", "?status=WRITTEN_OFF"):
        assert [row["id"] for row in data(manager.get(f"{DEBTS}{query}"))["results"]] == [debt.pk]
    assert data(manager.get(f"{DEBTS}?waiting=true"))["results"] == []


def test_objections_are_listed_together_or_those_that_wait_alone(story: Story, manager: ApiClient) -> None:
    debt, now = Debt.objects.get(bill=story.terminated.bill), clock.now()
    debts.object_to(debt=debt, objection="I paid in cash", now=now)
    assert data(manager.get(f"{DEBTS}?under_objection=true"))["count"] == 1
    assert data(manager.get(f"{DEBTS}?under_objection=true&waiting=true"))["count"] == 0
    debts.let_wait(debt=debt, until=now + timedelta(hours=1))
    assert data(manager.get(f"{DEBTS}?under_objection=true"))["count"] == 1
    assert data(manager.get(f"{DEBTS}?under_objection=true&waiting=true"))["count"] == 1
