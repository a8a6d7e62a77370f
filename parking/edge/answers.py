"""What goes out: the envelope, money as numbers, times in UTC with `Z`."""

from decimal import Decimal
from typing import Any

import orjson
from django.http import HttpResponse

from parking.edge.shapes import Shape

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC


def _default(value: object) -> object:
    if isinstance(value, Shape):
        return value.sent()
    if isinstance(value, Decimal):
        # Two decimals at most, so the shortest form of the float is the exact amount.
        return float(value)
    if isinstance(value, str):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def to_json(data: object) -> bytes:
    return orjson.dumps(data, default=_default, option=_OPTIONS)


def plain(data: object, *, status: int = 200) -> HttpResponse:
    """An answer without envelope, where the contract wants none."""
    return HttpResponse(to_json(data), status=status, content_type="application/json")


def ok(data: object, message: str = "OK", *, status: int = 200) -> HttpResponse:
    return plain({"success": True, "message": message, "data": data}, status=status)


def failed(
    code: str,
    message: str,
    *,
    status: int,
    errors: dict[str, list[str]] | None = None,
    details: dict[str, object] | None = None,
) -> HttpResponse:
    """Return the envelope of a failure; `errors` for bad input, `details` for the facts of a refusal."""
    body: dict[str, Any] = {"success": False, "code": code, "message": message}
    if errors:
        body["errors"] = errors
    if details:
        body["details"] = details
    return plain(body, status=status)
