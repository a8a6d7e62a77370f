"""Asking the gateways. Never inside a transaction: the rows were committed before, by a durable one.

`fresh` is for the caller that has just written the row, in this very call: no gateway can have seen it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

import structlog

from parking.core.errors import Unavailable
from parking.core.money import LEAST_ONLINE, to_paise
from parking.payments.gateways.base import (
    Captures,
    Gateway,
    GatewayError,
    GatewayNotFound,
    GatewayRefused,
    GatewayState,
    GatewayUnreachable,
    GatewayWithoutBalance,
    OrderAnswer,
    OrderRequest,
    RefundAnswer,
    RefundRequest,
    StatementEntry,
)
from parking.payments.gateways.registry import books_of, gateway_of
from parking.payments.models import OrderPurpose, OrderStatus, PaymentOrder, Refund, RefundStatus
from parking.payments.queries import FINAL_REFUND
from parking.payments.refunds import note_answer

log = structlog.get_logger(__name__)

Answer = TypeVar("Answer")

# --- Requests --------------------------------------------------------------------------------------


def order_request(order: PaymentOrder, *, fresh: bool = False) -> OrderRequest:
    """An order as its gateway is asked for it."""
    return OrderRequest(
        order_id=order.order_id,
        amount=to_paise(order.amount),
        description=f"Parking {order.order_id}",
        fresh=fresh,
        gateway_order_id=order.gateway_order_id,
        upi_qr=order.purpose in {OrderPurpose.ENTRY, OrderPurpose.EXIT, OrderPurpose.TERMINATION},
    )


def refund_request(refund: Refund, *, fresh: bool = False) -> RefundRequest:
    """A refund as its gateway is asked for it. Raises ValueError for cash."""
    payment = refund.payment
    order = payment.paid_order
    if order is None:
        raise ValueError("cash is not refunded through a gateway")
    return RefundRequest(
        refund_id=refund.attempt_id,
        order_id=order.order_id,
        reference=payment.reference,
        amount=to_paise(refund.amount),
        fresh=fresh,
        gateway_refund_id=refund.gateway_refund_id,
    )


# --- Making orders and refunds -----------------------------------------------------------------------


def ask_for_order(order: PaymentOrder, *, fresh: bool) -> OrderAnswer:
    """Make the order at its gateway, or read its state. Raises Unavailable; the order stays as it is."""
    request = order_request(order, fresh=fresh)
    gateway = gateway_of(order.gateway)
    try:
        answer = _ask(gateway, request, order)
        if answer.awaits_capture and isinstance(gateway, Captures):
            answer = gateway.capture_order(request)
    except GatewayRefused as error:
        log.warning("gateway_refused", gateway=order.gateway, order_id=order.order_id, code=error.code)
        if error.permanent:
            return OrderAnswer(order.order_id, GatewayState.FAILED, request.amount, failure=str(error), refused=True)
        raise Unavailable("gateway_unavailable", "The payment gateway does not take this now") from error
    except GatewayUnreachable as error:
        log.warning("gateway_unreachable", gateway=order.gateway, order_id=order.order_id)
        raise Unavailable("gateway_unavailable", "The payment gateway does not answer, please try again") from error
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


def send_refunds(refunds: Sequence[Refund], *, now: datetime, fresh: bool = False) -> None:
    """Ask the gateways for refunds that were committed. One that gets no answer is followed by the worker."""
    for refund in refunds:
        if _may_be_sent(refund):
            answer = ask_for_refund(refund, fresh=fresh)
            if answer is not None:
                note_answer(refund=refund, answer=answer, now=now)


def _may_be_sent(refund: Refund) -> bool:
    """Return whether the gateway may be asked for a refund: one of a payment at a time, none by hand or held."""
    if refund.by_hand or refund.is_held or refund.status in FINAL_REFUND:
        return False
    earlier = Refund.objects.filter(payment_id=refund.payment_id, pk__lt=refund.pk, amount__gte=LEAST_ONLINE)
    return not earlier.exclude(status__in=FINAL_REFUND).exists()


def ask_for_refund(refund: Refund, *, fresh: bool) -> RefundAnswer | None:
    """Make the refund at its gateway, or read its state; None if the gateway does not answer."""
    payment = refund.payment
    request = refund_request(refund, fresh=fresh)
    gateway = gateway_of(payment.gateway)
    try:
        return _ask_refund(gateway, request, known=refund.status != RefundStatus.INITIATED)
    except GatewayWithoutBalance as error:
        return RefundAnswer(
            refund.attempt_id, GatewayState.FAILED, request.amount, failure=str(error), lacks_balance=True
        )
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


# --- Reading alone, for reconciliation -----------------------------------------------------------------
# Nothing is made at a gateway by these. Each raises Unavailable if the gateway cannot be asked.


def statement_of(code: str, *, since: datetime, until: datetime) -> list[StatementEntry] | None:
    """Return what the gateway lists between two aware times; None if it has no call for that."""
    books = books_of(code)
    return None if books is None else _read(code, lambda: list(books.statement(since, until)))


def look_up_order(order: PaymentOrder) -> OrderAnswer | None:
    """Return what the gateway knows of an order; None if nothing."""
    request = order_request(order)
    return _found(order.gateway, lambda: gateway_of(order.gateway).fetch_order(request))


def look_up_refund(refund: Refund) -> RefundAnswer | None:
    """Return what the gateway knows of a refund's present attempt; None if nothing. Raises ValueError for cash."""
    request = refund_request(refund)
    code = refund.payment.gateway
    return _found(code, lambda: gateway_of(code).fetch_refund(request))


def _found(code: str, ask: Callable[[], Answer]) -> Answer | None:
    def answer_or_nothing() -> Answer | None:
        try:
            return ask()
        except GatewayNotFound:
            return None

    return _read(code, answer_or_nothing)


def _read(code: str, ask: Callable[[], Answer]) -> Answer:
    try:
        return ask()
    except GatewayError as error:
        log.warning("gateway_not_read", gateway=code, error=str(error))
        raise Unavailable("gateway_unavailable", f"{code} cannot be read now: {error}") from error
