"""Tariffs that are shipped, to be laid on a zone with one click."""

from collections.abc import Mapping
from decimal import Decimal

from parking.tariffs.rules.terms import WEEK, Band, clock_minutes

PEAK = "PEAK"
# Name, from, to, rupees an hour, by the older name of the rate.
_PEAK = {
    "morning_rush_rate": ("Morning", "06:00", "09:00", Decimal("80.00")),
    "daytime_rate": ("Daytime", "09:00", "18:00", Decimal("50.00")),
    "evening_rush_rate": ("Evening", "18:00", "21:00", Decimal("70.00")),
    "night_rate": ("Night", "21:00", "06:00", Decimal("30.00")),
}
PEAK_RATES = tuple(_PEAK)


def peak_bands(rates: Mapping[str, Decimal] | None = None) -> tuple[Band, ...]:
    """Return the four bands of the peak hours, every day of the week; `rates` replaces those that it names."""
    own = rates or {}
    return tuple(
        Band(name, WEEK, clock_minutes(begins), clock_minutes(ends), own.get(field, usual))
        for field, (name, begins, ends, usual) in _PEAK.items()
    )
