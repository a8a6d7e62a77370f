"""Show tariffs on the look-up site."""

from django.contrib import admin

from parking.core.admin import LookUpAdmin, look_up
from parking.tariffs.models import Holiday, RateCard, Tariff, ZoneDemand, ZoneTariff


@admin.register(ZoneTariff, site=look_up)
class ZoneTariffAdmin(LookUpAdmin):
    list_display = ["zone", "vehicle_kind", "hourly_rate", "booking_fee"]
    list_filter = ["vehicle_kind"]
    list_select_related = ["zone"]
    search_fields = ["zone__name"]


@admin.register(RateCard, site=look_up)
class RateCardAdmin(LookUpAdmin):
    list_display = ["name", "vehicle_kind", "created_at"]
    list_filter = ["vehicle_kind"]
    search_fields = ["name"]


@admin.register(Tariff, site=look_up)
class TariffAdmin(LookUpAdmin):
    list_display = ["id", "zone", "rate_card", "vehicle_kind", "valid_from", "valid_to", "is_base"]
    list_filter = ["vehicle_kind", "is_base"]
    list_select_related = ["zone", "rate_card"]
    search_fields = ["zone__name", "rate_card__name"]


@admin.register(Holiday, site=look_up)
class HolidayAdmin(LookUpAdmin):
    list_display = ["site", "date", "name"]
    list_filter = ["site"]
    list_select_related = ["site"]
    search_fields = ["name"]


@admin.register(ZoneDemand, site=look_up)
class ZoneDemandAdmin(LookUpAdmin):
    list_display = ["zone", "steps", "updated_at"]
    list_select_related = ["zone"]
    search_fields = ["zone__name"]
