"""The three requests of a cycle, sent in process, for measurements that are not possible from outside."""

import json
from collections.abc import Iterator
from itertools import cycle
from typing import Any, cast

from django.http import HttpResponse
from django.test import Client

from bench.children import HOST

BOOK, ENTER, LEAVE = "/api/user/book-slot/", "/api/staff/entry/", "/api/staff/exit/"


class Caller:
    """Sends requests with a client's two tokens through the whole stack, without a socket."""

    def __init__(self, world: dict[str, Any]) -> None:
        self._client = Client(SERVER_NAME=HOST)
        self._own = world["clients"][0]
        self._plates: Iterator[str] = cycle(self._own["plates"])
        self._zones: Iterator[int] = cycle(world["zones"])

    def book(self, **headers: str) -> str:
        """Book and return the QR code."""
        body = {"zone_id": next(self._zones), "vehicle_number": next(self._plates), "owner_name": "Asha Rao"}
        answer = self._post(BOOK, self._own["driver"], body, headers)
        return str(json.loads(answer.content)["data"]["qr_code"])

    def enter(self, code: str, **more: str) -> None:
        self._post(ENTER, self._own["attendant"], {"qr_code": code, **more}, {})

    def leave(self, code: str, method: str = "CASH", *, key: str = "", **more: str) -> None:
        body = {"qr_code": code, "payment_method": method, **more}
        self._post(LEAVE, self._own["attendant"], body, {"Idempotency-Key": key} if key else {})

    def _post(self, path: str, token: str, body: dict[str, Any], headers: dict[str, str]) -> HttpResponse:
        sent = {"Authorization": f"Bearer {token}"} | headers
        answer = self._client.post(path, json.dumps(body), content_type="application/json", headers=sent)
        if not 200 <= answer.status_code < 300:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.content[:500].decode()}")
        return cast(HttpResponse, answer)
