"""Refunds by attendants: only with the permission, within a limit each and per day, also when several come at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from parking.accounts.models import User
from parking.core import fresh
from parking.facilities.models import ParkingSite
from parking.payments.models import Payment, Refund
from tests.build import book, enter, leave, make_zone
from tests.client import ApiClient
from tests.concurrency.together import at_once
from tests.invariants import assert_books_agree

URL = "/api/staff/refunds/"


@pytest.fixture
def cash(db: None, driver: User, staff: User) -> Payment:
    session = book(driver, make_zone("Zone A", rate="500.00"))
    enter(staff, session)
    leave(staff, session, now=session.booked_at + timedelta(minutes=70))
    return Payment.objects.get(method="CASH")


def may_give_back(staff: User, each: str, per_day: str) -> None:
    User.objects.filter(pk=staff.pk).update(permissions={"refund": {"each": each, "per_day": per_day}})


def asked(staff: User, payment: Payment, amount: float) -> tuple[int, str, Any]:
    answer = ApiClient(staff).post(URL, {"payment_id": payment.pk, "amount": amount, "reason": "Wrong car"})
    return answer.status_code, answer.json().get("code", ""), answer.json().get("details")


@pytest.mark.django_db
def test_without_the_permission_an_attendant_gives_nothing_back(staff: User, cash: Payment) -> None:
    assert asked(staff, cash, 1) == (403, "not_permitted", None)


@pytest.mark.django_db
def test_each_refund_and_those_of_a_day_have_a_limit(staff: User, cash: Payment) -> None:
    may_give_back(staff, "100.00", "150.00")
    assert asked(staff, cash, 100.01) == (400, "refund_beyond_limit", {"left": 100.0})
    assert asked(staff, cash, 100)[0] == 201
    assert asked(staff, cash, 51) == (400, "refund_beyond_limit", {"left": 50.0})
    assert asked(staff, cash, 50)[0] == 201
    assert [str(refund.amount) for refund in Refund.objects.order_by("pk")] == ["100.00", "50.00"]
    assert {refund.asked_by for refund in Refund.objects.all()} == {staff}
    assert_books_agree()


@pytest.mark.django_db
def test_the_day_of_the_limit_is_the_sites(staff: User, cash: Payment) -> None:
    ParkingSite.objects.update(time_zone="Asia/Dubai")
    may_give_back(staff, "100.00", "100.00")
    # 23:30 on the 21st in Dubai, 01:00 on the 22nd in Delhi.
    with time_machine.travel(datetime(2026, 11, 21, 19, 30, tzinfo=UTC), tick=False):
        assert asked(staff, cash, 60)[0] == 201
    fresh.forget_all()
    with time_machine.travel(datetime(2026, 11, 21, 19, 59, tzinfo=UTC), tick=False):
        assert asked(staff, cash, 60) == (400, "refund_beyond_limit", {"left": 40.0})
    with time_machine.travel(datetime(2026, 11, 21, 20, 0, tzinfo=UTC), tick=False):
        assert asked(staff, cash, 60)[0] == 201


@pytest.mark.django_db
def test_cash_still_waits_for_an_administrator(staff: User, admin: User, cash: Payment) -> None:
    may_give_back(staff, "100.00", "150.00")
    asked(staff, cash, 20)
    assert Refund.objects.get().status == "INITIATED"
    assert ApiClient(admin).post(f"/api/admin/refunds/{Refund.objects.get().pk}/approve/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_refunds_at_once_stay_within_the_day(staff: User, driver: User) -> None:
    """Of different payments, so that no lock of a bill makes them wait for each other."""
    zone = make_zone("Zone A", rate="500.00")
    for _ in range(4):
        session = book(driver, zone)
        enter(staff, session)
        leave(staff, session, now=session.booked_at + timedelta(minutes=70))
    may_give_back(staff, "100.00", "150.00")
    payments = list(Payment.objects.filter(method="CASH"))
    assert len(payments) == 4
    answers = at_once([lambda payment=payment: asked(staff, payment, 100)[0] for payment in payments])
    assert sorted(answers) == [201, 400, 400, 400]
