"""The receipt of a payment as PDF and as a page."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema

from parking.checkout.documents import documents_of_payment
from parking.core import clock
from parking.edge import receipts
from parking.edge.callers import actor_of, signed_in
from parking.edge.describe import READ_PROBLEMS
from parking.edge.downloads import PDF, documents_file
from parking.edge.parsing import path_id
from parking.invoices.models import TaxDocument
from parking.invoices.sheets import sheet_of

router = Router(tags=["Payments"], auth=signed_in)

HTML = "text/html"


class PaperQuery(Schema):
    paper: Literal["A4", "80mm"] = "A4"


_EXTRA: dict[str, Any] = {
    "responses": {
        200: {
            "description": "The document, and the credit notes to it, each on a page of its own",
            "content": {PDF: {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}


@router.get(
    "/{payment_id}/receipt.pdf",
    response=READ_PROBLEMS,
    openapi_extra=_EXTRA,
    summary="Receipt or tax invoice",
)
def receipt(request: HttpRequest, payment_id: str, filters: Annotated[PaperQuery, Query()]) -> HttpResponse:
    """The tax invoice of the bill that a payment row belongs to, once the bill is closed; before that its receipt.

    An operator without GSTIN issues plain receipts. Drivers get those of their own bookings, STAFF and ADMIN any.
    """
    return documents_file(_documents(request, payment_id), filters.paper)


@router.get(
    "/{payment_id}/receipt/",
    response=READ_PROBLEMS,
    openapi_extra={"responses": {200: {"description": "The same as a page", "content": {HTML: {}}}}},
    summary="Receipt or tax invoice as a page",
)
def receipt_page(request: HttpRequest, payment_id: str) -> HttpResponse:
    """The same document as a page, to read on a phone or to print."""
    response = receipts.receipt(request, [sheet_of(document) for document in _documents(request, payment_id)])
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _documents(request: HttpRequest, payment_id: str) -> list[TaxDocument]:
    return list(documents_of_payment(payment_id=path_id(payment_id), actor=actor_of(request), now=clock.now()))
