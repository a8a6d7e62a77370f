"""How payment orders and the lines of a bill are shown, in the API and at the older addresses."""

from typing import Self

from parking.edge.shapes import Shape
from parking.payments.models import OrderStatus, PaymentOrder
from parking.tariffs.rules import BillLine


class OrderOut(Shape):
    """The payment order of a booking or a bill; amounts in rupees."""

    gateway: str
    order_id: str
    status: OrderStatus
    amount: float
    pay_url: str | None
    upi_link: str | None

    example = {
        "gateway": "SIMULATED",
        "order_id": "PK-7Q2M9XK4T0ZC5VJW8N3D",
        "status": "COMPLETED",
        "amount": 50.0,
        "pay_url": None,
        "upi_link": None,
    }

    @classmethod
    def of(cls, order: PaymentOrder | None) -> Self | None:
        """Return the order, None for none."""
        if order is None:
            return None
        return cls.read(order, pay_url=order.pay_url or None, upi_link=order.upi_link or None)


class LineOut(Shape):
    """One line of a bill: quantity times unit price, in rupees."""

    label: str
    quantity: int
    unit_price: float
    amount: float

    example = {"label": "Parking", "quantity": 3, "unit_price": 50.0, "amount": 150.0}

    @classmethod
    def of(cls, line: BillLine) -> Self:
        """Return the line."""
        return cls.read(line)
