"""Sums of finished days: the same to the paisa as the rows, whatever happened, and whenever they were added up."""

import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from pytest_django.fixtures import Settings

from parking.accounts.models import User
from parking.checkout import settling
from parking.core import fresh
from parking.core.sites import ALL_SITES, Sites
from parking.facilities.models import ParkingSite, ParkingZone
from parking.payments.models import Payment
from parking.reports import rolling
from parking.reports.dashboard import overall_figures
from parking.reports.models import DayMoney, DayStays, HourStays, RollState, SiteMoney
from parking.reports.overview import money_trend
from parking.reports.payments import MoneyFilter, sum_of, totals_by_method
from parking.reports.periods import ClosedPeriod
from parking.reports.revenue import RevenueReport, parts_that_differ, revenue_report
from tests.build import book, cancel, enter, leave, make_user, make_zone
from tests.reports.story import DAY20, DAY21, DAY22, DAY23, NOON, Story, ist

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

PERIODS = [
    ClosedPeriod(first, last)
    for first in (DAY20, DAY21, DAY22, DAY23)
    for last in (DAY21, DAY22, DAY23)
    if first <= last
]
LATER = NOON + timedelta(days=40)


def reports(sites: Sites = ALL_SITES) -> list[RevenueReport]:
    return [revenue_report(period=period, group_by="day", sites=sites) for period in PERIODS]


def from_rows(sites: Sites = ALL_SITES) -> list[RevenueReport]:
    """Return the reports as they are without sums of days."""
    state = RollState.objects.get()
    RollState.objects.update(through=None)
    try:
        return reports(sites)
    finally:
        state.save()


def test_the_newest_finished_day_is_over_for_half_an_hour(zone: ParkingZone) -> None:
    assert rolling.last_finished_day(ist("22 00:29")) == DAY20
    assert rolling.last_finished_day(ist("22 00:30")) == DAY21
    # In Dubai it is an hour and a half earlier.
    ParkingSite.objects.create(name="Dubai", code="DXB", state="OPEN", time_zone="Asia/Dubai", created_at=NOON)
    fresh.forget_all()
    assert rolling.last_finished_day(ist("22 01:59")) == DAY20
    assert rolling.last_finished_day(ist("22 02:00")) == DAY21


def test_reports_are_the_same_before_and_after_days_are_added_up(story: Story) -> None:
    before, overall = reports(), overall_figures(sites=ALL_SITES)
    trend = money_trend(sites=ALL_SITES)
    assert rolling.roll_forward(now=NOON) > 0
    assert RollState.objects.get().through == DAY22
    assert sum(DayMoney.objects.filter(day=DAY21).values_list("captured", flat=True)) == 20_000
    assert reports() == before
    assert overall_figures(sites=ALL_SITES) == overall
    assert money_trend(sites=ALL_SITES) == trend
    assert rolling.roll_forward(now=NOON) == 0


def test_reports_read_the_sums_of_days(story: Story) -> None:
    rolling.roll_forward(now=NOON)
    DayMoney.objects.filter(day=DAY21, zone=story.zone_a).update(captured=1)
    assert revenue_report(
        period=ClosedPeriod(DAY21, DAY21), group_by="day", sites=ALL_SITES
    ).takings.revenue == Decimal("100.01")
    assert rolling.compare_with_rows(now=NOON) == 1
    assert rolling.compare_with_rows(now=NOON) == 0
    assert reports() == from_rows()


def test_a_correction_of_a_finished_day_is_found_by_the_comparison(story: Story) -> None:
    rolling.roll_forward(now=NOON)
    late = Payment.objects.filter(captured_at__lt=ist("21 00:00")).get()
    Payment.objects.create(bill=late.bill, amount=Decimal("0.07"), method="CASH", captured_at=ist("20 23:59"))
    assert reports() != from_rows()
    assert rolling.compare_with_rows(now=NOON) == 1
    assert reports() == from_rows()


def test_another_time_zone_of_a_site_ends_the_sums_until_they_are_made_again(story: Story) -> None:
    rolling.roll_forward(now=NOON)
    ParkingSite.objects.update(time_zone="Asia/Tokyo")
    fresh.forget_all()
    moved = reports()
    assert moved == from_rows()
    rolling.roll_forward(now=NOON)
    assert RollState.objects.get().through == DAY22
    assert reports() == moved


def test_a_day_that_the_version_before_added_up_gets_its_sums_of_sites(story: Story) -> None:
    """It knows no such sums, and may work until it is replaced."""
    rolling.roll_forward(now=NOON)
    of_sites = list(SiteMoney.objects.order_by("day", "method").values("day", "site", "method", "captured", "payments"))
    SiteMoney.objects.filter(day=DAY22).delete()
    assert rolling.roll_forward(now=NOON) == 0
    assert of_sites == list(
        SiteMoney.objects.order_by("day", "method").values("day", "site", "method", "captured", "payments")
    )


