"""The dashboard: the figures of the day, what waits, and that looking again and again costs nothing."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parking.accounts.models import Role
from parking.core import clock, fresh
from parking.core.heartbeats import beat
from parking.facilities.models import ParkingSite
from parking.payments.models import OrderStatus, PaymentOrder
from tests.build import book, enter, leave, make_user, make_zone, terminate
from tests.web.driver.test_booking import text_of as text_of_page
from tests.web.office.forms import browser_of, text_of

LIVE = "/office/live/"


@pytest.fixture
def office(admin):
    return browser_of(admin)


def test_a_first_day_says_what_to_do(office):
    page = text_of(office.get("/office/"))
    assert "There are no zones yet." in page
    assert "Nothing needs your attention." in page
    assert "No payments or refunds today." in page


def test_the_figures_are_those_of_the_day(office, driver, staff, zone):
    leave(staff, enter(staff, book(driver, zone)))
    enter(staff, book(driver, zone))
    book(driver, zone)
    board = office.get("/office/").context["board"]
    assert (board.today.bookings, board.today.active, board.today.booked_now, board.today.completed) == (3, 1, 1, 1)
    assert board.money.today.net == Decimal("150.00")
    shown = text_of_page(office.get("/office/"))
    assert "Revenue today ₹150" in shown
    assert "Inside now 10 % of 10 slots 1" in shown
    assert "Bookings today 3" in shown
    assert "8 free 1 inside, 1 booked, of 10" in shown
    assert sum(takings.net for _, takings in board.money.days) == Decimal("150.00")
    assert len(board.money.days) == 30


def test_of_many_zones_the_fullest_twenty_are_shown(office, driver, zone):
    for number in range(22):
        make_zone(f"Level {number:02}", slots=2)
    book(driver, last := make_zone("Level 99", slots=2))
    answer = office.get("/office/")
    shown = [of.zone_id for of in answer.context["zones"]]
    assert (shown[0], len(shown)) == (last.pk, 20)
    assert "4 more zones" in text_of_page(answer)
    # The share counts the others as well.
    assert "0 % of 56 slots" in text_of_page(answer)
    assert "4 more zones" in text_of_page(office.get(LIVE))


def test_a_zone_names_its_site_where_there_are_several(office, zone):
    named = f"{zone.name} {zone.site.name} 10 free 0 inside"
    assert named not in text_of_page(office.get("/office/"))
    ParkingSite.objects.create(name="Airport", code="AIR", state="OPEN", created_at=clock.now())
    assert named in text_of_page(office.get("/office/"))
    assert named not in text_of_page(office.get(f"/office/?site={zone.site_id}"))


@time_machine.travel(datetime(2026, 11, 20, 9, 30, tzinfo=UTC), tick=False)
def test_today_is_compared_with_the_same_weekday_until_the_same_minute(office, driver, staff, zone):
    now = clock.now()
    for weeks, hours in ((1, 2), (2, 2), (2, -1), (5, 2)):
        # An hour later than now was no part of what that day had brought by this time.
        then = now - timedelta(weeks=weeks, hours=hours)
        leave(staff, enter(staff, book(driver, zone, now=then), now=then), now=then + timedelta(minutes=70))
    for at in (now - timedelta(hours=3), now - timedelta(hours=2)):
        enter(staff, book(driver, zone, now=at), now=at)
    kpis = {kpi.label: kpi for kpi in office.get("/office/").context["kpis"]}
    assert (kpis["Bookings today"].change, kpis["Bookings today"].usual) == (100, "1")
    assert (kpis["Revenue today"].value, kpis["Revenue today"].change, kpis["Revenue today"].usual) == (
        "₹100",
        0,
        "₹100",
    )
    assert kpis["Inside now"].change is None
    assert list(kpis["Bookings today"].values)[-8:] == [1, 0, 0, 0, 0, 0, 0, 2]


@time_machine.travel(datetime(2026, 11, 20, 9, 30, tzinfo=UTC), tick=False)
def test_the_line_of_the_day_ends_at_now(office, driver, staff, zone):
    at = clock.now() - timedelta(hours=3)
    leave(staff, enter(staff, book(driver, zone, now=at), now=at), now=at + timedelta(minutes=70))
    line = office.get("/office/").context["line"]
    # 15:00 in India, of a picture of 960 for the day; ₹100 is all of its height.
    assert (line.now_x, line.today, line.ticks) == (600, Decimal("100.00"), ["₹100", "₹75", "₹50", "₹25", "₹0"])
    assert line.today_path.endswith("L600 0.0")
    assert line.today_path.startswith("M0 240.0 L40 240.0")


def test_alerts_lead_to_where_one_acts(office, driver, staff, zone):
    now = clock.now()
    long = enter(staff, book(driver, zone, now=now - timedelta(hours=13)), now=now - timedelta(hours=13))
    terminate(staff, enter(staff, book(driver, zone, now=now - timedelta(hours=3)), now=now - timedelta(hours=3)))
    PaymentOrder.objects.filter(bill=long.bill).update(status=OrderStatus.REVIEW)
    page = text_of(office.get("/office/"))
    assert [str(task.card.title) for task in office.get("/office/").context["tasks"]] == [
        "Payments in review", "Long stays", "Open debts",
    ]  # fmt: skip
    assert 'href="/office/sessions/?long=on"' in page
    assert 'href="/office/review/"' in page
    assert "Open debts 1 ₹100" in text_of_page(office.get("/office/"))
    assert f'class="plate-link" href="/office/sessions/{long.pk}/"' in page
    assert f'href="/office/sessions/{long.pk}/">Open session</a>' in page


def test_every_alert_links_to_a_list_that_shows_as_many(office, driver, staff, zone):
    now = clock.now()
    enter(staff, book(driver, zone, now=now - timedelta(hours=13)), now=now - timedelta(hours=13))
    [card] = office.get("/office/").context["alerts"]
    assert office.get(card.address).context["sheet"].count == card.alert.count == 1


def test_looking_again_costs_nothing(office, driver, zone):
    book(driver, zone)
    tag = office.get(LIVE).headers["ETag"]
    with CaptureQueriesContext(connection) as found:
        answer = office.get(LIVE, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.content, len(found)) == (304, b"", 0)


def test_a_change_shows_at_the_next_look(office, driver, zone):
    tag = office.get(LIVE).headers["ETag"]
    book(driver, zone)
    fresh.forget_all()
    answer = office.get(LIVE, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert "9 free 0 inside, 1 booked, of 10" in text_of_page(answer)


def test_the_figures_cost_the_same_however_much_there_is(office, driver, staff):
    def cost():
        fresh.forget_all()
        with CaptureQueriesContext(connection) as found:
            assert office.get("/office/").status_code == 200
        return len(found)

    make_zone()
    few = cost()
    for _ in range(3):
        zone = make_zone()
        for _ in range(3):
            leave(staff, enter(staff, book(driver, zone)))
    assert cost() == few


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "Background worker: last seen at 10:00, oldest task waiting 0 s."),
        (61, "Background worker: not seen since 22 Nov 2026, 09:58, oldest task waiting 0 s."),
    ],
)
@time_machine.travel(datetime(2026, 11, 22, 4, 30, tzinfo=UTC), tick=False)
def test_it_says_whether_a_worker_is_alive(office, seconds, words):
    now = clock.now()
    beat(worker_id="w", started_at=now, sweeps={}, now=now - timedelta(seconds=seconds))
    assert words in text_of(office.get("/office/"))


def test_it_says_that_no_worker_runs(office):
    assert "Background worker: not running. Bookings do not expire until it runs." in text_of(office.get("/office/"))


def test_a_closed_zone_is_told(office):
    make_zone("Old yard", is_active=False)
    assert "Closed" in text_of(office.get("/office/"))


@pytest.mark.parametrize("role", [Role.USER, Role.STAFF])
def test_only_managers_see_it(db, role):
    assert browser_of(make_user(role)).get("/office/").status_code == 403
    assert browser_of(make_user(role)).get(LIVE).status_code == 403


def test_no_inline_code(office, zone):
    page = text_of(office.get("/office/"))
    assert " style=" not in page
    assert "<script>" not in page
