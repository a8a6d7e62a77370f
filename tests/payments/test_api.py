"""The payment calls as a driver's phone, a gate and an administrator use them, with gateways over real HTTP."""

from typing import Any

import pytest
from pytest_django import Settings
from time_machine import Traveller

from gateway_standin.razorpay.hooks import signature
from parking.core import clock
from parking.facilities.models import ParkingZone
from parking.payments.models import Payment, PaymentOrder, Refund
from parking.stays.models import ParkingSession
from tests.api.reading import data_of, enter, leave, problem_of, text_of
from tests.build import make_user, plate
from tests.client import ApiClient
from tests.gateways.standin import KEY_ID, KEY_SECRET, Standin
from tests.invariants import nothing_changes
from tests.payments.world import BRAND, Mail, assert_books_agree_with, follow, order_of, settings_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock_stands")]

CREATE = {"PHONEPE": "/api/payment/phonepe/create/", "RAZORPAY": "/api/payment/create-order/"}
MINUTE = 60


def book(client: ApiClient, zone: ParkingZone, gateway: str | None = None) -> dict[str, Any]:
    body = {"zone_id": zone.pk, "vehicle_number": plate(), "owner_name": "Asha Rao", "gateway": gateway}
    return dict(data_of(client.post("/api/user/book-slot/", body), 201))


@pytest.fixture
def inside(clock_stands: Traveller, as_driver: ApiClient, as_staff: ApiClient, zone: ParkingZone) -> dict[str, Any]:
    """A car that came 70 minutes ago: two hours at ₹50, of which the fee has paid one."""
    booking = book(as_driver, zone)
    data_of(enter(as_staff, booking))
    clock_stands.shift(70 * MINUTE)
    return booking


def create(client: ApiClient, code: str, booking: dict[str, Any], *, amount: float = 50.0, **headers: Any) -> Any:
    return client.post(CREATE[code], {"session_id": booking["session_id"], "amount": amount}, **headers)


def number_of(answer: Any) -> str:
    """What the client calls the order by."""
    body = answer.json()
    assert (answer.status_code, body.get("success")) == (200, True), body
    return str(body.get("merchant_txn_id") or body["order_id"])


def verify(client: ApiClient, code: str, booking: dict[str, Any], number: str, standin: Standin) -> Any:
    if code == "PHONEPE":
        body = {"merchant_txn_id": number, "session_id": booking["session_id"]}
        return client.post("/api/payment/phonepe/verify/", body)
    payment = next((row["id"] for row in standin.books()["payments"] if row["order"] == number), "pay_none")
    proof = signature(KEY_SECRET, f"{number}|{payment}".encode())
    body = {"razorpay_order_id": number, "razorpay_payment_id": payment, "razorpay_signature": proof}
    return client.post("/api/payment/verify/", body)


def stay(booking: dict[str, Any]) -> ParkingSession:
    return ParkingSession.objects.whole().get(pk=booking["session_id"])


# --- Create and verify -------------------------------------------------------------------------------------


def test_phonepe_create_and_verify(
    clock_stands: Traveller, as_driver: ApiClient, inside: dict[str, Any], standin: Standin
) -> None:
    created = create(as_driver, "PHONEPE", inside)
    order = PaymentOrder.objects.get(gateway="PHONEPE")
    (theirs,) = standin.books()["orders"]
    assert created.json() == {
        "success": True,
        "merchant_txn_id": order.order_id,
        "transaction_id": theirs["id"],
        "upi_link": (
            f"upi://pay?pa=standinuat@standin&pn=Stand-in%20merchant&tr={theirs['id']}&am=50.00&cu=INR&mode=22"
        ),
        "pay_url": standin.address + theirs["pay_path"],
        "amount": 50.0,
        "status": "INITIATED",
        "payment_method": "PHONEPE_UPI",
        "message": "Payment link generated. Please complete payment via PhonePe.",
    }
    waiting = verify(as_driver, "PHONEPE", inside, order.order_id, standin).json()
    standin.pay(order.order_id)
    clock_stands.shift(2)
    done = verify(as_driver, "PHONEPE", inside, order.order_id, standin).json()
    shown = {"success": True, "amount": 50.0, "payment_method": "PHONEPE_UPI"}
    assert waiting == shown | {"verified": False, "status": "PENDING"}
    assert done == shown | {"verified": True, "status": "COMPLETED"}
    assert stay(inside).amount_paid == 100
    assert_books_agree_with(standin)


