"""Razorpay against a peer on loopback: what we send, and what we make of its answers."""

import base64
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from parking.payments.gateways.base import (
    Captures,
    EntryKind,
    FurtherPayment,
    GatewayMisconfigured,
    GatewayNotFound,
    GatewayRefused,
    GatewayState,
    GatewayUnreachable,
    OrderAnswer,
    OrderRequest,
    RefundAnswer,
    RefundRequest,
    StatementEntry,
)
from parking.payments.gateways.http import Timeouts
from parking.payments.gateways.razorpay.config import CapturePolicy, RazorpayConfig
from parking.payments.gateways.razorpay.gateway import RazorpayGateway
from tests.gateways.peer import Peer, Say

PENDING, COMPLETED, FAILED = GatewayState.PENDING, GatewayState.COMPLETED, GatewayState.FAILED

ORDER = OrderRequest("PK-1", 5000, "Parking PK-1", fresh=True)
KNOWN = replace(ORDER, gateway_order_id="order_1")
REFUND = RefundRequest("RF-0000000001", "PK-1", "pay_1", 2000, fresh=True)

ORDERS = "/v1/orders"
ONE_ORDER = "/v1/orders/order_1"
PAYMENTS = "/v1/orders/order_1/payments"
CAPTURE = "/v1/payments/pay_1/capture"
REFUND_PATH = "/v1/payments/pay_1/refund"
REFUNDS = "/v1/payments/pay_1/refunds"
ONE_REFUND = "/v1/refunds/rfnd_1"

CREATED = {
    "id": "order_1",
    "entity": "order",
    "amount": 5000,
    "amount_paid": 0,
    "amount_due": 5000,
    "currency": "INR",
    "receipt": "PK-1",
    "offer_id": None,
    "status": "created",
    "attempts": 0,
    "notes": {"order_id": "PK-1"},
    "created_at": 1767225500,
}
CAPTURED = {
    "id": "pay_1",
    "entity": "payment",
    "amount": 5000,
    "currency": "INR",
    "status": "captured",
    "order_id": "order_1",
    "method": "upi",
    "captured": True,
    "amount_refunded": 0,
    "refund_status": None,
    "vpa": "driver@examplebank",
    "contact": "+919000000042",
    "notes": [],
    "fee": 118,
    "tax": 18,
    "error_code": None,
    "error_reason": None,
    "acquirer_data": {"rrn": "206378866112"},
    "created_at": 1767225560,
}
REFUNDED = {
    "id": "rfnd_1",
    "entity": "refund",
    "amount": 2000,
    "currency": "INR",
    "payment_id": "pay_1",
    "notes": [],
    "receipt": "RF-0000000001",
    "acquirer_data": {"arn": None},
    "created_at": 1767229200,
    "batch_id": None,
    "status": "pending",
    "speed_requested": "normal",
    "speed_processed": "normal",
}
DOWN = Say(502, b"<html>Bad gateway</html>")


def listing(*items: object) -> Say:
    return Say(200, {"entity": "collection", "count": len(items), "items": list(items)})


def refusal(description: str, status: int = 400, code: str = "BAD_REQUEST_ERROR") -> Say:
    error = {"code": code, "description": description, "source": "business", "reason": "x", "metadata": {}}
    return Say(status, {"error": error})


UNKNOWN = refusal("The id provided does not exist")


def config(peer: Peer, **changes) -> RazorpayConfig:
    plain = RazorpayConfig(
        url=peer.url,
        key_id="rzp_test_1",
        key_secret="shh",
        capture=CapturePolicy.DASHBOARD,
        timeouts=Timeouts(connect=1, read=1, whole=5),
    )
    return replace(plain, **changes)


@pytest.fixture
def razorpay(peer: Peer) -> RazorpayGateway:
    return RazorpayGateway(config(peer))


@pytest.fixture
def capturing(peer: Peer) -> RazorpayGateway:
    return RazorpayGateway(config(peer, capture=CapturePolicy.MANUAL))


def paths(peer: Peer) -> list[str]:
    return [call.path for call in peer.calls]


# --- Making orders ---------------------------------------------------------------------------------


