"""Mandates: Razorpay's plans and subscriptions, which are charged without a payer at the page.

The caller holds the lock of the books. `NotPossible` says why something cannot be done now. Nothing is charged by the
clock: a person, or a test, says when.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from gateway_standin import ids
from gateway_standin.bank import Bank, NotPossible
from gateway_standin.books import Books, Brand, Failure, Order, Payment
from gateway_standin.clock import Clock

MOST_TRIES = 4
DAYS = {"daily": 1, "weekly": 7, "monthly": 30, "quarterly": 91, "yearly": 365}
DAY = 86_400
# The small amount of the consent, in paise.
CONSENT = 500
REFUSED = Failure("PAYMENT_ERROR", "insufficient_fund", "There is not enough money on the account")


class MandateState(StrEnum):
    """Razorpay's words."""

    CREATED = "created"
    AUTHENTICATED = "authenticated"
    ACTIVE = "active"
    PENDING = "pending"
    HALTED = "halted"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    EXPIRED = "expired"


CHARGEABLE = (MandateState.AUTHENTICATED, MandateState.ACTIVE, MandateState.PENDING)
OVER = (MandateState.CANCELLED, MandateState.COMPLETED, MandateState.EXPIRED)


@dataclass
class Plan:
    id: str
    period: str
    interval: int
    name: str
    amount: int
    created_at: float
    notes: dict[str, str] = field(default_factory=dict)


@dataclass
class Invoice:
    """What one charge asks for; `payment` is empty until it is paid."""

    id: str
    mandate: "Mandate" = field(repr=False)
    order: Order
    created_at: float

    @property
    def payment(self) -> Payment | None:
        return self.order.captured


@dataclass
class Mandate:
    """A subscription. `token` is the end of the address at which its payer gives the mandate or declines it."""

    id: str
    plan: Plan
    total_count: int
    created_at: float
    token: str
    start_at: float | None = None
    expire_by: float | None = None
    notes: dict[str, str] = field(default_factory=dict)
    state: MandateState = MandateState.CREATED
    tries: int = 0
    ended_at: float | None = None
    customer_id: str = ""
    first_payment: str = ""
    redirect_url: str = ""
    invoices: list[Invoice] = field(default_factory=list, repr=False)

    @property
    def paid_count(self) -> int:
        return sum(invoice.payment is not None for invoice in self.invoices)

    @property
    def charge_at(self) -> float:
        """Return when the next charge is due, by whole periods after the start."""
        return (self.start_at or self.created_at) + self.paid_count * DAYS[self.plan.period] * self.plan.interval * DAY


Row = TypeVar("Row", Plan, Mandate, Invoice)
Tell = Callable[[str, Mandate, Payment | None], None]


