"""Decisions that take two people, and attempts to be both."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from parking.accounts.models import Approval, Role, User
from parking.audit.models import AuditEntry
from parking.checkout import refunding
from parking.core import clock
from parking.payments.models import Debt, Payment, Refund
from tests.build import actor, book, enter, leave, make_user, make_zone, take_ticket, terminate
from tests.client import ApiClient
from tests.invariants import assert_books_agree, nothing_changes
from tests.moments import START

pytestmark = pytest.mark.django_db

USERS = "/api/admin/users/"


@pytest.fixture(autouse=True)
def _given_passwords_may_stay(settings: Any) -> None:
    """Let new accounts act at once: what they may not decide is tested here."""
    settings.GIVEN_PASSWORDS_CHANGE = False


@pytest.fixture
def moment() -> Any:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def cash(moment: Any, driver: User, staff: User) -> Payment:
    """₹50 in cash that an attendant took."""
    session = book(driver, make_zone("Zone A"))
    enter(staff, session)
    leave(staff, session, now=session.booked_at + timedelta(minutes=70))
    return Payment.objects.get(method="CASH")


def asked(by: User, payment: Payment) -> Refund:
    return refunding.refund_any_payment(
        actor=actor(by), payment_id=payment.pk, amount=Decimal("20.00"), reason="Wrong car", now=clock.now()
    )


def answer_of(by: User, refund: Refund) -> tuple[int, str]:
    answer = ApiClient(by).post(f"/api/admin/refunds/{refund.pk}/approve/")
    return answer.status_code, answer.json().get("code", "")


def made_by(maker: User, username: str = "second", role: str = "ADMIN") -> User:
    body = {"username": username, "password": "blue-tractor-9", "role": role}
    assert ApiClient(maker).post(USERS, body).status_code == 201
    return User.objects.get(username=username)


NOT_INDEPENDENT = (403, "second_person_not_independent")


def test_an_account_that_the_first_person_made_is_no_second_one_for_a_day(
    moment: Any, admin: User, cash: Payment
) -> None:
    make_user(Role.ADMIN)
    refund = asked(admin, cash)
    second = made_by(admin)
    with nothing_changes():
        assert answer_of(second, refund) == NOT_INDEPENDENT
    moment.shift(timedelta(hours=24))
    assert answer_of(second, refund) == (200, "")


@pytest.mark.parametrize("change", [{"role": "ADMIN"}, {"password": "red-tractor-9"}, {"email": "mine@example.org"}])
def test_nor_is_one_that_was_raised_or_given_a_password_or_an_address(
    admin: User, cash: Payment, change: dict[str, str]
) -> None:
    second = make_user(Role.STAFF if "role" in change else Role.ADMIN)
    make_user(Role.ADMIN)
    refund = asked(admin, cash)
    assert ApiClient(admin).patch(f"{USERS}{second.pk}/", change).status_code == 200
    second.refresh_from_db()
    assert answer_of(second, refund) == NOT_INDEPENDENT


def test_a_chain_of_new_accounts_helps_nobody(admin: User, cash: Payment) -> None:
    make_user(Role.ADMIN)
    refund = asked(admin, cash)
    third = made_by(made_by(admin), "third")
    assert answer_of(third, refund) == NOT_INDEPENDENT


def test_nobody_approves_what_a_new_administrator_of_their_making_asked_for(admin: User, cash: Payment) -> None:
    make_user(Role.ADMIN)
    refund = asked(made_by(admin), cash)
    assert answer_of(admin, refund) == NOT_INDEPENDENT


def test_another_ones_word_does_not_wash_an_account_clean(admin: User, cash: Payment) -> None:
    other = make_user(Role.ADMIN)
    refund = asked(admin, cash)
    second = made_by(admin, role="STAFF")
    ApiClient(other).patch(f"{USERS}{second.pk}/", {"role": "ADMIN"})
    second.refresh_from_db()
    assert answer_of(second, refund) == NOT_INDEPENDENT
    # With a password of the other's the first one has lost the account.
    ApiClient(other).patch(f"{USERS}{second.pk}/", {"password": "red-tractor-9"})
    second.refresh_from_db()
    assert answer_of(second, refund) == (200, "")


@pytest.mark.parametrize("change", [{"email": "mine@example.org"}, {"is_active": True}])
def test_somebody_elses_word_of_today_hides_no_other_persons(
    admin: User, cash: Payment, change: dict[str, Any]
) -> None:
    other = make_user(Role.ADMIN)
    second = made_by(other)
    if "is_active" in change:
        ApiClient(other).patch(f"{USERS}{second.pk}/", {"is_active": False})
    refund = asked(admin, cash)
    assert ApiClient(admin).patch(f"{USERS}{second.pk}/", change).status_code == 200
    second.refresh_from_db()
    assert answer_of(second, refund) == NOT_INDEPENDENT


def test_nobody_approves_what_an_attendant_of_their_making_asked_for(admin: User, cash: Payment) -> None:
    other = make_user(Role.ADMIN)
    attendant = made_by(admin, role="STAFF")
    limit = {"permissions": {"refund": {"each": 100, "per_day": 100}}}
    assert ApiClient(admin).patch(f"{USERS}{attendant.pk}/", limit).status_code == 200
    attendant.refresh_from_db()
    wanted = {"payment_id": cash.pk, "amount": 20, "reason": "Wrong car"}
    assert ApiClient(attendant).post("/api/staff/refunds/", wanted).status_code == 201
    refund = Refund.objects.get()
    assert answer_of(admin, refund) == NOT_INDEPENDENT
    assert answer_of(other, refund) == (200, "")


def test_two_accounts_of_one_maker_are_one_person(admin: User, cash: Payment) -> None:
    make_user(Role.ADMIN)
    attendant = made_by(admin, "gate", role="STAFF")
    session = take_ticket(make_zone("Zone N"))
    enter(attendant, session)
    terminate(attendant, session)
    address = f"/api/admin/debts/{Debt.objects.get().pk}/write-off/"
    answer = ApiClient(made_by(admin)).post(address, {"reason": "Ambulance"})
    assert (answer.status_code, answer.json()["code"]) == NOT_INDEPENDENT


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "USER"}])
def test_nobody_becomes_the_only_administrator_for_a_decision(
    moment: Any, admin: User, cash: Payment, change: dict[str, Any]
) -> None:
    other = make_user(Role.ADMIN)
    refund = asked(admin, cash)
    assert ApiClient(admin).patch(f"{USERS}{other.pk}/", change).status_code == 200
    assert answer_of(admin, refund) == (400, "own_refund")
    moment.shift(timedelta(hours=24))
    assert answer_of(admin, refund) == (200, "")


def test_the_only_administrator_decides_about_what_a_new_attendant_did(admin: User, cash: Payment) -> None:
    attendant = made_by(admin, role="STAFF")
    session = take_ticket(make_zone("Zone N"))
    enter(attendant, session)
    terminate(attendant, session)
    address = f"/api/admin/debts/{Debt.objects.get().pk}/write-off/"
    assert ApiClient(admin).post(address, {"reason": "Ambulance"}).status_code == 200
    assert AuditEntry.objects.get(action="debt.written_off").facts["alone"] is True


def test_who_took_the_money_does_not_hand_it_back(admin: User, driver: User) -> None:
    taker = make_user(Role.ADMIN)
    session = book(driver, make_zone())
    enter(taker, session)
    leave(taker, session, now=session.booked_at + timedelta(minutes=70))
    refund = asked(admin, Payment.objects.get(method="CASH"))
    assert answer_of(taker, refund) == (400, "own_takings")
    assert answer_of(admin, refund) == (400, "own_refund")
    assert answer_of(make_user(Role.ADMIN), refund) == (200, "")


def test_the_only_administrator_decides_alone_and_the_record_says_so(admin: User, cash: Payment) -> None:
    User.objects.filter(pk=make_user(Role.ADMIN).pk).update(is_active=False)
    refund = asked(admin, cash)
    assert answer_of(admin, refund) == (200, "")
    assert AuditEntry.objects.get(action="refund.approved").facts["alone"] is True


def test_nobody_forgives_the_debt_of_a_stay_that_they_ended(admin: User, staff: User) -> None:
    other = make_user(Role.ADMIN)
    session = take_ticket(make_zone())
    enter(staff, session)
    terminate(admin, session)
    address = f"/api/admin/debts/{Debt.objects.get().pk}/write-off/"
    answer = ApiClient(admin).post(address, {"reason": "Ambulance"})
    assert (answer.status_code, answer.json()["code"]) == (400, "own_termination")
    answer = ApiClient(made_by(admin)).post(address, {"reason": "Ambulance"})
    assert (answer.status_code, answer.json()["code"]) == NOT_INDEPENDENT
    assert ApiClient(other).post(address, {"reason": "Ambulance"}).status_code == 200
    assert AuditEntry.objects.get(action="debt.written_off").facts["alone"] is False


# --- What waits, in one list ---------------------------------------------------------------------------


def test_a_cash_refund_waits_in_the_list_of_approvals_until_somebody_decides(admin: User, cash: Payment) -> None:
    other = make_user(Role.ADMIN)
    refund = asked(admin, cash)
    [row] = ApiClient(other).get("/api/admin/approvals/").json()["data"]["results"]
    assert (row["kind"], row["asked_by"], row["facts"]) == (
        "CASH_REFUND",
        admin.username,
        {"refund_id": refund.pk, "session_id": cash.bill.session.pk, "amount": "20.00"},
    )
    answer = ApiClient(other).post(f"/api/admin/approvals/{row['id']}/", {"decision": "APPROVE"})
    assert (answer.status_code, answer.json()["data"]["decision"]) == (200, "APPROVE")
    assert Refund.objects.get().status == "COMPLETED"
    assert ApiClient(other).get("/api/admin/approvals/").json()["data"]["count"] == 0
    again = ApiClient(other).post(f"/api/admin/approvals/{row['id']}/", {"decision": "REFUSE"})
    assert (again.status_code, again.json()["code"]) == (400, "refund_not_waiting")
    assert_books_agree()


def test_a_refused_refund_leaves_the_bill_as_it_was(admin: User, cash: Payment) -> None:
    before = (cash.bill.total, cash.bill.refunded, cash.bill.lines)
    asked(admin, cash)
    approval = Approval.objects.get()
    answer = ApiClient(make_user(Role.ADMIN)).post(f"/api/admin/approvals/{approval.pk}/", {"decision": "REFUSE"})
    assert answer.status_code == 200
    cash.bill.refresh_from_db()
    assert (cash.bill.total, cash.bill.refunded, cash.bill.lines) == before
    assert (Refund.objects.get().status, AuditEntry.objects.filter(action="refund.refused").count()) == ("REFUSED", 1)
    assert_books_agree()
    # All of the payment can be asked back again.
    assert (
        ApiClient(admin)
        .post("/api/admin/refunds/", {"payment_id": cash.pk, "amount": 50, "reason": "All of it"})
        .status_code
        == 201
    )
