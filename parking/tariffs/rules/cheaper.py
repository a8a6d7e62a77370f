"""Whether one tariff is cheaper than another for somebody who comes on a day. A pure function."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from parking.tariffs.rules.lines import HOUR, total_of
from parking.tariffs.rules.stay import stay_lines
from parking.tariffs.rules.terms import Terms

# Minutes of the stays that are compared, beside those at which one of the tariffs changes something.
_LENGTHS = (15, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720, 1440, 2880)
# Amounts and percents that are owed beside the time, each of which may not fall.
_BESIDE = ("booking_fee", "lost_ticket_fee", "overstay_percent")


def is_cheaper(before: Terms, after: Terms, moment: datetime) -> bool:
    """Return whether anything costs less after than before, for who comes between a moment and the end of its day.

    Stays of many lengths are compared, from the full hours and from each minute at which a band or a night begins.
    """
    if any(getattr(after, name) < getattr(before, name) for name in _BESIDE) or _is_free_more_often(before, after):
        return True
    if replace(after, booking_fee=before.booking_fee) == before:
        return False
    lengths = sorted(set(_LENGTHS) | set(_lengths_of(before)) | set(_lengths_of(after)))
    return any(
        _total(after, entry, minutes) < _total(before, entry, minutes)
        for entry in _entries(before, after, moment)
        for minutes in lengths
    )


def _is_free_more_often(before: Terms, after: Terms) -> bool:
    return after.free_minutes > 0 and after.free_again_after_minutes < before.free_again_after_minutes


def _lengths_of(terms: Terms) -> Iterator[int]:
    yield from (terms.grace_minutes, terms.minimum_minutes, terms.free_minutes, terms.step_minutes)
    yield from (terms.minimum_minutes + terms.grace_minutes, terms.step_minutes + terms.grace_minutes + 1)
    for slab in terms.slabs:
        yield from (slab.until_minutes + terms.grace_minutes, slab.until_minutes + terms.grace_minutes + 1)


def _entries(before: Terms, after: Terms, moment: datetime) -> list[datetime]:
    """Return the moment, and the later ones of its day at which another price may begin."""
    local = moment.astimezone(ZoneInfo(before.time_zone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    minutes = {hour * HOUR for hour in range(24)}
    for terms in (before, after):
        minutes |= {band.begins for band in terms.bands}
        minutes |= {terms.night_charge.begins} if terms.night_charge else set()
    return [local, *(at for at in (midnight + timedelta(minutes=minute) for minute in sorted(minutes)) if at > local)]


def _total(terms: Terms, entry: datetime, minutes: int) -> Decimal:
    return total_of(stay_lines(entry, entry + timedelta(minutes=minutes), terms.without_fee()))