def test_a_new_order(peer: Peer, razorpay: RazorpayGateway):
    peer.on("POST", ORDERS, Say(200, CREATED))

    assert razorpay.create_order(ORDER) == OrderAnswer("PK-1", PENDING, 5000, gateway_order_id="order_1")
    (sent,) = peer.calls
    assert sent.headers["authorization"] == "Basic " + base64.b64encode(b"rzp_test_1:shh").decode()
    assert sent.json == {"amount": 5000, "currency": "INR", "receipt": "PK-1", "notes": {"order_id": "PK-1"}}


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"unique_receipt": True}, {"unique_receipt": True}),
        (
            {"capture": CapturePolicy.AUTOMATIC},
            {
                "payment": {
                    "capture": "automatic",
                    "capture_options": {
                        "automatic_expiry_period": 12,
                        "manual_expiry_period": 7200,
                        "refund_speed": "normal",
                    },
                }
            },
        ),
        (
            {"capture": CapturePolicy.MANUAL},
            {
                "payment": {
                    "capture": "manual",
                    "capture_options": {"manual_expiry_period": 7200, "refund_speed": "normal"},
                }
            },
        ),
    ],
)
def test_settings_add_fields_to_the_order(peer: Peer, changes: dict, fields: dict):
    peer.on("POST", ORDERS, Say(200, CREATED))

    RazorpayGateway(config(peer, **changes)).create_order(ORDER)

    sent = peer.calls[0].json
    assert {name: sent[name] for name in sent if name in ("unique_receipt", "payment")} == fields


def test_a_page_is_told_where_the_installation_has_one(peer: Peer):
    peer.on("POST", ORDERS, Say(200, CREATED))
    gateway = RazorpayGateway(config(peer, checkout_url="https://pay.example/?key_id={key_id}&order_id={order_id}"))

    assert gateway.create_order(ORDER).pay_url == "https://pay.example/?key_id=rzp_test_1&order_id=order_1"


def test_an_order_that_may_exist_is_looked_for_by_its_receipt(peer: Peer, razorpay: RazorpayGateway):
    peer.on("GET", ORDERS, listing(CREATED))
    peer.on("GET", PAYMENTS, listing())

    answer = razorpay.create_order(replace(ORDER, fresh=False))

    assert (answer.gateway_order_id, answer.state) == ("order_1", PENDING)
    assert paths(peer) == [ORDERS, PAYMENTS]
    assert peer.calls[0].query == {"receipt": "PK-1", "count": "100"}


def test_an_order_that_never_arrived_is_made(peer: Peer, razorpay: RazorpayGateway):
    peer.on("GET", ORDERS, listing({**CREATED, "id": "order_9", "receipt": "PK-11"}))
    peer.on("POST", ORDERS, Say(200, CREATED))

    assert razorpay.create_order(replace(ORDER, fresh=False)).gateway_order_id == "order_1"
    assert [call.method for call in peer.calls] == ["GET", "POST"]


@pytest.mark.parametrize("answer", [DOWN, Say(429, {}), refusal("receipt is not a filter"), Say(200, {"count": 0})])
def test_a_look_that_fails_makes_no_second_order(peer: Peer, razorpay: RazorpayGateway, answer: Say):
    peer.on("GET", ORDERS, answer)

    with pytest.raises((GatewayUnreachable, GatewayRefused)):
        razorpay.create_order(replace(ORDER, fresh=False))

    assert [call.method for call in peer.calls] == ["GET"]


@pytest.mark.parametrize(
    ("orders", "chosen"),
    [
        ([("order_3", "created", 30), ("order_2", "created", 20)], "order_2"),
        ([("order_2", "created", 20), ("order_3", "paid", 30)], "order_3"),
        ([("order_3", "attempted", 20), ("order_2", "created", 20)], "order_2"),
    ],
)
def test_of_several_orders_the_paid_or_oldest_counts(peer: Peer, razorpay: RazorpayGateway, orders, chosen: str):
    found = [{**CREATED, "id": number, "status": status, "created_at": made} for number, status, made in orders]
    peer.on("GET", ORDERS, listing(*found))
    peer.on("GET", f"/v1/orders/{chosen}/payments", listing())

    assert razorpay.fetch_order(ORDER).gateway_order_id == chosen


