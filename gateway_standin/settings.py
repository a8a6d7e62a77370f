"""What may be set while the program runs: addresses, and delays."""

from dataclasses import dataclass, fields, replace
from enum import StrEnum

LONGEST = 3600.0


class HookMode(StrEnum):
    """How PhonePe signs what it sends: a fixed token, an HMAC of the body, or version 1's X-VERIFY."""

    SHA = "SHA"
    HMAC = "HMAC"
    V1 = "V1"


@dataclass(frozen=True)
class Settings:
    """Times are seconds. With an empty address, webhooks are recorded and not sent."""

    phonepe_webhook_url: str = ""
    razorpay_webhook_url: str = ""
    phonepe_webhook_mode: str = HookMode.SHA
    webhook_delay_seconds: float = 5.0
    webhook_hold_seconds: float = 2.0
    webhook_retry_seconds: float = 1.0
    webhook_tries: float = 6
    late_success_seconds: float = 3.0
    lost_answer_seconds: float = 30.0
    slow_refund_seconds: float = 2.0


def changed(settings: Settings, changes: dict[str, object]) -> Settings:
    """Return the settings with `changes`; ValueError says what does not fit. Numbers may come as text, from a form."""
    kinds = {field.name: field.type for field in fields(Settings)}
    fitting = {name: _fitting(name, kinds.get(name), value) for name, value in changes.items()}
    return replace(settings, **fitting)  # type: ignore[arg-type] # each was made to fit its field


def _fitting(name: str, kind: object, value: object) -> float | str:
    if kind is None:
        raise ValueError(f"there is no setting {name}")
    return _number(name, value) if kind is float else _text(name, value)


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"{name} is a number")  # noqa: TRY004 (one error for the caller)
    try:
        number = float(value)
    except ValueError:
        raise ValueError(f"{name} is a number") from None
    if not 0 <= number <= LONGEST:
        raise ValueError(f"{name} lies between 0 and {LONGEST:.0f}")
    return number


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name} is a text")  # noqa: TRY004
    if name.endswith("_url") and value and not value.startswith(("http://", "https://")):
        raise ValueError(f"{name} starts with http:// or https://")
    if name.endswith("_mode") and value not in set(HookMode):
        raise ValueError(f"{name} is one of {', '.join(HookMode)}")
    return value
