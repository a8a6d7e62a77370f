"""Corrections of a car inside by which it pays less: they wait for a second person."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from parking.accounts import approvals
from parking.accounts.models import Approval, ApprovalKind, Decision, Role
from parking.audit import services as audit
from parking.core.actor import Actor
from parking.stays.events import SessionCorrectionAsked, SessionCorrectionRefused
from parking.stays.models import ParkingSession


def needs_second_look(kind: ApprovalKind, actor: Actor, now: datetime) -> bool:
    """Return whether a correction by this person waits; that of the only administrator does not, and is on record."""
    if actor.user_id is None:
        return False
    return actor.role != Role.ADMIN or approvals.needs_second_person(kind, actor, now=now)


def ask(
    *, kind: ApprovalKind, session: ParkingSession, facts: Mapping[str, Any], actor: Actor, now: datetime
) -> Approval:
    """Write down that a correction of a locked session waits. Raises Refused `waits_already`."""
    approval = approvals.ask(
        kind=kind,
        subject_id=session.pk,
        site_id=session.zone.site_id,
        asked_by_id=actor.user_id,
        facts={"session_id": session.pk, **facts},
        now=now,
    )
    asked = SessionCorrectionAsked(session_id=session.pk, approval_id=approval.pk, kind=kind)
    audit.record(actor, asked, now)
    return approval


def refuse(*, actor: Actor, approval: Approval, now: datetime) -> None:
    """Leave a session as it is. Whoever asked may take it back so. Raises Refused `decided_already`."""
    with transaction.atomic():
        decided = approvals.decide(approval, Decision.REFUSE, actor=actor, now=now)
        refused = SessionCorrectionRefused(
            session_id=approval.subject_id,
            approval_id=approval.pk,
            kind=decided.kind,
            asked_by=decided.asked_by_id,
        )
        audit.record(actor, refused, now)