def test_phonepe_in_simulation_is_paid_without_a_click(
    as_driver: ApiClient, inside: dict[str, Any], standin: Standin
) -> None:
    standin.switch("phonepe", pays_at_once=True)
    number = number_of(create(as_driver, "PHONEPE", inside))
    assert verify(as_driver, "PHONEPE", inside, number, standin).json()["status"] == "COMPLETED"
    assert_books_agree_with(standin)


def test_razorpay_create_and_verify(as_driver: ApiClient, inside: dict[str, Any], standin: Standin) -> None:
    created = create(as_driver, "RAZORPAY", inside)
    (theirs,) = standin.books()["orders"]
    assert created.json() == {
        "success": True, "order_id": theirs["id"], "amount": 5000, "currency": "INR", "key_id": KEY_ID,
    }  # fmt: skip
    standin.pay(theirs["id"])
    with nothing_changes():
        assert problem_of(_verify_with(as_driver, theirs["id"], "0" * 64, standin)) == (400, "signature_invalid")
    done = verify(as_driver, "RAZORPAY", inside, theirs["id"], standin).json()
    assert done == {"success": True, "verified": True, "status": "COMPLETED", "amount": 50.0}
    assert_books_agree_with(standin)


def _verify_with(client: ApiClient, number: str, proof: str, standin: Standin) -> Any:
    (payment,) = standin.books()["payments"]
    body = {"razorpay_order_id": number, "razorpay_payment_id": payment["id"], "razorpay_signature": proof}
    return client.post("/api/payment/verify/", body)


def test_a_genuine_signature_of_a_payment_that_never_came_pays_nothing(
    as_driver: ApiClient, inside: dict[str, Any], standin: Standin
) -> None:
    number = number_of(create(as_driver, "RAZORPAY", inside))
    answer = verify(as_driver, "RAZORPAY", inside, number, standin).json()
    assert (answer["verified"], answer["status"], stay(inside).amount_paid) == (False, "PENDING", 50)
    assert_books_agree_with(standin)


def test_razorpay_takes_the_callers_own_open_session(
    as_driver: ApiClient, inside: dict[str, Any], standin: Standin
) -> None:
    answer = as_driver.post(CREATE["RAZORPAY"], {"amount": 50.0, "currency": "INR"})
    assert number_of(answer) == order_of(stay(inside)).gateway_order_id


@pytest.mark.parametrize("again", ["plain", "keyed"])
def test_created_twice_it_is_one_order(
    *, clock_stands: Traveller, as_driver: ApiClient, inside: dict[str, Any], standin: Standin, code: str, again: str
) -> None:
    headers: dict[str, Any] = {"Idempotency_Key": "k-1"} if again == "keyed" else {}
    first = create(as_driver, code, inside, **headers)
    clock_stands.shift(30)
    second = create(as_driver, code, inside, **headers)
    assert (first.status_code, first.json()) == (200, second.json())
    assert second.headers.get("Idempotent-Replayed") == ("true" if again == "keyed" else None)
    assert len(standin.books()["orders"]) == PaymentOrder.objects.filter(gateway=code).count() == 1


def test_a_key_that_is_used_for_another_amount_is_refused(
    as_driver: ApiClient, inside: dict[str, Any], code: str
) -> None:
    create(as_driver, code, inside, Idempotency_Key="k-1")
    assert create(as_driver, code, inside, amount=51, Idempotency_Key="k-1").status_code == 409


# --- Refusals ------------------------------------------------------------------------------------------------


def test_another_amount_than_what_is_due_is_refused(
    as_driver: ApiClient, inside: dict[str, Any], standin: Standin, code: str
) -> None:
    with nothing_changes():
        answer = create(as_driver, code, inside, amount=49.99)
    assert (problem_of(answer), text_of(answer)) == ((400, "amount_mismatch"), "Amount mismatch")
    assert answer.json()["details"] == {"due": 50.0}
    assert standin.books()["orders"] == []


def test_nothing_is_due_on_a_paid_booking(as_driver: ApiClient, zone: ParkingZone, code: str) -> None:
    booking = book(as_driver, zone)
    with nothing_changes():
        assert problem_of(create(as_driver, code, booking)) == (400, "nothing_due")


