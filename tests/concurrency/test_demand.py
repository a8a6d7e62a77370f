"""Each booking pays for how full the zone was before it, however many book at once."""

from functools import partial

import pytest

from parking.accounts.models import User
from parking.core.actor import SYSTEM
from parking.stays.models import ParkingSession
from parking.tariffs.rules.demand import DemandStep
from parking.tariffs.zone_demand import set_demand
from tests.build import book, make_zone, plate
from tests.concurrency.together import at_once, tally
from tests.moments import START

pytestmark = pytest.mark.django_db(transaction=True)


def test_ten_bookings_at_once_pay_by_their_turn(driver: User) -> None:
    zone = make_zone(slots=10)
    set_demand(actor=SYSTEM, zone_id=zone.pk, steps=[DemandStep(50, 20)], now=START)
    answers = at_once([partial(book, driver, zone, plate(), START) for _ in range(10)])
    assert tally(answers) == {"ok": 10}
    changes = [session.offers.get("demand_percent", 0) for session in ParkingSession.objects.all()]
    assert sorted(changes) == [0] * 5 + [20] * 5


def test_of_those_who_expect_the_old_price_only_as_many_book_as_have_it(driver: User) -> None:
    zone = make_zone(slots=10)
    set_demand(actor=SYSTEM, zone_id=zone.pk, steps=[DemandStep(50, 20)], now=START)
    answers = at_once([partial(book, driver, zone, plate(), START, expected_rate="50.00") for _ in range(10)])
    assert tally(answers) == {"ok": 5, "price_changed": 5}
