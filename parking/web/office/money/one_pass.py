"""A pass in the office: sold, looked at, its renewal, and its end by two administrators."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parking.checkout.pass_changes import choose_renewal
from parking.checkout.pass_decisions import ask_cancellation, may_go_back, waits_for_decision
from parking.core import clock
from parking.edge import requests
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.passes.models import PassStatus, Subscription
from parking.passes.queries import find_pass
from parking.web.access import for_managers, for_office
from parking.web.components import amount_text
from parking.web.forms import ServiceForm
from parking.web.gate.passes import SellPassForm, sold_from, sold_text
from parking.web.mandate_words import office_mandates
from parking.web.office.shared.fields import SumField
from parking.web.pass_words import shown_pass

SECTION = "passes"


class EndForm(ServiceForm):
    """The end of a pass before its time, and what goes back of its money."""

    refund = SumField(label=_("Refund to the holder"), help_text=_("0 if nothing is refunded."))
    reason = forms.CharField(label=_("Reason"), max_length=200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def sell(request: HttpRequest) -> HttpResponse:
    """Sell a pass, and go to its page."""
    form = SellPassForm(request, request.POST or None)
    if form.is_valid():
        with form.refusals(request):
            bought = sold_from(request, form)
            messages.success(request, sold_text(bought, form))
            return redirect("office_pass", bought.subscription.number)
    return page(request, "office/pass_sell.html", section=SECTION, form=form, key=requests.new_form_key())


@require_safe
@for_office
def one(request: HttpRequest, number: str) -> HttpResponse:
    """Show a pass with what was paid for it."""
    held = _found(request, number)
    most = may_go_back(held)
    return _page(request, held, EndForm(initial={"refund": most}), most)


@require_POST
@for_managers
def renewal(request: HttpRequest, number: str) -> HttpResponse:
    """Renew a pass at its end, or no longer."""
    held = _found(request, number)
    wanted = request.POST.get("auto_renew") == "on"
    held = choose_renewal(actor=actor_of(request), subscription=held, auto_renew=wanted, now=clock.now())
    messages.success(request, gettext("Saved."))
    return redirect("office_pass", held.number)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def end(request: HttpRequest, number: str) -> HttpResponse:
    """Ask another administrator to end a pass."""
    held = _found(request, number)
    most = may_go_back(held)
    form = EndForm(request.POST or None, initial={"refund": most})
    if form.is_valid():
        with form.refusals(request):
            ask_cancellation(actor=actor_of(request), subscription=held, now=clock.now(), **form.cleaned_data)
            messages.success(request, gettext("Another manager has to approve it."))
            return redirect("office_pass", held.number)
    return _page(request, held, form, most)


def _page(request: HttpRequest, held: Subscription, form: EndForm, most: Decimal) -> HttpResponse:
    facts: dict[str, Any] = {"shown": shown_pass(held, clock.now()), "held": held, "form": form}
    facts["mandates"] = found = office_mandates(held)
    facts["charged"] = next((one for one in found if one.mandate.is_open), None)
    facts["is_asked"] = waits_for_decision(held)
    facts |= {"most": amount_text(most), "is_in_force": held.status == PassStatus.ACTIVE}
    return page(request, "office/pass.html", section=SECTION, **facts)


def _found(request: HttpRequest, number: str) -> Subscription:
    return find_pass(number, sites=actor_of(request).sites)
