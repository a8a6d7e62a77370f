"""What an attendant sees of a car at the entry: that it pays nothing, with a photo, and its kind."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from parking.accounts.models import Approval
from parking.checkout import exempting, kinds
from parking.core import clock
from parking.core.errors import DomainError, Refused
from parking.core.ids import MAX_ID, Ref
from parking.core.photos import MOST_BYTES
from parking.edge.callers import actor_of
from parking.edge.errors import record_refusal
from parking.edge.wording import sentence_for
from parking.stays import access, evidence
from parking.stays.access import QrText
from parking.vehicles.models import VehicleKind
from parking.web.access import for_attendants
from parking.web.bill_words import exempt_class_in_words
from parking.web.gate import answers
from parking.web.gate.forms import ScanForm
from parking.web.gate.here import actor_here
from parking.web.gate.refusing import refused
from parking.web.gate.scanning import scan_of, unreadable
from parking.web.templatetags.parking import word

KINDS = [(kind, kind) for kind in VehicleKind.values]


class PhotoForm(forms.Form):
    photo = forms.FileField()

    def content(self) -> bytes:
        """Return the photo, and one byte more than is taken of a larger one."""
        read: bytes = self.cleaned_data["photo"].read(MOST_BYTES + 1)
        return read


class ExemptForm(PhotoForm):
    class_id = forms.IntegerField(min_value=1, max_value=MAX_ID)


class KindForm(ScanForm):
    vehicle_kind = forms.ChoiceField(choices=KINDS)


class LateKindForm(PhotoForm):
    """The kind after the entry, which only an administrator changes, and before, when no photo is needed."""

    photo = forms.FileField(required=False)
    vehicle_kind = forms.ChoiceField(choices=KINDS)

    def kept(self) -> bytes | None:
        """Return the photo, if there is one."""
        return self.content() if self.cleaned_data["photo"] else None


@require_POST
@for_attendants
def exempt(request: HttpRequest, session_id: int) -> HttpResponse:
    """Let a car pay nothing: one touch on its class, and a photo."""
    form = ExemptForm(request.POST, request.FILES)

    def call() -> str:
        given = exempting.exempt(
            actor=actor_of(request),
            session=Ref(pk=session_id),
            class_id=form.cleaned_data["class_id"],
            photo=form.content(),
            now=clock.now(),
        )
        return gettext("This car pays nothing: %(name)s.") % {"name": exempt_class_in_words(given.exempt_class.name)}

    return _done(request, session_id, form, call)


@require_POST
@for_attendants
def add_photo(request: HttpRequest, session_id: int) -> HttpResponse:
    """Keep a photo of a car."""
    form = PhotoForm(request.POST, request.FILES)

    def call() -> str:
        evidence.add_photo(actor=actor_of(request), session=Ref(pk=session_id), content=form.content(), now=clock.now())
        return gettext("The photo is kept.")

    return _done(request, session_id, form, call)


@require_POST
@for_attendants
def withdraw(request: HttpRequest, session_id: int) -> HttpResponse:
    """Take an exemption back that was a mistake."""

    def call() -> str:
        exempting.withdraw(actor=actor_of(request), session=Ref(pk=session_id), now=clock.now())
        return gettext("The exemption was taken back: this car pays.")

    return _done(request, session_id, forms.Form({}), call)


@require_POST
@for_attendants
def kind_of_stay(request: HttpRequest, session_id: int) -> HttpResponse:
    """Correct the kind of a car, on the page of its session."""
    form = LateKindForm(request.POST, request.FILES)

    def call() -> str:
        changed = kinds.set_kind(
            actor=actor_of(request),
            session=Ref(pk=session_id),
            vehicle_kind=form.cleaned_data["vehicle_kind"],
            photo=form.kept(),
            now=clock.now(),
        )
        if isinstance(changed, Approval):
            return gettext("It would pay less: a second person approves it first.")
        return gettext("Vehicle type: %(kind)s") % {"kind": word(changed.vehicle_kind)}

    return _done(request, session_id, form, call)


def _done(request: HttpRequest, session_id: int, form: forms.Form, call: Any) -> HttpResponse:
    """Do what a form asks for, and say on the page of the session what came of it."""
    access.find(Ref(pk=session_id), actor_of(request), at_work=True)
    if not form.is_valid():
        messages.error(request, gettext("A photo is needed."))
        return redirect("gate_stay", session_id=session_id)
    try:
        messages.success(request, call())
    except Refused as error:
        record_refusal(request, error)
        messages.error(request, sentence_for(error))
    return redirect("gate_stay", session_id=session_id)


@require_POST
@for_attendants
def kind(request: HttpRequest) -> HttpResponse:
    """Correct the kind of a car with one touch, on the answer to its scan."""
    form = KindForm(request.POST)
    if not form.is_valid():
        return unreadable(request, form)
    sent = scan_of(form)
    try:
        changed = kinds.set_kind(
            actor=actor_here(request, form),
            session=QrText(sent.qr_code),
            vehicle_kind=form.cleaned_data["vehicle_kind"],
            now=clock.now(),
        )
    except DomainError as error:
        record_refusal(request, error)
        return refused(request, sent, error)
    if isinstance(changed, Approval):
        return answers.kind_waits(request, sent, access.find(QrText(sent.qr_code), actor_here(request, form)))
    return answers.kind_corrected(request, sent, changed)


@require_safe
@for_attendants
def photo(request: HttpRequest, evidence_id: int) -> HttpResponse:
    """Show a photo of a session to who works at its site."""
    return photo_response(request, evidence_id)


def photo_response(request: HttpRequest, evidence_id: int) -> HttpResponse:
    """Return a photo that no browser and no proxy keeps."""
    content = evidence.photo(evidence_id, actor_of(request), clock.now())
    return HttpResponse(content, content_type="image/jpeg", headers={"Cache-Control": "private, no-store"})
