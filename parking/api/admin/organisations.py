"""Organisations as managers see and change them: terms, list, invoices, and what is paid."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Query, Router
from ninja.files import UploadedFile
from pydantic import Field

from parking.api.paging import Paging, page_of
from parking.api.shapes.approvals import AskedOut, asked
from parking.api.shapes.imports import ImportOut, multipart
from parking.api.shapes.organisations import ListedVehicleOut, OrganisationInvoiceOut, OrganisationOut
from parking.api.shapes.zone_fields import absent
from parking.checkout.documents import document_of_organisation
from parking.checkout.organisation_money import Received, enter_payment
from parking.checkout.organisation_writing_off import ask_write_off
from parking.core import clock
from parking.core.ids import MAX_ID
from parking.core.money import ZERO
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, keyed, paged, problems
from parking.edge.downloads import PDF, documents_file
from parking.edge.parsing import Day, In, Note, Printable, Rupees, Text20, Text100, path_id
from parking.edge.refusal_examples import refusing
from parking.passes import organisations
from parking.passes.list_file import MOST_BYTES
from parking.passes.models import Organisation, OrganisationKind
from parking.passes.organisation_invoices import invoice_by_number, invoices_of
from parking.passes.organisation_list import import_list, listed_vehicles
from parking.passes.organisation_rules import MOST_DUE_DAYS, MOST_ON_LIST, Billing, Pricing

router = Router(tags=["Admin"], auth=admin_only)

Many = Annotated[int, Field(ge=1, le=MOST_ON_LIST)]
Days = Annotated[int, Field(ge=0, le=MOST_DUE_DAYS)]
Id = Annotated[int, Field(ge=1, le=MAX_ID)]
Address = Annotated[str, Field(max_length=300), Printable]
Gstin = Annotated[str, Field(max_length=20), Printable]
MOST_MONTHS = 30_000


class ChangedOrganisationIn(In):
    """What may be changed of an organisation, from now on; invoices that are written stay as they are."""

    name: Text100 = absent()
    kind: Annotated[OrganisationKind, Field(strict=False)] = absent()
    gstin: Gstin = absent()
    address: Address = absent()
    contact_id: Id | None = absent()
    vehicles: Many = absent()
    inside: Many = absent()
    pricing: Annotated[Pricing, Field(strict=False)] = absent()
    price: Rupees = absent()
    due_days: Days = absent()
    amber_days: Days = absent()
    ends_on: Day | None = absent()

    def fields(self) -> dict[str, Any]:
        """Return what was sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class NewOrganisationIn(ChangedOrganisationIn):
    name: Text100
    kind: Annotated[OrganisationKind, Field(strict=False)]
    plan_id: Annotated[Id, Field(description="Says where, on which days and between which hours it parks")]
    gstin: Gstin = ""
    address: Address = ""
    contact_id: Id | None = None
    vehicles: Many
    inside: Many
    pricing: Annotated[Pricing, Field(strict=False)]
    price: Rupees
    billing: Annotated[Billing, Field(strict=False)]
    due_days: Days = 15
    amber_days: Days = 7
    starts_on: Day | None = None
    ends_on: Day | None = None

    def fields(self) -> dict[str, Any]:
        """Return all fields."""
        return {name: getattr(self, name) for name in type(self).model_fields}


_NEW = {
    "name": "City Hospital",
    "kind": "HOSPITAL",
    "plan_id": 2,
    "vehicles": 40,
    "inside": 25,
    "pricing": "PER_VEHICLE",
    "price": 2500,
    "billing": "MONTHLY",
}


