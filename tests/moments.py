"""The moment at which the tests' days begin, and times counted from it."""

from datetime import UTC, datetime, timedelta

# 10:00 on a Sunday in Delhi.
START = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)


def at(minutes: float) -> datetime:
    """Return the moment that many minutes after START."""
    return START + timedelta(minutes=minutes)
