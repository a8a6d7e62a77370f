"""A car at the exit that pays later, or a part now."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from parking.checkout import paying_later
from parking.core import clock
from parking.core.errors import DomainError
from parking.core.money import ZERO
from parking.edge.errors import record_refusal
from parking.stays.access import QrText
from parking.web.access import for_attendants
from parking.web.forms import AmountField
from parking.web.gate import answers
from parking.web.gate.forms import ScanForm
from parking.web.gate.here import actor_here
from parking.web.gate.refusing import refused
from parking.web.gate.scanning import scan_of, unreadable

PANE = "LATER"


class LaterForm(ScanForm):
    cash = AmountField(required=False)
    phone = forms.CharField(max_length=20, required=False)


@require_POST
@for_attendants
def pay_later(request: HttpRequest) -> HttpResponse:
    """Let the car out; what is not handed over now is owed. A repeated request is the same."""
    form = LaterForm(request.POST)
    if not form.is_valid():
        return unreadable(request, form)
    sent = scan_of(form)
    try:
        left = paying_later.let_out(
            actor=actor_here(request, form),
            session=QrText(sent.qr_code, sent.plate_seen or ""),
            cash=form.cleaned_data["cash"] or ZERO,
            phone=form.cleaned_data["phone"],
            plate_seen=sent.plate_seen,
            scan_id=f"{sent.scan_id}.{PANE}",
            now=clock.now(),
        )
    except DomainError as error:
        record_refusal(request, error)
        return refused(request, sent, error, pane=PANE)
    return answers.let_out(request, sent, left)
