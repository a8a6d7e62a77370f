"""Adding up what sessions cost and would have cost. Pure, in paise."""

import heapq
from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from parking.core.money import PAISA
from parking.tariffs.rules import (
    BillLine,
    LineKind,
    Stay,
    Terms,
    charged_as,
    lines_of,
    round_off,
    uses_free_minutes,
    whole_minutes,
)

# What the tariff decides; what a pass, a shop, a code, a lost ticket or busy times changed is left out on both sides.
OF_THE_TARIFF = frozenset(
    {
        LineKind.HOURS,
        LineKind.DAILY_MAXIMUM,
        LineKind.SLAB,
        LineKind.NIGHT,
        LineKind.OVERSTAY,
        LineKind.BOOKING_MINIMUM,
    }
)
# Stays of up to so many minutes stand together; longer ones under None.
LENGTHS: tuple[int | None, ...] = (60, 120, 240, 480, 1440, None)
MOST_CHANGED = 10
# Of bills that are alike so many are kept; few tariffs make more.
BILLS_KEPT = 20_000


@dataclass(frozen=True)
class Past:
    """A session that has ended: it was billed up to `exit`, and on its bill are `lines`.

    `had_fee` says whether it had been booked with a fee, `ends_at` until when it was reserved, `round_to` how its total
    was rounded. `vehicle_id` and `booked_at` tell whether its plate had the free minutes of a tariff before.
    """

    session_id: int
    entry: datetime
    exit: datetime
    day: date
    lines: tuple[BillLine, ...]
    had_fee: bool
    vehicle_id: int
    booked_at: datetime
    ends_at: datetime | None = None
    round_to: Decimal = PAISA


@dataclass
class Sums:
    """Sessions, and what they cost before and after (paise)."""

    sessions: int = 0
    before: int = 0
    after: int = 0

    def add(self, before: int, after: int) -> None:
        self.sessions += 1
        self.before += before
        self.after += after

    def to_json(self) -> dict[str, Any]:
        return {"sessions": self.sessions, "before": text_of(self.before), "after": text_of(self.after)}


@dataclass(frozen=True)
class _Counted:
    """The lines of a bill that the tariff decides: the paise of each label, and what they come to."""

    by_label: tuple[tuple[str, int], ...]
    total: int


