"""Show the audit record on the look-up site."""

from django.contrib import admin

from parking.audit.models import AuditEntry
from parking.core.admin import LookUpAdmin, look_up


@admin.register(AuditEntry, site=look_up)
class AuditEntryAdmin(LookUpAdmin):
    list_display = ["at", "action", "refused", "actor_id", "actor_role", "subject_kind", "subject_id"]
    list_filter = ["refused", "actor_role", "subject_kind", "at"]
    search_fields = ["=subject_id", "=actor_id", "^action", "=request_id"]
