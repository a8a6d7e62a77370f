"""Termination of a parking session whose car does not leave through the gate."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from parking.checkout import leaving, terminating
from parking.checkout.bills import running_bill
from parking.checkout.collecting import Collection
from parking.checkout.leaving import Left
from parking.core import clock
from parking.core.errors import Refused
from parking.core.ids import Ref
from parking.core.plate_words import plate_words
from parking.edge import requests
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.edge.requests import Attempt
from parking.stays import access
from parking.stays.models import ParkingSession, SessionStatus
from parking.web.access import for_managers
from parking.web.card_form import CardForm
from parking.web.confirming import ask, is_confirmed, is_going_back
from parking.web.office.shared.deciding import DecisionForm
from parking.web.templatetags.parking import rupees

WAYS = [
    ("NONE", _("Nobody pays now; the amount due becomes a debt of the plate")),
    ("CASH", _("Cash, received now")),
    ("UPI", _("UPI at the counter")),
    ("CARD", _("Card at the counter")),
    ("ONLINE", _("Online, on the driver's phone")),
]


class TerminationForm(CardForm, DecisionForm):
    method = forms.ChoiceField(label=_("Who pays what is due"), choices=WAYS, initial="NONE", widget=forms.RadioSelect)
    upi_reference = forms.CharField(
        label=_("UPI reference, 12 digits"),
        required=False,
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    # What the question named as due; the form before it names nothing.
    due = forms.DecimalField(min_value=0, max_digits=10, decimal_places=2, required=False, widget=forms.HiddenInput)

    field_order = ("reason", "method", "upi_reference", "card_last4", "card_approval", "terminal")

    @property
    def collection(self) -> Collection:
        data = self.cleaned_data
        return Collection(
            data["method"], upi_reference=data["upi_reference"] or "", shown_due=data["due"], card=self.card()
        )

    def promise(self, due: Decimal) -> None:
        """Let the form carry what the question names."""
        self.data = {**dict(self.data.items()), "due": str(due)}


@require_http_methods(["GET", "POST"])
@for_managers
def terminate(request: HttpRequest, session_id: int) -> HttpResponse:
    """Ask for reason and way to pay, say what will happen, and end the stay."""
    session = access.find(Ref(pk=session_id), actor_of(request), at_work=True)
    form = TerminationForm(request.POST or None)
    if form.is_valid() and not is_going_back(request):
        if not is_confirmed(request):
            return _question(request, form, session)
        with form.refusals(request):
            messages.success(request, _outcome_text(_terminate(request, session_id, form)))
            return redirect("office_session", session_id)
    form.show_again()
    if session.status != SessionStatus.ACTIVE and not form.is_bound:
        raise Refused("not_active", "Only a car that is inside can be terminated")
    bill = running_bill(session, clock.now())
    return page(request, "office/terminate.html", section="sessions", form=form, session=session, bill=bill)


@requests.once_per_form
def _terminate(request: HttpRequest, attempt: Attempt, session_id: int, form: TerminationForm) -> Left:
    now = clock.now()
    if attempt.subject is not None:
        return leaving.resume_ending(subject=attempt.subject, now=now)
    return terminating.terminate(
        actor=actor_of(request),
        session=Ref(pk=session_id),
        reason=form.cleaned_data["reason"],
        collection=form.collection,
        now=now,
        key=attempt.key,
    )


def _question(request: HttpRequest, form: TerminationForm, session: ParkingSession) -> HttpResponse:
    due = running_bill(session, clock.now()).due
    form.promise(due)
    names: dict[str, Any] = {"plate": plate_words(session.vehicle.vehicle_number), "due": rupees(due)}
    effects = [
        gettext("The session of %(plate)s ends now, and its slot is free at once.") % names,
        gettext("The bill is calculated up to this moment; %(due)s is due now.") % names,
        {
            "NONE": gettext("The amount due becomes a debt of the plate, shown at its next entry."),
            "CASH": gettext("You confirm that the amount due was received in cash."),
            "UPI": gettext("You confirm that the amount due arrived by UPI under this reference."),
            "CARD": gettext("You confirm that the amount due was paid by card under this approval."),
            "ONLINE": gettext("The session ends when the driver's online payment arrives."),
        }[form.cleaned_data["method"]],
    ]
    if form.cleaned_data["method"] == "ONLINE":
        effects = effects[1:]
    return ask(
        request,
        title=gettext("End this session?"),
        form=form,
        yes=gettext("End the session"),
        effects=effects,
        grave=True,
        section="sessions",
    )


def _outcome_text(left: Left) -> str:
    if left.order is not None and left.order.is_open:
        return gettext("Payment requested. The session ends when it arrives.")
    return gettext("The parking session has ended.")
