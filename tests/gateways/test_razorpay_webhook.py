"""Signatures over the raw body and over the pair that a browser brings. Vectors: section 4 of the fact sheet."""

import hashlib
import hmac
import json

import pytest

from parking.payments.gateways.base import EventKind, ForgedWebhook, WebhookEvent
from parking.payments.gateways.razorpay.config import RazorpayConfig
from parking.payments.gateways.razorpay.gateway import RazorpayGateway
from parking.payments.gateways.razorpay.signatures import checkout_is_genuine, mandate_is_genuine, parts_signature
from parking.payments.gateways.razorpay.webhook import invoice_of, read_webhook

BODY_R2 = (
    b'{"entity":"event","account_id":"acc_PARK0000000001","event":"payment.captured","contains":["payment"],'
    b'"payload":{"payment":{"entity":{"id":"pay_PARK0000000001","entity":"payment","amount":5000,"currency":"INR",'
    b'"status":"captured","order_id":"order_PARK0000000001","method":"upi","captured":true,'
    b'"notes":{"session":"PS-000042"}}}},"created_at":1767225600}'
)
R1 = "14a4d928cc083d330f6b0d6c93eb2435e7a7899999fb6ebf58e6b21ca3b64730"
R2 = "15c30c0b900f1a905101f3ee48171d03d930f8f1b31aff548b9dc22eaf369578"
R2_DUMPED_AGAIN = "7082f181d72a49e2cc912f028d8355b7971e6d0eed9ec9bbb424fc5f47dac88c"
KEY_SECRET = "test_key_secret_park_0001"
SECRET = "whsec_park_demo"
ORDER_ID, PAYMENT_ID = "order_PARK0000000001", "pay_PARK0000000001"


def signed(body: bytes, secret: str = SECRET, **headers: str) -> dict[str, str]:
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Razorpay-Signature": signature, **headers}


def read(body: bytes, event_id: str = "evt_1") -> WebhookEvent:
    return read_webhook((SECRET,), {**signed(body), "x-razorpay-event-id": event_id}, body)


def event(name: object, **entities: object) -> bytes:
    payload = {kind: {"entity": entity} for kind, entity in entities.items()}
    return json.dumps({"entity": "event", "event": name, "payload": payload}).encode()


# --- The browser's word ----------------------------------------------------------------------------


def test_the_vectors():
    assert len(BODY_R2) == 354
    assert parts_signature(KEY_SECRET, ORDER_ID, PAYMENT_ID) == R1
    assert parts_signature("EnLs21M47BllR3X8PSFtjtbd", "order_IEIaMR65cu6nz3", "pay_IH4NVgf4Dreq1l") == (
        "0d4e745a1838664ad6c9c9902212a32d627d68e917290b0ad5f08ff4561bc50f"
    )
    assert parts_signature(KEY_SECRET, "plink_PARK0000000001", "PASS-2026-0007", "paid", PAYMENT_ID) == (
        "8da40ced76510499579410795eb43a01184d049a00e39820a23e75cf2afd2935"
    )


R4 = "1b14e5391c6dfc0606aa867f895d5d32e0c4741ff5cccc7971f452084e49334b"
R4_SWAPPED = "57f38adb57b62b60bffb4661f237ffa8487452e167e3047aac4350e161972a87"
SUBSCRIPTION_ID = "sub_PARK0000000001"


def test_the_payment_comes_first_in_the_signature_of_a_mandate():
    assert parts_signature(KEY_SECRET, PAYMENT_ID, SUBSCRIPTION_ID) == R4
    assert parts_signature(KEY_SECRET, SUBSCRIPTION_ID, PAYMENT_ID) == R4_SWAPPED
    given = {"payment_id": PAYMENT_ID, "subscription_id": SUBSCRIPTION_ID}
    assert mandate_is_genuine(KEY_SECRET, **given, signature=R4)
    assert not mandate_is_genuine(KEY_SECRET, **given, signature=R4_SWAPPED)
    assert not mandate_is_genuine("", **given, signature=R4)
    assert not mandate_is_genuine(KEY_SECRET, payment_id=PAYMENT_ID, subscription_id="", signature=R4)
    assert not mandate_is_genuine(KEY_SECRET, payment_id="päy", subscription_id=SUBSCRIPTION_ID, signature=R4)


