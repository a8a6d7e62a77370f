"""Razorpay's webhooks to the merchant and their signatures."""

import hashlib
import hmac

from gateway_standin import ids
from gateway_standin.bank import Happening
from gateway_standin.books import Order, Payment, Refund
from gateway_standin.mandates import Mandate
from gateway_standin.options import Options
from gateway_standin.razorpay import shapes, subscriptions
from gateway_standin.wire.messages import Json, compact

ACCOUNT = "acc_StandInAccount"
EVENTS = {
    Happening.AUTHORISED: ("payment.authorized",),
    Happening.PAID: ("payment.captured", "order.paid"),
    Happening.DECLINED: ("payment.failed",),
    Happening.REFUND_ACCEPTED: ("refund.created",),
    Happening.REFUND_DONE: ("refund.processed",),
    Happening.REFUND_FAILED: ("refund.failed",),
}


def events_of(happening: Happening) -> tuple[str, ...]:
    return EVENTS[happening]


def message(event: str, subject: Order | Refund, options: Options, now: float) -> tuple[dict[str, str], bytes]:
    """Return headers and body of the webhook. A delivery that is repeated keeps the event id."""
    return _sealed(event, _payload(event, subject), options, now)


def mandate_message(
    event: str, mandate: Mandate, payment: Payment | None, options: Options, now: float
) -> tuple[dict[str, str], bytes]:
    """Return headers and body of a webhook about a subscription or its invoice."""
    paid = _payment(payment)
    if event == "invoice.paid":
        payload = paid | {"invoice": _entity(subscriptions.shape_invoice(mandate.invoices[-1]))}
    else:
        payload = {"subscription": _entity(subscriptions.shape(mandate)), **paid}
    return _sealed(event, payload, options, now)


def _sealed(event: str, payload: Json, options: Options, now: float) -> tuple[dict[str, str], bytes]:
    content = {
        "entity": "event",
        "account_id": ACCOUNT,
        "event": event,
        "contains": list(payload),
        "payload": payload,
        "created_at": int(now),
    }
    body = compact(content)
    headers = {
        "X-Razorpay-Signature": signature(options.razorpay_webhook_secret, body),
        "X-Razorpay-Event-Id": ids.event_id(),
    }
    return headers, body


def signature(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def _payload(event: str, subject: Order | Refund) -> Json:
    if isinstance(subject, Refund):
        return {"refund": _entity(shapes.refund(subject)), **_payment(subject.payment)}
    payment = _payment(subject.payment)
    return payment | {"order": _entity(shapes.order(subject))} if event == "order.paid" else payment


def _payment(payment: Payment | None) -> Json:
    return {"payment": _entity(shapes.payment(payment))} if payment else {}


def _entity(content: Json) -> Json:
    return {"entity": shapes.with_lists_for_notes(content)}
