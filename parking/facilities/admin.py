"""Show sites, zones and slots on the look-up site."""

from django.contrib import admin

from parking.core.admin import LookUpAdmin, look_up
from parking.facilities.models import Emergency, Gate, ParkingSite, ParkingSlot, ParkingZone, ZoneClosure


@admin.register(ParkingSite, site=look_up)
class ParkingSiteAdmin(LookUpAdmin):
    list_display = ["name", "code", "state", "address", "time_zone", "retired_at"]
    search_fields = ["name", "address"]


@admin.register(Gate, site=look_up)
class GateAdmin(LookUpAdmin):
    list_display = ["name", "site", "direction", "retired_at"]
    list_filter = ["direction", "site"]
    list_select_related = ["site"]
    search_fields = ["name"]


@admin.register(ParkingZone, site=look_up)
class ParkingZoneAdmin(LookUpAdmin):
    list_display = ["name", "site", "hourly_rate", "booking_fee", "is_active", "retired_at"]
    list_filter = ["is_active", "site"]
    list_select_related = ["site"]
    search_fields = ["name", "place", "=uuid"]


@admin.register(ParkingSlot, site=look_up)
class ParkingSlotAdmin(LookUpAdmin):
    list_display = ["slot_number", "zone", "kind", "status", "kept"]
    list_filter = ["status", "kind", "zone"]
    list_select_related = ["zone"]
    search_fields = ["^slot_number"]
    ordering = ["zone", "sort_key"]


@admin.register(ZoneClosure, site=look_up)
class ZoneClosureAdmin(LookUpAdmin):
    list_display = ["zone", "from_at", "until_at", "counted_at"]
    list_filter = ["zone"]
    list_select_related = ["zone"]


@admin.register(Emergency, site=look_up)
class EmergencyAdmin(LookUpAdmin):
    list_display = ["pk", "site", "reason", "begun_by", "asked_at", "confirmed_by", "begins_at", "ends_at", "ended_at"]
    list_filter = ["site"]
    list_select_related = ["site", "begun_by", "confirmed_by"]
