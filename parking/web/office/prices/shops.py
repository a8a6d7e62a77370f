"""Shops: the list, a new one, changing one, and their statements."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from parking.accounts.models import Role, User
from parking.core import clock
from parking.core.errors import DomainError, NotFound
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.edge.shop_files import statement_file
from parking.edge.wording import sentence_for
from parking.facilities.sites import present_sites
from parking.offers import shops
from parking.offers.models import Shop
from parking.offers.shop_rules import MOST_TIMES
from parking.offers.statements import statement_of
from parking.tariffs.rules.changes import Gives
from parking.web.access import for_managers, for_office
from parking.web.gstin_field import GstinField
from parking.web.office.prices.gift_checks import check_value, plain_value
from parking.web.office.shared.fields import EditForm, SumField, WholeField

SECTION = "shops"
_GIVES = {
    Gives.MINUTES: gettext_lazy("First minutes"),
    Gives.PERCENT: gettext_lazy("Percent of the bill"),
    Gives.AMOUNT: gettext_lazy("Rupees"),
    Gives.PURCHASE: gettext_lazy("Up to the amount of the purchase"),
}


class ShopForm(EditForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    site_id = forms.TypedChoiceField(label=gettext_lazy("Car park"), coerce=int)
    gstin = GstinField()
    gives = forms.ChoiceField(label=gettext_lazy("What it gives"), choices=[(str(k), v) for k, v in _GIVES.items()])
    value = forms.DecimalField(
        label=gettext_lazy("How much"),
        help_text=gettext_lazy("Minutes, percent or rupees. Empty where the purchase decides."),
        min_value=0,
        max_digits=10,
        decimal_places=2,
        required=False,
    )
    from_amount = SumField(label=gettext_lazy("All is free from a purchase of"), required=False)
    per_session = SumField(label=gettext_lazy("At most for one session"), required=False)
    per_day = WholeField(label=gettext_lazy("Validations in a day"), least=1, most=MOST_TIMES, required=False)
    per_month = WholeField(label=gettext_lazy("Validations in a month"), least=1, most=MOST_TIMES, required=False)
    people = forms.CharField(
        label=gettext_lazy("People of the shop"),
        help_text=gettext_lazy("Usernames of drivers' accounts, separated by commas."),
        required=False,
        max_length=500,
    )
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False)

    # Needed, unless the purchase decides.
    one_of = ("value",)
    # Looked at here before is all of it but the sum from which a purchase makes parking free.
    service_fields: ClassVar[Mapping[str, str]] = {"gives": "from_amount"}

    def __init__(self, *args: Any, sites: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site_id"].choices = list(sites)  # type: ignore[attr-defined]

    def clean_people(self) -> str:
        names = _names(self.cleaned_data["people"])
        known = set(User.objects.filter(username__in=names, role=Role.USER).values_list("username", flat=True))
        if missing := [name for name in names if name not in known]:
            raise forms.ValidationError(_("There is no driver named %(name)s.") % {"name": missing[0]})
        return ", ".join(names)

    def clean(self) -> dict[str, Any]:
        """Ask for what goes with what the shop gives, and for nothing else."""
        values = super().clean() or {}
        if values.get("gives") == Gives.PURCHASE:
            if values.get("value") is not None:
                self.add_error("value", _("Empty: the bill of the customer says how much."))
            return values
        check_value(self, values, values.get("gives", ""))
        if values.get("from_amount") is not None:
            self.add_error("from_amount", _("Empty, unless the shop gives up to the amount of the purchase."))
        return values

    def add_refusal(self, error: DomainError) -> None:
        if error.code == "shop_name_taken":
            self.add_error("name", sentence_for(error))
        else:
            super().add_refusal(error)

    def values(self) -> dict[str, Any]:
        """Return the fields of the shop."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        names = _names(values["people"])
        return values | {"people": list(User.objects.filter(username__in=names).values_list("pk", flat=True))}


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


@require_safe
@for_office
def overview(request: HttpRequest) -> HttpResponse:
    """Show the shops by name."""
    rows = shops.shops_of(actor_of(request).sites)
    return page(
        request, "office/shops.html", section=SECTION, rows=[(shop, _GIVES[Gives(shop.gives)]) for shop in rows]
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def new(request: HttpRequest) -> HttpResponse:
    """Make a shop."""
    form = ShopForm(request.POST or None, initial={"is_active": True, "gives": "MINUTES"}, sites=_sites(request))
    if form.is_valid():
        with form.refusals(request):
            shop = shops.create_shop(actor=actor_of(request), fields=form.values(), now=clock.now())
            messages.success(request, _("%(shop)s was created.") % {"shop": shop.name})
            return redirect("office_shops")
    return page(request, "office/shop.html", section=SECTION, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@for_office
def edit(request: HttpRequest, shop_id: int) -> HttpResponse:
    """Change a shop from now on; its car park stays."""
    shop = shops.shop_by_id(shop_id, actor_of(request))
    form = ShopForm(request.POST or None, initial=_values(shop), sites=[(shop.site_id, shop.site.name)])
    if form.is_valid():
        with form.refusals(request):
            shops.change_shop(actor=actor_of(request), shop_id=shop.pk, fields=form.values(), now=clock.now())
            messages.success(request, _("Saved."))
            return redirect("office_shop", shop.pk)
    this_month = clock.today().replace(day=1)
    last_month = (this_month - timedelta(days=1)).replace(day=1)
    months = [(month, statement_of(shop, month).total) for month in (this_month, last_month)]
    return page(request, "office/shop.html", section=SECTION, form=form, shop=shop, months=months)


@require_safe
@for_office
def statement(request: HttpRequest, shop_id: int, month: str, kind: str) -> HttpResponseBase:
    """Return the statement of a month as a file: the invoice as PDF, the sessions as XLSX."""
    shop = shops.shop_by_id(shop_id, actor_of(request))
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise NotFound("not_found", "There is nothing here") from error
    return statement_file(kind, statement_of(shop, first), now=clock.now())


def _values(shop: Shop) -> dict[str, Any]:
    skipped = {"seen", "people"}
    values = {name: getattr(shop, name) for name in ShopForm.base_fields if name not in skipped}
    values["value"] = plain_value(shop.value)
    return values | {"people": ", ".join(sorted(user.username for user in shop.people.all()))}


def _sites(request: HttpRequest) -> list[tuple[int, str]]:
    return [(site.pk, site.name) for site in present_sites(actor_of(request))]
