"""PhonePe v2 against a peer on loopback: what we send, and what we make of its answers."""

from dataclasses import replace
from typing import Any

import pytest

from parking.payments.gateways.base import (
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
)
from parking.payments.gateways.http import Timeouts
from parking.payments.gateways.phonepe.config import PhonePeConfig, WebhookConfig, WebhookMode
from parking.payments.gateways.phonepe.gateway import PhonePeGateway
from tests.gateways.peer import Peer, Say

ORDER = OrderRequest("PK-1", 5000, "Parking PK-1", fresh=True)
REFUND = RefundRequest("RF-1", "PK-1", "OM1", 2000, fresh=True)

TOKEN_PATH = "/oauth/v1/oauth/token"
PAY = "/pg/checkout/v2/pay"
STATUS = "/pg/checkout/v2/order/PK-1/status"
QR_PAY = "/pg/payments/v2/pay"
QR_STATUS = "/pg/payments/v2/order/PK-1/status"
REFUND_PATH = "/pg/payments/v2/refund"
REFUND_STATUS = "/pg/payments/v2/refund/RF-1/status"

PAGE = "https://mercury-uat.phonepe.com/transact/uat_v2?token=abc"
PAID: dict[str, Any] = {
    "orderId": "OMO1",
    "state": "COMPLETED",
    "amount": 5000,
    "payableAmount": 5000,
    "feeAmount": 0,
    "expireAt": 1767226500000,
    "metaInfo": {"udf1": "PK-1"},
    "paymentDetails": [
        {
            "transactionId": "OM1",
            "paymentMode": "UPI_QR",
            "timestamp": 1767225660000,
            "amount": 5000,
            "state": "COMPLETED",
            "rail": {"type": "UPI", "utr": "206378866112", "upiTransactionId": "YBL0001", "vpa": "12****78@ybl"},
            "instrument": {"type": "ACCOUNT", "maskedAccountNumber": "******1234", "accountType": "SAVINGS"},
            "splitInstruments": [],
        }
    ],
}
PAID_TWICE = [*PAID["paymentDetails"], {**PAID["paymentDetails"][0], "transactionId": "OM2"}]
PENDING = {"orderId": "OMO1", "state": "PENDING", "amount": 5000, "expireAt": 1767226500000, "paymentDetails": []}
UNKNOWN_ORDER = Say(400, {"code": "INVALID_MERCHANT_ORDER_ID", "message": "No entry found"})
UNKNOWN_REFUND = Say(404, {"code": "INVALID_TRANSACTION_ID", "message": "No entry found"})
EXISTS = Say(400, {"code": "ORDER_ALREADY_EXISTS", "message": "Duplicate"})
DOWN = Say(502, b"<html>Bad gateway</html>")


def token(value: str = "T1") -> Say:
    return Say(
        200,
        {
            "access_token": value,
            "encrypted_access_token": value,
            "expires_in": None,
            "issued_at": 1767225000,
            "expires_at": 1767228600,
            "session_expires_at": 1767228600,
            "token_type": "O-Bearer",
        },
    )


def config(peer: Peer, **changes) -> PhonePeConfig:
    plain = PhonePeConfig(
        oauth_url=f"{peer.url}/oauth",
        pg_url=f"{peer.url}/pg",
        client_id="PARKUAT",
        client_secret="shh",
        client_version="1",
        return_url="https://park.example/pay/return/{order_id}/",
        webhook=WebhookConfig(WebhookMode.SHA),
        timeouts=Timeouts(connect=1, read=1, whole=5),
    )
    return replace(plain, **changes)


@pytest.fixture
def phonepe(peer: Peer) -> PhonePeGateway:
    peer.on("POST", TOKEN_PATH, token())
    return PhonePeGateway(config(peer))


@pytest.fixture
def phonepe_with_qr(peer: Peer) -> PhonePeGateway:
    peer.on("POST", TOKEN_PATH, token())
    return PhonePeGateway(config(peer, upi_qr=True))


def paths(peer: Peer) -> list[str]:
    return [call.path for call in peer.calls if call.path != TOKEN_PATH]


