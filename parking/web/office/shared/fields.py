"""Fields of the office's forms: rupees, degrees, and a mark of the values seen when a form was opened."""

from datetime import time
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parking.core.fresh import fingerprint
from parking.facilities.rules import DEAREST
from parking.tariffs.rules.checks import DEAREST_SUM
from parking.web.confirming import Alteration
from parking.web.forms import AmountField, ServiceForm
from parking.web.templatetags.parking import rupees, word

_DEGREE = Decimal("0.000001")


class RupeesField(AmountField):
    """An amount of the office, up to the dearest price; the page's script shows it in words beside the field."""

    def __init__(self, *, most: Decimal | int = DEAREST, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "data-rupees": True}))
        super().__init__(most=most, **kwargs)


class SumField(RupeesField):
    """An amount of several hours, or of a whole stay, up to the dearest sum."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(most=DEAREST_SUM, **kwargs)


class DegreesField(forms.DecimalField):
    """Degrees of latitude or longitude, as maps give them; places beyond the sixth (10 cm) are dropped."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "text"}))
        super().__init__(min_value=-most, max_value=most, **kwargs)

    def to_python(self, value: object) -> Decimal | None:  # type: ignore[override]
        degrees = super().to_python(value)
        if degrees is None or not degrees.is_finite() or degrees.adjusted() > 3:
            return degrees
        return degrees.quantize(_DEGREE)


class WholeField(forms.IntegerField):
    """A whole number, for which a phone shows its digits."""

    def __init__(self, *, least: int, most: int, **kwargs: Any) -> None:
        widget = forms.NumberInput(attrs={"inputmode": "numeric"})
        super().__init__(min_value=least, max_value=most, widget=widget, **kwargs)


class ClockField(forms.TimeField):
    """A time of day, without seconds."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": 60})
        super().__init__(widget=widget, required=False, **kwargs)


class EditForm(ServiceForm):
    """A form for changing something, which notices when somebody else changed it since the page was opened."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.present_mark = fingerprint(*(f"{name}={self.initial[name]}" for name in sorted(self.initial)))
        if not self.is_bound:
            self.initial["seen"] = self.present_mark

    def clean_seen(self) -> str:
        seen = self.cleaned_data["seen"]
        if self.initial and seen != self.present_mark:
            # The next time it is saved: the present values have been shown now.
            self.data = cast(QueryDict, self.data).copy()
            self.data["seen"] = self.present_mark
            self.add_error(
                None,
                _("Someone else changed this after you opened the page. Compare with the values below, then save."),
            )
        return str(seen)

    def altered(self) -> dict[str, Any]:
        """Return the typed values that differ from the present ones, by field."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name != "seen" and value != self.initial.get(name)
        }

    def both_or_none(self, first: str, second: str, text: str) -> None:
        """Refuse one of two values without the other."""
        names = [name for name in (first, second) if name in self.cleaned_data]
        missing = [name for name in names if self.cleaned_data[name] is None]
        if len(names) == 2 and len(missing) == 1:
            self.add_error(missing[0], text)

    # --- In words -----------------------------------------------------------------------------------

    def alterations(self) -> list[Alteration]:
        """Return each change as old and new value, in words."""
        return [
            Alteration(str(self.fields[name].label), self.shown(name, self.initial.get(name)), self.shown(name, value))
            for name, value in self.altered().items()
        ]

    def facts(self) -> list[Alteration]:
        """Return the present values in words, for who may only read."""
        return [
            Alteration(str(field.label), self.shown(name, self.initial.get(name)), "")
            for name, field in self.fields.items()
            if name != "seen"
        ]

    def shown(self, name: str, value: object) -> str:
        """Return a value of a field in words."""
        if isinstance(value, bool):
            return gettext("Yes") if value else gettext("No")
        if value is None or value in ("", []):
            return gettext("none")
        if isinstance(self.fields[name], RupeesField):
            return rupees(cast(Decimal, value))
        if isinstance(value, time):
            return f"{value:%H:%M}"
        if isinstance(value, list):
            return ", ".join(word(code) for code in value)
        return str(value)
