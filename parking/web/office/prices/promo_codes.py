"""Promo codes: the list with how often each was used, a new one, and changing one."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from parking.core import clock
from parking.core.errors import DomainError
from parking.core.money import ZERO
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.edge.wording import sentence_for
from parking.facilities.models import ParkingZone
from parking.facilities.queries import present_zones
from parking.offers import codes, strong_codes
from parking.offers.models import LONGEST_CODE, PromoCode, PromoKind
from parking.offers.rules import MOST_USES
from parking.web.access import for_managers, for_office
from parking.web.office.prices.gift_checks import check_value, plain_value
from parking.web.office.shared.fields import EditForm, SumField, WholeField
from parking.web.office.shared.lists import DayField
from parking.web.office.shared.second_person import say_done
from parking.web.templatetags.parking import kind_choices

SECTION = "promo_codes"
ROWS = 50
_KINDS = {
    PromoKind.PERCENT: gettext_lazy("Percent of the bill"),
    PromoKind.AMOUNT: gettext_lazy("Rupees"),
    PromoKind.MINUTES: gettext_lazy("First minutes"),
}


class PromoCodeForm(EditForm):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("3 to 20 letters, digits and hyphens. Capitals do not matter."),
        max_length=LONGEST_CODE,
        widget=forms.TextInput(
            attrs={"class": "code-field", "autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    kind = forms.ChoiceField(label=gettext_lazy("What it gives"), choices=list(_KINDS.items()))
    value = forms.DecimalField(label=gettext_lazy("How much"), min_value=0, max_digits=10, decimal_places=2)
    cap = SumField(label=gettext_lazy("At most"), required=False)
    valid_from = DayField(label=gettext_lazy("First day"), required=True)
    valid_to = DayField(label=gettext_lazy("Last day"), help_text=gettext_lazy("Empty: no end."))
    zone_ids = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Zones"),
        help_text=gettext_lazy("None: everywhere."),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    vehicle_kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Vehicle types"),
        help_text=gettext_lazy("None: all."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    uses = WholeField(label=gettext_lazy("Uses in all"), least=1, most=MOST_USES, required=False)
    uses_per_driver = WholeField(
        label=gettext_lazy("Uses per driver and plate"), least=1, most=MOST_USES, required=False
    )
    first_booking = forms.BooleanField(label=gettext_lazy("For the first booking only"), required=False)
    least_bill = SumField(label=gettext_lazy("From a bill of"))
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False)

    def __init__(self, *args: Any, zones: Sequence[ParkingZone], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(zone.pk, f"{zone.site.name} · {zone.name}") for zone in zones]
        self.fields["zone_ids"].choices = choices  # type: ignore[attr-defined]
        self.fields["vehicle_kinds"].choices = kind_choices()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        check_value(self, values, values.get("kind", ""))
        first, last = values.get("valid_from"), values.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", _("Not before the first day."))
        return values

    def add_refusal(self, error: DomainError) -> None:
        if error.code == "promo_code_taken":
            self.add_error("code", sentence_for(error))
        else:
            super().add_refusal(error)


@require_safe
@for_office
def overview(request: HttpRequest) -> HttpResponse:
    """Show the codes, the newest first, with how often each was used."""
    rows = Paginator(codes.promo_codes_of(actor_of(request).sites), ROWS).get_page(request.GET.get("page"))
    today = clock.today()
    return page(request, "office/promo_codes.html", section=SECTION, rows=rows, today=today)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def new(request: HttpRequest) -> HttpResponse:
    """Make a code."""
    usual = {"kind": PromoKind.PERCENT, "valid_from": clock.today(), "least_bill": ZERO, "is_active": True}
    form = PromoCodeForm(request.POST or None, initial=usual, zones=_zones(request))
    if form.is_valid():
        with form.refusals(request):
            values = {name: value for name, value in form.cleaned_data.items() if name != "seen"}
            code = strong_codes.propose_code(actor=actor_of(request), fields=values, now=clock.now())
            say_done(request, code, _("%(code)s was created.") % {"code": values["code"]})
            return redirect("office_promo_codes")
    return page(request, "office/promo_code.html", section=SECTION, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@for_office
def edit(request: HttpRequest, code_id: int) -> HttpResponse:
    """Change a code from now on."""
    code = codes.code_by_id(code_id, actor_of(request))
    form = PromoCodeForm(request.POST or None, initial=_values(code), zones=_zones(request))
    if form.is_valid():
        with form.refusals(request):
            if form.altered():
                changed = strong_codes.propose_change(
                    actor=actor_of(request), code_id=code.pk, fields=form.altered(), now=clock.now()
                )
                say_done(request, changed)
            return redirect("office_promo_codes")
    return page(request, "office/promo_code.html", section=SECTION, form=form, code=code)


def _values(code: PromoCode) -> dict[str, Any]:
    values = {name: getattr(code, name) for name in PromoCodeForm.base_fields if name not in {"seen", "zone_ids"}}
    values["value"] = plain_value(code.value)
    return values | {"zone_ids": sorted(zone.pk for zone in code.zones.all())}


def _zones(request: HttpRequest) -> list[ParkingZone]:
    return list(present_zones(sites=actor_of(request).sites))
