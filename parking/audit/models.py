"""The append-only record of what was changed and what was refused, and the outbox of those who act on it later."""

from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from parking.audit.events import TERMINATED


class AuditEntry(models.Model):
    """Who did what to which thing, and when. No foreign keys: the record outlives what it speaks of.

    `facts` holds ids, codes and amounts only; names and plates stay out.
    """

    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True, help_text="User id, empty for the system and anonymous callers")
    actor_role = models.CharField(max_length=10, blank=True)
    action = models.CharField(max_length=60)
    refused = models.BooleanField(default=False)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    request_id = models.CharField(max_length=64, blank=True)
    facts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name_plural = "audit entries"
        indexes: ClassVar = [
            models.Index(fields=["subject_kind", "subject_id"], name="audit_by_subject"),
            models.Index(fields=["at"], name="audit_by_time"),
            # One line in thousands, of which a report reads a month. Other lines pay nothing for it.
            models.Index(fields=["at"], condition=models.Q(action=TERMINATED), name="audit_of_terminations"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.action}"


class OutboxEvent(models.Model):
    """An event that a listener has still to process, or has processed; written with the event's line in the record."""

    listener = models.CharField(max_length=40)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True, help_text="User id, empty for the system and anonymous callers")
    actor_role = models.CharField(max_length=10, blank=True)
    action = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    facts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    processed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["listener", "id"], condition=models.Q(processed_at=None), name="outbox_unprocessed"),
        ]

    def __str__(self) -> str:
        return f"{self.listener}: {self.action}"
