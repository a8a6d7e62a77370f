"""The interface of a payment gateway: four calls that take and return frozen dataclasses.

A gateway knows no ORM, no session, no HTML, and saves nothing. Amounts are integer paise. What only some gateways can
do (send webhooks, capture, list their books) has protocols of its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable


class GatewayState(StrEnum):
    """The state of an order or a refund at the gateway."""

    PENDING = "PENDING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


# --- Orders and refunds ----------------------------------------------------------------------------


@dataclass(frozen=True)
class OrderRequest:
    """Collect `amount` paise under our `order_id`. Sent twice, it is one order.

    `fresh` promises that nobody can have sent it before, so that the gateway need not look for it. `gateway_order_id`
    is the gateway's own number, once known. `upi_qr` asks for a `upi://` link to show at the gate, where the account
    has it; else there is a page. `expires_in` is seconds; a gateway takes the nearest that it allows.
    """

    order_id: str
    amount: int
    description: str
    fresh: bool = False
    gateway_order_id: str = ""
    upi_qr: bool = False
    expires_in: int = 900


@dataclass(frozen=True)
class FurtherPayment:
    """Another payment of an order that was paid already. Amounts are paise, as in OrderAnswer."""

    reference: str
    amount: int
    currency: str = "INR"
    customer_fee: int = 0


@dataclass(frozen=True)
class OrderAnswer:
    """The gateway's answer about an order. `reference` is its number of the payment, once there is one.

    `method` is how it was paid (UPI, CARD, ...), an open set; `bank_reference` the bank's number (UTR, RRN); `fee` what
    the gateway keeps, `tax` of it included. `customer_fee` is what the payer paid to the gateway on top of `amount`,
    which does not hold it. `failure` says why it failed; `retryable` that the payer may try again on
    the same page, so that FAILED may become COMPLETED. `awaits_capture`: the payer's bank holds the money for us until
    `capture_order` or for some days. `also_paid` are further payments of the same order: paid twice.
    `refused`: the gateway refused our question, or does not know the order; it did not say that the order is over.
    """

    order_id: str
    state: GatewayState
    amount: int
    currency: str = "INR"
    gateway_order_id: str = ""
    reference: str = ""
    pay_url: str = ""
    upi_link: str = ""
    method: str = ""
    bank_reference: str = ""
    fee: int = 0
    tax: int = 0
    customer_fee: int = 0
    failure: str = ""
    retryable: bool = False
    awaits_capture: bool = False
    also_paid: tuple[FurtherPayment, ...] = ()
    refused: bool = False


@dataclass(frozen=True)
class RefundRequest:
    """Give `amount` paise of the payment `reference` back, under our `refund_id`. Sent twice, it is one refund.

    `fresh` and `gateway_refund_id` as in OrderRequest.
    """

    refund_id: str
    order_id: str
    reference: str
    amount: int
    fresh: bool = False
    gateway_refund_id: str = ""


@dataclass(frozen=True)
class RefundAnswer:
    """The gateway's answer about a refund. `bank_reference` may come long after COMPLETED; FAILED is final.

    `lacks_balance`: it failed only because our balance at the gateway is too low.
    """

    refund_id: str
    state: GatewayState
    amount: int
    gateway_refund_id: str = ""
    bank_reference: str = ""
    failure: str = ""
    lacks_balance: bool = False


# --- Webhooks --------------------------------------------------------------------------------------


class EventKind(StrEnum):
    """The subject of a webhook. OTHER is genuine and of no use to us."""

    ORDER = "order"
    REFUND = "refund"
    MANDATE = "mandate"
    OTHER = "other"


@dataclass(frozen=True)
class WebhookEvent:
    """A hint, not a fact: fetch the order or refund from the gateway. Ids that the event does not name are empty.

    `event_key` is the same when the event comes again, at most 64 characters. `name` is the gateway's word for it,
    `reference` its number of the payment.
    """

    event_key: str
    kind: EventKind
    order_id: str = ""
    gateway_order_id: str = ""
    refund_id: str = ""
    gateway_refund_id: str = ""
    name: str = ""
    reference: str = ""
    gateway_mandate_id: str = ""


class ForgedWebhook(Exception):
    """The call does not carry the proof that the gateway made it (401); nothing of it may be used."""


# --- The gateway's books ---------------------------------------------------------------------------


class EntryKind(StrEnum):
    PAYMENT = "PAYMENT"
    REFUND = "REFUND"


@dataclass(frozen=True)
class StatementEntry:
    """One payment or refund in the gateway's own list, for reconciliation.

    `amount` is all that moved, a fee of the payer's included. `reference` is the gateway's number of the payment; a
    refund's own number is `gateway_refund_id`. Our ids are empty where the gateway does not list them. `made_at` is
    UTC.
    """

    kind: EntryKind
    reference: str
    state: GatewayState
    amount: int
    made_at: datetime
    currency: str = "INR"
    order_id: str = ""
    gateway_order_id: str = ""
    refund_id: str = ""
    gateway_refund_id: str = ""
    method: str = ""
    bank_reference: str = ""
    fee: int = 0
    tax: int = 0


# --- What can go wrong -----------------------------------------------------------------------------


class GatewayError(Exception):
    """A gateway did not do what it was asked. The text names no secret and no person."""


class GatewayUnreachable(GatewayError):
    """There was no usable answer, so the call may or may not have been carried out. Ask again later."""


class GatewayRefused(GatewayError):
    """The gateway refused the call, and did nothing. `permanent`: the same call will never be accepted.

    `code` is the gateway's own word.
    """

    def __init__(self, message: str, *, permanent: bool = True, code: str = "") -> None:
        super().__init__(message)
        self.permanent = permanent
        self.code = code


class GatewayNotFound(GatewayRefused):
    """The gateway has no such order, payment or refund."""


class GatewayWithoutBalance(GatewayRefused):
    """The gateway refused a refund because our balance there is too low. It did nothing; the call may be repeated."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message, permanent=False, code=code)


class GatewayMisconfigured(GatewayRefused):
    """Our credentials are wrong, or the account lacks the feature: the operator must act; the call may be repeated."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message, permanent=False, code=code)


# --- What a gateway can do -------------------------------------------------------------------------


class Gateway(Protocol):
    """A payment gateway. Every call may raise GatewayUnreachable or GatewayRefused and is safe to repeat.

    `fetch_order` and `fetch_refund` raise GatewayNotFound for what never arrived: create it again.
    """

    code: str

    def create_order(self, request: OrderRequest) -> OrderAnswer: ...

    def fetch_order(self, request: OrderRequest) -> OrderAnswer: ...

    def create_refund(self, request: RefundRequest) -> RefundAnswer: ...

    def fetch_refund(self, request: RefundRequest) -> RefundAnswer: ...


@runtime_checkable
class Captures(Protocol):
    """A gateway that may hold money (`awaits_capture`) until `capture_order`."""

    def capture_order(self, request: OrderRequest) -> OrderAnswer: ...


@runtime_checkable
class ReadsWebhooks(Protocol):
    """A gateway that sends webhooks."""

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> WebhookEvent:
        """Return the event of a webhook, from its raw body. Raises ForgedWebhook."""


@runtime_checkable
class ListsItsBooks(Protocol):
    """A gateway that lists its payments and refunds."""

    def statement(self, since: datetime, until: datetime) -> Iterator[StatementEntry]:
        """Yield what was paid and refunded between two aware times, ends included. Raises as the other calls."""
