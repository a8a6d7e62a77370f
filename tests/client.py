"""A client of the API: JSON in, JSON out, a token in the header."""

import json
import re
from functools import cache
from typing import Any

import jsonschema_rs
from django.test import Client
from django.urls import Resolver404, resolve

from parking.accounts.models import User
from parking.accounts.tokens import new_access_token
from smart_parking.api import api

# Answers of Django itself, and faults that a test makes on purpose.
_NOT_DESCRIBED = {405, 500}
_NAMED = re.compile(r'"#/components/schemas/([^"]+)"')


@cache
def description_of_calls() -> dict[str, Any]:
    """Return the OpenAPI description as JSON has it; making it takes seconds."""
    description: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    return description


@cache
def _validator(path: str, method: str, status: int) -> jsonschema_rs.Validator | None:
    """Return what checks the JSON answers of a call, None where it is not a call or describes other media."""
    responses = description_of_calls()["paths"].get(path, {}).get(method, {}).get("responses")
    if responses is None or status in _NOT_DESCRIBED:
        return None
    assert str(status) in responses, f"{method} {path} does not describe {status}"
    schema = responses[str(status)].get("content", {}).get("application/json", {}).get("schema")
    if schema is None:
        return None
    return jsonschema_rs.validator_for({**schema, "components": _named_in(schema)}, validate_formats=True)


def _named_in(schema: object) -> dict[str, dict[str, Any]]:
    """Return the components that a schema refers to: with all of them a validator would weigh megabytes."""
    described = description_of_calls()["components"]["schemas"]
    found: dict[str, Any] = {}
    waiting = _NAMED.findall(json.dumps(schema))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = described[name]
            waiting += _NAMED.findall(json.dumps(described[name]))
    return {"schemas": found}


def check_answer(method: str, path: str, response: Any) -> None:
    """Hold an answer against the description of its call and status."""
    try:
        route = "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", resolve(path).route)
    except Resolver404:
        return
    validator = _validator(route, method, response.status_code)
    if validator is not None and response.headers.get("Content-Type") == "application/json":
        validator.validate(json.loads(response.content))


class CheckedClient(Client):
    """A client of Django's that holds every answer of a call against the description."""

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        check_answer(request["REQUEST_METHOD"].lower(), request["PATH_INFO"], response)
        return response


class ApiClient:
    """Sends JSON with a user's token, or without one."""

    def __init__(self, user: User | None = None) -> None:
        self.client = CheckedClient(raise_request_exception=False)
        self.user = user
        self.headers = {"Authorization": f"Bearer {new_access_token(user)}"} if user else {}

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(path, query, headers=self.headers)

    def post(self, path: str, body: object = None, **headers: str) -> Any:
        return self._send("post", path, body, headers)

    def put(self, path: str, body: object = None, **headers: str) -> Any:
        return self._send("put", path, body, headers)

    def patch(self, path: str, body: object = None, **headers: str) -> Any:
        return self._send("patch", path, body, headers)

    def delete(self, path: str, body: object = None, **headers: str) -> Any:
        return self._send("delete", path, body, headers)

    def _send(self, method: str, path: str, body: object, headers: dict[str, str]) -> Any:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        data = "" if body is None else json.dumps(body)
        call = getattr(self.client, method)
        return call(path, data, content_type="application/json", headers=self.headers | sent)
