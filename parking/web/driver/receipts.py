"""Receipts for people who are signed in on the pages."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from parking.checkout import services as checkout
from parking.core import clock
from parking.invoices.pdf import PAPERS, pdf_of
from parking.invoices.sheets import sheet_of
from parking.web import pages
from parking.web.edge import actor_of, for_anyone


@require_safe
@for_anyone
def receipt(request: HttpRequest, payment_id: int) -> HttpResponse:
    """A document and the notes to it, to read or print."""
    documents = checkout.documents_of_payment(payment_id=payment_id, actor=actor_of(request), now=clock.now())
    return pages.receipt(request, [sheet_of(document) for document in documents])


@require_safe
@for_anyone
def receipt_pdf(request: HttpRequest, payment_id: int) -> HttpResponse:
    """The same as PDF."""
    documents = checkout.documents_of_payment(payment_id=payment_id, actor=actor_of(request), now=clock.now())
    body = pdf_of(tuple(sheet_of(document) for document in documents), PAPERS["A4"])
    return HttpResponse(body, content_type="application/pdf")
