"""Cars whose drivers have no code to show: found by plate, let in or led to their bill once it is known who drives."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from parking.checkout import entering
from parking.checkout.identifying import asks_for_owner, confirm_owner
from parking.core import clock
from parking.core.errors import Refused
from parking.core.ids import Ref
from parking.core.plate_words import plate_words
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.stays import access
from parking.stays.models import ParkingSession, SessionStatus
from parking.web.access import for_attendants
from parking.web.gate.awaited import money_awaited
from parking.web.gate.here import PlacedForm, actor_here, gate_fields, kept_gate


class OwnerForm(PlacedForm):
    """What the driver says of the owner."""

    said = forms.CharField(
        label=_("Owner's name, or the last four digits of the phone"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, session: ParkingSession, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_for_owner(session):
            del self.fields["said"]


@require_http_methods(["GET", "HEAD", "POST"])
@for_attendants
def confirm(request: HttpRequest, session_id: int) -> HttpResponse:
    """Ask who drives; then let the car in, or lead to its bill."""
    shown = access.find(Ref(pk=session_id), actor_of(request), at_work=True)
    form = OwnerForm(request.POST or None, session=shown, initial=gate_fields(kept_gate(request)))
    if form.is_valid():
        with form.refusals(request):
            actor = actor_here(request, form)
            said = form.cleaned_data.get("said", "")
            session = confirm_owner(actor=actor, session=Ref(pk=session_id), said=said, now=clock.now())
            return _let_in_or_bill(request, form, session)
    return page(request, "gate/without_code.html", section="inside", form=form, session=shown)


def _let_in_or_bill(request: HttpRequest, form: OwnerForm, session: ParkingSession) -> HttpResponse:
    if session.status == SessionStatus.ACTIVE:
        return redirect(f"{reverse('gate')}#bill-{session.qr_code}")
    # The same scan for each press of the button.
    scan_id, now = f"owner-{session.uuid}", clock.now()
    try:
        entered = entering.enter(actor=actor_here(request, form), qr_code=session.qr_code, scan_id=scan_id, now=now)
    except Refused as refusal:
        if refusal.code != "payment_at_entry":
            raise
        # The gate's page scans it again, and asks for the money that is due before the car goes in.
        return redirect(f"{reverse('gate')}#{session.qr_code}")
    messages.success(request, gettext("Let in: %(plate)s") % {"plate": plate_words(session.vehicle.vehicle_number)})
    if awaited := money_awaited(entered.session, now):
        messages.warning(request, awaited)
    return redirect("gate_stay", session.pk)
