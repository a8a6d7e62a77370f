"""Looking up the sums of finished days."""

from django.contrib import admin

from parking.core.admin import LookUpAdmin, look_up
from parking.reports.models import DayMoney, DayStays, HourMoney, HourStays, RollState, SiteMoney


@admin.register(DayMoney, site=look_up)
class DayMoneyAdmin(LookUpAdmin):
    list_display = ["day", "site", "zone", "method", "captured", "refunded", "payments", "refunds"]
    list_filter = ["method", "day"]
    list_select_related = ["site", "zone"]


@admin.register(SiteMoney, site=look_up)
class SiteMoneyAdmin(LookUpAdmin):
    list_display = ["day", "site", "method", "captured", "refunded", "payments", "refunds"]
    list_filter = ["method", "day"]
    list_select_related = ["site"]


@admin.register(HourMoney, site=look_up)
class HourMoneyAdmin(LookUpAdmin):
    list_display = ["day", "site", "hour", "captured", "refunded"]
    list_filter = ["day"]
    list_select_related = ["site"]


@admin.register(HourStays, site=look_up)
class HourStaysAdmin(LookUpAdmin):
    list_display = ["day", "site", "hour", "booked", "entered", "left"]
    list_filter = ["day"]
    list_select_related = ["site"]


@admin.register(DayStays, site=look_up)
class DayStaysAdmin(LookUpAdmin):
    list_display = ["day", "site", "zone", "booked", "entered", "left", "cancelled", "no_shows", "unpaid"]
    list_filter = ["day"]
    list_select_related = ["site", "zone"]


@admin.register(RollState, site=look_up)
class RollStateAdmin(LookUpAdmin):
    list_display = ["through", "rolled_at"]
