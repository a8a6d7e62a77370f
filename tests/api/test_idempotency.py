"""`Idempotency-Key`: the same request gets the same answer, and nothing happens twice."""

import json
from datetime import timedelta

import pytest
from time_machine import Traveller

from parking.accounts.models import User
from parking.core import clock, idempotency
from parking.core.models import IdempotencyKey
from parking.facilities.models import ParkingZone
from parking.payments.gateways.base import GatewayState
from parking.payments.models import Payment, PaymentOrder
from parking.stays.models import ParkingSession
from tests.api.reading import book, data_of, enter, errors_of, leave, problem_of
from tests.build import make_user, make_zone
from tests.client import ApiClient
from tests.gateway import FakeGateway, PowerCut
from tests.invariants import assert_books_agree, nothing_changes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock_stands")]

KEY = {"Idempotency_Key": "k-1"}


# --- The same again ------------------------------------------------------------------------------------


def test_a_repeated_booking_is_one_booking_and_one_answer(
    clock_stands: Traveller, as_driver: ApiClient, zone: ParkingZone
) -> None:
    first = book(as_driver, zone.pk, **KEY)
    clock_stands.shift(timedelta(minutes=2))
    with nothing_changes():
        again = book(as_driver, zone.pk, **KEY)
    assert (again.status_code, again.content) == (201, first.content)
    assert (first.headers.get("Idempotent-Replayed"), again.headers["Idempotent-Replayed"]) == (None, "true")
    assert_books_agree()


def test_the_body_is_compared_as_it_was_understood(as_driver: ApiClient, zone: ParkingZone) -> None:
    first = book(as_driver, zone.pk, **KEY)
    same = {"owner_name": " Asha Rao ", "zone_id": str(zone.pk), "vehicle_number": "DL-01-AB-1234", "new": 1}
    with nothing_changes():
        assert as_driver.post("/api/user/book-slot/", same, **KEY).content == first.content


def test_another_body_under_the_same_key_is_409(as_driver: ApiClient, zone: ParkingZone) -> None:
    book(as_driver, zone.pk, **KEY)
    with nothing_changes():
        assert problem_of(book(as_driver, zone.pk, "DL-01-AB-9999", **KEY)) == (409, "idempotency_key_reused")


def test_another_key_is_another_request(as_driver: ApiClient, zone: ParkingZone) -> None:
    book(as_driver, zone.pk, **KEY)
    assert problem_of(book(as_driver, zone.pk, Idempotency_Key="k-2")) == (400, "vehicle_already_parked")


def test_a_key_belongs_to_its_caller_and_address(as_driver: ApiClient, zone: ParkingZone) -> None:
    first = data_of(book(as_driver, zone.pk, "DL-01-AB-0001", **KEY), 201)
    other = data_of(book(ApiClient(make_user()), zone.pk, "DL-01-AB-0002", **KEY), 201)
    assert first["session_id"] != other["session_id"]
    cancelled = as_driver.post("/api/user/cancel-booking/", {"session_id": first["session_id"]}, **KEY)
    assert data_of(cancelled)["status"] == "CANCELLED"


def test_a_key_is_forgotten_after_a_day(clock_stands: Traveller, driver: User, zone: ParkingZone) -> None:
    book(ApiClient(driver), zone.pk, **KEY)
    clock_stands.shift(timedelta(hours=23, minutes=59))
    assert book(ApiClient(driver), zone.pk, **KEY).status_code == 201
    clock_stands.shift(timedelta(minutes=1))
    # The first booking is still open, so a new request is refused; that refusal is now the key's answer.
    assert problem_of(book(ApiClient(driver), zone.pk, **KEY)) == (400, "vehicle_already_parked")
    assert IdempotencyKey.objects.get().created_at == clock.now()


