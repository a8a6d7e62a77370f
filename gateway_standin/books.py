"""The books of both gateways: orders, payments, refunds. In memory, behind one lock.

The words here are neutral; `phonepe` and `razorpay` translate them into their own. Amounts are integer paise, times are
seconds since 1970.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class Brand(StrEnum):
    PHONEPE = "phonepe"
    RAZORPAY = "razorpay"


class OrderState(StrEnum):
    OPEN = "OPEN"
    PAID = "PAID"
    FAILED = "FAILED"


class PaymentState(StrEnum):
    WAITING = "WAITING"
    AUTHORISED = "AUTHORISED"
    CAPTURED = "CAPTURED"
    FAILED = "FAILED"


class RefundState(StrEnum):
    PENDING = "PENDING"
    DONE = "DONE"
    FAILED = "FAILED"


@dataclass(frozen=True)
class Failure:
    """Why a payment or a refund failed: a code for programs, a text for people."""

    code: str
    detail: str
    description: str


@dataclass
class Order:
    """`reference` is the merchant's own number: PhonePe's merchantOrderId, Razorpay's receipt.

    `redirect_url` is where the customer goes after paying, `cancel_url` where without. `by_qr`: it has a UPI QR instead
    of a page. `invoice_id`: it is a charge of a mandate, whose payer is `customer_id`.
    """

    brand: Brand
    id: str
    reference: str
    amount: int
    created_at: float
    token: str
    notes: dict[str, str] = field(default_factory=dict)
    message: str = ""
    redirect_url: str = ""
    cancel_url: str = ""
    expires_at: float | None = None
    captures_itself: bool = True
    by_qr: bool = False
    invoice_id: str = ""
    customer_id: str = ""
    state: OrderState = OrderState.OPEN
    failure: Failure | None = None
    payments: list["Payment"] = field(default_factory=list, repr=False)

    @property
    def payment(self) -> "Payment | None":
        """Return the newest attempt."""
        return self.payments[-1] if self.payments else None

    @property
    def captured(self) -> "Payment | None":
        """Return the payment that paid the order; one that is paid twice has another."""
        return next((payment for payment in self.payments if payment.state is PaymentState.CAPTURED), None)


@dataclass
class Payment:
    """One attempt to pay an order. `reference` is the bank's twelve digits.

    `amount` is what the customer pays, `customer_fee` of it on top of what the merchant gets.
    """

    order: Order = field(repr=False)
    id: str
    amount: int
    created_at: float
    reference: str
    method: str = "upi"
    state: PaymentState = PaymentState.WAITING
    failure: Failure | None = None
    customer_fee: int = 0
    refunds: list["Refund"] = field(default_factory=list, repr=False)

    @property
    def net(self) -> int:
        """Return the paise that are the merchant's, and that may be refunded."""
        return self.amount - self.customer_fee

    @property
    def refunded(self) -> int:
        """Return the paise that were refunded or are being refunded."""
        return sum(refund.amount for refund in self.refunds if refund.state is not RefundState.FAILED)


@dataclass
class Refund:
    """`reference` is the merchant's own number; `key` the idempotency key it came with, `body` what it asked for."""

    payment: Payment = field(repr=False)
    id: str
    reference: str
    amount: int
    created_at: float
    notes: dict[str, str] = field(default_factory=dict)
    speed: str = "normal"
    key: str = ""
    body: str = ""
    state: RefundState = RefundState.PENDING
    failure: Failure | None = None


class Books:
    """All orders, payments and refunds. Hold `lock` while you read or write; it is reentrant."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._orders: dict[str, Order] = {}
        self._payments: dict[str, Payment] = {}
        self._refunds: dict[str, Refund] = {}
        # The newest under each number of the merchant's, because Razorpay lets a receipt be used again.
        self._orders_by_reference: dict[tuple[Brand, str], Order] = {}
        self._refunds_by_reference: dict[tuple[Brand, str], Refund] = {}
        self._refunds_by_key: dict[str, Refund] = {}
        self._orders_by_token: dict[str, Order] = {}

    def add_order(self, order: Order) -> None:
        self._orders[order.id] = order
        self._orders_by_reference[order.brand, order.reference] = order
        self._orders_by_token[order.token] = order

    def add_payment(self, payment: Payment) -> None:
        payment.order.payments.append(payment)
        self._payments[payment.id] = payment

    def add_refund(self, refund: Refund) -> None:
        refund.payment.refunds.append(refund)
        self._refunds[refund.id] = refund
        self._refunds_by_reference[refund.payment.order.brand, refund.reference] = refund
        if refund.key:
            self._refunds_by_key[refund.key] = refund

    def order(self, brand: Brand, number: str) -> Order | None:
        found = self._orders.get(number)
        return found if found and found.brand is brand else None

    def payment(self, brand: Brand, number: str) -> Payment | None:
        found = self._payments.get(number)
        return found if found and found.order.brand is brand else None

    def refund(self, brand: Brand, number: str) -> Refund | None:
        found = self._refunds.get(number)
        return found if found and found.payment.order.brand is brand else None

    def order_by_reference(self, brand: Brand, reference: str) -> Order | None:
        return self._orders_by_reference.get((brand, reference))

    def order_by_token(self, token: str) -> Order | None:
        return self._orders_by_token.get(token)

    def refund_by_reference(self, brand: Brand, reference: str) -> Refund | None:
        return self._refunds_by_reference.get((brand, reference))

    def refund_by_key(self, key: str) -> Refund | None:
        return self._refunds_by_key.get(key)

    def orders(self, brand: Brand | None = None) -> Iterator[Order]:
        """Yield the orders, newest first, as in all lists."""
        return (order for order in reversed(self._orders.values()) if brand in {None, order.brand})

    def payments(self, brand: Brand | None = None) -> Iterator[Payment]:
        return (payment for payment in reversed(self._payments.values()) if brand in {None, payment.order.brand})

    def refunds(self, brand: Brand | None = None) -> Iterator[Refund]:
        return (refund for refund in reversed(self._refunds.values()) if brand in {None, refund.payment.order.brand})

    def clear(self) -> None:
        for shelf in (
            self._orders,
            self._payments,
            self._refunds,
            self._orders_by_reference,
            self._orders_by_token,
            self._refunds_by_reference,
            self._refunds_by_key,
        ):
            shelf.clear()
