"""The answer object of version 1, which its callback carries in base64."""

from gateway_standin.books import Order, Refund
from gateway_standin.phonepe import shapes
from gateway_standin.wire.messages import Json

CODES = {"COMPLETED": "PAYMENT_SUCCESS", "FAILED": "PAYMENT_ERROR", "PENDING": "PAYMENT_PENDING"}
RESPONSES = {"COMPLETED": "SUCCESS", "FAILED": "PAYMENT_DECLINED", "PENDING": "PENDING"}


def callback(subject: Order | Refund, merchant_id: str) -> Json:
    """Return the object. `success` means that the call went well, not that money moved: also true while pending."""
    state = _state(subject)
    return {
        "success": state != "FAILED",
        "code": CODES[state],
        "message": f"The stand-in says {state}.",
        "data": {
            "merchantId": merchant_id,
            "merchantTransactionId": subject.reference,
            "transactionId": _transaction(subject),
            "amount": _amount(subject),
            "state": state,
            "responseCode": RESPONSES[state],
            "paymentInstrument": {"type": "UPI", "utr": _utr(subject)},
        },
    }


def _state(subject: Order | Refund) -> str:
    return shapes.REFUND_STATES[subject.state] if isinstance(subject, Refund) else shapes.ORDER_STATES[subject.state]


def _transaction(subject: Order | Refund) -> str:
    if isinstance(subject, Refund):
        return subject.id
    return subject.payment.id if subject.payment else subject.id


def _amount(subject: Order | Refund) -> int:
    if isinstance(subject, Order) and subject.captured:
        return subject.captured.amount
    return subject.amount


def _utr(subject: Order | Refund) -> str | None:
    payment = subject.payment
    return payment.reference if payment else None
