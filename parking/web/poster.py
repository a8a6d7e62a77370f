"""The poster of a car park, and the page to which its code leads: paying before walking to the car."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from parking.accounts.throttles import count_poster
from parking.checkout import poster
from parking.checkout.bills import running_bill
from parking.core import clock
from parking.core.actor import SYSTEM
from parking.core.errors import NotFound
from parking.core.qr import qr_data_uri
from parking.edge.pages import page
from parking.facilities.models import ParkingSite
from parking.facilities.sites import site_by_id
from parking.invoices.profiles import profile_at
from parking.payments.gateways.registry import gateway_choices
from parking.web.forms import ServiceForm


class CarForm(ServiceForm):
    """Whose car it is: the plate, and what only its driver knows."""

    plate = forms.CharField(
        label=_("Plate"),
        max_length=30,
        widget=forms.TextInput(
            attrs={"class": "plate-field", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    said = forms.CharField(
        label=_("Last four characters of the ticket's code"),
        help_text=_("Or the last four digits of the phone, or the owner's name, as given when booking."),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    gateway = forms.CharField(max_length=12, required=False, empty_value=None, widget=forms.HiddenInput)


@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, site_id: int) -> HttpResponse:
    """Ask for the car, show what it costs so far, and start to pay it online; for everybody."""
    site = _site(site_id)
    form = CarForm(request.POST or None)
    shown: dict[str, Any] = {}
    if form.is_valid():
        with form.refusals(request):
            count_poster(request, now=clock.now())
            shown = _shown(request, site, form)
    return page(request, "web/poster_pay.html", site=site, form=form, payee=profile_at(site, clock.now()), **shown)


def _shown(request: HttpRequest, site: ParkingSite, form: CarForm) -> dict[str, Any]:
    given, now = form.cleaned_data, clock.now()
    session = poster.find_car(site_id=site.pk, plate=given["plate"], said=given["said"])
    if "pay" not in request.POST:
        return {"session": session, "bill": running_bill(session, now), "gateways": gateway_choices()}
    order = poster.pay(session=session, gateway=given["gateway"], now=now)
    link = order.upi_link or order.pay_url
    return {"session": session, "order": order, "picture": qr_data_uri(link) if link else ""}


@require_safe
def printed(request: HttpRequest, site_id: int) -> HttpResponse:
    """Show the poster to be printed: the code of the page above, in large."""
    site = _site(site_id)
    address = request.build_absolute_uri(reverse("poster", args=[site.pk]))
    return page(request, "web/poster.html", site=site, address=address, qr=qr_data_uri(address))


def _site(site_id: int) -> ParkingSite:
    try:
        return site_by_id(site_id, SYSTEM)
    except NotFound as error:
        raise Http404 from error
