"""The same request many times at once, over the API."""

from functools import partial

import pytest
from django.http import HttpResponse

from parking.accounts.models import User
from parking.core.models import IdempotencyKey
from parking.facilities.models import ParkingZone
from parking.payments.gateways.base import GatewayState
from parking.payments.models import Payment, PaymentOrder, Refund
from parking.stays.models import ParkingSession
from tests.api.reading import book, data_of, enter, leave
from tests.build import make_zone
from tests.client import ApiClient
from tests.concurrency.together import at_once
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree

pytestmark = pytest.mark.django_db(transaction=True)

KEY = {"Idempotency_Key": "k-1"}


def _one_answer(answers: list[HttpResponse]) -> HttpResponse:
    assert len({(answer.status_code, answer.content) for answer in answers}) == 1, [a.content for a in answers]
    return answers[0]


def test_one_key_ten_times_at_once_is_one_booking(driver: User, zone: ParkingZone) -> None:
    client = ApiClient(driver)
    answers = at_once([partial(book, client, zone.pk, **KEY)] * 10)
    data_of(_one_answer(answers), 201)
    assert (ParkingSession.objects.count(), PaymentOrder.objects.count(), Payment.objects.count()) == (1, 1, 1)
    assert IdempotencyKey.objects.get().status == 201
    assert_books_agree()


def test_one_key_ten_times_at_once_is_one_refusal(driver: User, transactional_db: None) -> None:
    client, full = ApiClient(driver), make_zone(slots=0)
    answer = _one_answer(at_once([partial(book, client, full.pk, **KEY)] * 10))
    assert answer.status_code == 400
    assert IdempotencyKey.objects.get().status == 400


def test_one_key_ten_times_at_once_is_one_declined_payment(
    driver: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.FAILED
    answer = _one_answer(at_once([partial(book, ApiClient(driver), zone.pk, **KEY)] * 10))
    assert answer.status_code == 400
    assert (ParkingSession.objects.get().status, len(gateway.orders)) == ("EXPIRED", 1)
    assert_books_agree()


@pytest.mark.parametrize("method", ["CASH", "ONLINE"])
def test_one_key_ten_times_at_once_is_one_exit(driver: User, staff: User, zone: ParkingZone, method: str) -> None:
    client = ApiClient(staff)
    booking = data_of(book(ApiClient(driver), zone.pk), 201)
    enter(client, booking)
    answers = at_once([partial(leave, client, booking, method, KEY, amount_tendered=100)] * 10)
    assert data_of(_one_answer(answers))["status"] == "COMPLETED"
    assert_books_agree()


def test_one_key_ten_times_at_once_is_one_cancellation(driver: User, zone: ParkingZone) -> None:
    client = ApiClient(driver)
    booking = data_of(book(client, zone.pk), 201)
    body = {"session_id": booking["session_id"]}
    answers = at_once([partial(client.post, "/api/user/cancel-booking/", body, **KEY)] * 10)
    assert data_of(_one_answer(answers))["refund_amount"] == 50.0
    assert Refund.objects.count() == 1
    assert_books_agree()


def test_one_scan_ten_times_at_once_gets_one_answer(driver: User, staff: User, zone: ParkingZone) -> None:
    client = ApiClient(staff)
    booking = data_of(book(ApiClient(driver), zone.pk), 201)
    data_of(_one_answer(at_once([partial(enter, client, booking, scan_id="in-1")] * 10)))
    answers = at_once([partial(leave, client, booking, "CASH", scan_id="out-1", amount_tendered=100)] * 10)
    assert data_of(_one_answer(answers))["change_due"] == 100.0
    assert_books_agree()


def test_a_key_whose_time_is_over_is_used_anew_by_one_of_many(driver: User, zone: ParkingZone) -> None:
    client = ApiClient(driver)
    booking = data_of(book(client, zone.pk, **KEY), 201)
    client.post("/api/user/cancel-booking/", {"session_id": booking["session_id"]})
    IdempotencyKey.objects.update(created_at="2020-01-01T00:00:00Z")
    again = data_of(_one_answer(at_once([partial(book, client, zone.pk, **KEY)] * 10)), 201)
    assert again["session_id"] != booking["session_id"]
    assert ParkingSession.objects.count() == 2
    assert_books_agree()
