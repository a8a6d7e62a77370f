"""Organisations in words: what they pay, when, and how that stands; their lists as files."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parking.checkout.organisation_money import payments_of
from parking.core.money import ZERO
from parking.core.qr import qr_data_uri
from parking.edge.downloads import CSV
from parking.passes.list_file import template_text
from parking.passes.models import Organisation, OrganisationInvoice, OrganisationKind, PassStatus
from parking.passes.organisation_invoices import invoices_of
from parking.passes.organisation_list import lines_of
from parking.passes.organisation_rules import Billing, Pricing
from parking.payments.models import Payment
from parking.web.components import amount_text
from parking.web.pass_words import words_of

KINDS: dict[str, Promise] = {
    OrganisationKind.TENANT: gettext_lazy("Tenant"),
    OrganisationKind.HOSPITAL: gettext_lazy("Hospital"),
    OrganisationKind.COMPANY: gettext_lazy("Company"),
    OrganisationKind.SOCIETY: gettext_lazy("Housing society"),
}
PRICINGS: dict[str, Promise] = {
    Pricing.PER_VEHICLE: gettext_lazy("For each vehicle"),
    Pricing.LUMP_SUM: gettext_lazy("For all vehicles together"),
}
BILLINGS: dict[str, Promise] = {
    Billing.MONTHLY: gettext_lazy("After each month"),
    Billing.AHEAD: gettext_lazy("Before each month"),
}


@dataclass(frozen=True)
class ShownInvoice:
    """An invoice with its state and what was paid of it."""

    invoice: OrganisationInvoice
    state: str
    payments: list[Payment]

    @property
    def has_document(self) -> bool:
        return self.invoice.bill.total > ZERO


@dataclass(frozen=True)
class ShownOrganisation:
    """An organisation with its state, how many vehicles are on its list, and what it owes in rupees."""

    one: Organisation
    state: str
    listed: int
    due: Decimal

    @property
    def kind(self) -> str:
        return str(KINDS[self.one.kind])

    @property
    def price(self) -> str:
        """Return what a month costs: ₹2,500 for each vehicle."""
        names = {"price": amount_text(self.one.price)}
        if self.one.pricing == Pricing.PER_VEHICLE:
            return _("%(price)s a month for each vehicle") % names
        return _("%(price)s a month for all vehicles") % names

    @property
    def billing(self) -> str:
        return str(BILLINGS[self.one.billing])

    @property
    def covers(self) -> list[str]:
        """Return where and when its vehicles are covered, a short line for each thing."""
        return words_of(self.one.subscription.coverage, list(self.one.plan.zones.all()))

    @property
    def picture(self) -> str:
        """Return the code of its pass as a picture."""
        return qr_data_uri(self.one.subscription.pass_code)


def shown_organisation(one: Organisation, *, listed: int, due: Decimal, now: datetime) -> ShownOrganisation:
    return ShownOrganisation(one, _state(one, now), listed, due)


def _state(one: Organisation, now: datetime) -> str:
    """Return the code of the state of an organisation."""
    held = one.subscription
    if held.status != PassStatus.ACTIVE or now >= held.ends_at:
        return "ORGANISATION_OVER"
    if held.paying_at is not None and now >= held.paying_at:
        return "ORGANISATION_PAYING"
    if held.amber_at is not None and now >= held.amber_at:
        return "ORGANISATION_OVERDUE"
    return "ORGANISATION_COMING" if now < held.starts_at else "ORGANISATION_ACTIVE"


def shown_invoices(one: Organisation, now: datetime) -> list[ShownInvoice]:
    """Return the invoices of an organisation, the newest first."""
    return [ShownInvoice(row, _state_of(row, now), payments_of(row)) for row in invoices_of(one)]


def _state_of(invoice: OrganisationInvoice, now: datetime) -> str:
    if invoice.paid_at is not None:
        return "INVOICE_PAID"
    if invoice.written_off_at is not None:
        return "INVOICE_WRITTEN_OFF"
    return "INVOICE_OVERDUE" if now >= invoice.due_at else "INVOICE_OPEN"


def list_as_file(one: Organisation, now: datetime) -> HttpResponse:
    """Return the list of an organisation as the file that is uploaded; an empty one has an example."""
    headers = {"Content-Disposition": 'attachment; filename="vehicles.csv"', "Cache-Control": "private, no-store"}
    return HttpResponse(template_text(lines_of(one, now=now)), content_type=f"{CSV}; charset=utf-8", headers=headers)