def test_the_worker_forgets_keys_after_a_day(clock_stands: Traveller, as_driver: ApiClient, zone: ParkingZone) -> None:
    book(as_driver, zone.pk, **KEY)
    clock_stands.shift(timedelta(hours=24) - timedelta(seconds=1))
    assert idempotency.forget_old_keys(now=clock.now()) == 0
    clock_stands.shift(1)
    assert idempotency.forget_old_keys(now=clock.now()) == 1


@pytest.mark.parametrize("key", ["", " ", "x" * 65, "two words", "नमस्ते", "tab\there"])
def test_a_malformed_key_is_bad_input(as_driver: ApiClient, zone: ParkingZone, key: str) -> None:
    with nothing_changes():
        assert errors_of(book(as_driver, zone.pk, Idempotency_Key=key)) == {"Idempotency-Key"}


@pytest.mark.parametrize("key", ["x" * 64, "!~", "7d9f2c1e-5b1a-4e0f-9c57-3f3a0a8f6d21"])
def test_sixty_four_visible_characters_are_a_key(as_driver: ApiClient, zone: ParkingZone, key: str) -> None:
    assert book(as_driver, zone.pk, Idempotency_Key=key).status_code == 201


# --- Refusals -------------------------------------------------------------------------------------------


def test_a_refusal_is_kept(as_driver: ApiClient) -> None:
    zone = make_zone(slots=1)
    taken = data_of(book(ApiClient(make_user()), zone.pk, "DL-01-AB-0001"), 201)
    first = book(as_driver, zone.pk, **KEY)
    assert problem_of(first) == (400, "zone_full")
    ParkingSession.objects.filter(pk=taken["session_id"]).update(
        status="CANCELLED", end_reason="CANCELLED", ended_at=clock.now()
    )
    zone.slots.update(status="FREE")
    with nothing_changes():
        again = book(as_driver, zone.pk, **KEY)
    assert (again.status_code, again.content) == (400, first.content)


def test_a_declined_payment_is_kept_and_not_asked_for_again(
    clock_stands: Traveller, gateway: FakeGateway, as_driver: ApiClient, zone: ParkingZone
) -> None:
    gateway.outcome = GatewayState.FAILED
    first = book(as_driver, zone.pk, **KEY)
    gateway.outcome = GatewayState.COMPLETED
    with nothing_changes():
        assert book(as_driver, zone.pk, **KEY).content == first.content
    assert problem_of(first) == (400, "payment_failed")
    assert len(gateway.orders) == 1


def test_bad_input_uses_no_key_up(as_driver: ApiClient, zone: ParkingZone) -> None:
    assert errors_of(as_driver.post("/api/user/book-slot/", {"zone_id": True}, **KEY)) >= {"zone_id"}
    assert book(as_driver, zone.pk, **KEY).status_code == 201


def test_401_is_not_kept(driver: User, as_driver: ApiClient, zone: ParkingZone) -> None:
    User.objects.filter(pk=driver.pk).update(is_active=False)
    assert problem_of(book(as_driver, zone.pk, **KEY)) == (401, "token_not_valid")
    User.objects.filter(pk=driver.pk).update(is_active=True)
    assert book(as_driver, zone.pk, **KEY).status_code == 201


def test_503_is_not_kept_and_the_key_goes_on_where_it_was(
    clock_stands: Traveller, gateway: FakeGateway, as_driver: ApiClient, as_staff: ApiClient, zone: ParkingZone
) -> None:
    booking = data_of(book(as_driver, zone.pk), 201)
    enter(as_staff, booking)
    clock_stands.shift(timedelta(minutes=66))
    gateway.reachable = False
    assert problem_of(leave(as_staff, booking, "ONLINE", KEY)) == (503, "gateway_unavailable")
    gateway.reachable = True
    done = leave(as_staff, booking, "ONLINE", KEY)
    assert data_of(done)["status"] == "COMPLETED"
    assert leave(as_staff, booking, "ONLINE", KEY).content == done.content
    assert Payment.objects.count() == 2
    assert_books_agree()


