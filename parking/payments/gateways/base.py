"""What a payment gateway is to us: four calls that take and return frozen dataclasses.

A gateway knows no ORM, no session, no HTML, and saves nothing. Amounts are integer paise.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class GatewayState(StrEnum):
    """What a gateway says of an order or a refund."""

    PENDING = "PENDING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


@dataclass(frozen=True)
class OrderRequest:
    """Collect `amount` paise under our `order_id`. Sent twice, it is one order."""

    order_id: str
    amount: int
    description: str


@dataclass(frozen=True)
class OrderAnswer:
    """The gateway's word on an order. `reference` is its number of the payment, once there is one."""

    order_id: str
    state: GatewayState
    amount: int
    currency: str = "INR"
    gateway_order_id: str = ""
    reference: str = ""
    pay_url: str = ""
    upi_link: str = ""


@dataclass(frozen=True)
class RefundRequest:
    """Give `amount` paise of the payment `reference` back, under our `refund_id`. Sent twice, it is one refund."""

    refund_id: str
    order_id: str
    reference: str
    amount: int


@dataclass(frozen=True)
class RefundAnswer:
    refund_id: str
    state: GatewayState
    amount: int
    gateway_refund_id: str = ""


class GatewayUnreachable(Exception):
    """No answer: nobody knows whether the call was carried out. Ask again later."""


class Gateway(Protocol):
    """One payment gateway. Every call may raise GatewayUnreachable and is safe to repeat."""

    code: str

    def create_order(self, request: OrderRequest) -> OrderAnswer: ...

    def fetch_order(self, request: OrderRequest) -> OrderAnswer: ...

    def create_refund(self, request: RefundRequest) -> RefundAnswer: ...

    def fetch_refund(self, request: RefundRequest) -> RefundAnswer: ...
