"""The choice of a later window: a day, a time of day and a length, as the address of the page has them."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parking.stays.window_rules import EARLIEST, LATEST, STEP, Window, start_problem
from parking.web.forms import dress
from parking.web.price_words import length_text

# Hours that people park for, then days.
LENGTHS = (30, 60, 90, 120, 180, 240, 360, 480, 720, 1440, 2880, 4320, 10_080)
_USUAL = 120


class WindowForm(forms.Form):
    """When the car comes, and for how long; times are those of the site."""

    use_required_attribute = False

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    time = forms.TimeField(
        label=_("Arrival"), widget=forms.TimeInput(attrs={"type": "time", "step": "900"}, format="%H:%M")
    )
    minutes = forms.TypedChoiceField(label=_("How long"), coerce=int)

    def __init__(self, data: QueryDict, *, zone: ZoneInfo, now: datetime) -> None:
        self._zone, self._now = zone, now
        first = first_start(now).astimezone(zone)
        values: dict[str, Any] = {"day": f"{first:%Y-%m-%d}", "time": f"{first:%H:%M}", "minutes": str(_USUAL)}
        values |= {name: data[name] for name in values if data.get(name)}
        super().__init__(values)
        self.fields["minutes"].choices = [(minutes, length_text(minutes)) for minutes in LENGTHS]  # type: ignore[attr-defined]
        for field in self.fields.values():
            dress(field)
        days = self.fields["day"].widget.attrs
        days["min"], days["max"] = f"{now.astimezone(zone):%Y-%m-%d}", f"{(now + LATEST).astimezone(zone):%Y-%m-%d}"

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        window = self._window()
        problem = start_problem(window.starts_at, self._now) if window else None
        if problem:
            text = gettext("At least 15 minutes from now, and at most 60 days ahead.")
            self.add_error("time" if window and window.starts_at < self._now + LATEST else "day", text)
        return cleaned

    @property
    def window(self) -> Window | None:
        """Return the window that is chosen; None if it cannot be reserved."""
        return self._window() if self.is_valid() else None

    def _window(self) -> Window | None:
        values = self.cleaned_data
        if not {"day", "time", "minutes"} <= values.keys():
            return None
        starts_at = datetime.combine(values["day"], values["time"], self._zone)
        return Window(starts_at, starts_at + timedelta(minutes=values["minutes"]))


def first_start(now: datetime) -> datetime:
    """Return the first quarter hour at which a reservation can begin that is made in the next minutes."""
    earliest = now + EARLIEST + STEP
    return earliest.replace(minute=earliest.minute // 15 * 15, second=0, microsecond=0)
