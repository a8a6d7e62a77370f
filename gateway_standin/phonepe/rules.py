"""What PhonePe accepts. Each function returns what it read, or raises Refused. A null counts as absent."""

import re
from collections.abc import Mapping

from gateway_standin.phonepe.errors import BAD_REQUEST, refused
from gateway_standin.wire.messages import JSON_TYPE, Json, Request

NUMBER = re.compile(r"[A-Za-z0-9_-]{1,63}")
NARROW_TEXT = re.compile(r"[A-Za-z0-9_\- @.+]{0,50}")
SMALLEST_AMOUNT = 100
SHORTEST, LONGEST = 300, 3600
DEFAULT_LIFE = 1800
WIDE_KEYS = {f"udf{number}" for number in range(1, 11)}
NARROW_KEYS = {f"udf{number}" for number in range(11, 16)}
MODES = ("UPI_INTENT", "UPI_COLLECT", "UPI_QR", "NET_BANKING", "CARD")


def body_of(request: Request) -> Json:
    if request.content_type != JSON_TYPE:
        raise refused(BAD_REQUEST, "Content-Type must be application/json")
    try:
        content = request.json()
    except ValueError:
        raise refused(BAD_REQUEST, "The body is not a JSON object") from None
    return {name: value for name, value in content.items() if value is not None}


def number(content: Json, name: str) -> str:
    value = content.get(name)
    if not isinstance(value, str) or not NUMBER.fullmatch(value):
        raise refused(BAD_REQUEST, f"{name} must have 1 to 63 characters of A-Z, a-z, 0-9, _ and -")
    return value


def amount(content: Json) -> int:
    value = content.get("amount")
    if not isinstance(value, int) or isinstance(value, bool) or value < SMALLEST_AMOUNT:
        raise refused(BAD_REQUEST, f"amount must be an integer of at least {SMALLEST_AMOUNT}")
    return value


def life(content: Json) -> int:
    """Return the seconds until the order expires."""
    value = content.get("expireAfter", DEFAULT_LIFE)
    if not isinstance(value, int) or isinstance(value, bool) or not SHORTEST <= value <= LONGEST:
        raise refused(BAD_REQUEST, f"expireAfter must be an integer from {SHORTEST} to {LONGEST}")
    return value


def meta_info(content: Json) -> dict[str, str]:
    given = part(content, "metaInfo")
    for name, value in given.items():
        if not isinstance(value, str) or not _fits(name, value):
            raise refused(BAD_REQUEST, f"metaInfo.{name} is no such key, or its value does not fit")
    return given


def _fits(name: str, value: str) -> bool:
    if name in NARROW_KEYS:
        return bool(NARROW_TEXT.fullmatch(value))
    return name in WIDE_KEYS and len(value) <= 256


def payment_flow(content: Json) -> Json:
    flow = part(content, "paymentFlow")
    if flow.get("type") != "PG_CHECKOUT":
        raise refused(BAD_REQUEST, "paymentFlow.type must be PG_CHECKOUT")
    _check_modes(part(flow, "paymentModeConfig"))
    for holder in (content, flow):
        if not isinstance(holder.get("disablePaymentRetry", False), bool):
            raise refused(BAD_REQUEST, "disablePaymentRetry must be a boolean")
    return flow


def qr_flow(content: Json) -> Json:
    """Return the payment flow of custom checkout; the stand-in has only the UPI QR of its ways to pay."""
    flow = part(content, "paymentFlow")
    if flow.get("type") != "PG" or part(flow, "paymentMode").get("type") != "UPI_QR":
        raise refused(BAD_REQUEST, "paymentFlow.type must be PG and paymentMode.type UPI_QR")
    return flow


def _check_modes(config: Json) -> None:
    lists = [config[name] for name in ("enabledPaymentModes", "disabledPaymentModes") if name in config]
    if len(lists) > 1:
        raise refused(BAD_REQUEST, "enabledPaymentModes and disabledPaymentModes exclude each other")
    for modes in lists:
        if not isinstance(modes, list) or any(_type_of(mode) not in MODES for mode in modes):
            raise refused(BAD_REQUEST, "a payment mode is unknown")


def _type_of(mode: object) -> object:
    return mode.get("type") if isinstance(mode, Mapping) else None


def redirect_url(flow: Json) -> str:
    address = part(flow, "merchantUrls").get("redirectUrl", "")
    if not isinstance(address, str) or (address and not address.startswith(("http://", "https://"))):
        raise refused(BAD_REQUEST, "merchantUrls.redirectUrl must start with http:// or https://")
    return address


def message(flow: Json) -> str:
    text = flow.get("message", "")
    if not isinstance(text, str):
        raise refused(BAD_REQUEST, "paymentFlow.message must be a text")
    return text


def flag(request: Request, name: str) -> bool:
    """Return a boolean parameter; `details=False` comes from the official SDK, with a capital letter."""
    text = request.query.get(name, "false").lower()
    if text not in {"true", "false"}:
        raise refused(BAD_REQUEST, f"{name} must be true or false")
    return text == "true"


def part(content: Json, name: str) -> Json:
    """Return an object inside `content`; an empty one if it is missing."""
    found = content.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise refused(BAD_REQUEST, f"{name} must be an object")
    return {key: value for key, value in found.items() if value is not None}
