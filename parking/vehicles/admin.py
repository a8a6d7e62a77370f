"""Show vehicles on the look-up site."""

from django.contrib import admin

from parking.core.admin import LookUpAdmin, look_up
from parking.vehicles.models import SavedVehicle, Vehicle


@admin.register(Vehicle, site=look_up)
class VehicleAdmin(LookUpAdmin):
    list_display = ["vehicle_number", "kind", "created_at"]
    list_filter = ["kind"]
    search_fields = ["vehicle_number", "match_key"]


@admin.register(SavedVehicle, site=look_up)
class SavedVehicleAdmin(LookUpAdmin):
    list_display = ["driver", "vehicle", "vehicle_kind", "label", "created_at"]
    list_filter = ["vehicle_kind"]
    list_select_related = ["driver", "vehicle"]
    search_fields = ["=driver__username", "vehicle__match_key"]