# --- The token -------------------------------------------------------------------------------------


def test_the_token_is_asked_for_by_form_once_and_sent_with_each_call(peer: Peer, phonepe: PhonePeGateway):
    peer.on("GET", STATUS, Say(200, PENDING))

    phonepe.fetch_order(ORDER)
    phonepe.fetch_order(ORDER)

    (asked,) = peer.asked(TOKEN_PATH)
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert asked.form == {
        "client_id": "PARKUAT",
        "client_secret": "shh",
        "client_version": "1",
        "grant_type": "client_credentials",
    }
    assert [call.headers["authorization"] for call in peer.asked(STATUS)] == ["O-Bearer T1"] * 2


def test_a_refused_token_is_replaced_once_and_the_call_repeated(peer: Peer, phonepe: PhonePeGateway):
    peer.on("POST", TOKEN_PATH, token("T1"), token("T2"))
    peer.on("POST", PAY, Say(401, {"code": "AUTHORIZATION_FAILED"}), Say(200, {"orderId": "OMO1", "state": "PENDING"}))

    assert phonepe.create_order(ORDER).gateway_order_id == "OMO1"
    assert [call.headers["authorization"] for call in peer.asked(PAY)] == ["O-Bearer T1", "O-Bearer T2"]


def test_a_new_token_that_is_refused_too_is_the_operators_matter(peer: Peer, phonepe: PhonePeGateway):
    peer.on("GET", STATUS, Say(401, b""))

    with pytest.raises(GatewayMisconfigured) as caught:
        phonepe.fetch_order(ORDER)

    assert not caught.value.permanent
    assert len(peer.asked(STATUS)) == len(peer.asked(TOKEN_PATH)) == 2


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Say(401, {"errorCode": "UNAUTHORIZED", "context": {}}), GatewayMisconfigured),
        (Say(400, {"code": "BAD_REQUEST"}), GatewayMisconfigured),
        (Say(401, b"<html>"), GatewayUnreachable),
        (Say(200, {"token_type": "O-Bearer"}), GatewayUnreachable),
        (Say(429, {}), GatewayUnreachable),
        (DOWN, GatewayUnreachable),
    ],
)
def test_without_a_token_nothing_is_sent(peer: Peer, phonepe: PhonePeGateway, answer: Say, error: type):
    peer.on("POST", TOKEN_PATH, answer)

    with pytest.raises(error):
        phonepe.create_order(ORDER)

    assert paths(peer) == []


# --- Orders ----------------------------------------------------------------------------------------


def test_a_new_order_has_a_page(peer: Peer, phonepe: PhonePeGateway):
    peer.on("POST", PAY, Say(200, {"orderId": "OMO1", "state": "PENDING", "expireAt": 1, "redirectUrl": PAGE}))

    answer = phonepe.create_order(ORDER)

    assert answer == OrderAnswer("PK-1", GatewayState.PENDING, 5000, gateway_order_id="OMO1", pay_url=PAGE)
    assert paths(peer) == [PAY]
    assert peer.asked(PAY)[0].json == {
        "merchantOrderId": "PK-1",
        "amount": 5000,
        "expireAfter": 900,
        "metaInfo": {"udf1": "PK-1"},
        "paymentFlow": {
            "type": "PG_CHECKOUT",
            "message": "Parking PK-1",
            "merchantUrls": {"redirectUrl": "https://park.example/pay/return/PK-1/"},
        },
    }


