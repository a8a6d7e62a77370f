"""The form of a version of a tariff."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parking.core.money import PAISA
from parking.tariffs.rules import Prices
from parking.tariffs.rules.checks import LONGEST_FREE_AGAIN, MOST_PERCENT, ROUNDINGS
from parking.tariffs.rules.lines import DAY
from parking.tariffs.rules.terms import CollectAt, FreeMode, NextDay, NightCharge
from parking.tariffs.versions import Draft
from parking.web.components import amount_text
from parking.web.forms import ServiceForm, day_bounds
from parking.web.office.facilities.tariff_rows import (
    BAND,
    SLAB,
    band_fields,
    bands_in,
    is_given,
    minute_of,
    rows_in,
    slab_fields,
    slabs_in,
    time_of,
    values_of_bands,
    values_of_slabs,
)
from parking.web.office.shared.fields import ClockField, RupeesField, SumField, WholeField
from parking.web.price_words import length_text
from parking.web.templatetags.parking import kind_choices

_length = lazy(length_text, str)
_rupees = lazy(amount_text, str)
_STEPS = [(minutes, _length(minutes)) for minutes in (60, 30, 15)]
_ROUNDINGS = [(str(to), _("Paisa (not rounded)") if to == PAISA else _rupees(to)) for to in ROUNDINGS]
# The fields of a tariff that are one field of the form.
_PLAIN = (
    "base_rate", "booking_fee", "daily_cap", "lost_ticket_fee", "step_minutes", "grace_minutes", "minimum_minutes",
    "free_minutes", "free_mode", "free_again_after_minutes", "next_day", "round_to", "overstay_percent", "collect_at",
)  # fmt: skip


class TariffForm(ServiceForm):
    # A service refuses bands, slabs and the night as a whole: said at the first field of them.
    service_fields: ClassVar[Mapping[str, str]] = {
        "bands": "name_0",
        "slabs": "slab_until_0",
        "night_charge": "night_price",
    }

    vehicle_kind = forms.ChoiceField(label=_("Vehicle type"), choices=kind_choices)
    valid_from = forms.DateField(
        label=_("Holds from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=day_bounds(_("This day cannot be chosen.")),
        help_text=_("Empty: from now on."),
    )
    valid_to = forms.DateField(
        label=_("Until, for an event"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=day_bounds(_("This day cannot be chosen.")),
        help_text=_("The last day. Afterwards the tariff of before holds again."),
    )
    # Bands have fields that begin with `name`, and so has a rate card.
    event_name = forms.CharField(
        label=_("Name, for an event"),
        required=False,
        max_length=100,
        help_text=_("Such as Diwali week. It stands in the list of versions."),
    )
    base_rate = RupeesField(label=_("Rate per hour where no band holds"))
    booking_fee = RupeesField(label=_("Booking fee"))
    daily_cap = SumField(label=_("Daily maximum"), required=False)
    lost_ticket_fee = SumField(label=_("Lost ticket"))
    step_minutes = forms.TypedChoiceField(label=_("Step"), coerce=int, choices=_STEPS)
    grace_minutes = WholeField(label=_("Grace in minutes"), least=0, most=60)
    minimum_minutes = WholeField(label=_("Minimum in minutes"), least=0, most=1440)
    free_minutes = WholeField(label=_("Free minutes"), least=0, most=1440)
    free_mode = forms.ChoiceField(
        label=_("Free"),
        choices=[(FreeMode.WHOLE, _("Short stays")), (FreeMode.DEDUCT, _("The first minutes of each stay"))],
    )
    free_again_after_minutes = WholeField(
        label=_("Free again after minutes"),
        least=0,
        most=LONGEST_FREE_AGAIN,
        help_text=_("A vehicle has free minutes once in this time; 0: at each stay."),
    )
    next_day = forms.ChoiceField(
        label=_("After 24 hours"),
        choices=[
            (NextDay.RESTART, _("The steps begin again")),
            (NextDay.FULL, _("Each day that begins costs the whole day")),
        ],
        required=False,
    )
    round_to = forms.TypedChoiceField(
        label=_("Round the total to"),
        coerce=Decimal,
        choices=_ROUNDINGS,
        help_text=_("The whole bill, half up; the difference is its last line."),
    )
    overstay_percent = WholeField(
        label=_("Overstay in percent"),
        least=0,
        most=MOST_PERCENT,
        help_text=_("Comes on top of each step that begins after the booked end and the grace."),
    )
    collect_at = forms.ChoiceField(
        label=_("When it is paid"),
        choices=[
            (CollectAt.EXIT, _("When the car leaves")),
            (CollectAt.ENTRY, _("The first step when the car comes in, the rest when it leaves")),
        ],
        required=False,
    )
    night_from = ClockField(label=_("Night from"))
    night_to = ClockField(label=_("Night to"))
    night_price = SumField(label=_("Price of a night"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        values = self.data if self.is_bound else self.initial
        self._band_rows, self._slab_rows = rows_in(values, BAND), rows_in(values, SLAB)
        self.fields |= band_fields(self._band_rows, values) | slab_fields(self._slab_rows)

    @property
    def slab_rows(self) -> list[list[forms.BoundField]]:
        """Return the fields of each slab."""
        return [[self[f"{name}_{row}"] for name in SLAB] for row in self._slab_rows]

    @property
    def rows(self) -> list[list[forms.BoundField]]:
        """Return the fields of each band."""
        return [[self[f"{name}_{row}"] for name in BAND] for row in self._band_rows]

    def clean(self) -> dict[str, Any]:
        """Ask for the whole of a band, a slab or a night where a part of it is given; slabs stand alone."""
        values = super().clean() or {}
        for row in self._band_rows:
            self._whole(values, [f"{name}_{row}" for name in BAND if name != "days"])
        for row in self._slab_rows:
            if any(is_given(values.get(f"{name}_{row}")) for name in SLAB):
                self._whole(values, [f"{name}_{row}" for name in SLAB[:2]], force=True)
        self._whole(values, ["night_from", "night_to", "night_price"])
        first, last = values.get("valid_from"), values.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", gettext("Not before the first day."))
        if not self.errors and any(slabs_in(values, self._slab_rows)):
            self._refuse_beside_slabs(values)
        return values

    def _refuse_beside_slabs(self, values: Mapping[str, Any]) -> None:
        last = list(slabs_in(values, self._slab_rows))[-1].until_minutes
        if values["daily_cap"] is not None:
            self.add_error("daily_cap", gettext("Empty, where the length of the stay decides."))
        if any(bands_in(values, self._band_rows)):
            self.add_error("name_0", gettext("No bands, where the length of the stay decides."))
        if last != DAY:
            self.add_error("slab_until_0", gettext("Each row longer than the one before, the last one 1,440 minutes."))

    def _whole(self, values: Mapping[str, Any], names: list[str], *, force: bool = False) -> None:
        given = [name for name in names if is_given(values.get(name))]
        if given or force:
            for name in set(names) - set(given) - set(self.errors):
                self.add_error(name, gettext("Please fill this in too."))

    def draft(self) -> Draft:
        """Return the version that was asked for, with each field of its prices."""
        values = self.cleaned_data
        fields = {name: values[name] for name in _PLAIN}
        fields |= {
            "next_day": NextDay(values["next_day"] or NextDay.RESTART),
            "collect_at": CollectAt(values["collect_at"] or CollectAt.EXIT),
            "bands": tuple(bands_in(values, self._band_rows)),
            "slabs": tuple(slabs_in(values, self._slab_rows)),
            "night_charge": self._night(),
        }
        name = values.get("event_name", "")
        return Draft(fields, values.get("vehicle_kind", ""), values["valid_from"], values["valid_to"], name)

    def _night(self) -> NightCharge | None:
        values = self.cleaned_data
        if values["night_price"] is None:
            return None
        return NightCharge(minute_of(values["night_from"]), minute_of(values["night_to"]), values["night_price"])


def values_of_prices(prices: Prices, kind: str) -> dict[str, Any]:
    """Return the form's initial values: the present tariff of a kind."""
    values: dict[str, Any] = {name: getattr(prices, name) for name in _PLAIN} | {"vehicle_kind": kind}
    if prices.night_charge is not None:
        night = prices.night_charge
        values |= {"night_from": time_of(night.begins), "night_to": time_of(night.ends), "night_price": night.price}
    values["round_to"] = next(to for to in ROUNDINGS if to == prices.round_to)
    return values | values_of_bands(prices.bands) | values_of_slabs(prices.slabs)
