"""The stand-in's Razorpay: orders, payments, refunds, and what it turns down."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.gateways.standin import KEY_ID, KEY_SECRET, Standin
from tests.gateways.standin_clients import RazorpayByHand


@pytest.fixture
def razorpay(standin: Standin) -> RazorpayByHand:
    return RazorpayByHand(standin)


def _errors(answer):
    return answer.status_code, answer.json()["error"]["code"], answer.json()["error"]["description"]


def test_a_new_order_is_what_was_asked_for(razorpay):
    order = razorpay.order(receipt="PK-20260101-000042-1", notes={"session": "PS-000042"})
    assert order.pop("id").startswith("order_")
    assert abs(order.pop("created_at") - time.time()) < 5
    assert order == {
        "entity": "order",
        "amount": 5000,
        "amount_paid": 0,
        "amount_due": 5000,
        "currency": "INR",
        "receipt": "PK-20260101-000042-1",
        "offer_id": None,
        "status": "created",
        "attempts": 0,
        "notes": {"session": "PS-000042"},
    }


@pytest.mark.parametrize(
    ("fields", "description"),
    [
        ({"amount": 99}, "The amount must be at least INR 1.00"),
        ({"amount": "5000"}, "The amount must be an integer."),
        ({"amount": True}, "The amount must be an integer."),
        ({"amount": 50.5}, "The amount must be an integer."),
        ({"amount": None}, "The amount field is required."),
        ({"currency": "USD"}, "Currency is not supported"),
        ({"currency": None}, "The currency field is required."),
        ({"receipt": "x" * 41}, "The receipt may not be greater than 40 characters."),
        ({"notes": {str(number): "x" for number in range(16)}}, "notes must be an object of at most 15 pairs"),
        ({"notes": {"a": "x" * 257}}, "A note may not be longer than 256 characters"),
        ({"unique_receipt": True}, "unique_receipt is/are not required and should not be sent"),
        ({"payment": {"capture": []}}, "payment.capture must be automatic or manual"),
        ({"payment": {"capture": "manual", "x": 1}}, "x is/are not required and should not be sent"),
    ],
)
def test_an_order_that_breaks_a_rule_is_refused(standin, razorpay, fields, description):
    answer = razorpay.post("orders", {"amount": 5000, "currency": "INR"} | fields)
    assert _errors(answer) == (400, "BAD_REQUEST_ERROR", description)
    assert standin.books()["orders"] == []


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"amount": NaN}', b"\xff"])
def test_a_body_that_is_no_object_is_refused(standin, body):
    headers = {"Content-Type": "application/json"}
    answer = standin.http.post("/v1/orders", content=body, headers=headers, auth=(KEY_ID, KEY_SECRET))
    assert _errors(answer) == (400, "BAD_REQUEST_ERROR", "The request body is not a JSON object")


@pytest.mark.parametrize("header", ["", "Bearer x", "basic cnpwX3Rlc3Q6eA==", "Basic cnpwX3Rlc3Q6eA=="])
def test_only_the_right_key_is_let_in(standin, header):
    answer = standin.http.get("/v1/orders", headers={"Authorization": header})
    assert _errors(answer) == (401, "BAD_REQUEST_ERROR", "Authentication failed")


def test_an_order_becomes_paid(standin, razorpay):
    order, payment = razorpay.paid_order(notes={"session": "PS-000042"})
    order = razorpay.get(f"orders/{order['id']}").json()
    assert (order["status"], order["amount_paid"], order["amount_due"], order["attempts"]) == ("paid", 5000, 0, 1)

    found = razorpay.get(f"orders/{order['id']}/payments").json()
    assert (found["entity"], found["count"]) == ("collection", 1)
    assert found["items"] == [razorpay.get(f"payments/{payment}").json()]
    paid = found["items"][0]
    assert (paid["status"], paid["captured"], paid["amount"], paid["order_id"]) == ("captured", True, 5000, order["id"])
    assert (paid["fee"], paid["tax"], paid["notes"]) == (118, 18, {"session": "PS-000042"})
    assert len(paid["acquirer_data"]["rrn"]) == 12


def test_a_declined_order_stays_payable(standin, razorpay):
    order = razorpay.order()
    standin.decline(order["id"])
    assert razorpay.get(f"orders/{order['id']}").json()["status"] == "attempted"
    standin.pay(order["id"])
    states = [row["status"] for row in razorpay.get(f"orders/{order['id']}/payments").json()["items"]]
    assert states == ["captured", "failed"]


def test_a_failed_payment_says_why(standin, razorpay):
    payment = standin.decline(razorpay.order()["id"])["payments"][0]
    failed = razorpay.get(f"payments/{payment}").json()
    assert (failed["status"], failed["captured"], failed["fee"]) == ("failed", False, None)
    assert (failed["error_code"], failed["error_reason"]) == ("BAD_REQUEST_ERROR", "payment_failed")


def test_late_success_is_the_same_payment(standin, razorpay):
    order = razorpay.order()["id"]
    failed = standin.decline(order)["payments"]
    assert standin.succeed_late(order)["payments"] == failed
    assert razorpay.get(f"payments/{failed[0]}").json()["status"] == "captured"


def test_a_payment_hangs_until_the_bank_speaks(standin, razorpay):
    order = razorpay.order()["id"]
    payment = standin.hang(order)["payments"][0]
    assert razorpay.get(f"payments/{payment}").json()["status"] == "created"
    assert standin.pay(order)["payments"] == [payment]


def test_manual_capture(standin, razorpay):
    order = razorpay.order(payment={"capture": "manual", "capture_options": {"manual_expiry_period": 7200}})
    payment = standin.pay(order["id"])["payments"][0]
    assert razorpay.get(f"payments/{payment}").json()["status"] == "authorized"
    wrong = razorpay.post(f"payments/{payment}/capture", {"amount": 4900, "currency": "INR"})
    assert _errors(wrong)[2] == "Capture amount must be equal to the amount authorized"
    right = razorpay.post(f"payments/{payment}/capture", {"amount": 5000, "currency": "INR"})
    assert right.json()["status"] == "captured"
    again = razorpay.post(f"payments/{payment}/capture", {"amount": 5000, "currency": "INR"})
    assert _errors(again)[2] == "This payment has already been captured"


def test_lists_filter_and_page(razorpay):
    orders = [razorpay.order(receipt=f"R-{number}")["id"] for number in range(12)]
    assert [row["id"] for row in razorpay.get("orders").json()["items"]] == orders[:1:-1]
    assert [row["id"] for row in razorpay.get("orders", count=2, skip=1).json()["items"]] == [orders[10], orders[9]]
    assert [row["id"] for row in razorpay.get("orders", receipt="R-3").json()["items"]] == [orders[3]]
    assert razorpay.get("orders", to=1000).json() == {"entity": "collection", "count": 0, "items": []}
    assert razorpay.get("orders", colour="red").status_code == 400
    assert razorpay.get("payments", count=0).status_code == 400
    assert razorpay.get("refunds", skip="x").status_code == 400


def test_empty_notes_are_a_list_and_others_an_object(standin, razorpay):
    assert razorpay.order()["notes"] == []
    assert razorpay.get("orders").json()["items"][0]["notes"] == []
    standin.switch("razorpay", empty_notes_list=False)
    assert razorpay.order()["notes"] == {}


def test_notes_of_an_order_can_be_changed_and_nothing_else(standin, razorpay):
    order = razorpay.order()["id"]
    changed = standin.http.patch(f"/v1/orders/{order}", json={"notes": {"a": "b"}}, auth=(KEY_ID, KEY_SECRET))
    assert changed.json()["notes"] == {"a": "b"}
    refused = standin.http.patch(f"/v1/orders/{order}", json={"amount": 1}, auth=(KEY_ID, KEY_SECRET))
    assert refused.status_code == 400


@pytest.mark.parametrize("path", ["orders/order_x", "payments/pay_x", "refunds/rfnd_x", "orders/order_x/payments"])
def test_what_does_not_exist(razorpay, path):
    assert _errors(razorpay.get(path)) == (400, "BAD_REQUEST_ERROR", "The id provided does not exist")


def test_a_refund_of_a_part_and_then_of_the_rest(razorpay):
    _, payment = razorpay.paid_order()
    part = razorpay.refund(payment, amount=2000, receipt="RF-000007").json()
    assert part.pop("id").startswith("rfnd_")
    assert part.pop("created_at")
    assert part == {
        "entity": "refund",
        "amount": 2000,
        "currency": "INR",
        "payment_id": payment,
        "notes": [],
        "receipt": "RF-000007",
        "acquirer_data": {"arn": None},
        "batch_id": None,
        "status": "processed",
        "speed_requested": "normal",
        "speed_processed": "normal",
    }
    paid = razorpay.get(f"payments/{payment}").json()
    assert (paid["status"], paid["amount_refunded"], paid["refund_status"]) == ("captured", 2000, "partial")

    rest = razorpay.refund(payment).json()
    assert rest["amount"] == 3000
    paid = razorpay.get(f"payments/{payment}").json()
    assert (paid["status"], paid["amount_refunded"], paid["refund_status"]) == ("refunded", 5000, "full")
    assert razorpay.get(f"payments/{payment}/refunds").json()["count"] == 2
    assert razorpay.get(f"payments/{payment}/refunds/{rest['id']}").json() == rest
    assert razorpay.get(f"refunds/{rest['id']}").json() == rest
    assert _errors(razorpay.refund(payment))[2] == "The payment has been fully refunded already"


def test_refunds_that_break_a_rule(standin, razorpay):
    _, payment = razorpay.paid_order()
    assert razorpay.refund(payment, amount=5001).status_code == 400
    assert razorpay.refund(payment, amount=99).status_code == 400
    assert razorpay.refund(payment, speed="warp").status_code == 400
    assert razorpay.refund(payment, colour="red").status_code == 400
    assert razorpay.refund(payment, key="too-short").status_code == 400
    failed = standin.decline(razorpay.order()["id"])["payments"][0]
    assert razorpay.refund(failed).status_code == 400
    assert standin.books()["refunds"] == []


def test_a_refund_key_makes_one_refund(standin, razorpay):
    _, payment = razorpay.paid_order()
    first = razorpay.refund(payment, key="refund-000007", amount=2000)
    assert razorpay.refund(payment, key="refund-000007", amount=2000).json() == first.json()
    other = razorpay.refund(payment, key="refund-000007", amount=2100)
    assert _errors(other)[:2] == (400, "BAD_REQUEST_ERROR")
    assert len(standin.books()["refunds"]) == 1


def test_a_refund_key_in_use_is_a_conflict(standin, razorpay):
    _, payment = razorpay.paid_order()
    standin.switch("razorpay", slow_refund=1)
    standin.set(slow_refund_seconds=0.5)
    with ThreadPoolExecutor(2) as pool:
        calls = [pool.submit(razorpay.refund, payment, key="refund-000007", amount=2000) for _ in range(2)]
    assert sorted(call.result().status_code for call in calls) == [200, 409]
    assert razorpay.refund(payment, key="refund-000007", amount=2000).status_code == 200
    assert len(standin.books()["refunds"]) == 1


def test_a_refund_waits_for_a_person(standin, razorpay):
    _, payment = razorpay.paid_order()
    standin.switch("razorpay", refund_waits=2)
    first = razorpay.refund(payment, amount=2000).json()
    second = razorpay.refund(payment, amount=1000).json()
    assert (first["status"], second["status"]) == ("pending", "pending")
    standin.complete_refund(first["id"])
    standin.fail_refund(second["id"])
    assert razorpay.get(f"refunds/{first['id']}").json()["status"] == "processed"
    assert razorpay.get(f"refunds/{second['id']}").json()["status"] == "failed"
    assert razorpay.get(f"payments/{payment}").json()["amount_refunded"] == 2000
