"""What gateways send us: kept once, answered at once, worked on by the worker.

A webhook is a hint. The order or refund that it names is read again from the gateway before anything is believed.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog
from django.db import IntegrityError, transaction

from parking.checkout.consent_following import is_of_consent
from parking.checkout.mandate_following import follow_event, follow_invoice
from parking.checkout.settling import collect
from parking.core.errors import Unauthenticated, Unavailable
from parking.core.statements import insert
from parking.payments.asking import send_refunds
from parking.payments.gateways.base import EventKind, ForgedWebhook, WebhookEvent
from parking.payments.gateways.razorpay.webhook import CONSENT_GIVEN, invoice_of, payment_of
from parking.payments.gateways.registry import webhooks_of
from parking.payments.models import GatewayEvent, PaymentOrder, Refund

log = structlog.get_logger(__name__)

# What `Refund.attempt_id` appends from the second attempt on.
_ATTEMPT = re.compile(r"-R[0-9]{1,3}$")


def take_webhook(
    *, gateway: str, headers: Mapping[str, str], body: bytes, now: datetime, queue: Callable[[int], object]
) -> None:
    """Check that a gateway sent it, write it down once and `queue` the work, in one transaction.

    Raises Unauthenticated `webhook_forged` for a call without proof; nothing of it is used.
    """
    try:
        event = webhooks_of(gateway).read_webhook(headers, body)
    except ForgedWebhook as error:
        raise Unauthenticated("webhook_forged", "The signature is missing or wrong") from error
    with transaction.atomic():
        row = _kept_once(gateway, event, body, now)
        if row is not None:
            queue(row.pk)


def _kept_once(gateway: str, event: WebhookEvent, body: bytes, now: datetime) -> GatewayEvent | None:
    """The new row of an event; None if it came before."""
    row = GatewayEvent(
        gateway=gateway,
        event_key=event.event_key,
        kind=event.kind,
        name=event.name[:60],
        order_id=event.order_id or event.gateway_order_id or event.gateway_mandate_id,
        refund_id=event.refund_id or event.gateway_refund_id,
        # A null byte is nothing that PostgreSQL keeps in a text.
        body=body.decode("utf-8", "replace").replace("\x00", "\ufffd"),
        received_at=now,
        processed_at=now if event.kind == EventKind.OTHER else None,
    )
    try:
        with transaction.atomic():
            insert(row)
    except IntegrityError:
        return _looked_at_again(row)
    return row if event.kind != EventKind.OTHER else None


def _looked_at_again(repeated: GatewayEvent) -> GatewayEvent | None:
    """The first row of an event that came again, if its order is not settled; also one that nobody follows any more.

    A proof that does not cover the body lets a forger send an event first; the genuine one must still be heard.
    """
    first = GatewayEvent.objects.get(gateway=repeated.gateway, event_key=repeated.event_key)
    if first.kind != EventKind.ORDER or first.processed_at is None:
        return None
    order = _order_of(first)
    if order is None or order.is_settled:
        return None
    GatewayEvent.objects.filter(pk=first.pk).update(processed_at=None)
    return first


def work_on_event(*, event_id: int, now: datetime) -> bool:
    """Bring our books to what the gateway says of the order or refund that an event names. Safe to repeat."""
    event = GatewayEvent.objects.get(pk=event_id)
    if event.processed_at is not None:
        return False
    try:
        _follow(event, now)
    except Unavailable:
        return False
    GatewayEvent.objects.filter(pk=event.pk).update(processed_at=now)
    return True


def _follow(event: GatewayEvent, now: datetime) -> None:
    if event.kind == EventKind.ORDER:
        _follow_order(event, now)
    elif event.kind == EventKind.MANDATE:
        consent = payment_of(event.body.encode()) if event.name == CONSENT_GIVEN else ""
        if not follow_event(gateway_id=event.order_id, now=now, consent=consent):
            log.error("webhook_for_unknown_mandate", gateway=event.gateway, event_id=event.pk)
    elif event.kind == EventKind.REFUND:
        refund = _refund_of(event)
        if refund is not None:
            send_refunds([refund], now=now)
        elif not _is_of_consent(event, now):
            log.error("webhook_for_unknown_refund", gateway=event.gateway, event_id=event.pk)


def _follow_order(event: GatewayEvent, now: datetime) -> None:
    order = _order_of(event)
    if order is not None:
        collect(order=order, now=now)
    elif not _is_of_mandate(event, now):
        log.error("webhook_for_unknown_order", gateway=event.gateway, event_id=event.pk)


def _is_of_mandate(event: GatewayEvent, now: datetime) -> bool:
    """Follow a payment that no order of ours has: a charge before its mandate was read, or a consent."""
    invoice_id = invoice_of(event.body.encode()) if event.gateway == "RAZORPAY" else ""
    return follow_invoice(invoice_id=invoice_id, now=now) or _is_of_consent(event, now)


def _is_of_consent(event: GatewayEvent, now: datetime) -> bool:
    if event.gateway != "RAZORPAY":
        return False
    return is_of_consent(payment_id=payment_of(event.body.encode()), now=now)


def _order_of(event: GatewayEvent) -> PaymentOrder | None:
    # An event without a number is nobody's: orders and refunds that the gateway has not numbered yet have none either.
    orders = PaymentOrder.objects.filter(gateway=event.gateway) if event.order_id else PaymentOrder.objects.none()
    orders = orders.select_related("bill")
    return orders.filter(order_id=event.order_id).first() or orders.filter(gateway_order_id=event.order_id).first()


def _refund_of(event: GatewayEvent) -> Refund | None:
    refunds = Refund.objects.filter(payment__gateway=event.gateway) if event.refund_id else Refund.objects.none()
    refunds = refunds.select_related("payment__order", "payment__second_of")
    base = _ATTEMPT.sub("", event.refund_id)
    return refunds.filter(refund_id=base).first() or refunds.filter(gateway_refund_id=event.refund_id).first()


def unworked_events(*, now: datetime, older_than: timedelta = timedelta(seconds=30)) -> list[int]:
    """Events whose task was lost or found the gateway silent; a sweep queues them again."""
    waiting = GatewayEvent.objects.filter(processed_at=None, received_at__lte=now - older_than)
    return list(waiting.order_by("pk").values_list("pk", flat=True)[:500])
