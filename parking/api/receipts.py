"""The receipt of a payment as PDF, as a page and by mail."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema

from parking.api.shapes.mails import MailOut
from parking.checkout import mailing
from parking.checkout.documents import documents_of_payment
from parking.core import clock
from parking.edge import receipts, requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, signed_in, signed_in_to_act
from parking.edge.describe import READ_PROBLEMS, Ok, enveloped, examples, keyed, problems
from parking.edge.downloads import PDF, documents_file
from parking.edge.parsing import path_id
from parking.edge.requests import Attempt
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


@router.post(
    "/{payment_id}/receipt/mail/",
    auth=signed_in_to_act,
    response={202: Ok[MailOut], **problems(409, 429)},
    openapi_extra=keyed(examples(response=enveloped(MailOut.example, "The documents will be mailed"), status=202)),
    summary="Receipt or tax invoice by mail",
)
@requests.idempotent
def receipt_mail(request: HttpRequest, attempt: Attempt, payment_id: str) -> HttpResponse:
    """Send the document to the address of the booking's account, soon.

    One that the mail server does not take is tried again for two and a half hours. A mail that still waits is not
    queued twice. At most three a minute go to one account.
    """
    if attempt.subject is not None:
        mail = mailing.asked_mail(subject=attempt.subject)
    else:
        mail = mailing.ask_for_mail(
            actor=actor_of(request), payment_id=path_id(payment_id), now=clock.now(), key=attempt.key
        )
    return ok(MailOut.of(mail), "The documents will be mailed", status=202)


def _documents(request: HttpRequest, payment_id: str) -> list[TaxDocument]:
    return list(documents_of_payment(payment_id=path_id(payment_id), actor=actor_of(request), now=clock.now()))
