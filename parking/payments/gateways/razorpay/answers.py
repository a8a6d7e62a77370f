"""Razorpay's objects, read leniently: unknown fields are ignored, an unknown status is never money.

Source: razorpay.com/docs/api (orders, payments, refunds).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from parking.payments.gateways.base import GatewayState
from parking.payments.gateways.http import Json, identifier, mapping, paise, text

_REFUND_STATES = {"processed": GatewayState.COMPLETED, "failed": GatewayState.FAILED}
# The last second that a datetime holds is far beyond; this is the year 3000.
_LATEST = 32_503_680_000


class PaymentStatus(StrEnum):
    """What a payment means to us. UNDECIDED: created, or a word that we do not know."""

    UNDECIDED = "UNDECIDED"
    HELD = "HELD"
    OURS = "OURS"
    FAILED = "FAILED"


@dataclass(frozen=True)
class Order:
    """`receipt` is our order id. `created_at` is epoch seconds."""

    id: str
    receipt: str
    status: str
    amount: int
    currency: str
    created_at: int

    @property
    def paid(self) -> bool:
        return self.status == "paid"


@dataclass(frozen=True)
class Payment:
    """One try to pay. `fee` includes `tax`, both in paise, 0 until captured."""

    id: str
    order_id: str
    status: PaymentStatus
    amount: int
    currency: str
    method: str
    fee: int
    tax: int
    bank_reference: str
    failure: str
    receipt: str
    created_at: int
    invoice_id: str = ""
    customer_id: str = ""


@dataclass(frozen=True)
class Refund:
    """`receipt` is our refund id; an unknown status is PENDING."""

    id: str
    payment_id: str
    receipt: str
    order_receipt: str
    state: GatewayState
    amount: int
    currency: str
    bank_reference: str
    created_at: int


def read_order(body: Json) -> Order:
    return Order(
        id=identifier(body.get("id")),
        receipt=identifier(body.get("receipt")),
        status=text(body.get("status")),
        amount=paise(body.get("amount")),
        currency=text(body.get("currency"), 3),
        created_at=_epoch(body.get("created_at")),
    )


def read_payment(body: Json) -> Payment:
    return Payment(
        id=identifier(body.get("id")),
        order_id=identifier(body.get("order_id")),
        status=_payment_status(body),
        amount=paise(body.get("amount")),
        currency=text(body.get("currency"), 3),
        method=text(body.get("method"), 20).upper(),
        fee=paise(body.get("fee")),
        tax=paise(body.get("tax")),
        bank_reference=_bank_reference(body),
        failure=text(body.get("error_reason")) or text(body.get("error_code")),
        receipt=note(body, "order_id"),
        created_at=_epoch(body.get("created_at")),
        invoice_id=identifier(body.get("invoice_id")),
        customer_id=identifier(body.get("customer_id")),
    )


def read_refund(body: Json) -> Refund:
    return Refund(
        id=identifier(body.get("id")),
        payment_id=identifier(body.get("payment_id")),
        receipt=identifier(body.get("receipt")) or note(body, "refund_id"),
        order_receipt=note(body, "order_id"),
        state=_REFUND_STATES.get(text(body.get("status")), GatewayState.PENDING),
        amount=paise(body.get("amount")),
        currency=text(body.get("currency"), 3),
        bank_reference=_bank_reference(body),
        created_at=_epoch(body.get("created_at")),
    )


def note(body: Json, name: str) -> str:
    """Return one of the notes that we sent along; empty notes come as a list."""
    return identifier(mapping(body.get("notes")).get(name))


def moment(epoch: int) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)


def _payment_status(body: Json) -> PaymentStatus:
    status = text(body.get("status"))
    if status == "refunded":
        # Money that was held and never captured goes back by itself, and is called refunded too.
        return PaymentStatus.FAILED if body.get("captured") is False else PaymentStatus.OURS
    known = {
        "captured": PaymentStatus.OURS,
        "authorized": PaymentStatus.HELD,
        "failed": PaymentStatus.FAILED,
    }
    return known.get(status, PaymentStatus.UNDECIDED)


def _bank_reference(body: Json) -> str:
    data = mapping(body.get("acquirer_data"))
    numbers = (text(data.get(name)) for name in ("rrn", "arn", "bank_transaction_id", "auth_code"))
    return next(filter(None, numbers), "")


def _epoch(value: object) -> int:
    """Return seconds since 1970; 0, which is no time of ours, for anything else."""
    if not isinstance(value, int) or isinstance(value, bool):
        return 0
    return value if 0 <= value <= _LATEST else 0
