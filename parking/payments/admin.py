"""Looking up bills and money."""

from django.contrib import admin

from parking.core.admin import LookUpAdmin, look_up
from parking.payments.models import Bill, Debt, GatewayEvent, Payment, PaymentOrder, Refund


@admin.register(Bill, site=look_up)
class BillAdmin(LookUpAdmin):
    list_display = ["pk", "session", "total", "captured", "refunded", "charged", "frozen_until", "closed_at"]
    list_filter = ["closed_at"]
    list_select_related = ["session"]
    search_fields = ["=pk", "=session__pk"]


@admin.register(PaymentOrder, site=look_up)
class PaymentOrderAdmin(LookUpAdmin):
    list_display = ["order_id", "bill", "purpose", "gateway", "amount", "status", "created_at"]
    list_filter = ["status", "purpose", "gateway"]
    list_select_related = ["bill"]
    search_fields = ["=order_id", "=gateway_order_id", "=bill__pk"]


@admin.register(Payment, site=look_up)
class PaymentAdmin(LookUpAdmin):
    list_display = ["pk", "bill", "amount", "method", "gateway", "reference", "attendant", "captured_at"]
    list_filter = ["method", "gateway", "captured_at"]
    list_select_related = ["bill", "attendant"]
    search_fields = ["=pk", "=reference", "=bill__pk", "=order__order_id"]


@admin.register(Refund, site=look_up)
class RefundAdmin(LookUpAdmin):
    list_display = ["refund_id", "payment", "amount", "status", "reason", "created_at", "completed_at"]
    list_filter = ["status"]
    list_select_related = ["payment"]
    search_fields = ["=refund_id", "=gateway_refund_id", "=payment__pk"]


@admin.register(Debt, site=look_up)
class DebtAdmin(LookUpAdmin):
    list_display = [
        "pk",
        "bill",
        "amount",
        "status",
        "written_off_by",
        "created_at",
        "waits_until",
        "closed_at",
        "objected_at",
    ]
    list_filter = ["status"]
    list_select_related = ["bill", "written_off_by"]
    search_fields = ["=pk", "=bill__pk"]


@admin.register(GatewayEvent, site=look_up)
class GatewayEventAdmin(LookUpAdmin):
    list_display = ["received_at", "gateway", "kind", "name", "order_id", "refund_id", "processed_at"]
    list_filter = ["gateway", "kind"]
    search_fields = ["=order_id", "=refund_id", "=event_key"]
