"""Razorpay's interface over HTTP: one method for each call that we use. Source: razorpay.com/docs/api."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar
from urllib.parse import quote

from parking.payments.gateways.base import (
    GatewayError,
    GatewayMisconfigured,
    GatewayNotFound,
    GatewayRefused,
    GatewayUnreachable,
    GatewayWithoutBalance,
    OrderRequest,
    RefundRequest,
)
from parking.payments.gateways.http import GatewayHttp, Json, Reply, mapping, mappings, text
from parking.payments.gateways.razorpay.answers import (
    Order,
    Payment,
    Refund,
    read_order,
    read_payment,
    read_refund,
)
from parking.payments.gateways.razorpay.config import CapturePolicy, RazorpayConfig

Thing = TypeVar("Thing", Order, Payment, Refund)

PAGE = 100
_CONFLICT = 409
_UNAUTHORIZED = 401
_FORBIDDEN = 403
# The partner bank, or Razorpay itself, failed: whether the call was carried out is open, whatever the HTTP status.
_UNDECIDED_CODES = ("GATEWAY_ERROR", "SERVER_ERROR")
# Razorpay has one code for every 400; only the description distinguishes these.
_WRONG_CREDENTIALS = ("authentication failed", "api key provided is invalid")
_PASSING = ("in progress",)
_NO_BALANCE = ("enough balance", "insufficient balance")


class RazorpayClient:
    def __init__(self, config: RazorpayConfig) -> None:
        self._config = config
        self._http = GatewayHttp("Razorpay", config.timeouts, auth=(config.key_id, config.key_secret))

    def create_order(self, request: OrderRequest) -> Order:
        body: Json = {
            "amount": request.amount,
            "currency": "INR",
            "receipt": request.order_id,
            "notes": {"order_id": request.order_id},
            **_capture_fields(self._config.capture),
        }
        if self._config.unique_receipt:
            body["unique_receipt"] = True
        return _identified(read_order(self._post("/v1/orders", body)))

    def order(self, order_id: str) -> Order:
        return _identified(read_order(self._get(f"/v1/orders/{_part(order_id)}")))

    def orders_with_receipt(self, receipt: str) -> list[Order]:
        """Return the orders made under one number of ours: one, or more if a lost call was repeated, or none."""
        items = self._items("/v1/orders", receipt=receipt, count=PAGE)
        # Razorpay looks for receipts that contain the value.
        return [order for order in map(read_order, items) if order.receipt == receipt and order.id]

    def payments_of(self, order_id: str) -> list[Payment]:
        items = self._items(f"/v1/orders/{_part(order_id)}/payments")
        return [payment for payment in map(read_payment, items) if payment.id and payment.order_id in ("", order_id)]

    def payment(self, payment_id: str) -> Payment:
        return _identified(read_payment(self._get(f"/v1/payments/{_part(payment_id)}")))

    def capture(self, payment_id: str, *, amount: int) -> Payment:
        """Take the whole held amount; Razorpay refuses any other."""
        body = {"amount": amount, "currency": "INR"}
        return _identified(read_payment(self._post(f"/v1/payments/{_part(payment_id)}/capture", body)))

    def refund(self, request: RefundRequest) -> Refund:
        """Give money back. The same refund id is the same refund, for Razorpay keeps it as the idempotency key."""
        body = {
            "amount": request.amount,
            "speed": self._config.refund_speed,
            "receipt": request.refund_id,
            "notes": {"refund_id": request.refund_id, "order_id": request.order_id},
        }
        headers = {"X-Refund-Idempotency": request.refund_id}
        return _identified(read_refund(self._post(f"/v1/payments/{_part(request.reference)}/refund", body, headers)))

    def refund_by_id(self, refund_id: str) -> Refund:
        return _identified(read_refund(self._get(f"/v1/refunds/{_part(refund_id)}")))

    def refunds_of(self, payment_id: str) -> list[Refund]:
        items = self._items(f"/v1/payments/{_part(payment_id)}/refunds", count=PAGE)
        return [refund for refund in map(read_refund, items) if refund.id]

    def payments_between(self, since: int, until: int) -> Iterator[Payment]:
        """Return every payment made in a span of epoch seconds, both ends included."""
        return map(read_payment, self.pages("/v1/payments", **_span(since, until)))

    def refunds_between(self, since: int, until: int) -> Iterator[Refund]:
        return map(read_refund, self.pages("/v1/refunds", **_span(since, until)))

    def post(self, path: str, body: Json) -> Json:
        """Send one call of another part of the interface, such as that of mandates."""
        return self._post(path, body)

    def get(self, path: str) -> Json:
        return self._get(path)

    def pages(self, path: str, **query: Any) -> Iterator[Json]:
        """Yield all rows of a list, newest first, page after page for as long as the caller goes on."""
        skip, more = 0, True
        while more:
            listed = self._list(path, **query, count=PAGE, skip=skip)
            yield from mappings(listed)
            skip, more = skip + PAGE, len(listed) >= PAGE

    def _items(self, path: str, **query: Any) -> list[Json]:
        return mappings(self._list(path, **query))

    def _list(self, path: str, **query: Any) -> list[Any]:
        items = _accepted(self._http.send("GET", self._config.url + path, params=query)).get("items")
        if not isinstance(items, list):
            raise GatewayUnreachable("Razorpay: a list without items")
        return items

    def _post(self, path: str, body: Json, headers: Mapping[str, str] | None = None) -> Json:
        return _accepted(self._http.send("POST", self._config.url + path, json=body, headers=headers))

    def _get(self, path: str) -> Json:
        try:
            return _accepted(self._http.send("GET", self._config.url + path))
        except GatewayRefused as refused:
            # For a query by number, the only permanent refusal is that the number does not exist.
            if refused.permanent:
                raise GatewayNotFound(str(refused), code=refused.code) from refused
            raise


def _capture_fields(policy: CapturePolicy) -> Json:
    """Return the order's own rule: capture at once what is authorised within 12 minutes, refund the rest in 5 days."""
    if policy == CapturePolicy.DASHBOARD:
        return {}
    options = {"manual_expiry_period": 7200, "refund_speed": "normal"}
    if policy == CapturePolicy.AUTOMATIC:
        options["automatic_expiry_period"] = 12
    return {"payment": {"capture": policy.value.lower(), "capture_options": options}}