@pytest.mark.parametrize(
    ("answer", "error", "permanent"),
    [
        (refusal("The amount must be at least INR 1.00"), GatewayRefused, True),
        (refusal("extra field sent"), GatewayRefused, True),
        (refusal("conflict", 409), GatewayRefused, False),
        (refusal("Authentication failed", 401), GatewayMisconfigured, False),
        (refusal("Authentication failed"), GatewayMisconfigured, False),
        (refusal("The api key provided is invalid"), GatewayMisconfigured, False),
        (refusal("not for this merchant", 403), GatewayMisconfigured, False),
        (Say(401, b""), GatewayMisconfigured, False),
        (Say(400, {"message": "odd"}), GatewayRefused, True),
        (Say(400, {"error": "odd"}), GatewayRefused, True),
    ],
)
def test_a_refused_order_says_whether_for_good(peer: Peer, razorpay: RazorpayGateway, answer, error, permanent: bool):
    peer.on("POST", ORDERS, answer)

    with pytest.raises(error) as caught:
        razorpay.create_order(ORDER)

    assert caught.value.permanent is permanent


@pytest.mark.parametrize(
    "answer",
    [
        DOWN,
        Say(500, {"error": {"code": "SERVER_ERROR"}}),
        Say(429, {"error": {"code": "BAD_REQUEST_ERROR"}}),
        refusal("Payment processing failed", code="GATEWAY_ERROR"),
        refusal("We are facing some trouble", code="SERVER_ERROR"),
        Say(403, b"<html>"),
        Say(200, b"<html>"),
        Say(200, {"entity": "order"}),
        Say(200, {**CREATED, "id": None}),
        Say(hangs=True),
        Say(drops=True),
    ],
)
def test_an_order_of_unknown_fate_is_unreachable(peer: Peer, razorpay: RazorpayGateway, answer: Say):
    peer.on("POST", ORDERS, answer)

    with pytest.raises(GatewayUnreachable):
        razorpay.create_order(ORDER)

    assert len(peer.calls) == 1


# --- States of orders -------------------------------------------------------------------------------


def test_a_paid_order(peer: Peer, razorpay: RazorpayGateway):
    peer.on("GET", ONE_ORDER, Say(200, {**CREATED, "status": "paid"}))
    peer.on("GET", PAYMENTS, listing(CAPTURED))

    assert razorpay.fetch_order(KNOWN) == OrderAnswer(
        order_id="PK-1",
        state=COMPLETED,
        amount=5000,
        currency="INR",
        gateway_order_id="order_1",
        reference="pay_1",
        method="UPI",
        bank_reference="206378866112",
        fee=118,
        tax=18,
    )
    assert paths(peer) == [ONE_ORDER, PAYMENTS]


def payment(status: object, number: str = "pay_1", made: int = 10, **changes: object) -> dict:
    return {**CAPTURED, "id": number, "status": status, "created_at": made, "captured": None, **changes}


FAILED_ONCE = payment("failed", "pay_0", 1, error_code="BAD_REQUEST_ERROR", error_reason="card_declined")


