"""Show tax documents, their number series and the tax profiles on the look-up site."""

from django.contrib import admin

from parking.core.admin import LookUpAdmin, look_up
from parking.invoices.models import CustomerDetails, DocumentMail, NumberSeries, TaxDocument, TaxProfile


@admin.register(TaxDocument, site=look_up)
class TaxDocumentAdmin(LookUpAdmin):
    list_display = ["number", "kind", "site", "bill", "issued_at", "taxable", "cgst", "sgst", "total", "original"]
    list_filter = ["kind", "site", "issued_at"]
    list_select_related = ["site", "bill", "original"]
    search_fields = ["=number", "=bill__pk", "=payment__pk", "=refund__refund_id"]


@admin.register(NumberSeries, site=look_up)
class NumberSeriesAdmin(LookUpAdmin):
    list_display = ["prefix", "kind", "year", "site", "last", "last_at"]
    list_filter = ["kind", "year", "site"]
    list_select_related = ["site"]


@admin.register(TaxProfile, site=look_up)
class TaxProfileAdmin(LookUpAdmin):
    list_display = ["site", "holds_from", "legal_name", "gstin", "rate", "sac", "series_prefix"]
    list_filter = ["site"]
    list_select_related = ["site"]
    search_fields = ["legal_name", "=gstin"]


@admin.register(CustomerDetails, site=look_up)
class CustomerDetailsAdmin(LookUpAdmin):
    list_display = ["bill", "company", "gstin", "given_at"]
    list_select_related = ["bill"]
    search_fields = ["=gstin", "=bill__pk"]


@admin.register(DocumentMail, site=look_up)
class DocumentMailAdmin(LookUpAdmin):
    list_display = ["payment", "recipient", "state", "asked_at", "ended_at"]
    list_filter = ["state"]
    list_select_related = ["payment", "recipient"]
    search_fields = ["=payment__pk", "=recipient__username"]
