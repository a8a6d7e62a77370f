"""Forms for booking, paying and cancelling."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parking.core.errors import DomainError
from parking.core.plate_words import plate_words
from parking.edge.wording import sentence_for
from parking.offers.models import LONGEST_CODE
from parking.payments.gateways.registry import gateway_choices
from parking.tariffs.rules.changes import POINTS_AT_ONCE, RUPEES_FOR_POINTS
from parking.vehicles.models import SavedVehicle, VehicleKind
from parking.web.forms import ServiceForm
from parking.web.templatetags.parking import kind_choices, rupees, word

NEW_VEHICLE = "new"
# More are used for no booking.
_MOST_POINTS = 5000
_RATE = re.compile(r"([A-Z0-9_]{1,30}):([0-9]{1,7}\.[0-9]{2})")
# What a gateway is to somebody who pays; its own name says it best, except for the one without money.
_WAYS: dict[str, Promise] = {
    "PHONEPE": _("PhonePe: UPI, card, wallet"),
    "RAZORPAY": _("Razorpay: UPI, card, net banking"),
    "SIMULATED": _("Practice payment, no real money"),
}


class WayToPayForm(ServiceForm):
    """The choice of gateway; with only one there is no field."""

    gateway = forms.ChoiceField(label=_("How do you want to pay?"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = gateway_choices()
        self.ways = len(choices)
        field = self.fields["gateway"]
        field.choices = [(choice.code, _WAYS.get(choice.code, choice.label)) for choice in choices]  # type: ignore[attr-defined]
        field.initial = choices[0].code if choices else None

    def gateway_code(self) -> str | None:
        return self.cleaned_data["gateway"] or None


def _code_field(**options: Any) -> forms.CharField:
    return forms.CharField(
        label=_("Promo code"),
        max_length=LONGEST_CODE,
        widget=forms.TextInput(
            attrs={"class": "code-field", "autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}
        ),
        **options,
    )


class _PointsField(forms.TypedChoiceField):
    """How many points shall be used, in hundreds; without any there is no field."""

    def __init__(self) -> None:
        super().__init__(label=_("Use points"), coerce=int, required=False)

    def offer(self, usable: int) -> None:
        """Let up to so many be chosen."""
        hundreds = range(POINTS_AT_ONCE, min(usable, _MOST_POINTS) + 1, POINTS_AT_ONCE)
        numbers = [(number, _points_off(number)) for number in hundreds]
        self.choices = [(0, _("None")), *numbers]


def _points_off(number: int) -> str:
    worth = rupees(number // POINTS_AT_ONCE * RUPEES_FOR_POINTS)
    return gettext("%(points)s points, %(amount)s off") % {"points": number, "amount": worth}


class BookingForm(WayToPayForm):
    """A saved vehicle, or a new one."""

    # Browsers would insist on fields that are hidden while a saved vehicle is chosen.
    use_required_attribute = False

    vehicle = forms.ChoiceField(label=_("Vehicle"), widget=forms.RadioSelect)
    plate = forms.CharField(
        label=_("Plate"),
        max_length=30,
        widget=forms.TextInput(
            attrs={"class": "plate-field", "autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    vehicle_kind = forms.ChoiceField(label=_("Vehicle type"), choices=kind_choices)
    owner_name = forms.CharField(
        label=_("Owner's name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    remember = forms.BooleanField(label=_("Remember this vehicle"), required=False, initial=True)
    slot_kind = forms.ChoiceField(label=_("Slot"), required=False)
    promo_code = _code_field(required=False)
    use_points = _PointsField()

    def __init__(
        self,
        *args: Any,
        usable_points: int = 0,
        saved: list[SavedVehicle],
        name: str = "",
        special_slots: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if special_slots:
            kinds = [(kind, word(kind)) for kind in special_slots]
            self.fields["slot_kind"].choices = [("", _("Any")), *kinds]  # type: ignore[attr-defined]
        else:
            del self.fields["slot_kind"]
        offer_points(self, usable_points)
        # What can be booked now comes first; the order is otherwise that of the last bookings.
        free = [row for row in saved if row.open_session_id is None]
        self.saved = free + [row for row in saved if row.open_session_id is not None]
        vehicle = self.fields["vehicle"]
        saved_choices = [(str(row.pk), plate_words(row.vehicle.vehicle_number)) for row in self.saved]
        vehicle.choices = [*saved_choices, (NEW_VEHICLE, "")]  # type: ignore[attr-defined]
        vehicle.initial = str(free[0].pk) if free else NEW_VEHICLE
        self.fields["owner_name"].initial = name
        self.offer_kinds(VehicleKind.values)

    def offer_kinds(self, kinds: Sequence[str]) -> None:
        """Show these kinds of vehicle alone. What is sent may be any kind: the service refuses what does not fit."""
        self.fields["vehicle_kind"].choices = [(kind, word(kind)) for kind in kinds]  # type: ignore[attr-defined]

    def chosen_vehicle(self) -> str:
        """Return the vehicle that is selected when the page is shown."""
        return str(self["vehicle"].value())

    def chosen_kind(self) -> str:
        row = self._saved_row(self.chosen_vehicle())
        return row.vehicle_kind if row else str(self["vehicle_kind"].value() or VehicleKind.CAR)

    def full_clean(self) -> None:
        """Validate; with a saved vehicle, the fields of a new one are not required."""
        asked = [self.fields[name] for name in ("plate", "vehicle_kind", "owner_name")]
        for field in asked:
            field.required = self._saved_row(str(self.data.get("vehicle", ""))) is None
        super().full_clean()
        for field in asked:
            field.required = True

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        row = self._saved_row(cleaned.get("vehicle", ""))
        if row is not None:
            cleaned |= {"plate": row.vehicle.vehicle_number, "vehicle_kind": row.vehicle_kind}
            cleaned |= {"owner_name": row.owner_name, "remember": False}
        return cleaned

    def expected_rate(self) -> Decimal | None:
        """Return what an hour cost on the page that was sent (rupees), for the kind that is booked; None if unknown."""
        rates = {kind: Decimal(rate) for kind, rate in _RATE.findall(str(self.data.get("rates", "")))}
        return rates.get(self.cleaned_data["vehicle_kind"], rates.get(VehicleKind.CAR))

    def _saved_row(self, value: str) -> SavedVehicle | None:
        return next((row for row in self.saved if str(row.pk) == value), None)

    def add_refusal(self, error: DomainError) -> None:
        if not add_code_refusal(self, error):
            super().add_refusal(error)


def rates_text(rates: Iterable[tuple[str, Decimal]]) -> str:
    """Return what an hour costs by kind, as `expected_rate` reads it; kinds that are not named pay as cars do."""
    return " ".join(f"{kind}:{rate:.2f}" for kind, rate in rates)


class CodeForm(ServiceForm):
    """A promo code for an open booking."""

    promo_code = _code_field()

    def add_refusal(self, error: DomainError) -> None:
        if not add_code_refusal(self, error):
            super().add_refusal(error)


class PointsForm(ServiceForm):
    """Points for an open booking."""

    use_points = _PointsField()

    def __init__(self, *args: Any, usable_points: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_points(self, usable_points)


def offer_points(form: ServiceForm, usable: int) -> None:
    """Let so many points be chosen; without any there is nothing to choose."""
    field = form.fields["use_points"]
    if usable and isinstance(field, _PointsField):
        field.offer(usable)
    else:
        del form.fields["use_points"]


def add_code_refusal(form: ServiceForm, error: DomainError) -> bool:
    """Say at the field of the code why it was refused; return whether that is what was refused."""
    is_about_code = error.code.startswith("code_")
    if is_about_code:
        form.refused_as = error.code
        form.add_error("promo_code", sentence_for(error))
    return is_about_code


class CancelForm(ServiceForm):
    """Cancelling, with the refund that the page named."""

    promised = forms.DecimalField(min_value=0, max_digits=10, decimal_places=2, widget=forms.HiddenInput)
