"""A pass sold at the counter, to a driver's account or to an organisation."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from parking.accounts.queries import id_of_username
from parking.checkout import passes
from parking.checkout.passes import Bought, Buyer
from parking.core import clock
from parking.core.actor import Actor
from parking.core.errors import InvalidInput, NotFound
from parking.edge import requests
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.edge.requests import Attempt
from parking.passes.models import MOST_VEHICLES
from parking.passes.organisations import organisations_that_buy
from parking.passes.plans import plans_on_sale_at
from parking.passes.services import Wanted
from parking.web.access import for_attendants
from parking.web.components import amount_text
from parking.web.gate.forms import MONEY_FIELDS, DebtForm
from parking.web.gate.here import actor_here, gate_fields, kept_gate

_PLATES = {"class": "plate-field", "autocapitalize": "characters", "spellcheck": "false", "rows": 2}


class SellPassForm(DebtForm):
    """A pass with the money for it; whole plates, one in each line."""

    organisation = forms.TypedChoiceField(
        label=_("Or an organisation"),
        help_text=_("Its contact holds the pass, and the invoice is in its name."),
        coerce=int,
        required=False,
        empty_value=None,
    )
    username = forms.CharField(label=_("Username of the driver"), max_length=150, required=False)
    plan = forms.TypedChoiceField(label=_("Plan"), coerce=int)
    vehicles = forms.CharField(
        label=_("Plates"),
        help_text=_("One in each line, as many as the plan has."),
        max_length=31 * MOST_VEHICLES,
        widget=forms.Textarea(attrs=_PLATES),
    )

    field_order = ("username", "organisation", "plan", "vehicles", *MONEY_FIELDS)
    # One of them is needed, so that neither says "optional".
    one_of = ("username", "organisation")

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sites = actor_of(request).sites
        choices = [
            (plan.pk, f"{plan.name} · {plan.site.name} · {amount_text(plan.price)}") for plan in plans_on_sale_at(sites)
        ]
        cast(forms.ChoiceField, self.fields["plan"]).choices = choices
        organisations = [(one.pk, f"{one.name} · {one.plan.site.name}") for one in organisations_that_buy(sites)]
        if organisations:
            none = ("", gettext("No organisation"))
            cast(forms.ChoiceField, self.fields["organisation"]).choices = [none, *organisations]
        else:
            del self.fields["organisation"]
            self.fields["username"].required = True

    def clean(self) -> dict[str, Any]:
        """A pass is sold to a driver or to an organisation."""
        values: dict[str, Any] = self.cleaned_data
        given = bool(values.get("username")), values.get("organisation") is not None
        if "username" in values and given == (False, False):
            self.add_error("username", self.fields["username"].error_messages["required"])
        elif given == (True, True):
            self.add_error("username", _("Leave this empty, or choose no organisation."))
        return values

    def wanted(self) -> Wanted:
        """Return the pass that is wanted."""
        lines = self.cleaned_data["vehicles"].splitlines()
        return Wanted(tuple(line.strip() for line in lines if line.strip()))


@require_http_methods(["GET", "HEAD", "POST"])
@for_attendants
def sell(request: HttpRequest) -> HttpResponse:
    """Sell a pass, and say its number and the change."""
    form = SellPassForm(request, request.POST or None, initial=gate_fields(kept_gate(request)))
    if form.is_valid():
        with form.refusals(request):
            bought = sold_from(request, form)
            messages.success(request, sold_text(bought, form))
            return redirect("gate_pass")
    return page(request, "gate/pass.html", section="inside", form=form, key=requests.new_form_key())


@requests.once_per_form
def sold_from(request: HttpRequest, attempt: Attempt, form: SellPassForm) -> Bought:
    """Return the pass that a form sold, at its gate if it has one. Raises as `passes.sell`."""
    now = clock.now()
    if attempt.subject is not None:
        return passes.resume_buying(subject=attempt.subject, now=now)
    actor = actor_here(request, form)
    return passes.sell(
        actor=actor,
        buyer=_buyer(actor, form),
        plan_id=form.cleaned_data["plan"],
        wanted=form.wanted(),
        collection=form.collection(),
        now=now,
        key=attempt.key,
    )


def _buyer(actor: Actor, form: SellPassForm) -> Buyer:
    organisation_id = form.cleaned_data.get("organisation")
    if organisation_id is not None:
        return passes.buyer_of(actor=actor, organisation_id=organisation_id)
    try:
        return passes.buyer_of(actor=actor, user_id=id_of_username(form.cleaned_data["username"]))
    except NotFound:
        raise InvalidInput({"username": [gettext("This account was not found.")]}) from None


def sold_text(bought: Bought, form: SellPassForm) -> str:
    """Return number, price, change and slot of a pass that was sold, as a sentence."""
    held, tendered = bought.subscription, form.cleaned_data["tendered"]
    names = {"number": held.number, "price": amount_text(held.price)}
    if form.cleaned_data["method"] == "CASH" and tendered is not None and tendered > held.price:
        names["change"] = amount_text(tendered - held.price)
        text = gettext("Pass %(number)s was sold for %(price)s. Change: %(change)s") % names
    else:
        text = gettext("Pass %(number)s was sold for %(price)s.") % names
    if held.slot is None:
        return text
    slot = gettext("Its slot: %(slot)s, %(zone)s") % {"slot": held.slot.slot_number, "zone": held.slot.zone.name}
    return f"{text} {slot}"
