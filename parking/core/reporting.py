"""Errors sent to a tracker, with a Sentry DSN: where the code failed, never whose data it had in hand.

Names cannot be told from other words, so whatever may hold some is left out as a whole: bodies, local variables,
headers, queries, breadcrumbs, the text of exceptions. What is left is searched for plates, addresses, phone numbers and
tokens. The request id finds the line in our own log.
"""

import re
from typing import Any

import sentry_sdk
from sentry_sdk.types import Event, Hint

from parking.core.requests import current_request_id

CUT = "[cut]"
_KEPT = ("event_id", "timestamp", "platform", "level", "environment", "release", "logger", "sdk")
_KEPT_CONTEXTS = ("runtime", "trace")
_PRIVATE = re.compile(
    "|".join(
        (
            r"[^\s@/]+@[^\s@/]+",  # mail addresses
            r"\b[A-Z]{2}[ -]?[0-9]{1,2}[ -]?[A-Z]{0,3}[ -]?[0-9]{3,4}\b",  # plates
            r"\b[0-9]{2}[ -]?BH[ -]?[0-9]{4}[ -]?[A-Z]{1,2}\b",
            r"\+?[0-9][0-9 -]{8,}[0-9]",  # phone and card numbers
            r"\b[A-Z]{2}-[0-9A-Z]{8,}\b",  # tickets, orders
            r"[\w-]{20,}(?:\.[\w-]+)*",  # tokens
        )
    ),
    re.IGNORECASE,
)


def start(dsn: str, environment: str) -> None:
    """Report errors to the tracker at `dsn`."""
    sentry_sdk.init(dsn=dsn, environment=environment, **options())


def options() -> dict[str, Any]:
    """Return the options of the SDK; `before_send` is the last to see an event."""
    return {
        "max_request_body_size": "never",
        "include_local_variables": False,
        "include_source_context": False,
        "max_breadcrumbs": 0,
        "before_send": without_personal_data,
    }


def without_personal_data(event: Event, _hint: Hint) -> Event:
    """Return what may leave of an event."""
    given: dict[str, Any] = dict(event)
    kept = {name: given[name] for name in _KEPT if name in given}
    kept["contexts"] = {name: given["contexts"][name] for name in _KEPT_CONTEXTS if name in given.get("contexts", {})}
    kept["exception"] = {"values": [_without_text(one) for one in given.get("exception", {}).get("values", [])]}
    kept["transaction"] = masked(str(given.get("transaction", "")))
    kept["tags"] = {"request_id": current_request_id()}
    if "logentry" in given:
        kept["logentry"] = {"message": _name_of(given["logentry"].get("message", ""))}
    if "request" in given:
        kept["request"] = {
            "method": given["request"].get("method", ""),
            "url": masked(str(given["request"].get("url", "")).partition("?")[0]),
        }
    return kept  # type: ignore[return-value]


def masked(text: str) -> str:
    """Return a text without what looks like a plate, an address, a number of a person, or a token."""
    return _PRIVATE.sub(CUT, text)


def _without_text(exception: dict[str, Any]) -> dict[str, Any]:
    frames = [
        {name: frame[name] for name in ("filename", "function", "module", "lineno", "in_app") if name in frame}
        for frame in (exception.get("stacktrace") or {}).get("frames", [])
    ]
    return {
        "type": exception.get("type"),
        "module": exception.get("module"),
        "value": CUT,
        "mechanism": {"type": (exception.get("mechanism") or {}).get("type", "generic")},
        "stacktrace": {"frames": frames},
    }


def _name_of(message: object) -> str:
    """Return the name of one of our own log lines, which are dictionaries there; the text of others is cut."""
    found = re.search(r"'event': '([a-z_]+)'", str(message))
    return found.group(1) if found else CUT