@pytest.mark.parametrize(("asked", "sent"), [(60, 300), (300, 300), (600, 600), (9999, 3600)])
def test_an_order_stays_open_as_long_as_phonepe_allows(peer: Peer, phonepe: PhonePeGateway, asked: int, sent: int):
    peer.on("POST", PAY, Say(200, {"orderId": "OMO1", "state": "PENDING"}))

    phonepe.create_order(replace(ORDER, expires_in=asked))

    assert peer.asked(PAY)[0].json["expireAfter"] == sent


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("PENDING", GatewayState.PENDING),
        ("FAILED", GatewayState.FAILED),
        ("COMPLETED", GatewayState.PENDING),
        ("CREATED", GatewayState.PENDING),
        (None, GatewayState.PENDING),
    ],
)
def test_making_an_order_never_completes_it(peer: Peer, phonepe: PhonePeGateway, said: object, state: GatewayState):
    peer.on("POST", PAY, Say(200, {"orderId": "OMO1", "state": said, "amount": 5000}))

    assert phonepe.create_order(ORDER).state == state


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://x", "//x", "", None, 7, ["https://x"]])
def test_a_page_that_is_no_web_address_is_left_out(peer: Peer, phonepe: PhonePeGateway, url: object):
    peer.on("POST", PAY, Say(200, {"orderId": "OMO1", "state": "PENDING", "redirectUrl": url}))

    assert phonepe.create_order(ORDER).pay_url == ""


def test_an_order_that_may_exist_is_looked_for_first(peer: Peer, phonepe: PhonePeGateway):
    peer.on("GET", STATUS, Say(200, PAID))

    answer = phonepe.create_order(replace(ORDER, fresh=False))

    assert (answer.state, answer.reference) == (GatewayState.COMPLETED, "OM1")
    assert paths(peer) == [STATUS]


def test_an_order_that_never_arrived_is_made(peer: Peer, phonepe: PhonePeGateway):
    peer.on("GET", STATUS, UNKNOWN_ORDER)
    peer.on("POST", PAY, Say(200, {"orderId": "OMO1", "state": "PENDING", "redirectUrl": PAGE}))

    assert phonepe.create_order(replace(ORDER, fresh=False)).pay_url == PAGE
    assert paths(peer) == [STATUS, PAY]


def test_an_order_that_exists_all_the_same_is_fetched(peer: Peer, phonepe: PhonePeGateway):
    peer.on("POST", PAY, EXISTS)
    peer.on("GET", STATUS, Say(200, PENDING))

    answer = phonepe.create_order(ORDER)

    assert (answer.state, answer.gateway_order_id, answer.pay_url) == (GatewayState.PENDING, "OMO1", "")


@pytest.mark.parametrize(
    ("answer", "error", "permanent"),
    [
        (Say(400, {"code": "BAD_REQUEST", "message": "amount", "data": {}}), GatewayRefused, True),
        (Say(417, {"code": "EXPECTATION_FAILED"}), GatewayRefused, True),
        (Say(422, {"code": "UNPROCESSABLE"}), GatewayRefused, True),
        (Say(409, {"code": "CONFLICT"}), GatewayRefused, False),
        (Say(403, {"code": "FORBIDDEN"}), GatewayMisconfigured, False),
    ],
)
def test_a_refused_order_says_whether_for_good(peer: Peer, phonepe: PhonePeGateway, answer, error, permanent):
    peer.on("POST", PAY, answer)
    peer.on("GET", STATUS, UNKNOWN_ORDER)

    with pytest.raises(error) as caught:
        phonepe.create_order(ORDER)

    assert (caught.value.permanent, caught.value.code) == (permanent, answer.body["code"])


@pytest.mark.parametrize(
    "answer",
    [
        DOWN,
        Say(500, {"code": "INTERNAL_SERVER_ERROR"}),
        Say(429, {}),
        Say(403, b"<html>"),
        Say(hangs=True),
        Say(drops=True),
    ],
)
def test_an_order_of_unknown_fate_is_unreachable(peer: Peer, phonepe: PhonePeGateway, answer: Say):
    peer.on("POST", PAY, answer)

    with pytest.raises(GatewayUnreachable):
        phonepe.create_order(ORDER)

    assert paths(peer) == [PAY]


def test_the_look_that_fails_leaves_the_order_alone(peer: Peer, phonepe: PhonePeGateway):
    peer.on("GET", STATUS, DOWN)

    with pytest.raises(GatewayUnreachable):
        phonepe.create_order(replace(ORDER, fresh=False))

    assert paths(peer) == [STATUS]


