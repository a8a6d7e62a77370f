"""One mode for an endpoint: whatever lacks its proof is forged. Vectors: section 4 of the payments fact sheet."""

import base64
import hashlib
import json

import pytest

from parking.core.ids import new_order_id, new_refund_id
from parking.payments.gateways.base import EventKind, ForgedWebhook, WebhookEvent
from parking.payments.gateways.phonepe.config import WebhookConfig, WebhookMode
from parking.payments.gateways.phonepe.webhook import hmac_proof, read_webhook, sha_proof, x_verify

BODY_P2 = (
    b'{"event":"checkout.order.completed","payload":{"orderId":"OMO2601010000000000000001","merchantId":"PARKUAT",'
    b'"merchantOrderId":"PK-20260101-000042-1","state":"COMPLETED","amount":5000,"expireAt":1767226500000,'
    b'"paymentDetails":[{"paymentMode":"UPI_QR","transactionId":"OM2601010000000000000001",'
    b'"timestamp":1767225660000,"amount":5000,"state":"COMPLETED"}]}}'
)
BODY_V1 = (
    '{"merchantId":"PGTESTPAYUAT","merchantTransactionId":"PK0000420001","merchantUserId":"GUEST42","amount":5000,'
    '"redirectUrl":"https://park.example/pay/return","redirectMode":"REDIRECT",'
    '"callbackUrl":"https://park.example/webhooks/phonepe-v1","paymentInstrument":{"type":"PAY_PAGE"}}'
)
P1 = "3139681d8b4c05fd31e48cb735abc274223ab3cb6154e9609684ad2f1d746f3d"
P2 = "0a4c07651e59f961e6daad60d6d92cf0df04260d4ebe7c77a4c1cce47c3971be"
SALT = "00000000-1111-2222-3333-444444444444"
SECRET = "phonepe_checksum_secret_demo"

SHA = WebhookConfig(WebhookMode.SHA, username="parkhook_01", password="ParkHook2026")
HMAC = WebhookConfig(WebhookMode.HMAC, hmac_secret=SECRET)
V1 = WebhookConfig(WebhookMode.V1, salt_key=SALT)

BY_SHA = {"Authorization": P1}
BY_HMAC = {"X-Phonepe-Checksum-Signature": P2, "X-Phonepe-Checksum-Key-Id": "k1"}


def v1_body(content: object) -> bytes:
    return json.dumps({"response": base64.b64encode(json.dumps(content).encode()).decode()}).encode()


def v1_headers(body: bytes, salt: str = SALT, index: str = "1") -> dict[str, str]:
    return {"X-VERIFY": x_verify(salt, index, json.loads(body)["response"])}


V1_PAID = v1_body(
    {
        "success": True,
        "code": "PAYMENT_SUCCESS",
        "data": {"merchantTransactionId": "PK-1", "transactionId": "T1", "amount": 5000, "state": "COMPLETED"},
    }
)


def test_the_vectors():
    assert len(BODY_P2) == 356
    assert sha_proof("parkhook_01", "ParkHook2026") == P1
    assert sha_proof("username", "password") == "bc842c31a9e54efe320d30d948be61291f3ceee4766e36ab25fa65243cd76e0e"
    assert hmac_proof(SECRET, BODY_P2) == P2
    assert base64.b64decode(hmac_proof(SECRET, BODY_P2, "BASE64")).hex() == P2
    status = "/pg/v1/status/PGTESTPAYUAT/PK0000420001"
    assert x_verify(SALT, "1", status) == "25d8405e2039e86931c3fa7dbcf385eb15863bb9c4576c8d53374064da0e2733###1"
    pay = base64.b64encode(BODY_V1.encode()).decode()
    assert x_verify(SALT, "1", pay, "/pg/v1/pay") == (
        "ea2eda153cd74b847a0be689dfd243f17017958aee82ffef2c28b670c56dec0f###1"
    )


