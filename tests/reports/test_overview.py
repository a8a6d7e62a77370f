"""The dashboard's figures agree with the story and with the revenue report."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from parking.core.sites import ALL_SITES
from parking.facilities.calendars import zones_of_sites
from parking.facilities.queries import ZoneCounts
from parking.reports.alerts import AlertCode
from parking.reports.overview import (
    DayFigures,
    ZoneOccupancy,
    day_figures,
    money_trend,
    overview,
    zone_occupancy,
)
from parking.reports.periods import ClosedPeriod
from parking.reports.revenue import revenue_report
from parking.reports.takings import Takings
from tests.reports.story import DAY20, DAY21, DAY22, DAY23, NOON, Story

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


def takings(revenue: str, refunds: str = "0.00") -> Takings:
    return Takings(Decimal(revenue), Decimal(refunds))


def test_the_day_so_far(story: Story) -> None:
    assert day_figures(sites=ALL_SITES) == DayFigures(
        bookings=3, active=1, booked_now=0, completed=2, cancelled=0, holds_expired=0, no_shows=0
    )


def test_todays_money_by_hour_and_method(story: Story) -> None:
    money = money_trend(sites=ALL_SITES)
    assert money.today == takings("150.00", "50.00")
    assert [hour for hour, _ in money.hours] == list(range(24))
    assert {hour: row for hour, row in money.hours if row != Takings()} == {
        0: takings("0.00", "50.00"),
        9: takings("100.00"),
        11: takings("50.00"),
    }
    assert money.methods == [
        ("CASH", takings("100.00")),
        ("ONLINE", takings("50.00", "50.00")),
        ("UPI", takings("0.00")),
    ]


def test_money_of_the_last_days_with_today_last(story: Story) -> None:
    days = money_trend(sites=ALL_SITES, days=5).days
    assert days == [
        (date(2026, 11, 19), takings("0.00")),
        (DAY20, takings("50.00")),
        (DAY21, takings("200.00", "50.00")),
        (DAY22, takings("200.00")),
        (DAY23, takings("150.00", "50.00")),
    ]
    assert len(money_trend(sites=ALL_SITES).days) == 14
    assert len(money_trend(sites=ALL_SITES, days=30).days) == 30


def test_the_trend_agrees_with_the_revenue_report(story: Story) -> None:
    money = money_trend(sites=ALL_SITES, days=4)
    whole = revenue_report(sites=ALL_SITES, period=ClosedPeriod(DAY20, DAY23), group_by="day")
    today = revenue_report(sites=ALL_SITES, period=ClosedPeriod(DAY23, DAY23), group_by="day")
    assert money.days == [(day, row) for day, row, _ in whole.daily]
    assert (money.hours, money.methods, money.today) == (today.hours, today.methods, today.takings)


def test_occupancy_of_each_zone_closed_ones_too(story: Story) -> None:
    story.zone_b.is_active = False
    story.zone_b.save(update_fields=["is_active"])
    assert zone_occupancy(sites=ALL_SITES) == [
        ZoneOccupancy(story.zone_a.pk, "Zone A", True, ZoneCounts(total=10, occupied=1)),
        ZoneOccupancy(story.zone_b.pk, "Zone B", False, ZoneCounts(total=10)),
    ]


def test_the_whole(story: Story) -> None:
    found = overview(sites=ALL_SITES, now=NOON)
    assert (found.at, found.today, found.money) == (NOON, day_figures(sites=ALL_SITES), money_trend(sites=ALL_SITES))
    assert found.zones == zone_occupancy(sites=ALL_SITES)
    assert {alert.code: alert.count for alert in found.alerts if alert.count} == {AlertCode.OPEN_DEBTS: 1}


def test_as_many_statements_however_much_there_is(story: Story, django_assert_num_queries: Any) -> None:
    zones_of_sites.value()  # read once a second by each process
    with django_assert_num_queries(17):
        overview(sites=ALL_SITES, now=NOON, days=30)
