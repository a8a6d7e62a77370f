"""Show plans and passes on the look-up site."""

from django.contrib import admin

from parking.core.admin import LookUpAdmin, look_up
from parking.passes.models import (
    Mandate,
    MandateCharge,
    MandateConsent,
    MandatePlan,
    Organisation,
    OrganisationInvoice,
    PassLengthening,
    PassPeriod,
    PassVehicle,
    Plan,
    Subscription,
)


@admin.register(Plan, site=look_up)
class PlanAdmin(LookUpAdmin):
    list_display = ["name", "site", "period", "price", "vehicles", "inside", "reserved", "is_active"]
    list_filter = ["site", "period", "is_active"]
    list_select_related = ["site"]
    search_fields = ["name"]


@admin.register(Subscription, site=look_up)
class SubscriptionAdmin(LookUpAdmin):
    list_display = [
        "number",
        "plan",
        "driver",
        "organisation",
        "status",
        "starts_at",
        "ends_at",
        "auto_renew",
        "slot",
        "pay_by",
    ]
    list_filter = ["status", "plan"]
    list_select_related = ["plan", "driver", "organisation", "slot"]
    search_fields = ["=pk", "=driver__username", "=pass_code"]


@admin.register(MandatePlan, site=look_up)
class MandatePlanAdmin(LookUpAdmin):
    list_display = ["number", "plan", "period", "amount", "gateway_id"]
    list_select_related = ["plan"]
    search_fields = ["=number", "=gateway_id"]


@admin.register(Mandate, site=look_up)
class MandateAdmin(LookUpAdmin):
    list_display = ["number", "subscription", "status", "gateway_status", "end_reason", "starts_at", "next_check_at"]
    list_filter = ["status"]
    list_select_related = ["subscription"]
    search_fields = ["=number", "=gateway_id", "=subscription__pk"]


@admin.register(MandateCharge, site=look_up)
class MandateChargeAdmin(LookUpAdmin):
    list_display = ["payment_id", "mandate", "order", "created_at"]
    list_select_related = ["mandate", "order"]
    search_fields = ["=payment_id", "=order__order_id"]


@admin.register(MandateConsent, site=look_up)
class MandateConsentAdmin(LookUpAdmin):
    list_display = ["payment_id", "mandate", "amount", "paid_at", "refund_id", "refunded_at"]
    list_select_related = ["mandate"]
    search_fields = ["=payment_id", "=refund_id", "=mandate__number"]


@admin.register(PassPeriod, site=look_up)
class PassPeriodAdmin(LookUpAdmin):
    list_display = ["subscription", "number", "starts_at", "ends_at", "bill", "paid_at"]
    list_select_related = ["subscription", "bill"]
    search_fields = ["=subscription__pk", "=bill__pk"]


@admin.register(PassLengthening, site=look_up)
class PassLengtheningAdmin(LookUpAdmin):
    list_display = ["subscription", "closure", "days"]
    list_select_related = ["subscription", "closure__zone"]
    search_fields = ["=subscription__pk"]


@admin.register(PassVehicle, site=look_up)
class PassVehicleAdmin(LookUpAdmin):
    list_display = ["subscription", "vehicle", "from_at", "until_at", "is_swap"]
    list_select_related = ["subscription", "vehicle"]
    search_fields = ["=subscription__pk", "=vehicle__match_key"]


@admin.register(Organisation, site=look_up)
class OrganisationAdmin(LookUpAdmin):
    list_display = ["name", "kind", "plan", "vehicles", "inside", "pricing", "price", "billing", "ends_on"]
    list_filter = ["kind", "billing", "plan"]
    list_select_related = ["plan"]
    search_fields = ["name", "=gstin"]


@admin.register(OrganisationInvoice, site=look_up)
class OrganisationInvoiceAdmin(LookUpAdmin):
    list_display = ["organisation", "number", "starts_at", "ends_at", "vehicles", "bill", "due_on", "paid_at"]
    list_select_related = ["organisation", "bill"]
    search_fields = ["=organisation__name", "=bill__pk"]
