"""What a stay costs: its lines in their order, and when it costs more."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from parking.core.money import ZERO, rupees
from parking.tariffs.rules.bands import Clock
from parking.tariffs.rules.changes import Change, Pass, Place, change_line, in_order
from parking.tariffs.rules.lines import DAY, HOUR, BillLine, LineKind, kept_lines, single_line, total_of
from parking.tariffs.rules.nights import night_lines, nights_inside
from parking.tariffs.rules.slabs import price_within_day, slab_lines
from parking.tariffs.rules.steps import MINUTE, Steps, steps_of, whole_minutes
from parking.tariffs.rules.terms import FreeMode, Terms


@dataclass(frozen=True)
class Stay:
    """A stay from entry to `until` (aware), with what its terms do not say.

    `ends_at`: the end of the window of a reservation. `demand_percent`: how much dearer the zone was when it was
    booked. `free_used`: the plate had its free minutes already. `changes`: what lowers the bill, shops in the order of
    their validations.
    """

    entry: datetime
    until: datetime
    ends_at: datetime | None = None
    demand_percent: int = 0
    lost_ticket: bool = False
    free_used: bool = False
    changes: tuple[Change, ...] = ()

    @property
    def has_pass(self) -> bool:
        return any(isinstance(change, Pass) for change in self.changes)


def stay_lines(entry: datetime, until: datetime, terms: Terms) -> tuple[BillLine, ...]:
    """Return the bill of a stay about which nothing but its times is known."""
    return lines_of(Stay(entry, until), terms)


def lines_of(stay: Stay, terms: Terms) -> tuple[BillLine, ...]:
    """Return the lines of a stay, in the order of docs/pricing.md."""
    timed, steps = _timed(stay, terms)
    lines = list(timed)
    if stay.lost_ticket and terms.lost_ticket_fee > ZERO:
        lines.append(single_line(LineKind.LOST_TICKET, terms.lost_ticket_fee))
    if not stay.has_pass:
        lines += kept_lines(LineKind.BOOKING_MINIMUM, terms.booking_fee - total_of(tuple(lines)))
    for change in in_order(stay.changes):
        place = Place(
            total_of(tuple(lines)),
            lambda minutes: _first_minutes(minutes, steps, terms, timed),
            lambda held: _covered(held, steps, timed),
        )
        line = change_line(change, place)
        lines += [line] if line else []
    return (*lines, *round_off(tuple(lines), terms.round_to))


# --- The time ------------------------------------------------------------------------------------------


def _timed(stay: Stay, terms: Terms) -> tuple[tuple[BillLine, ...], Steps]:
    """Return the lines of the time from entry to exit, and the steps that they charge."""
    begun = _charged_time(stay, terms)
    if begun is None:
        return (), Steps(stay.entry, (), terms)
    entry, minutes = begun
    if terms.slabs:
        steps, parked = Steps(entry, (), terms), slab_lines(minutes, terms)
    else:
        steps = steps_of(entry, minutes, terms)
        parked = steps.lines()
    night = night_lines(entry, stay.until, terms)
    return (*parked, *night, *_overstay(stay, steps, terms), *_demand(stay, parked)), steps


def _charged_time(stay: Stay, terms: Terms) -> tuple[datetime, int] | None:
    """Return from when on a stay is charged, and for how many minutes; None if free minutes are all of it."""
    entry, minutes = stay.entry, whole_minutes(stay.entry, stay.until)
    free = 0 if stay.free_used or stay.has_pass else terms.free_minutes
    if free > 0 and terms.free_mode == FreeMode.DEDUCT:
        return (entry + free * MINUTE, minutes - free) if minutes > free else None
    if free > 0 and minutes <= free and terms.booking_fee == ZERO:
        return None
    return entry, minutes


def charged_as(stay: Stay, terms: Terms) -> Hashable:
    """Return what of a stay decides about its bill: where it is equal, the lines under these terms are.

    It takes a part of the time of `lines_of`, and is equal for many stays.
    """
    others = (stay.demand_percent, stay.lost_ticket, stay.changes)
    begun = _charged_time(stay, terms)
    if begun is None:
        return others
    entry, minutes = begun
    nights = nights_inside(entry, max(entry, stay.until), terms)
    if terms.slabs:
        return (minutes, nights, *others)
    steps = steps_of(entry, minutes, terms)
    late = None
    if stay.ends_at is not None and terms.overstay_percent:
        late = steps.first_after(stay.ends_at + terms.grace_minutes * MINUTE)
    # Passes go by the moments of the steps, too.
    moment = entry if stay.has_pass else None
    return (tuple((run.label, run.unit_price, run.count) for run in steps.runs), nights, late, moment, *others)


def uses_free_minutes(entry: datetime, until: datetime, terms: Terms) -> bool:
    """Return whether free minutes lowered the bill of a stay."""
    if terms.free_minutes == 0:
        return False
    is_short = whole_minutes(entry, until) <= terms.free_minutes and terms.booking_fee == ZERO
    return terms.free_mode == FreeMode.DEDUCT or is_short


def _overstay(stay: Stay, steps: Steps, terms: Terms) -> tuple[BillLine, ...]:
    if stay.ends_at is None or terms.overstay_percent == 0:
        return ()
    late = steps.amount(steps.first_after(stay.ends_at + terms.grace_minutes * MINUTE))
    amount = rupees(late * terms.overstay_percent / 100)
    label = f"Overstay +{terms.overstay_percent} %"
    return (single_line(LineKind.OVERSTAY, amount, label),) if amount > ZERO else ()


def _demand(stay: Stay, parked: tuple[BillLine, ...]) -> tuple[BillLine, ...]:
    percent = 0 if stay.has_pass else stay.demand_percent
    amount = rupees(total_of(parked) * percent / 100)
    label = f"Busy time +{percent} %" if percent > 0 else f"Quiet time −{-percent} %"  # noqa: RUF001 - a minus
    return (single_line(LineKind.DEMAND, amount, label),) if amount else ()


def _first_minutes(minutes: int, steps: Steps, terms: Terms, timed: tuple[BillLine, ...]) -> Decimal:
    """Return what the first minutes cost, before daily maximum and demand."""
    if not terms.slabs:
        return steps.first_minutes(minutes)
    parked = sum((line.amount for line in timed if line.kind == LineKind.SLAB), ZERO)
    return min(price_within_day(min(max(minutes, 1), DAY), terms.slabs), parked)


def _covered(held: Pass, steps: Steps, timed: tuple[BillLine, ...]) -> Decimal:
    """Return what a pass pays: all steps, less those that it does not cover, each with the most a day costs."""
    if steps.terms.slabs:
        days = [line for line in timed if line.kind == LineKind.SLAB]
        paid = (line for number, line in enumerate(days) if held.covers(_day(steps, number), steps.terms.time_zone))
        return sum((line.amount for line in paid), ZERO)
    numbers = range(steps.count)
    left = [number for number in numbers if not held.covers(steps.moment(number), steps.terms.time_zone)]
    return steps.capped_amount(numbers) - steps.capped_amount(left)


def _day(steps: Steps, number: int) -> datetime:
    return steps.begins + number * DAY * MINUTE


def round_off(lines: tuple[BillLine, ...], to: Decimal) -> tuple[BillLine, ...]:
    """Return the line that rounds the total of these, half up; none where it is round."""
    total = total_of(lines)
    rounded = (total / to).quantize(Decimal(1), rounding=ROUND_HALF_UP) * to
    return (single_line(LineKind.ROUND_OFF, rupees(rounded - total)),) if rounded != total else ()


# --- Before and during a stay --------------------------------------------------------------------------


def booking_lines(terms: Terms) -> tuple[BillLine, ...]:
    """What a booking costs at least, before the car has come."""
    return kept_lines(LineKind.BOOKING_MINIMUM, terms.booking_fee)


@dataclass(frozen=True)
class RateNow:
    """Rupees an hour of a step that begins now, and the name of its band, None for the base rate."""

    rate: Decimal
    band: str | None = None


def rate_at(moment: datetime, terms: Terms) -> RateNow:
    """Return the rate of a step that begins at a moment; slabs have the price of an hour."""
    if terms.slabs:
        return RateNow(price_within_day(HOUR, terms.slabs))
    band = Clock(terms).band_at(moment) if terms.bands else None
    return RateNow(band.rate, band.name) if band else RateNow(terms.base_rate)


def next_rise(stay: Stay, terms: Terms) -> tuple[datetime, Decimal] | None:
    """Return when the bill of a stay grows next and what it is then (rupees); None if it does not within a day."""
    total = total_of(lines_of(stay, terms))
    for minute in _minutes_of_change(whole_minutes(stay.entry, stay.until), terms):
        moment = stay.entry + minute * MINUTE
        then = total_of(lines_of(replace(stay, until=moment), terms))
        if then > total:
            return moment, then
    return None


def _minutes_of_change(present: int, terms: Terms) -> Iterator[int]:
    """Yield the minutes after entry, within a day from now, at which a bill may grow."""
    step, shift = terms.step_minutes, terms.grace_minutes + 1
    if terms.slabs or terms.night_charge or terms.free_minutes:
        # Seldom: minute by minute, by a rule that is simple and cannot miss one.
        yield from range(present + 1, present + DAY + 1)
        return
    first = max((present - shift) // step + 1, 0)
    yield from (number * step + shift for number in range(first, first + DAY // step + 1))
