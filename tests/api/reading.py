"""Answers of the API, parsed as a client parses them."""

import json
from typing import Any

from tests.client import ApiClient

PROBLEM = {"success", "code", "message"}


def data_of(answer: Any, status: int = 200) -> Any:
    """Return the data of a success in its envelope."""
    body = json.loads(answer.content)
    assert answer.status_code == status, body
    assert (body["success"], set(body)) == (True, {"success", "message", "data"})
    assert answer.headers["X-Request-ID"]
    return body["data"]


def problem_of(answer: Any) -> tuple[int, str]:
    """Return status and code of a failure in its envelope."""
    body = json.loads(answer.content)
    assert answer.headers["Content-Type"] == "application/json"
    assert body["success"] is False
    assert set(body) - {"errors", "details"} == PROBLEM
    assert ("errors" in body) == (body["code"] == "validation_error")
    assert isinstance(body["message"], str)
    assert body["message"]
    assert answer.headers["X-Request-ID"]
    return answer.status_code, body["code"]


def text_of(answer: Any) -> str:
    return str(json.loads(answer.content)["message"])


def errors_of(answer: Any) -> set[str]:
    """Return the fields that a validation error names."""
    assert problem_of(answer) == (400, "validation_error")
    return set(json.loads(answer.content)["errors"])


def book(client: ApiClient, zone_id: object, vehicle_number: str = "DL-01-AB-1234", **headers: str) -> Any:
    body = {"zone_id": zone_id, "vehicle_number": vehicle_number, "owner_name": "Asha Rao"}
    return client.post("/api/user/book-slot/", body, **headers)


def enter(client: ApiClient, booking: dict[str, Any], **fields: object) -> Any:
    return client.post("/api/staff/entry/", {"qr_code": booking["qr_code"], **fields})


def leave(
    client: ApiClient,
    booking: dict[str, Any],
    method: str = "CASH",
    headers: dict[str, str] | None = None,
    **fields: object,
) -> Any:
    body = {"qr_code": booking["qr_code"], "payment_method": method, **fields}
    return client.post("/api/staff/exit/", body, **(headers or {}))
