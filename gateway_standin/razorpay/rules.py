"""What Razorpay accepts. Each function returns what it read, or raises Refused."""

import re
from collections.abc import Iterable, Mapping

from gateway_standin.razorpay.errors import refused
from gateway_standin.wire.messages import JSON_TYPE, Json, Request

CURRENCY = "INR"
SMALLEST_AMOUNT = 100
LARGEST_AMOUNT = 50_000_000_00
LONGEST_NUMBER = 40
MOST_NOTES, LONGEST_NOTE = 15, 256
REFUND_KEY = re.compile(r"[A-Za-z0-9_-]{10,}")
CAPTURE_OPTIONS = {"automatic_expiry_period", "manual_expiry_period", "refund_speed"}


def body_of(request: Request, known: Iterable[str]) -> Json:
    """Return the fields of the body, none but the known ones. No body at all counts as an empty one."""
    if not request.body:
        return {}
    if request.content_type != JSON_TYPE:
        raise refused("The content type must be application/json")
    try:
        content = request.json()
    except ValueError:
        raise refused("The request body is not a JSON object") from None
    require_known(content, known)
    return content


def require_known(content: Mapping[str, object], known: Iterable[str]) -> None:
    extra = sorted(set(content) - set(known))
    if extra:
        raise refused(f"{', '.join(extra)} is/are not required and should not be sent", field=extra[0])


def amount(content: Json) -> int:
    value = content.get("amount")
    if value is None:
        raise refused("The amount field is required.", field="amount")
    if not isinstance(value, int) or isinstance(value, bool):
        raise refused("The amount must be an integer.", field="amount")
    if value < SMALLEST_AMOUNT:
        raise refused("The amount must be at least INR 1.00", field="amount")
    if value > LARGEST_AMOUNT:
        raise refused("Amount exceeds maximum amount allowed.", field="amount")
    return value


def require_currency(content: Json) -> None:
    value = content.get("currency")
    if value is None:
        raise refused("The currency field is required.", field="currency")
    if value != CURRENCY:
        raise refused("Currency is not supported", field="currency")


def receipt(content: Json) -> str:
    value = content.get("receipt")
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > LONGEST_NUMBER:
        raise refused(f"The receipt may not be greater than {LONGEST_NUMBER} characters.", field="receipt")
    return value


def notes(content: Json) -> dict[str, str]:
    """Return the notes; an empty list counts as an empty object."""
    given = content.get("notes") or {}
    if not isinstance(given, dict) or len(given) > MOST_NOTES:
        raise refused(f"notes must be an object of at most {MOST_NOTES} pairs", field="notes")
    for value in given.values():
        if not isinstance(value, str | int) or len(str(value)) > LONGEST_NOTE:
            raise refused(f"A note may not be longer than {LONGEST_NOTE} characters", field="notes")
    return given


def captures_itself(content: Json) -> bool:
    """Return whether an order is captured automatically. `payment_capture` is the older field for it."""
    policy = content.get("payment", {})
    if not isinstance(policy, dict):
        raise refused("payment must be an object", field="payment")
    require_known(policy, {"capture", "capture_options"})
    options = policy.get("capture_options", {})
    require_known(options if isinstance(options, dict) else {"capture_options": options}, CAPTURE_OPTIONS)
    capture = policy.get("capture", "automatic")
    if capture not in ("automatic", "manual"):  # a tuple, because the value may be unhashable
        raise refused("payment.capture must be automatic or manual", field="payment.capture")
    return capture == "automatic" and content.get("payment_capture", 1) in (1, "1")


def speed(content: Json) -> str:
    value = content.get("speed", "normal")
    if value not in ("normal", "optimum"):
        raise refused("The selected speed is invalid.", field="speed")
    return str(value)


def refund_key(request: Request) -> str:
    """Return the idempotency key; empty if none was sent."""
    key = request.headers.get("x-refund-idempotency", "")
    if key and not REFUND_KEY.fullmatch(key):
        raise refused("X-Refund-Idempotency must have 10 or more letters, digits, hyphens or underscores")
    return key
