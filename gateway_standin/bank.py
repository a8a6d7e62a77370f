"""The bank behind both gateways: payments arrive, are declined or hang, refunds succeed or fail.

The caller holds the lock of the books. `NotPossible` says why something cannot be done now.
"""

from collections.abc import Callable
from enum import StrEnum

from gateway_standin import ids
from gateway_standin.books import (
    Books,
    Brand,
    Failure,
    Order,
    OrderState,
    Payment,
    PaymentState,
    Refund,
    RefundState,
)
from gateway_standin.clock import Clock
from gateway_standin.schedule import Schedule
from gateway_standin.settings import Settings
from gateway_standin.switches import Switches

RUPEE = 100
DECLINED = Failure("PAYMENT_ERROR", "ZM", "The bank declined the payment")
GAVE_UP = Failure("ORDER_EXPIRED", "ORDER_EXPIRED", "Nobody paid in time")
REFUND_RETURNED = Failure("REFUND_FAILED", "BENEFICIARY_BANK_OFFLINE", "The customer's bank returned the money")
NO_BALANCE = Failure("INSUFFICIENT_BALANCE", "INSUFFICIENT_BALANCE", "The merchant's balance is too low")


class NotPossible(Exception):
    """The order or refund is not in a state that allows this."""


class Happening(StrEnum):
    AUTHORISED = "authorised"
    PAID = "paid"
    DECLINED = "declined"
    REFUND_ACCEPTED = "refund accepted"
    REFUND_DONE = "refund done"
    REFUND_FAILED = "refund failed"


Announce = Callable[[Happening, Order | Refund], None]


