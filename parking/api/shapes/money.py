"""How managers see payments and refunds in one list, and their totals."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, Self

from parking.edge.describe import Page
from parking.edge.shapes import Shape
from parking.payments.counter_upi import Claim
from parking.payments.models import PaymentMethod
from parking.reports.payments import MoneyRow, Totals, money_rows, sum_of

MoneyKind = Literal["PAYMENT", "REFUND"]
# A payment is captured; the others are states of refunds.
MoneyStatus = Literal["CAPTURED", "INITIATED", "PENDING", "COMPLETED", "FAILED", "REVIEW", "REFUSED"]


class MoneyRowOut(Shape):
    id: int
    kind: MoneyKind
    session_id: int | None
    amount: float
    customer_fee: float
    method: PaymentMethod
    gateway: str | None
    status: MoneyStatus
    reference: str | None
    attendant: str | None
    claim: Claim | None
    card_last4: str | None
    terminal: str | None
    at: datetime

    example = {
        "id": 311,
        "kind": "PAYMENT",
        "session_id": 123,
        "amount": 100.0,
        "customer_fee": 0.0,
        "method": "CASH",
        "gateway": None,
        "status": "CAPTURED",
        "reference": None,
        "attendant": "staff1",
        "claim": None,
        "card_last4": None,
        "terminal": None,
        "at": "2026-11-22T07:05:00Z",
    }

    @classmethod
    def of(cls, row: MoneyRow) -> Self:
        """Return a row of the list."""
        return cls.make(**{name: value for name, value in row.items() if name in cls.model_fields})

    @classmethod
    def rows(cls, keys: Sequence[dict[str, Any]]) -> list[Self]:
        """Return the rows of these keys."""
        return [cls.of(row) for row in money_rows(keys)]


class TotalsOut(Shape):
    captured: float
    refunded: float
    net: float

    example = {"captured": 150.0, "refunded": 0.0, "net": 150.0}


class AllTotalsOut(TotalsOut):
    by_method: dict[PaymentMethod, TotalsOut]

    example = TotalsOut.example | {
        "by_method": {
            "CASH": {"captured": 100.0, "refunded": 0.0, "net": 100.0},
            "ONLINE": {"captured": 50.0, "refunded": 0.0, "net": 50.0},
            "UPI": {"captured": 0.0, "refunded": 0.0, "net": 0.0},
            "CARD": {"captured": 0.0, "refunded": 0.0, "net": 0.0},
        }
    }

    @classmethod
    def of(cls, by_method: dict[str, Totals]) -> Self:
        """Return the totals of each way to pay, and of all."""
        parts = {method: TotalsOut.read(totals) for method, totals in by_method.items()}
        return cls.read(sum_of(list(by_method.values())), by_method=parts)


class MoneyPageOut(Page[MoneyRowOut]):
    totals: AllTotalsOut


MONEY_PAGE_EXAMPLE = {
    "results": [
        MoneyRowOut.example,
        MoneyRowOut.example
        | {
            "id": 305,
            "amount": 50.0,
            "method": "ONLINE",
            "gateway": "SIMULATED",
            "reference": "SIM-7Q2M9XK4T0ZC5VJW8N3D",
            "attendant": None,
            "at": "2026-11-22T04:30:00Z",
        },
    ],
    "count": 2,
    "page": 1,
    "page_size": 20,
    "pages": 1,
    "totals": AllTotalsOut.example,
}
