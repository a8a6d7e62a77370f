"""A client of the API: JSON in, JSON out, a token in the header."""

import json
from typing import Any

from django.test import Client

from parking.accounts.models import User
from parking.accounts.tokens import new_access_token


class ApiClient:
    """Sends JSON with a user's token, or without one."""

    def __init__(self, user: User | None = None) -> None:
        self.client = Client(raise_request_exception=False)
        self.user = user
        self.headers = {"Authorization": f"Bearer {new_access_token(user)}"} if user else {}

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(path, query, headers=self.headers)

    def post(self, path: str, body: object = None, **headers: str) -> Any:
        return self._send("post", path, body, headers)

    def patch(self, path: str, body: object = None, **headers: str) -> Any:
        return self._send("patch", path, body, headers)

    def delete(self, path: str) -> Any:
        return self.client.delete(path, headers=self.headers)

    def _send(self, method: str, path: str, body: object, headers: dict[str, str]) -> Any:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        data = "" if body is None else json.dumps(body)
        call = getattr(self.client, method)
        return call(path, data, content_type="application/json", headers=self.headers | sent)
