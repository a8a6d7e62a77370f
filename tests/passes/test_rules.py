"""How long passes run, and how often a vehicle may be exchanged."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from parking.passes.rules import Period, end_of_period, months_later, swaps_left

KOLKATA = ZoneInfo("Asia/Kolkata")


@pytest.mark.parametrize(
    ("first", "period", "ends"),
    [
        (date(2026, 11, 27), Period.DAY, [date(2026, 11, 28), date(2026, 11, 29)]),
        (date(2026, 11, 27), Period.WEEK, [date(2026, 12, 4), date(2026, 12, 11)]),
        (date(2026, 11, 15), Period.MONTH, [date(2026, 12, 15), date(2027, 1, 15)]),
        # Counted from the first start, so the 31st comes back after February.
        (date(2027, 1, 31), Period.MONTH, [date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30)]),
        (date(2028, 1, 31), Period.MONTH, [date(2028, 2, 29), date(2028, 3, 31)]),
        (date(2026, 11, 30), Period.QUARTER, [date(2027, 2, 28), date(2027, 5, 30), date(2027, 8, 30)]),
    ],
)
def test_the_ends_of_a_pass(first: date, period: Period, ends: list[date]) -> None:
    assert [end_of_period(first, period, number) for number in range(1, len(ends) + 1)] == ends


def test_months_pass_the_end_of_a_year() -> None:
    assert months_later(date(2026, 12, 31), 2) == date(2027, 2, 28)
    assert months_later(date(2026, 12, 1), 12) == date(2027, 12, 1)


def test_two_vehicles_are_exchanged_in_a_calendar_month_of_the_site() -> None:
    # 18:45 UTC on 30 November is 1 December at the site.
    made = [datetime(2026, 11, 3, tzinfo=UTC), datetime(2026, 11, 30, 18, 45, tzinfo=UTC)]
    assert swaps_left(made, datetime(2026, 11, 30, 18, 0, tzinfo=UTC), KOLKATA) == 1
    assert swaps_left(made, datetime(2026, 11, 30, 18, 30, tzinfo=UTC), KOLKATA) == 1
    assert swaps_left([*made, made[1]], datetime(2026, 12, 20, tzinfo=UTC), KOLKATA) == 0
    assert swaps_left([], datetime(2026, 12, 20, tzinfo=UTC), KOLKATA) == 2
