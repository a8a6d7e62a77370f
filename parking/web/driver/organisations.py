"""The organisation whose contact somebody is: its list and its invoices, to look at and take away."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from parking.checkout.documents import document_of_organisation
from parking.core import clock
from parking.core.ids import MAX_ID
from parking.core.money import ZERO
from parking.edge.downloads import documents_file
from parking.edge.pages import page
from parking.passes.models import Organisation
from parking.passes.organisation_invoices import due_by_organisation, invoice_by_number
from parking.passes.organisation_list import listed_by_organisation, listed_vehicles
from parking.passes.organisations import organisation_of_contact
from parking.web.access import for_drivers, user_of
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


def _found(request: HttpRequest, organisation_id: int) -> Organisation:
    if organisation_id > MAX_ID:
        raise Http404
    return organisation_of_contact(organisation_id, user_of(request).pk)
