"""A shop validates once, and either before the exit or not at all."""

from datetime import timedelta
from functools import partial

import pytest

from parking.accounts.models import User
from parking.offers.models import Validation
from tests.build import enter, leave, make_user, make_zone, reloaded, take_ticket
from tests.concurrency.together import at_once, tally
from tests.invariants import assert_books_agree
from tests.moments import START
from tests.offers.build import make_shop, validate

pytestmark = pytest.mark.django_db(transaction=True)

LATER = START + timedelta(minutes=66)


def test_eight_validations_at_once_are_one(staff: User) -> None:
    zone, clerk = make_zone(), make_user()
    make_shop(clerk, zone.site_id)
    session = enter(staff, take_ticket(zone, now=START), START)
    answers = at_once([partial(validate, clerk, session) for _ in range(8)])
    assert tally(answers) == {"ok": 1, "already_validated": 7}
    assert (Validation.objects.count(), len(reloaded(session).offers["shops"])) == (1, 1)


def test_ten_cars_at_once_for_a_limit_of_four_get_four(staff: User) -> None:
    zone, clerk = make_zone(), make_user()
    make_shop(clerk, zone.site_id, per_day=4)
    cars = [enter(staff, take_ticket(zone, now=START), START) for _ in range(10)]
    assert tally(at_once([partial(validate, clerk, car) for car in cars])) == {"ok": 4, "validation_limit": 6}


def test_a_validation_and_the_exit_agree_on_the_bill(staff: User) -> None:
    zone, clerk = make_zone(slots=20), make_user()
    make_shop(clerk, zone.site_id)
    cars = [enter(staff, take_ticket(zone, now=START), START) for _ in range(6)]
    calls = [partial(leave, staff, car, "CASH", LATER) for car in cars] + [
        partial(validate, clerk, car, LATER) for car in cars
    ]
    answers = tally(at_once(calls))
    assert answers["ok"] + answers.get("not_found_inside", 0) == 12
    for car in cars:
        validation = Validation.objects.filter(session=car).first()
        paid = validation.amount if validation else 0
        assert reloaded(car).bill.total == 100 - (paid or 0)
    assert_books_agree()
