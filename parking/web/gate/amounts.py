"""Amounts as people type them: with commas, a rupee sign, in digits of any script."""

import unicodedata
from typing import Any

from django import forms

from parking.core.money import MAX_AMOUNT

_NOISE = str.maketrans("", "", ",₹ \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}")


def plain_amount(text: str) -> str:
    """Return an amount in the digits that machines read: commas and other scripts go. What is no amount stays wrong."""
    return "".join(_ascii_digit(character) for character in text.strip().translate(_NOISE))


def _ascii_digit(character: str) -> str:
    digit = unicodedata.decimal(character, None)
    return character if digit is None else str(digit)


class AmountField(forms.DecimalField):
    """Rupees and paise that somebody types."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=MAX_AMOUNT, max_digits=10, decimal_places=2, **options)

    def to_python(self, value: Any) -> Any:
        return super().to_python(plain_amount(value) if isinstance(value, str) else value)
