"""Searching stays by plate."""

import pytest

from parking.accounts.models import User
from parking.core import clock
from parking.core.sites import ALL_SITES
from parking.facilities.models import ParkingZone
from parking.stays.queries import cars_inside, history_of, open_sessions_of
from tests.build import book, cancel, enter, make_user

pytestmark = pytest.mark.django_db

FOUND = ["DL-01-AB-1234", "dl 1 ab 1234", "ab12", "1234", "IND DL01AB1234"]
NOT_FOUND = ["--", " ", "दिल्ली", "DL-02", "%", "_"]


def history(driver: User, q: str) -> list[int]:
    rows = history_of(driver.pk, status=None, first=None, last=None, zone=None, q=q)
    return [session.pk for session in rows]


@pytest.mark.parametrize("q", [*FOUND, ""])
def test_the_own_history_is_searched_by_plate(driver: User, zone: ParkingZone, q: str) -> None:
    session = book(driver, zone, "DL-01-AB-1234")
    book(make_user(), zone, "DL-01-AB-1235")
    assert history(driver, q) == [session.pk]


@pytest.mark.parametrize("q", NOT_FOUND)
def test_what_is_no_part_of_the_plate_finds_no_history(driver: User, zone: ParkingZone, q: str) -> None:
    book(driver, zone, "DL-01-AB-1234")
    assert history(driver, q) == []


@pytest.mark.parametrize(("part", "number"), [*((text, 1) for text in FOUND), *((text, 0) for text in NOT_FOUND)])
def test_cars_inside_are_searched_by_plate(
    driver: User, staff: User, zone: ParkingZone, part: str, number: int
) -> None:
    enter(staff, book(driver, zone, "DL-01-AB-1234"))
    enter(staff, book(driver, zone, "KA-05-MN-7777"))
    assert cars_inside(sites=ALL_SITES, zone=None, plate_part=part, now=clock.now()).count() == number


def test_open_bookings_are_the_own_ones_newest_first(driver: User, staff: User, zone: ParkingZone) -> None:
    now = clock.now()
    inside = enter(staff, book(driver, zone, now=now), now)
    cancel(driver, book(driver, zone, now=now), now)
    booked = book(driver, zone, now=now)
    book(make_user(), zone, now=now)
    assert [session.pk for session in open_sessions_of(driver.pk)] == [booked.pk, inside.pk]
