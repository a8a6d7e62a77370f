"""Drivers whose cars are inside are told that the last exit is near."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest

from parking.accounts.models import User
from parking.checkout import last_exits
from parking.checkout.last_exits import next_last_exit, remind_of_last_exits
from parking.facilities.models import ParkingSite, ParkingZone
from parking.notifications.kinds import kind_of
from parking.notifications.models import Notice, PushSubscription
from parking.notifications.texts import words_of
from parking.stays.models import ParkingSession
from tests.build import book, enter, leave, make_user, take_ticket
from tests.moments import START, at

pytestmark = pytest.mark.django_db

INDIA = ZoneInfo("Asia/Kolkata")
# START is 10:00 in India.
LAST = at(120)


@pytest.fixture
def inside(driver: User, staff: User, zone: ParkingZone) -> ParkingSession:
    ParkingSite.objects.filter(pk=zone.site_id).update(last_exit_at=time(12, 0))
    PushSubscription.objects.create(person=driver, endpoint="https://push.example/1", created_at=START)
    return enter(staff, book(driver, zone, "KA-01-AB-0001", START), at(1))


def notices() -> list[Notice]:
    return list(Notice.objects.filter(kind="last_exit").order_by("pk"))


def test_a_driver_inside_is_told_an_hour_and_a_quarter_of_an_hour_before(inside: ParkingSession) -> None:
    moments = (59, 60, 61, 104, 105, 106, 119, 120, 121)
    assert [remind_of_last_exits(now=at(minute)) for minute in moments] == [0, 1, 0, 0, 1, 0, 0, 0, 0]
    first, second = notices()
    assert words_of(first).title == "Last exit from Main car park: 22 Nov 2026, 12:00"
    assert words_of(first).text == (
        "KA 01 AB 0001 is still at Zone A, Main car park. Please leave by 22 Nov 2026, 12:00. "
        "After that no car can leave."
    )
    assert first.person_id == second.person_id == inside.driver_id
    assert [row.channel for row in first.deliveries.all()] == ["PUSH"]


def test_it_is_told_again_the_next_day(inside: ParkingSession) -> None:
    assert remind_of_last_exits(now=at(70)) == 1
    assert remind_of_last_exits(now=at(70) + timedelta(days=1)) == 1


def test_nobody_else_is_told(inside: ParkingSession, staff: User, driver: User, zone: ParkingZone) -> None:
    leave(staff, inside, now=at(30))
    book(driver, zone, "KA-01-AB-0002", at(50))
    enter(staff, take_ticket(zone, "KA-01-AB-0003", at(50)), at(51))
    suspended = make_user()
    enter(staff, book(suspended, zone, "KA-01-AB-0004", at(50)), at(51))
    User.objects.filter(pk=suspended.pk).update(is_active=False)
    assert remind_of_last_exits(now=at(70)) == 0


def test_a_car_park_without_a_last_exit_tells_nothing(inside: ParkingSession, zone: ParkingZone) -> None:
    ParkingSite.objects.filter(pk=zone.site_id).update(last_exit_at=None)
    assert remind_of_last_exits(now=at(70)) == 0


def test_many_cars_are_told_in_several_runs(
    inside: ParkingSession, driver: User, staff: User, zone: ParkingZone, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(staff, book(driver, zone, "KA-01-AB-0002", START), at(1))
    monkeypatch.setattr(last_exits, "MOST_AT_ONCE", 1)
    assert [remind_of_last_exits(now=at(70)) for _ in range(3)] == [1, 1, 0]


def test_it_is_no_news_once_the_car_has_left_or_the_time_is_over(inside: ParkingSession, staff: User) -> None:
    remind_of_last_exits(now=at(70))
    [notice] = notices()
    is_current = kind_of("last_exit").is_current
    assert is_current is not None
    assert (is_current(notice, at(80)), is_current(notice, LAST)) == (True, False)
    leave(staff, inside, now=at(75))
    assert not is_current(notice, at(80))


def test_the_next_last_exit_is_of_the_day_at_the_site() -> None:
    assert next_last_exit(time(12, 0), INDIA, at(119)) == LAST
    assert next_last_exit(time(12, 0), INDIA, LAST) == LAST + timedelta(days=1)
    # 23:30 in Dubai is one o'clock in India.
    assert next_last_exit(time(0, 15), ZoneInfo("Asia/Dubai"), START).astimezone(INDIA).time() == time(1, 45)