@router.get(
    "/organisations/",
    response={200: Ok[Page[OrganisationOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=paged(OrganisationOut.example)),
    summary="Organisations",
)
def list_organisations(request: HttpRequest, paging: Annotated[Paging, Query()]) -> HttpResponse:
    """The organisations at the caller's sites, by name."""
    found = page_of(organisations.organisations_of(actor_of(request).sites), paging)
    return ok(found.showing([OrganisationOut.of(one) for one in found.rows]))


@router.post(
    "/organisations/",
    response={201: Ok[OrganisationOut], **WRITE_PROBLEMS},
    openapi_extra=refusing(
        keyed(examples(request=_NEW, response=enveloped(OrganisationOut.example, "Organisation made"), status=201)),
        "organisation_name_taken",
        "plan_not_found",
    ),
    summary="Make an organisation",
)
@requests.idempotent_in_one_transaction
def create_organisation(request: HttpRequest, payload: NewOrganisationIn) -> HttpResponse:
    """Make an organisation with a pass of its own; its vehicles come with its list.

    `billing` AHEAD: the invoice of a month is written `due_days` before it begins; MONTHLY: once it is over. Plan,
    billing and first day (today by default) are chosen once.
    """
    made = organisations.create_organisation(actor=actor_of(request), fields=payload.fields(), now=clock.now())
    return ok(OrganisationOut.of(made), "Organisation made", status=201)


@router.get(
    "/organisations/{organisation_id}/",
    response={200: Ok[OrganisationOut], **problems()},
    openapi_extra=refusing(examples(response=enveloped(OrganisationOut.example)), "organisation_not_found"),
    summary="One organisation",
)
def one_organisation(request: HttpRequest, organisation_id: str) -> HttpResponse:
    """An organisation with its terms and its pass."""
    return ok(OrganisationOut.of(_found(request, organisation_id)))


@router.patch(
    "/organisations/{organisation_id}/",
    response={200: Ok[OrganisationOut], **problems()},
    openapi_extra=refusing(
        examples(request={"vehicles": 50}, response=enveloped(OrganisationOut.example, "Organisation changed")),
        "organisation_name_taken",
        "organisation_over",
        "pass_overlap",
        "organisation_not_found",
    ),
    summary="Change an organisation",
)
def change_organisation(request: HttpRequest, organisation_id: str, payload: ChangedOrganisationIn) -> HttpResponse:
    """Give an organisation other terms from now on. `ends_on` ends the agreement; null lets it go on."""
    changed = organisations.change_organisation(
        actor=actor_of(request), organisation_id=path_id(organisation_id), changes=payload.fields(), now=clock.now()
    )
    return ok(OrganisationOut.of(changed), "Organisation changed")


# --- The list ----------------------------------------------------------------------------------------------


@router.get(
    "/organisations/{organisation_id}/vehicles/",
    response={200: Ok[Page[ListedVehicleOut]], **problems()},
    openapi_extra=examples(response=paged(ListedVehicleOut.example)),
    summary="Vehicles of an organisation",
)
def list_vehicles(request: HttpRequest, organisation_id: str, paging: Annotated[Paging, Query()]) -> HttpResponse:
    """The vehicles that are on the list now or later."""
    found = page_of(listed_vehicles(_found(request, organisation_id), now=clock.now()), paging)
    return ok(found.showing([ListedVehicleOut.of(row) for row in found.rows]))


@router.post(
    "/organisations/{organisation_id}/vehicles/",
    response={200: Ok[ImportOut], **WRITE_PROBLEMS},
    openapi_extra=multipart(
        examples(response=enveloped(ImportOut.example, "Nothing was changed")),
        {"file": "vehicles.csv", "dry_run": True, "replace": False},
    ),
    summary="Upload the list of an organisation",
)
def upload_vehicles(
    request: HttpRequest,
    organisation_id: str,
    file: File[UploadedFile],
    dry_run: Form[bool] = False,
    replace: Form[bool] = False,
) -> HttpResponse:
    """Take a CSV file with the columns `vehicle_number`, `joins_on`, `leaves_on`; the dates may be empty.

    With `replace` it is the whole list: who is not in it leaves at the end of the day. All of it is carried out or,
    with a fault or with `dry_run`, nothing: `done` says which. The same file again changes nothing.
    """
    report = import_list(
        actor=actor_of(request),
        organisation_id=path_id(organisation_id),
        # One byte more shows that there is more than is taken.
        content=file.read(MOST_BYTES + 1),
        replaces=replace,
        dry_run=dry_run,
        now=clock.now(),
    )
    return ok(ImportOut.of(report), "Imported" if report.is_done else "Nothing was changed")


# --- Invoices ----------------------------------------------------------------------------------------------


@router.get(
    "/organisations/{organisation_id}/invoices/",
    response={200: Ok[list[OrganisationInvoiceOut]], **problems()},
    openapi_extra=examples(response=enveloped([OrganisationInvoiceOut.example])),
    summary="Invoices of an organisation",
)
def list_invoices(request: HttpRequest, organisation_id: str) -> HttpResponse:
    """The invoices of an organisation with what was paid, the newest first."""
    return ok([OrganisationInvoiceOut.of(row) for row in invoices_of(_found(request, organisation_id))])


@router.get(
    "/organisations/{organisation_id}/invoices/{invoice_number}/invoice.pdf",
    response=READ_PROBLEMS,
    openapi_extra={
        "responses": {
            200: {
                "description": "The tax invoice of the month, and the credit notes to it",
                "content": {PDF: {"schema": {"type": "string", "format": "binary"}}},
            }
        }
    },
    summary="The tax invoice of a month",
)
def invoice_file(request: HttpRequest, organisation_id: str, invoice_number: str) -> HttpResponse:
    """The tax invoice of a month as PDF; an operator without GSTIN issues a plain one."""
    invoice = invoice_by_number(_found(request, organisation_id), _number(invoice_number))
    return documents_file(document_of_organisation(invoice, now=clock.now()), "A4")


class ReceivedIn(In):
    amount: Rupees = Field(description="What came, without the tax that was deducted")
    tds: Rupees = ZERO
    payment_method: Annotated[Text20, Field(description="BANK, UPI or CASH")] = "BANK"
    reference: Note = Field("", description="The number of the transfer or cheque, or the 12 digits of UPI")
    tds_reference: Note = Field("", description="The number of the TDS certificate, if it is known")


@router.post(
    "/organisations/{organisation_id}/invoices/{invoice_number}/payments/",
    response={201: Ok[OrganisationInvoiceOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={"amount": 98000, "tds": 2000, "reference": "SBIN526331"},
            response=enveloped(OrganisationInvoiceOut.example, "Payment entered"),
            status=201,
        )
    ),
    summary="Enter a payment of an organisation",
)
@requests.idempotent_in_one_transaction
def enter(request: HttpRequest, organisation_id: str, invoice_number: str, payload: ReceivedIn) -> HttpResponse:
    """Write down what an organisation paid of an invoice, wholly or in part, and what tax it deducted."""
    received = Received(
        amount=payload.amount,
        tds=payload.tds,
        method=payload.payment_method,
        reference=payload.reference,
        tds_reference=payload.tds_reference,
    )
    invoice = enter_payment(
        actor=actor_of(request),
        organisation_id=path_id(organisation_id),
        number=_number(invoice_number),
        received=received,
        now=clock.now(),
    )
    return ok(OrganisationInvoiceOut.of(invoice), "Payment entered", status=201)


class InvoiceWriteOffIn(In):
    reason: Annotated[Note, Field(min_length=1)]


@router.post(
    "/organisations/{organisation_id}/invoices/{invoice_number}/write-off/",
    response={202: Ok[AskedOut], **WRITE_PROBLEMS},
    openapi_extra=examples(
        request={"reason": "Insolvent"}, response=enveloped(AskedOut.example, "Waits for a second person"), status=202
    ),
    summary="Write an overdue invoice off",
)
def write_off(
    request: HttpRequest, organisation_id: str, invoice_number: str, payload: InvoiceWriteOffIn
) -> HttpResponse:
    """Give up what is due on an overdue invoice, once another administrator approves it at `/api/admin/approvals/`.

    The invoice stays as it was issued; the organisation is overdue with it no longer.
    """
    approval = ask_write_off(
        actor=actor_of(request),
        organisation_id=path_id(organisation_id),
        number=_number(invoice_number),
        reason=payload.reason,
        now=clock.now(),
    )
    return asked(approval)


def _found(request: HttpRequest, organisation_id: str) -> Organisation:
    return organisations.organisation_by_id(path_id(organisation_id), sites=actor_of(request).sites)


def _number(text: str) -> int:
    """Return the number of a month from an address; one that is too large is of no month."""
    return min(path_id(text), MOST_MONTHS)
