"""Asking the gateways. Never inside a transaction: the rows were committed before, by a durable one."""

from datetime import datetime

import structlog

from parking.core.errors import Unavailable
from parking.core.money import to_paise
from parking.payments.gateways.base import (
    Captures,
    Gateway,
    GatewayNotFound,
    GatewayRefused,
    GatewayState,
    GatewayUnreachable,
    OrderAnswer,
    OrderRequest,
    RefundAnswer,
    RefundRequest,
)
from parking.payments.gateways.registry import gateway_of
from parking.payments.models import OrderPurpose, OrderStatus, PaymentOrder, Refund, RefundStatus

log = structlog.get_logger(__name__)


def order_request(order: PaymentOrder, *, fresh: bool = False) -> OrderRequest:
    """An order as its gateway is asked for it."""
    return OrderRequest(
        order_id=order.order_id,
        amount=to_paise(order.amount),
        description=f"Parking {order.order_id}",
        fresh=fresh,
        gateway_order_id=order.gateway_order_id,
        upi_qr=order.purpose in {OrderPurpose.EXIT, OrderPurpose.TERMINATION},
    )


def refund_request(refund: Refund, *, fresh: bool = False) -> RefundRequest:
    """A refund as its gateway is asked for it. Raises ValueError for cash."""
    payment = refund.payment
    if payment.order is None:
        raise ValueError("cash is not refunded through a gateway")
    return RefundRequest(
        refund_id=refund.attempt_id,
        order_id=payment.order.order_id,
        reference=payment.reference,
        amount=to_paise(refund.amount),
        fresh=fresh,
        gateway_refund_id=refund.gateway_refund_id,
    )


def ask_for_order(order: PaymentOrder, *, now: datetime) -> OrderAnswer:
    """Make the order at its gateway, or read how it stands. Raises Unavailable; the order stays as it is."""
    # Written at this very moment: no earlier call can have sent it.
    request = order_request(order, fresh=order.created_at == now)
    gateway = gateway_of(order.gateway)
    try:
        answer = _ask(gateway, request, order)
        if answer.awaits_capture and isinstance(gateway, Captures):
            answer = gateway.capture_order(request)
    except GatewayRefused as error:
        log.warning("gateway_refused", gateway=order.gateway, order_id=order.order_id, code=error.code)
        if error.permanent:
            return OrderAnswer(order.order_id, GatewayState.FAILED, request.amount, failure=str(error))
        raise Unavailable("gateway_unavailable", "The payment gateway does not take this now") from error
    except GatewayUnreachable as error:
        log.warning("gateway_unreachable", gateway=order.gateway, order_id=order.order_id)
        raise Unavailable("gateway_unavailable", "The payment gateway does not answer, please try again") from error
    if answer.also_paid:
        # One order was paid twice at once. Only a person can give the second payment back, at the gateway.
        log.error("order_paid_twice", gateway=order.gateway, order_id=order.order_id, also=answer.also_paid)
    return answer


def _ask(gateway: Gateway, request: OrderRequest, order: PaymentOrder) -> OrderAnswer:
    if order.status == OrderStatus.INITIATED:
        return gateway.create_order(request)
    try:
        return gateway.fetch_order(request)
    except GatewayNotFound:
        # The call that made it never arrived. One that was given up meanwhile is not made any more.
        if not order.is_open:
            raise
        return gateway.create_order(request)


def ask_for_refund(refund: Refund, *, now: datetime) -> RefundAnswer | None:
    """Make the refund at its gateway, or read how it stands; None if the gateway does not answer."""
    payment = refund.payment
    request = refund_request(refund, fresh=refund.created_at == now)
    gateway = gateway_of(payment.gateway)
    try:
        return _ask_refund(gateway, request, known=refund.status != RefundStatus.INITIATED)
    except GatewayRefused as error:
        log.error("gateway_refused", gateway=payment.gateway, refund_id=refund.refund_id, code=error.code)
        failed = RefundAnswer(refund.attempt_id, GatewayState.FAILED, request.amount, failure=str(error))
        return failed if error.permanent else None
    except GatewayUnreachable:
        log.warning("gateway_unreachable", gateway=payment.gateway, refund_id=refund.refund_id)
        return None


def _ask_refund(gateway: Gateway, request: RefundRequest, *, known: bool) -> RefundAnswer:
    if not known:
        return gateway.create_refund(request)
    try:
        return gateway.fetch_refund(request)
    except GatewayNotFound:
        return gateway.create_refund(request)
