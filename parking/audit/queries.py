"""Reads of the record."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from parking.audit.events import Event
from parking.audit.models import AuditEntry


def who_did(kind: str, subject_id: int, *, actions: Collection[str]) -> set[int]:
    """Return the ids of the accounts that did one of these actions to a thing."""
    rows = AuditEntry.objects.filter(subject_kind=kind, subject_id=subject_id, action__in=actions)
    return {actor_id for actor_id in rows.values_list("actor_id", flat=True) if actor_id is not None}


def has_happened(event: type[Event], subject_id: int) -> bool:
    """Return whether this was recorded of a thing."""
    rows = AuditEntry.objects.filter(subject_kind=event.subject_kind, subject_id=subject_id, refused=False)
    return rows.filter(action=event.action).exists()


def done_since(moment: datetime, *, actions: Collection[str]) -> QuerySet[AuditEntry]:
    """Return the lines of these actions since a moment."""
    return AuditEntry.objects.filter(at__gt=moment, action__in=actions)


def latest_about(
    kind: str, subject_id: int, *, beside: tuple[str, QuerySet[Any, Any]] | None = None
) -> QuerySet[AuditEntry]:
    """What was done to a thing, newest first; with `beside`, also to others of another kind, by their ids."""
    about = Q(subject_kind=kind, subject_id=subject_id)
    if beside is not None:
        about |= Q(subject_kind=beside[0], subject_id__in=beside[1])
    return AuditEntry.objects.filter(about).order_by("-pk")
