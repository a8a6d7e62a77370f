"""Looking up vehicles."""

from django.contrib import admin

from parking.core.admin import LookUpAdmin, look_up
from parking.vehicles.models import Vehicle


@admin.register(Vehicle, site=look_up)
class VehicleAdmin(LookUpAdmin):
    list_display = ["vehicle_number", "kind", "created_at"]
    list_filter = ["kind"]
    search_fields = ["vehicle_number", "match_key"]
