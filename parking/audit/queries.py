"""Reads of the record."""

from typing import Any

from django.db.models import Q, QuerySet

from parking.audit.models import AuditEntry


def latest_about(
    kind: str, subject_id: int, *, beside: tuple[str, QuerySet[Any, Any]] | None = None
) -> QuerySet[AuditEntry]:
    """What was done to a thing, newest first; with `beside`, also to others of another kind, by their ids."""
    about = Q(subject_kind=kind, subject_id=subject_id)
    if beside is not None:
        about |= Q(subject_kind=beside[0], subject_id__in=beside[1])
    return AuditEntry.objects.filter(about).order_by("-pk")
