"""What the components' templates draw: amounts, times and small charts, in the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from parking.core.money import indian

SPARK_WIDTH, SPARK_HEIGHT = 96, 32
_GAP = 2


def amount_text(amount: Decimal) -> str:
    """Return ₹1,250, and ₹1,250.50 where there are paise; a minus comes before the sign."""
    sign = "\N{MINUS SIGN}" if amount < 0 else ""
    return f"{sign}₹{indian(abs(amount)).removesuffix('.00')}"


def time_text(time: datetime, now: datetime) -> str:
    """Return a local time as people say it: Today 09:30; Yesterday 18:05; Thu 09:30; 26 Nov 2026, 09:30.

    Both have the time zone of the place. Days of the week name those less than a week away.
    """
    clock_time = date_format(time, "H:i")
    days = (time.date() - now.date()).days
    names = {0: gettext("Today"), -1: gettext("Yesterday"), 1: gettext("Tomorrow")}
    if days in names:
        return f"{names[days]} {clock_time}"
    if abs(days) < 7:
        return f"{date_format(time, 'D')} {clock_time}"
    return date_format(time, "j M, H:i" if time.year == now.year else "j M Y, H:i")


def window_text(starts_at: datetime, ends_at: datetime, now: datetime) -> str:
    """Return a reserved time, the second day only where it is another: Today 20:00 to 22:00, with a dash."""
    same_day = starts_at.date() == ends_at.date()
    end = date_format(ends_at, "H:i") if same_day else time_text(ends_at, now)
    return f"{time_text(starts_at, now)} \N{EN DASH} {end}"


def time_in_sentence(time: datetime, now: datetime) -> str:
    """Return a local time for the midst of a sentence: 20:00 today, 23 Nov, 20:00 on another day."""
    if time.date() == now.date():
        return date_format(time, "H:i")
    return date_format(time, "j M, H:i" if time.year == now.year else "j M Y, H:i")


def span_text(span: timedelta) -> str:
    """Return a span as people say it, with its largest unit: 32 min; 4 h; 3 days."""
    minutes = max(int(span.total_seconds()) // 60, 0)
    if minutes < 60:
        return gettext("%(minutes)d min") % {"minutes": minutes}
    if minutes < 24 * 60:
        hours = minutes // 60
        return ngettext("%(hours)d h", "%(hours)d h", hours) % {"hours": hours}
    days = minutes // (24 * 60)
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


@dataclass(frozen=True)
class Kpi:
    """A key figure. `change` (per cent) is against `usual`; whether up is good depends on what is counted.

    `values` are the bars, the last one today's; `same` is the index of the one compared with. `share` (per cent) is
    drawn as a part of a whole instead.
    """

    label: str
    value: str
    aside: str = ""
    href: str = ""
    change: int | None = None
    usual: str = ""
    is_good: bool = True
    values: Sequence[float | Decimal] = ()
    same: int | None = None
    share: int | None = None


@dataclass(frozen=True)
class Bar:
    """A bar of a small chart, in the units of its picture; `kind` is a class of the style sheet."""

    x: float
    y: float
    width: float
    height: float
    kind: str


def spark_bars(values: Sequence[float | Decimal], *, same: int | None = None) -> list[Bar]:
    """Return bars up to today, the last. `same` is the index of the one that today is compared with."""
    if not values:
        return []
    step = SPARK_WIDTH / len(values)
    most = max(float(max(values)), 1.0)
    bars = []
    for index, value in enumerate(values):
        height = round(max(float(value), 0) / most * SPARK_HEIGHT, 1) or 1.0
        kind = "today" if index == len(values) - 1 else "same" if index == same else ""
        bars.append(Bar(round(index * step, 1), round(SPARK_HEIGHT - height, 1), round(step - _GAP, 1), height, kind))
    return bars
