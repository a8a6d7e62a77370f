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
# How many days before the last day a holder is reminded of the end; 0 is the last day itself.
REMINDERS = (7, 3, 1, 0)
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


def days_lost(begins: datetime, ends: datetime, pass_ends: datetime) -> int:
    """Return how many whole days a pass lost while its zone was closed from `begins` to `ends`.

    `pass_ends` is its end without the days that it got back: one that ends within the first day loses none. Each day
    that is lost moves the end on, so that a pass never ends while its zone is closed longer.
    """
    day = timedelta(days=1)
    return 0 if pass_ends < begins + day else max((ends - begins) // day, 0)


def reminders_from(starts_at: datetime, ends_at: datetime) -> int:
    """Return where the reminders of a pass begin: one that is shorter than a reminder's days is not due for it."""
    return min(max(REMINDERS) + 1, (ends_at - starts_at).days - 1)


def due_reminder(days_left: int, reminded: int) -> int | None:
    """Return the reminder that is due so many days before the last day, None for none since the last one."""
    due = min((days for days in REMINDERS if days_left <= days), default=None)
    return due if due is not None and due < reminded else None


def days_left(ends_at: datetime, now: datetime, zone: ZoneInfo) -> int:
    """Return how many midnights of the site lie between now and the last day of a pass."""
    return (ends_at.astimezone(zone).date() - now.astimezone(zone).date()).days - 1


def reminded_of(days: int) -> int:
    """Return where the reminders of a pass stand whose holder was just told of an end that is so many days away."""
    return min((one for one in REMINDERS if days <= one), default=max(REMINDERS) + 1)


def swaps_left(made: Iterable[datetime], now: datetime, zone: ZoneInfo) -> int:
    """Return how many vehicles may still be exchanged in the calendar month of `now`, by the site's clock."""
    local = now.astimezone(zone)
    months = (moment.astimezone(zone) for moment in made)
    used = sum((moment.year, moment.month) == (local.year, local.month) for moment in months)
    return max(SWAPS_A_MONTH - used, 0)
