"""The slip of a card, as people type it: for forms of gate and office."""

from django import forms
from django.utils.translation import gettext_lazy as _

from parking.checkout.collecting import Card


class CardForm(forms.Form):
    """What is typed of the slip of a card."""

    card_last4 = forms.CharField(
        label=_("Last four digits of the card"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    card_approval = forms.CharField(
        label=_("Approval on the slip"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    terminal = forms.CharField(
        label=_("Terminal (TID)"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def card(self) -> Card:
        given = self.cleaned_data
        return Card.typed(given["card_last4"], given["card_approval"], given["terminal"])