@pytest.mark.parametrize(
    ("order", "payments", "expected"),
    [
        ("created", [], {"state": PENDING, "reference": ""}),
        ("attempted", [payment("created")], {"state": PENDING, "reference": ""}),
        ("attempted", [payment("authorized")], {"state": PENDING, "reference": "pay_1", "awaits_capture": False}),
        ("attempted", [payment("authorized", captured=True)], {"state": PENDING}),
        ("attempted", [payment("on_hold")], {"state": PENDING}),
        ("attempted", [payment("CAPTURED")], {"state": PENDING}),
        ("attempted", [payment(None)], {"state": PENDING}),
        ("attempted", [payment(["captured"])], {"state": PENDING}),
        ("paid", [], {"state": PENDING}),
        ("paid", [FAILED_ONCE], {"state": PENDING}),
        ("resolved", [], {"state": PENDING}),
        ("attempted", [FAILED_ONCE], {"state": FAILED, "failure": "card_declined", "retryable": True, "reference": ""}),
        ("attempted", [payment("failed", error_code="GATEWAY_ERROR")], {"failure": "GATEWAY_ERROR"}),
        ("attempted", [FAILED_ONCE, payment("created")], {"state": PENDING, "failure": ""}),
        ("attempted", [FAILED_ONCE, payment("captured")], {"state": COMPLETED, "reference": "pay_1", "failure": ""}),
        ("paid", [payment("captured"), FAILED_ONCE], {"state": COMPLETED, "reference": "pay_1"}),
        ("paid", [payment("refunded", captured=True)], {"state": COMPLETED, "reference": "pay_1"}),
        ("attempted", [payment("refunded", captured=False)], {"state": FAILED}),
        (
            "paid",
            [payment("captured", "pay_2", 20), payment("captured", "pay_1", 10)],
            {"state": COMPLETED, "reference": "pay_1", "also_paid": (FurtherPayment("pay_2", 5000),)},
        ),
        ("paid", [payment("captured", amount=5118)], {"state": COMPLETED, "amount": 5000, "customer_fee": 118}),
        ("paid", [payment("captured", amount=5118, fee=117)], {"amount": 5118, "customer_fee": 0}),
        ("paid", [payment("captured", amount=5118, fee=None)], {"amount": 5118, "customer_fee": 0}),
        ("paid", [payment("captured", amount=4882)], {"amount": 4882, "customer_fee": 0}),
        (
            "paid",
            [payment("captured", amount=5118), payment("captured", "pay_2", 20, amount=5118)],
            {"also_paid": (FurtherPayment("pay_2", 5000, customer_fee=118),)},
        ),
        ("paid", [payment("captured", amount=4900)], {"state": COMPLETED, "amount": 4900}),
        ("paid", [payment("captured", amount="5000")], {"state": COMPLETED, "amount": 0}),
        ("paid", [payment("captured", currency="USD")], {"state": COMPLETED, "currency": "USD"}),
        ("paid", [payment("captured", fee=None, tax=None)], {"fee": 0, "tax": 0}),
        ("paid", [payment("captured", acquirer_data=None, method=None)], {"bank_reference": "", "method": ""}),
        ("paid", [payment("captured", acquirer_data={"auth_code": "A1"})], {"bank_reference": "A1"}),
        ("paid", [payment("captured", order_id="order_2")], {"state": PENDING}),
        ("paid", [payment("captured", order_id=None)], {"state": COMPLETED}),
        ("paid", [payment("captured", number="")], {"state": PENDING}),
        ("paid", [None, "x", payment("captured", unheard={"of": []})], {"state": COMPLETED}),
    ],
)
def test_only_captured_money_is_ours(peer: Peer, razorpay: RazorpayGateway, order, payments, expected: dict):
    peer.on("GET", ONE_ORDER, Say(200, {**CREATED, "status": order}))
    peer.on("GET", PAYMENTS, listing(*payments))

    answer = razorpay.fetch_order(KNOWN)

    assert {name: getattr(answer, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"receipt": "PK-2"}, {"order_id": "PK-2"}),
        ({"receipt": None}, {"order_id": "PK-1"}),
        ({"notes": []}, {"order_id": "PK-1"}),
        ({"amount": 4000}, {"amount": 4000}),
        ({"amount": 5000.0}, {"amount": 0}),
        ({"currency": None}, {"currency": ""}),
        ({"created_at": "now"}, {"state": PENDING}),
    ],
)
def test_odd_orders(peer: Peer, razorpay: RazorpayGateway, changes: dict, expected: dict):
    peer.on("GET", ONE_ORDER, Say(200, {**CREATED, **changes}))
    peer.on("GET", PAYMENTS, listing())

    answer = razorpay.fetch_order(KNOWN)

    assert {name: getattr(answer, name) for name in expected} == expected


def test_an_order_is_not_found_by_its_number_or_by_ours(peer: Peer, razorpay: RazorpayGateway):
    peer.on("GET", ONE_ORDER, UNKNOWN)
    peer.on("GET", ORDERS, listing())

    with pytest.raises(GatewayNotFound):
        razorpay.fetch_order(KNOWN)
    with pytest.raises(GatewayNotFound):
        razorpay.fetch_order(ORDER)


@pytest.mark.parametrize("answer", [DOWN, Say(200, {"entity": "collection"}), Say(200, {"items": {}})])
def test_without_its_payments_an_order_is_undecided(peer: Peer, razorpay: RazorpayGateway, answer: Say):
    peer.on("GET", ONE_ORDER, Say(200, {**CREATED, "status": "paid"}))
    peer.on("GET", PAYMENTS, answer)

    with pytest.raises(GatewayUnreachable):
        razorpay.fetch_order(KNOWN)


# --- Capturing -------------------------------------------------------------------------------------

HELD = payment("authorized", fee=None, tax=None)


def test_held_money_is_captured_on_demand(peer: Peer, capturing: RazorpayGateway):
    peer.on("GET", ONE_ORDER, Say(200, {**CREATED, "status": "attempted"}))
    peer.on("GET", PAYMENTS, listing(HELD), listing(HELD), listing(CAPTURED))
    peer.on("POST", CAPTURE, Say(200, CAPTURED))

    assert capturing.fetch_order(KNOWN).awaits_capture
    assert capturing.capture_order(KNOWN).state == COMPLETED
    assert peer.asked(CAPTURE)[0].json == {"amount": 5000, "currency": "INR"}
    assert isinstance(capturing, Captures)


