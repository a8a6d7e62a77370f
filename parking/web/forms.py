"""Forms whose rules are the services': a refusal of a service is shown at the field that it names."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

from parking.core import clock
from parking.core.errors import DomainError, InvalidInput, Unavailable
from parking.core.money import MAX_AMOUNT, PAISA
from parking.core.texts import without_direction
from parking.edge.errors import record_refusal
from parking.edge.field_wording import field_sentence
from parking.edge.wording import sentence_for


class AmountField(forms.DecimalField):
    """Rupees with two places as people type them: digits of any script, with commas, spaces and the sign of the rupee.

    `most` is in rupees.
    """

    def __init__(self, *, most: Decimal | int = MAX_AMOUNT, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(min_value=0, max_value=most, decimal_places=2, **kwargs)

    def to_python(self, value: object) -> Decimal | None:  # type: ignore[override]
        """Return the amount. Raises ValidationError for what is no number."""
        if isinstance(value, str):
            value = re.sub(r"[,\s₹]", "", value)
        amount = super().to_python(value)
        # What has more places is refused by the validators, which come next; nothing is rounded in silence.
        return amount.quantize(PAISA) if amount is not None and _has_two_places(amount) else amount


def _has_two_places(amount: Decimal) -> bool:
    # Numbers far too large for rounding are left to the validators as well.
    return amount.is_finite() and amount.adjusted() < 12 and amount == amount.quantize(PAISA)


# Refusals of what was typed into one field, where forms have it.
_FIELDS_OF_CODES = {"vehicle_invalid": "plate"}


class ServiceForm(forms.Form):
    """A form for one service call.

    `with form.refusals(request):` runs the call; a refusal ends the block and becomes an error of the form, and the
    view goes on to render the form again with what was typed.
    """

    required_css_class = "required"
    _is_plain = False
    # Why the service refused, for pages that offer a way on.
    refused_as = ""
    # The fields of the form by those of the service, where their names differ.
    service_fields: ClassVar[Mapping[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            dress(field)

    @contextmanager
    def refusals(self, request: HttpRequest) -> Iterator[None]:
        try:
            yield
        except DomainError as error:
            record_refusal(request, error)
            self.add_refusal(error)

    def full_clean(self) -> None:
        """Check the form as Django does, without characters that would turn the text after a name round."""
        if self.is_bound and not self._is_plain:
            self.data = _plain(self.data)
            self._is_plain = True
        super().full_clean()

    @property
    def wrong_fields(self) -> list[forms.BoundField]:
        """Return the visible fields that are wrong, in the order of the page."""
        return [field for field in self.visible_fields() if field.errors]

    def add_refusal(self, error: DomainError) -> None:
        """Put a service's refusal at the fields it names, or above the form."""
        self.refused_as = error.code
        fields = error.errors if isinstance(error, InvalidInput) else {}
        for name, texts in fields.items():
            # A code of its own has a sentence in the reader's language.
            known = error.code == "validation_error"
            shown = [field_sentence(text) for text in texts] if known else [sentence_for(error)]
            own = self.service_fields.get(name, name)
            self.add_error(own if own in self.fields else None, shown)
        if not fields or isinstance(error, Unavailable):
            field = _FIELDS_OF_CODES.get(error.code)
            self.add_error(field if field in self.fields else None, sentence_for(error))


def day_bounds(text: Any) -> list[Any]:
    """Return validators for the days that can be asked for."""
    return [MinValueValidator(clock.FIRST_DAY, text), MaxValueValidator(clock.LAST_DAY, text)]


def dress(field: forms.Field) -> forms.Field:
    """Give a field's element the classes that the style sheet knows."""
    widget = field.widget
    if isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple | forms.RadioSelect):
        kind = "form-check-input"
    elif isinstance(widget, forms.Select):
        kind = "form-select"
    else:
        kind = "form-control"
    widget.attrs["class"] = f"{kind} {widget.attrs.get('class', '')}".strip()
    return field


def _plain(data: Mapping[str, Any]) -> QueryDict:
    plain = QueryDict(mutable=True)
    values = data.lists() if isinstance(data, MultiValueDict) else ((name, [value]) for name, value in data.items())
    for name, texts in values:
        plain.setlist(name, [without_direction(text) if isinstance(text, str) else text for text in texts])
    return plain
