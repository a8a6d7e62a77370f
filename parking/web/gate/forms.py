"""Forms of the gate: scans, walk-ins, payments and terminations."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from parking.checkout.booking import SpecialSlot
from parking.checkout.collecting import Collection
from parking.checkout.scanning import Direction
from parking.checkout.terminating import NONE
from parking.core.site_settings import TYPED_REFERENCES, card_terminals
from parking.facilities.models import ParkingZone
from parking.payments.models import DRIVERS_METHODS, Payment, PaymentMethod
from parking.vehicles.models import VehicleKind
from parking.web.card_form import CardForm
from parking.web.components import amount_text
from parking.web.forms import AmountField, ServiceForm
from parking.web.gate.here import GateField, PlacedForm
from parking.web.templatetags.parking import kind_choices, word

MONEY_FIELDS = ("method", "tendered", "upi_reference", "card_last4", "card_approval", "terminal")
SPECIAL_KINDS = ("ACCESSIBLE", "VIP")
# Digits and more than any id has.
_LONGEST_ID = 19


class DebtsField(forms.CharField):
    """Ids of debts in one field, between commas: the page's script sends each name once."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(max_length=500, required=False)

    def clean(self, value: object) -> Any:
        """Return the ids. Raises ValidationError for anything else."""
        texts = [text for text in super().clean(value).split(",") if text]
        if not all(text.isascii() and text.isdecimal() and len(text) < _LONGEST_ID for text in texts):
            raise forms.ValidationError(_("Please check what you entered."))
        return tuple(int(text) for text in texts)


class ScanForm(ServiceForm):
    """What a gate sends with each scan. `scan_id` leaves space for the way to pay, which is added to it."""

    qr_code = forms.CharField(max_length=500)
    scan_id = forms.CharField(max_length=50)
    plate_seen = forms.CharField(max_length=30, required=False, empty_value=None)
    gate_id = GateField()


class DirectedScanForm(ScanForm):
    direction = forms.ChoiceField(choices=[(way, way) for way in Direction])
    debts = DebtsField()


class PlateForm(ScanForm):
    plate_seen = forms.CharField(max_length=30)


def _shown_due() -> forms.DecimalField:
    """Return a field for the amount due that the page showed when its button was pressed."""
    return forms.DecimalField(min_value=0, max_digits=10, decimal_places=2, required=False)


class CollectForm(CardForm, ScanForm):
    method = forms.ChoiceField(choices=[(method.value, method.label) for method in DRIVERS_METHODS])
    gateway = forms.CharField(max_length=12, required=False, empty_value=None)
    tendered = AmountField(required=False)
    upi_reference = forms.CharField(max_length=30, required=False)
    due = _shown_due()
    debts = DebtsField()

    def collection(self) -> Collection:
        given = self.cleaned_data
        return Collection(
            given["method"],
            given["gateway"],
            given["tendered"],
            given["upi_reference"],
            shown_due=given["due"],
            debts=given["debts"],
            card=self.card(),
        )


