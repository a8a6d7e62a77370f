"""A second payment as managers see it by API and page, and send back by one click."""

from typing import Any

import pytest
from django.test import Client

from parking.accounts.models import User
from parking.checkout import settling
from parking.core import clock
from parking.facilities.models import ParkingZone
from parking.payments.gateways.base import FurtherPayment, GatewayState, OrderAnswer
from parking.payments.models import PaymentOrder, Refund
from tests.api_admin.test_zones import code, data
from tests.build import book
from tests.client import ApiClient
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree, nothing_changes
from tests.web.office.forms import browser_of, text_of

pytestmark = pytest.mark.django_db

REFUNDS = "/api/admin/refunds/"


@pytest.fixture
def held(gateway: FakeGateway, driver: User, zone: ParkingZone) -> Refund:
    """The refund of a booking fee's second payment, `pay_2`, after `pay_1`."""
    gateway.outcome = GatewayState.PENDING
    order = PaymentOrder.objects.get(bill=book(driver, zone).bill)
    twice = (FurtherPayment("pay_2", 5000),)
    answer = OrderAnswer(order.order_id, GatewayState.COMPLETED, 5000, reference="pay_1", also_paid=twice)
    settling.settle(order=order, answer=answer, now=clock.now())
    gateway.outcome = GatewayState.COMPLETED
    return Refund.objects.get()


def sent_back(client: ApiClient, refund_id: int, **headers: str) -> Any:
    return client.post(f"{REFUNDS}{refund_id}/send-back/", **headers)


def test_it_is_listed_with_both_numbers(as_admin: ApiClient, held: Refund) -> None:
    (row,) = data(as_admin.get(REFUNDS))["results"]
    assert (row["held"], row["by_hand"], row["reference"], row["paid_already"]) == (True, False, "pay_2", "pay_1")


def test_one_call_sends_it_back_and_the_same_key_again_does_nothing(
    as_admin: ApiClient, held: Refund, gateway: FakeGateway
) -> None:
    answers = [sent_back(as_admin, held.pk, Idempotency_Key="s-1") for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert (data(answers[0])["status"], data(answers[0])["held"]) == ("COMPLETED", False)
    assert len(gateway.refunds) == 1
    with nothing_changes():
        assert code(sent_back(as_admin, held.pk)) == "refund_not_held"
    assert_books_agree()


def test_only_managers_may(as_staff: ApiClient, as_driver: ApiClient, held: Refund) -> None:
    with nothing_changes():
        assert [sent_back(client, held.pk).status_code for client in (as_staff, as_driver)] == [403, 403]


def test_nothing_else_is_sent_so(as_admin: ApiClient, held: Refund) -> None:
    assert code(sent_back(as_admin, 2**62), 404) == "refund_not_found"
    assert code(as_admin.post(f"{REFUNDS}{held.pk}/approve/")) == "refund_not_waiting"


def test_the_office_sends_it_back_by_one_click(admin: User, held: Refund, gateway: FakeGateway) -> None:
    office: Client = browser_of(admin)
    alert, page = text_of(office.get("/office/")), text_of(office.get("/office/review/"))
    assert "Paid twice" in alert and "pay_1 and pay_2" in alert
    assert "Refund the second ₹50" in page and "pay_1" in page and "pay_2" in page
    address = f"/office/refunds/{held.pk}/send-back/"
    assert f'action="{address}"' in page
    with nothing_changes():
        assert office.get(address).status_code == 302
    for _ in range(2):
        assert office.post(address).headers["Location"] == "/office/review/"
    assert (Refund.objects.get().status, len(gateway.refunds)) == ("COMPLETED", 1)
    assert "The second payment is being refunded." in text_of(office.get("/office/review/"))


def test_a_refund_without_balance_says_what_to_do(admin: User, held: Refund) -> None:
    Refund.objects.update(is_held=False, status="FAILED", lacks_balance=True, next_try_at=clock.now())
    office = browser_of(admin)
    assert "Refunds that wait for balance at the payment service" in text_of(office.get("/office/"))
    assert "Our balance at the payment service is too low" in text_of(office.get("/office/review/"))
