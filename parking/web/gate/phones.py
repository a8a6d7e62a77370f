"""The driver's phone: the search for a car by the whole number, and the call."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from parking.core import clock
from parking.core.ids import Ref
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.stays import access
from parking.stays.by_phone import find_by_phone, number_to_call
from parking.stays.models import ParkingSession
from parking.web.access import for_attendants
from parking.web.forms import ServiceForm


class PhoneForm(ServiceForm):
    phone = forms.CharField(
        label=_("Phone number, all digits"),
        max_length=30,
        help_text=_("Every search is on record."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_attendants
def search(request: HttpRequest) -> HttpResponse:
    """Show the open stays of a number. It is sent in the body, so that no address holds it."""
    form = PhoneForm(request.POST or None)
    found: list[ParkingSession] | None = None
    if form.is_valid():
        with form.refusals(request):
            found = find_by_phone(actor=actor_of(request), phone=form.cleaned_data["phone"], now=clock.now())
    return page(request, "gate/phone.html", section="inside", form=form, found=found)


@require_http_methods(["GET", "HEAD", "POST"])
@for_attendants
def call(request: HttpRequest, session_id: int) -> HttpResponse:
    """Offer to dial the number of the driver, which the page does not show. Only looked at, it leads to the stay."""
    session = access.find(Ref(pk=session_id), actor_of(request), at_work=True)
    if request.method != "POST":
        return redirect("gate_stay", session_id=session_id)
    number = number_to_call(actor=actor_of(request), session=Ref(pk=session_id), now=clock.now())
    return page(request, "gate/call.html", section="inside", session=session, number=number, ends_in=number[-2:])
