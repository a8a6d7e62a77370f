"""Receipts for people who are signed in on the pages: the same documents as the API's."""

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from parking.accounts.models import Role
from parking.checkout.documents import documents_of_payment
from parking.core import clock
from parking.core.ids import MAX_ID
from parking.edge import receipts
from parking.edge.callers import actor_of
from parking.edge.downloads import documents_file
from parking.invoices.models import TaxDocument
from parking.invoices.sheets import sheet_of
from parking.web.access import for_anyone, home_of, user_of


@require_safe
@for_anyone
def receipt(request: HttpRequest, payment_id: int) -> HttpResponse:
    """Show the document of a payment and the notes to it, to read or print; drivers see their own."""
    sheets = [sheet_of(document) for document in _documents(request, payment_id)]
    user = user_of(request)
    back = reverse("history") if user.role == Role.USER else home_of(user)
    return receipts.receipt(request, sheets, payment_id=payment_id, back=back)


@require_safe
@for_anyone
def receipt_pdf(request: HttpRequest, payment_id: int) -> HttpResponse:
    """The same as PDF, on A4 or, with `?paper=80mm`, for the roll."""
    return documents_file(_documents(request, payment_id), request.GET.get("paper", "A4"))


def _documents(request: HttpRequest, payment_id: int) -> Sequence[TaxDocument]:
    if payment_id > MAX_ID:
        raise Http404
    return documents_of_payment(payment_id=payment_id, actor=actor_of(request), now=clock.now())
