"""How long the stays are by which two tariffs are compared. Pure functions.

With its length a stay gets dearer step by step, and cheaper only where a slab begins. So where one tariff is cheaper
than another at all, it is so in the last minute before the one gets dearer, and also in the first minute after the
other did: all ends of steps of the one are enough, or all beginnings of the other, whichever are fewer.
"""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from parking.tariffs.rules.lines import DAY, HOUR
from parking.tariffs.rules.terms import FreeMode, Terms

# Compared always, beside those at which one of the tariffs changes something.
_USUAL = (1, 15, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720, 1440, 2880)


def lengths_of(before: Terms, after: Terms) -> list[int]:
    """Return the minutes of the stays to compare, wherever in the day they begin."""
    ends, begins = {*_step_ends(after)}, {minute + 1 for minute in _step_ends(before)}
    fewer = ends if len(ends) < len(begins) else begins
    edges = {minute + more for terms in (before, after) for minute in _edges(terms) for more in (0, 1)}
    return sorted(minute for minute in {*_USUAL, *edges, *fewer} if minute > 0)


def night_lengths(before: Terms, after: Terms, entry: datetime) -> Iterator[int]:
    """Yield the minutes from an entry to the last minute before the next night, and to its first one."""
    local = entry.astimezone(ZoneInfo(before.time_zone))
    for terms in (before, after):
        if terms.night_charge:
            until = (terms.night_charge.begins - local.hour * HOUR - local.minute) % DAY
            yield from (minutes for minutes in (until - 1, until) if minutes > 0)


def _edges(terms: Terms) -> Iterator[int]:
    """Yield the last minutes before something other than a step changes."""
    yield from (terms.grace_minutes, terms.free_minutes)
    for shift in _shifts(terms):
        yield terms.minimum_minutes + shift
        yield terms.minimum_minutes + terms.grace_minutes + shift
        yield terms.step_minutes + terms.grace_minutes + shift
        yield from (slab.until_minutes + terms.grace_minutes + shift for slab in terms.slabs)


def _step_ends(terms: Terms) -> Iterator[int]:
    """Yield the last minutes before another step of a slab, or of the rate, is charged within 24 hours."""
    for shift in _shifts(terms):
        yield from (minute + terms.grace_minutes + shift for minute in _steps(terms))


def _steps(terms: Terms) -> Iterator[int]:
    if not terms.slabs:
        yield from range(terms.step_minutes, DAY + 1, terms.step_minutes)
        return
    begins = 0
    for slab in terms.slabs:
        yield from range(begins, slab.until_minutes, slab.every_minutes) if slab.every_minutes else (begins,)
        begins = slab.until_minutes
    yield begins


def _shifts(terms: Terms) -> set[int]:
    """Return how much later steps are charged: after minutes that never cost, unless they were used already."""
    return {0, terms.free_minutes} if terms.free_mode == FreeMode.DEDUCT else {0}
