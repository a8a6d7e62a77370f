"""Which band holds at which moment of a stay."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from parking.tariffs.rules.lines import DAY, HOUR
from parking.tariffs.rules.terms import WEEK, Band, Terms, Weekday

# A day of the week or a holiday of the calendar, by minute of the day: when what holds begins, and what that is.
Segments = tuple[tuple[int, Band | None], ...]


@lru_cache(maxsize=4096)
def _segments(bands: tuple[Band, ...], before: Weekday, today: Weekday) -> Segments:
    """Return what holds when on a day, the day `before` it being of that kind.

    A band of the day before holds on until its end, or until a band of this day begins.
    """
    own = sorted((band for band in bands if today in band.days), key=lambda band: band.begins)
    carried = [band for band in bands if before in band.days and band.begins + band.length > DAY]
    points: dict[int, Band | None] = {0: None}
    for band in carried:
        points[0] = band
        points.setdefault(band.begins + band.length - DAY, None)
    first = own[0].begins if own else DAY
    points = {minute: band for minute, band in points.items() if minute < first}
    for band in own:
        points[band.begins] = band
        points.setdefault(band.begins + band.length, None)
    return tuple(
        sorted(((minute, band) for minute, band in points.items() if minute < DAY), key=lambda point: point[0])
    )


@dataclass
class Clock:
    """The bands of the terms of a stay, asked by moments."""

    terms: Terms

    def __post_init__(self) -> None:
        self._zone = ZoneInfo(self.terms.time_zone)
        self._holidays = frozenset(self.terms.holidays) if self.terms.has_holidays else frozenset()
        self._days: dict[date, Segments] = {}

    def band_at(self, moment: datetime) -> Band | None:
        """Return the band that holds at a moment (aware), None where the base rate does."""
        return self._find(moment.astimezone(self._zone))[0]

    def runs(self, begins: datetime, steps: int, step_minutes: int) -> Iterator[tuple[Band | None, int]]:
        """Yield the bands in which steps begin, the first at `begins`, each with how many there are in a row."""
        at, left = begins.astimezone(UTC), steps
        while left > 0:
            local = at.astimezone(self._zone)
            band, next_change = self._find(local)
            count = min(self._steps_before(local, next_change, step_minutes), left)
            yield band, count
            at += timedelta(minutes=count * step_minutes)
            left -= count

    def _steps_before(self, local: datetime, change: datetime, step_minutes: int) -> int:
        if local.utcoffset() != change.utcoffset():
            # Clocks are set on or back in between: minutes of the day and minutes that pass differ.
            return 1
        until = change.replace(tzinfo=None) - local.replace(tzinfo=None)
        return max(-(-until // timedelta(minutes=step_minutes)), 1)

    def _find(self, local: datetime) -> tuple[Band | None, datetime]:
        """Return what holds at a local time, and when something else may."""
        day, minute = local.date(), local.hour * HOUR + local.minute
        segments = self.segments_of(day)
        place = bisect_right(segments, minute, key=lambda point: point[0])
        following = segments[place][0] if place < len(segments) else DAY
        change = datetime.combine(day, time.min) + timedelta(minutes=following)
        return segments[place - 1][1], change.replace(tzinfo=self._zone)

    def segments_of(self, day: date) -> Segments:
        """Return what holds when on a day at the site."""
        if day not in self._days:
            before = self._kind_of(day - timedelta(days=1))
            self._days[day] = _segments(self.terms.bands, before, self._kind_of(day))
        return self._days[day]

    def _kind_of(self, day: date) -> Weekday:
        return Weekday.HOLIDAY if day in self._holidays else WEEK[day.weekday()]


def overlapping(bands: tuple[Band, ...]) -> tuple[Band, Band] | None:
    """Return two bands that hold at the same time, in the week from Sunday night into Monday, or on holidays."""
    week = [(WEEK.index(day) * DAY + band.begins, band) for band in bands for day in band.days if day in WEEK]
    holidays = [(band.begins, band) for band in bands if Weekday.HOLIDAY in band.days]
    return _meeting(week, len(WEEK) * DAY) or _meeting(holidays, DAY)


def _meeting(spans: list[tuple[int, Band]], around: int) -> tuple[Band, Band] | None:
    """Return two bands of which one begins before the other ends, on a circle of so many minutes."""
    ordered = sorted(spans, key=lambda span: span[0])
    for place, (begins, band) in enumerate(ordered):
        following, other = ordered[(place + 1) % len(ordered)]
        gap = (following - begins) % around
        if gap == 0 and len(ordered) > 1:
            return band, other
        if band.length > (gap or around):
            return band, other
    return None


@dataclass(frozen=True)
class DayPart:
    """What holds on a day from a minute to another, excluded; no band: the base rate."""

    begins: int
    ends: int
    band: Band | None


def day_parts(terms: Terms, day: date) -> tuple[DayPart, ...]:
    """Return what holds on a day at the site, from midnight to midnight."""
    points = Clock(terms).segments_of(day)
    ends = [minute for minute, _ in points[1:]] + [DAY]
    return tuple(DayPart(begins, end, band) for (begins, band), end in zip(points, ends, strict=True))