def test_only_rupees_are_taken(as_driver: ApiClient, inside: dict[str, Any]) -> None:
    with nothing_changes():
        body = {"session_id": inside["session_id"], "amount": 50, "currency": "USD"}
        assert problem_of(as_driver.post(CREATE["RAZORPAY"], body)) == (400, "currency_invalid")


def test_a_user_id_must_be_the_callers_own(as_driver: ApiClient, as_staff: ApiClient, inside: dict[str, Any]) -> None:
    body = {"session_id": inside["session_id"], "amount": 50, "user_id": make_user().pk}
    with nothing_changes():
        assert problem_of(as_driver.post(CREATE["PHONEPE"], body)) == (400, "user_mismatch")
    assert as_staff.post(CREATE["PHONEPE"], body).status_code == 200


def test_anothers_order_is_not_there(as_driver: ApiClient, inside: dict[str, Any], standin: Standin, code: str) -> None:
    number = number_of(create(as_driver, code, inside))
    standin.pay(number)
    stranger = ApiClient(make_user())
    with nothing_changes():
        answer = verify(stranger, code, inside, number, standin)
        assert answer.status_code == 404
        assert problem_of(answer)[1] in {"order_not_found", "session_not_found"}
        assert problem_of(create(stranger, code, inside))[0] == 404
        assert problem_of(verify(as_driver, code, inside, "PK-NOBODYS", standin)) == (404, "order_not_found")


def test_an_order_of_another_booking_is_not_there(
    as_driver: ApiClient, as_admin: ApiClient, inside: dict[str, Any], zone: ParkingZone, standin: Standin
) -> None:
    number = number_of(create(as_driver, "PHONEPE", inside))
    other = book(as_driver, zone)
    with nothing_changes():
        assert problem_of(verify(as_driver, "PHONEPE", other, number, standin)) == (404, "order_not_found")
    stranger = ApiClient(make_user())
    body = {"merchant_txn_id": number, "session_id": book(stranger, zone)["session_id"]}
    with nothing_changes():
        assert problem_of(stranger.post("/api/payment/phonepe/verify/", body)) == (404, "order_not_found")


def test_a_silent_gateway_charges_nothing_and_loses_nothing(
    *, clock_stands: Traveller, as_driver: ApiClient, inside: dict[str, Any], standin: Standin, settings: Settings,
    code: str,
) -> None:  # fmt: skip
    for name, value in settings_for("http://127.0.0.1:9").items():
        setattr(settings, name, value)
    answer = create(as_driver, code, inside, Idempotency_Key="k-1")
    assert (problem_of(answer), answer.headers["Retry-After"]) == ((503, "gateway_unavailable"), "2")
    assert stay(inside).amount_paid == 50
    for name, value in settings_for(standin.address).items():
        setattr(settings, name, value)
    clock_stands.shift(5)
    number = number_of(create(as_driver, code, inside, Idempotency_Key="k-1"))
    standin.pay(number)
    assert verify(as_driver, code, inside, number, standin).json()["status"] == "COMPLETED"
    assert len(standin.books()["orders"]) == 1
    assert_books_agree_with(standin)


def test_a_repeat_without_session_id_is_about_the_session_of_the_first_call(
    *, clock_stands: Traveller, as_driver: ApiClient, inside: dict[str, Any], zone: ParkingZone, standin: Standin,
    settings: Settings,
) -> None:  # fmt: skip
    body = {"amount": 50.0}
    for name, value in settings_for("http://127.0.0.1:9").items():
        setattr(settings, name, value)
    assert as_driver.post(CREATE["RAZORPAY"], body, Idempotency_Key="k-1").status_code == 503
    for name, value in settings_for(standin.address).items():
        setattr(settings, name, value)
    newer = book(as_driver, zone)
    clock_stands.shift(5)
    number = number_of(as_driver.post(CREATE["RAZORPAY"], body, Idempotency_Key="k-1"))
    assert PaymentOrder.objects.get(gateway_order_id=number).bill == stay(inside).bill
    assert not PaymentOrder.objects.filter(bill=stay(newer).bill, gateway="RAZORPAY").exists()


