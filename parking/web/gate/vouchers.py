"""A voucher at the exit: it lowers the bill that the gate shows."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from parking.checkout import leaving
from parking.core import clock
from parking.core.errors import DomainError
from parking.edge.errors import record_refusal
from parking.web.access import for_attendants
from parking.web.gate import answers
from parking.web.gate.forms import ScanForm
from parking.web.gate.here import actor_here
from parking.web.gate.refusing import refused
from parking.web.gate.scanning import scan_of, unreadable

PANE = "VOUCHER"


class VoucherForm(ScanForm):
    voucher = forms.CharField(max_length=20)


@require_POST
@for_attendants
def give(request: HttpRequest) -> HttpResponse:
    """Let the session hold the voucher, and show its bill again. The same voucher again is the same."""
    form = VoucherForm(request.POST)
    if not form.is_valid():
        return unreadable(request, form)
    sent = scan_of(form)
    try:
        session = leaving.quote(
            actor=actor_here(request, form),
            qr_code=sent.qr_code,
            plate_seen=sent.plate_seen,
            voucher=form.cleaned_data["voucher"],
            now=clock.now(),
        )
    except DomainError as error:
        record_refusal(request, error)
        return refused(request, sent, error, pane=PANE)
    return answers.quoted(request, sent, session)