def _span(since: int, until: int) -> dict[str, int]:
    return {"from": since, "to": until}


def _part(number: str) -> str:
    return quote(number, safe="")


def _identified(thing: Thing) -> Thing:
    """Return the object if it names its id. Raises GatewayUnreachable."""
    if not thing.id:
        raise GatewayUnreachable("Razorpay: an answer without an id")
    return thing


def _accepted(reply: Reply) -> Json:
    """Return the body of a call that was carried out. Raises GatewayRefused or GatewayUnreachable."""
    if reply.accepted and reply.body is not None:
        return reply.body
    if reply.body is None and reply.status != _UNAUTHORIZED:
        raise GatewayUnreachable(f"Razorpay: HTTP {reply.status} without a JSON object")
    raise _refusal(reply.status, mapping((reply.body or {}).get("error")))


def _refusal(status: int, error: Json) -> GatewayError:
    code, description = text(error.get("code")), text(error.get("description"), 200)
    message, reason = f"Razorpay: HTTP {status} {code} {description}", description.lower()
    if code in _UNDECIDED_CODES:
        return GatewayUnreachable(message)
    if status in (_UNAUTHORIZED, _FORBIDDEN) or any(words in reason for words in _WRONG_CREDENTIALS):
        return GatewayMisconfigured(message, code=code)
    if any(words in reason for words in _NO_BALANCE):
        return GatewayWithoutBalance(message, code=code)
    passing = status == _CONFLICT or any(words in reason for words in _PASSING)
    return GatewayRefused(message, permanent=not passing, code=code)
