"""What stays of usual lengths cost, under a tariff as it is and as it is wanted."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from parking.tariffs.rules.lines import HOUR, total_of
from parking.tariffs.rules.stay import stay_lines
from parking.tariffs.rules.terms import Terms

LENGTHS = (HOUR, 2 * HOUR, 4 * HOUR, 24 * HOUR)
ENTRIES = (time(8), time(14), time(22))


@dataclass(frozen=True)
class Compared:
    """What a stay costs before and after (rupees)."""

    before: Decimal
    after: Decimal

    @property
    def change(self) -> Decimal:
        return self.after - self.before


@dataclass(frozen=True)
class PreviewRow:
    """Stays of so many minutes, one for each time of entry."""

    minutes: int
    cells: tuple[Compared, ...]


def preview(before: Terms, after: Terms, day: date) -> tuple[PreviewRow, ...]:
    """Return a row for each length, with the stays that begin on a day at each time of entry, at the site."""
    zone = ZoneInfo(after.time_zone)
    entries = [datetime.combine(day, entry, zone) for entry in ENTRIES]
    return tuple(
        PreviewRow(minutes, tuple(_compared(before, after, entry, minutes) for entry in entries)) for minutes in LENGTHS
    )


def _compared(before: Terms, after: Terms, entry: datetime, minutes: int) -> Compared:
    until = entry + timedelta(minutes=minutes)
    return Compared(total_of(stay_lines(entry, until, before)), total_of(stay_lines(entry, until, after)))
