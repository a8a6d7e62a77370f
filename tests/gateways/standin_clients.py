"""Minimal clients of the two protocols, so that tests of the stand-in do not depend on the product's clients."""

from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.gateways.standin import CLIENT_ID, CLIENT_SECRET, CLIENT_VERSION, KEY_ID, KEY_SECRET, Standin

TOKEN_FORM = {
    "client_id": CLIENT_ID,
    "client_secret": CLIENT_SECRET,
    "client_version": CLIENT_VERSION,
    "grant_type": "client_credentials",
}


@dataclass
class RazorpayByHand:
    standin: Standin

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self.standin.http.get(f"/v1/{path}", params=query, auth=(KEY_ID, KEY_SECRET))

    def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return self.standin.http.post(f"/v1/{path}", json=body, auth=(KEY_ID, KEY_SECRET), headers=headers)

    def order(self, **fields: Any) -> dict[str, Any]:
        answer = self.post("orders", {"amount": 5000, "currency": "INR"} | fields)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def paid_order(self, **fields: Any) -> tuple[dict[str, Any], str]:
        """Return the order, and the id of its payment."""
        order = self.order(**fields)
        return order, self.standin.pay(order["id"])["payments"][-1]

    def refund(self, payment: str, key: str = "", **body: Any) -> httpx.Response:
        headers = {"X-Refund-Idempotency": key} if key else {}
        return self.post(f"payments/{payment}/refund", body, **headers)


@dataclass
class PhonePeByHand:
    standin: Standin
    token: str = field(default="")

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self.standin.http.get(self._url(path), params=query, headers=self._headers())

    def post(self, path: str, body: Any) -> httpx.Response:
        return self.standin.http.post(self._url(path), json=body, headers=self._headers())

    def fetch_token(self, **changes: str) -> httpx.Response:
        return self.standin.http.post(self._url("v1/oauth/token"), data=TOKEN_FORM | changes)

    def pay(self, number: str = "PK-20260101-000042-1", **fields: Any) -> httpx.Response:
        flow = {"type": "PG_CHECKOUT", "merchantUrls": {"redirectUrl": "https://park.example/back"}}
        return self.post("checkout/v2/pay", {"merchantOrderId": number, "amount": 5000, "paymentFlow": flow} | fields)

    def paid_order(self, number: str = "PK-20260101-000042-1", **fields: Any) -> None:
        assert self.pay(number, **fields).status_code == 200
        self.standin.pay(number)

    def status(self, number: str = "PK-20260101-000042-1", **query: Any) -> httpx.Response:
        return self.get(f"checkout/v2/order/{number}/status", **query)

    def refund(
        self, reference: str = "RF-000007", amount: Any = 2000, of: str = "PK-20260101-000042-1"
    ) -> httpx.Response:
        body = {"merchantRefundId": reference, "originalMerchantOrderId": of, "amount": amount}
        return self.post("payments/v2/refund", body)

    def refund_status(self, reference: str = "RF-000007") -> httpx.Response:
        return self.get(f"payments/v2/refund/{reference}/status")

    def _url(self, path: str) -> str:
        return f"{self.standin.phonepe_base}/{path}"

    def _headers(self) -> dict[str, str]:
        if not self.token:
            self.token = self.fetch_token().json()["access_token"]
        return {"Authorization": f"O-Bearer {self.token}"}
