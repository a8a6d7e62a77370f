"""The form of a zone, with its prices."""

from collections.abc import Iterable
from datetime import time
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parking.core.errors import DomainError
from parking.edge.wording import sentence_for
from parking.facilities.models import ParkingZone
from parking.facilities.rules import MINUTES_OF_A_DAY
from parking.tariffs.models import ZoneTariff
from parking.tariffs.rules import KindRate
from parking.vehicles.models import VehicleKind
from parking.web.confirming import Alteration
from parking.web.office.shared.fields import DegreesField, EditForm, RupeesField, WholeField
from parking.web.templatetags.parking import rupees, word

FEATURES = ("covered", "guarded", "ev_charging", "cctv", "accessible")
KINDS_WITH_RATES = (VehicleKind.TWO_WHEELER, VehicleKind.EV)
COLUMNS = (
    "name", "place", "contact", "latitude", "longitude", "hourly_rate", "booking_fee", "hold_minutes",
    "no_show_minutes", "is_active", "opens_at", "closes_at", "features", "restrictions",
)  # fmt: skip


def _clock() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": 60})


class ZoneForm(EditForm):
    name = forms.CharField(label=_("Name"), max_length=100)
    place = forms.CharField(
        label=_("Where it is"), help_text=_("For example: Level 1, north side."), max_length=200, required=False
    )
    contact = forms.CharField(
        label=_("Contact"), help_text=_("Drivers see it, for example a phone number."), max_length=100, required=False
    )
    latitude = DegreesField(label=_("Latitude"), most=90, required=False)
    longitude = DegreesField(label=_("Longitude"), most=180, required=False)
    hourly_rate = RupeesField(label=_("Rate for an hour"))
    booking_fee = RupeesField(label=_("Booking fee"), help_text=_("The least that a booking costs."))
    TWO_WHEELER_hourly_rate = RupeesField(label=_("Two-wheeler: rate for an hour"), required=False)
    TWO_WHEELER_booking_fee = RupeesField(label=_("Two-wheeler: booking fee"), required=False)
    EV_hourly_rate = RupeesField(label=_("Electric car: rate for an hour"), required=False)
    EV_booking_fee = RupeesField(label=_("Electric car: booking fee"), required=False)
    hold_minutes = WholeField(
        label=_("Minutes to pay"),
        help_text=_("A booking that is not paid by then is given up. Empty: as the settings say."),
        least=1,
        most=MINUTES_OF_A_DAY,
        required=False,
    )
    no_show_minutes = WholeField(
        label=_("Minutes to arrive"),
        help_text=_("A car that has not come by then loses its slot. Empty: as the settings say."),
        least=1,
        most=MINUTES_OF_A_DAY,
        required=False,
    )
    is_active = forms.BooleanField(label=_("Open for bookings"), required=False)
    opens_at = forms.TimeField(label=_("Opens at"), required=False, widget=_clock())
    closes_at = forms.TimeField(label=_("Closes at"), required=False, widget=_clock())
    features = forms.MultipleChoiceField(label=_("Features"), required=False, widget=forms.CheckboxSelectMultiple)
    restrictions = forms.CharField(
        label=_("Restrictions"), help_text=_("For example: no cars higher than 2.1 m."), max_length=200, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What another program has set besides ours stays a choice.
        known = (*FEATURES, *(code for code in self.initial.get("features", ()) if code not in FEATURES))
        features = cast(forms.MultipleChoiceField, self.fields["features"])
        features.choices = [(code, word(code)) for code in known]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        self._both_or_none("opens_at", "closes_at", gettext("Give both times, or neither."))
        self._both_or_none("latitude", "longitude", gettext("Give both, or neither."))
        for kind in KINDS_WITH_RATES:
            both = gettext("Give both amounts, or neither.")
            self._both_or_none(f"{kind}_hourly_rate", f"{kind}_booking_fee", both)
        return values

    def _both_or_none(self, first: str, second: str, text: str) -> None:
        names = [name for name in (first, second) if name in self.cleaned_data]
        missing = [name for name in names if self.cleaned_data[name] is None]
        if len(names) == 2 and len(missing) == 1:
            self.add_error(missing[0], text)

    def add_refusal(self, error: DomainError) -> None:
        if error.code == "zone_name_taken":
            self.add_error("name", sentence_for(error))
        else:
            super().add_refusal(error)

    # --- What is to be done -----------------------------------------------------------------------

    def columns(self) -> dict[str, Any]:
        """Return the zone's columns that were changed; for a new zone, those that were filled in."""
        return {name: value for name, value in self.altered().items() if name in COLUMNS}

    def kind_rates(self) -> list[KindRate] | None:
        """Return the prices of other vehicles, or None where they stay as they are."""
        if not any(
            name.partition("_hourly")[0].partition("_booking")[0] in KINDS_WITH_RATES for name in self.altered()
        ):
            return None
        values = self.cleaned_data
        return [
            KindRate(kind, values[f"{kind}_hourly_rate"], values[f"{kind}_booking_fee"])
            for kind in KINDS_WITH_RATES
            if values[f"{kind}_hourly_rate"] is not None
        ]

    def effects(self) -> list[str]:
        """Return the consequences of this change in sentences; empty if it needs no confirmation."""
        altered = self.altered()
        found = []
        if any(isinstance(self.fields[name], RupeesField) for name in altered):
            found.append(
                gettext(
                    "New bookings pay the new prices. Stays that are booked, and cars that are inside, keep the old "
                    "ones."
                )
            )
        if altered.get("is_active") is False:
            found.append(
                gettext(
                    "The zone takes no new bookings. Cars that are booked may still come, and cars inside leave as "
                    "usual."
                )
            )
        return found

    def alterations(self) -> list[Alteration]:
        """Return each change as old and new value, in words."""
        return [
            Alteration(
                str(self.fields[name].label), self._shown(name, self.initial.get(name)), self._shown(name, value)
            )
            for name, value in self.altered().items()
        ]

    def facts(self) -> list[Alteration]:
        """Return the present values in words, for who may only read."""
        return [
            Alteration(str(field.label), self._shown(name, self.initial.get(name)), "")
            for name, field in self.fields.items()
            if name != "seen"
        ]

    def _shown(self, name: str, value: object) -> str:
        if name == "is_active":
            return gettext("Open") if value else gettext("Closed")
        if value is None or value in ("", []):
            return gettext("none")
        if isinstance(self.fields[name], RupeesField):
            return rupees(cast(Decimal, value))
        if isinstance(value, time):
            return f"{value:%H:%M}"
        if isinstance(value, list):
            return ", ".join(word(code) for code in value)
        return str(value)


def values_of(zone: ParkingZone, rates: Iterable[ZoneTariff]) -> dict[str, Any]:
    """Return the zone's present values, as the form's initial values."""
    values = {name: getattr(zone, name) for name in COLUMNS}
    for kind in KINDS_WITH_RATES:
        values |= {f"{kind}_hourly_rate": None, f"{kind}_booking_fee": None}
    for rate in rates:
        values |= {
            f"{rate.vehicle_kind}_hourly_rate": rate.hourly_rate,
            f"{rate.vehicle_kind}_booking_fee": rate.booking_fee,
        }
    return values


def values_of_new_zone() -> dict[str, Any]:
    """Return the initial values of a new zone."""
    return {
        "booking_fee": settings.BOOKING_FEE,
        "is_active": True,
    }
