"""What tests of accounts say again and again."""

import json
from typing import Any

from parking.audit.models import AuditEntry

PASSWORD = " monsoon-2026 "
LOGIN = {"username": "Asha", "password": PASSWORD}


def body_of(response: Any) -> Any:
    return json.loads(response.content)


def failure(response: Any) -> tuple[int, str]:
    """Status and code of a refusal in the contract's form."""
    body = body_of(response)
    assert body["success"] is False
    assert body["message"]
    return response.status_code, body["code"]


def wrong_fields(response: Any) -> list[str]:
    """The fields that a 400 complains of."""
    assert failure(response) == (400, "validation_error")
    return sorted(body_of(response)["errors"])


def audit_lines() -> list[tuple[str, int | None, int | None, bool]]:
    """Action, who, about whom, refused: oldest first."""
    return list(AuditEntry.objects.order_by("pk").values_list("action", "actor_id", "subject_id", "refused"))
