"""Looking up stays and their scans."""

from django.contrib import admin

from parking.core.admin import LookUpAdmin, look_up
from parking.stays.models import GateScan, ParkingSession, SessionNote


@admin.register(ParkingSession, site=look_up)
class ParkingSessionAdmin(LookUpAdmin):
    list_display = [
        "pk",
        "status",
        "end_reason",
        "payment_status",
        "vehicle",
        "zone",
        "slot",
        "booked_at",
        "entry_time",
        "exit_time",
    ]
    list_filter = ["status", "end_reason", "zone", "booked_at"]
    list_select_related = ["bill", "vehicle", "zone", "slot"]
    search_fields = ["=pk", "=uuid", "=qr_code", "^vehicle__match_key", "=driver__username"]


@admin.register(GateScan, site=look_up)
class GateScanAdmin(LookUpAdmin):
    list_display = ["created_at", "kind", "scan_id", "session"]
    list_filter = ["kind"]
    list_select_related = ["session"]
    search_fields = ["=scan_id", "=session__pk"]


@admin.register(SessionNote, site=look_up)
class SessionNoteAdmin(LookUpAdmin):
    list_display = ["written_at", "kind", "session", "written_by", "done_at"]
    list_filter = ["kind", "written_at"]
    list_select_related = ["session", "written_by"]
    search_fields = ["=session__pk"]
