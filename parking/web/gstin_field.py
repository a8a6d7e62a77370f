"""The field for a GSTIN, which says which character is wrong."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from parking.edge.wording import gstin_sentence
from parking.invoices.gstin import cleaned, fault_of


class GstinField(forms.CharField):
    """A number of the tax register, as people type it: spaces, hyphens and small letters are taken."""

    def __init__(self, *, help_text: Any = "") -> None:
        attributes = {"class": "plate-field", "autocomplete": "off", "autocapitalize": "characters"}
        widget = forms.TextInput(attrs=attributes | {"spellcheck": "false"})
        super().__init__(label="GSTIN", max_length=30, required=False, help_text=help_text, widget=widget)

    def to_python(self, value: object) -> str | None:
        return cleaned(super().to_python(value) or "")

    def validate(self, value: str | None) -> None:
        super().validate(value)
        if value and (fault := fault_of(value)):
            raise ValidationError(gstin_sentence(fault))
