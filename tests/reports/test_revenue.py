"""Revenue by day, zone and method: every rupee once, on its day."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from parking.accounts.models import User
from parking.core.sites import ALL_SITES
from parking.facilities.calendars import zones_of_sites
from parking.facilities.models import ParkingZone
from parking.payments.models import Payment
from parking.reports.payments import MoneyFilter, sum_of, totals_by_method
from parking.reports.periods import ClosedPeriod, period
from parking.reports.revenue import RevenueReport, group_start, parts_that_differ, revenue_report
from parking.reports.takings import Takings
from tests.build import book, make_zone
from tests.reports.story import DAY20, DAY21, DAY22, DAY23, Story, ist

pytestmark = pytest.mark.django_db

FOUR_DAYS = ClosedPeriod(DAY20, DAY23)


def report(first: date = DAY20, last: date = DAY23, group_by: str = "day") -> RevenueReport:
    return revenue_report(sites=ALL_SITES, period=ClosedPeriod(first, last), group_by=group_by)


def takings(revenue: str, refunds: str = "0.00") -> Takings:
    return Takings(Decimal(revenue), Decimal(refunds))


def test_money_counts_on_the_sites_day_of_capture_and_refunds_on_the_day_they_were_done(story: Story) -> None:
    assert report().daily == [
        (DAY20, takings("50.00"), 1),
        (DAY21, takings("200.00", "50.00"), 2),
        (DAY22, takings("200.00"), 2),
        (DAY23, takings("150.00", "50.00"), 3),
    ]


def test_a_day_begins_with_the_first_second_after_midnight(zone: ParkingZone, driver: User) -> None:
    book(driver, zone, now=ist("21 00:00") - timedelta(microseconds=1))
    book(driver, zone, now=ist("21 00:00"))
    book(driver, zone, now=ist("22 00:00") - timedelta(microseconds=1))
    book(driver, zone, now=ist("22 00:00"))
    assert report(DAY20, DAY22).daily == [
        (DAY20, takings("50.00"), 1),
        (DAY21, takings("100.00"), 2),
        (DAY22, takings("50.00"), 1),
    ]
    assert report(DAY21, DAY21).total == Decimal("100.00")
    assert sum_of(
        list(totals_by_method(MoneyFilter(sites=ALL_SITES, period=period(day=DAY21))).values())
    ).net == Decimal("100.00")


def test_days_without_money_are_there_with_zeros(story: Story) -> None:
    daily = report(date(2026, 11, 17), DAY20).daily
    assert daily == [
        (date(2026, 11, 17), takings("0.00"), 0),
        (date(2026, 11, 18), takings("0.00"), 0),
        (date(2026, 11, 19), takings("0.00"), 0),
        (DAY20, takings("50.00"), 1),
    ]


def test_zones_and_methods(story: Story) -> None:
    made = report()
    assert made.zones == [
        (story.zone_a.pk, "Zone A", takings("500.00")),
        (story.zone_b.pk, "Zone B", takings("100.00", "100.00")),
    ]
    assert made.methods == [
        ("CASH", takings("200.00")),
        ("ONLINE", takings("400.00", "100.00")),
        ("UPI", takings("0.00")),
    ]
    assert made.total == Decimal("500.00")


@pytest.mark.parametrize("group_by", ["day", "week", "month"])
@pytest.mark.parametrize(("first", "last"), [(DAY20, DAY23), (DAY21, DAY21), (DAY22, DAY23), (DAY20, DAY22)])
def test_all_sums_agree_with_each_other_and_with_the_payments(
    story: Story, first: date, last: date, group_by: str
) -> None:
    made = report(first, last, group_by)
    paid = sum_of(list(totals_by_method(MoneyFilter(sites=ALL_SITES, period=ClosedPeriod(first, last))).values()))
    assert made.total != 0
    assert parts_that_differ(made) == []
    assert (paid.captured, paid.refunded) == (made.takings.revenue, made.takings.refunds)


def test_a_part_that_does_not_add_up_is_named(story: Story) -> None:
    made = report()
    assert parts_that_differ(replace(made, hours=made.hours[:12], methods=[])) == ["methods", "hours"]
    assert parts_that_differ(replace(made, growth=replace(made.growth, change=Decimal("1.00")))) == ["growth"]


def test_hours_of_the_day_over_all_days(story: Story) -> None:
    hours = dict(report().hours)
    assert sorted(hours) == list(range(24))
    assert {hour: row for hour, row in hours.items() if row != Takings()} == {
        0: takings("0.00", "50.00"),
        2: takings("100.00"),
        9: takings("150.00"),
        10: takings("50.00", "50.00"),
        11: takings("50.00"),
        12: takings("50.00"),
        14: takings("100.00"),
        23: takings("100.00"),
    }


def test_weeks_begin_on_monday_and_months_on_the_first_but_within_the_report(story: Story) -> None:
    # The 23rd is a Monday.
    assert report(group_by="week").daily == [
        (DAY20, takings("450.00", "50.00"), 5),
        (DAY23, takings("150.00", "50.00"), 3),
    ]
    assert report(group_by="month").daily == [(DAY20, takings("600.00", "100.00"), 8)]


def test_where_a_day_is_counted() -> None:
    whole = ClosedPeriod(date(2026, 10, 30), DAY23)
    assert group_start(DAY20, whole, "week") == date(2026, 11, 16)
    assert group_start(DAY20, whole, "month") == date(2026, 11, 1)
    assert group_start(date(2026, 10, 31), whole, "month") == date(2026, 10, 30)


def test_growth_is_against_the_days_before(story: Story) -> None:
    growth = report(DAY22, DAY23).growth
    assert growth.previous == ClosedPeriod(DAY20, DAY21)
    assert (growth.previous_total, growth.change, growth.percent) == (
        Decimal("200.00"),
        Decimal("100.00"),
        Decimal("50.0"),
    )


def test_growth_from_nothing_has_no_percentage(story: Story) -> None:
    growth = report(DAY20, DAY20).growth
    assert (growth.previous_total, growth.change, growth.percent) == (Decimal("0.00"), Decimal("50.00"), None)


def test_a_retired_zone_stays_in_the_books(story: Story) -> None:
    ParkingZone.objects.filter(pk=story.zone_b.pk).update(retired_at=story.inside.booked_at)
    assert [(name, row.revenue) for _, name, row in report().zones] == [
        ("Zone A", Decimal("500.00")),
        ("Zone B", Decimal("100.00")),
    ]
    assert [name for _, name, _ in report(DAY22, DAY22).zones] == ["Zone A"]


def test_a_zone_without_money_is_shown_with_zeros(zone: ParkingZone) -> None:
    make_zone("Zone C", slots=0)
    assert [(name, row) for _, name, row in report().zones] == [("Zone A", takings("0")), ("Zone C", takings("0"))]


def test_paise_are_added_exactly(story: Story) -> None:
    """0.10 and 0.20 make 0.30, also where the database adds with floats."""
    for number, amount in enumerate(["0.10", "0.20", "0.07", "1234567.89"]):
        Payment.objects.create(
            bill=story.walk_in.bill,
            amount=Decimal(amount),
            method="CASH",
            captured_at=story.walk_in.booked_at.replace(minute=number),
        )
    made = report(DAY23, DAY23)
    assert made.total == Decimal("1234668.26")
    assert made.methods[0] == ("CASH", takings("1234668.26"))


def test_the_number_of_statements_does_not_grow_with_the_data(story: Story, django_assert_max_num_queries: Any) -> None:
    zones_of_sites.value()  # read once a second by each process
    with django_assert_max_num_queries(5):
        report()
