"""Orders, payments and refunds in PhonePe's words."""

from urllib.parse import quote, urlencode

from gateway_standin.books import Failure, Order, OrderState, Payment, PaymentState, Refund, RefundState
from gateway_standin.wire.messages import Json

ORDER_STATES = {OrderState.OPEN: "PENDING", OrderState.PAID: "COMPLETED", OrderState.FAILED: "FAILED"}
PAYMENT_STATES = {
    PaymentState.WAITING: "PENDING",
    PaymentState.AUTHORISED: "PENDING",
    PaymentState.CAPTURED: "COMPLETED",
    PaymentState.FAILED: "FAILED",
}
REFUND_STATES = {RefundState.PENDING: "PENDING", RefundState.DONE: "COMPLETED", RefundState.FAILED: "FAILED"}


def milliseconds(at: float) -> int:
    return int(at * 1000)


def upi_link(order: Order, merchant_id: str) -> str:
    """Return the link that a UPI app reads from the QR: payee, our reference, rupees."""
    rupees = f"{order.amount // 100}.{order.amount % 100:02d}"
    payee = {"pa": f"{merchant_id.lower()}@standin", "pn": "Stand-in merchant"}
    query = payee | {"tr": order.id, "am": rupees, "cu": "INR", "mode": "22"}
    return f"upi://pay?{urlencode(query, safe='@', quote_via=quote)}"


def order_status(order: Order, payments: list[Payment], *, error_context: bool = False) -> Json:
    """Return an order; `payments` are the attempts to show. `amount` is what was paid, once something was."""
    paid = order.captured
    amount, fee = (paid.net, paid.customer_fee) if paid else (order.amount, 0)
    content: Json = {
        "orderId": order.id,
        "state": ORDER_STATES[order.state],
        "amount": amount,
        "payableAmount": amount + fee,
        "feeAmount": fee,
        "expireAt": milliseconds(order.expires_at or order.created_at),
        "metaInfo": order.notes,
        "paymentDetails": [payment_detail(payment) for payment in payments],
    }
    return content | _failure(order.failure) | (_context(order.failure) if error_context else {})


def payment_detail(payment: Payment) -> Json:
    content: Json = {
        "transactionId": payment.id,
        "paymentMode": "UPI_QR",
        "timestamp": milliseconds(payment.created_at),
        "amount": payment.net,
        "payableAmount": payment.amount,
        "feeAmount": payment.customer_fee,
        "state": PAYMENT_STATES[payment.state],
    }
    if payment.state is PaymentState.CAPTURED:
        content |= _how(payment)
    return content | _failure(payment.failure)


def refund_answer(refund: Refund) -> Json:
    """Return the answer to a call that asks for a refund, which is always pending then."""
    return {"refundId": refund.id, "amount": refund.amount, "state": "PENDING"}


def refund_status(refund: Refund, *, merchant_id: str) -> Json:
    payment = refund.payment
    state = REFUND_STATES[refund.state]
    detail = {
        "transactionId": payment.id,
        "paymentMode": "UPI_QR",
        "timestamp": milliseconds(refund.created_at),
        "amount": refund.amount,
        "state": state,
    }
    return {
        "merchantId": merchant_id,
        "merchantRefundId": refund.reference,
        "originalMerchantOrderId": payment.order.reference,
        "refundId": refund.id,
        "amount": refund.amount,
        "state": state,
        "paymentDetails": [detail | _how(payment) | _failure(refund.failure)],
    } | _failure(refund.failure)


def _how(payment: Payment) -> Json:
    """Return the payment instrument."""
    transaction = f"YBL{payment.id[2:]}"
    return {
        "rail": {"type": "UPI", "utr": payment.reference, "upiTransactionId": transaction, "vpa": "12****78@ybl"},
        "instrument": {"type": "ACCOUNT", "maskedAccountNumber": "******1234", "accountType": "SAVINGS"},
        "splitInstruments": [],
    }


def _failure(failure: Failure | None) -> Json:
    return {"errorCode": failure.code, "detailedErrorCode": failure.detail} if failure else {}


def _context(failure: Failure | None) -> Json:
    if failure is None:
        return {}
    context = {"source": "CUSTOMER", "stage": "AUTHENTICATION", "description": failure.description}
    return {"errorContext": _failure(failure) | context}