@pytest.mark.parametrize(
    ("name", "entities", "kind", "mandate"),
    [
        ("subscription.charged", {"subscription": {"id": SUBSCRIPTION_ID}}, EventKind.MANDATE, SUBSCRIPTION_ID),
        ("invoice.paid", {"invoice": {"subscription_id": SUBSCRIPTION_ID}}, EventKind.MANDATE, SUBSCRIPTION_ID),
        ("invoice.paid", {"invoice": {"id": "inv_PARK0000000001"}}, EventKind.OTHER, ""),
        ("subscription.charged", {"subscription": {"id": ["x"]}}, EventKind.OTHER, ""),
    ],
)
def test_events_of_mandates_name_the_mandate(name: str, entities: dict, kind: EventKind, mandate: str):
    read_event = read(event(name, **entities))
    assert (read_event.kind, read_event.gateway_mandate_id, read_event.name) == (kind, mandate, name)
    assert (read_event.order_id, read_event.gateway_order_id) == ("", "")


def test_the_invoice_of_a_payment_is_read():
    assert invoice_of(event("payment.captured", payment={"invoice_id": "inv_PARK0000000001"})) == "inv_PARK0000000001"
    assert invoice_of(event("payment.captured", payment={"invoice_id": None})) == ""
    assert invoice_of(b"[]") == ""


def test_the_checkout_signature_binds_payment_and_order():
    gateway = RazorpayGateway(RazorpayConfig("http://127.0.0.1", "rzp_test_1", KEY_SECRET))

    assert gateway.checkout_is_genuine(gateway_order_id=ORDER_ID, payment_id=PAYMENT_ID, signature=R1)
    assert not gateway.checkout_is_genuine(gateway_order_id="order_2", payment_id=PAYMENT_ID, signature=R1)


@pytest.mark.parametrize(
    ("secret", "order_id", "payment_id", "signature"),
    [
        (KEY_SECRET, ORDER_ID, "pay_2", R1),
        (KEY_SECRET, ORDER_ID, PAYMENT_ID, R1.upper()),
        (KEY_SECRET, ORDER_ID, PAYMENT_ID, R1[:-1]),
        (KEY_SECRET, ORDER_ID, PAYMENT_ID, ""),
        (KEY_SECRET, ORDER_ID, PAYMENT_ID, None),
        (KEY_SECRET, ORDER_ID, PAYMENT_ID, 7),
        (KEY_SECRET, ORDER_ID, PAYMENT_ID, "ü"),
        ("other", ORDER_ID, PAYMENT_ID, R1),
        ("", ORDER_ID, PAYMENT_ID, parts_signature("", ORDER_ID, PAYMENT_ID)),
        (KEY_SECRET, "", PAYMENT_ID, parts_signature(KEY_SECRET, "", PAYMENT_ID)),
        (KEY_SECRET, ORDER_ID, "", parts_signature(KEY_SECRET, ORDER_ID, "")),
        (KEY_SECRET, ORDER_ID, "pay_\ud800", R1),
    ],
)
def test_any_other_signature_is_false(secret, order_id, payment_id, signature):
    assert not checkout_is_genuine(secret, order_id=order_id, payment_id=payment_id, signature=signature)


# --- Who calls -------------------------------------------------------------------------------------


def test_a_call_signed_over_the_raw_body_is_genuine():
    event = read_webhook((SECRET,), {"x-razorpay-signature": R2, "X-Razorpay-Event-Id": "evt_1"}, BODY_R2)

    assert event == WebhookEvent(
        event_key="evt_1",
        kind=EventKind.ORDER,
        gateway_order_id=ORDER_ID,
        name="payment.captured",
        reference=PAYMENT_ID,
    )


def test_while_the_secret_changes_both_are_valid():
    headers = signed(BODY_R2, "old")

    assert read_webhook(("new", "old"), headers, BODY_R2).kind == EventKind.ORDER
    with pytest.raises(ForgedWebhook):
        read_webhook(("new",), headers, BODY_R2)


@pytest.mark.parametrize(
    ("secrets", "headers", "body"),
    [
        ((SECRET,), {}, BODY_R2),
        ((SECRET,), {"X-Razorpay-Signature": ""}, BODY_R2),
        ((SECRET,), {"X-Razorpay-Signature": "ü" * 64}, BODY_R2),
        ((SECRET,), {"X-Razorpay-Signature": R2.upper()}, BODY_R2),
        ((SECRET,), {"X-Razorpay-Signature": R2[:-1]}, BODY_R2),
        ((SECRET,), {"X-Razorpay-Signature": R2}, BODY_R2 + b"\n"),
        ((SECRET,), {"X-Razorpay-Signature": R2}, json.dumps(json.loads(BODY_R2)).encode()),
        ((SECRET,), {"X-Razorpay-Signature": R2_DUMPED_AGAIN}, BODY_R2),
        ((SECRET,), {"X-Razorpay-Signature": R1}, BODY_R2),
        ((), signed(BODY_R2, ""), BODY_R2),
        (("",), signed(BODY_R2, ""), BODY_R2),
    ],
)
def test_everything_else_is_forged(secrets: tuple[str, ...], headers: dict, body: bytes):
    with pytest.raises(ForgedWebhook):
        read_webhook(secrets, headers, body)


