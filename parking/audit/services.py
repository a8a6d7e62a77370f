"""The only writer of the audit record and of the outbox."""

from contextlib import AbstractContextManager, nullcontext
from datetime import datetime

from django.db import transaction

from parking.audit.events import Event
from parking.audit.models import AuditEntry, OutboxEvent
from parking.audit.outbox import listeners_of
from parking.core.actor import Actor, ActorKind
from parking.core.makers import new
from parking.core.requests import current_request_id
from parking.core.statements import insert_only
from parking.core.together import connection_now


def record(actor: Actor, event: Event, now: datetime) -> None:
    """Write the line of an event, and a row of the outbox for each listener, in one transaction.

    That is the transaction of the change; for a refusal one of its own, because that of the change is rolled back.
    """
    kind, subject_id = event.subject
    entry = new(
        AuditEntry,
        at=now,
        actor_id=actor.user_id,
        actor_role=_role_of(actor),
        action=event.recorded_action,
        refused=event.refused,
        subject_kind=kind,
        subject_id=subject_id,
        request_id=current_request_id(),
        facts=event.facts(),
    )
    listeners = listeners_of(event)
    if not listeners:
        insert_only(entry)
        return
    # No savepoint: it would cost two more round trips at the gate, and nobody goes on without the record.
    in_one: AbstractContextManager[None] = nullcontext() if connection_now().in_atomic_block else transaction.atomic()
    with in_one:
        insert_only(entry)
        for listener in listeners:
            insert_only(_outbox_row(entry, listener))


def _outbox_row(entry: AuditEntry, listener: str) -> OutboxEvent:
    return new(
        OutboxEvent,
        listener=listener,
        at=entry.at,
        actor_id=entry.actor_id,
        actor_role=entry.actor_role,
        action=entry.action,
        subject_kind=entry.subject_kind,
        subject_id=entry.subject_id,
        facts=entry.facts,
    )


def _role_of(actor: Actor) -> str:
    """Return what the record has always written: a role, SYSTEM, or nothing for anonymous callers."""
    return actor.role if actor.kind in {ActorKind.USER, ActorKind.ANYBODY} else actor.kind
