"""Our process dies by `kill -9` between every two steps of paying and of giving back; then the worker runs."""

from collections import Counter
from datetime import datetime, timedelta

import pytest

from parking.accounts.models import Role
from parking.checkout import expiring
from parking.core import clock
from parking.payments.models import Payment, PaymentOrder, Refund
from parking.stays.models import ParkingSession
from tests.build import make_user, make_zone
from tests.gateways.standin import Standin
from tests.invariants import assert_books_agree, nothing_changes
from tests.killing import deaths_of
from tests.payments.world import BRAND, assert_books_agree_with, follow

pytestmark = pytest.mark.django_db(transaction=True)


def steps_of_death(standin: Standin, gateway: str) -> Counter[str]:
    """Run the program against this test's database; answers where it was killed, and how often."""
    zone, driver, staff = make_zone(slots=200), make_user(Role.USER), make_user(Role.STAFF)
    ids = (str(row.pk) for row in (zone, driver, staff))
    return deaths_of("tests.payments.killed", gateway, *ids, standin=standin.address)


def let_the_worker_run(started: datetime) -> None:
    """Its sweeps over the next hours, with a clock that is moved."""
    for minutes in (1, 3, 12, 40):
        now = started + timedelta(minutes=minutes)
        follow(now)
        expiring.expire_unpaid_holds(now=now)
        expiring.expire_no_shows(now=now)


def test_killed_at_any_step_the_books_agree_after_the_worker_ran(standin: Standin, code: str) -> None:
    standin.switch(BRAND[code], pays_at_once=True)
    deaths = steps_of_death(standin, code)
    # Two orders and a refund each take a commit before the call, the call, and a commit after it.
    assert deaths["before a call"] == deaths["after a call"] >= 5
    assert deaths["before a commit"] == deaths["after a commit"] >= 8
    assert deaths["before noting a refund"] == deaths["after noting a refund"] >= 1
    assert ParkingSession.objects.whole().count() > 30

    let_the_worker_run(clock.now())

    assert_books_agree_with(standin)
    assert set(PaymentOrder.objects.filter(is_definite=False).values_list("status", flat=True)) == set()
    assert set(Refund.objects.values_list("status", flat=True)) == {"COMPLETED"}
    # Every order that reached the gateway was paid there, once, and is in our books.
    books = standin.books()
    assert len(books["orders"]) == len(books["payments"]) == Payment.objects.count()
    assert len(books["refunds"]) == Refund.objects.count()
    with nothing_changes():
        let_the_worker_run(clock.now() + timedelta(hours=1))
    assert_books_agree()
