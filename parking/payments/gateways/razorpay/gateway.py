"""The gateway interface for Razorpay."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from parking.payments.gateways.base import (
    EntryKind,
    FurtherPayment,
    GatewayNotFound,
    GatewayState,
    OrderAnswer,
    OrderRequest,
    RefundAnswer,
    RefundRequest,
    StatementEntry,
    WebhookEvent,
)
from parking.payments.gateways.http import create_or_find
from parking.payments.gateways.razorpay import signatures, webhook
from parking.payments.gateways.razorpay.answers import (
    Order,
    Payment,
    PaymentStatus,
    Refund,
    moment,
)
from parking.payments.gateways.razorpay.client import RazorpayClient
from parking.payments.gateways.razorpay.config import CapturePolicy, RazorpayConfig

_STATES = {
    PaymentStatus.OURS: GatewayState.COMPLETED,
    PaymentStatus.FAILED: GatewayState.FAILED,
}


class RazorpayGateway:
    """Razorpay orders; our order id is the order's receipt, our refund id the refund's receipt and idempotency key."""

    code = "RAZORPAY"

    def __init__(self, config: RazorpayConfig) -> None:
        self._config = config
        self._client = RazorpayClient(config)

    @property
    def key_id(self) -> str:
        """Return the public key that a client's checkout needs."""
        return self._config.key_id

    def create_order(self, request: OrderRequest) -> OrderAnswer:
        """Make an order, or find the one that a lost call made: Razorpay itself takes a receipt twice."""
        known = None if request.fresh else self._order_with_receipt(request.order_id)
        return self._read(request, known) if known else self._answer(request, self._client.create_order(request), [])

    def fetch_order(self, request: OrderRequest) -> OrderAnswer:
        if request.gateway_order_id:
            return self._read(request, self._client.order(request.gateway_order_id))
        order = self._order_with_receipt(request.order_id)
        if order is None:
            raise GatewayNotFound(f"Razorpay: no order with receipt {request.order_id}")
        return self._read(request, order)

    def capture_order(self, request: OrderRequest) -> OrderAnswer:
        """Capture the money that a payer's bank holds for this order, if the amount is right; return its state."""
        answer = self.fetch_order(request)
        if not answer.awaits_capture:
            return answer
        asked = OrderRequest(
            request.order_id, request.amount, request.description, gateway_order_id=answer.gateway_order_id
        )

        def capture() -> OrderAnswer:
            self._client.capture(answer.reference, amount=request.amount + answer.customer_fee)
            return self.fetch_order(asked)

        return create_or_find(capture, lambda: self.fetch_order(asked))

    def create_refund(self, request: RefundRequest) -> RefundAnswer:
        """Give money back. The idempotency key alone would do; looking first also covers accounts that ignore it."""
        if not request.fresh:
            try:
                return self.fetch_refund(request)
            except GatewayNotFound:
                pass
        return create_or_find(
            lambda: _refund_answer(request, self._client.refund(request)), lambda: self.fetch_refund(request)
        )

    def fetch_refund(self, request: RefundRequest) -> RefundAnswer:
        if request.gateway_refund_id:
            return _refund_answer(request, self._client.refund_by_id(request.gateway_refund_id))
        for refund in self._client.refunds_of(request.reference):
            if refund.receipt == request.refund_id:
                return _refund_answer(request, refund)
        raise GatewayNotFound(f"Razorpay: no refund with receipt {request.refund_id}")

    def checkout_is_genuine(self, *, gateway_order_id: str, payment_id: str, signature: object) -> bool:
        """Return whether Razorpay signed what a browser sends; take `gateway_order_id` from our row.

        Fetch the order next: neither state nor amount is signed.
        """
        return signatures.checkout_is_genuine(
            self._config.key_secret, order_id=gateway_order_id, payment_id=payment_id, signature=signature
        )

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> WebhookEvent:
        """Return the event of a webhook. Raises ForgedWebhook."""
        return webhook.read_webhook(self._config.webhook_secrets, headers, body)

    def statement(self, since: datetime, until: datetime) -> Iterator[StatementEntry]:
        """Return every payment and refund made between two aware times, both included; whole seconds count."""
        span = (int(since.timestamp()), int(until.timestamp()))
        yield from map(_payment_entry, self._client.payments_between(*span))
        yield from map(_refund_entry, self._client.refunds_between(*span))

    def _order_with_receipt(self, receipt: str) -> Order | None:
        """Return the one order that counts: a paid one before others, then the oldest, the same at every call."""
        orders = self._client.orders_with_receipt(receipt)
        return min(orders, key=lambda order: (not order.paid, order.created_at, order.id), default=None)

    def _read(self, request: OrderRequest, order: Order) -> OrderAnswer:
        payments = sorted(self._client.payments_of(order.id), key=lambda payment: payment.created_at)
        return self._answer(request, order, payments)

    def _answer(self, request: OrderRequest, order: Order, payments: list[Payment]) -> OrderAnswer:
        ours = [payment for payment in payments if payment.status == PaymentStatus.OURS]
        if ours:
            return _paid(request, order, ours)
        held = next((payment for payment in payments if payment.status == PaymentStatus.HELD), None)
        if held is not None:
            return self._held(request, order, held)
        if payments and not order.paid and all(payment.status == PaymentStatus.FAILED for payment in payments):
            return self._unpaid(request, order, GatewayState.FAILED, failure=payments[-1].failure)
        return self._unpaid(request, order, GatewayState.PENDING)

    def _held(self, request: OrderRequest, order: Order, held: Payment) -> OrderAnswer:
        """Return the answer for held money; of another amount it is never captured, and the bank returns it."""
        amount, customer_fee = _parts(order, held)
        fits = (amount, held.currency) == (request.amount, "INR")
        return OrderAnswer(
            order_id=order.receipt or request.order_id,
            state=GatewayState.PENDING,
            amount=order.amount,
            currency=order.currency,
            gateway_order_id=order.id,
            reference=held.id,
            method=held.method,
            customer_fee=customer_fee,
            awaits_capture=fits and self._config.capture == CapturePolicy.MANUAL,
        )

    def _unpaid(self, request: OrderRequest, order: Order, state: GatewayState, failure: str = "") -> OrderAnswer:
        """Return the answer for an order without payment, which stays payable after a failed try."""
        return OrderAnswer(
            order_id=order.receipt or request.order_id,
            state=state,
            amount=order.amount,
            currency=order.currency,
            gateway_order_id=order.id,
            pay_url=self._page(order),
            failure=failure,
            retryable=state == GatewayState.FAILED,
        )

    def _page(self, order: Order) -> str:
        address = self._config.checkout_url
        return address.replace("{order_id}", order.id).replace("{key_id}", self.key_id)


