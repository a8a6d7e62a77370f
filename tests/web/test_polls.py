"""What a page costs that looks for news: one statement a second and process, however many pages look at whatever."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parking.core.actor import SYSTEM
from parking.facilities.models import ParkingSlot
from parking.facilities.services import change_slot
from tests.build import book, cancel, enter, make_zone
from tests.moments import START
from tests.web.driver.conftest import browser_of


class Clock:
    seconds = 1000.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock(monkeypatch):
    """The seconds by which kept values grow old, moved by the test alone."""
    seconds = Clock()
    monkeypatch.setattr("parking.core.fresh.time.monotonic", seconds)
    monkeypatch.setattr("parking.web.pace.AT_ONCE", 1000.0)  # first drawings take long here, and nothing shall give way
    return seconds


class Looker:
    """Somebody with a page open: asks for its part with the tag of what it shows."""

    def __init__(self, browser, address):
        self.browser, self.address = browser, address
        self.tag = browser.get(address).headers["ETag"]

    def look(self):
        return self.browser.get(self.address, headers={"If-None-Match": self.tag}).status_code


def statements_of(lookers, looks):
    """How many statements so many looks take, each of which finds nothing new."""
    with CaptureQueriesContext(connection) as found:
        for number in range(looks):
            assert lookers[number % len(lookers)].look() == 304
    return len(found)


@pytest.fixture
def lookers(driver, staff, admin, zone, clock):
    other = make_zone()
    with time_machine.travel(START, tick=False):
        stays = [enter(staff, book(driver, zone)) for _ in range(3)] + [book(driver, other)]
        phone, gate, office = browser_of(driver), browser_of(staff), browser_of(admin)
        yield [
            *(Looker(phone, f"/tickets/{stay.pk}/live/") for stay in stays),
            *(Looker(phone, f"/zones/{place.pk}/live/") for place in (zone, other)),
            *(Looker(gate, f"/gate/{path}/") for path in ("inside/live", "slots/live", "ticket/zones")),
            *(Looker(office, f"/office/zones/{place.pk}/slots/live/") for place in (zone, other)),
            *(Looker(office, f"/office/sessions/{stay.pk}/live/") for stay in stays),
            *(Looker(browser, path) for browser, path in ((phone, "/zones/live/"), (office, "/office/live/"))),
            Looker(office, "/office/zones/live/"),
        ]


def test_fifty_looks_within_a_second_take_one_statement(lookers, clock):
    clock.seconds += 1
    assert statements_of(lookers, 50) == 1
    clock.seconds += 0.99
    assert statements_of(lookers, 50) == 0
    clock.seconds += 0.01
    assert statements_of(lookers, 50) == 1


def test_after_news_each_part_is_read_once_by_one_statement(lookers, driver, zone, clock):
    tickets, cards = lookers[:3], lookers[4:6]
    cancel(driver, book(driver, zone))
    clock.seconds += 1
    # What happened changed neither these tickets nor the counts: the news, three stays, all zones.
    assert statements_of([*tickets, *cards], 50) == 1 + 3 + 1


def test_every_part_shows_the_news_a_second_later(lookers, driver, zone, clock):
    book(driver, zone)
    clock.seconds += 1
    shown = {looker.address for looker in lookers if looker.look() == 200}
    assert {"/zones/live/", f"/zones/{zone.pk}/live/", "/gate/slots/live/", "/gate/ticket/zones/"} <= shown
    assert {f"/office/zones/{zone.pk}/slots/live/", "/office/live/", "/office/zones/live/"} <= shown
    assert not any(address.startswith("/tickets/") for address in shown)


def test_a_change_of_a_slot_or_of_a_zone_shows_a_second_later(lookers, zone, clock):
    grids = ["/gate/slots/live/", f"/office/zones/{zone.pk}/slots/live/"]
    free = ParkingSlot.objects.filter(zone=zone, status="FREE").latest("pk")
    change_slot(actor=SYSTEM, slot_id=free.pk, status=None, kind="EV", now=START)
    clock.seconds += 1
    assert {looker.address for looker in lookers if looker.look() == 200} >= {*grids}
