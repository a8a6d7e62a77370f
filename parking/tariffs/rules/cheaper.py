"""Whether one tariff is cheaper than another for somebody who comes on a day. A pure function.

What the time costs and what the nights cost are compared each for itself, before booking minimum and rounding, for
stays of every length from every minute. Where neither falls, no bill does: busy and quiet times, the minimum, other
amounts that did not fall, and rounding make none smaller of a sum that is no smaller. Where one of them falls, somebody
pays less, whatever the other does: whose time a pass or a shop pays, or for whom a discount leaves a sum that was just
rounded up. What was compared is remembered: so it is compared before anything is locked, and under the lock only looked
up, unless the prices changed meanwhile; and once for zones with the same prices.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from operator import lt
from zoneinfo import ZoneInfo

from parking.core.money import ZERO
from parking.tariffs.rules.compared_lengths import lengths_between
from parking.tariffs.rules.lines import DAY
from parking.tariffs.rules.quick_totals import QuickTotals, StepSums
from parking.tariffs.rules.steps import MINUTE
from parking.tariffs.rules.terms import Terms

# Amounts and percents that are owed beside the time, each of which may not fall.
_BESIDE = ("booking_fee", "lost_ticket_fee", "overstay_percent")


def is_cheaper(before: Terms, after: Terms, moment: datetime) -> bool:
    """Return whether anything may cost less after than before, for who comes between a moment and the end of its day.

    Stays of up to two days are compared. Another rounding is always cheaper for somebody: for who has a discount, if
    for nobody else.
    """
    return _compared(before, after, moment)


@lru_cache(maxsize=256)
def _compared(before: Terms, after: Terms, moment: datetime) -> bool:
    if any(getattr(after, name) < getattr(before, name) for name in _BESIDE) or _is_free_more_often(before, after):
        return True
    if after.round_to != before.round_to:
        return True
    if replace(after, booking_fee=before.booking_fee) == before:
        return False
    return any(visit.pays_less(moment) for visit in _visits(before, after))


def _is_free_more_often(before: Terms, after: Terms) -> bool:
    return after.free_minutes > 0 and after.free_again_after_minutes < before.free_again_after_minutes


def _visits(before: Terms, after: Terms) -> Iterator["_Visit"]:
    """Yield who may pay less where another does not, a walk-in of the first time first.

    Free minutes are not for all: some owe a fee, and some came before, which counts as long under the new terms as
    under the old ones at least.
    """
    some_free = max(before.free_minutes, after.free_minutes) > 0
    owed = (False, True) if some_free and before.booking_fee > ZERO else (False,)
    again = before.free_again_after_minutes, after.free_again_after_minutes
    used = [(False, False)]
    used += [(True, True)] if some_free and again[0] > 0 else []
    used += [(False, True)] if some_free and again[1] > again[0] else []
    steps: tuple[StepSums, StepSums] = {}, {}
    for has_fee in owed:
        old, new = (before, after) if has_fee else (before.without_fee(), after.without_fee())
        for was_used, is_used in used:
            yield _Visit(QuickTotals(old, was_used, steps[0]), QuickTotals(new, is_used, steps[1]))


@dataclass(frozen=True)
class _Visit:
    """Who comes: owing the fee or not, with free minutes before and after or not."""

    before: QuickTotals
    after: QuickTotals

    def pays_less(self, moment: datetime) -> bool:
        """Return whether the time or the nights of any stay cost less after."""
        return self._time_falls(moment) or self._nights_fall(moment) or self._overstay_falls(moment)

    def _time_falls(self, moment: datetime) -> bool:
        lengths = lengths_between(self.before.prices, self.after.prices)
        places = [[side.places[minutes] for minutes in lengths] for side in (self.before, self.after)]
        return any(
            any(map(lt, map(self.after.time(entry).__getitem__, places[1]), map(sums.__getitem__, places[0])))
            for entry in self._entries(moment)
            for sums in (self.before.time(entry),)
        )

    def _nights_fall(self, moment: datetime) -> bool:
        """Return whether the nights of a stay cost less, in the first minute of one that was charged."""
        old, new = self.before.terms.night_charge, self.after.terms.night_charge
        if old is None or old.price == ZERO:
            return False
        if new is None or new.price < old.price:
            return True
        if self._have_same_nights():
            return False
        return any(
            sum(reached <= minutes for reached in self.after.nights(entry)) * new.price < number * old.price
            for entry in _entries_of_day(moment, self.before.terms)
            for number, minutes in enumerate(self.before.nights(entry), start=1)
        )

    def _have_same_nights(self) -> bool:
        sides = self.before, self.after
        spans = [(night.begins, night.ends) for side in sides if (night := side.terms.night_charge)]
        return spans[0] == spans[1] and self.before.charged_from == self.after.charged_from

    def _overstay_falls(self, moment: datetime) -> bool:
        """Return whether steps after a booked window may cost less, whatever they cost together with those before."""
        old, new = self.before.terms, self.after.terms
        if old.overstay_percent == 0 or old.slabs:
            return False
        if new.slabs or new.grace_minutes > old.grace_minutes:
            return True
        if new.step_minutes != old.step_minutes or self.after.moved != self.before.moved:
            return True
        return any(any(map(lt, self.after.units(entry), self.before.units(entry))) for entry in self._entries(moment))

    def _entries(self, moment: datetime) -> Iterator[datetime]:
        """Yield the moment, and each later one of its day from which on a step may begin in another band."""
        begins = {minute for side in (self.before, self.after) for minute in _minutes_of_bands(side)}
        return _entries_of_day(moment, self.before.terms, begins)


def _minutes_of_bands(side: QuickTotals) -> Iterator[int]:
    """Yield the minutes of a day from which on a stay has a step that begins when a band begins or ends."""
    step = side.terms.step_minutes
    for band in side.terms.bands:
        for minute in (band.begins, band.ends):
            yield from range((minute - side.moved) % step, DAY, step)


def _entries_of_day(moment: datetime, terms: Terms, minutes: Iterable[int] = range(DAY)) -> Iterator[datetime]:
    """Yield a moment, and the later ones of its day at which one of these minutes begins."""
    local = moment.astimezone(ZoneInfo(terms.time_zone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    yield moment
    yield from (at.astimezone(UTC) for at in (midnight + minute * MINUTE for minute in sorted(minutes)) if at > local)
