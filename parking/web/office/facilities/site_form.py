"""The forms of a site, of a copy of it, and of a gate."""

from collections.abc import Iterable, Sequence
from typing import Any, cast
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parking.core.errors import DomainError
from parking.edge.wording import sentence_for
from parking.facilities.models import Gate, GateDirection, ParkingSite, ParkingZone, SiteState
from parking.web.office.shared.fields import ClockField, DegreesField, EditForm
from parking.web.templatetags.parking import kind_choices, word

COLUMNS = (
    "name", "code", "address", "place", "contact", "latitude", "longitude", "time_zone", "opens_at", "closes_at",
    "last_exit_at", "vehicle_kinds",
)  # fmt: skip
_FIELD_OF_REFUSAL = {"site_name_taken": "name", "site_code_taken": "code", "gate_name_taken": "name"}


def _code_field() -> forms.RegexField:
    return forms.RegexField(
        "^[A-Z]{2,6}$",
        label=_("Code"),
        help_text=_("2 to 6 capital letters, shown in lists and files."),
        max_length=6,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
        error_messages={"invalid": _("2 to 6 capital letters from A to Z.")},
    )


class PlaceForm(EditForm):
    """A form whose refusals of a name or code stand at that field."""

    def add_refusal(self, error: DomainError) -> None:
        if error.code in _FIELD_OF_REFUSAL:
            self.add_error(_FIELD_OF_REFUSAL[error.code], sentence_for(error))
        else:
            super().add_refusal(error)


class SiteForm(PlaceForm):
    name = forms.CharField(label=_("Name"), max_length=100)
    code = _code_field()
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    place = forms.CharField(
        label=_("Where it is"), help_text=_("For example: below the inner circle."), max_length=200, required=False
    )
    contact = forms.CharField(
        label=_("Contact"), help_text=_("Drivers see it, for example a phone number."), max_length=100, required=False
    )
    latitude = DegreesField(label=_("Latitude"), most=90, required=False)
    longitude = DegreesField(label=_("Longitude"), most=180, required=False)
    time_zone = forms.CharField(
        label=_("Time zone"), help_text=_("Days, hours and shifts begin by it."), max_length=40, initial="Asia/Kolkata"
    )
    opens_at = ClockField(label=_("Opens at"))
    closes_at = ClockField(label=_("Closes at"))
    last_exit_at = ClockField(label=_("Last exit"), help_text=_("After it no car can leave; drivers inside are told."))
    vehicle_kinds = forms.MultipleChoiceField(
        label=_("Takes only"),
        help_text=_("None chosen: the car park takes all vehicles. Its zones may take fewer of them."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    is_open = forms.BooleanField(label=_("Open for cars"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = cast(forms.MultipleChoiceField, self.fields["vehicle_kinds"])
        kinds.choices = kind_choices()

    def clean_time_zone(self) -> str:
        name: str = self.cleaned_data["time_zone"]
        if name not in available_timezones():
            raise forms.ValidationError(gettext("There is no such time zone. For example: Asia/Kolkata."))
        return name

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        self.both_or_none("opens_at", "closes_at", gettext("Enter both times, or neither."))
        self.both_or_none("latitude", "longitude", gettext("Enter both, or neither."))
        return values

    def columns(self) -> dict[str, Any]:
        """Return the columns of the site that were changed, or filled in."""
        altered = self.altered()
        columns = {name: value for name, value in altered.items() if name in COLUMNS}
        if "is_open" in altered:
            columns["state"] = SiteState.OPEN if altered["is_open"] else SiteState.CLOSED
        return columns

    def effects(self, missing: Iterable[str]) -> list[str]:
        """Return the consequences of this change in sentences; empty if it needs no confirmation.

        `missing` are the codes of what the site lacks before it should open.
        """
        altered = self.altered()
        found = []
        if altered.get("is_open") is False:
            found.append(gettext("No car is booked or let in without a booking any more. Cars inside leave as usual."))
        if altered.get("is_open"):
            found += [gettext("Missing: %(what)s") % {"what": word(code)} for code in missing]
        if "time_zone" in altered:
            found.append(gettext("Days, opening hours and reports follow the new time zone, past ones too."))
        return found

    def shown(self, name: str, value: object) -> str:
        if name == "is_open":
            return gettext("Open") if value else gettext("Closed")
        return super().shown(name, value)


def values_of(site: ParkingSite) -> dict[str, Any]:
    """Return the site's present values, as the form's initial values."""
    return {name: getattr(site, name) for name in COLUMNS} | {"is_open": site.state == SiteState.OPEN}


class SiteCopyForm(PlaceForm):
    name = forms.CharField(label=_("Name of the new car park"), max_length=100)
    code = _code_field()


class GateForm(PlaceForm):
    name = forms.CharField(label=_("Name"), max_length=60)
    direction = forms.ChoiceField(
        label=_("Which way do cars pass?"),
        widget=forms.RadioSelect,
    )
    zone_ids = forms.TypedMultipleChoiceField(
        label=_("Leads to"),
        help_text=_("None chosen: to all zones of the car park."),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, zones: Sequence[ParkingZone], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["direction"]).choices = [(way, word(way)) for way in GateDirection.values]
        cast(forms.ChoiceField, self.fields["zone_ids"]).choices = [(zone.pk, zone.name) for zone in zones]


def values_of_gate(gate: Gate, zones: Sequence[ParkingZone]) -> dict[str, Any]:
    """Return the gate's present values, as the form's initial values; retired zones are not among them."""
    leads_to = {zone.pk for zone in gate.zones.all()}
    return {
        "name": gate.name,
        "direction": gate.direction,
        "zone_ids": [zone.pk for zone in zones if zone.pk in leads_to],
    }
