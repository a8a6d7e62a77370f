"""The organisation whose contact somebody is: its list and its invoices, to look at, take away and pay."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parking.checkout.documents import document_of_organisation
from parking.checkout.organisation_paying import ToPay, pay_invoice, to_pay
from parking.checkout.paying import refresh_order
from parking.core import clock
from parking.core.ids import MAX_ID
from parking.core.money import ZERO
from parking.core.qr import qr_data_uri
from parking.edge.callers import actor_of
from parking.edge.downloads import documents_file
from parking.edge.pages import page
from parking.passes.models import Organisation
from parking.passes.organisation_invoices import due_by_organisation, invoice_by_number
from parking.passes.organisation_list import listed_by_organisation, listed_vehicles
from parking.passes.organisations import organisation_of_contact
from parking.payments.models import OrderStatus
from parking.web.access import for_drivers, user_of
from parking.web.driver.forms import WayToPayForm
from parking.web.organisation_words import list_as_file, shown_invoices, shown_organisation

SECTION = "passes"
MOST_SHOWN = 100


@require_safe
@for_drivers
def one(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Show what was agreed, the vehicles on the list, and the invoices."""
    found, now = _found(request, organisation_id), clock.now()
    listed = listed_by_organisation([found.subscription.pk], now=now).get(found.subscription.pk, 0)
    due = due_by_organisation([found.pk]).get(found.pk, ZERO)
    return page(
        request,
        "driver/organisation.html",
        section=SECTION,
        one=found,
        shown=shown_organisation(found, listed=listed, due=due, now=now),
        invoices=shown_invoices(found, now),
        vehicles=listed_vehicles(found, now=now)[:MOST_SHOWN],
    )


@require_safe
@for_drivers
def list_file(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Return the list as a file."""
    return list_as_file(_found(request, organisation_id), clock.now())


@require_safe
@for_drivers
def invoice(request: HttpRequest, organisation_id: int, invoice_number: int) -> HttpResponse:
    """Return the tax invoice of a month and the notes to it as PDF."""
    found = invoice_by_number(_found(request, organisation_id), invoice_number)
    return documents_file(document_of_organisation(found, now=clock.now()), "A4")


# --- Paying ------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_drivers
def pay(request: HttpRequest, organisation_id: int, invoice_number: int) -> HttpResponse:
    """Show the payment of an invoice that waits, or start one; once it is paid, the organisation is shown."""
    _found(request, organisation_id)
    form = WayToPayForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            order = pay_invoice(
                actor=actor_of(request),
                organisation_id=organisation_id,
                number=invoice_number,
                gateway=form.gateway_code(),
                now=clock.now(),
            )
            if order.status != OrderStatus.COMPLETED:
                return redirect("organisation_pay", organisation_id, invoice_number)
    # Read again: a payment may have changed it.
    found = _to_pay(request, organisation_id, invoice_number)
    if found.invoice.bill.due == ZERO and not form.errors:
        messages.success(request, gettext("The invoice is paid."))
        return redirect("organisation", organisation_id)
    return page(request, "driver/invoice_pay.html", section=SECTION, form=form, **_payment(found))


def _to_pay(request: HttpRequest, organisation_id: int, invoice_number: int) -> ToPay:
    return to_pay(actor=actor_of(request), organisation_id=organisation_id, number=invoice_number)


def _payment(found: ToPay) -> dict[str, Any]:
    link = (found.order.upi_link or found.order.pay_url) if found.order else ""
    return {
        "one": found.organisation,
        "invoice": found.invoice,
        "due": found.invoice.bill.due,
        "order": found.order,
        "picture": qr_data_uri(link) if link else "",
    }


@require_safe
@for_drivers
def pay_live(request: HttpRequest, organisation_id: int, invoice_number: int) -> HttpResponse:
    """The payment of an invoice as it now is; the page goes on when the money is there."""
    found = _to_pay(request, organisation_id, invoice_number)
    if found.order is None:
        address = reverse("organisation_pay", args=[organisation_id, invoice_number])
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return page(request, "driver/parts/payment.html", **_payment(found))


@require_POST
@for_drivers
def pay_check(request: HttpRequest, organisation_id: int, invoice_number: int) -> HttpResponse:
    """Ask the gateway after the payment of an invoice, and settle what it says; `pay_live` shows it."""
    found = _to_pay(request, organisation_id, invoice_number)
    if found.order is not None:
        refresh_order(order=found.order, now=clock.now())
    return HttpResponse(status=204)


def _found(request: HttpRequest, organisation_id: int) -> Organisation:
    if organisation_id > MAX_ID:
        raise Http404
    return organisation_of_contact(organisation_id, user_of(request).pk)
