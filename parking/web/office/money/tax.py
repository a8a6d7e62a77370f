"""Tax profiles: in whose name each car park issues documents, and with what tax, from which day on."""

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from parking.core import clock
from parking.core.actor import Actor
from parking.core.errors import DomainError, InvalidInput
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.facilities.sites import present_sites, site_by_id
from parking.invoices.models import TaxProfile
from parking.invoices.profiles import NewProfile, add_profile
from parking.invoices.queries import tax_profiles, with_force
from parking.invoices.rules import PREFIX
from parking.web.access import for_managers, for_office
from parking.web.forms import ServiceForm
from parking.web.gst_states import state_choices
from parking.web.gstin_field import GstinField
from parking.web.office.shared.lists import DayField, sheet_of

SECTION = "tax"


# What the service alone can know, by the field at which it is said.
_REFUSED = {
    "holds_from": _("This car park already has a profile from this day on."),
    "series_prefix": _("Another car park numbers its documents with this."),
    "gstin": _("Nobody sells parking under this kind of registration."),
    "state_code": _("This is not the State of the GSTIN."),
    "prices_include_tax": _("Prices would fall today. Let it begin tomorrow or later."),
}
# Where the form asks it the other way round.
_FIELDS = {"prices_include_tax": "prices_without_tax"}


class TaxProfileForm(ServiceForm):
    site = forms.TypedChoiceField(label=_("Car park"), coerce=int)
    holds_from = DayField(
        label=_("Valid from"), help_text=_("Earlier sales stay under the earlier profile."), required=True
    )
    legal_name = forms.CharField(label=_("Legal name"), max_length=150)
    address = forms.CharField(
        label=_("Address"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    gstin = GstinField(help_text=_("Empty: not registered. Then documents are plain receipts without tax."))
    state_code = forms.ChoiceField(
        label=_("State that the land is in"), required=False, help_text=_("Empty: taken from the GSTIN.")
    )
    rate = forms.DecimalField(
        label=_("Rate in percent, both halves"),
        min_value=Decimal(0),
        max_value=Decimal("99.99"),
        max_digits=4,
        decimal_places=2,
    )
    prices_without_tax = forms.BooleanField(
        label=_("Tariffs are written without GST"),
        required=False,
        help_text=_("Drivers see and pay prices with GST either way."),
    )
    sac = forms.RegexField(
        r"^(?:[0-9]{4}|[0-9]{6})\Z", label="SAC", error_messages={"invalid": _("Four or six digits.")}
    )
    series_prefix = forms.RegexField(
        PREFIX,
        label=_("Numbers begin with"),
        help_text=_("Three capital letters or digits such as KA1. Not Z, and not 0: e-invoices refuse it."),
        min_length=3,
        max_length=3,
        error_messages={"invalid": _("Three capital letters or digits, beginning neither with Z nor with 0.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    legal_note = forms.CharField(
        label=_("Legal note"),
        max_length=300,
        required=False,
        help_text=_("Printed on every document. With a GSTIN at rate 0 it says by which rule no tax is due."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose_from("site", [(site.pk, site.name) for site in present_sites(actor)])
        self._choose_from("state_code", [("", "—"), *state_choices()])

    def _choose_from(self, name: str, choices: list[tuple[Any, str]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if values.get("gstin") and values.get("rate") == 0 and not values.get("legal_note"):
            self.add_error("legal_note", _("At rate 0 say by which rule no tax is due."))
        return values

    def add_refusal(self, error: DomainError) -> None:
        known = error.errors.keys() & _REFUSED.keys() if isinstance(error, InvalidInput) else set()
        for name in known:
            self.add_error(_FIELDS.get(name, name), str(_REFUSED[name]))
        if not known:
            super().add_refusal(error)

    def wanted(self) -> NewProfile:
        values = {name: value for name, value in self.cleaned_data.items() if name != "site"}
        return NewProfile(prices_include_tax=not values.pop("prices_without_tax"), **values)


@require_safe
@for_office
def listing(request: HttpRequest) -> HttpResponse:
    """Show all profiles by car park, and which of them are in force."""
    rows = with_force(tax_profiles(actor_of(request)), now=clock.now())
    return page(request, "office/tax.html", section=SECTION, sheet=sheet_of(request, rows), today=clock.today())


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def new(request: HttpRequest) -> HttpResponse:
    """Add a profile. What is issued stays as it is; a profile is replaced by a later one, never changed."""
    actor = actor_of(request)
    form = TaxProfileForm(request.POST or None, actor=actor, initial=_initial(actor, request.GET.get("site", "")))
    if form.is_valid():
        with form.refusals(request):
            site = site_by_id(form.cleaned_data["site"], actor)
            add_profile(actor=actor, site=site, wanted=form.wanted(), now=clock.now())
            messages.success(request, gettext("The tax profile of %(site)s is added.") % {"site": site.name})
            return redirect("office_tax")
    return page(request, "office/tax_new.html", section=SECTION, form=form)


def _initial(actor: Actor, site: str) -> dict[str, Any]:
    """Return the values of the site's newest profile, so that only what changes is typed."""
    values = {"holds_from": clock.today(), "rate": NewProfile.rate, "sac": NewProfile.sac}
    known = int(site) if site.isascii() and site.isdecimal() and len(site) < 10 else 0
    profile: TaxProfile | None = tax_profiles(actor, site_id=known).first() if known else None
    if profile is None:
        return values
    names = ("legal_name", "address", "gstin", "state_code", "rate", "sac", "series_prefix", "legal_note")
    own = {"site": profile.site_id, "prices_without_tax": not profile.prices_include_tax}
    return values | own | {name: getattr(profile, name) for name in names}