def test_a_paid_order(peer: Peer, phonepe: PhonePeGateway):
    peer.on("GET", STATUS, Say(200, PAID))

    assert phonepe.fetch_order(ORDER) == OrderAnswer(
        order_id="PK-1",
        state=GatewayState.COMPLETED,
        amount=5000,
        currency="INR",
        gateway_order_id="OMO1",
        reference="OM1",
        method="UPI_QR",
        bank_reference="206378866112",
    )
    assert peer.asked(STATUS)[0].query == {"details": "true", "errorContext": "true"}


FAILED_TRY = {"transactionId": "OM0", "paymentMode": "CARD", "state": "FAILED"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"state": "PENDING"}, {"state": GatewayState.PENDING, "reference": ""}),
        ({"state": "ON_HOLD"}, {"state": GatewayState.PENDING, "reference": ""}),
        ({"state": "completed"}, {"state": GatewayState.PENDING}),
        ({"state": None}, {"state": GatewayState.PENDING}),
        ({"state": ["COMPLETED"]}, {"state": GatewayState.PENDING}),
        ({"paymentDetails": []}, {"state": GatewayState.COMPLETED, "reference": "OMO1"}),
        ({"paymentDetails": None}, {"state": GatewayState.COMPLETED, "reference": "OMO1"}),
        ({"paymentDetails": [FAILED_TRY, None, "x"]}, {"state": GatewayState.COMPLETED, "reference": "OMO1"}),
        ({"paymentDetails": [], "orderId": None}, {"gateway_order_id": "", "reference": "PK-1"}),
        (
            {"paymentDetails": [FAILED_TRY, *PAID["paymentDetails"]]},
            {"state": GatewayState.COMPLETED, "reference": "OM1", "method": "UPI_QR"},
        ),
        (
            {
                "paymentDetails": [
                    {**PAID["paymentDetails"][0], "paymentMode": "CREDIT_LINE", "rail": {"type": "PPI_X"}}
                ]
            },
            {"state": GatewayState.COMPLETED, "method": "CREDIT_LINE", "bank_reference": ""},
        ),
        ({"unheard": {"of": [1, 2]}, "type": "NEW"}, {"state": GatewayState.COMPLETED}),
        ({"amount": 4900, "payableAmount": 4900}, {"amount": 4900}),
        ({"amount": 4900}, {"amount": 0}),
        ({"payableAmount": 5118, "feeAmount": 118}, {"amount": 5000, "customer_fee": 118, "fee": 118}),
        ({"payableAmount": 5118, "feeAmount": 100}, {"amount": 0, "customer_fee": 0}),
        ({"payableAmount": 4882, "feeAmount": 118}, {"amount": 0, "customer_fee": 0}),
        ({"paymentDetails": PAID_TWICE}, {"reference": "OM1", "also_paid": (FurtherPayment("OM2", 5000),)}),
        ({"amount": "5000"}, {"amount": 0}),
        ({"amount": 5000.0}, {"amount": 0}),
        ({"amount": None}, {"amount": 0}),
        ({"merchantOrderId": "PK-2"}, {"order_id": "PK-2"}),
        ({"currency": "USD"}, {"currency": "USD"}),
        ({"feeAmount": 59}, {"fee": 59}),
        (
            {
                "state": "FAILED",
                "errorCode": "AUTHORIZATION_ERROR",
                "detailedErrorCode": "ZM",
                "paymentDetails": [FAILED_TRY],
            },
            {"state": GatewayState.FAILED, "failure": "ZM", "reference": "", "retryable": False},
        ),
        ({"state": "FAILED", "errorCode": "TIMED_OUT"}, {"state": GatewayState.FAILED, "failure": "TIMED_OUT"}),
    ],
)
def test_only_the_root_state_decides_and_odd_values_complete_nothing(peer, phonepe, changes: dict, expected: dict):
    peer.on("GET", STATUS, Say(200, {**PAID, **changes}))

    answer = phonepe.fetch_order(ORDER)

    assert {name: getattr(answer, name) for name in expected} == expected


