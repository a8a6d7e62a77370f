"""PhonePe's webhooks to the merchant and their signatures."""

import base64
import hashlib
import hmac

from gateway_standin.bank import Happening
from gateway_standin.books import Order, Refund
from gateway_standin.options import Options
from gateway_standin.phonepe import shapes
from gateway_standin.phonepe.callbacks_v1 import callback
from gateway_standin.settings import HookMode
from gateway_standin.wire.messages import Json, compact

EVENTS = {
    Happening.PAID: "checkout.order.completed",
    Happening.DECLINED: "checkout.order.failed",
    Happening.REFUND_ACCEPTED: "pg.refund.accepted",
    Happening.REFUND_DONE: "pg.refund.completed",
    Happening.REFUND_FAILED: "pg.refund.failed",
}
# Of an order that was made with a UPI QR (custom checkout).
QR_EVENTS = {Happening.PAID: "pg.order.completed", Happening.DECLINED: "pg.order.failed"}


def event_of(happening: Happening, order: Order) -> str | None:
    """Return the event's name, or None: PhonePe sends none for an authorisation."""
    return (QR_EVENTS.get(happening) if order.by_qr else None) or EVENTS.get(happening)


def message(event: str, subject: Order | Refund, mode: HookMode, options: Options) -> tuple[dict[str, str], bytes]:
    """Return headers and body of the webhook."""
    merchant_id = options.phonepe_merchant_id
    payload = _payload(subject, merchant_id)
    if event == EVENTS[Happening.REFUND_ACCEPTED]:
        payload["state"] = "CONFIRMED"
    if mode is HookMode.V1:
        body = compact({"response": base64.b64encode(compact(callback(subject, merchant_id))).decode()})
    else:
        # `type` is deprecated, yet the real ones still send it.
        body = compact({"type": event.replace(".", "_").upper(), "event": event, "payload": payload})
    return _proof(body, mode, options), body


def _payload(subject: Order | Refund, merchant_id: str) -> Json:
    if isinstance(subject, Refund):
        return shapes.refund_status(subject, merchant_id=merchant_id)
    numbers = {"merchantId": merchant_id, "merchantOrderId": subject.reference}
    return numbers | shapes.order_status(subject, subject.payments[-1:])


def _proof(body: bytes, mode: HookMode, options: Options) -> dict[str, str]:
    if mode is HookMode.SHA:
        return {"Authorization": fixed_token(options.phonepe_webhook_username, options.phonepe_webhook_password)}
    if mode is HookMode.HMAC:
        return {
            "X-PhonePe-Checksum-Signature": checksum(options.phonepe_webhook_secret, body),
            "X-PhonePe-Checksum-Key-Id": options.phonepe_webhook_key_id,
        }
    return {"X-VERIFY": x_verify(body, options.phonepe_salt_key, options.phonepe_salt_index)}


def fixed_token(username: str, password: str) -> str:
    return hashlib.sha256(f"{username}:{password}".encode()).hexdigest()


def checksum(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def x_verify(body: bytes, salt_key: str, salt_index: str) -> str:
    """Return the X-VERIFY header over the base64 text inside `{"response": "..."}`."""
    encoded = body.removeprefix(b'{"response":"').removesuffix(b'"}')
    return f"{hashlib.sha256(encoded + salt_key.encode()).hexdigest()}###{salt_index}"
