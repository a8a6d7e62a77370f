"""What a parking session costs. Pure functions: no database, no clock, no settings.

`docs/pricing.md` holds the rule in words and the tables of examples that the tests run.
"""

from dataclasses import dataclass
from decimal import Decimal

from parking.tariffs.rules.lines import (
    BillLine,
    Charge,
    LineKind,
    kept_lines,
    minutes_of,
    single_line,
    total_of,
)
from parking.tariffs.rules.offers import NO_OFFERS, HeldCode, HeldShop, Offers
from parking.tariffs.rules.stay import (
    RateNow,
    Stay,
    booking_lines,
    charged_as,
    lines_of,
    next_rise,
    rate_at,
    round_off,
    stay_lines,
    uses_free_minutes,
)
from parking.tariffs.rules.steps import steps_begun, whole_minutes
from parking.tariffs.rules.terms import CollectAt, Prices, Terms

__all__ = [
    "NO_OFFERS",
    "BillLine",
    "Charge",
    "CollectAt",
    "HeldCode",
    "HeldShop",
    "KindRate",
    "LineKind",
    "Offers",
    "Prices",
    "RateNow",
    "Stay",
    "Terms",
    "booking_lines",
    "charged_as",
    "kept_lines",
    "lines_of",
    "minutes_of",
    "next_rise",
    "rate_at",
    "round_off",
    "single_line",
    "stay_lines",
    "steps_begun",
    "total_of",
    "uses_free_minutes",
    "whole_minutes",
]


@dataclass(frozen=True)
class KindRate:
    """The prices of one kind of vehicle in a zone (rupees)."""

    vehicle_kind: str
    hourly_rate: Decimal
    booking_fee: Decimal