def test_a_day_that_the_version_before_added_up_gets_its_sums_of_hours(story: Story) -> None:
    rolling.roll_forward(now=NOON)
    of_hours = HourStays.objects.order_by("day", "hour").values_list("day", "hour", "booked", "entered", "left")
    found = list(of_hours)
    # Booked at nine and at twelve, entered at twelve, left at fourteen; one cancelled is one booked.
    assert [row for row in found if row[0] == DAY22] == [
        (DAY22, 9, 1, 0, 0),
        (DAY22, 12, 1, 1, 0),
        (DAY22, 14, 0, 0, 1),
    ]
    HourStays.objects.filter(day=DAY22).delete()
    assert rolling.roll_forward(now=NOON) == 0
    assert list(of_hours.all()) == found


def test_days_are_added_up_in_portions(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    before = reports()
    monkeypatch.setattr(rolling, "DAYS_A_RUN", 2)
    assert rolling.roll_forward(now=NOON) == 2
    assert reports() == before
    assert rolling.rebuild(None, None, now=NOON) >= 2
    assert reports() == before


def test_sessions_of_a_day(story: Story) -> None:
    rolling.roll_forward(now=NOON)
    of_day = DayStays.objects.get(day=DAY22, zone=story.zone_a)
    assert (of_day.booked, of_day.entered, of_day.left, of_day.cancelled) == (2, 1, 1, 1)
    assert DayStays.objects.get(day=DAY22, zone=story.zone_b).cancelled == 1


# --- Random histories --------------------------------------------------------------------------------


def _some_day(dice: random.Random) -> datetime:
    """Return a moment of four days, often within a second of a midnight in India or in Dubai."""
    midnight = datetime(
        2026, 11, dice.choice([21, 22, 23]), tzinfo=ZoneInfo(dice.choice(["Asia/Kolkata", "Asia/Dubai"]))
    )
    if dice.random() < 0.5:
        return midnight + timedelta(microseconds=dice.randint(-1_000_000, 1_000_000))
    return midnight + timedelta(seconds=dice.randint(-86_000, 40_000))


def _one_car(dice: random.Random, zones: list[ParkingZone], staff: User, settings: Settings) -> None:
    driver, begin = make_user(), _some_day(dice)
    settings.SIMULATED_OUTCOME = "CAPTURE"
    stay = book(driver, dice.choice(zones), now=begin)
    match dice.randint(0, 3):
        case 0:
            settings.SIMULATED_OUTCOME = dice.choice(["CAPTURE", "PENDING"])
            cancel(driver, stay, now=begin + timedelta(minutes=dice.randint(0, 9)))
        case 1 | 2:
            enter(staff, stay, now=begin + timedelta(minutes=5))
            way = dice.choice(["CASH", "ONLINE"])
            leave(staff, stay, way, now=begin + timedelta(minutes=dice.randint(6, 600)))
    settings.SIMULATED_OUTCOME = "CAPTURE"
    if dice.random() < 0.3:
        settling.follow_open_refunds(now=_some_day(dice) + timedelta(days=1))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_random_history_agrees_to_the_paisa(staff: User, settings: Settings, seed: int) -> None:
    dice = random.Random(seed)
    zones = [make_zone(rate="33.33", slots=30), make_zone(rate="7.77", slots=30)]
    dubai = ParkingSite.objects.create(name="D", code="DXB", state="OPEN", time_zone="Asia/Dubai", created_at=NOON)
    ParkingZone.objects.filter(pk=zones[1].pk).update(site=dubai)
    fresh.forget_all()
    for _ in range(8):
        _one_car(dice, zones, staff, settings)
    rolling.roll_forward(now=_moment_of_rolling(dice))
    for _ in range(8):
        _one_car(dice, zones, staff, settings)
        # Part of these are of days that were added up: corrections, which the comparison finds.
    rolling.compare_with_rows(now=LATER)
    for sites in (ALL_SITES, frozenset({dubai.pk})):
        assert reports(sites) == from_rows(sites)
    rolling.roll_forward(now=LATER)
    for sites in (ALL_SITES, frozenset({dubai.pk})):
        found = reports(sites)
        assert found == from_rows(sites)
        assert [parts_that_differ(report) for report in found] == [[]] * len(PERIODS)
        for report in found:
            payments = totals_by_method(MoneyFilter(sites=sites, period=report.period))
            assert sum_of(list(payments.values())).net == report.total


def _moment_of_rolling(dice: random.Random) -> datetime:
    return datetime(2026, 11, dice.choice([22, 23, 24]), 6, tzinfo=ZoneInfo("Asia/Kolkata"))


def test_no_day_is_added_up_before_anything_has_happened() -> None:
    assert rolling.roll_forward(now=NOON) == 1
    assert RollState.objects.get().through == date(2026, 11, 22)
