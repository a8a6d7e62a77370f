"""What a driver spent by month."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from pytest_django.fixtures import Settings

from parking.accounts.models import User
from parking.facilities.calendars import zones_of_sites
from parking.facilities.models import ParkingZone
from parking.reports.spending import MonthSpending, spending_by_month
from tests.build import book, cancel, enter, leave, make_user
from tests.reports.story import NOON, Story, ist

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _late_november() -> object:
    with time_machine.travel(NOON, tick=False):
        yield


def spent(driver: User, months: int = 12) -> dict[date, Decimal]:
    return {month.month: month.amount for month in spending_by_month(driver.pk, months)}


def test_twelve_months_until_this_one_are_there_without_money(driver: User) -> None:
    months = spending_by_month(driver.pk)
    assert months[0] == MonthSpending(date(2025, 12, 1), Decimal("0.00"))
    assert months[-1] == MonthSpending(date(2026, 11, 1), Decimal("0.00"))
    assert len(months) == 12


def test_what_came_back_is_taken_off(story: Story) -> None:
    # Captured: 50 + 100 overnight, 50 + 50 given back, 50 kept, 50 + 100 online, 50 inside.
    assert spent(story.driver, 1) == {date(2026, 11, 1): Decimal("400.00")}


def test_others_money_is_not_counted(story: Story) -> None:
    assert spent(make_user(), 1) == {date(2026, 11, 1): Decimal("0.00")}


def test_months_begin_at_the_sites_midnight(driver: User, staff: User, zone: ParkingZone) -> None:
    first = book(driver, zone, now=ist("30 23:59"))
    enter(staff, first, ist("30 23:59"))
    with time_machine.travel(ist("30 23:59").replace(month=12, day=1, hour=1), tick=False):
        leave(staff, first)
        # Captured on the last minute of November in India, 18:29 UTC; the hours on the first of December.
        assert spent(driver, 2) == {date(2026, 11, 1): Decimal("50.00"), date(2026, 12, 1): Decimal("50.00")}


def test_a_refund_counts_in_the_month_in_which_it_was_done(driver: User, zone: ParkingZone, settings: Settings) -> None:
    session = book(driver, zone, now=ist("30 23:58"))
    with time_machine.travel(ist("30 23:58").replace(month=12, day=1, hour=0, minute=1), tick=False):
        cancel(driver, session)
        assert spent(driver, 2) == {date(2026, 11, 1): Decimal("50.00"), date(2026, 12, 1): Decimal("-50.00")}


def test_a_refund_under_way_is_not_counted_yet(driver: User, zone: ParkingZone, settings: Settings) -> None:
    session = book(driver, zone, now=NOON)
    settings.SIMULATED_OUTCOME = "PENDING"
    cancel(driver, session, NOON)
    assert spent(driver, 1) == {date(2026, 11, 1): Decimal("50.00")}


def test_money_before_the_first_month_is_left_out(driver: User, zone: ParkingZone) -> None:
    book(driver, zone, now=ist("30 12:00").replace(month=10, day=31))
    assert spent(driver, 1) == {date(2026, 11, 1): Decimal("0.00")}
    assert spent(driver, 2)[date(2026, 10, 1)] == Decimal("50.00")


def test_the_months_take_one_statement(story: Story, django_assert_num_queries) -> None:
    zones_of_sites.value()  # read once a second by each process
    with django_assert_num_queries(1):
        spending_by_month(story.driver.pk)
