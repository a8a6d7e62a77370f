"""The slip or receipt of a session by SMS."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from parking.checkout import slip_messages
from parking.core import clock
from parking.core.ids import Ref
from parking.edge import requests
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.edge.requests import Attempt
from parking.stays import access
from parking.stays.by_phone import phone_ending
from parking.web.access import for_attendants
from parking.web.forms import ServiceForm


class TextForm(ServiceForm):
    """The number; where the driver's is known, none need be typed."""

    phone = forms.CharField(
        label=_("Phone number, all digits"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    def __init__(self, *args: object, ends_in: str, **named: object) -> None:
        super().__init__(*args, **named)
        phone = self.fields["phone"]
        phone.required = not ends_in
        if ends_in:
            hint = gettext("Empty: to the driver's number, which ends in %(ends_in)s.")
            phone.help_text = hint % {"ends_in": ends_in}


@require_http_methods(["GET", "HEAD", "POST"])
@for_attendants
def text_slip(request: HttpRequest, session_id: int) -> HttpResponse:
    """Ask for the number, and send. The same form again sends nothing more."""
    session = access.find(Ref(pk=session_id), actor_of(request), at_work=True)
    form = TextForm(request.POST or None, ends_in=phone_ending(session))
    if form.is_valid():
        with form.refusals(request):
            ends_in = _send(request, session_id, form)
            said = gettext("The SMS goes to the number that ends in %(ends_in)s.")
            messages.success(request, said % {"ends_in": ends_in})
            return redirect("gate_stay", session_id)
    return page(
        request,
        "gate/text_slip.html",
        section="inside",
        session=session,
        form=form,
        is_offered=slip_messages.may_be_texted(session),
        key=requests.new_form_key(),
    )


@requests.once_per_form
def _send(request: HttpRequest, attempt: Attempt, session_id: int, form: TextForm) -> str:
    actor, ref, phone = actor_of(request), Ref(pk=session_id), form.cleaned_data["phone"]
    if attempt.subject is not None:
        return slip_messages.texted_before(actor=actor, session=ref, phone=phone)
    return slip_messages.text_slip(actor=actor, session=ref, phone=phone, now=clock.now(), key=attempt.key)