class Bank:
    """Changes the books, and notifies the merchant of it."""

    def __init__(
        self,
        *,
        books: Books,
        switches: Switches,
        settings: Callable[[], Settings],
        schedule: Schedule,
        clock: Clock,
        announce: Announce,
    ) -> None:
        self._books = books
        self._settings = settings
        self._switches = switches
        self._schedule = schedule
        self._clock = clock
        self._announce = announce

    def pay(self, order: Order, *, amount: int | None = None, method: str = "") -> Payment:
        """Pay an order as its customer, in full or `amount` paise."""
        self._close_if_expired(order)
        self._require(order, OrderState.OPEN)
        payment = self._attempt(order, method)
        payment.amount = self._amount(order) if amount is None else amount
        self._add_fee(payment)
        payment.state = PaymentState.AUTHORISED
        self._announce(Happening.AUTHORISED, order)
        if order.captures_itself and not self._switches.take(order.brand, "manual_capture"):
            self.capture(payment)
            if self._switches.take(order.brand, "double_payment"):
                self.pay_again(order)
        return payment

    def pay_again(self, order: Order) -> Payment:
        """Pay an order that is paid already, as a customer does with two tabs: the gateway takes both payments."""
        first = order.captured
        if first is None:
            raise NotPossible(f"order {order.id} is not paid yet")
        payment = self._new_payment(order)
        payment.amount, payment.customer_fee, payment.method = first.amount, first.customer_fee, first.method
        self.capture(payment)
        return payment

    def capture(self, payment: Payment) -> None:
        payment.state = PaymentState.CAPTURED
        payment.failure = None
        payment.order.state = OrderState.PAID
        payment.order.failure = None
        self._announce(Happening.PAID, payment.order)

    def take_consent(self, order: Order) -> Payment:
        """Take the small amount of a mandate's consent; `give_back` is what Razorpay does by itself next."""
        payment = self._new_payment(order)
        self.capture(payment)
        return payment

    def give_back(self, payment: Payment) -> None:
        """Refund a payment by nobody's order: neither number nor notes of the merchant's."""
        self.refund(Refund(payment, ids.razorpay_id("rfnd"), "", payment.net, self._clock.now()))

    def decline(self, order: Order, failure: Failure = DECLINED) -> Payment:
        """Decline a payment. PhonePe's order ends by that; Razorpay's stays payable."""
        self._close_if_expired(order)
        self._require(order, OrderState.OPEN)
        payment = self._attempt(order)
        payment.state, payment.failure = PaymentState.FAILED, failure
        if order.brand is Brand.PHONEPE:
            order.state, order.failure = OrderState.FAILED, failure
        self._announce(Happening.DECLINED, order)
        if self._switches.take(order.brand, "late_success"):
            self._schedule.after(self._settings().late_success_seconds, lambda: self._succeed_if_still_failed(order))
        return payment

    def hang(self, order: Order) -> Payment:
        """Begin a payment that gets neither a yes nor a no from the bank."""
        self._require(order, OrderState.OPEN)
        return self._attempt(order)

    def succeed_late(self, order: Order) -> Payment:
        """Confirm what was declined or has expired: the same payment, if there was one."""
        payment = order.payment
        if order.captured or (order.state is OrderState.OPEN and not self._has_failed(order)):
            raise NotPossible(f"order {order.id} has no failed payment")
        if payment is None or payment.state is not PaymentState.FAILED:
            payment = self._new_payment(order)
        self.capture(payment)
        return payment

    def expire(self, order: Order) -> None:
        """End an order whose time to pay is over."""
        self._require(order, OrderState.OPEN)
        order.state, order.failure = OrderState.FAILED, GAVE_UP
        if order.payment and order.payment.state is PaymentState.WAITING:
            order.payment.state, order.payment.failure = PaymentState.FAILED, GAVE_UP
        self._announce(Happening.DECLINED, order)

    def look(self, order: Order) -> Order:
        """Return the order, expired if its time is over."""
        self._close_if_expired(order)
        return order

    def refund(self, refund: Refund) -> None:
        """Take a new refund on; by default it is done at once."""
        self._books.add_refund(refund)
        brand = refund.payment.order.brand
        self._announce(Happening.REFUND_ACCEPTED, refund)
        if self._switches.take(brand, "refund_waits"):
            return
        if brand is Brand.PHONEPE and self._switches.take(brand, "refund_no_balance"):
            refund.state, refund.failure = RefundState.FAILED, NO_BALANCE
            self._announce(Happening.REFUND_FAILED, refund)
            return
        if self._switches.take(brand, "refund_fails"):
            self._schedule.after(0.1, lambda: self._fail_if_still_pending(refund))
            return
        self.complete(refund)

    def complete(self, refund: Refund) -> None:
        self._require_pending(refund)
        refund.state = RefundState.DONE
        self._announce(Happening.REFUND_DONE, refund)

    def fail(self, refund: Refund) -> None:
        self._require_pending(refund)
        refund.state, refund.failure = RefundState.FAILED, REFUND_RETURNED
        self._announce(Happening.REFUND_FAILED, refund)

    def _attempt(self, order: Order, method: str = "") -> Payment:
        """Return the payment that waits for the bank, or a new one."""
        waiting = order.payment
        payment = waiting if waiting and waiting.state is PaymentState.WAITING else self._new_payment(order)
        payment.method = method or payment.method
        return payment

    def _new_payment(self, order: Order) -> Payment:
        now = self._clock.now()
        number = ids.phonepe_id("OM", now) if order.brand is Brand.PHONEPE else ids.razorpay_id("pay")
        payment = Payment(order, number, order.amount, now, ids.bank_reference())
        self._books.add_payment(payment)
        return payment

    def _amount(self, order: Order) -> int:
        wrong = self._switches.take(order.brand, "amount_mismatch")
        return order.amount + RUPEE if wrong else order.amount

    def _add_fee(self, payment: Payment) -> None:
        """Put the gateway's fee on top of what the customer pays: two per cent, and 18 per cent tax on that."""
        if self._switches.take(payment.order.brand, "customer_fee"):
            payment.customer_fee = payment.amount * 236 // 10_000
            payment.amount += payment.customer_fee

    def _close_if_expired(self, order: Order) -> None:
        over = order.expires_at is not None and order.expires_at <= self._clock.now()
        if over and order.state is OrderState.OPEN:
            self.expire(order)

    def _succeed_if_still_failed(self, order: Order) -> None:
        with self._books.lock:
            if not order.captured:
                self.succeed_late(order)

    def _fail_if_still_pending(self, refund: Refund) -> None:
        with self._books.lock:
            if refund.state is RefundState.PENDING:
                self.fail(refund)

    @staticmethod
    def _has_failed(order: Order) -> bool:
        return order.payment is not None and order.payment.state is PaymentState.FAILED

    @staticmethod
    def _require(order: Order, state: OrderState) -> None:
        waiting_for_capture = order.payment is not None and order.payment.state is PaymentState.AUTHORISED
        if order.state is not state or waiting_for_capture:
            raise NotPossible(f"order {order.id} is {order.state}{', authorised' if waiting_for_capture else ''}")

    @staticmethod
    def _require_pending(refund: Refund) -> None:
        if refund.state is not RefundState.PENDING:
            raise NotPossible(f"refund {refund.id} is {refund.state}")
