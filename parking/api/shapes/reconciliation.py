"""How the comparison with a gateway's books is shown."""

from datetime import datetime
from typing import Literal, Self

from parking.api.shapes.money import MoneyKind
from parking.edge.shapes import Shape
from parking.reports.rules import Comparison, as_data


class MovementOut(Shape):
    kind: MoneyKind
    gateway_id: str | None
    own_number: str | None
    amount: float
    currency: str
    at: datetime


class DifferentOut(MovementOut):
    our_amount: float


class WaitingOut(Shape):
    kind: MoneyKind
    own_number: str
    amount: float
    status: Literal["INITIATED", "PENDING", "FAILED", "REVIEW"]
    since: datetime


class ReconciliationOut(Shape):
    gateway: str
    compared: int
    differences: int
    missing_here: list[MovementOut]
    missing_there: list[MovementOut]
    amount_differs: list[DifferentOut]
    pending_too_long: list[WaitingOut]

    example = {
        "gateway": "RAZORPAY",
        "compared": 42,
        "differences": 1,
        "missing_here": [
            {
                "kind": "PAYMENT",
                "gateway_id": "pay_PARK0000000001",
                "own_number": "PK-7Q2M9XK4T0ZC5VJW8N3D",
                "amount": 50.0,
                "currency": "INR",
                "at": "2026-11-22T04:30:00Z",
            }
        ],
        "missing_there": [],
        "amount_differs": [],
        "pending_too_long": [],
    }

    @classmethod
    def of(cls, gateway: str, result: Comparison) -> Self:
        """Return what differs, in the form that the command prints too."""
        return cls.make(gateway=gateway, **as_data(result))
