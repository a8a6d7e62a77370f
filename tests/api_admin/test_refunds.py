"""Refunds by decision: asked for by one manager, cash approved by another, tried again after review."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from parking.accounts.models import Role, User
from parking.audit.models import AuditEntry
from parking.checkout import settling
from parking.core import clock
from parking.facilities.models import ParkingZone
from parking.payments.asking import refund_request
from parking.payments.gateways.base import GatewayState
from parking.payments.models import Payment, Refund
from tests.api_admin.test_zones import code, data
from tests.build import book, enter, leave, make_user
from tests.client import ApiClient
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree, nothing_changes

pytestmark = pytest.mark.django_db

REFUNDS = "/api/admin/refunds/"


@pytest.fixture
def cash(driver: User, staff: User, zone: ParkingZone) -> Payment:
    """₹50 in cash for an hour that a booking's fee did not cover."""
    session = book(driver, zone)
    enter(staff, session)
    leave(staff, session, now=session.booked_at + timedelta(minutes=70))
    return Payment.objects.get(method="CASH")


@pytest.fixture
def fee(gateway: FakeGateway, driver: User, zone: ParkingZone) -> Payment:
    return Payment.objects.get(bill=book(driver, zone).bill)


@pytest.fixture
def second_admin(db: None) -> User:
    return make_user(Role.ADMIN)


@pytest.fixture
def other(second_admin: User) -> ApiClient:
    """The second administrator's client."""
    return ApiClient(second_admin)


def asked(client: ApiClient, payment: Payment, amount: float = 20, **headers: str) -> Any:
    body = {"payment_id": payment.pk, "amount": amount, "reason": "Charged for the wrong car"}
    return client.post(REFUNDS, body, **headers)


def approved(client: ApiClient, refund: Refund, **headers: str) -> Any:
    return client.post(f"{REFUNDS}{refund.pk}/approve/", **headers)


def retried(client: ApiClient, refund: Refund, **headers: str) -> Any:
    return client.post(f"{REFUNDS}{refund.pk}/retry/", **headers)


def test_cash_waits_for_another_manager(
    as_admin: ApiClient, admin: User, other: ApiClient, second_admin: User, cash: Payment
) -> None:
    answer = asked(as_admin, cash)
    refund = Refund.objects.get()
    assert (answer.status_code, refund.status, refund.amount) == (201, "INITIATED", Decimal("20.00"))
    settling.follow_open_refunds(now=clock.now() + timedelta(hours=2))
    assert Refund.objects.get().status == "INITIATED"
    with nothing_changes():
        assert code(approved(as_admin, refund)) == "own_refund"
    done = data(approved(other, refund))
    assert (done["status"], done["by_hand"], done["asked_by"]) == ("COMPLETED", True, admin.username)
    entry = AuditEntry.objects.get(action="refund.approved")
    assert (entry.actor_id, entry.facts["asked_by"], entry.facts["amount"]) == (second_admin.pk, admin.pk, "20.00")
    assert code(approved(other, refund)) == "refund_not_waiting"
    assert_books_agree()


def test_the_same_key_hands_back_once(as_admin: ApiClient, other: ApiClient, cash: Payment) -> None:
    first, again = asked(as_admin, cash, Idempotency_Key="r-1"), asked(as_admin, cash, Idempotency_Key="r-1")
    assert (first.content, Refund.objects.count()) == (again.content, 1)
    refund = Refund.objects.get()
    first, again = (approved(other, refund, Idempotency_Key="a-1") for _ in range(2))
    assert (first.status_code, again.status_code, first.content) == (200, 200, again.content)
    assert AuditEntry.objects.filter(action="refund.approved").count() == 1


def test_online_money_goes_out_by_itself(as_admin: ApiClient, other: ApiClient, fee: Payment) -> None:
    assert data(asked(as_admin, fee), 201)["status"] == "COMPLETED"
    assert code(approved(other, Refund.objects.get())) == "refund_not_waiting"


def test_no_more_than_was_paid(as_admin: ApiClient, cash: Payment) -> None:
    with nothing_changes():
        assert code(asked(as_admin, cash, 50.01)) == "refund_exceeds_payment"
        assert code(asked(as_admin, cash, 0)) == "amount_invalid"
    asked(as_admin, cash, 50)
    assert code(asked(as_admin, cash, 1)) == "already_refunded"


def test_what_is_not_there(as_admin: ApiClient) -> None:
    body = {"payment_id": 2**62, "amount": 1, "reason": "x"}
    assert code(as_admin.post(REFUNDS, body), 404) == "payment_not_found"
    for ref in ("1", "x", str(2**63), "%00"):
        assert as_admin.post(f"{REFUNDS}{ref}/approve/").status_code == 404
        assert as_admin.post(f"{REFUNDS}{ref}/retry/").status_code == 404


