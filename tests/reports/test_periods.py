"""What a filter by days means."""

from datetime import date

import pytest

from parking.core.errors import InvalidInput
from parking.core.sites import ALL_SITES
from parking.reports.periods import MOST_DAYS, ClosedPeriod, Period, period, report_period
from tests.reports.story import DAY20, DAY21, DAY22, DAY23


def test_a_date_is_its_own_beginning_and_end() -> None:
    assert period(day=DAY21) == ClosedPeriod(DAY21, DAY21)


def test_an_end_that_is_not_named_is_open() -> None:
    assert period(first=DAY20) == Period(DAY20, None)
    assert period(last=DAY20) == Period(None, DAY20)
    assert period() == Period(None, None)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"day": DAY21, "first": DAY20}, "date"),
        ({"day": DAY21, "last": DAY22}, "date"),
        ({"first": DAY22, "last": DAY21}, "end_date"),
        ({"first": date(2023, 1, 1), "last": date(2026, 1, 5)}, "end_date"),
    ],
)
def test_a_period_that_makes_no_sense_is_refused(asked: dict[str, date], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        period(**asked)
    assert list(refused.value.errors) == [field]


def test_three_years_are_taken_leap_days_and_all() -> None:
    first = date(2024, 1, 1)
    assert period(first=first, last=date(2026, 12, 31)) == ClosedPeriod(first, date(2026, 12, 31))
    assert ClosedPeriod(first, date(2026, 12, 31)).length == 1096 <= MOST_DAYS


def test_a_report_covers_the_last_thirty_days(at_noon: None, db: None) -> None:
    asked = report_period(day=None, first=None, last=None, sites=ALL_SITES)
    assert asked == ClosedPeriod(date(2026, 10, 25), DAY23)
    assert asked.length == 30


def test_a_report_fills_in_the_end_that_is_not_named(at_noon: None, db: None) -> None:
    assert report_period(day=None, first=DAY21, last=None, sites=ALL_SITES) == ClosedPeriod(DAY21, DAY23)
    assert report_period(day=None, first=None, last=DAY20, sites=ALL_SITES) == ClosedPeriod(date(2026, 10, 22), DAY20)


def test_a_report_may_not_begin_more_than_three_years_ago(at_noon: None, db: None) -> None:
    with pytest.raises(InvalidInput):
        report_period(day=None, first=date(2020, 1, 1), last=None, sites=ALL_SITES)


def test_the_period_before_is_as_long_and_ends_where_this_one_begins() -> None:
    assert ClosedPeriod(DAY22, DAY23).before() == ClosedPeriod(DAY20, DAY21)
