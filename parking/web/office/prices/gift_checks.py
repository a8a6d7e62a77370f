"""What a shop or a promo code may give, checked in the reader's language before the services do."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from parking.offers.rules import LEAST_VALUE, most_of
from parking.tariffs.rules.changes import Gives


def plain_value(value: Decimal | None) -> Decimal | None:
    """Return a value as people write it: 60 minutes are not 60.00."""
    return value.quantize(Decimal(1)) if value is not None and value == value.to_integral_value() else value


def check_value(form: forms.Form, values: Mapping[str, Any], kind: str) -> None:
    """Refuse a value that is missing, out of the bounds of its kind, or no whole number of minutes."""
    value: Decimal | None = values.get("value")
    if "value" in form.errors or not kind:
        return
    if value is None:
        form.add_error("value", _("Please fill this in too."))
    elif not LEAST_VALUE <= value <= most_of(kind):
        form.add_error("value", _("At most %(most)s, and more than 0.") % {"most": f"{most_of(kind).normalize():f}"})
    elif kind == Gives.MINUTES and value != value.to_integral_value():
        form.add_error("value", _("Whole minutes."))
