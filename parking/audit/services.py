"""The only writer of the audit record."""

from datetime import datetime
from typing import Any

from parking.audit.models import AuditEntry
from parking.core.actor import Actor, ActorKind
from parking.core.requests import current_request_id
from parking.core.statements import insert


def record(
    *,
    actor: Actor,
    action: str,
    now: datetime,
    subject: tuple[str, int] | None = None,
    refused: bool = False,
    **facts: Any,
) -> None:
    """Write one line, in the transaction of the change that it tells of (a refusal: in one of its own)."""
    kind, subject_id = subject or ("", None)
    entry = AuditEntry(
        at=now,
        actor_id=actor.user_id,
        actor_role=_role_of(actor),
        action=action,
        refused=refused,
        subject_kind=kind,
        subject_id=subject_id,
        request_id=current_request_id(),
        facts=facts,
    )
    insert(entry)


def _role_of(actor: Actor) -> str:
    """Return what the record has always written: a role, SYSTEM, or nothing for anonymous callers."""
    return actor.role if actor.kind in {ActorKind.USER, ActorKind.ANYBODY} else actor.kind


def record_refusal(*, actor: Actor, code: str, path: str, now: datetime, session_id: int | None = None) -> None:
    """Write down that a change was refused; in a transaction of its own, because that of the change is gone.

    `session_id` is the stay that it was about, where the rule that refused names one.
    """
    subject = None if session_id is None else ("session", session_id)
    record(actor=actor, action=f"refused.{code}"[:60], now=now, subject=subject, refused=True, path=path[:200])
