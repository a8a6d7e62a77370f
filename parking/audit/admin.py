"""Show the audit record and the outbox on the look-up site."""

from django.contrib import admin

from parking.audit.models import AuditEntry, OutboxEvent
from parking.core.admin import LookUpAdmin, look_up


@admin.register(AuditEntry, site=look_up)
class AuditEntryAdmin(LookUpAdmin):
    list_display = ["at", "action", "refused", "actor_id", "actor_role", "subject_kind", "subject_id"]
    list_filter = ["refused", "actor_role", "subject_kind", "at"]
    search_fields = ["=subject_id", "=actor_id", "^action", "=request_id"]


@admin.register(OutboxEvent, site=look_up)
class OutboxEventAdmin(LookUpAdmin):
    list_display = ["at", "listener", "action", "subject_kind", "subject_id", "processed_at"]
    list_filter = ["listener", "processed_at", "at"]
    search_fields = ["=subject_id", "^action"]