def _paid(request: OrderRequest, order: Order, payments: list[Payment]) -> OrderAnswer:
    payment = payments[0]
    amount, customer_fee = _parts(order, payment)
    return OrderAnswer(
        order_id=order.receipt or request.order_id,
        state=GatewayState.COMPLETED,
        amount=amount,
        currency=payment.currency,
        gateway_order_id=order.id,
        reference=payment.id,
        method=payment.method,
        bank_reference=payment.bank_reference,
        fee=payment.fee,
        tax=payment.tax,
        customer_fee=customer_fee,
        also_paid=tuple(_further(order, payment) for payment in payments[1:]),
    )


def _further(order: Order, payment: Payment) -> FurtherPayment:
    amount, customer_fee = _parts(order, payment)
    return FurtherPayment(payment.id, amount, payment.currency, customer_fee)


def _parts(order: Order, payment: Payment) -> tuple[int, int]:
    """Return the paise that a payment holds for its order, and the fee that its payer bears on top of them.

    Where the account lets customers bear the fee, the payment is the order's amount and its fee, to the paisa. One that
    differs in any other way is all amount, which its order then does not have.
    """
    bears_fee = payment.fee > 0 and payment.amount == order.amount + payment.fee
    return (order.amount, payment.fee) if bears_fee else (payment.amount, 0)


def _refund_answer(request: RefundRequest, refund: Refund) -> RefundAnswer:
    return RefundAnswer(
        refund_id=refund.receipt or request.refund_id,
        state=refund.state,
        amount=refund.amount,
        gateway_refund_id=refund.id,
        bank_reference=refund.bank_reference,
    )


def _payment_entry(payment: Payment) -> StatementEntry:
    return StatementEntry(
        kind=EntryKind.PAYMENT,
        reference=payment.id,
        state=_STATES.get(payment.status, GatewayState.PENDING),
        amount=payment.amount,
        made_at=moment(payment.created_at),
        currency=payment.currency,
        order_id=payment.receipt,
        gateway_order_id=payment.order_id,
        method=payment.method,
        bank_reference=payment.bank_reference,
        fee=payment.fee,
        tax=payment.tax,
    )


def _refund_entry(refund: Refund) -> StatementEntry:
    return StatementEntry(
        kind=EntryKind.REFUND,
        reference=refund.payment_id,
        state=refund.state,
        amount=refund.amount,
        made_at=moment(refund.created_at),
        currency=refund.currency,
        order_id=refund.order_receipt,
        refund_id=refund.receipt,
        gateway_refund_id=refund.id,
        bank_reference=refund.bank_reference,
    )
