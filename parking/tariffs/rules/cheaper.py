"""Whether one tariff is cheaper than another for somebody who comes on a day. A pure function.

Each length that matters is compared from each entry that does: up to a million stays. Their quick totals tell which of
them may pay less, and the bills of these decide. What was compared is remembered: so it is compared before anything is
locked, and under the lock only looked up, unless the prices changed meanwhile; and once for zones with the same prices.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import compress, count
from operator import lt
from zoneinfo import ZoneInfo

from parking.core.money import ZERO
from parking.tariffs.rules.compared_lengths import lengths_of, night_lengths
from parking.tariffs.rules.lines import DAY, HOUR, total_of
from parking.tariffs.rules.quick_totals import QuickTotals, StepSums
from parking.tariffs.rules.stay import Stay, lines_of
from parking.tariffs.rules.terms import FreeMode, Terms

# Amounts and percents that are owed beside the time, each of which may not fall.
_BESIDE = ("booking_fee", "lost_ticket_fee", "overstay_percent")


@dataclass(frozen=True)
class _Visit:
    """Who comes: free minutes already or not, to a zone that changed by so many percent, if it did.

    The terms have the fee if it is owed.
    """

    before: Terms
    after: Terms
    free_used: bool
    percents: tuple[int, ...]

    def pays_less(self, entry: datetime, minutes: int, percent: int) -> bool:
        stay = Stay(entry, entry + timedelta(minutes=minutes), demand_percent=percent, free_used=self.free_used)
        return total_of(lines_of(stay, self.after)) < total_of(lines_of(stay, self.before))


class _Compared:
    """A visit at stays of many lengths, whose quick totals tell which bills to look at."""

    def __init__(self, visit: _Visit, lengths: list[int], steps: tuple[StepSums, StepSums]) -> None:
        self._visit, self._lengths = visit, lengths
        self._before = QuickTotals(visit.before, lengths, visit.free_used, steps[0])
        self._after = QuickTotals(visit.after, lengths, visit.free_used, steps[1])

    def pays_less(self, entry: datetime, more: list[int]) -> bool:
        """Return whether any stay from an entry costs less after; `more` are lengths of this entry alone."""
        percents = self._visit.percents
        pairs = zip(
            percents, self._before.sums(entry, percents, more), self._after.sums(entry, percents, more), strict=True
        )
        lengths = [*self._lengths, *more]
        return any(
            self._visit.pays_less(entry, lengths[place], percent)
            for percent, before, after in pairs
            for place in self._cheaper(before, after)
        )

    def _cheaper(self, before: list[int], after: list[int]) -> Iterator[int]:
        """Yield where totals are less. Neither a fee, which is no smaller after, nor rounding makes one so alone."""
        totals = self._before.total, self._after.total
        for place in compress(count(), map(lt, after, before)):
            if totals[1](after[place]) < totals[0](before[place]):
                yield place


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
    lengths = lengths_of(before, after)
    steps: tuple[StepSums, StepSums] = {}, {}
    visits = [_Compared(visit, lengths, steps) for visit in _visits(before, after, percents)]
    return any(
        visit.pays_less(entry, more)
        for entry in _entries(before, after, moment)
        for more in (sorted({*night_lengths(before, after, entry)}),)
        for visit in visits
    )


def _is_free_more_often(before: Terms, after: Terms) -> bool:
    return after.free_minutes > 0 and after.free_again_after_minutes < before.free_again_after_minutes


def _visits(before: Terms, after: Terms, percents: Collection[int]) -> Iterator[_Visit]:
    """Yield who may pay less where another does not: a walk-in of the first time, to a zone without busy times, first.

    Free minutes are not for all; a night, unlike the time, is no dearer in busy times.
    """
    some_free = before.free_minutes > 0
    owed = (False, True) if some_free and before.booking_fee > ZERO else (False,)
    used = (False, True) if some_free and before.free_again_after_minutes > 0 else (False,)
    changes = {0} if _have_same_nights(before, after) else {0, min(percents), max(percents)}
    for has_fee in owed:
        old, new = (before, after) if has_fee else (before.without_fee(), after.without_fee())
        yield from (_Visit(old, new, free_used, tuple(sorted(changes))) for free_used in used)


def _have_same_nights(before: Terms, after: Terms) -> bool:
    """Return whether every stay pays for its nights as before: free minutes that are deducted are in no night."""
    if before.night_charge is None and after.night_charge is None:
        return True
    nights = [(terms.night_charge, terms.free_minutes, terms.free_mode) for terms in (before, after)]
    return nights[0] == nights[1]


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