# --- Two steps, cut off in between --------------------------------------------------------------------------


def test_a_booking_cut_off_goes_on_with_its_key(
    clock_stands: Traveller, gateway: FakeGateway, as_driver: ApiClient, zone: ParkingZone
) -> None:
    gateway.power = False
    with pytest.raises(PowerCut):
        book(as_driver, zone.pk, **KEY)
    gateway.power = True
    clock_stands.shift(30)
    booking = data_of(book(as_driver, zone.pk, **KEY), 201)
    assert (booking["payment_status"], booking["booked_at"]) == ("PARTIAL", "2026-11-22T04:30:00Z")
    assert (ParkingSession.objects.count(), PaymentOrder.objects.count(), Payment.objects.count()) == (1, 1, 1)
    assert_books_agree()


def test_an_exit_that_waits_is_looked_at_anew_under_its_key(
    clock_stands: Traveller, gateway: FakeGateway, as_driver: ApiClient, as_staff: ApiClient, zone: ParkingZone
) -> None:
    booking = data_of(book(as_driver, zone.pk), 201)
    enter(as_staff, booking)
    clock_stands.shift(timedelta(minutes=66))
    gateway.outcome = GatewayState.PENDING
    assert data_of(leave(as_staff, booking, "ONLINE", KEY))["status"] == "ACTIVE"
    gateway.decide(GatewayState.COMPLETED)
    done = leave(as_staff, booking, "ONLINE", KEY)
    assert data_of(done)["status"] == "COMPLETED"
    with nothing_changes():
        assert leave(as_staff, booking, "ONLINE", KEY).content == done.content
    assert_books_agree()


@pytest.mark.parametrize("method", ["CASH", "NONE"])
def test_a_termination_is_repeated_under_its_key(
    clock_stands: Traveller, as_driver: ApiClient, as_staff: ApiClient, zone: ParkingZone, method: str
) -> None:
    booking = data_of(book(as_driver, zone.pk), 201)
    enter(as_staff, booking)
    clock_stands.shift(timedelta(minutes=66))
    path = f"/api/staff/sessions/{booking['session_id']}/terminate/"
    body = {"reason": "Driver walked away", "payment_method": method}
    first = as_staff.post(path, body, **KEY)
    assert data_of(first)["status"] == "COMPLETED"
    with nothing_changes():
        assert as_staff.post(path, body, **KEY).content == first.content


def test_a_cancellation_whose_answer_was_lost_answers_as_it_did(as_driver: ApiClient, zone: ParkingZone) -> None:
    booking = data_of(book(as_driver, zone.pk), 201)
    body = {"session_id": booking["session_id"]}
    first = as_driver.post("/api/user/cancel-booking/", body, **KEY)
    IdempotencyKey.objects.update(status=None, answer="")
    with nothing_changes():
        assert as_driver.post("/api/user/cancel-booking/", body, **KEY).content == first.content


def test_a_cash_exit_whose_answer_was_lost_answers_as_it_did(
    clock_stands: Traveller, as_driver: ApiClient, as_staff: ApiClient, zone: ParkingZone
) -> None:
    booking = data_of(book(as_driver, zone.pk), 201)
    enter(as_staff, booking)
    clock_stands.shift(timedelta(minutes=66))
    first = leave(as_staff, booking, "CASH", KEY, amount_tendered=100)
    IdempotencyKey.objects.update(status=None, answer="")
    with nothing_changes():
        again = leave(as_staff, booking, "CASH", KEY, amount_tendered=100)
    assert json.loads(again.content) == json.loads(first.content)


def test_a_manager_s_new_zone_is_made_once(as_admin: ApiClient) -> None:
    body = {"name": "Zone Q", "hourly_rate": 50}
    first = as_admin.post("/api/admin/zones/", body, **KEY)
    again = as_admin.post("/api/admin/zones/", body, **KEY)
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert ParkingZone.objects.count() == 1