@pytest.mark.parametrize("payments", [[], [CAPTURED], [FAILED_ONCE], [payment("authorized", amount=4900)]])
def test_nothing_else_is_captured(peer: Peer, capturing: RazorpayGateway, payments: list):
    peer.on("GET", ONE_ORDER, Say(200, {**CREATED, "status": "attempted"}))
    peer.on("GET", PAYMENTS, listing(*payments))

    capturing.capture_order(KNOWN)

    assert peer.asked(CAPTURE) == []


def test_money_captured_meanwhile_is_found(peer: Peer, capturing: RazorpayGateway):
    peer.on("GET", ONE_ORDER, Say(200, {**CREATED, "status": "attempted"}))
    peer.on("GET", PAYMENTS, listing(HELD), listing(CAPTURED))
    peer.on("POST", CAPTURE, refusal("This payment has already been captured"))

    assert capturing.capture_order(KNOWN).state == COMPLETED


# --- Refunds ---------------------------------------------------------------------------------------


def test_a_new_refund_carries_our_number_as_idempotency_key(peer: Peer, razorpay: RazorpayGateway):
    peer.on("POST", REFUND_PATH, Say(200, REFUNDED))

    answer = razorpay.create_refund(REFUND)

    assert answer == RefundAnswer("RF-0000000001", PENDING, 2000, gateway_refund_id="rfnd_1")
    (sent,) = peer.calls
    assert sent.headers["x-refund-idempotency"] == "RF-0000000001"
    assert sent.json == {
        "amount": 2000,
        "speed": "normal",
        "receipt": "RF-0000000001",
        "notes": {"refund_id": "RF-0000000001", "order_id": "PK-1"},
    }


def test_a_refund_that_may_exist_is_looked_for_then_sent_with_the_same_key(peer: Peer, razorpay: RazorpayGateway):
    peer.on("GET", REFUNDS, listing({**REFUNDED, "receipt": "RF-0000000002"}))
    peer.on("POST", REFUND_PATH, DOWN, Say(200, REFUNDED))

    for _ in range(2):
        try:
            razorpay.create_refund(replace(REFUND, fresh=False))
        except GatewayUnreachable:
            continue

    sent = peer.asked(REFUND_PATH)
    assert [call.headers["x-refund-idempotency"] for call in sent] == ["RF-0000000001"] * 2
    assert sent[0].content == sent[1].content


def test_a_refund_that_exists_is_not_sent_again(peer: Peer, razorpay: RazorpayGateway):
    peer.on("GET", REFUNDS, listing({**REFUNDED, "status": "processed"}))

    assert razorpay.create_refund(replace(REFUND, fresh=False)).state == COMPLETED
    assert paths(peer) == [REFUNDS]


def test_a_refund_refused_because_it_exists_is_fetched(peer: Peer, razorpay: RazorpayGateway):
    peer.on("POST", REFUND_PATH, refusal("Different request body sent for the same idempotency key"))
    peer.on("GET", REFUNDS, listing(REFUNDED))

    assert razorpay.create_refund(REFUND).gateway_refund_id == "rfnd_1"


@pytest.mark.parametrize(
    ("answer", "permanent"),
    [
        (refusal("The payment has been fully refunded already"), True),
        (refusal("The total refund amount is greater than the refund payment amount"), True),
        (refusal("Another request with the same key is in progress", 409), False),
        (refusal("Request is in progress"), False),
        (refusal("Your account does not have enough balance to carry out the refund operation."), False),
    ],
)
def test_a_refused_refund_says_whether_for_good(peer: Peer, razorpay: RazorpayGateway, answer: Say, permanent: bool):
    peer.on("POST", REFUND_PATH, answer)
    peer.on("GET", REFUNDS, listing())

    with pytest.raises(GatewayRefused) as caught:
        razorpay.create_refund(REFUND)

    assert caught.value.permanent is permanent


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({}, RefundAnswer("RF-0000000001", PENDING, 2000, "rfnd_1")),
        ({"status": "processed"}, RefundAnswer("RF-0000000001", COMPLETED, 2000, "rfnd_1")),
        (
            {"status": "processed", "acquirer_data": {"arn": "10000"}},
            RefundAnswer("RF-0000000001", COMPLETED, 2000, "rfnd_1", bank_reference="10000"),
        ),
        ({"status": "failed"}, RefundAnswer("RF-0000000001", FAILED, 2000, "rfnd_1")),
        ({"status": "reversed"}, RefundAnswer("RF-0000000001", PENDING, 2000, "rfnd_1")),
        ({"status": None, "amount": None}, RefundAnswer("RF-0000000001", PENDING, 0, "rfnd_1")),
        ({"receipt": None}, RefundAnswer("RF-0000000001", PENDING, 2000, "rfnd_1")),
        ({"receipt": "RF-9"}, RefundAnswer("RF-9", PENDING, 2000, "rfnd_1")),
    ],
)
def test_how_a_refund_stands(peer: Peer, razorpay: RazorpayGateway, changes: dict, answer: RefundAnswer):
    peer.on("GET", ONE_REFUND, Say(200, {**REFUNDED, **changes}))

    assert razorpay.fetch_refund(replace(REFUND, gateway_refund_id="rfnd_1")) == answer