def test_an_unknown_order_is_not_found(peer: Peer, phonepe: PhonePeGateway):
    peer.on("GET", STATUS, UNKNOWN_ORDER)

    with pytest.raises(GatewayNotFound) as caught:
        phonepe.fetch_order(ORDER)

    assert caught.value.code == "INVALID_MERCHANT_ORDER_ID"


# --- UPI QR ----------------------------------------------------------------------------------------

UPI = "upi://pay?pa=citypark@ybl&am=50.00&tr=OMO1"


@pytest.mark.parametrize(
    ("answer", "upi_link"),
    [
        ({"intentUrl": UPI, "qrData": "iVBORw0KGgo="}, UPI),
        ({"qrData": UPI}, UPI),
        ({"qrData": "iVBORw0KGgo="}, ""),
        ({"intentUrl": "https://x", "qrData": None}, ""),
    ],
)
def test_at_the_gate_an_order_has_a_upi_link(peer: Peer, phonepe_with_qr: PhonePeGateway, answer: dict, upi_link: str):
    peer.on("POST", QR_PAY, Say(200, {"orderId": "OMO1", "state": "PENDING", **answer}))

    made = phonepe_with_qr.create_order(replace(ORDER, upi_qr=True))

    assert (made.upi_link, made.pay_url) == (upi_link, "")
    assert peer.asked(QR_PAY)[0].json["paymentFlow"] == {"type": "PG", "paymentMode": {"type": "UPI_QR"}}


def test_an_account_without_upi_qr_gives_a_page_instead(peer: Peer, phonepe: PhonePeGateway):
    peer.on("POST", PAY, Say(200, {"orderId": "OMO1", "state": "PENDING", "redirectUrl": PAGE}))

    assert phonepe.create_order(replace(ORDER, upi_qr=True)).pay_url == PAGE


@pytest.mark.parametrize(
    ("upi_qr", "known", "unknown"), [(True, QR_STATUS, STATUS), (True, STATUS, QR_STATUS), (False, QR_STATUS, STATUS)]
)
def test_an_order_is_found_whichever_kind_it_is_of(peer, phonepe_with_qr, upi_qr: bool, known: str, unknown: str):
    peer.on("GET", known, Say(200, PAID))
    peer.on("GET", unknown, UNKNOWN_ORDER)

    answer = phonepe_with_qr.fetch_order(replace(ORDER, upi_qr=upi_qr))

    assert answer.state == GatewayState.COMPLETED


# --- Refunds ---------------------------------------------------------------------------------------


def test_a_new_refund(peer: Peer, phonepe: PhonePeGateway):
    peer.on("POST", REFUND_PATH, Say(200, {"refundId": "OMR1", "amount": 2000, "state": "PENDING"}))

    answer = phonepe.create_refund(REFUND)

    assert answer == RefundAnswer("RF-1", GatewayState.PENDING, 2000, gateway_refund_id="OMR1")
    assert paths(peer) == [REFUND_PATH]
    assert peer.asked(REFUND_PATH)[0].json == {
        "merchantRefundId": "RF-1",
        "originalMerchantOrderId": "PK-1",
        "amount": 2000,
    }


def test_a_refund_that_may_exist_is_looked_for_first(peer: Peer, phonepe: PhonePeGateway):
    peer.on("GET", REFUND_STATUS, Say(200, {"refundId": "OMR1", "amount": 2000, "state": "CONFIRMED"}))

    answer = phonepe.create_refund(replace(REFUND, fresh=False))

    assert answer == RefundAnswer("RF-1", GatewayState.PENDING, 2000, gateway_refund_id="OMR1")
    assert paths(peer) == [REFUND_STATUS]


def test_a_refund_that_never_arrived_is_made(peer: Peer, phonepe: PhonePeGateway):
    peer.on("GET", REFUND_STATUS, UNKNOWN_REFUND)
    peer.on("POST", REFUND_PATH, Say(200, {"refundId": "OMR1", "amount": 2000, "state": "PENDING"}))

    assert phonepe.create_refund(replace(REFUND, fresh=False)).gateway_refund_id == "OMR1"
    assert paths(peer) == [REFUND_STATUS, REFUND_PATH]


