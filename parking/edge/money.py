"""How payment orders and the lines of a bill are shown, in the API and at the older addresses."""

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel

from parking.payments.models import PaymentOrder
from parking.tariffs.rules import BillLine


class OrderOut(BaseModel):
    gateway: str
    order_id: str
    status: Literal["INITIATED", "PENDING", "COMPLETED", "FAILED", "EXPIRED", "REVIEW"]
    amount: float
    pay_url: str | None
    upi_link: str | None


class LineOut(BaseModel):
    label: str
    quantity: int
    unit_price: float
    amount: float


EXAMPLE_ORDER = {
    "gateway": "SIMULATED",
    "order_id": "PK-7Q2M9XK4T0ZC5VJW8N3D",
    "status": "COMPLETED",
    "amount": 50.0,
    "pay_url": None,
    "upi_link": None,
}


def present_order(order: PaymentOrder | None) -> dict[str, Any] | None:
    if order is None:
        return None
    return {
        "gateway": order.gateway,
        "order_id": order.order_id,
        "status": order.status,
        "amount": order.amount,
        "pay_url": order.pay_url or None,
        "upi_link": order.upi_link or None,
    }


def present_lines(lines: Iterable[BillLine]) -> list[dict[str, Any]]:
    """Return the lines of a bill with their amounts in rupees."""
    return [line.to_json() | {"unit_price": line.unit_price, "amount": line.amount} for line in lines]
