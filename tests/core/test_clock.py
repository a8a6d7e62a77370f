"""Days begin and end in the site's time zone."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from parking.core import clock


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 22, 18, 29, 59, tzinfo=UTC), date(2026, 11, 22)),
        (datetime(2026, 11, 22, 18, 30, tzinfo=UTC), date(2026, 11, 23)),
    ],
)
def test_today_is_the_site_s_date(moment: datetime, day: date) -> None:
    with time_machine.travel(moment, tick=False):
        assert (clock.now(), clock.today()) == (moment, day)


def test_a_day_begins_at_the_site_s_midnight() -> None:
    assert clock.day_start(date(2026, 11, 23)) == datetime(2026, 11, 22, 18, 30, tzinfo=UTC)


def test_a_range_of_days_includes_both() -> None:
    start, end = clock.day_range(date(2026, 11, 23), date(2026, 11, 24))
    assert (start, end - start) == (datetime(2026, 11, 22, 18, 30, tzinfo=UTC), timedelta(days=2))


def test_the_present_moment_is_in_utc() -> None:
    assert clock.now().utcoffset() == timedelta(0)
