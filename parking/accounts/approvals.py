"""What waits for a second person: asked for by one, decided by another. The only writer of approvals.

What a decision brings about is the business of whoever asked; this is the list of it, for all kinds.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from parking.accounts.models import Approval, ApprovalKind, Decision
from parking.core.errors import NotFound
from parking.core.sites import Sites, at_sites


def ask(
    *,
    kind: ApprovalKind,
    subject_id: int,
    site_id: int | None,
    asked_by_id: int | None,
    facts: Mapping[str, Any],
    now: datetime,
) -> Approval:
    """Write down that something waits for a second person. Inside the transaction that asks."""
    return Approval.objects.create(
        kind=kind, subject_id=subject_id, site_id=site_id, asked_by_id=asked_by_id, facts=dict(facts), asked_at=now
    )


def note_decision(
    *, kind: ApprovalKind, subject_id: int, decision: Decision, decided_by_id: int | None, now: datetime
) -> None:
    """Write a decision down, inside its transaction and under the lock of what it is about."""
    waiting = Approval.objects.filter(kind=kind, subject_id=subject_id, decision="")
    waiting.update(decision=decision, decided_by_id=decided_by_id, decided_at=now)


def forget_refused(*, kind: ApprovalKind, subject_id: int) -> None:
    """Delete what was refused, so that it may be asked for again; the record keeps that it was asked and refused.

    Under the lock of what it is about. The next one has an id of its own: nobody approves it by an older page.
    """
    Approval.objects.filter(kind=kind, subject_id=subject_id, decision=Decision.REFUSE).delete()


def waiting_approvals(*, sites: Sites) -> "QuerySet[Approval]":
    """Return what waits at these sites, oldest first."""
    rows = Approval.objects.filter(decision="").select_related("asked_by").order_by("asked_at", "pk")
    return at_sites(rows, sites, "site_id")


def approval_of(*, kind: ApprovalKind, subject_id: int) -> Approval | None:
    """Return what was asked about something, decided or not; None if nothing was."""
    return Approval.objects.filter(kind=kind, subject_id=subject_id).first()


def find_approval(approval_id: int, *, sites: Sites) -> Approval:
    """Return an approval, decided or not. Raises NotFound `approval_not_found`, also for one of other sites."""
    rows = at_sites(Approval.objects.select_related("asked_by"), sites, "site_id")
    approval = rows.filter(pk=approval_id).first()
    if approval is None:
        raise NotFound("approval_not_found", "There is no such approval")
    return approval
