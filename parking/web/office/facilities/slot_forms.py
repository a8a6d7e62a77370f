"""Forms for slots: adding many, and changing one."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parking.facilities.models import ParkingSlot, SlotKind, SlotStatus
from parking.facilities.rules import HIGHEST_SLOT, LONGEST_PREFIX, MOST_SLOTS, PREFIX_PATTERN, slot_numbers
from parking.web.forms import ServiceForm
from parking.web.office.shared.fields import WholeField

KINDS: list[tuple[str, Promise]] = [
    (SlotKind.CAR, _("Car")),
    (SlotKind.TWO_WHEELER, _("Two-wheeler")),
    (SlotKind.EV, _("Electric car")),
    (SlotKind.BICYCLE, _("Bicycle")),
    (SlotKind.LARGE, _("Large vehicle")),
    (SlotKind.ACCESSIBLE, _("Accessible")),
    (SlotKind.VIP, _("VIP")),
]
STATUSES: list[tuple[str, Promise]] = [
    (SlotStatus.FREE, _("In service")),
    (SlotStatus.OUT_OF_SERVICE, _("Out of service")),
]
# How many of the numbers that exist already are named.
NAMED = 5


class NewSlotsForm(ServiceForm):
    letters = forms.RegexField(
        PREFIX_PATTERN,
        label=_("Letters before the number"),
        help_text=_("For example A- for A-001."),
        max_length=LONGEST_PREFIX,
        required=False,
        error_messages={"invalid": _("Only letters from A to Z, digits, spaces and . / _ - may be used.")},
    )
    first = WholeField(label=_("First number"), least=0, most=HIGHEST_SLOT)
    last = WholeField(label=_("Last number"), least=0, most=HIGHEST_SLOT)
    kind = forms.ChoiceField(label=_("Type"), choices=KINDS)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        first, last = values.get("first"), values.get("last")
        if first is not None and last is not None and not first <= last < first + MOST_SLOTS:
            text = gettext("From the first number on, and %(most)d slots at once at most.")
            self.add_error("last", text % {"most": MOST_SLOTS})
        return values

    def slots(self) -> dict[str, Any]:
        """Return the arguments of the service. (A form has a `prefix` of its own, so the field has another name.)"""
        values = self.cleaned_data
        return {name: values[name] for name in ("first", "last", "kind")} | {"prefix": values["letters"]}

    def numbers(self) -> list[str]:
        """Return the slot numbers that the form would create."""
        values = self.cleaned_data
        return slot_numbers(values["letters"], values["first"], values["last"])

    def check_taken(self, taken: Sequence[str]) -> None:
        """Refuse numbers that the zone has already."""
        if taken:
            named = ", ".join(taken[:NAMED]) + (" …" if len(taken) > NAMED else "")
            self.add_error("first", gettext("These numbers exist already: %(numbers)s") % {"numbers": named})


class SlotForm(ServiceForm):
    status = forms.ChoiceField(label=_("State"), choices=STATUSES)
    kind = forms.ChoiceField(label=_("Type"), choices=KINDS)


def next_slots(slots: Sequence[ParkingSlot]) -> dict[str, Any]:
    """Return the numbers after the last slot of a zone, as the form's initial values."""
    found = re.fullmatch(r"(.*?)([0-9]{1,6})", slots[-1].slot_number) if slots else None
    if found is None:
        return {"letters": "", "first": 1, "kind": SlotKind.CAR}
    return {"letters": found[1], "first": int(found[2]) + 1, "kind": slots[-1].kind}
