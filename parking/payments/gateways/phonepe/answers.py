"""PhonePe's answers, read leniently: unknown fields are ignored, an unknown state is PENDING, never COMPLETED.

Source: developer.phonepe.com, Standard Checkout, API reference.
"""

from dataclasses import dataclass

from parking.payments.gateways.base import GatewayState, GatewayUnreachable
from parking.payments.gateways.http import Json, identifier, link, mapping, mappings, paise, text
from parking.payments.gateways.phonepe.token import Token

_SHORTEST_LIFE = 60.0
_STATES = {"COMPLETED": GatewayState.COMPLETED, "FAILED": GatewayState.FAILED}


@dataclass(frozen=True)
class PayAnswer:
    """A new order: the address of its page, or the `upi://` link that was asked for."""

    order_id: str
    state: GatewayState
    page: str
    upi_link: str


@dataclass(frozen=True)
class Attempt:
    """One try to pay an order. `mode` is an open set: UPI_QR, CARD, CREDIT_LINE, ..."""

    transaction_id: str
    state: GatewayState
    mode: str
    bank_reference: str
    amount: int
    customer_fee: int


@dataclass(frozen=True)
class OrderStatus:
    """The state of an order. Only `state` decides; `merchant_order_id` is empty where PhonePe does not repeat it.

    `amount` does not hold what the payer bears on top of it, `customer_fee`.
    """

    order_id: str
    merchant_order_id: str
    state: GatewayState
    amount: int
    currency: str
    fee: int
    customer_fee: int
    failure: str
    attempts: tuple[Attempt, ...]

    @property
    def paying(self) -> tuple[Attempt, ...]:
        """Return the attempts that paid: one, but for an order that was paid twice."""
        return tuple(attempt for attempt in self.attempts if attempt.state == GatewayState.COMPLETED)


@dataclass(frozen=True)
class RefundStatus:
    """The state of a refund; PENDING covers CONFIRMED, ACCEPTED and every word that we do not know."""

    refund_id: str
    merchant_refund_id: str
    state: GatewayState
    amount: int
    bank_reference: str
    failure: str
    lacks_balance: bool


def read_token(body: Json) -> Token:
    """Return the access token. Raises GatewayUnreachable if the answer has none.

    Its life is the difference of two of PhonePe's own times (epoch seconds), so our clock may be wrong.
    """
    value = body.get("access_token")
    if not isinstance(value, str) or not value:
        raise GatewayUnreachable("PhonePe: no access token in the answer")
    begins, ends, life = (body.get(name) for name in ("issued_at", "expires_at", "expires_in"))
    if isinstance(begins, int) and isinstance(ends, int):
        life = ends - begins
    lifetime = max(float(life), 0.0) if isinstance(life, int) else _SHORTEST_LIFE
    return Token(value, text(body.get("token_type")) or "O-Bearer", lifetime)


def read_pay(body: Json, *, schemes: tuple[str, ...]) -> PayAnswer:
    """Return the new order; its page counts only with one of the `schemes` (https, in tests http)."""
    links = (link(body.get(name), "upi://") for name in ("intentUrl", "qrData"))
    return PayAnswer(
        order_id=identifier(body.get("orderId")),
        state=read_state(body.get("state")),
        page=link(body.get("redirectUrl"), *schemes),
        upi_link=next(filter(None, links), ""),
    )


def read_order(body: Json) -> OrderStatus:
    amount, customer_fee = _parts(body)
    return OrderStatus(
        order_id=identifier(body.get("orderId")),
        merchant_order_id=identifier(body.get("merchantOrderId")),
        state=read_state(body.get("state")),
        amount=amount,
        currency=text(body.get("currency"), 3) or "INR",
        fee=paise(body.get("feeAmount")),
        customer_fee=customer_fee,
        failure=_failure(body),
        attempts=tuple(_attempt(item) for item in mappings(body.get("paymentDetails"))),
    )


def read_refund(body: Json) -> RefundStatus:
    attempts = [_attempt(item) for item in mappings(body.get("paymentDetails"))]
    return RefundStatus(
        refund_id=identifier(body.get("refundId")),
        merchant_refund_id=identifier(body.get("merchantRefundId")),
        state=read_state(body.get("state")),
        amount=paise(body.get("amount")),
        bank_reference=next((attempt.bank_reference for attempt in attempts if attempt.bank_reference), ""),
        failure=_failure(body),
        lacks_balance=any(names_balance(text(body.get(name))) for name in ("errorCode", "detailedErrorCode")),
    )


def read_state(value: object) -> GatewayState:
    return _STATES.get(text(value), GatewayState.PENDING)


def names_balance(code: str) -> bool:
    """Return whether a code says that our balance is too low for a refund. PhonePe publishes no list of them."""
    words = set(code.upper().split("_"))
    return bool(words & {"INSUFFICIENT", "LOW"}) and bool(words & {"BALANCE", "FUND", "FUNDS"})


def _attempt(body: Json) -> Attempt:
    rail = mapping(body.get("rail"))
    numbers = (text(rail.get(name)) for name in ("utr", "arn", "authorizationCode"))
    amount, customer_fee = _parts(body)
    return Attempt(
        transaction_id=identifier(body.get("transactionId")),
        state=read_state(body.get("state")),
        mode=text(body.get("paymentMode"), 20),
        bank_reference=next(filter(None, numbers), ""),
        amount=amount,
        customer_fee=customer_fee,
    )


def _parts(body: Json) -> tuple[int, int]:
    """Return the paise of an order or attempt, and the fee that its payer bears on top of them.

    `payableAmount` is what the payer pays: the amount, or the amount and `feeAmount`. An amount that fits neither is 0,
    which no order has.
    """
    amount, payable, fee = (paise(body.get(name)) for name in ("amount", "payableAmount", "feeAmount"))
    if "payableAmount" not in body or payable == amount:
        return amount, 0
    return (amount, fee) if amount > 0 and fee > 0 and payable == amount + fee else (0, 0)


def _failure(body: Json) -> str:
    words = (text(body.get("detailedErrorCode")), text(body.get("errorCode")))
    return next(filter(None, words), "")
