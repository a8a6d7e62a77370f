"""The form of a version of a tariff."""

from collections.abc import Iterable, Mapping
from datetime import time
from typing import Any

from django import forms
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parking.tariffs.rules import Prices
from parking.tariffs.rules.lines import DAY, HOUR
from parking.tariffs.rules.terms import WEEK, Band, CollectAt, FreeMode, NextDay, NightCharge, Slab, Weekday
from parking.tariffs.versions import Draft
from parking.web.forms import ServiceForm, day_bounds, dress
from parking.web.office.shared.fields import ClockField, RupeesField, SumField, WholeField
from parking.web.price_words import length_text
from parking.web.templatetags.parking import kind_choices

# Rows for bands, and for slabs; what needs more of them is for the API.
ROWS = range(8)
SLABS = range(8)
WORKDAYS, WEEKEND = WEEK[:5], WEEK[5:]
_DAYS: dict[str, tuple[tuple[Weekday, ...], Promise]] = {
    "ALL": (WEEK, _("Every day")),
    "WORKDAYS": (WORKDAYS, _("Mon to Fri")),
    "WEEKEND": (WEEKEND, _("Sat and Sun")),
    **{
        str(day): ((day,), label)
        for day, label in zip(
            Weekday,
            (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"), _("Holidays")),
            strict=True,
        )
    },
}
_length = lazy(length_text, str)
_STEPS = [(minutes, _length(minutes)) for minutes in (60, 30, 15)]
_PLAIN = (
    "base_rate", "booking_fee", "daily_cap", "lost_ticket_fee", "step_minutes", "grace_minutes", "minimum_minutes",
    "free_minutes", "free_mode", "next_day", "collect_at",
)  # fmt: skip


class TariffForm(ServiceForm):
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
    next_day = forms.ChoiceField(
        label=_("After 24 hours"),
        choices=[
            (NextDay.RESTART, _("The steps begin again")),
            (NextDay.FULL, _("Each day that begins costs the whole day")),
        ],
        required=False,
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
        for number in ROWS:
            self.fields |= {
                f"{name}_{number}": dress(field)
                for name, field in {
                    "name": forms.CharField(label=_("Band"), max_length=30, required=False),
                    "days": forms.ChoiceField(label=_("Days"), choices=_choices, required=False),
                    "from": ClockField(label=_("From")),
                    "to": ClockField(label=_("To")),
                    "rate": RupeesField(label=_("Per hour"), required=False),
                }.items()
            }
        for number in SLABS:
            self.fields |= {
                f"slab_{name}_{number}": dress(field)
                for name, field in {
                    "until": WholeField(label=_("Up to minutes"), least=1, most=DAY, required=False),
                    "price": SumField(label=_("Price"), required=False),
                    "every": WholeField(label=_("For each minutes begun"), least=1, most=DAY, required=False),
                }.items()
            }

    @property
    def slab_rows(self) -> list[list[forms.BoundField]]:
        """Return the fields of each slab."""
        return [[self[f"slab_{name}_{number}"] for name in ("until", "price", "every")] for number in SLABS]

    @property
    def rows(self) -> list[list[forms.BoundField]]:
        """Return the fields of each band."""
        return [[self[f"{name}_{number}"] for name in ("name", "days", "from", "to", "rate")] for number in ROWS]

    def clean(self) -> dict[str, Any]:
        """Ask for the whole of a band, a slab or a night where a part of it is given; slabs stand alone."""
        values = super().clean() or {}
        for number in ROWS:
            self._whole(values, [f"{name}_{number}" for name in ("name", "from", "to", "rate")])
        for number in SLABS:
            if any(values.get(f"slab_{name}_{number}") is not None for name in ("until", "price", "every")):
                self._whole(values, [f"slab_{name}_{number}" for name in ("until", "price")], force=True)
        self._whole(values, ["night_from", "night_to", "night_price"])
        if not self.errors and any(self._slabs()):
            self._refuse_beside_slabs(values)
        return values

    def _refuse_beside_slabs(self, values: Mapping[str, Any]) -> None:
        last = list(self._slabs())[-1].until_minutes
        if values["daily_cap"] is not None:
            self.add_error("daily_cap", gettext("Empty, where the length of the stay decides."))
        if any(self._bands()):
            self.add_error("name_0", gettext("No bands, where the length of the stay decides."))
        if last != DAY:
            self.add_error("slab_until_0", gettext("Each row longer than the one before, the last one 1,440 minutes."))

    def _whole(self, values: Mapping[str, Any], names: list[str], *, force: bool = False) -> None:
        given = [name for name in names if values.get(name) not in (None, "")]
        if given or force:
            for name in set(names) - set(given) - set(self.errors):
                self.add_error(name, gettext("Please fill this in too."))

    def draft(self) -> Draft:
        """Return the version that was asked for. What this form does not have is as before."""
        values = self.cleaned_data
        fields = {name: values[name] for name in _PLAIN}
        fields |= {
            "next_day": NextDay(values["next_day"] or NextDay.RESTART),
            "collect_at": CollectAt(values["collect_at"] or CollectAt.EXIT),
            "bands": tuple(self._bands()),
            "slabs": tuple(self._slabs()),
            "night_charge": self._night(),
        }
        return Draft(fields, values.get("vehicle_kind", ""), values["valid_from"], values["valid_to"])

    def _bands(self) -> Iterable[Band]:
        values = self.cleaned_data
        for number in ROWS:
            if values[f"name_{number}"]:
                days, _label = _DAYS[values[f"days_{number}"] or "ALL"]
                begins, ends = (_minute(values[f"{name}_{number}"]) for name in ("from", "to"))
                yield Band(values[f"name_{number}"], days, begins, ends, values[f"rate_{number}"])

    def _slabs(self) -> Iterable[Slab]:
        values = self.cleaned_data
        for number in SLABS:
            until, price, every = (values.get(f"slab_{name}_{number}") for name in ("until", "price", "every"))
            if until is not None and price is not None:
                yield Slab(until, price, every)

    def _night(self) -> NightCharge | None:
        values = self.cleaned_data
        if values["night_price"] is None:
            return None
        return NightCharge(_minute(values["night_from"]), _minute(values["night_to"]), values["night_price"])


def _choices() -> list[tuple[str, Promise]]:
    return [(code, label) for code, (_days, label) in _DAYS.items()]


def _minute(value: time) -> int:
    return value.hour * HOUR + value.minute


def _time(minute: int) -> time:
    return time(minute // HOUR, minute % HOUR)


def values_of_prices(prices: Prices, kind: str) -> dict[str, Any]:
    """Return the form's initial values: the present tariff of a kind."""
    values: dict[str, Any] = {name: getattr(prices, name) for name in _PLAIN} | {"vehicle_kind": kind}
    if prices.night_charge is not None:
        night = prices.night_charge
        values |= {"night_from": _time(night.begins), "night_to": _time(night.ends), "night_price": night.price}
    return values | _values_of_bands(prices.bands) | _values_of_slabs(prices.slabs)


def _values_of_bands(bands: Iterable[Band]) -> dict[str, Any]:
    rows = [(band, code) for band in bands for code in _codes_of(band.days)]
    values: dict[str, Any] = {}
    for number, (band, code) in zip(ROWS, rows, strict=False):
        own = {"name": band.name, "days": code, "from": _time(band.begins), "to": _time(band.ends), "rate": band.rate}
        values |= {f"{name}_{number}": value for name, value in own.items()}
    return values


def _values_of_slabs(slabs: Iterable[Slab]) -> dict[str, Any]:
    return {
        f"slab_{name}_{number}": value
        for number, slab in zip(SLABS, slabs, strict=False)
        for name, value in {"until": slab.until_minutes, "price": slab.price, "every": slab.every_minutes}.items()
    }


def _codes_of(days: tuple[Weekday, ...]) -> list[str]:
    """Return the choices that are these days: one for all, or one for each day."""
    whole = [code for code, (named, _label) in _DAYS.items() if set(named) == set(days)]
    return whole[:1] or [str(day) for day in days]