@pytest.mark.parametrize(
    ("config", "headers", "body"),
    [
        (SHA, BY_SHA, BODY_P2),
        (SHA, {"authorization": P1}, BODY_P2),
        (HMAC, BY_HMAC, BODY_P2),
        (WebhookConfig(WebhookMode.HMAC, hmac_secret=SECRET, hmac_key_id="k1"), BY_HMAC, BODY_P2),
        (
            WebhookConfig(WebhookMode.HMAC, hmac_secret=SECRET, hmac_header="X-Sum", hmac_encoding="BASE64"),
            {"X-SUM": hmac_proof(SECRET, BODY_P2, "BASE64")},
            BODY_P2,
        ),
        (V1, v1_headers(V1_PAID), V1_PAID),
    ],
)
def test_the_proof_of_the_configured_mode_is_accepted(config: WebhookConfig, headers: dict, body: bytes):
    assert read_webhook(config, headers, body).kind == EventKind.ORDER


@pytest.mark.parametrize("config", [SHA, HMAC, V1], ids=lambda config: config.mode.value)
@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, BODY_P2),
        ({"Authorization": ""}, BODY_P2),
        ({"Authorization": "ümlaut"}, BODY_P2),
        ({"Authorization": f"O-Bearer {P1}"}, BODY_P2),
        ({"Authorization": P1.upper()}, BODY_P2),
        ({"Authorization": P1[:-1]}, BODY_P2),
        ({"Authorization": sha_proof("", "")}, BODY_P2),
        ({"X-Phonepe-Checksum-Signature": ""}, BODY_P2),
        ({"X-Phonepe-Checksum-Signature": P2[:-1] + "0"}, BODY_P2),
        ({"X-Phonepe-Checksum-Signature": P2}, BODY_P2 + b" "),
        ({"X-Phonepe-Checksum-Signature": P2}, json.dumps(json.loads(BODY_P2)).encode()),
        ({"X-Phonepe-Checksum-Signature": hmac_proof("", BODY_P2)}, BODY_P2),
        ({"X-VERIFY": ""}, V1_PAID),
        ({"X-VERIFY": v1_headers(V1_PAID)["X-VERIFY"].partition("#")[0]}, V1_PAID),
        (v1_headers(V1_PAID, index="2"), V1_PAID),
        (v1_headers(V1_PAID, salt=""), V1_PAID),
        (v1_headers(V1_PAID), v1_body({"data": {"merchantTransactionId": "PK-2"}})),
        (v1_headers(V1_PAID), b'{"response": ""}'),
        (v1_headers(V1_PAID), '{"response": "ü"}'.encode()),
        (v1_headers(V1_PAID), b'{"response": 7}'),
        (v1_headers(V1_PAID), b"[]"),
        (v1_headers(V1_PAID), b""),
    ],
)
def test_everything_else_is_forged(config: WebhookConfig, headers: dict, body: bytes):
    with pytest.raises(ForgedWebhook):
        read_webhook(config, headers, body)


@pytest.mark.parametrize(
    ("config", "headers", "body"),
    [
        (SHA, BY_HMAC, BODY_P2),
        (HMAC, BY_SHA, BODY_P2),
        (V1, BY_SHA | BY_HMAC, BODY_P2),
        (SHA, v1_headers(V1_PAID), V1_PAID),
        (HMAC, v1_headers(V1_PAID), V1_PAID),
        (WebhookConfig(WebhookMode.HMAC, hmac_secret=SECRET, hmac_key_id="k2"), BY_HMAC, BODY_P2),
    ],
)
def test_the_proof_of_another_mode_does_not_count(config: WebhookConfig, headers: dict, body: bytes):
    with pytest.raises(ForgedWebhook):
        read_webhook(config, headers, body)


@pytest.mark.parametrize(
    ("config", "headers"),
    [
        (WebhookConfig(WebhookMode.SHA), {"Authorization": sha_proof("", "")}),
        (WebhookConfig(WebhookMode.SHA, username="u"), {"Authorization": sha_proof("u", "")}),
        (WebhookConfig(WebhookMode.HMAC), {"X-Phonepe-Checksum-Signature": hmac_proof("", V1_PAID)}),
        (WebhookConfig(WebhookMode.V1), v1_headers(V1_PAID, salt="")),
    ],
)
def test_without_a_secret_nobody_comes_in(config: WebhookConfig, headers: dict):
    with pytest.raises(ForgedWebhook):
        read_webhook(config, headers, V1_PAID)


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def body(event: object, payload: object) -> bytes:
    return json.dumps({"event": event, "type": "DEPRECATED", "payload": payload}).encode()


