"""PhonePe's v2 interface over HTTP: one method for each call that we use.

Source: developer.phonepe.com, Standard Checkout, API reference; a UPI QR is of Custom Checkout.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from parking.payments.gateways.base import (
    GatewayMisconfigured,
    GatewayNotFound,
    GatewayRefused,
    GatewayUnreachable,
    GatewayWithoutBalance,
    OrderRequest,
    RefundRequest,
)
from parking.payments.gateways.http import GatewayHttp, Json, Reply, text
from parking.payments.gateways.phonepe.answers import (
    OrderStatus,
    PayAnswer,
    RefundStatus,
    names_balance,
    read_order,
    read_pay,
    read_refund,
    read_token,
)
from parking.payments.gateways.phonepe.config import PhonePeConfig
from parking.payments.gateways.phonepe.token import Token, TokenCache

CHECKOUT = "checkout"
CUSTOM = "payments"
_UNAUTHORIZED = 401
_FORBIDDEN = 403
_CONFLICT = 409
# PhonePe limits how long an order may stay open, in seconds.
_SHORTEST, _LONGEST = 300, 3600


class PhonePeClient:
    def __init__(self, config: PhonePeConfig) -> None:
        self._config = config
        self._http = GatewayHttp("PhonePe", config.timeouts)
        self._tokens = TokenCache(self._fetch_token)
        self._page_schemes = ("https://",) if config.pg_url.startswith("https://") else ("https://", "http://")

    def pay(self, request: OrderRequest) -> PayAnswer:
        """Make an order with a page of PhonePe's."""
        back = self._config.return_url.replace("{order_id}", quote(request.order_id, safe=""))
        return self._pay(
            CHECKOUT,
            request,
            {"type": "PG_CHECKOUT", "message": request.description, "merchantUrls": {"redirectUrl": back}},
        )

    def pay_by_qr(self, request: OrderRequest) -> PayAnswer:
        """Make an order with a `upi://` link to show as a QR code."""
        return self._pay(CUSTOM, request, {"type": "PG", "paymentMode": {"type": "UPI_QR"}})

    def order(self, order_id: str, kind: str = CHECKOUT) -> OrderStatus:
        """Return the state of an order of ours; `kind` is CHECKOUT or CUSTOM, as it was made."""
        # With its details, an order names every attempt to pay it, so that one paid twice is seen.
        query = {"details": "true", "errorContext": "true"}
        return read_order(self._get(f"/{kind}/v2/order/{quote(order_id, safe='')}/status", query))

    def refund(self, request: RefundRequest) -> RefundStatus:
        body = {
            "merchantRefundId": request.refund_id,
            "originalMerchantOrderId": request.order_id,
            "amount": request.amount,
        }
        return read_refund(self._post("/payments/v2/refund", body))

    def refund_status(self, refund_id: str) -> RefundStatus:
        return read_refund(self._get(f"/payments/v2/refund/{quote(refund_id, safe='')}/status", {}))

    def _pay(self, kind: str, request: OrderRequest, flow: Mapping[str, Any]) -> PayAnswer:
        body = {
            "merchantOrderId": request.order_id,
            "amount": request.amount,
            "expireAfter": min(max(request.expires_in, _SHORTEST), _LONGEST),
            "metaInfo": {"udf1": request.order_id},
            "paymentFlow": flow,
        }
        return read_pay(self._post(f"/{kind}/v2/pay", body), schemes=self._page_schemes)

    def _post(self, path: str, body: Mapping[str, Any]) -> Json:
        return _accepted(self._authorized("POST", path, json=body))

    def _get(self, path: str, query: Mapping[str, str]) -> Json:
        try:
            return _accepted(self._authorized("GET", path, params=query))
        except GatewayRefused as refused:
            # For a query by number, the only permanent refusal is that the number does not exist.
            if refused.permanent:
                raise GatewayNotFound(str(refused), code=refused.code) from refused
            raise

    def _authorized(self, method: str, path: str, **parts: Any) -> Reply:
        """Send with the token; if it is refused, with a new one, once. A call answered by 401 was not carried out."""
        token = self._tokens.get()
        reply = self._with_token(token, method, path, **parts)
        if reply.status == _UNAUTHORIZED:
            self._tokens.drop(token)
            reply = self._with_token(self._tokens.get(), method, path, **parts)
        return reply

    def _with_token(self, token: Token, method: str, path: str, **parts: Any) -> Reply:
        headers = {"Authorization": token.authorization, "Content-Type": "application/json"}
        return self._http.send(method, self._config.pg_url + path, headers=headers, **parts)

    def _fetch_token(self) -> Token:
        form = {
            "client_id": self._config.client_id,
            "client_secret": self._config.client_secret,
            "client_version": self._config.client_version,
            "grant_type": "client_credentials",
        }
        reply = self._http.send("POST", f"{self._config.oauth_url}/v1/oauth/token", data=form)
        if reply.body is None:
            raise GatewayUnreachable(f"PhonePe: HTTP {reply.status} for a token")
        if not reply.accepted:
            raise GatewayMisconfigured("PhonePe refuses our client id and secret", code=_code(reply.body))
        return read_token(reply.body)


def _accepted(reply: Reply) -> Json:
    """Return the body of an accepted call. Raises GatewayRefused, or GatewayUnreachable for a proxy's page."""
    if reply.status == _UNAUTHORIZED:
        raise GatewayMisconfigured("PhonePe refuses a token that it just gave", code=_code(reply.body or {}))
    if reply.body is None:
        raise GatewayUnreachable(f"PhonePe: HTTP {reply.status} without a JSON object")
    if reply.accepted:
        return reply.body
    code = _code(reply.body)
    if reply.status == _FORBIDDEN:
        raise GatewayMisconfigured(f"PhonePe: this account may not do that ({code})", code=code)
    if names_balance(code):
        raise GatewayWithoutBalance(f"PhonePe: HTTP {reply.status} {code}", code=code)
    raise GatewayRefused(f"PhonePe: HTTP {reply.status} {code}", permanent=reply.status != _CONFLICT, code=code)


def _code(body: Json) -> str:
    return text(body.get("code")) or text(body.get("errorCode"))
