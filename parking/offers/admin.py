"""Show promo codes, their uses and points on the look-up site."""

from django.contrib import admin

from parking.core.admin import LookUpAdmin, look_up
from parking.offers.models import PointEntry, PromoCode, PromoCount, PromoUse


@admin.register(PromoCode, site=look_up)
class PromoCodeAdmin(LookUpAdmin):
    list_display = ["code", "kind", "value", "cap", "valid_from", "valid_to", "uses", "is_active"]
    list_filter = ["kind", "is_active"]
    search_fields = ["code"]


@admin.register(PromoCount, site=look_up)
class PromoCountAdmin(LookUpAdmin):
    list_display = ["code", "key", "taken"]
    list_select_related = ["code"]
    search_fields = ["code__code", "=key"]


@admin.register(PromoUse, site=look_up)
class PromoUseAdmin(LookUpAdmin):
    list_display = ["code", "session", "amount", "created_at"]
    list_select_related = ["code", "session"]
    search_fields = ["code__code", "=session__pk"]


@admin.register(PointEntry, site=look_up)
class PointEntryAdmin(LookUpAdmin):
    list_display = ["driver", "number", "kind", "points", "balance", "session", "created_at"]
    list_filter = ["kind"]
    list_select_related = ["driver", "session"]
    search_fields = ["=driver__username", "=session__pk"]
