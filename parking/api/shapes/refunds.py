"""How managers see a refund."""

from datetime import datetime
from typing import Self

from pydantic import Field

from parking.edge.shapes import Shape
from parking.payments.models import PaymentMethod, Refund, RefundStatus


class RefundRowOut(Shape):
    id: int
    refund_id: str
    payment_id: int
    session_id: int | None
    method: PaymentMethod
    gateway: str | None
    amount: float
    status: RefundStatus
    by_hand: bool = Field(description="Handed back at the counter once another administrator approves it")
    reason: str
    attempt: int
    failure: str | None
    next_try_at: datetime | None
    lacks_balance: bool = Field(description="Waits for balance at the gateway; tried every hour")
    held: bool = Field(description="A second payment, sent back once an administrator says so")
    reference: str | None = Field(description="The gateway's number of the payment that goes back")
    paid_already: str | None = Field(description="The gateway's number of the payment that had paid before")
    asked_by: str | None
    created_at: datetime
    completed_at: datetime | None

    example = {
        "id": 17,
        "refund_id": "RF-7Q2M9XK4T0ZC5VJW8N3D",
        "payment_id": 311,
        "session_id": 123,
        "method": "CASH",
        "gateway": None,
        "amount": 100.0,
        "status": "INITIATED",
        "by_hand": True,
        "reason": "Charged for the wrong car",
        "attempt": 1,
        "failure": None,
        "next_try_at": None,
        "lacks_balance": False,
        "held": False,
        "reference": None,
        "paid_already": None,
        "asked_by": "admin",
        "created_at": "2026-11-22T07:30:00Z",
        "completed_at": None,
    }

    @classmethod
    def of(cls, refund: Refund) -> Self:
        """Return a refund."""
        payment = refund.payment
        session = getattr(payment.bill, "session", None)
        return cls.read(
            refund,
            session_id=session.pk if session else None,
            method=payment.method,
            gateway=payment.gateway or None,
            by_hand=refund.by_hand,
            failure=refund.failure or None,
            held=refund.is_held,
            reference=payment.reference or None,
            paid_already=refund.paid_already.reference if refund.paid_already else None,
            asked_by=refund.asked_by.username if refund.asked_by else None,
        )


DONE_EXAMPLE = RefundRowOut.example | {"status": "COMPLETED", "completed_at": "2026-11-22T07:40:00Z"}
RETRIED_EXAMPLE = RefundRowOut.example | {
    "method": "ONLINE",
    "gateway": "PHONEPE",
    "status": "PENDING",
    "by_hand": False,
    "attempt": 6,
}
RELEASED_EXAMPLE = RefundRowOut.example | {
    "method": "ONLINE",
    "gateway": "RAZORPAY",
    "amount": 50.0,
    "status": "PENDING",
    "by_hand": False,
    "reason": "Paid twice",
    "reference": "pay_PARK0000000002",
    "paid_already": "pay_PARK0000000001",
    "asked_by": None,
}
