"""PhonePe's webhooks: the proof of the sender, by the one configured mode, and their content.

SHA is a fixed token that does not cover the body, so the content is a hint at most. V1 is the older `X-VERIFY`
callback: `{"response": base64}`. Source: developer.phonepe.com, webhook pages.
"""

import base64
import binascii
from collections.abc import Callable, Mapping

from parking.payments.gateways.base import EventKind, ForgedWebhook, WebhookEvent
from parking.payments.gateways.http import (
    Json,
    header,
    hmac_sha256,
    identifier,
    json_object,
    mapping,
    mappings,
    same_proof,
    sha256_hex,
    text,
)
from parking.payments.gateways.phonepe.config import WebhookConfig, WebhookMode

# In the older callback an order and a refund have the same field; our own numbers distinguish them.
_OUR_REFUNDS = "RF-"


def read_webhook(config: WebhookConfig, headers: Mapping[str, str], body: bytes) -> WebhookEvent:
    """Return the event of a genuine webhook. Raises ForgedWebhook without the proof of the configured mode."""
    if not _PROOFS[config.mode](config, headers, body):
        raise ForgedWebhook(f"PhonePe webhook without a valid proof ({config.mode})")
    return _read_v1(body) if config.mode == WebhookMode.V1 else _read_v2(body)


def sha_proof(username: str, password: str) -> str:
    """Return the `Authorization` header of the SHA mode."""
    return sha256_hex(f"{username}:{password}".encode())


def hmac_proof(secret: str, body: bytes, encoding: str = "HEX") -> str:
    digest = hmac_sha256(secret, body)
    return base64.b64encode(digest).decode() if encoding == "BASE64" else digest.hex()


def x_verify(salt_key: str, salt_index: str, *parts: str) -> str:
    """Return the `X-VERIFY` header of v1: a plain SHA-256 of the parts and the salt, not an HMAC."""
    return f"{sha256_hex(''.join((*parts, salt_key)).encode())}###{salt_index}"


# --- Proof -----------------------------------------------------------------------------------------


def _proved_by_sha(config: WebhookConfig, headers: Mapping[str, str], _body: bytes) -> bool:
    if not config.username or not config.password:
        return False
    return same_proof(header(headers, "Authorization"), sha_proof(config.username, config.password))


def _proved_by_hmac(config: WebhookConfig, headers: Mapping[str, str], body: bytes) -> bool:
    if not config.hmac_secret:
        return False
    if config.hmac_key_id and not same_proof(header(headers, "x-phonepe-checksum-key-id"), config.hmac_key_id):
        return False
    expected = hmac_proof(config.hmac_secret, body, config.hmac_encoding)
    return same_proof(header(headers, config.hmac_header), expected)


def _proved_by_v1(config: WebhookConfig, headers: Mapping[str, str], body: bytes) -> bool:
    response = json_object(body).get("response")
    if not config.salt_key or not isinstance(response, str) or not response or not response.isascii():
        return False
    return same_proof(header(headers, "X-VERIFY"), x_verify(config.salt_key, config.salt_index, response))


_PROOFS: dict[WebhookMode, Callable[[WebhookConfig, Mapping[str, str], bytes], bool]] = {
    WebhookMode.SHA: _proved_by_sha,
    WebhookMode.HMAC: _proved_by_hmac,
    WebhookMode.V1: _proved_by_v1,
}


# --- Content ---------------------------------------------------------------------------------------


def _read_v2(body: bytes) -> WebhookEvent:
    content = json_object(body)
    name, payload = text(content.get("event")), mapping(content.get("payload"))
    kind = _kind(name)
    refund = kind == EventKind.REFUND
    return WebhookEvent(
        event_key=_key(name, payload, "refundId" if refund else "orderId", body),
        kind=kind,
        order_id=identifier(payload.get("originalMerchantOrderId" if refund else "merchantOrderId")),
        gateway_order_id="" if refund else identifier(payload.get("orderId")),
        refund_id=identifier(payload.get("merchantRefundId")),
        gateway_refund_id=identifier(payload.get("refundId")),
        name=name,
    )


def _kind(name: str) -> EventKind:
    if name.startswith("pg.refund."):
        return EventKind.REFUND
    return EventKind.ORDER if name.startswith(("checkout.order.", "pg.order.")) else EventKind.OTHER


def _key(name: str, payload: Json, field: str, body: bytes) -> str:
    """Return a key for the event, which PhonePe does not number: one for each state of an order or refund.

    An order that is paid again is COMPLETED again: the attempts tell its events apart.
    """
    number, state = identifier(payload.get(field)), text(payload.get("state"))
    paid = field == "orderId" and state == "COMPLETED"
    attempts = [identifier(item.get("transactionId")) for item in mappings(payload.get("paymentDetails"))]
    parts = (name, number, state, *(attempts if paid else ()))
    return sha256_hex("|".join(parts).encode() if number else body)


def _read_v1(body: bytes) -> WebhookEvent:
    data = mapping(_v1_content(body).get("data"))
    number = identifier(data.get("merchantTransactionId"))
    gateway_number = identifier(data.get("transactionId"))
    key, name = sha256_hex(body), "v1.callback"
    if number.startswith(_OUR_REFUNDS):
        return WebhookEvent(key, EventKind.REFUND, refund_id=number, gateway_refund_id=gateway_number, name=name)
    kind = EventKind.ORDER if number else EventKind.OTHER
    return WebhookEvent(key, kind, order_id=number, reference=gateway_number, name=name)


def _v1_content(body: bytes) -> Json:
    try:
        return json_object(base64.b64decode(json_object(body)["response"], validate=True))
    except binascii.Error:
        return {}