@pytest.mark.parametrize(
    ("content", "event"),
    [
        (
            BODY_P2,
            WebhookEvent(
                event_key=_key("checkout.order.completed|OMO2601010000000000000001|COMPLETED|OM2601010000000000000001"),
                kind=EventKind.ORDER,
                order_id="PK-20260101-000042-1",
                gateway_order_id="OMO2601010000000000000001",
                name="checkout.order.completed",
            ),
        ),
        (
            body(
                "pg.refund.completed",
                {
                    "merchantRefundId": "RF-1",
                    "refundId": "OMR1",
                    "originalMerchantOrderId": "PK-1",
                    "state": "COMPLETED",
                    "amount": 2000,
                },
            ),
            WebhookEvent(
                event_key=_key("pg.refund.completed|OMR1|COMPLETED"),
                kind=EventKind.REFUND,
                order_id="PK-1",
                refund_id="RF-1",
                gateway_refund_id="OMR1",
                name="pg.refund.completed",
            ),
        ),
        (
            body("pg.refund.accepted", {"refundId": "OMR1", "state": "CONFIRMED"}),
            WebhookEvent(
                event_key=_key("pg.refund.accepted|OMR1|CONFIRMED"),
                kind=EventKind.REFUND,
                gateway_refund_id="OMR1",
                name="pg.refund.accepted",
            ),
        ),
        (
            body("paylink.order.completed", {"orderId": "OMO9", "state": "COMPLETED"}),
            WebhookEvent(
                event_key=_key("paylink.order.completed|OMO9|COMPLETED"),
                kind=EventKind.OTHER,
                gateway_order_id="OMO9",
                name="paylink.order.completed",
            ),
        ),
    ],
)
def test_what_a_call_tells(content: bytes, event: WebhookEvent):
    assert read_webhook(SHA, BY_SHA, content) == event


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json",
        b"[]",
        b"{}",
        b'{"event": 7, "payload": []}',
        b'{"event": "checkout.order.completed"}',
        body("checkout.order.completed", {"orderId": "a b", "merchantOrderId": {"x": 1}}),
        body("\x00\ud800", {"orderId": None}),
    ],
)
def test_odd_content_of_a_genuine_caller_is_one_event_without_ids(content: bytes):
    event = read_webhook(SHA, BY_SHA, content)

    assert (event.event_key, event.order_id, event.gateway_order_id) == (hashlib.sha256(content).hexdigest(), "", "")


def test_the_same_news_has_the_same_key_and_other_news_another():
    def key(event: str, state: str) -> str:
        return read_webhook(SHA, BY_SHA, body(event, {"orderId": "O1", "state": state, "expireAt": 1})).event_key

    assert key("checkout.order.failed", "FAILED") == key("checkout.order.failed", "FAILED")
    assert key("checkout.order.failed", "FAILED") != key("checkout.order.completed", "COMPLETED")


def v1_event(data: object) -> WebhookEvent:
    content = v1_body({"success": True, "code": "PAYMENT_SUCCESS", "data": data})
    return read_webhook(V1, v1_headers(content), content)


def test_the_older_callback_tells_orders_and_refunds_apart_by_our_numbers():
    order, refund = new_order_id(), new_refund_id()

    paid = v1_event({"merchantTransactionId": order, "transactionId": "T1"})
    refunded = v1_event({"merchantTransactionId": refund, "transactionId": "T2"})

    assert (paid.kind, paid.order_id, paid.reference) == (EventKind.ORDER, order, "T1")
    assert (refunded.kind, refunded.refund_id, refunded.gateway_refund_id) == (EventKind.REFUND, refund, "T2")


@pytest.mark.parametrize("data", [None, [], {}, {"merchantTransactionId": 7}])
def test_an_older_callback_without_a_number_is_of_no_use(data: object):
    assert v1_event(data).kind == EventKind.OTHER


def test_an_older_callback_that_is_no_base64_is_of_no_use():
    content = b'{"response": "%%%"}'

    assert read_webhook(V1, v1_headers(content), content).kind == EventKind.OTHER


def test_secrets_do_not_show_in_logs():
    shown = repr(WebhookConfig(WebhookMode.SHA, password="SECRET", hmac_secret="SECRET", salt_key="SECRET"))

    assert "SECRET" not in shown
