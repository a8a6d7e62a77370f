"""Looking up stays and their scans."""

from django.contrib import admin

from parking.core.admin import LookUpAdmin, look_up
from parking.stays.display_models import CounterDisplay
from parking.stays.left_models import LeftBehindStep
from parking.stays.models import (
    ExemptClass,
    Exemption,
    GateScan,
    ParkingSession,
    ParkingSessionEvidence,
    SessionNote,
)
from parking.stays.paper_models import PaperBlock, PaperSlip
from parking.stays.token_models import Token
from parking.stays.waiting_models import WaitingEntry


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


@admin.register(ExemptClass, site=look_up)
class ExemptClassAdmin(LookUpAdmin):
    list_display = ["pk", "site", "name", "is_active"]
    list_filter = ["site", "is_active"]
    list_select_related = ["site"]


@admin.register(Exemption, site=look_up)
class ExemptionAdmin(LookUpAdmin):
    list_display = ["pk", "given_at", "session", "exempt_class", "given_by", "withdrawn_at"]
    list_filter = ["exempt_class", "given_at"]
    list_select_related = ["session", "exempt_class", "given_by"]
    search_fields = ["=session__pk"]


@admin.register(ParkingSessionEvidence, site=look_up)
class ParkingSessionEvidenceAdmin(LookUpAdmin):
    """Photos themselves are not shown here, only that there are any."""

    list_display = ["pk", "created_at", "session", "moment", "note", "taken_by"]
    list_filter = ["moment"]
    list_select_related = ["session", "taken_by"]
    exclude = ["jpeg"]
    search_fields = ["=session__pk"]


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


@admin.register(WaitingEntry, site=look_up)
class WaitingEntryAdmin(LookUpAdmin):
    list_display = ["pk", "state", "zone", "vehicle", "driver", "until", "starts_at", "created_at"]
    list_filter = ["state", "zone"]
    list_select_related = ["zone", "vehicle", "driver"]
    search_fields = ["=pk", "=uuid", "^vehicle__match_key", "=driver__username"]


@admin.register(Token, site=look_up)
class TokenAdmin(LookUpAdmin):
    list_display = ["pk", "site", "number", "code", "session", "lost_at"]
    list_filter = ["site"]
    list_select_related = ["site", "session"]
    search_fields = ["=code", "=session__pk"]


@admin.register(PaperBlock, site=look_up)
class PaperBlockAdmin(LookUpAdmin):
    list_display = ["pk", "site", "name", "first", "last", "created_at"]
    list_filter = ["site"]
    list_select_related = ["site"]


@admin.register(PaperSlip, site=look_up)
class PaperSlipAdmin(LookUpAdmin):
    list_display = ["pk", "block", "number", "session", "stated_entry", "stated_exit", "stated_cash", "stated_by"]
    list_select_related = ["block", "session", "stated_by"]
    search_fields = ["=session__pk"]


@admin.register(LeftBehindStep, site=look_up)
class LeftBehindStepAdmin(LookUpAdmin):
    list_display = ["pk", "session", "way", "due_at", "done_at", "done_by"]
    list_filter = ["way"]
    list_select_related = ["session", "done_by"]
    search_fields = ["=session__pk"]


@admin.register(CounterDisplay, site=look_up)
class CounterDisplayAdmin(LookUpAdmin):
    """The code and the secret of a display are not shown."""

    list_display = ["pk", "gate", "paired_by", "paired_at", "session", "shown_at"]
    list_select_related = ["gate", "paired_by", "session"]
    exclude = ["secret_hash", "code"]