class DebtForm(CardForm, PlacedForm):
    """The money of an old debt, without an exit."""

    method = forms.ChoiceField(label=_("How is it paid?"), initial=PaymentMethod.CASH)
    tendered = AmountField(label=_("Cash received"), required=False)
    upi_reference = forms.CharField(
        label=_("UPI reference, 12 digits"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    field_order: tuple[str, ...] = MONEY_FIELDS

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        methods = [PaymentMethod.CASH, PaymentMethod.UPI, PaymentMethod.CARD]
        self.fields["method"].choices = [(method, word(method)) for method in methods]  # type: ignore[attr-defined]

    def offer(self, site_id: int | None) -> None:
        """Leave out what the site does not take, with its fields: for a page that is shown, not for what was sent."""
        terminals = card_terminals(site_id)
        taken = [PaymentMethod.CASH]
        if TYPED_REFERENCES.at(site_id):
            taken += [PaymentMethod.UPI, *([PaymentMethod.CARD] if terminals else [])]
        gone = {
            PaymentMethod.UPI: ("upi_reference",),
            PaymentMethod.CARD: ("card_last4", "card_approval", "terminal"),
        }
        for method, names in gone.items():
            if method not in taken:
                for name in names:
                    self.fields.pop(name, None)
        if PaymentMethod.CARD in taken:
            self.fields["terminal"].initial = terminals[0]
        self.fields["method"].choices = [(method, word(method)) for method in taken]  # type: ignore[attr-defined]

    def collection(self) -> Collection:
        given = self.cleaned_data
        return Collection(
            given["method"], tendered=given["tendered"], upi_reference=given["upi_reference"], card=self.card()
        )


class RefundForm(ServiceForm):
    """A refund that an attendant asks for: of which payment, how much, why."""

    payment = forms.TypedChoiceField(label=_("Payment"), coerce=int)
    amount = AmountField(label=_("Amount"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("The driver can read it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: object, payments: Sequence[tuple[Payment, Decimal]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.has_payments = bool(payments)
        choices = [(payment.pk, f"{word(payment.method)}: {amount_text(left)}") for payment, left in payments]
        self.fields["payment"].choices = choices  # type: ignore[attr-defined]


class TicketForm(PlacedForm):
    """A walk-in: a car that comes without a booking."""

    plate = forms.CharField(
        label=_("Plate"),
        max_length=30,
        widget=forms.TextInput(
            attrs={"class": "plate-field", "autocomplete": "off", "autocapitalize": "characters", "autofocus": True}
        ),
    )
    vehicle_kind = forms.ChoiceField(label=_("Vehicle type"), widget=forms.RadioSelect, initial=VehicleKind.CAR)
    zone = forms.TypedChoiceField(label=_("Zone"), coerce=int, widget=forms.RadioSelect)
    slot_kind = forms.ChoiceField(label=_("Slot type"), required=False)
    reason = forms.CharField(
        label=_("Reason for the slot"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: object, zones: list[ParkingZone], gives_special: bool = False, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if gives_special:
            kinds = [(kind, word(kind)) for kind in SPECIAL_KINDS]
            self.fields["slot_kind"].choices = [("", _("Any")), *kinds]  # type: ignore[attr-defined]
        else:
            del self.fields["slot_kind"], self.fields["reason"]
        self.fields["vehicle_kind"].choices = kind_choices()  # type: ignore[attr-defined]
        self.fields["zone"].choices = [(zone.pk, zone.name) for zone in zones]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A special slot is given for a reason."""
        values: dict[str, Any] = self.cleaned_data
        if values.get("slot_kind") and not values.get("reason"):
            self.add_error("reason", _("Please say why."))
        return values

    def special(self) -> SpecialSlot | None:
        """Return the special slot that is given, if one is."""
        values = self.cleaned_data
        return SpecialSlot(values["slot_kind"], values["reason"]) if values.get("slot_kind") else None


class TerminationForm(CardForm, PlacedForm):
    """The termination of a parking session whose car does not leave through the gate."""

    reason = forms.CharField(
        label=_("Reason"),
        min_length=5,
        max_length=200,
        help_text=_("At least 5 characters. It is kept with the stay and counted per attendant."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    method = forms.ChoiceField(label=_("How is it paid?"), widget=forms.RadioSelect, initial=PaymentMethod.CASH)
    gateway = forms.CharField(max_length=12, required=False, empty_value=None)
    upi_reference = forms.CharField(
        label=_("UPI reference, 12 digits"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    due = _shown_due()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        methods = [PaymentMethod.CASH, PaymentMethod.ONLINE, PaymentMethod.UPI, PaymentMethod.CARD, NONE]
        self.fields["method"].choices = [(method, word(method)) for method in methods]  # type: ignore[attr-defined]

    def collection(self) -> Collection:
        given = self.cleaned_data
        return Collection(
            given["method"],
            given["gateway"],
            upi_reference=given["upi_reference"],
            shown_due=given["due"],
            card=self.card(),
        )
