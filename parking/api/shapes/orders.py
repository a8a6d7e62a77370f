"""What online payment answers: orders, how they stand, refunds. These answers have no envelope."""

from typing import Any, Literal, Self

from parking.core.money import to_paise
from parking.edge.shapes import Shape
from parking.payments.gateways.registry import razorpay
from parking.payments.models import OrderStatus, PaymentOrder, Refund, RefundStatus

_PHONEPE_METHOD = "PHONEPE_UPI"
_PHONEPE_MESSAGE = "Payment link generated. Please complete payment via PhonePe."


class PhonePeCreatedOut(Shape):
    success: Literal[True]
    merchant_txn_id: str
    transaction_id: str
    upi_link: str | None
    pay_url: str | None
    amount: float
    status: Literal[OrderStatus.INITIATED]
    payment_method: str
    message: str

    example = {
        "success": True,
        "merchant_txn_id": "PK-7Q2M9XK4T0ZC5VJW8N3D",
        "transaction_id": "OMO2611221000000000000001",
        "upi_link": None,
        "pay_url": "https://mercury-uat.phonepe.com/transact/uat_v2?token=example",
        "amount": 100.0,
        "status": "INITIATED",
        "payment_method": _PHONEPE_METHOD,
        "message": _PHONEPE_MESSAGE,
    }

    @classmethod
    def of(cls, order: PaymentOrder) -> Self:
        """Return where an order is paid; INITIATED, as long as nobody verifies it."""
        return cls.read(
            order,
            success=True,
            merchant_txn_id=order.order_id,
            transaction_id=order.gateway_order_id,
            upi_link=order.upi_link or None,
            pay_url=order.pay_url or None,
            status=OrderStatus.INITIATED,
            payment_method=_PHONEPE_METHOD,
            message=_PHONEPE_MESSAGE,
        )


class VerifiedOut(Shape):
    success: Literal[True]
    verified: bool
    status: OrderStatus
    amount: float

    example = {"success": True, "verified": True, "status": "COMPLETED", "amount": 100.0}

    @classmethod
    def of(cls, order: PaymentOrder, **others: Any) -> Self:
        """Return how an order stands."""
        return cls.read(order, success=True, verified=order.status == OrderStatus.COMPLETED, **others)


class PhonePeVerifiedOut(VerifiedOut):
    payment_method: str

    example = VerifiedOut.example | {"payment_method": _PHONEPE_METHOD}

    @classmethod
    def of(cls, order: PaymentOrder, **others: Any) -> Self:
        """Return how an order of PhonePe stands."""
        return super().of(order, payment_method=_PHONEPE_METHOD, **others)


class PhonePeRefundOut(Shape):
    success: Literal[True]
    refund_id: str
    status: RefundStatus
    amount: float

    example = {"success": True, "refund_id": "RF-7Q2M9XK4T0ZC5VJW8N3D", "status": "PENDING", "amount": 50.0}

    @classmethod
    def of(cls, refund: Refund) -> Self:
        """Return a refund."""
        return cls.read(refund, success=True)


class CreatedOrderOut(Shape):
    success: Literal[True]
    order_id: str
    amount: int
    currency: str
    key_id: str

    example = {
        "success": True,
        "order_id": "order_PARK0000000001",
        "amount": 10000,
        "currency": "INR",
        "key_id": "rzp_test_park0000000001",
    }

    @classmethod
    def of(cls, order: PaymentOrder) -> Self:
        """Return an order as Razorpay's checkout takes it; the amount is in paise."""
        return cls.read(
            order,
            success=True,
            order_id=order.gateway_order_id,
            amount=to_paise(order.amount),
            currency="INR",
            key_id=razorpay().key_id,
        )


class TakenOut(Shape):
    success: Literal[True]

    example = {"success": True}