class _Priced:
    """What stays cost under the same terms. Stays that are charged alike are priced once."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self._bills: dict[Hashable, _Counted] = {}

    def bill(self, stay: Stay) -> _Counted:
        """Return the bill of a stay."""
        alike = charged_as(stay, self.terms)
        found = self._bills.get(alike)
        if found is None:
            if len(self._bills) >= BILLS_KEPT:
                self._bills.clear()
            found = self._bills[alike] = counted(lines_of(stay, self.terms), self.terms.round_to)
        return found


@dataclass
class Tally:
    """The sums of a replay, session by session."""

    whole: Sums = field(default_factory=Sums)
    days: dict[date, Sums] = field(default_factory=lambda: defaultdict(Sums))
    lengths: dict[int | None, Sums] = field(default_factory=lambda: defaultdict(Sums))
    before_by_label: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    after_by_label: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    more: int = 0
    less: int = 0
    _changed: list[tuple[int, int, int, int]] = field(default_factory=list)
    _had_free: dict[int, datetime] = field(default_factory=dict)
    # By the terms of a zone (the object), and whether there is a fee, and free minutes.
    _priced: dict[tuple[int, bool, bool], tuple[Terms, _Priced]] = field(default_factory=dict)

    def add(self, past: Past, terms: Terms) -> None:
        """Count a session with what it cost and costs under these terms; those of a plate come in their order."""
        stay = Stay(past.entry, past.exit, past.ends_at)
        before = _add_up(counted(past.lines, past.round_to), self.before_by_label)
        after = _add_up(self._under(past, terms).bill(stay), self.after_by_label)
        self.whole.add(before, after)
        self.days[past.day].add(before, after)
        self.lengths[length_of(whole_minutes(past.entry, past.exit))].add(before, after)
        self.more += after > before
        self.less += after < before
        self._keep(past.session_id, before, after)

    def _under(self, past: Past, terms: Terms) -> _Priced:
        """Return the terms as this session would have had them: with its fee, and free minutes not again too soon."""
        under = self._terms(terms, has_fee=past.had_fee, free_used=False)
        again_after = terms.free_again_after_minutes
        if not (terms.free_minutes and again_after):
            return under
        had = self._had_free.get(past.vehicle_id)
        if had is not None and had > past.booked_at - timedelta(minutes=again_after):
            return self._terms(terms, has_fee=past.had_fee, free_used=True)
        if uses_free_minutes(past.entry, past.exit, under.terms):
            self._had_free[past.vehicle_id] = past.exit
        return under

    def _terms(self, terms: Terms, *, has_fee: bool, free_used: bool) -> _Priced:
        key = (id(terms), has_fee, free_used)
        # The terms are kept beside, so that no others get their id.
        if key not in self._priced:
            under = terms if has_fee else terms.without_fee()
            self._priced[key] = terms, _Priced(replace(under, free_minutes=0) if free_used else under)
        return self._priced[key][1]

    def _keep(self, session_id: int, before: int, after: int) -> None:
        if before == after:
            return
        # Of equal changes the earlier session stands first.
        entry = (abs(after - before), -session_id, before, after)
        if len(self._changed) < MOST_CHANGED:
            heapq.heappush(self._changed, entry)
        else:
            heapq.heappushpop(self._changed, entry)

    def to_json(self) -> dict[str, Any]:
        """Return the result as it is stored; amounts are texts of rupees."""
        labels = sorted({*self.before_by_label, *self.after_by_label})
        return {
            **self.whole.to_json(),
            "pay_more": self.more,
            "pay_less": self.less,
            "by_day": [{"date": day.isoformat(), **sums.to_json()} for day, sums in sorted(self.days.items())],
            "by_band": [
                {
                    "label": label,
                    "before": text_of(self.before_by_label.get(label, 0)),
                    "after": text_of(self.after_by_label.get(label, 0)),
                }
                for label in labels
            ],
            "by_length": [
                {"until_minutes": length, **self.lengths[length].to_json()}
                for length in LENGTHS
                if length in self.lengths
            ],
            "most_changed": [
                {"session_id": -number, "before": text_of(before), "after": text_of(after)}
                for _change, number, before, after in sorted(self._changed, reverse=True)
            ],
        }


@lru_cache(maxsize=BILLS_KEPT)
def counted(lines: tuple[BillLine, ...], round_to: Decimal) -> _Counted:
    """Return what the lines of the tariff come to, rounded as if there were no others."""
    of_tariff = tuple(line for line in lines if line.kind in OF_THE_TARIFF)
    by_label = tuple((line.label, int(line.amount * 100)) for line in (*of_tariff, *round_off(of_tariff, round_to)))
    return _Counted(by_label, sum(paise for _label, paise in by_label))


def _add_up(bill: _Counted, sums: dict[str, int]) -> int:
    """Add a bill to the sums by label; return its total."""
    for label, paise in bill.by_label:
        sums[label] += paise
    return bill.total


def length_of(minutes: int) -> int | None:
    """Return the group of a stay of so many minutes."""
    return next((most for most in LENGTHS if most is not None and minutes <= most), None)


def text_of(paise: int) -> str:
    return str(Decimal(paise).scaleb(-2).quantize(Decimal("0.01")))


def share(part: int, whole: int) -> Decimal:
    """Return percent with one place."""
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1")) if whole else Decimal("0.0")


def change_of(sums: Mapping[str, Any]) -> Decimal:
    """Return by how much a sum of the result changes (rupees)."""
    return Decimal(sums["after"]) - Decimal(sums["before"])
