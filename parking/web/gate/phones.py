"""The search for a car by the driver's whole phone number."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from parking.core import clock
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.stays.by_phone import find_by_phone
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
