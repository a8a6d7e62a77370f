"""Show notices and their deliveries on the look-up site."""

from django.contrib import admin

from parking.core.admin import LookUpAdmin, look_up
from parking.notifications.models import Delivery, Notice, Preference, PushSubscription, QuietHours


@admin.register(Notice, site=look_up)
class NoticeAdmin(LookUpAdmin):
    list_display = ["at", "kind", "person", "source", "read_at"]
    list_filter = ["kind"]
    list_select_related = ["person"]
    search_fields = ["=source", "=person__username"]


@admin.register(Delivery, site=look_up)
class DeliveryAdmin(LookUpAdmin):
    list_display = ["notice", "channel", "state", "attempts", "next_at", "error", "sent_at"]
    list_filter = ["channel", "state"]
    list_select_related = ["notice"]
    search_fields = ["=notice__person__username", "=error"]


@admin.register(Preference, site=look_up)
class PreferenceAdmin(LookUpAdmin):
    list_display = ["person", "kind", "channel", "is_on"]
    list_filter = ["channel", "is_on"]
    list_select_related = ["person"]
    search_fields = ["=person__username"]


@admin.register(QuietHours, site=look_up)
class QuietHoursAdmin(LookUpAdmin):
    list_display = ["person", "begin", "end"]
    list_select_related = ["person"]
    search_fields = ["=person__username"]


@admin.register(PushSubscription, site=look_up)
class PushSubscriptionAdmin(LookUpAdmin):
    list_display = ["uuid", "person", "created_at"]
    list_select_related = ["person"]
    search_fields = ["=person__username"]
    # With them others could read or send the messages of a browser.
    exclude = ["endpoint", "p256dh", "auth"]
