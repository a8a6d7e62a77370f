"""The customer's company and GSTIN for the documents of a stay: of the own one, and as an attendant of any."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from parking.api.shapes.customers import InvoiceDetailsOut
from parking.checkout import customers
from parking.core import clock
from parking.core.actor import Actor
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, driver_only, staff_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, enveloped, examples, keyed
from parking.edge.parsing import GateId, GateQuery, In, Printable, path_ref
from parking.facilities.gates import actor_at
from parking.invoices.customers import ADDRESS_LENGTH, COMPANY_LENGTH, Wanted

of_driver = Router(tags=["Driver"], auth=driver_only)
of_staff = Router(tags=["Staff"], auth=staff_only)

ADDRESS = "/sessions/{session_ref}/invoice-details/"


class InvoiceDetailsIn(In):
    company: Annotated[str, Field(max_length=COMPANY_LENGTH), Printable] = ""
    gstin: Annotated[str, Field(max_length=30), Printable] = ""
    address: Annotated[str, Field(max_length=ADDRESS_LENGTH), Printable] = ""

    def wanted(self) -> Wanted:
        return Wanted(company=self.company, gstin=self.gstin, address=self.address)


class StaffInvoiceDetailsIn(InvoiceDetailsIn):
    gate_id: GateId | None = None


_READ = examples(response=enveloped(InvoiceDetailsOut.example))
_WRITE = keyed(
    examples(
        request={
            "company": "Asha Textiles Private Limited",
            "gstin": "27AAPFU0939F1ZV",
            "address": "7 Mahatma Gandhi Road, Mumbai 400001",
        },
        response=enveloped(InvoiceDetailsOut.example, "Details saved"),
    )
)


@of_driver.get(
    ADDRESS,
    response={200: Ok[InvoiceDetailsOut], **READ_PROBLEMS},
    openapi_extra=_READ,
    summary="Company and GSTIN for the invoice",
)
def own_details(request: HttpRequest, session_ref: str) -> HttpResponse:
    """What was given for the documents of one of the caller's bookings; empty if nothing was."""
    return _shown(actor_of(request), session_ref, only_of_caller=True)


@of_driver.post(
    ADDRESS,
    response={200: Ok[InvoiceDetailsOut], **WRITE_PROBLEMS},
    openapi_extra=_WRITE,
    summary="Give company and GSTIN",
)
@requests.idempotent_in_one_transaction
def give_own_details(request: HttpRequest, session_ref: str, payload: InvoiceDetailsIn) -> HttpResponse:
    """Say what shall stand on the invoice, until it is issued (`document_issued`); it is kept with this booking only.

    All of it replaces what was given before; empty fields take it back. The GSTIN is checked by its check digit.
    """
    return _given(actor_of(request), session_ref, payload, only_of_caller=True)


@of_staff.get(
    ADDRESS,
    response={200: Ok[InvoiceDetailsOut], **READ_PROBLEMS},
    openapi_extra=_READ,
    summary="Company and GSTIN for the invoice of a stay",
)
def details(request: HttpRequest, session_ref: str, filters: Annotated[GateQuery, Query()]) -> HttpResponse:
    """What was given for the documents of a stay; empty if nothing was."""
    return _shown(actor_at(actor_of(request), filters.gate_id), session_ref)


@of_staff.post(
    ADDRESS,
    response={200: Ok[InvoiceDetailsOut], **WRITE_PROBLEMS},
    openapi_extra=_WRITE,
    summary="Give company and GSTIN for a stay",
)
@requests.idempotent_in_one_transaction
def give_details(request: HttpRequest, session_ref: str, payload: StaffInvoiceDetailsIn) -> HttpResponse:
    """The same as the driver's call, for any stay."""
    return _given(actor_at(actor_of(request), payload.gate_id), session_ref, payload)


def _shown(actor: Actor, session_ref: str, *, only_of_caller: bool = False) -> HttpResponse:
    given = customers.details_of(actor=actor, session=path_ref(session_ref), only_of_caller=only_of_caller)
    return ok(InvoiceDetailsOut.of(given))


def _given(actor: Actor, session_ref: str, payload: InvoiceDetailsIn, *, only_of_caller: bool = False) -> HttpResponse:
    given = customers.give_details(
        actor=actor,
        session=path_ref(session_ref),
        wanted=payload.wanted(),
        now=clock.now(),
        only_of_caller=only_of_caller,
    )
    return ok(InvoiceDetailsOut.of(given), "Details saved")
