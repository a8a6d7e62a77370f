"""Two sites whose days begin at different moments: Delhi's 90 minutes before Dubai's."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from parking.accounts.models import Role, User
from parking.core import fresh
from parking.core.sites import ALL_SITES
from parking.facilities.calendars import Calendar, calendar_of
from parking.facilities.models import ParkingSite, ParkingZone
from parking.reports.alerts import AlertCode, alerts
from parking.reports.dashboard import today_figures
from parking.reports.exports import csv_lines
from parking.reports.overview import day_figures, money_trend
from parking.reports.payments import MoneyFilter, money_keys, money_rows, totals_by_method
from parking.reports.periods import period, report_period
from parking.reports.revenue import parts_that_differ, revenue_report
from parking.reports.sessions import SessionFilter, all_sessions
from parking.reports.sheets import MONEY_COLUMNS, money_table
from parking.reports.spending import spending_by_month
from parking.reports.terminations import sum_of_terminations, terminations_by_attendant
from parking.reports.usual import usual
from parking.stays.models import ParkingSession
from parking.stays.queries import history_of
from tests.build import book, cancel, enter, make_user, make_zone, terminate
from tests.moments import START

pytestmark = pytest.mark.django_db

DAY21, DAY22 = date(2026, 11, 21), date(2026, 11, 22)
# 00:30 on the 22nd in Delhi, 23:00 on the 21st in Dubai.
BETWEEN = datetime(2026, 11, 21, 19, 0, tzinfo=UTC)


@pytest.fixture
def dubai(zone: ParkingZone) -> ParkingZone:
    site = ParkingSite.objects.create(name="Creek", code="DXB", state="OPEN", time_zone="Asia/Dubai", created_at=START)
    fresh.forget_all()
    return make_zone("Deck", site_id=site.pk)


@pytest.fixture
def between(zone: ParkingZone, dubai: ParkingZone, driver: User) -> Iterator[dict[str, ParkingSession]]:
    """Book at both sites between the two midnights, ₹50 each, and stay at that moment."""
    with time_machine.travel(BETWEEN, tick=False):
        yield {"delhi": book(driver, zone), "dubai": book(driver, dubai)}


def only(zone: ParkingZone) -> frozenset[int]:
    return frozenset({zone.site_id})


# --- The calendar --------------------------------------------------------------------------------------


def test_sites_of_one_zone_have_one_calendar_without_conditions(zone: ParkingZone, dubai: ParkingZone) -> None:
    assert calendar_of(only(zone)).others == calendar_of(only(dubai)).others == ()
    assert [calendar_of(only(place)).main.key for place in (zone, dubai)] == ["Asia/Kolkata", "Asia/Dubai"]


def test_of_several_zones_the_operators_is_the_main_one(zone: ParkingZone, dubai: ParkingZone, settings) -> None:
    found = calendar_of(ALL_SITES)
    assert found.main.key == "Asia/Kolkata"
    assert [(name.key, ids) for name, ids in found.others] == [("Asia/Dubai", {dubai.site_id})]
    settings.TIME_ZONE = "Europe/London"
    ParkingSite.objects.create(name="Marina", code="MAR", time_zone="Asia/Dubai", created_at=START)
    fresh.forget_all()
    assert calendar_of(ALL_SITES).main.key == "Asia/Dubai"


def test_without_a_site_the_operators_zone_counts(db: None) -> None:
    assert calendar_of(ALL_SITES) == calendar_of(frozenset({99})) == Calendar(main=calendar_of(ALL_SITES).main)
    assert calendar_of(ALL_SITES).main.key == "Asia/Kolkata"


def test_today_is_that_of_the_sites(between: dict[str, ParkingSession], zone: ParkingZone, dubai: ParkingZone) -> None:
    assert [calendar_of(sites).today() for sites in (only(zone), only(dubai), ALL_SITES)] == [DAY22, DAY21, DAY22]
    asked = report_period(day=None, first=None, last=None, sites=only(dubai))
    assert asked.last == DAY21


# --- Reports -------------------------------------------------------------------------------------------


def test_revenue_counts_each_row_on_its_sites_day(between: dict[str, ParkingSession]) -> None:
    days = report_period(day=None, first=DAY21, last=DAY22, sites=ALL_SITES)
    report = revenue_report(period=days, group_by="day", sites=ALL_SITES)
    assert [(day, takings.net, booked) for day, takings, booked in report.daily] == [
        (DAY21, Decimal("50.00"), 1),
        (DAY22, Decimal("50.00"), 1),
    ]
    assert {hour: takings.net for hour, takings in report.hours if takings.net} == {
        0: Decimal("50.00"),
        23: Decimal("50.00"),
    }
    assert parts_that_differ(report) == []


def test_equal_dates_of_several_sites_are_one_day(
    between: dict[str, ParkingSession], driver: User, dubai: ParkingZone
) -> None:
    with time_machine.travel(BETWEEN + timedelta(hours=2), tick=False):
        book(driver, dubai)
        report = revenue_report(
            period=report_period(day=DAY22, first=None, last=None, sites=ALL_SITES), group_by="day", sites=ALL_SITES
        )
    assert [(day, takings.net, booked) for day, takings, booked in report.daily] == [(DAY22, Decimal("100.00"), 2)]
    assert report.growth.previous_total == Decimal("50.00")


def test_a_refund_counts_on_its_sites_day(between: dict[str, ParkingSession], driver: User) -> None:
    cancel(driver, between["dubai"])
    wanted = MoneyFilter(sites=ALL_SITES, period=period(day=DAY21))
    totals = totals_by_method(wanted)["ONLINE"]
    assert (totals.captured, totals.refunded) == (Decimal("50.00"), Decimal("50.00"))
    assert totals_by_method(MoneyFilter(sites=ALL_SITES, period=period(day=DAY22)))["ONLINE"].net == Decimal("50.00")


def test_lists_are_narrowed_by_each_sites_days(between: dict[str, ParkingSession], driver: User) -> None:
    def found(rows: object) -> list[int]:
        return [session.pk for session in rows]  # type: ignore[attr-defined]

    for day, place in ((DAY21, "dubai"), (DAY22, "delhi")):
        expected = [between[place].pk]
        assert found(all_sessions(SessionFilter(sites=ALL_SITES, period=period(day=day)))) == expected
        assert found(history_of(driver.pk, status=None, first=day, last=day, zone=None)) == expected
        rows = money_rows(list(money_keys(MoneyFilter(sites=ALL_SITES, period=period(day=day)))))
        assert [row["session_id"] for row in rows] == expected
    assert len(found(history_of(driver.pk, status=None, first=DAY21, last=None, zone=None))) == 2
    assert len(found(history_of(driver.pk, status=None, first=None, last=DAY21, zone=None))) == 1


def test_the_day_so_far_is_that_of_the_chosen_site(
    between: dict[str, ParkingSession], zone: ParkingZone, dubai: ParkingZone
) -> None:
    for sites in (only(zone), only(dubai)):
        assert day_figures(sites=sites).bookings == today_figures(sites=sites)["bookings"] == 1
        assert money_trend(sites=sites).today.net == today_figures(sites=sites)["revenue"] == Decimal("50.00")
    assert [day for day, _ in money_trend(sites=only(dubai)).days][-1] == DAY21
    # All together on the 22nd, which has not begun in Dubai.
    assert day_figures(sites=ALL_SITES).bookings == today_figures(sites=ALL_SITES)["bookings"] == 1
    assert money_trend(sites=ALL_SITES).days[-2:][0][1].net == Decimal("50.00")


def test_what_expired_today_is_of_the_sites_day(between: dict[str, ParkingSession], dubai: ParkingZone) -> None:
    early = datetime(2026, 11, 21, 18, 45, tzinfo=UTC)  # 22:45 on the 21st in Dubai
    ParkingSession.objects.filter(pk=between["dubai"].pk).update(status="EXPIRED", end_reason="NO_SHOW", ended_at=early)
    late = BETWEEN + timedelta(hours=1, minutes=30)  # 00:30 on the 22nd in Dubai
    with time_machine.travel(late, tick=False):
        for sites, count in ((only(dubai), 0), (ALL_SITES, 0)):
            counts = {alert.code: alert.count for alert in alerts(now=late, sites=sites)}
            assert counts[AlertCode.NO_SHOWS_TODAY] == count
    counts = {alert.code: alert.count for alert in alerts(now=BETWEEN, sites=only(dubai))}
    assert counts[AlertCode.NO_SHOWS_TODAY] == 1


def test_terminations_count_on_the_day_of_the_site(between: dict[str, ParkingSession]) -> None:
    staff = make_user(Role.STAFF)
    for session in between.values():
        enter(staff, session)
        terminate(staff, session)
    for day in (DAY21, DAY22):
        days = report_period(day=day, first=None, last=None, sites=ALL_SITES)
        assert sum_of_terminations(terminations_by_attendant(period=days, sites=ALL_SITES)).count == 1


def test_spending_is_of_the_month_of_the_site(zone: ParkingZone, dubai: ParkingZone, driver: User) -> None:
    # 00:30 on the first of December in Delhi, still November in Dubai.
    with time_machine.travel(datetime(2026, 11, 30, 19, 0, tzinfo=UTC), tick=False):
        book(driver, zone)
        book(driver, dubai)
        cancel(driver, book(driver, dubai))
        spent = {row.month: row.amount for row in spending_by_month(driver.pk, 2)}
    assert spent == {date(2026, 11, 1): Decimal("50.00"), date(2026, 12, 1): Decimal("50.00")}


def test_files_show_the_time_of_the_site(between: dict[str, ParkingSession]) -> None:
    keys = money_keys(MoneyFilter(sites=ALL_SITES))
    lines = list(csv_lines(MONEY_COLUMNS, money_table(keys)))[1:]
    times = {line.split(",")[MONEY_COLUMNS.index("at")] for line in lines}
    assert times == {"2026-11-22T00:30:00+05:30", "2026-11-21T23:00:00+04:00"}


# --- The same weekday ----------------------------------------------------------------------------------


def test_usual_figures_are_of_the_same_weekday_at_each_site(
    zone: ParkingZone, dubai: ParkingZone, between: dict[str, ParkingSession]
) -> None:
    # A week later, five minutes after: the 29th in Delhi, still the 28th in Dubai, whose 22nd had not begun then.
    now = BETWEEN + timedelta(days=7, minutes=5)
    with time_machine.travel(now, tick=False):
        found = usual(now=now, sites=ALL_SITES)
        assert (found.bookings, found.revenue) == (1, Decimal(50))
        assert {hour: takings.net for hour, takings in found.last_week if takings.net} == {0: Decimal("50.00")}
        of_dubai = usual(now=now, sites=only(dubai))
        assert (of_dubai.bookings, of_dubai.revenue) == (1, Decimal(50))
        assert {hour: takings.net for hour, takings in of_dubai.last_week if takings.net} == {23: Decimal("50.00")}
        # Ten minutes earlier the minute of that booking had not come.
        assert usual(now=now - timedelta(minutes=10), sites=ALL_SITES).bookings is None