def test_a_repeat_finds_its_order_when_the_caller_has_no_open_session_any_more(
    as_driver: ApiClient, as_staff: ApiClient, inside: dict[str, Any], settings: Settings
) -> None:
    for name, value in settings_for("http://127.0.0.1:9").items():
        setattr(settings, name, value)
    body = {"amount": 50.0}
    assert as_driver.post(CREATE["RAZORPAY"], body, Idempotency_Key="k-1").status_code == 503
    data_of(as_staff.post("/api/staff/exit/", {"qr_code": inside["qr_code"], "payment_method": "CASH"}))
    again = as_driver.post(CREATE["RAZORPAY"], body, Idempotency_Key="k-1")
    assert (again.status_code, again.json()["amount"]) == (200, 5000)
    assert PaymentOrder.objects.get(gateway="RAZORPAY").status == "EXPIRED"


@pytest.mark.parametrize("headers", [{}, {"Idempotency_Key": "k-1"}], ids=["plain", "keyed"])
def test_an_order_whose_page_was_lost_is_replaced_by_one_that_can_be_paid(
    clock_stands: Traveller, as_driver: ApiClient, inside: dict[str, Any], standin: Standin, headers: dict[str, Any]
) -> None:
    """PhonePe names the page of an order once."""
    standin.switch("phonepe", lost_answer={"times": 1, "only": "pay"})
    assert problem_of(create(as_driver, "PHONEPE", inside, **headers)) == (503, "gateway_unavailable")
    clock_stands.shift(5)
    created = create(as_driver, "PHONEPE", inside, **headers).json()
    assert created["pay_url"].startswith(standin.address)
    assert list(PaymentOrder.objects.filter(gateway="PHONEPE").order_by("pk").values_list("status", flat=True)) == [
        "EXPIRED", "PENDING",
    ]  # fmt: skip
    standin.pay(created["merchant_txn_id"])
    assert verify(as_driver, "PHONEPE", inside, created["merchant_txn_id"], standin).json()["verified"] is True
    assert_books_agree_with(standin)