class Mandates:
    """Plans, mandates and their invoices, and what payers and their banks do to them; `tell` is told of each event."""

    def __init__(self, *, books: Books, bank: Bank, clock: Clock, tell: Tell) -> None:
        self._books, self._bank, self._clock, self._tell = books, bank, clock, tell
        self.plans: dict[str, Plan] = {}
        self._mandates: dict[str, Mandate] = {}
        self._invoices: dict[str, Invoice] = {}

    def clear(self) -> None:
        for shelf in (self.plans, self._mandates, self._invoices):
            shelf.clear()

    def all(self) -> Iterator[Mandate]:
        """Yield the mandates, newest first."""
        return reversed(self._mandates.values())

    def invoices(self) -> Iterator[Invoice]:
        return reversed(self._invoices.values())

    def find(self, number: str) -> Mandate | None:
        """Return a mandate by its id or the token of its page."""
        return self._mandates.get(number) or next((row for row in self.all() if row.token == number), None)

    def invoice(self, number: str) -> Invoice | None:
        return self._invoices.get(number)

    def invoice_of(self, order: Order) -> Invoice | None:
        return next((row for row in self._invoices.values() if row.order is order), None)

    def add_plan(self, plan: Plan) -> None:
        self.plans[plan.id] = plan

    def add(self, mandate: Mandate) -> None:
        self._mandates[mandate.id] = mandate

    # --- What its payer does ---------------------------------------------------------------------------

    def authorise(self, mandate: Mandate) -> None:
        """Give the mandate: a small amount is taken and given back, without invoice and without numbers of ours."""
        self._require(mandate, MandateState.CREATED)
        mandate.state, mandate.customer_id = MandateState.AUTHENTICATED, ids.razorpay_id("cust")
        order = self._new_order(mandate, CONSENT)
        payment = self._bank.take_consent(order)
        mandate.first_payment = payment.id
        self._tell("subscription.authenticated", mandate, payment)
        self._bank.give_back(payment)

    def refuse(self, mandate: Mandate) -> None:
        """Decline it at the page: it stays as it is, and may be given until it expires."""
        self._require(mandate, MandateState.CREATED)

    def pause(self, mandate: Mandate) -> None:
        self._require(mandate, *CHARGEABLE)
        mandate.state = MandateState.PAUSED
        self._tell("subscription.paused", mandate, None)

    def resume(self, mandate: Mandate) -> None:
        self._require(mandate, MandateState.PAUSED)
        mandate.state = MandateState.ACTIVE
        self._tell("subscription.resumed", mandate, None)

    def cancel(self, mandate: Mandate) -> None:
        """End it, by the merchant's call or in the payer's own app."""
        if mandate.state in OVER:
            raise NotPossible(f"Subscription is not cancellable in {mandate.state} status.")
        self._end(mandate, MandateState.CANCELLED)
        self._tell("subscription.cancelled", mandate, None)

    def expire(self, mandate: Mandate) -> None:
        """End one that nobody gave in time: Razorpay sends no event of it."""
        self._require(mandate, MandateState.CREATED)
        self._end(mandate, MandateState.EXPIRED)

    def look(self, mandate: Mandate) -> Mandate:
        """Return the mandate, expired if its time is over."""
        over = mandate.expire_by is not None and mandate.expire_by <= self._clock.now()
        if over and mandate.state is MandateState.CREATED:
            self.expire(mandate)
        return mandate

    # --- Charges ---------------------------------------------------------------------------------------

    def charge(self, mandate: Mandate) -> None:
        """Charge it now, with success: the same money is told of as payment, order, invoice and subscription."""
        self._require(mandate, *CHARGEABLE)
        invoice = self._open_invoice(mandate)
        payment = self._bank.pay(invoice.order)
        is_first, mandate.tries = mandate.paid_count == 1, 0
        mandate.state = MandateState.ACTIVE
        if is_first:
            self._tell("subscription.activated", mandate, payment)
        self._tell("subscription.charged", mandate, payment)
        self._tell("invoice.paid", mandate, payment)
        if mandate.paid_count == mandate.total_count:
            self._end(mandate, MandateState.COMPLETED)
            self._tell("subscription.completed", mandate, payment)

    def fail_charge(self, mandate: Mandate) -> None:
        """Let a charge fail: it is tried again, and after four tries no more."""
        self._require(mandate, *CHARGEABLE)
        payment = self._bank.decline(self._open_invoice(mandate).order, REFUSED)
        mandate.tries += 1
        mandate.state = MandateState.PENDING
        self._tell("subscription.pending", mandate, payment)
        if mandate.tries == MOST_TRIES:
            mandate.state = MandateState.HALTED
            self._tell("subscription.halted", mandate, payment)

    def _open_invoice(self, mandate: Mandate) -> Invoice:
        if mandate.invoices and mandate.invoices[-1].payment is None:
            return mandate.invoices[-1]
        order = self._new_order(mandate, mandate.plan.amount)
        order.invoice_id = ids.razorpay_id("inv")
        invoice = Invoice(order.invoice_id, mandate, order, order.created_at)
        mandate.invoices.append(invoice)
        self._invoices[invoice.id] = invoice
        return invoice

    def _new_order(self, mandate: Mandate, amount: int) -> Order:
        order = Order(Brand.RAZORPAY, ids.razorpay_id("order"), "", amount, self._clock.now(), ids.token())
        order.message, order.customer_id = mandate.plan.name, mandate.customer_id
        self._books.add_order(order)
        return order

    def _end(self, mandate: Mandate, state: MandateState) -> None:
        mandate.state, mandate.ended_at = state, self._clock.now()

    @staticmethod
    def _require(mandate: Mandate, *states: MandateState) -> None:
        if mandate.state not in states:
            raise NotPossible(f"subscription {mandate.id} is {mandate.state}")
