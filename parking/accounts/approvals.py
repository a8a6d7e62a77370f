"""What waits for a second person: asked for by one, decided by another. The only writer of approvals.

What a decision brings about is the business of whoever asked; this is the list of it, for all kinds.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from parking.accounts.events import DecidedAlone
from parking.accounts.models import Approval, ApprovalKind, Decision
from parking.accounts.vouching import is_dependent, is_only_administrator, not_independent
from parking.audit import services as audit
from parking.core.actor import Actor
from parking.core.errors import NotFound, Refused
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
    """Write down that something waits for a second person. Inside the transaction that asks.

    Raises Refused `waits_already` if a decision about it waits.
    """
    try:
        with transaction.atomic():
            return Approval.objects.create(
                kind=kind,
                subject_id=subject_id,
                site_id=site_id,
                asked_by_id=asked_by_id,
                facts=dict(facts),
                asked_at=now,
            )
    except IntegrityError as error:
        raise Refused("waits_already", "Another change of this waits for a second person already") from error


def note_decision(
    *, kind: ApprovalKind, subject_id: int, decision: Decision, decided_by_id: int | None, now: datetime
) -> None:
    """Write a decision down, inside its transaction and under the lock of what it is about."""
    waiting = Approval.objects.filter(kind=kind, subject_id=subject_id, decision="")
    waiting.update(decision=decision, decided_by_id=decided_by_id, decided_at=now)


def decide(approval: Approval, decision: Decision, *, actor: Actor, now: datetime) -> Approval:
    """Write a decision of a second person down, inside its transaction; answers the approval as it is then.

    Whoever asked may refuse. Raises Refused `decided_already`, `own_change`; Forbidden `second_person_not_independent`.
    """
    waiting = Approval.objects.select_for_update(no_key=True).get(pk=approval.pk)
    if waiting.decision:
        raise Refused("decided_already", "This was decided already")
    if decision == Decision.APPROVE:
        own = Refused("own_change", "Another administrator must approve a change that you asked for")
        refuse_first_person(waiting, actor, own=own, now=now)
    waiting.decision, waiting.decided_by_id, waiting.decided_at = decision, actor.user_id, now
    waiting.save(update_fields=["decision", "decided_by", "decided_at"])
    return waiting


def needs_second_person(kind: ApprovalKind, actor: Actor, *, now: datetime) -> bool:
    """Return whether a change of this kind waits for a second person, inside the transaction that would make it.

    That of the only administrator does not, and the record says so; nor does one that no person makes.
    """
    if actor.user_id is None:
        return False
    if not is_only_administrator(now=now):
        return True
    audit.record(actor, DecidedAlone(user_id=actor.user_id, kind=kind), now)
    return False


def refuse_first_person(approval: Approval, actor: Actor, *, own: Refused, now: datetime) -> None:
    """Raise unless the actor is independent of who asked, or the only administrator.

    Raises `own` for whoever asked; Forbidden `second_person_not_independent`.
    """
    if is_only_administrator(now=now):
        return
    if approval.asked_by_id == actor.user_id:
        raise own
    if is_dependent(first_id=approval.asked_by_id, second=actor, now=now):
        raise not_independent()


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


def undecided(*, kind: ApprovalKind, subject_id: int) -> Approval:
    """Return what waits about something. Raises NotFound `approval_not_found`, Refused `decided_already`."""
    approval = approval_of(kind=kind, subject_id=subject_id)
    if approval is None:
        raise NotFound("approval_not_found", "There is no such approval")
    if approval.decision:
        raise Refused("decided_already", "This was decided already")
    return approval


def find_approval(approval_id: int, *, sites: Sites) -> Approval:
    """Return an approval, decided or not. Raises NotFound `approval_not_found`, also for one of other sites."""
    rows = at_sites(Approval.objects.select_related("asked_by"), sites, "site_id")
    approval = rows.filter(pk=approval_id).first()
    if approval is None:
        raise NotFound("approval_not_found", "There is no such approval")
    return approval