def test_the_list_shows_what_a_person_must_look_after(as_admin: ApiClient, cash: Payment) -> None:
    fee = Payment.objects.get(method="ONLINE")
    asked(as_admin, cash)
    asked(as_admin, fee)
    by_status = {name: data(as_admin.get(REFUNDS, status=name))["count"] for name in ("INITIATED", "COMPLETED")}
    listed = data(as_admin.get(REFUNDS))["results"]
    assert (by_status, [row["payment_id"] for row in listed]) == ({"INITIATED": 1, "COMPLETED": 1}, [cash.pk])
    Refund.objects.filter(payment=fee).update(status="REVIEW", completed_at=None)
    assert [row["payment_id"] for row in data(as_admin.get(REFUNDS))["results"]] == [fee.pk, cash.pk]


@pytest.fixture
def stuck(as_admin: ApiClient, fee: Payment, gateway: FakeGateway) -> Refund:
    """A refund that the gateway refused as often as we try."""
    gateway.outcome = GatewayState.FAILED
    asked(as_admin, fee)
    Refund.objects.update(status="REVIEW", attempt=5, next_try_at=None)
    gateway.refunds.clear()
    return Refund.objects.get()


def test_a_refund_in_review_is_tried_again(as_admin: ApiClient, gateway: FakeGateway, stuck: Refund) -> None:
    gateway.outcome = GatewayState.COMPLETED
    answers = [retried(as_admin, stuck, Idempotency_Key="t-1") for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert (data(answers[0])["status"], data(answers[0])["attempt"]) == ("COMPLETED", 6)
    assert list(gateway.refunds) == [f"{stuck.refund_id}-R6"]
    assert AuditEntry.objects.get(action="refund.retried").facts["attempt"] == 6
    assert code(retried(as_admin, stuck)) == "refund_not_in_review"
    assert_books_agree()


def test_what_the_gateway_has_is_not_sent_twice(as_admin: ApiClient, gateway: FakeGateway, stuck: Refund) -> None:
    gateway.outcome = GatewayState.COMPLETED
    gateway.create_refund(refund_request(stuck))
    with nothing_changes():
        assert code(retried(as_admin, stuck)) == "refund_at_gateway"


def test_nothing_is_tried_while_the_gateway_is_away(as_admin: ApiClient, gateway: FakeGateway, stuck: Refund) -> None:
    gateway.reachable = False
    with nothing_changes():
        assert code(retried(as_admin, stuck), 503) == "gateway_unavailable"


def test_one_refund_of_a_payment_at_a_time(as_admin: ApiClient, gateway: FakeGateway, stuck: Refund) -> None:
    gateway.outcome = GatewayState.PENDING
    asked(as_admin, stuck.payment, 10)
    with nothing_changes():
        assert code(retried(as_admin, stuck)) == "refund_under_way"


def test_of_two_approvals_one_counts(as_admin: ApiClient, other: ApiClient, cash: Payment) -> None:
    asked(as_admin, cash)
    refund = Refund.objects.get()
    third = ApiClient(make_user(Role.ADMIN))
    assert [approved(client, refund).status_code for client in (other, third)] == [200, 400]


# --- The reason --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/api/admin/refunds/", "/api/payment/phonepe/refund/"])
def test_a_reason_is_kept_whole(as_admin: ApiClient, fee: Payment, address: str) -> None:
    assert fee.order is not None
    reason = "Charged for the wrong car. " * 7 + "x" * 11
    whose = {"payment_id": fee.pk, "merchant_txn_id": fee.order.order_id}
    answer = as_admin.post(address, {**_named(address, whose), "amount": 20, "reason": reason})
    assert answer.status_code in {200, 201}
    assert (len(reason), Refund.objects.get().reason) == (200, reason)


@pytest.mark.parametrize("address", ["/api/admin/refunds/", "/api/payment/phonepe/refund/"])
def test_a_reason_that_does_not_fit_is_refused(as_admin: ApiClient, fee: Payment, address: str) -> None:
    assert fee.order is not None
    whose = {"payment_id": fee.pk, "merchant_txn_id": fee.order.order_id}
    with nothing_changes():
        answer = as_admin.post(address, {**_named(address, whose), "amount": 20, "reason": "x" * 201})
    assert (answer.status_code, code(answer)) == (400, "validation_error")


def _named(address: str, whose: dict[str, Any]) -> dict[str, Any]:
    name = "merchant_txn_id" if "phonepe" in address else "payment_id"
    return {name: whose[name]}
