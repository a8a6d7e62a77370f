"""The gateway interface for PhonePe."""

from collections.abc import Mapping

from parking.payments.gateways.base import (
    FurtherPayment,
    GatewayNotFound,
    GatewayState,
    OrderAnswer,
    OrderRequest,
    RefundAnswer,
    RefundRequest,
    WebhookEvent,
)
from parking.payments.gateways.http import create_or_find
from parking.payments.gateways.phonepe import webhook
from parking.payments.gateways.phonepe.answers import Attempt, OrderStatus, PayAnswer, RefundStatus
from parking.payments.gateways.phonepe.client import CHECKOUT, CUSTOM, PhonePeClient
from parking.payments.gateways.phonepe.config import PhonePeConfig


class PhonePeGateway:
    """PhonePe v2: Standard Checkout, and UPI QR where the account has it.

    PhonePe sends the address of an order's page once. If that answer was lost, asking again finds the order, without
    `pay_url`: nobody can pay it any more, so the caller drops it and makes another.
    """

    code = "PHONEPE"

    def __init__(self, config: PhonePeConfig) -> None:
        self._config = config
        self._client = PhonePeClient(config)

    def create_order(self, request: OrderRequest) -> OrderAnswer:
        if not request.fresh:
            try:
                return self.fetch_order(request)
            except GatewayNotFound:
                pass
        return create_or_find(lambda: self._pay(request), lambda: self.fetch_order(request))

    def fetch_order(self, request: OrderRequest) -> OrderAnswer:
        """Return the state of the order. With UPI QR there are two kinds of order, each under an address of its own."""
        kinds = (CUSTOM, CHECKOUT) if request.upi_qr else (CHECKOUT, CUSTOM)
        if not self._config.upi_qr:
            return _order_answer(request, self._client.order(request.order_id))
        try:
            status = self._client.order(request.order_id, kinds[0])
        except GatewayNotFound:
            status = self._client.order(request.order_id, kinds[1])
        return _order_answer(request, status)

    def create_refund(self, request: RefundRequest) -> RefundAnswer:
        """Give money back. PhonePe knows no idempotency key, so a refund that may exist is looked for first."""
        if not request.fresh:
            try:
                return self.fetch_refund(request)
            except GatewayNotFound:
                pass
        return create_or_find(lambda: self._refund(request), lambda: self.fetch_refund(request))

    def fetch_refund(self, request: RefundRequest) -> RefundAnswer:
        return _refund_answer(request, self._client.refund_status(request.refund_id))

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> WebhookEvent:
        """Return the event of a webhook. Raises ForgedWebhook."""
        return webhook.read_webhook(self._config.webhook, headers, body)

    def _pay(self, request: OrderRequest) -> OrderAnswer:
        by_qr = request.upi_qr and self._config.upi_qr
        return _pay_answer(request, self._client.pay_by_qr(request) if by_qr else self._client.pay(request))

    def _refund(self, request: RefundRequest) -> RefundAnswer:
        return _refund_answer(request, self._client.refund(request))


def _pay_answer(request: OrderRequest, answer: PayAnswer) -> OrderAnswer:
    # It repeats no amount, so it proves no payment: only the status can say COMPLETED.
    state = GatewayState.FAILED if answer.state == GatewayState.FAILED else GatewayState.PENDING
    return OrderAnswer(
        order_id=request.order_id,
        state=state,
        amount=request.amount,
        gateway_order_id=answer.order_id,
        pay_url=answer.page,
        # A gate shows a link only where the account makes QR codes; with a page it shows the page.
        upi_link="" if request.upi_qr and answer.page else answer.upi_link,
    )


def _order_answer(request: OrderRequest, status: OrderStatus) -> OrderAnswer:
    paying = status.paying[0] if status.paying else None
    return OrderAnswer(
        order_id=status.merchant_order_id or request.order_id,
        state=status.state,
        amount=status.amount,
        currency=status.currency,
        gateway_order_id=status.order_id,
        reference=_reference(request, status),
        method=paying.mode if paying else "",
        bank_reference=paying.bank_reference if paying else "",
        fee=status.fee,
        customer_fee=status.customer_fee,
        failure=status.failure,
        also_paid=tuple(_further(status, attempt) for attempt in status.paying[1:] if attempt.transaction_id),
    )


def _further(status: OrderStatus, attempt: Attempt) -> FurtherPayment:
    return FurtherPayment(attempt.transaction_id, attempt.amount, status.currency, attempt.customer_fee)


def _reference(request: OrderRequest, status: OrderStatus) -> str:
    """Return the number of the payment, never empty: it keeps a payment from being counted twice."""
    if status.state != GatewayState.COMPLETED:
        return ""
    named = status.paying[0].transaction_id if status.paying else ""
    return named or status.order_id or request.order_id


def _refund_answer(request: RefundRequest, status: RefundStatus) -> RefundAnswer:
    return RefundAnswer(
        refund_id=status.merchant_refund_id or request.refund_id,
        state=status.state,
        amount=status.amount,
        gateway_refund_id=status.refund_id,
        bank_reference=status.bank_reference,
        failure=status.failure,
        lacks_balance=status.state == GatewayState.FAILED and status.lacks_balance,
    )
