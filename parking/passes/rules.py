"""How long a pass runs, and how often its vehicles may be exchanged. Pure functions of dates and numbers."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

# How long a pass waits for its money, and after its payment may be given back whole if it was never used.
PAY_WITHIN = timedelta(minutes=30)
WHOLE_REFUND_WITHIN = timedelta(hours=24)
# A renewal is asked for so long before the end, and may be paid so long after it.
RENEW_BEFORE = timedelta(days=3)
RENEWAL_GRACE = timedelta(days=2)
# How far ahead a pass may begin, and how often a vehicle is exchanged in a calendar month.
MOST_DAYS_AHEAD = 60
SWAPS_A_MONTH = 2
_MONTHS = {"MONTH": 1, "QUARTER": 3}
_DAYS = {"DAY": 1, "WEEK": 7}
_YEAR = 12


class Period(StrEnum):
    """What a plan sells at a time: days are of 24 hours from midnight, months end on the day of the month."""

    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    QUARTER = "QUARTER"


def end_of_period(first: date, period: Period, number: int) -> date:
    """Return the day, excluded, on which the period of this number ends, the first is 1.

    Months are counted from the first day of all: 31 January, 28 February, 31 March.
    """
    if period in _DAYS:
        return first + timedelta(days=_DAYS[period] * number)
    return months_later(first, _MONTHS[period] * number)


def months_later(day: date, months: int) -> date:
    """Return the same day of a later month; where that month is shorter, its last day."""
    index = day.month - 1 + months
    year, month = day.year + index // _YEAR, index % _YEAR + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def swaps_left(made: Iterable[datetime], now: datetime, zone: ZoneInfo) -> int:
    """Return how many vehicles may still be exchanged in the calendar month of `now`, by the site's clock."""
    local = now.astimezone(zone)
    months = (moment.astimezone(zone) for moment in made)
    used = sum((moment.year, moment.month) == (local.year, local.month) for moment in months)
    return max(SWAPS_A_MONTH - used, 0)