def test_a_declined_payment_says_so(
    as_driver: ApiClient, inside: dict[str, Any], standin: Standin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gateway that refuses the order for good: here because the amount is below its least."""
    monkeypatch.setattr("parking.payments.asking.to_paise", lambda _: 50)
    assert problem_of(create(as_driver, "PHONEPE", inside)) == (400, "payment_declined")
    assert (order_of(stay(inside)).status, stay(inside).amount_paid) == ("FAILED", 50)
    assert_books_agree_with(standin)


def test_a_payment_that_the_bank_declines_may_be_tried_again(
    clock_stands: Traveller, as_driver: ApiClient, inside: dict[str, Any], standin: Standin
) -> None:
    first = number_of(create(as_driver, "PHONEPE", inside))
    standin.decline(first)
    declined = verify(as_driver, "PHONEPE", inside, first, standin).json()
    assert (declined["verified"], declined["status"]) == (False, "FAILED")
    clock_stands.shift(5)
    second = number_of(create(as_driver, "PHONEPE", inside))
    standin.pay(second)
    assert verify(as_driver, "PHONEPE", inside, second, standin).json()["status"] == "COMPLETED"
    assert_books_agree_with(standin)


# --- Refunds by an administrator -------------------------------------------------------------------------------


def refund(client: ApiClient, number: str, amount: float, **headers: str) -> Any:
    body = {"merchant_txn_id": number, "amount": amount, "reason": "Barrier was broken"}
    return client.post("/api/payment/phonepe/refund/", body, **headers)


@pytest.fixture
def paid(as_driver: ApiClient, inside: dict[str, Any], standin: Standin, code: str) -> str:
    """Our number of an order of ₹50 that was paid."""
    number = number_of(create(as_driver, code, inside))
    standin.pay(number)
    assert verify(as_driver, code, inside, number, standin).json()["verified"] is True
    return order_of(stay(inside)).order_id


def test_an_administrator_gives_money_back_never_more_than_is_left(
    *, clock_stands: Traveller, as_admin: ApiClient, inside: dict[str, Any], standin: Standin, paid: str, code: str
) -> None:
    clock_stands.shift(30)
    first = refund(as_admin, paid, 20, Idempotency_Key="k-1")
    assert first.status_code == 200, first.content
    assert refund(as_admin, paid, 20, Idempotency_Key="k-1").json() == first.json()
    assert first.json() == {
        "success": True, "refund_id": Refund.objects.get().refund_id, "amount": 20.0,
        "status": {"PHONEPE": "PENDING", "RAZORPAY": "COMPLETED"}[code],
    }  # fmt: skip
    with nothing_changes():
        assert problem_of(refund(as_admin, paid, 30.01)) == (400, "refund_exceeds_payment")
        assert problem_of(refund(as_admin, paid, 0))[0] == 400
    clock_stands.shift(30)
    follow(clock.now())
    assert refund(as_admin, paid, 30).status_code == 200
    with nothing_changes():
        assert problem_of(refund(as_admin, paid, 0.01)) == (400, "already_refunded")
        assert problem_of(refund(as_admin, "PK-NOBODYS", 1)) == (404, "order_not_found")
    clock_stands.shift(30)
    follow(clock.now())
    assert sorted(row["amount"] for row in standin.books()["refunds"]) == [2000, 3000]
    assert stay(inside).bill.refunded == 50
    assert_books_agree_with(standin)


def test_only_an_administrator_refunds(as_driver: ApiClient, as_staff: ApiClient, paid: str, standin: Standin) -> None:
    with nothing_changes():
        assert problem_of(refund(as_driver, paid, 10))[0] == 403
        assert problem_of(refund(as_staff, paid, 10))[0] == 403
        assert problem_of(refund(ApiClient(), paid, 10))[0] == 401
    assert standin.books()["refunds"] == []


def test_a_second_refund_waits_for_the_first(
    clock_stands: Traveller, as_admin: ApiClient, standin: Standin, paid: str, code: str
) -> None:
    standin.switch(BRAND[code], refund_waits=True)
    clock_stands.shift(30)
    refund(as_admin, paid, 20)
    assert refund(as_admin, paid, 20).json()["status"] == "INITIATED"
    (first,) = standin.books()["refunds"]
    standin.switch(BRAND[code], refund_waits=False)
    standin.complete_refund(first["id"])
    for _ in range(3):
        clock_stands.shift(30)
        follow(clock.now())
    assert [row["amount"] for row in standin.books()["refunds"]] == [2000, 2000]
    assert list(Refund.objects.values_list("status", flat=True)) == ["COMPLETED", "COMPLETED"]
    assert_books_agree_with(standin)


# --- The fee, and the gate --------------------------------------------------------------------------------------


def test_a_booking_is_pending_until_its_fee_is_paid(
    *, clock_stands: Traveller, as_driver: ApiClient, as_staff: ApiClient, zone: ParkingZone, standin: Standin,
    mail: Mail, code: str,
) -> None:  # fmt: skip
    booking = book(as_driver, zone, code)
    shown = booking["payment"]
    assert (booking["payment_status"], shown["gateway"], shown["status"]) == ("PENDING", code, "PENDING")
    assert shown["pay_url"].startswith(standin.address)
    with nothing_changes():
        assert problem_of(enter(as_staff, booking)) == (400, "payment_pending")
    standin.pay(shown["order_id"])
    clock_stands.shift(10)
    assert set(mail.hand_over(now=clock.now())) == {200}
    assert data_of(as_driver.get("/api/user/current-session/"))["payment_status"] == "PARTIAL"
    assert data_of(enter(as_staff, booking))
    assert_books_agree_with(standin)


def test_an_online_exit_opens_on_the_webhook(
    *, clock_stands: Traveller, as_staff: ApiClient, inside: dict[str, Any], standin: Standin, mail: Mail, code: str
) -> None:
    waiting = data_of(leave(as_staff, inside, "ONLINE", gateway=code, scan_id="s-1"))
    assert stay(inside).status == "ACTIVE"
    assert waiting["payment"]["status"] == "PENDING"
    assert waiting["payment"]["pay_url"].startswith(standin.address)
    standin.pay(order_of(stay(inside)).order_id)
    assert stay(inside).status == "ACTIVE"
    clock_stands.shift(20)
    mail.hand_over(now=clock.now())
    assert (stay(inside).status, stay(inside).bill.charged) == ("COMPLETED", 50)
    again = data_of(leave(as_staff, inside, "ONLINE", gateway=code, scan_id="s-1"))
    assert (again["status"], again["payment"]["status"]) == ("COMPLETED", "COMPLETED")
    assert Payment.objects.filter(gateway=code).count() == 1
    assert_books_agree_with(standin)
