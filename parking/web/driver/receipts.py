"""Receipts for people who are signed in on the pages: the same documents as the API's."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from parking.accounts.models import Role
from parking.checkout import mailing
from parking.checkout.documents import documents_of_payment, find_payment
from parking.core import clock
from parking.core.errors import Refused, TooMany
from parking.core.ids import MAX_ID
from parking.edge import receipts, requests
from parking.edge.callers import actor_of
from parking.edge.downloads import documents_file
from parking.edge.errors import record_refusal
from parking.edge.requests import Attempt
from parking.edge.wording import sentence_for
from parking.invoices.models import TaxDocument
from parking.invoices.sheets import sheet_of
from parking.web.access import for_anyone, for_drivers, home_of, user_of


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


@require_POST
@for_drivers
def mail(request: HttpRequest, payment_id: int) -> HttpResponse:
    """Have the documents of a payment mailed to the driver, and go back to the ticket."""
    session_id = _session_of(request, payment_id)
    try:
        _ask(request, payment_id)
    except (Refused, TooMany) as error:
        record_refusal(request, error)
        messages.error(request, sentence_for(error))
    else:
        messages.success(request, gettext("The receipt is on its way to your e-mail address."))
    return redirect("ticket", session_id) if session_id else redirect("passes")


def _session_of(request: HttpRequest, payment_id: int) -> int | None:
    """Return the stay that a payment was for, None for a pass."""
    if payment_id > MAX_ID:
        raise Http404
    _, sale = find_payment(payment_id=payment_id, actor=actor_of(request))
    return sale.session.pk if sale.session else None


@requests.once_per_form
def _ask(request: HttpRequest, attempt: Attempt, payment_id: int) -> None:
    if attempt.subject is None:
        mailing.ask_for_mail(actor=actor_of(request), payment_id=payment_id, now=clock.now(), key=attempt.key)


def _documents(request: HttpRequest, payment_id: int) -> Sequence[TaxDocument]:
    if payment_id > MAX_ID:
        raise Http404
    return documents_of_payment(payment_id=payment_id, actor=actor_of(request), now=clock.now())
