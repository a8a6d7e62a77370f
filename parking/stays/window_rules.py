"""Rules for windows of time that are reserved. Pure functions; times are aware, an end is not part of its window."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

EARLIEST, LATEST = timedelta(minutes=15), timedelta(days=60)
SHORTEST, LONGEST = timedelta(minutes=30), timedelta(days=30)
STEP = timedelta(minutes=15)
MOST_OFFERED = 3
OFFERED_WITHIN = timedelta(days=7)


@dataclass(frozen=True, order=True)
class Window:
    """A reserved time: from its start up to its end, which is not part of it."""

    starts_at: datetime
    ends_at: datetime

    @property
    def length(self) -> timedelta:
        return self.ends_at - self.starts_at

    def overlaps(self, other: "Window") -> bool:
        """Return whether both have a moment in common."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True)
class Promised:
    """A window that was promised to a vehicle of this kind."""

    window: Window
    vehicle_kind: str


@dataclass(frozen=True)
class Limit:
    """Of these kinds of vehicle, at most so many may hold a window at one moment."""

    vehicle_kinds: frozenset[str]
    most: int


def whole_minutes_of(starts_at: datetime, ends_at: datetime) -> Window:
    """Return the window of two times, whose seconds are cut."""
    return Window(starts_at.replace(second=0, microsecond=0), ends_at.replace(second=0, microsecond=0))


def start_problem(starts_at: datetime, now: datetime) -> str | None:
    """Return why a reservation made at `now` cannot begin then, in a sentence; None if it can."""
    if starts_at < now.replace(second=0, microsecond=0) + EARLIEST:
        return "At least 15 minutes from now"
    return "At most 60 days from now" if starts_at > now + LATEST else None


def length_problem(window: Window) -> str | None:
    """Return why a window is too short or too long, in a sentence; None if it is not."""
    if window.length < SHORTEST:
        return "At least 30 minutes after the start"
    return "At most 30 days after the start" if window.length > LONGEST else None


def greatest_overlap(windows: Collection[Window], within: Window) -> int:
    """Return how many windows there are at once at the busiest moment of another one."""
    touching = [window for window in windows if window.overlaps(within)]
    # The greatest number begins with one of them, or with the window itself.
    moments = {within.starts_at, *(window.starts_at for window in touching if window.starts_at > within.starts_at)}
    return max(sum(one.starts_at <= moment < one.ends_at for one in touching) for moment in moments)


def fits(window: Window, promised: Collection[Promised], limits: Sequence[Limit]) -> bool:
    """Return whether one more window keeps within every limit."""
    return all(
        greatest_overlap([one.window for one in promised if one.vehicle_kind in limit.vehicle_kinds], window)
        < limit.most
        for limit in limits
    )


def latest_end(window: Window, promised: Collection[Promised], limits: Sequence[Limit]) -> datetime | None:
    """Return up to when a window that begins then could reach, at most to its own end; None if it cannot begin."""
    starts = {one.window.starts_at for one in promised if window.starts_at < one.window.starts_at < window.ends_at}
    for end in sorted({*starts, window.ends_at}, reverse=True):
        if fits(Window(window.starts_at, end), promised, limits):
            return end
    return None


def free_windows(
    wanted: Window,
    promised: Collection[Promised],
    limits: Sequence[Limit],
    *,
    may_begin: Callable[[datetime], bool],
) -> list[Window]:
    """Return up to three windows of the same length that are free, the nearest to the one wanted, by their start.

    They begin at quarter hours that `may_begin` allows, within seven days of the one wanted.
    """
    found: list[Window] = []
    for start in _quarter_hours(wanted.starts_at):
        window = Window(start, start + wanted.length)
        if may_begin(start) and fits(window, promised, limits):
            found.append(window)
            if len(found) == MOST_OFFERED:
                break
    return sorted(found)


def _quarter_hours(around: datetime) -> Iterator[datetime]:
    """Yield the quarter hours around a moment, the nearest first."""
    before = around.replace(minute=around.minute // 15 * 15, second=0, microsecond=0)
    after = before + STEP
    if before == around:
        before -= STEP
    while after <= around + OFFERED_WITHIN:
        earlier, later = around - before, after - around
        if later <= earlier:
            yield after
            after += STEP
        else:
            yield before
            before -= STEP
