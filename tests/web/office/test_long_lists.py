"""Lists of the office that are too long to be numbered: shown from page to page, here from three rows on."""

import pytest

from parking.reports import finding, walking
from parking.stays.models import ParkingSession
from parking.web.office.shared import lists, walked
from tests.build import book, make_user
from tests.web.driver.test_booking import text_of
from tests.web.office.forms import browser_of

SESSIONS, PAYMENTS = "/office/sessions/", "/office/payments/"


@pytest.fixture
def office(admin):
    return browser_of(admin)


@pytest.fixture
def seven(zone, monkeypatch):
    for module in (walking, walked):
        monkeypatch.setattr(module, "LONG", 3)
    for module in (lists, walked):
        monkeypatch.setattr(module, "ROWS", 3)
    return [book(make_user(), zone).pk for _ in range(7)]


def shown(answer):
    return [getattr(row, "pk", None) or row["session_id"] for row in answer.context["sheet"].rows]


@pytest.mark.parametrize("page", [SESSIONS, PAYMENTS])
def test_the_links_lead_through_the_list_and_back(office, seven, page):
    newest = seven[::-1]
    first = office.get(page)
    assert shown(first) == newest[:3]
    assert (first.context["sheet"].before, first.context["sheet"].start) == ("", "")
    assert "More than 3" in text_of(first)
    second = office.get(page + first.context["sheet"].after)
    third = office.get(page + second.context["sheet"].after)
    assert (shown(second), shown(third)) == (newest[3:6], newest[6:])
    assert (third.context["sheet"].after, third.context["sheet"].end) == ("", "")
    assert shown(office.get(page + third.context["sheet"].before)) == newest[3:6]
    assert shown(office.get(page + first.context["sheet"].end)) == newest[4:]
    assert shown(office.get(page + third.context["sheet"].start)) == newest[:3]


@pytest.mark.parametrize("page", [SESSIONS, PAYMENTS])
def test_a_day_is_jumped_to(office, seven, page):
    assert shown(office.get(page, {"at": "2199-01-01"})) == seven[::-1][:3]
    assert shown(office.get(page, {"at": "2001-01-01"})) == seven[::-1][4:]
    assert 'type="hidden" name="state" value="BOOKED"' in office.get(SESSIONS, {"state": "BOOKED"}).content.decode()


def test_an_order_without_an_index_is_not_given_to_a_long_list(office, seven):
    answer = office.get(SESSIONS, {"sort": "owner"})
    assert shown(answer) == seven[::-1][:3]
    assert "This list is too long for that order." in text_of(answer)
    assert "too long" not in text_of(office.get(SESSIONS, {"sort": "number"}))


@pytest.mark.parametrize("query", ["after=x", "before=x", "end=1&at=x", "at=9999-12-31", "after=%00", "before=1"])
@pytest.mark.parametrize("page", [SESSIONS, PAYMENTS])
def test_any_place_may_be_asked_for(office, seven, page, query):
    answer = office.get(f"{page}?{query}")
    assert answer.status_code == 200
    assert shown(answer)


def test_what_nobody_counted_has_no_number(office, seven, monkeypatch):
    """A name that too many have: the list is walked, however long it is."""
    ParkingSession.objects.update(owner_name="Asha Rao")
    monkeypatch.setattr(finding, "PAGE", 3)
    monkeypatch.setattr(finding, "COUNTED", 0)
    first = office.get(SESSIONS, {"q": "rao"})
    assert shown(first) == seven[::-1][:3]
    assert "data-list-where" not in first.content.decode()
    assert "More than" not in text_of(first)
    assert shown(office.get(SESSIONS + first.context["sheet"].after)) == seven[::-1][3:6]
