"""A code is used as often as it may be, however many ask at once."""

from datetime import timedelta
from functools import partial

import pytest

from parking.accounts.models import User
from parking.offers.models import PromoUse
from parking.stays.models import ParkingSession
from tests.build import book, cancel, enter, leave, make_user, make_zone, plate
from tests.concurrency.together import at_once, tally
from tests.invariants import assert_books_agree
from tests.moments import START
from tests.offers.build import give, make_code, taken

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 30


def test_three_hundred_bookings_for_a_hundred_uses_get_exactly_a_hundred(transactional_db: None) -> None:
    zone, code = make_zone(slots=300), make_code(uses=100)
    drivers = [make_user() for _ in range(300)]
    answers: list[object] = []
    for first in range(0, 300, AT_ONCE):
        some = drivers[first : first + AT_ONCE]
        answers += at_once([partial(book, one, zone, plate(), START, promo_code="WELCOME") for one in some])
    assert tally(answers) == {"ok": 100, "code_used_up": 200}
    assert (taken(code), ParkingSession.objects.count()) == (100, 100)
    assert_books_agree()


def test_one_driver_with_many_plates_gets_one_use(driver: User) -> None:
    zone, code = make_zone(slots=20), make_code(uses_per_driver=1)
    answers = at_once([partial(book, driver, zone, plate(), START, promo_code="WELCOME") for _ in range(12)])
    assert tally(answers) == {"ok": 1, "code_used_up": 11}
    assert taken(code) == 1


def test_codes_exchanged_given_back_and_redeemed_at_once_add_up(staff: User) -> None:
    zone, first, second = make_zone(slots=20), make_code("FIRST"), make_code("SECOND")
    drivers = [make_user() for _ in range(12)]
    stays = [book(one, zone, plate(), START, promo_code="FIRST") for one in drivers]
    later = START + timedelta(minutes=70)
    for session in stays[:4]:
        enter(staff, session, START)
    answers = at_once(
        [partial(leave, staff, session, "CASH", later) for session in stays[:4]]
        + [partial(cancel, one, session, START) for one, session in zip(drivers[4:8], stays[4:8], strict=True)]
        + [partial(give, one, session, "SECOND") for one, session in zip(drivers[8:], stays[8:], strict=True)]
    )
    assert tally(answers) == {"ok": 12}
    assert (taken(first), taken(second), PromoUse.objects.count()) == (4, 4, 4)
    assert_books_agree()
