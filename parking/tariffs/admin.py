"""Show tariffs on the look-up site."""

from django.contrib import admin

from parking.core.admin import LookUpAdmin, look_up
from parking.tariffs.models import ZoneTariff


@admin.register(ZoneTariff, site=look_up)
class ZoneTariffAdmin(LookUpAdmin):
    list_display = ["zone", "vehicle_kind", "hourly_rate", "booking_fee"]
    list_filter = ["vehicle_kind"]
    list_select_related = ["zone"]
    search_fields = ["zone__name"]
