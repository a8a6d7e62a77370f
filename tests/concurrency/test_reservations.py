"""Nothing is promised or sold twice, however many reserve, book and come at once."""

from functools import partial

import pytest

from parking.accounts.models import User
from parking.stays.models import ParkingSession
from tests.build import book, make_user, make_zone, plate, reserve, take_ticket
from tests.concurrency.together import at_once, tally
from tests.invariants import assert_books_agree
from tests.moments import START, at

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 40


def test_two_hundred_reservations_for_twenty_places_give_exactly_twenty(transactional_db: None) -> None:
    zone = make_zone(slots=40)
    drivers = [make_user() for _ in range(200)]
    answers: list[object] = []
    for first in range(0, 200, AT_ONCE):
        some = drivers[first : first + AT_ONCE]
        answers += at_once([partial(reserve, one, zone, at(60), at(120), plate(), now=START) for one in some])
    assert tally(answers) == {"ok": 20, "window_full": 180}
    assert ParkingSession.objects.open().count() == 20
    assert_books_agree()


def test_one_plate_is_reserved_once(driver: User) -> None:
    zones = [make_zone(slots=4) for _ in range(8)]
    wanted = [partial(reserve, driver, zone, at(60), at(120), "DL-01-AB-1234", now=START) for zone in zones]
    assert tally(at_once(wanted)) == {"ok": 1, "vehicle_already_parked": 7}
    assert_books_agree()


def test_bookings_for_now_and_walk_ins_leave_the_reserved_slots(driver: User) -> None:
    zone = make_zone(slots=8)
    for _ in range(4):
        reserve(driver, zone, at(60), at(120), plate(), now=START)
    drivers = [partial(book, driver, zone, plate(), START) for _ in range(8)]
    walk_ins = [partial(take_ticket, zone, plate(), START) for _ in range(8)]
    assert tally(at_once([*drivers, *walk_ins])) == {"ok": 4, "zone_full": 12}
    assert_books_agree()
