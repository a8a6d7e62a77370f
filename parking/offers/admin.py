"""Show promo codes, their uses, points and shops on the look-up site."""

from django.contrib import admin

from parking.core.admin import LookUpAdmin, look_up
from parking.offers.models import PointEntry, PromoCode, PromoCount, PromoUse, Shop, ShopInvoice, Validation


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


@admin.register(Shop, site=look_up)
class ShopAdmin(LookUpAdmin):
    list_display = ["name", "site", "gives", "value", "is_active"]
    list_filter = ["site", "gives"]
    list_select_related = ["site"]
    search_fields = ["name", "=gstin"]


@admin.register(Validation, site=look_up)
class ValidationAdmin(LookUpAdmin):
    list_display = ["shop", "session", "created_at", "undone_at", "amount"]
    list_filter = ["shop"]
    list_select_related = ["shop", "session"]
    search_fields = ["=session__pk", "=bill_number"]


@admin.register(ShopInvoice, site=look_up)
class ShopInvoiceAdmin(LookUpAdmin):
    list_display = ["number", "shop", "month", "total", "issued_at"]
    list_filter = ["shop"]
    list_select_related = ["shop"]
    search_fields = ["=number"]
