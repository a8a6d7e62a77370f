"""Faults in the answers of the stand-in, and in the money."""

import httpx
import pytest

from tests.gateways.standin_clients import PhonePeByHand, RazorpayByHand

ORDER = "PK-20260101-000042-1"


@pytest.fixture
def razorpay(standin):
    return RazorpayByHand(standin)


@pytest.fixture
def phonepe(standin):
    return PhonePeByHand(standin)


def test_429_happens_as_often_as_told_and_does_nothing(standin, phonepe):
    standin.switch("phonepe", answer_429=2)
    assert [phonepe.pay().status_code for _ in range(3)] == [429, 429, 200]
    assert len(standin.books()["orders"]) == 1
    assert standin.calls() == [("token", 200), ("pay", 429), ("pay", 429), ("pay", 200)]


def test_a_fault_can_be_meant_for_one_call(standin, razorpay):
    standin.switch("razorpay", answer_429={"times": True, "only": "order_fetch"})
    order = razorpay.order()["id"]
    assert razorpay.get(f"orders/{order}").status_code == 429
    assert razorpay.get(f"orders/{order}").status_code == 429
    assert razorpay.get("orders").status_code == 200


@pytest.mark.parametrize("gateway", ["phonepe", "razorpay"])
def test_502_is_a_page(standin, phonepe, razorpay, gateway):
    standin.switch(gateway, answer_html_502=1)
    answer = phonepe.pay() if gateway == "phonepe" else razorpay.post("orders", {"amount": 5000, "currency": "INR"})
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert answer.text.startswith("<html>")
    assert standin.books()["orders"] == []


def test_401_revokes_the_token(standin, phonepe):
    phonepe.paid_order()
    standin.switch("phonepe", answer_401=1)
    assert phonepe.status().status_code == 401
    assert phonepe.status().status_code == 401
    phonepe.token = ""
    assert phonepe.status().status_code == 200


def test_401_of_razorpay_is_over_with_the_call(standin, razorpay):
    standin.switch("razorpay", answer_401=1)
    assert razorpay.get("orders").status_code == 401
    assert razorpay.get("orders").status_code == 200


def test_the_token_call_fails_only_when_it_is_meant(standin, phonepe):
    standin.switch("phonepe", answer_429=True)
    assert phonepe.fetch_token().status_code == 200
    standin.switch("phonepe", answer_429={"times": 1, "only": "token"})
    assert phonepe.fetch_token().status_code == 429
    assert phonepe.fetch_token().status_code == 200


def test_an_answer_gets_lost_after_the_work_was_done(standin, phonepe, razorpay):
    standin.set(lost_answer_seconds=0)
    standin.switch("phonepe", lost_answer=1)
    with pytest.raises(httpx.RemoteProtocolError):
        phonepe.pay()
    assert phonepe.status().json()["state"] == "PENDING"

    standin.switch("razorpay", lost_answer={"times": 1, "only": "refund_create"})
    _, payment = razorpay.paid_order()
    with pytest.raises(httpx.RemoteProtocolError):
        razorpay.refund(payment, key="refund-000007", amount=2000)
    again = razorpay.refund(payment, key="refund-000007", amount=2000).json()
    assert [row["id"] for row in standin.books()["refunds"]] == [again["id"]]


def test_an_answer_does_not_come_in_time(standin, phonepe):
    phonepe.fetch_token()
    phonepe.paid_order()
    standin.set(lost_answer_seconds=1)
    standin.switch("phonepe", lost_answer=1)
    standin.http.timeout = 0.2
    try:
        with pytest.raises(httpx.ReadTimeout):
            phonepe.refund()
    finally:
        standin.http.timeout = 60
    assert phonepe.refund_status().json()["state"] == "COMPLETED"


@pytest.mark.parametrize("gateway", ["phonepe", "razorpay"])
def test_the_amount_differs_from_the_order(standin, phonepe, razorpay, gateway):
    standin.switch(gateway, amount_mismatch=1)
    if gateway == "phonepe":
        phonepe.paid_order()
        status = phonepe.status().json()
        assert (status["amount"], status["paymentDetails"][0]["amount"]) == (5100, 5100)
    else:
        order, payment = razorpay.paid_order()
        assert razorpay.get(f"payments/{payment}").json()["amount"] == 5100
        order = razorpay.get(f"orders/{order['id']}").json()
        assert (order["amount"], order["amount_paid"], order["status"]) == (5000, 5100, "paid")


def test_unknown_words_and_fields_of_phonepe(standin, phonepe):
    phonepe.paid_order()
    standin.switch("phonepe", unknown_enums=1, extra_fields=1)
    status = phonepe.status().json()
    detail = status["paymentDetails"][0]
    assert (detail["paymentMode"], detail["rail"]["type"], detail["instrument"]["type"]) == ("QUANTUM_TELLER",) * 3
    assert status["state"] == "COMPLETED"
    assert "x_new_in_this_release" in status and "x_new_in_this_release" in detail["rail"]
    standin.switch("phonepe", unknown_states=1)
    assert phonepe.status().json()["state"] == "SCHROEDINGER"
    assert phonepe.status().json()["state"] == "COMPLETED"


def test_unknown_words_and_fields_of_razorpay(standin, razorpay):
    order, _ = razorpay.paid_order()
    standin.switch("razorpay", unknown_enums=1, unknown_states=1, extra_fields=1)
    (payment,) = razorpay.get(f"orders/{order['id']}/payments").json()["items"]
    assert (payment["method"], payment["status"]) == ("QUANTUM_TELLER", "SCHROEDINGER")
    assert "x_new_in_this_release" in payment


def test_a_payment_waits_to_be_captured(standin, razorpay):
    standin.switch("razorpay", manual_capture=1)
    _, payment = razorpay.paid_order()
    assert razorpay.get(f"payments/{payment}").json()["status"] == "authorized"


def test_phonepe_pays_late(standin, phonepe):
    standin.switch("phonepe", late_success=1)
    standin.set(late_success_seconds=0.1)
    phonepe.pay()
    standin.decline(ORDER)
    assert phonepe.status().json()["state"] == "FAILED"
    standin.wait_for_webhooks()
    status = phonepe.status().json()
    assert status["state"] == "COMPLETED"
    assert "errorCode" not in status
