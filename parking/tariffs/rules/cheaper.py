"""Whether one tariff is cheaper than another for somebody who comes on a day. A pure function.

It may take a second or two where slabs have a step each minute. What was compared is remembered: so it is compared
before anything is locked, and under the lock only looked up, unless the prices changed meanwhile; and once for zones
with the same prices.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from parking.core.money import ZERO
from parking.tariffs.rules.compared_lengths import lengths_of, night_lengths
from parking.tariffs.rules.lines import DAY, HOUR, total_of
from parking.tariffs.rules.nights import nights_inside
from parking.tariffs.rules.stay import Stay, lines_of
from parking.tariffs.rules.terms import FreeMode, Terms

# Amounts and percents that are owed beside the time, each of which may not fall.
_BESIDE = ("booking_fee", "lost_ticket_fee", "overstay_percent")


@dataclass(frozen=True)
class _Visit:
    """Who comes: free minutes already or not, while the zone was so dear. The terms have the fee if it is owed."""

    before: Terms
    after: Terms
    free_used: bool
    percent: int

    def pays_less(self, entry: datetime, minutes: int) -> bool:
        stay = Stay(entry, entry + timedelta(minutes=minutes), demand_percent=self.percent, free_used=self.free_used)
        return total_of(lines_of(stay, self.after)) < total_of(lines_of(stay, self.before))


def is_cheaper(before: Terms, after: Terms, moment: datetime, *, percents: Collection[int] = (0,)) -> bool:
    """Return whether anything costs less after than before, for who comes between a moment and the end of its day.

    Stays of many lengths are compared, from the full hours and from each minute at which a band or a night begins or
    ends; `percents` are the changes of busy and quiet times in the zone. Another rounding is always cheaper for
    somebody: for who has a discount, if for nobody else.
    """
    return _compared(before, after, moment, frozenset(percents))


@lru_cache(maxsize=256)
def _compared(before: Terms, after: Terms, moment: datetime, percents: frozenset[int]) -> bool:
    if any(getattr(after, name) < getattr(before, name) for name in _BESIDE) or _is_free_more_often(before, after):
        return True
    if after.round_to != before.round_to:
        return True
    if replace(after, booking_fee=before.booking_fee) == before:
        return False
    visits = list(_visits(before, after, percents))
    return any(visit.pays_less(entry, minutes) for entry, minutes in _stays(before, after, moment) for visit in visits)


def _stays(before: Terms, after: Terms, moment: datetime) -> Iterator[tuple[datetime, int]]:
    """Yield the entries and lengths (minutes) to compare. Under slabs the time of day matters by its nights alone."""
    by_length, seen = bool(before.slabs and after.slabs), set[tuple[int, ...]]()
    lengths = lengths_of(before, after)
    for entry in _entries(before, after, moment):
        for minutes in sorted({*lengths, *night_lengths(before, after, entry)}):
            key = (minutes, *_nights(before, after, entry, minutes)) if by_length else ()
            if key not in seen:
                yield entry, minutes
            if by_length:
                seen.add(key)


def _nights(before: Terms, after: Terms, entry: datetime, minutes: int) -> Iterator[int]:
    until = entry + timedelta(minutes=minutes)
    for terms in (before, after):
        if terms.night_charge:
            yield nights_inside(entry, until, terms)
            charged_from = entry + timedelta(minutes=terms.free_minutes)
            yield nights_inside(charged_from, max(charged_from, until), terms)


def _is_free_more_often(before: Terms, after: Terms) -> bool:
    return after.free_minutes > 0 and after.free_again_after_minutes < before.free_again_after_minutes


def _visits(before: Terms, after: Terms, percents: Collection[int]) -> Iterator[_Visit]:
    """Yield who may pay less where another does not: a walk-in of the first time, to a zone without busy times, first.

    Free minutes are not for all; a night, unlike the time, is no dearer in busy times.
    """
    some_free = before.free_minutes > 0
    owed = (False, True) if some_free and before.booking_fee > ZERO else (False,)
    used = (False, True) if some_free and before.free_again_after_minutes > 0 else (False,)
    changes = {0} if before.night_charge == after.night_charge else {0, min(percents), max(percents)}
    for has_fee in owed:
        old, new = (before, after) if has_fee else (before.without_fee(), after.without_fee())
        for free_used in used:
            yield from (_Visit(old, new, free_used, percent) for percent in sorted(changes))


def _entries(before: Terms, after: Terms, moment: datetime) -> list[datetime]:
    """Return the moment, and the later ones of its day at which another price may begin."""
    local = moment.astimezone(ZoneInfo(before.time_zone))
    changes = {*_changes_of(before), *_changes_of(after)}
    if not changes:
        return [local]
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    minutes = changes | {hour * HOUR for hour in range(24)}
    return [local, *(at for at in (midnight + timedelta(minutes=minute) for minute in sorted(minutes)) if at > local)]


def _changes_of(terms: Terms) -> Iterator[int]:
    """Yield the minutes of the day from which on a stay may meet another price at its first step, or at once."""
    spans = [*terms.bands, *((terms.night_charge,) if terms.night_charge else ())]
    free = terms.free_minutes if terms.free_mode == FreeMode.DEDUCT else 0
    for minute in (minute for span in spans for minute in (span.begins, span.ends)):
        yield from {minute % DAY, (minute - free) % DAY}
