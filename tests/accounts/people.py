"""Helpers of the tests of accounts."""

import json
from typing import Any

from parking.audit.models import AuditEntry

PASSWORD = " monsoon-2026 "
LOGIN = {"username": "Asha", "password": PASSWORD}


def body_of(response: Any) -> Any:
    return json.loads(response.content)


def failure(response: Any) -> tuple[int, str]:
    """Return status and code of a refusal in the contract's form."""
    body = body_of(response)
    assert body["success"] is False
    assert body["message"]
    return response.status_code, body["code"]


def wrong_fields(response: Any) -> list[str]:
    """Return the fields that a 400 names."""
    assert failure(response) == (400, "validation_error")
    return sorted(body_of(response)["errors"])


def audit_lines() -> list[tuple[str, int | None, int | None, bool]]:
    """Return action, actor, subject and "refused" of each audit line, oldest first."""
    return list(AuditEntry.objects.order_by("pk").values_list("action", "actor_id", "subject_id", "refused"))
