"""Razorpay's webhooks: their signature and content. Source: razorpay.com/docs/webhooks."""

from collections.abc import Mapping, Sequence

from parking.payments.gateways.base import EventKind, ForgedWebhook, WebhookEvent
from parking.payments.gateways.http import (
    Json,
    header,
    identifier,
    json_object,
    mapping,
    sha256_hex,
    text,
)
from parking.payments.gateways.razorpay.answers import note
from parking.payments.gateways.razorpay.signatures import webhook_is_genuine

EVENT_ID_HEADER = "x-razorpay-event-id"
# Its payment is the one by which the payer agreed.
CONSENT_GIVEN = "subscription.authenticated"


def read_webhook(secrets: Sequence[str], headers: Mapping[str, str], body: bytes) -> WebhookEvent:
    """Return the event of a genuine webhook. Raises ForgedWebhook."""
    if not webhook_is_genuine(secrets, headers, body):
        raise ForgedWebhook("Razorpay webhook without a valid signature")
    content = json_object(body)
    name = text(content.get("event"))
    payload = mapping(content.get("payload"))
    # The event id is not part of what is signed, so only a well-formed one is believed.
    key = identifier(header(headers, EVENT_ID_HEADER)) or sha256_hex(body)
    if name.startswith("refund."):
        return _refund_event(key, name, payload)
    if name.startswith(("subscription.", "invoice.")):
        return _mandate_event(key, name, payload)
    return _order_event(key, name, payload)


def _order_event(key: str, name: str, payload: Json) -> WebhookEvent:
    """Return an event of an order; payments of QR codes and links name no order of ours and are OTHER."""
    payment, order = _entity(payload, "payment"), _entity(payload, "order")
    gateway_order_id = identifier(order.get("id")) or identifier(payment.get("order_id"))
    about_order = name.startswith(("payment.", "order.")) and gateway_order_id
    return WebhookEvent(
        event_key=key,
        kind=EventKind.ORDER if about_order else EventKind.OTHER,
        order_id=identifier(order.get("receipt")) or note(order, "order_id") or note(payment, "order_id"),
        gateway_order_id=gateway_order_id,
        name=name,
        reference=identifier(payment.get("id")),
    )


def _mandate_event(key: str, name: str, payload: Json) -> WebhookEvent:
    """Return an event of a mandate; an invoice that is of none is OTHER."""
    subscription, invoice = _entity(payload, "subscription"), _entity(payload, "invoice")
    mandate_id = identifier(subscription.get("id")) or identifier(invoice.get("subscription_id"))
    return WebhookEvent(
        event_key=key,
        kind=EventKind.MANDATE if mandate_id else EventKind.OTHER,
        name=name,
        reference=identifier(_entity(payload, "payment").get("id")),
        gateway_mandate_id=mandate_id,
    )


def invoice_of(body: bytes) -> str:
    """Return the invoice of the payment in a webhook whose proof was checked before; empty if it has none."""
    return identifier(_entity(mapping(json_object(body).get("payload")), "payment").get("invoice_id"))


def payment_of(body: bytes) -> str:
    """Return the payment in a webhook whose proof was checked before; empty if it has none."""
    return identifier(_entity(mapping(json_object(body).get("payload")), "payment").get("id"))


def _refund_event(key: str, name: str, payload: Json) -> WebhookEvent:
    refund, payment = _entity(payload, "refund"), _entity(payload, "payment")
    return WebhookEvent(
        event_key=key,
        kind=EventKind.REFUND if refund else EventKind.OTHER,
        order_id=note(refund, "order_id"),
        gateway_order_id=identifier(payment.get("order_id")),
        refund_id=identifier(refund.get("receipt")) or note(refund, "refund_id"),
        gateway_refund_id=identifier(refund.get("id")),
        name=name,
        reference=identifier(refund.get("payment_id")) or identifier(payment.get("id")),
    )


def _entity(payload: Json, name: str) -> Json:
    return mapping(mapping(payload.get(name)).get("entity"))
