"""How a line of the audit record is shown."""

from datetime import datetime
from typing import Any, Self

from parking.audit.models import AuditEntry
from parking.core.actor import ActorKind
from parking.edge.shapes import Shape
from parking.reports.record import actor_kind_of, actor_role_of


class AuditLineOut(Shape):
    """Who did what to which thing, or was refused it."""

    id: int
    at: datetime
    actor_kind: ActorKind
    actor_id: int | None
    actor_role: str | None
    action: str
    refused: bool
    subject_kind: str | None
    subject_id: int | None
    request_id: str | None
    facts: dict[str, Any]

    example = {
        "id": 4711,
        "at": "2026-11-22T05:00:00Z",
        "actor_kind": "USER",
        "actor_id": 1,
        "actor_role": "ADMIN",
        "action": "zone.changed",
        "refused": False,
        "subject_kind": "zone",
        "subject_id": 1,
        "request_id": "8f6c1c6f0f5f4d0f9f3d6a3a2b1c0d9e",
        "facts": {"changed": ["hourly_rate"], "amounts": {"hourly_rate": ["50.00", "60.00"]}},
    }

    @classmethod
    def of(cls, entry: AuditEntry) -> Self:
        """Return a line."""
        return cls.read(
            entry,
            actor_kind=actor_kind_of(entry).value,
            actor_role=actor_role_of(entry),
            subject_kind=entry.subject_kind or None,
            request_id=entry.request_id or None,
        )
