"""Orders, payments and refunds in Razorpay's words."""

from gateway_standin.books import Order, OrderState, Payment, PaymentState, Refund, RefundState
from gateway_standin.wire.messages import Json

PAYMENT_STATES = {
    PaymentState.WAITING: "created",
    PaymentState.AUTHORISED: "authorized",
    PaymentState.CAPTURED: "captured",
    PaymentState.FAILED: "failed",
}
REFUND_STATES = {RefundState.PENDING: "pending", RefundState.DONE: "processed", RefundState.FAILED: "failed"}
ERROR_FIELDS = ("error_code", "error_description", "error_source", "error_step", "error_reason")


def order(it: Order) -> Json:
    paid = it.captured.net if it.captured else 0
    return {
        "id": it.id,
        "entity": "order",
        "amount": it.amount,
        "amount_paid": paid,
        "amount_due": max(it.amount - paid, 0),
        "currency": "INR",
        "receipt": it.reference or None,
        "offer_id": None,
        "status": _order_status(it),
        "attempts": len(it.payments),
        "notes": it.notes,
        "created_at": int(it.created_at),
    }


def payment(it: Payment) -> Json:
    captured = it.state is PaymentState.CAPTURED
    return {
        "id": it.id,
        "entity": "payment",
        "amount": it.amount,
        "currency": "INR",
        "status": "refunded" if captured and it.refunded >= it.net else PAYMENT_STATES[it.state],
        "order_id": it.order.id,
        "invoice_id": it.order.invoice_id or None,
        **({"customer_id": it.order.customer_id} if it.order.customer_id else {}),
        "international": False,
        "method": it.method,
        "amount_refunded": it.refunded,
        "refund_status": _refund_status(it),
        "captured": captured,
        "description": it.order.message or None,
        "vpa": "driver@examplebank" if it.method == "upi" else None,
        "email": None,
        "contact": "+919000000042",
        "notes": it.order.notes,
        "fee": _fee(it) if captured else None,
        "tax": _fee(it) * 18 // 118 if captured else None,
        **_error(it),
        "acquirer_data": {"rrn": it.reference if captured else None},
        "created_at": int(it.created_at),
    }


def refund(it: Refund) -> Json:
    return {
        "id": it.id,
        "entity": "refund",
        "amount": it.amount,
        "currency": "INR",
        "payment_id": it.payment.id,
        "notes": it.notes,
        "receipt": it.reference or None,
        "acquirer_data": {"arn": None},
        "created_at": int(it.created_at),
        "batch_id": None,
        "status": REFUND_STATES[it.state],
        "speed_requested": it.speed,
        "speed_processed": "instant" if it.speed == "optimum" else "normal",
    }


def with_lists_for_notes(content: Json) -> Json:
    """Return the content with empty notes as a list: Razorpay is written in PHP."""
    if content.get("notes") == {}:
        content = content | {"notes": []}
    if "items" in content:
        content = content | {"items": [with_lists_for_notes(item) for item in content["items"]]}
    return content


def _order_status(it: Order) -> str:
    if it.state is OrderState.PAID:
        return "paid"
    return "attempted" if it.payments else "created"


def _refund_status(it: Payment) -> str | None:
    if not it.refunded:
        return None
    return "full" if it.refunded >= it.net else "partial"


def _fee(it: Payment) -> int:
    """Return two per cent, and 18 per cent tax on that, in paise; or what the customer paid on top."""
    return it.customer_fee or it.amount * 236 // 10_000


def _error(it: Payment) -> Json:
    if it.failure is None:
        return dict.fromkeys(ERROR_FIELDS)
    values = ("BAD_REQUEST_ERROR", it.failure.description, "bank", "payment_authorization", "payment_failed")
    return dict(zip(ERROR_FIELDS, values, strict=True))
