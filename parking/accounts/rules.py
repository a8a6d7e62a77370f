"""Decisions about accounts. Pure functions: no database, no clock, no settings."""

from datetime import timedelta

_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(minutes=15)
_MOST_DOUBLINGS = 5


def pause_after(failures: int, *, limit: int) -> timedelta:
    """Return for how long nobody may try a username after so many failures; it grows from the limit on, to a bound."""
    if failures < limit:
        return timedelta(0)
    return min(_FIRST_PAUSE * (1 << min(failures - limit, _MOST_DOUBLINGS)), _LONGEST_PAUSE)
