"""How many rows a filter of a long list leaves: the same with sums of days and without."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from parking.accounts.models import User
from parking.core.ids import Ref
from parking.core.sites import ALL_SITES
from parking.reports import money_walk, rolling
from parking.reports.models import DayMoney, DayStays, SiteMoney
from parking.reports.money_counts import MoneyCounter
from parking.reports.money_walk import MoneyList, MoneyWalk
from parking.reports.payments import MoneyFilter, money_keys
from parking.reports.periods import Period, period
from parking.reports.session_counts import SessionCounter
from parking.reports.sessions import SessionFilter, all_sessions
from parking.stays.models import ParkingSession, SessionStatus
from tests.build import book, cancel, make_zone
from tests.reports.story import DAY21, DAY22, DAY23, NOON, Story, ist

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

PERIODS = (Period(), period(day=DAY21), Period(DAY21, DAY23), Period(first=DAY22), Period(last=DAY22), Period(DAY23))


def money_filters(story: Story) -> Iterator[MoneyFilter]:
    zones = (None, Ref(pk=story.zone_b.pk))
    for days, zone, method, status, kind in product(
        PERIODS,
        zones,
        (None, "CASH", "ONLINE"),
        (None, "CAPTURED", "COMPLETED", "PENDING"),
        (None, "PAYMENT", "REFUND"),
    ):
        yield MoneyFilter(
            sites=frozenset({story.zone_a.site_id}), period=days, zone=zone, method=method, status=status, kind=kind
        )


def test_money_is_counted_as_it_is_listed_before_and_after_days_are_added_up(
    story: Story, driver: User, settings: Settings
) -> None:
    under_way = book(driver, make_zone("Zone C"), now=ist("22 10:00"))
    settings.SIMULATED_OUTCOME = "PENDING"
    cancel(driver, under_way, now=ist("22 10:03"))
    for is_rolled in (False, True):
        if is_rolled:
            rolling.roll_forward(now=NOON)
        assert MoneyCounter(MoneyFilter(sites=ALL_SITES)).count() == 13
        for wanted in money_filters(story):
            assert MoneyCounter(wanted).count() == money_keys(wanted).count(), wanted


def test_finished_days_are_counted_from_their_sums(story: Story) -> None:
    rolling.roll_forward(now=NOON)
    with CaptureQueriesContext(connection) as captured:
        assert MoneyCounter(MoneyFilter(sites=ALL_SITES, period=period(day=DAY21))).count() == 4
    assert len(captured.captured_queries) == 3
    SiteMoney.objects.filter(day=DAY21, method="CASH").update(payments=8)
    assert MoneyCounter(MoneyFilter(sites=ALL_SITES, period=period(day=DAY21))).count() == 11
    assert rolling.compare_with_rows(now=NOON) == 1
    assert MoneyCounter(MoneyFilter(sites=ALL_SITES, period=period(day=DAY21))).count() == 4


def test_what_sums_do_not_know_is_counted_from_rows(story: Story) -> None:
    rolling.roll_forward(now=NOON)
    SiteMoney.objects.update(payments=100)
    for wanted, number in (
        ({"session": Ref(pk=story.overnight.pk)}, 2),
        ({"gateway": "SIMULATED"}, 9),
        ({"search": story.overnight.vehicle.vehicle_number}, 2),
    ):
        assert MoneyCounter(MoneyFilter(sites=ALL_SITES, **wanted)).count() == number


def test_sums_by_site_are_those_of_its_zones(story: Story) -> None:
    rolling.roll_forward(now=NOON)
    of_site = SiteMoney.objects.get(day=DAY21, method="ONLINE")
    assert (of_site.captured, of_site.refunded, of_site.payments, of_site.refunds) == (10_000, 5_000, 2, 1)
    zones = DayMoney.objects.filter(day=DAY21, method="ONLINE")
    assert sum(row.captured for row in zones) == 10_000


def test_a_page_has_its_rows_whatever_parts_there_are(story: Story) -> None:
    """Pages by number, from both ends, before and after days are added up."""
    for is_rolled in (False, True):
        if is_rolled:
            rolling.roll_forward(now=NOON)
        for wanted in (MoneyFilter(sites=ALL_SITES), *money_filters(story)):
            listed, keys = MoneyList(wanted), list(money_keys(wanted))
            count = len(keys)
            pages = [listed.cut(first, min(first + 3, count), count) for first in range(0, count, 3)]
            assert [(row["kind"], row["row_id"]) for page in pages for row in page] == [
                (row["kind"], row["row_id"]) for row in keys
            ], wanted


def test_pages_in_the_midst_are_cut_by_the_database(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(money_walk, "NEAR", 1)
    listed, keys = MoneyList(MoneyFilter(sites=ALL_SITES)), list(money_keys(MoneyFilter(sites=ALL_SITES)))
    for first in (2, 7):
        found = listed.cut(first, first + 3, 11)
        assert [row["row_id"] for row in found] == [row["row_id"] for row in keys[first : first + 3]]


def test_what_the_sums_say_is_not_there_is_not_looked_for(story: Story) -> None:
    rolling.roll_forward(now=NOON)
    wanted = MoneyFilter(sites=ALL_SITES, method="CASH")
    with CaptureQueriesContext(connection) as captured:
        assert len(MoneyWalk(wanted, downwards=True).after("", 5)) == 2
    sql = " ".join(query["sql"] for query in captured.captured_queries)
    assert '"captured_at" AS "at"' in sql
    assert '"completed_at" AS "at"' not in sql


# --- Parking sessions --------------------------------------------------------------------------------


def session_filters(story: Story) -> Iterator[SessionFilter]:
    zones, sites = (None, Ref(pk=story.zone_b.pk)), (ALL_SITES, frozenset({story.zone_a.site_id}))
    states = (None, *SessionStatus.values)
    for days, zone, status, within in product(PERIODS, zones, states, sites):
        yield SessionFilter(sites=within, period=days, zone=zone, status=status)
    for moment in ("entry_time", "ended_at"):
        yield SessionFilter(sites=ALL_SITES, period=Period(DAY21, DAY22), moment=moment)


def test_sessions_are_counted_as_they_are_listed_before_and_after_days_are_added_up(story: Story) -> None:
    ParkingSession.objects.filter(pk=story.kept.pk).update(end_reason="NO_PLACE")
    for is_rolled in (False, True):
        if is_rolled:
            rolling.roll_forward(now=NOON)
        assert SessionCounter(SessionFilter(sites=ALL_SITES, status="CANCELLED")).count() == 3
        for wanted in session_filters(story):
            assert SessionCounter(wanted).count() == all_sessions(wanted).count(), wanted


def test_finished_days_of_sessions_are_counted_from_their_sums(story: Story) -> None:
    rolling.roll_forward(now=NOON)
    completed, days = {"status": "COMPLETED"}, {"period": Period(DAY21, DAY23)}
    assert [sessions(**completed), sessions(**days)] == [4, 7]
    DayStays.objects.filter(day=DAY22, zone=story.zone_a).update(left=10, booked=20)
    assert [sessions(**completed), sessions(**days)] == [13, 25]
    # Who is there yet has no end, and no day of booking says how a stay ended.
    assert [sessions(status="ACTIVE"), sessions(**completed, **days)] == [1, 3]


def sessions(**wanted: Any) -> int:
    return SessionCounter(SessionFilter(sites=ALL_SITES, **wanted)).count()


def test_a_reservation_that_was_moved_is_counted_where_it_is(story: Story) -> None:
    rolling.roll_forward(now=NOON)
    ParkingSession.objects.filter(pk=story.kept.pk).update(zone=story.zone_b)
    of_zone_b = {"zone": Ref(pk=story.zone_b.pk), "period": Period(DAY21, DAY22)}
    assert sessions(**of_zone_b) == 3
