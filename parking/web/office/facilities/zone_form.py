"""The form of a zone, with its prices."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from django import forms
from django.conf import settings
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parking.core.errors import DomainError
from parking.edge.wording import sentence_for
from parking.facilities.models import ParkingSite, ParkingZone, SlotKind
from parking.facilities.rules import MINUTES_OF_A_DAY, MOST_SLOTS
from parking.tariffs.rules import KindRate
from parking.vehicles.models import VehicleKind
from parking.web.forms import dress
from parking.web.office.shared.fields import ClockField, DegreesField, EditForm, RupeesField, WholeField
from parking.web.templatetags.parking import kind_choices, word

FEATURES = ("covered", "guarded", "ev_charging", "cctv", "accessible")
KINDS_WITH_RATES = tuple(kind for kind in VehicleKind if kind != VehicleKind.CAR)
COLUMNS = (
    "name", "place", "contact", "latitude", "longitude", "hourly_rate", "booking_fee", "hold_minutes",
    "no_show_minutes", "is_active", "opens_at", "closes_at", "features", "restrictions", "site_id", "marked",
    "allowed_kinds", "max_height_cm", "pass_only",
)  # fmt: skip

CAPACITY = "places_"


def places_of(kind: str) -> str:
    """Return the name of the field for the number of places of a kind."""
    return f"{CAPACITY}{kind.lower()}"


def _places(label: Promise) -> WholeField:
    return WholeField(label=label, least=0, most=MOST_SLOTS, required=False)


class ZoneForm(EditForm):
    site_id = forms.TypedChoiceField(label=_("Car park"), coerce=int)
    name = forms.CharField(label=_("Name"), max_length=100)
    place = forms.CharField(
        label=_("Where it is"), help_text=_("For example: Level 1, north side."), max_length=200, required=False
    )
    contact = forms.CharField(
        label=_("Contact"), help_text=_("Drivers see it, for example a phone number."), max_length=100, required=False
    )
    latitude = DegreesField(label=_("Latitude"), most=90, required=False)
    longitude = DegreesField(label=_("Longitude"), most=180, required=False)
    hourly_rate = RupeesField(label=_("Rate per hour"))
    booking_fee = RupeesField(label=_("Booking fee"), help_text=_("The least that a booking costs."))
    hold_minutes = WholeField(
        label=_("Minutes to pay"),
        help_text=_("A booking that is not paid by then expires. Empty: as in the settings."),
        least=1,
        most=MINUTES_OF_A_DAY,
        required=False,
    )
    no_show_minutes = WholeField(
        label=_("Minutes to arrive"),
        help_text=_("A car that has not arrived by then loses its slot. Empty: as in the settings."),
        least=1,
        most=MINUTES_OF_A_DAY,
        required=False,
    )
    is_active = forms.BooleanField(label=_("Open for bookings"), required=False)
    opens_at = ClockField(label=_("Opens at"))
    closes_at = ClockField(label=_("Closes at"))
    features = forms.MultipleChoiceField(label=_("Features"), required=False, widget=forms.CheckboxSelectMultiple)
    restrictions = forms.CharField(
        label=_("Restrictions"), help_text=_("For example: no cars higher than 2.1 m."), max_length=200, required=False
    )

    unmarked = forms.BooleanField(
        label=_("Places have no numbers"),
        help_text=_("For ramps, grounds and streets: places are counted, and no page names one."),
        required=False,
    )
    places_car = _places(_("Places for cars"))
    places_two_wheeler = _places(_("Places for two-wheelers"))
    places_ev = _places(_("Places for electric cars"))
    places_bicycle = _places(_("Places for bicycles"))
    places_large = _places(_("Places for large vehicles"))
    places_accessible = _places(_("Accessible places"))
    places_vip = _places(_("VIP places"))
    allowed_kinds = forms.MultipleChoiceField(
        label=_("Takes only"),
        help_text=_("None chosen: the zone takes all vehicles."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    max_height_cm = WholeField(
        label=_("Greatest height in cm"), help_text=_("Drivers see it."), least=50, most=2000, required=False
    )
    pass_only = forms.BooleanField(label=_("Only with a pass"), required=False)

    def __init__(self, *args: Any, sites: Sequence[ParkingSite] = (), **kwargs: Any) -> None:
        """Make the form of a new zone at one of these sites, or without them that of a zone that is there."""
        super().__init__(*args, **kwargs)
        for kind in KINDS_WITH_RATES:
            self._add_prices(kind)
        if len(sites) < 2:
            del self.fields["site_id"]
        else:
            site_id = cast(forms.TypedChoiceField, self.fields["site_id"])
            site_id.choices = [(site.pk, site.name) for site in sites]
        if "marked" in self.initial:
            self._keep_marking(marked=self.initial["marked"])
        kinds = cast(forms.MultipleChoiceField, self.fields["allowed_kinds"])
        kinds.choices = kind_choices()
        # What another program has set besides ours stays a choice.
        known = (*FEATURES, *(code for code in self.initial.get("features", ()) if code not in FEATURES))
        features = cast(forms.MultipleChoiceField, self.fields["features"])
        features.choices = [(code, word(code)) for code in known]

    def _add_prices(self, kind: str) -> None:
        """Add the fields of what a kind of vehicle pays here, instead of what cars pay."""
        labels = {"hourly_rate": gettext("%(kind)s: rate per hour"), "booking_fee": gettext("%(kind)s: booking fee")}
        for name, label in labels.items():
            field = RupeesField(label=label % {"kind": word(kind)}, required=False)
            self.fields[f"{kind}_{name}"] = dress(field)

    @property
    def kind_prices(self) -> list[tuple[BoundField, BoundField]]:
        """Return the fields of prices of each kind of vehicle but cars."""
        return [(self[f"{kind}_hourly_rate"], self[f"{kind}_booking_fee"]) for kind in KINDS_WITH_RATES]

    @property
    def has_kind_prices(self) -> bool:
        """Return whether a kind of vehicle pays otherwise than cars, or is about to."""
        return any(field.value() not in (None, "") or field.errors for pair in self.kind_prices for field in pair)

    def _keep_marking(self, *, marked: bool) -> None:
        del self.fields["unmarked"]
        for kind in SlotKind.values if marked else ():
            del self.fields[places_of(kind)]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        self.both_or_none("opens_at", "closes_at", gettext("Enter both times, or neither."))
        self.both_or_none("latitude", "longitude", gettext("Enter both, or neither."))
        for kind in KINDS_WITH_RATES:
            both = gettext("Enter both amounts, or neither.")
            self.both_or_none(f"{kind}_hourly_rate", f"{kind}_booking_fee", both)
        if not values.get("unmarked", True) and any(values.get(places_of(kind)) for kind in SlotKind.values):
            self.add_error("unmarked", gettext("Tick this, or add numbered slots in the next step instead."))
        return values

    def add_refusal(self, error: DomainError) -> None:
        if error.code == "zone_name_taken":
            self.add_error("name", sentence_for(error))
        else:
            super().add_refusal(error)

    # --- What is to be done -----------------------------------------------------------------------

    def columns(self) -> dict[str, Any]:
        """Return the zone's columns that were changed; for a new zone, those that were filled in."""
        columns = {name: value for name, value in self.altered().items() if name in COLUMNS}
        return columns | {"marked": False} if self.cleaned_data.get("unmarked") else columns

    def capacity(self) -> dict[str, int]:
        """Return the number of places by kind, as far as it was changed; nothing where slots have numbers."""
        if self.initial.get("marked", not self.cleaned_data.get("unmarked")):
            return {}
        return {
            name.removeprefix(CAPACITY).upper(): value or 0
            for name, value in self.altered().items()
            if name.startswith(CAPACITY)
        }

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

    def shown(self, name: str, value: object) -> str:
        if name == "is_active":
            return gettext("Open") if value else gettext("Closed")
        return super().shown(name, value)


def values_of(zone: ParkingZone, rates: Iterable[KindRate], capacity: Mapping[str, int]) -> dict[str, Any]:
    """Return the zone's present values, as the form's initial values."""
    values = {name: getattr(zone, name) for name in COLUMNS}
    for kind in KINDS_WITH_RATES:
        values |= {f"{kind}_hourly_rate": None, f"{kind}_booking_fee": None}
    for rate in rates:
        values |= {
            f"{rate.vehicle_kind}_hourly_rate": rate.hourly_rate,
            f"{rate.vehicle_kind}_booking_fee": rate.booking_fee,
        }
    if not zone.marked:
        values |= {places_of(kind): capacity.get(kind) for kind in SlotKind.values}
    return values


def values_of_new_zone(sites: Sequence[ParkingSite]) -> dict[str, Any]:
    """Return the initial values of a new zone at the first of these sites."""
    values = {"booking_fee": settings.BOOKING_FEE, "is_active": True}
    return values | {"site_id": sites[0].pk} if sites else values
