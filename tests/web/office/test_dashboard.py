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
from parking.payments.models import OrderStatus, PaymentOrder
from tests.build import book, enter, leave, make_user, make_zone, terminate
from tests.web.office.forms import browser_of, text_of

LIVE = "/office/live/"


@pytest.fixture
def office(admin):
    return browser_of(admin)


def test_a_first_day_says_what_to_do(office):
    page = text_of(office.get("/office/"))
    assert "There are no zones yet." in page
    assert "Nothing waits for you." in page
    assert "No money came in or went back today." in page


def test_the_figures_are_those_of_the_day(office, driver, staff, zone):
    leave(staff, enter(staff, book(driver, zone)))
    enter(staff, book(driver, zone))
    book(driver, zone)
    page = text_of(office.get("/office/"))
    board = office.get("/office/").context["board"]
    assert (board.today.bookings, board.today.active, board.today.booked_now, board.today.completed) == (3, 1, 1, 1)
    assert board.money.today.net == Decimal("150.00")
    assert "₹150.00 collected, ₹0.00 refunded" in page
    assert "2 of 10 taken, 20 %" in page
    assert sum(takings.net for _, takings in board.money.days) == Decimal("150.00")
    assert len(board.money.days) == 30


def test_alerts_lead_to_where_one_acts(office, driver, staff, zone):
    now = clock.now()
    long = enter(staff, book(driver, zone, now=now - timedelta(hours=13)), now=now - timedelta(hours=13))
    terminate(staff, enter(staff, book(driver, zone, now=now - timedelta(hours=3)), now=now - timedelta(hours=3)))
    PaymentOrder.objects.filter(bill=long.bill).update(status=OrderStatus.REVIEW)
    page = text_of(office.get("/office/"))
    assert page.index("Payments in review") < page.index("Long stays") < page.index("Open debts")
    assert 'href="/office/sessions/?long=on"' in page
    assert 'href="/office/review/"' in page
    assert "Look at all, ₹100.00 together" in page
    assert f'href="/office/sessions/{long.pk}/">{long.vehicle.vehicle_number}</a>' in page


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
    assert "1 of 10 taken, 10 %" in text_of(answer)


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
        (0, "Background work: last sign of life at 10:00, the oldest task waits 0 s."),
        (61, "Background work: no sign of life since 22 Nov 2026, 09:58, the oldest task waits 0 s."),
    ],
)
@time_machine.travel(datetime(2026, 11, 22, 4, 30, tzinfo=UTC), tick=False)
def test_it_says_whether_a_worker_is_alive(office, seconds, words):
    now = clock.now()
    beat(worker_id="w", started_at=now, sweeps={}, now=now - timedelta(seconds=seconds))
    assert words in text_of(office.get("/office/"))


def test_it_says_that_no_worker_runs(office):
    assert "Background work: no worker runs. Bookings do not expire by themselves." in text_of(office.get("/office/"))


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