def test_a_refund_whose_look_fails_is_not_made(peer: Peer, phonepe: PhonePeGateway):
    peer.on("GET", REFUND_STATUS, Say(429, {}))

    with pytest.raises(GatewayUnreachable):
        phonepe.create_refund(replace(REFUND, fresh=False))

    assert paths(peer) == [REFUND_STATUS]


def test_a_refund_refused_because_it_exists_is_fetched(peer: Peer, phonepe: PhonePeGateway):
    peer.on("POST", REFUND_PATH, Say(400, {"code": "DUPLICATE_MERCHANT_REFUND_ID"}))
    peer.on("GET", REFUND_STATUS, Say(200, {"refundId": "OMR1", "amount": 2000, "state": "COMPLETED"}))

    assert phonepe.create_refund(REFUND).state == GatewayState.COMPLETED


def test_too_much_refunded_is_refused_for_good(peer: Peer, phonepe: PhonePeGateway):
    peer.on("POST", REFUND_PATH, Say(400, {"code": "REFUND_AMOUNT_EXCEEDS_ORIGINAL"}))
    peer.on("GET", REFUND_STATUS, UNKNOWN_REFUND)

    with pytest.raises(GatewayRefused) as caught:
        phonepe.create_refund(REFUND)

    assert (caught.value.permanent, caught.value.code) == (True, "REFUND_AMOUNT_EXCEEDS_ORIGINAL")


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (
            {"merchantRefundId": "RF-1", "refundId": "OMR1", "amount": 2000, "state": "COMPLETED"},
            RefundAnswer("RF-1", GatewayState.COMPLETED, 2000, "OMR1"),
        ),
        (
            {
                "refundId": "OMR1",
                "amount": 2000,
                "state": "COMPLETED",
                "paymentDetails": [{"state": "COMPLETED", "rail": {"utr": "20637"}}],
            },
            RefundAnswer("RF-1", GatewayState.COMPLETED, 2000, "OMR1", bank_reference="20637"),
        ),
        (
            {"refundId": "OMR1", "amount": 2000, "state": "FAILED", "errorCode": "INSUFFICIENT_FUNDS"},
            RefundAnswer("RF-1", GatewayState.FAILED, 2000, "OMR1", failure="INSUFFICIENT_FUNDS", lacks_balance=True),
        ),
        (
            {"refundId": "OMR1", "amount": 2000, "state": "FAILED", "errorCode": "BENEFICIARY_BANK_OFFLINE"},
            RefundAnswer("RF-1", GatewayState.FAILED, 2000, "OMR1", failure="BENEFICIARY_BANK_OFFLINE"),
        ),
        (
            {"refundId": "OMR1", "amount": 2000, "state": "CONFIRMED"},
            RefundAnswer("RF-1", GatewayState.PENDING, 2000, "OMR1"),
        ),
        (
            {"refundId": "OMR1", "amount": 2000, "state": "NEWS"},
            RefundAnswer("RF-1", GatewayState.PENDING, 2000, "OMR1"),
        ),
        ({}, RefundAnswer("RF-1", GatewayState.PENDING, 0)),
    ],
)
def test_how_a_refund_stands(peer: Peer, phonepe: PhonePeGateway, said: dict, answer: RefundAnswer):
    peer.on("GET", REFUND_STATUS, Say(200, said))

    assert phonepe.fetch_refund(REFUND) == answer


def test_an_unknown_refund_is_not_found(peer: Peer, phonepe: PhonePeGateway):
    peer.on("GET", REFUND_STATUS, UNKNOWN_REFUND)

    with pytest.raises(GatewayNotFound):
        phonepe.fetch_refund(REFUND)


def test_our_numbers_cannot_leave_their_place_in_an_address(peer: Peer, phonepe: PhonePeGateway):
    peer.on("GET", "/pg/checkout/v2/order/..%2F..%2Fx%3F/status", Say(200, PENDING))

    assert phonepe.fetch_order(replace(ORDER, order_id="../../x?")).state == GatewayState.PENDING
