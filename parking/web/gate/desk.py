"""Paying at a desk or lift before walking to the car, and the plate of a car inside, corrected."""

from dataclasses import replace
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from parking.accounts.models import Approval
from parking.checkout import correcting, paying_ahead
from parking.checkout.bills import running_bill
from parking.checkout.collecting import Collection
from parking.checkout.identifying import find_without_code
from parking.checkout.leaving import Left
from parking.core import clock
from parking.core.errors import NotFound, Refused
from parking.core.ids import Ref
from parking.core.money import ZERO
from parking.core.plate_words import plate_words
from parking.edge import requests
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.edge.requests import Attempt
from parking.stays import access
from parking.stays.access import QrText
from parking.stays.models import ParkingSession, ScanKind, SessionStatus
from parking.web.access import for_attendants
from parking.web.components import amount_text
from parking.web.forms import ServiceForm
from parking.web.gate.forms import MONEY_FIELDS, DebtForm
from parking.web.gate.here import PlacedForm, actor_here, gate_fields, kept_gate
from parking.web.gate.qr_codes import counter_qr
from parking.web.templatetags.parking import clock_time


class FindForm(ServiceForm):
    """The code of a ticket, scanned or typed, or a plate."""

    code = forms.CharField(
        label=_("Code or plate"),
        max_length=500,
        widget=forms.TextInput(
            attrs={"class": "plate-field", "autocomplete": "off", "autocapitalize": "characters", "autofocus": True}
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_attendants
def desk(request: HttpRequest) -> HttpResponse:
    """Ask for a code or plate, and lead to the bill of its car."""
    form = FindForm(request.POST or None)
    if form.is_valid():
        with form.refusals(request):
            return redirect("gate_pay_ahead", _found(request, form.cleaned_data["code"]).pk)
    return page(request, "gate/desk.html", section="inside", form=form)


def _found(request: HttpRequest, text: str) -> ParkingSession:
    actor = actor_of(request)
    try:
        return access.find(QrText(text), actor, at_work=True)
    except NotFound:
        return find_without_code(actor=actor, plate=text, session=None, way=ScanKind.EXIT, scan_id=None)[0]


class PayAheadForm(DebtForm):
    """The money for a stay so far, with the amount that the page showed."""

    due = forms.DecimalField(min_value=0, max_digits=10, decimal_places=2, required=False, widget=forms.HiddenInput)

    field_order = (*MONEY_FIELDS, "due")

    def collection(self) -> Collection:
        return replace(super().collection(), shown_due=self.cleaned_data["due"])

    def promise(self, due: Decimal) -> None:
        """Let the form carry the amount that its page shows, also when it is shown again."""
        self.initial["due"] = due
        if self.is_bound:
            self.data = {**dict(self.data.items()), "due": f"{due:.2f}"}


@require_http_methods(["GET", "HEAD", "POST"])
@for_attendants
def pay_ahead(request: HttpRequest, session_id: int) -> HttpResponse:
    """Show what a stay costs so far, and take it."""
    session = access.find(Ref(pk=session_id), actor_of(request), at_work=True)
    form = PayAheadForm(request.POST or None, initial=gate_fields(kept_gate(request)))
    if form.is_valid():
        with form.refusals(request):
            left = _pay(request, session_id, form)
            messages.success(request, _outcome_text(left))
            return redirect("gate_desk")
    if session.status != SessionStatus.ACTIVE and not form.errors:
        raise Refused("not_active", "This car is not inside", session_id=session.pk)
    bill = running_bill(session, clock.now())
    form.offer(session.site_id)
    form.promise(bill.due)
    return page(
        request,
        "gate/pay_ahead.html",
        section="inside",
        session=session,
        bill=bill,
        form=form,
        counter_qr=counter_qr(session, bill.due),
        key=requests.new_form_key(),
    )


@requests.once_per_form
def _pay(request: HttpRequest, attempt: Attempt, session_id: int, form: PayAheadForm) -> Left:
    if attempt.subject is not None:
        return paying_ahead.paid_before(subject=attempt.subject)
    return paying_ahead.pay(
        actor=actor_here(request, form),
        session=Ref(pk=session_id),
        collection=form.collection(),
        now=clock.now(),
        key=attempt.key,
    )


def _outcome_text(left: Left) -> str:
    session = left.session
    names = {
        "plate": plate_words(session.vehicle.vehicle_number),
        "time": clock_time(session.bill.frozen_until, session.site_id),
        "change": amount_text(left.change),
    }
    if left.change > ZERO:
        return gettext("%(plate)s is paid until %(time)s. Change: %(change)s") % names
    return gettext("%(plate)s is paid until %(time)s.") % names


# --- The plate ---------------------------------------------------------------------------------------


class PlateForm(PlacedForm):
    """Another plate for a car, and why."""

    plate = forms.CharField(
        label=_("Plate"),
        max_length=30,
        widget=forms.TextInput(
            attrs={"class": "plate-field", "autocomplete": "off", "autocapitalize": "characters", "autofocus": True}
        ),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("It is kept with the stay."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _corrected_text(changed: ParkingSession | Approval) -> str:
    if isinstance(changed, Approval):
        return gettext("The former plate owes more: a second person approves it first.")
    return gettext("The plate was corrected.")


@require_http_methods(["GET", "HEAD", "POST"])
@for_attendants
def correct_plate(request: HttpRequest, session_id: int) -> HttpResponse:
    """Write another plate to a car that is inside."""
    session = access.find(Ref(pk=session_id), actor_of(request), at_work=True)
    form = PlateForm(request.POST or None, initial=gate_fields(kept_gate(request)))
    if form.is_valid():
        with form.refusals(request):
            given = form.cleaned_data
            changed = correcting.correct_plate(
                actor=actor_here(request, form),
                session=Ref(pk=session_id),
                plate=given["plate"],
                reason=given["reason"],
                now=clock.now(),
            )
            messages.success(request, _corrected_text(changed))
            return redirect("gate_stay", session_id)
    return page(request, "gate/correct_plate.html", section="inside", session=session, form=form)
