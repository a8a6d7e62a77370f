"""How what waits for a second person is shown."""

from datetime import datetime
from typing import Any, Self

from django.http import HttpResponse

from parking.accounts.models import Approval, ApprovalKind, Decision
from parking.edge.answers import ok
from parking.edge.shapes import Shape


class AskedOut(Shape):
    """What a call answers that changes nothing before a second person approves it."""

    approval_id: int
    waits_for: str

    example = {"approval_id": 4, "waits_for": "SECOND_PERSON"}

    @classmethod
    def of(cls, approval: Approval) -> Self:
        """Return an approval that waits."""
        return cls.make(approval_id=approval.pk, waits_for="SECOND_PERSON")


def asked(approval: Approval) -> HttpResponse:
    """Answer that nothing changes before a second person approves."""
    return ok(AskedOut.of(approval), "Waits for a second person", status=202)


class ApprovalOut(Shape):
    id: int
    kind: ApprovalKind
    asked_by: str | None
    asked_at: datetime
    facts: dict[str, Any]
    decision: Decision | None
    decided_at: datetime | None

    example = {
        "id": 4,
        "kind": "CASH_REFUND",
        "asked_by": "admin",
        "asked_at": "2026-11-22T07:30:00Z",
        "facts": {"refund_id": 17, "session_id": 123, "amount": "100.00"},
        "decision": None,
        "decided_at": None,
    }

    @classmethod
    def of(cls, approval: Approval) -> Self:
        """Return an approval."""
        asked_by = approval.asked_by.username if approval.asked_by else None
        decision = Decision(approval.decision) if approval.decision else None
        return cls.read(approval, asked_by=asked_by, decision=decision)
