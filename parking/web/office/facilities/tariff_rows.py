"""The rows of a tariff's form: bands and slabs, as many as there are and some for more."""

from collections.abc import Iterable, Mapping
from datetime import time
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parking.tariffs.rules.checks import MOST_PARTS
from parking.tariffs.rules.lines import DAY, HOUR
from parking.tariffs.rules.terms import WEEK, Band, Slab, Weekday
from parking.web.forms import dress
from parking.web.office.shared.fields import ClockField, RupeesField, SumField, WholeField

LEAST_ROWS = 8
# Empty ones below those that are filled in.
MORE_ROWS = 4
BAND = ("name", "days", "from", "to", "rate")
SLAB = ("slab_until", "slab_price", "slab_every")
_SETS: dict[str, tuple[tuple[Weekday, ...], str | Promise]] = {
    "ALL": (WEEK, _("Every day")),
    "WORKDAYS": (WEEK[:5], _("Mon to Fri")),
    "WEEKEND": (WEEK[5:], _("Sat and Sun")),
    **{
        str(day): ((day,), label)
        for day, label in zip(
            Weekday,
            (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"), _("Holidays")),
            strict=True,
        )
    },
}


def rows_in(values: Mapping[str, Any], columns: tuple[str, ...]) -> range:
    """Return the numbers of the rows for what is filled in, with some for more, up to as many as a tariff may have."""
    # There is always a choice of days.
    typed = [name for name in columns if name != "days"]
    filled = (row for row in range(MOST_PARTS) if any(is_given(values.get(f"{name}_{row}")) for name in typed))
    return range(min(max(LEAST_ROWS, max(filled, default=-1) + 1 + MORE_ROWS), MOST_PARTS))


def is_given(value: object) -> bool:
    return value not in (None, "")


def minute_of(value: time) -> int:
    return value.hour * HOUR + value.minute


def time_of(minute: int) -> time:
    return time(minute // HOUR, minute % HOUR)


# --- Bands ---------------------------------------------------------------------------------------------


def band_fields(rows: range, values: Mapping[str, Any]) -> dict[str, forms.Field]:
    """Return the fields of the bands; days that are no usual set can be chosen where one of `values` has them."""
    days = _day_choices(str(values.get(f"days_{row}", "")) for row in rows)
    return {
        f"{name}_{row}": dress(field)
        for row in rows
        for name, field in {
            "name": forms.CharField(label=_("Band"), max_length=30, required=False),
            "days": forms.ChoiceField(label=_("Days"), choices=days, required=False),
            "from": ClockField(label=_("From")),
            "to": ClockField(label=_("To")),
            "rate": RupeesField(label=_("Per hour"), required=False),
        }.items()
    }


def bands_in(values: Mapping[str, Any], rows: range) -> Iterable[Band]:
    """Yield the bands of checked values."""
    for row in rows:
        if values[f"name_{row}"]:
            days = _days_of(values[f"days_{row}"] or "ALL")
            begins, ends = (minute_of(values[f"{name}_{row}"]) for name in ("from", "to"))
            yield Band(values[f"name_{row}"], days, begins, ends, values[f"rate_{row}"])


def values_of_bands(bands: Iterable[Band]) -> dict[str, Any]:
    """Return the initial values of the rows: one for each band."""
    return {
        f"{name}_{row}": value
        for row, band in enumerate(bands)
        for name, value in zip(
            BAND,
            (band.name, _code_of(band.days), time_of(band.begins), time_of(band.ends), band.rate),
            strict=True,
        )
    }


def _day_choices(codes: Iterable[str]) -> list[tuple[str, str | Promise]]:
    usual = [(code, label) for code, (_days, label) in _SETS.items()]
    others = sorted({code for code in codes if code and code not in _SETS and _code_of(_days_of(code)) == code})
    return usual + [(code, days_in_words(_days_of(code))) for code in others]


def _code_of(days: tuple[Weekday, ...]) -> str:
    """Return the choice that is these days: a usual set, or their codes."""
    return next((code for code, (named, _label) in _SETS.items() if named == days), ",".join(days))


def _days_of(code: str) -> tuple[Weekday, ...]:
    if code in _SETS:
        return _SETS[code][0]
    named = code.split(",")
    return tuple(day for day in Weekday if day in named)


def days_in_words(days: tuple[Weekday, ...]) -> str:
    """Return days as people read them: a usual set by its name, others one by one, holidays at the end."""
    week = tuple(day for day in days if day in WEEK)
    parts = [_code_of(week)] if _code_of(week) in _SETS else list(week)
    return ", ".join(str(_SETS[part][1]) for part in [*parts, *(day for day in days if day not in WEEK)])


# --- Slabs ---------------------------------------------------------------------------------------------


def slab_fields(rows: range) -> dict[str, forms.Field]:
    return {
        f"{name}_{row}": dress(field)
        for row in rows
        for name, field in {
            "slab_until": WholeField(label=_("Up to minutes"), least=1, most=DAY, required=False),
            "slab_price": SumField(label=_("Price"), required=False),
            "slab_every": WholeField(label=_("For each minutes begun"), least=1, most=DAY, required=False),
        }.items()
    }


def slabs_in(values: Mapping[str, Any], rows: range) -> Iterable[Slab]:
    """Yield the slabs of checked values."""
    for row in rows:
        until, price, every = (values.get(f"{name}_{row}") for name in SLAB)
        if until is not None and price is not None:
            yield Slab(until, price, every)


def values_of_slabs(slabs: Iterable[Slab]) -> dict[str, Any]:
    """Return the initial values of the rows: one for each slab."""
    return {
        f"{name}_{row}": value
        for row, slab in enumerate(slabs)
        for name, value in zip(SLAB, (slab.until_minutes, slab.price, slab.every_minutes), strict=True)
    }