def test_a_refund_is_found_by_our_number_in_its_notes_too(peer: Peer, razorpay: RazorpayGateway):
    peer.on("GET", REFUNDS, listing({**REFUNDED, "receipt": None, "notes": {"refund_id": "RF-0000000001"}}))

    assert razorpay.fetch_refund(REFUND).gateway_refund_id == "rfnd_1"
    assert peer.calls[0].query == {"count": "100"}


def test_a_refund_is_not_found(peer: Peer, razorpay: RazorpayGateway):
    peer.on("GET", REFUNDS, listing())
    peer.on("GET", ONE_REFUND, UNKNOWN)

    with pytest.raises(GatewayNotFound):
        razorpay.fetch_refund(REFUND)
    with pytest.raises(GatewayNotFound):
        razorpay.fetch_refund(replace(REFUND, gateway_refund_id="rfnd_1"))


# --- The books -------------------------------------------------------------------------------------

SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)


def test_the_books_list_payments_and_refunds(peer: Peer, razorpay: RazorpayGateway):
    peer.on("GET", "/v1/payments", listing({**CAPTURED, "notes": {"order_id": "PK-1"}}))
    peer.on("GET", "/v1/refunds", listing({**REFUNDED, "status": "processed"}))

    assert list(razorpay.statement(SINCE, UNTIL)) == [
        StatementEntry(
            kind=EntryKind.PAYMENT,
            reference="pay_1",
            state=COMPLETED,
            amount=5000,
            made_at=datetime(2025, 12, 31, 23, 59, 20, tzinfo=UTC),
            order_id="PK-1",
            gateway_order_id="order_1",
            method="UPI",
            bank_reference="206378866112",
            fee=118,
            tax=18,
        ),
        StatementEntry(
            kind=EntryKind.REFUND,
            reference="pay_1",
            state=COMPLETED,
            amount=2000,
            made_at=datetime(2026, 1, 1, 1, 0, tzinfo=UTC),
            refund_id="RF-0000000001",
            gateway_refund_id="rfnd_1",
        ),
    ]
    assert peer.calls[0].query == {"from": "1767225600", "to": "1767312000", "count": "100", "skip": "0"}


def test_the_books_are_read_page_by_page(peer: Peer, razorpay: RazorpayGateway):
    full = listing(*({**CAPTURED, "id": f"pay_{number}"} for number in range(99)), "odd")
    peer.on("GET", "/v1/payments", full, listing({**CAPTURED, "id": "pay_99"}))
    peer.on("GET", "/v1/refunds", listing())

    references = [entry.reference for entry in razorpay.statement(SINCE, UNTIL)]

    assert references == [f"pay_{number}" for number in range(100)]
    assert [call.query["skip"] for call in peer.asked("/v1/payments")] == ["0", "100"]


@pytest.mark.parametrize(
    ("status", "captured", "state"),
    [
        ("captured", True, COMPLETED),
        ("refunded", True, COMPLETED),
        ("refunded", False, FAILED),
        ("failed", False, FAILED),
        ("authorized", False, PENDING),
        ("created", False, PENDING),
        ("new word", True, PENDING),
    ],
)
def test_the_books_know_three_states(peer: Peer, razorpay: RazorpayGateway, status, captured, state: GatewayState):
    peer.on("GET", "/v1/payments", listing({**CAPTURED, "status": status, "captured": captured, "created_at": None}))
    peer.on("GET", "/v1/refunds", listing())

    (entry,) = razorpay.statement(SINCE, UNTIL)

    assert (entry.state, entry.made_at) == (state, datetime(1970, 1, 1, tzinfo=UTC))
