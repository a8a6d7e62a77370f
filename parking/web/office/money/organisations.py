"""Organisations: the list, one with its invoices, making and changing one, and entering what it paid."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from parking.accounts.queries import id_of_username
from parking.checkout.documents import document_of_organisation
from parking.checkout.organisation_money import METHODS, Received, enter_payment
from parking.checkout.organisation_writing_off import ask_write_off
from parking.core import clock
from parking.core.errors import DomainError
from parking.core.ids import MAX_ID
from parking.core.money import ZERO
from parking.edge import requests
from parking.edge.callers import actor_of
from parking.edge.downloads import documents_file
from parking.edge.pages import page
from parking.edge.requests import Attempt
from parking.edge.wording import sentence_for
from parking.passes import organisations
from parking.passes.models import Organisation, OrganisationInvoice
from parking.passes.organisation_invoices import due_by_organisation, invoice_by_number
from parking.passes.organisation_list import listed_by_organisation
from parking.passes.organisation_rules import MOST_DUE_DAYS, MOST_ON_LIST
from parking.web.access import for_managers, for_office
from parking.web.components import amount_text
from parking.web.forms import AmountField, ServiceForm
from parking.web.gstin_field import GstinField
from parking.web.office.shared.fields import EditForm, WholeField
from parking.web.office.shared.lists import DayField, sheet_of
from parking.web.office.shared.site_switch import site_switch
from parking.web.organisation_words import (
    BILLINGS,
    KINDS,
    PRICINGS,
    ShownOrganisation,
    shown_invoices,
    shown_organisation,
)
from parking.web.templatetags.parking import word

SECTION = "organisations"
_CHOSEN_ONCE = ("plan_id", "billing", "starts_on")


class OrganisationForm(EditForm):
    """An organisation; plan, billing and first day are chosen once."""

    name = forms.CharField(label=_("Name"), max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), choices=list(KINDS.items()))
    gstin = GstinField()
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    contact = forms.CharField(
        label=_("Username of the contact"),
        help_text=_("A driver's account, which sees the list and the invoices."),
        max_length=150,
        required=False,
    )
    plan_id = forms.TypedChoiceField(
        label=_("Plan"), coerce=int, help_text=_("It says where and when the vehicles park.")
    )
    vehicles = WholeField(label=_("Vehicles on the list"), least=1, most=MOST_ON_LIST)
    inside = WholeField(label=_("Inside at once"), least=1, most=MOST_ON_LIST)
    price = AmountField(label=_("Price of a month"), help_text=_("In rupees, GST included."))
    pricing = forms.ChoiceField(label=_("What the price is for"), choices=list(PRICINGS.items()))
    billing = forms.ChoiceField(label=_("Invoiced"), choices=list(BILLINGS.items()))
    due_days = WholeField(
        label=_("Days to pay"), least=0, most=MOST_DUE_DAYS, help_text=_("After the day of the invoice.")
    )
    amber_days = WholeField(
        label=_("Days in amber"),
        least=0,
        most=MOST_DUE_DAYS,
        help_text=_("So long overdue, the gate only warns; after that the vehicles pay."),
    )
    starts_on = DayField(label=_("First day"), help_text=_("Left empty: today."))
    ends_on = DayField(label=_("Last day"), help_text=_("Left empty: until further notice."))

    def __init__(self, request: HttpRequest, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_new:
            plans = organisations.plans_for(actor_of(request).sites)
            _choices(self, "plan_id", [(plan.pk, f"{plan.site.name} · {plan.name}") for plan in plans])
        else:
            for name in _CHOSEN_ONCE:
                del self.fields[name]

    def add_refusal(self, error: DomainError) -> None:
        if error.code == "organisation_name_taken":
            self.add_error("name", sentence_for(error))
        else:
            super().add_refusal(error)

    def clean_contact(self) -> str:
        """Return the username. Raises ValidationError for one that nobody has."""
        username = str(self.cleaned_data["contact"]).strip()
        if username and id_of_username(username) is None:
            raise forms.ValidationError(gettext("This account was not found."))
        return username


def _choices(form: forms.Form, name: str, choices: list[tuple[Any, str | Promise]]) -> None:
    cast(forms.ChoiceField, form.fields[name]).choices = choices


def _fields_of(values: dict[str, Any]) -> dict[str, Any]:
    """Return typed values as the service takes them."""
    fields = {name: value for name, value in values.items() if name not in {"seen", "contact"}}
    if "contact" in values:
        fields["contact_id"] = id_of_username(values["contact"]) if values["contact"] else None
    return fields


_NEW = {"kind": "COMPANY", "pricing": "PER_VEHICLE", "billing": "MONTHLY", "due_days": 15, "amber_days": 7}


@require_safe
@for_office
def overview(request: HttpRequest) -> HttpResponse:
    """Show the organisations by name, with what they owe."""
    switch = site_switch(request)
    sheet = sheet_of(request, organisations.organisations_of(switch.sites))
    return page(
        request,
        "office/organisations.html",
        section=SECTION,
        switch=switch,
        sheet=sheet,
        rows=_shown(list(sheet.rows)),
    )


def _shown(rows: list[Organisation]) -> list[ShownOrganisation]:
    now = clock.now()
    due = due_by_organisation([one.pk for one in rows])
    listed = listed_by_organisation([one.subscription.pk for one in rows], now=now)
    return [
        shown_organisation(one, listed=listed.get(one.subscription.pk, 0), due=due.get(one.pk, ZERO), now=now)
        for one in rows
    ]


@require_safe
@for_office
def one(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Show an organisation with its terms and invoices."""
    found = _found(request, organisation_id)
    return page(
        request,
        "office/organisation.html",
        section=SECTION,
        shown=_shown([found])[0],
        one=found,
        invoices=shown_invoices(found, clock.now()),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def new(request: HttpRequest) -> HttpResponse:
    """Make an organisation."""
    form = OrganisationForm(request, request.POST or None, is_new=True, initial=_NEW if not request.POST else None)
    if form.is_valid():
        with form.refusals(request):
            fields = _fields_of(form.cleaned_data)
            made = organisations.create_organisation(actor=actor_of(request), fields=fields, now=clock.now())
            messages.success(request, gettext("%(name)s was created.") % {"name": made.name})
            return redirect("office_organisation", made.pk)
    return page(request, "office/organisation_form.html", section=SECTION, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def edit(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Change an organisation from now on."""
    found = _found(request, organisation_id)
    form = OrganisationForm(request, request.POST or None, is_new=False, initial=_values_of(found))
    if form.is_valid():
        with form.refusals(request):
            altered = _fields_of(form.altered())
            if altered:
                organisations.change_organisation(
                    actor=actor_of(request), organisation_id=organisation_id, changes=altered, now=clock.now()
                )
            messages.success(request, gettext("Saved."))
            return redirect("office_organisation", organisation_id)
    return page(request, "office/organisation_form.html", section=SECTION, form=form, one=found)


def _values_of(found: Organisation) -> dict[str, Any]:
    skipped = {"seen", "contact", *_CHOSEN_ONCE}
    values = {name: getattr(found, name) for name in OrganisationForm.base_fields if name not in skipped}
    return values | {"contact": found.contact.username if found.contact else ""}


# --- Invoices ----------------------------------------------------------------------------------------------


@require_safe
@for_office
def invoice(request: HttpRequest, organisation_id: int, invoice_number: int) -> HttpResponse:
    """Return the tax invoice of a month and the notes to it as PDF."""
    found = _invoice(request, organisation_id, invoice_number)
    return documents_file(document_of_organisation(found, now=clock.now()), "A4")


class PaymentForm(ServiceForm):
    """What an organisation paid of an invoice."""

    method = forms.ChoiceField(label=_("How is it paid?"))
    amount = AmountField(label=_("Received"), help_text=_("Without the tax that was deducted."))
    reference = forms.CharField(
        label=_("Reference"),
        help_text=_("The number of the transfer or cheque, or the 12 digits of UPI."),
        max_length=40,
        required=False,
    )
    tds = AmountField(label=_("TDS deducted"), required=False)
    tds_reference = forms.CharField(label=_("Number of the TDS certificate"), max_length=40, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "method", [(method, word(method)) for method in METHODS])

    def received(self) -> Received:
        """Return what was typed."""
        given = self.cleaned_data
        return Received(
            amount=given["amount"],
            tds=given["tds"] or ZERO,
            method=given["method"],
            reference=given["reference"],
            tds_reference=given["tds_reference"],
        )


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def payment(request: HttpRequest, organisation_id: int, invoice_number: int) -> HttpResponse:
    """Enter what was paid of an invoice, wholly or in part."""
    found = _invoice(request, organisation_id, invoice_number)
    form = PaymentForm(request.POST or None, initial={"amount": found.bill.due})
    if form.is_valid():
        with form.refusals(request):
            after = _enter(request, found, form)
            text = gettext("The payment was entered. Still due: %(due)s.") % {"due": amount_text(after.bill.due)}
            messages.success(request, text)
            return redirect("office_organisation", organisation_id)
    key = requests.new_form_key()
    return page(
        request, "office/organisation_payment.html", section=SECTION, form=form, key=key, invoice=found,
        one=found.organisation,
    )  # fmt: skip


class WriteOffForm(ServiceForm):
    reason = forms.CharField(label=_("Reason"), max_length=200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def write_off(request: HttpRequest, organisation_id: int, invoice_number: int) -> HttpResponse:
    """Ask a second person to write an overdue invoice off."""
    found = _invoice(request, organisation_id, invoice_number)
    form = WriteOffForm(request.POST or None)
    if form.is_valid():
        with form.refusals(request):
            ask_write_off(
                actor=actor_of(request),
                organisation_id=organisation_id,
                number=found.number,
                reason=form.cleaned_data["reason"],
                now=clock.now(),
            )
            messages.success(request, gettext("Another manager has to approve it."))
            return redirect("office_organisation", organisation_id)
    return page(
        request, "office/organisation_write_off.html", section=SECTION, form=form, invoice=found,
        one=found.organisation,
    )  # fmt: skip


@requests.once_per_form
def _enter(
    request: HttpRequest, attempt: Attempt, found: OrganisationInvoice, form: PaymentForm
) -> OrganisationInvoice:
    if attempt.subject is not None:
        return found
    return enter_payment(
        actor=actor_of(request),
        organisation_id=found.organisation_id,
        number=found.number,
        received=form.received(),
        now=clock.now(),
        key=attempt.key,
    )


def _invoice(request: HttpRequest, organisation_id: int, number: int) -> OrganisationInvoice:
    return invoice_by_number(_found(request, organisation_id), number)


def _found(request: HttpRequest, organisation_id: int) -> Organisation:
    if organisation_id > MAX_ID:
        raise Http404
    return organisations.organisation_by_id(organisation_id, sites=actor_of(request).sites)
