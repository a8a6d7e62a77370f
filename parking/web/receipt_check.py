"""The page that the code on a slip or receipt opens, for everybody who holds it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from parking.accounts.throttles import count_poster
from parking.checkout import poster, receipt_check
from parking.core import clock
from parking.core.errors import NotFound
from parking.core.qr import qr_data_uri
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.invoices.profiles import profile_at
from parking.payments.gateways.registry import gateway_choices
from parking.web.forms import AmountField, ServiceForm

_SHOWN_OF_PLATE = 4


class DoubtForm(ServiceForm):
    """What somebody says to have paid."""

    paid = AmountField(label=_("What did you pay?"), most=1_000_000)
    words = forms.CharField(
        label=_("What happened?"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Show kind, times, lines, sum and money as the books have them; take the word of who paid something else."""
    try:
        checked = receipt_check.check(code=code, now=clock.now())
    except NotFound as error:
        raise Http404 from error
    if "pay" in request.POST:
        # Paid or forgiven meanwhile: the page says so.
        return _pay(request, checked) if checked.debt else redirect("receipt_check", code)
    form = DoubtForm(request.POST or None)
    if form.is_valid():
        with form.refusals(request):
            given = form.cleaned_data
            receipt_check.doubt(
                actor=actor_of(request), code=code, paid=given["paid"], words=given["words"], now=clock.now()
            )
            messages.success(request, gettext("Thank you. The car park looks into it."))
            return redirect("receipt_check", code)
    return _shown(request, checked, form=form)


class GatewayForm(ServiceForm):
    gateway = forms.CharField(max_length=12, required=False, empty_value=None, widget=forms.HiddenInput)


def _pay(request: HttpRequest, checked: receipt_check.Checked) -> HttpResponse:
    """Start to pay what a stay without account is short of; whoever holds the receipt may."""
    form = GatewayForm(request.POST)
    if form.is_valid():
        with form.refusals(request):
            count_poster(request, now=clock.now())
            order = poster.pay(session=checked.session, gateway=form.cleaned_data["gateway"], now=clock.now())
            link = order.upi_link or order.pay_url
            return _shown(request, checked, order=order, picture=qr_data_uri(link) if link else "")
    return _shown(request, checked, form=form)


def _shown(request: HttpRequest, checked: receipt_check.Checked, **more: Any) -> HttpResponse:
    session = checked.session
    return page(
        request,
        "web/receipt_check.html",
        checked=checked,
        session=session,
        bill=checked.bill,
        debt=checked.debt,
        is_waited_for=checked.debt is not None and checked.debt.is_waited_for(clock.now()),
        gateways=gateway_choices() if checked.debt and session.driver_id is None else (),
        plate_end=session.vehicle.match_key[-_SHOWN_OF_PLATE:],
        payee=profile_at(session.zone.site, clock.now()),
        **more,
    )
