"""Examples of refusals in the OpenAPI description: by their codes, each once, named where a call answers with it.

And of the answer of a call that waits for a second person.
"""

from collections.abc import Iterable
from typing import Any

from django.utils import translation

from parking.edge.describe import enveloped
from parking.edge.wording import CATALOGUE

_MEDIA = "application/json"
# What most calls can answer with.
_USUAL: dict[int, tuple[str, ...]] = {
    400: ("validation_error",),
    401: ("not_authenticated", "token_not_valid"),
    403: ("forbidden",),
    404: ("not_found",),
    409: ("idempotency_key_reused",),
    413: ("body_too_large",),
    415: ("unsupported_media_type",),
    429: ("too_many_requests",),
    503: ("database_unavailable",),
}
# Before a call is looked at: no rule of ours says these.
_OF_HTTP = {"body_too_large": "The body is too large", "unsupported_media_type": "Send JSON"}
_STATUS = {code: family.status for family, codes in CATALOGUE.items() for code in codes}
_KEY = "x-refusals"
_ASKED = {"approval_id": 4, "waits_for": "SECOND_PERSON"}
# The facts that an answer has in `details`.
_DETAILS: dict[str, dict[str, Any]] = {
    "bands_overlap": {"bands": ["Morning", "Early"]},
    "booking_limit": {"limit": 3, "open": 3},
    "code_minimum": {"least_bill": 100.0},
    "events_overlap": {"tariff_id": 12},
    "pass_not_valid": {
        "number": "P-000123",
        "status": "EXPIRED",
        "starts_at": "2026-10-21T18:30:00Z",
        "ends_at": "2026-11-21T18:30:00Z",
    },
    "pass_overlap": {"vehicle_number": "DL-01-AB-1234"},
    "price_changed": {"rate": 60.0},
    "refund_exceeds_payment": {"left": 5000.0},
    "several_match": {"matches": [{"session_id": 123, "plate": "DL01••1234"}]},
    "vehicle_not_on_pass": {"number": "P-000123", "seen": "DL-01-AB-9999"},
    "window_full": {
        "windows": [{"starts_at": "2026-11-23T09:30:00Z", "ends_at": "2026-11-23T13:30:00Z"}],
        "zones": [{"zone_id": 2, "zone_name": "Zone B"}],
    },
}


def refusing(extra: dict[str, Any], *codes: str) -> dict[str, Any]:
    """Return the `openapi_extra` of a call with the codes of refusals that it answers with beside the usual ones."""
    return {**extra, _KEY: codes}


def add_examples(description: dict[str, Any]) -> None:
    """Write the examples of refusals into a description, and name them at each call that has them."""
    named: set[str] = set()
    for operations in description["paths"].values():
        for operation in operations.values():
            own = operation.pop(_KEY, ())
            named.update(_add(operation["responses"], own))
            _add_waiting(operation["responses"])
    with translation.override("en"):
        examples = {code: _example(code) for code in sorted(named)}
    description["components"].setdefault("examples", {}).update(examples)


def _add(responses: dict[Any, Any], own: Iterable[str]) -> set[str]:
    """Name examples at the failures of a call; return their codes. Raises ValueError for a status that it has not."""
    by_status = {status: list(_USUAL.get(int(status), ())) for status in responses if int(status) >= 400}
    known = {int(status): status for status in by_status}
    for code in own:
        if _STATUS[code] not in known:
            raise ValueError(f"a call answers with {code}, but has no status {_STATUS[code]}")
        by_status[known[_STATUS[code]]].append(code)
    for status, codes in by_status.items():
        content = responses[status].get("content", {})
        if _MEDIA in content and "example" not in content[_MEDIA]:
            examples = {code: {"$ref": f"#/components/examples/{code}"} for code in codes}
            # The shape of a failure is the same object everywhere.
            responses[status]["content"] = {**content, _MEDIA: {**content[_MEDIA], "examples": examples}}
    return {code for codes in by_status.values() for code in codes}


def _add_waiting(responses: dict[Any, Any]) -> None:
    """Write an example into an answer 202 that has none: nothing changes before a second person approves."""
    content = responses.get(202, {}).get("content", {}).get(_MEDIA)
    if content is not None:
        content.setdefault("example", enveloped(_ASKED, "Waits for a second person"))


def _example(code: str) -> dict[str, Any]:
    text = _OF_HTTP.get(code) or str(next(words[code] for words in CATALOGUE.values() if code in words))
    value: dict[str, Any] = {"success": False, "code": code, "message": text}
    if code == "validation_error":
        value["errors"] = {"vehicle_number": ["Field required"]}
    if code in _DETAILS:
        value["details"] = _DETAILS[code]
    return {"summary": text, "value": value}
