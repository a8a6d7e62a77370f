"""No point is spent twice, however many ask at once."""

from datetime import timedelta
from functools import partial

import pytest

from parking.accounts.models import User
from parking.offers.ledger import balance_of
from parking.offers.models import PointEntry
from tests.build import book, enter, leave, make_zone, plate
from tests.concurrency.together import at_once, tally
from tests.invariants import assert_books_agree
from tests.moments import START
from tests.offers.build import earn, switch_points_on

pytestmark = pytest.mark.django_db(transaction=True)


def test_twelve_bookings_at_once_share_500_points(driver: User) -> None:
    zone = make_zone(slots=20)
    switch_points_on()
    earn(driver, 500)
    answers = at_once([partial(book, driver, zone, plate(), START, use_points=100) for _ in range(12)])
    assert tally(answers) == {"ok": 5, "points_not_enough": 7}
    assert balance_of(driver.pk) == 0


def test_a_ledger_counts_every_exit_of_one_driver(driver: User, staff: User) -> None:
    zone = make_zone(slots=20)
    switch_points_on()
    stays = [enter(staff, book(driver, zone, plate(), START), START) for _ in range(8)]
    later = START + timedelta(minutes=126)
    answers = at_once([partial(leave, staff, session, "CASH", later) for session in stays])
    assert tally(answers) == {"ok": 8}
    numbers = list(PointEntry.objects.order_by("number").values_list("number", "points", "balance"))
    assert numbers == [(number, 15, 15 * number) for number in range(1, 9)]
    assert_books_agree()
