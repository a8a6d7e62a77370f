"""Asking the gateways. Never inside a transaction: the rows were committed before, by a durable one."""

import structlog

from parking.core.errors import Unavailable
from parking.core.money import to_paise
from parking.payments.gateways.base import (
    GatewayUnreachable,
    OrderAnswer,
    OrderRequest,
    RefundAnswer,
    RefundRequest,
)
from parking.payments.gateways.registry import gateway_of
from parking.payments.models import OrderStatus, PaymentOrder, Refund, RefundStatus

log = structlog.get_logger(__name__)


def ask_for_order(order: PaymentOrder) -> OrderAnswer:
    """Make the order at its gateway, or read how it stands. Raises Unavailable; the order stays as it is."""
    request = OrderRequest(
        order_id=order.order_id, amount=to_paise(order.amount), description=f"Parking {order.order_id}"
    )
    gateway = gateway_of(order.gateway)
    ask = gateway.create_order if order.status == OrderStatus.INITIATED else gateway.fetch_order
    try:
        return ask(request)
    except GatewayUnreachable as error:
        log.warning("gateway_unreachable", gateway=order.gateway, order_id=order.order_id)
        raise Unavailable("gateway_unavailable", "The payment gateway does not answer, please try again") from error


def ask_for_refund(refund: Refund) -> RefundAnswer | None:
    """Make the refund at its gateway, or read how it stands; None if the gateway does not answer."""
    payment = refund.payment
    order = payment.order
    if order is None:
        raise ValueError("cash is not refunded through a gateway")
    request = RefundRequest(
        refund_id=refund.refund_id,
        order_id=order.order_id,
        reference=payment.reference,
        amount=to_paise(refund.amount),
    )
    gateway = gateway_of(payment.gateway)
    ask = gateway.create_refund if refund.status == RefundStatus.INITIATED else gateway.fetch_refund
    try:
        return ask(request)
    except GatewayUnreachable:
        log.warning("gateway_unreachable", gateway=payment.gateway, refund_id=refund.refund_id)
        return None
