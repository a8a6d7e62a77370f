"""Show replays on the look-up site."""

from django.contrib import admin

from parking.core.admin import LookUpAdmin, look_up
from parking.replays.models import Replay


@admin.register(Replay, site=look_up)
class ReplayAdmin(LookUpAdmin):
    list_display = ["pk", "asked_by", "start_date", "end_date", "vehicle_kind", "state", "done", "total", "created_at"]
    list_filter = ["state", "vehicle_kind"]
    list_select_related = ["asked_by"]