# --- Content ---------------------------------------------------------------------------------------

PAYMENT = {"id": "pay_1", "order_id": "order_1", "status": "captured", "notes": []}
ORDER = {"id": "order_1", "receipt": "PK-1", "status": "paid", "notes": {"order_id": "PK-1"}}
REFUND = {
    "id": "rfnd_1",
    "payment_id": "pay_1",
    "receipt": "RF-1",
    "status": "processed",
    "notes": {"order_id": "PK-1"},
}


@pytest.mark.parametrize(
    ("body", "kind", "ids"),
    [
        (event("payment.captured", payment=PAYMENT), EventKind.ORDER, ("", "order_1", "", "", "pay_1")),
        (event("payment.failed", payment=PAYMENT), EventKind.ORDER, ("", "order_1", "", "", "pay_1")),
        (event("payment.authorized", payment=PAYMENT), EventKind.ORDER, ("", "order_1", "", "", "pay_1")),
        (
            event("payment.captured", payment={**PAYMENT, "notes": {"order_id": "PK-1"}}),
            EventKind.ORDER,
            ("PK-1", "order_1", "", "", "pay_1"),
        ),
        (event("order.paid", payment=PAYMENT, order=ORDER), EventKind.ORDER, ("PK-1", "order_1", "", "", "pay_1")),
        (
            event("refund.processed", refund=REFUND, payment=PAYMENT),
            EventKind.REFUND,
            ("PK-1", "order_1", "RF-1", "rfnd_1", "pay_1"),
        ),
        (event("refund.speed_changed", refund=REFUND), EventKind.REFUND, ("PK-1", "", "RF-1", "rfnd_1", "pay_1")),
        (
            event("refund.created", refund={**REFUND, "receipt": None, "notes": []}),
            EventKind.REFUND,
            ("", "", "", "rfnd_1", "pay_1"),
        ),
        (event("qr_code.credited", payment={**PAYMENT, "order_id": None}), EventKind.OTHER, ("", "", "", "", "pay_1")),
        (event("payment.captured", payment={**PAYMENT, "order_id": None}), EventKind.OTHER, ("", "", "", "", "pay_1")),
        (
            event("payment_link.paid", payment=PAYMENT, order=ORDER),
            EventKind.OTHER,
            ("PK-1", "order_1", "", "", "pay_1"),
        ),
        (event("settlement.processed", settlement={"id": "setl_1"}), EventKind.OTHER, ("", "", "", "", "")),
        (event("refund.processed"), EventKind.OTHER, ("", "", "", "", "")),
        (event(None), EventKind.OTHER, ("", "", "", "", "")),
        (event("payment.captured", payment=[]), EventKind.OTHER, ("", "", "", "", "")),
        (
            event("payment.captured", payment={"id": "a b", "order_id": "x" * 99}),
            EventKind.OTHER,
            ("", "", "", "", ""),
        ),
        (b"", EventKind.OTHER, ("", "", "", "", "")),
        (b"[1]", EventKind.OTHER, ("", "", "", "", "")),
        (b'{"event": "payment.captured", "payload": []}', EventKind.OTHER, ("", "", "", "", "")),
    ],
)
def test_what_a_call_tells(body: bytes, kind: EventKind, ids: tuple[str, ...]):
    told = read(body)

    assert told.kind == kind
    assert (told.order_id, told.gateway_order_id, told.refund_id, told.gateway_refund_id, told.reference) == ids


@pytest.mark.parametrize("event_id", ["", "x" * 65, "a b", "ü"])
def test_without_a_proper_event_id_the_body_is_the_key(event_id: str):
    assert read(BODY_R2, event_id).event_key == hashlib.sha256(BODY_R2).hexdigest()


def test_secrets_do_not_show_in_logs():
    assert "SECRET" not in repr(RazorpayConfig("u", "k", key_secret="SECRET", webhook_secrets=("SECRET",)))
