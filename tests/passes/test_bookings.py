"""Reservations that cost no fee because of a pass: they end with it, and keep within it."""

from datetime import timedelta
from typing import Any

import pytest

from parking.accounts.models import User
from parking.checkout import changing, pass_changes
from parking.checkout.pass_bookings import end_bookings_without_pass
from parking.checkout.pass_renewing import expire_passes
from parking.checkout.refunding import approve_refund
from parking.core.ids import Ref
from parking.facilities.models import ParkingZone
from parking.notifications.models import Notice
from parking.notifications.noticing import take_events
from parking.passes.models import Subscription
from parking.payments.models import Refund
from parking.stays.models import ParkingSession
from tests.build import actor, make_user, reloaded, reserve
from tests.invariants import assert_books_agree, refused
from tests.moments import START, at
from tests.passes.build import bought, make_plan, sold

pytestmark = pytest.mark.django_db

ONE, TWO = "DL-01-AB-0001", "DL-01-AB-0002"
DAY = 24 * 60


@pytest.fixture
def held(driver: User, zone: ParkingZone) -> Subscription:
    return bought(driver, make_plan(zone, vehicles=2), ONE)


@pytest.fixture
def reserved(driver: User, zone: ParkingZone, held: Subscription) -> ParkingSession:
    """Return a reservation for the day after tomorrow, for which nothing was paid."""
    return reserve(driver, zone, at(2 * DAY), at(2 * DAY + 60), ONE, now=START)


def _change(driver: User, session: ParkingSession, **wanted: object) -> None:
    wish = changing.Wanted(**wanted)  # type: ignore[arg-type]
    changing.change(actor=actor(driver), session=Ref(pk=session.pk), wanted=wish, now=at(10))


def test_it_ends_when_its_pass_is_given_back(driver: User, held: Subscription, reserved: ParkingSession) -> None:
    assert end_bookings_without_pass(now=at(1)) == 0
    pass_changes.cancel_pass(actor=actor(driver), subscription=held, reason="", now=at(5))
    assert end_bookings_without_pass(now=at(6)) == 1
    assert (reloaded(reserved).status, reloaded(reserved).bill.total) == ("CANCELLED", 0)
    take_events(now=at(7))
    assert Notice.objects.filter(person=driver, kind="cancelled").exists()
    assert_books_agree()


def test_it_ends_when_another_vehicle_takes_the_place(
    driver: User, held: Subscription, reserved: ParkingSession
) -> None:
    pass_changes.change_vehicles(actor=actor(driver), subscription=held, plates=(TWO,), now=at(5))
    assert end_bookings_without_pass(now=at(6)) == 1
    assert reloaded(reserved).status == "CANCELLED"


def test_one_in_the_days_of_grace_ends_where_no_renewal_came(driver: User, zone: ParkingZone) -> None:
    held = bought(driver, make_plan(zone, period="DAY", price="200.00"), ONE, auto_renew=True)
    begins = held.ends_at + timedelta(days=1)
    session = reserve(driver, zone, begins, begins + timedelta(hours=1), ONE, now=START)
    over = held.ends_at + timedelta(days=2)
    assert end_bookings_without_pass(now=held.ends_at) == 0
    expire_passes(now=over)
    assert end_bookings_without_pass(now=over) == 1
    assert reloaded(session).status == "CANCELLED"


def test_a_reservation_with_its_own_fee_stays(driver: User, zone: ParkingZone, held: Subscription) -> None:
    paid = reserve(driver, zone, at(2 * DAY), at(2 * DAY + 60), TWO, now=START)
    pass_changes.cancel_pass(actor=actor(driver), subscription=held, reason="", now=at(5))
    assert end_bookings_without_pass(now=at(6)) == 0
    assert reloaded(paid).status == "BOOKED"


def test_it_waits_while_a_second_person_may_let_the_pass_run_on(driver: User, zone: ParkingZone, admin: User) -> None:
    held = sold(driver, make_plan(zone), ONE)
    session = reserve(driver, zone, at(2 * DAY), at(2 * DAY + 60), ONE, now=START)
    pass_changes.cancel_pass(actor=actor(driver), subscription=held, reason="", now=at(5))
    assert end_bookings_without_pass(now=at(6)) == 0
    approve_refund(actor=actor(admin), refund_id=Refund.objects.get().pk, now=at(7))
    assert end_bookings_without_pass(now=at(8)) == 1
    assert reloaded(session).status == "CANCELLED"


def test_many_bookings_are_looked_at_in_as_many_statements_as_one(
    driver: User, zone: ParkingZone, django_assert_num_queries: Any
) -> None:
    plan = make_plan(zone, name="Many")
    for number in range(5):
        one = f"DL-01-AB-10{number:02d}"
        held = sold(driver, plan, one) if number % 2 else bought(driver, plan, one)
        reserve(driver, zone, at(2 * DAY), at(2 * DAY + 60), one, now=START)
        if number % 2:
            # Its cash waits for a second person, who may refuse that it goes back.
            pass_changes.cancel_pass(actor=actor(driver), subscription=held, reason="", now=START)
        if number in {0, 4}:
            with django_assert_num_queries(3 if number == 0 else 4):
                assert end_bookings_without_pass(now=at(1)) == 0


def test_it_keeps_plate_and_start_within_the_pass(
    driver: User, zone: ParkingZone, held: Subscription, reserved: ParkingSession
) -> None:
    with refused("vehicle_not_on_pass"):
        _change(driver, reserved, plate=TWO)
    with refused("pass_not_valid"):
        _change(driver, reserved, starts_at=at(9 * DAY), ends_at=at(9 * DAY + 60))
    _change(driver, reserved, starts_at=at(3 * DAY), ends_at=at(3 * DAY + 60))
    assert reloaded(reserved).starts_at == at(3 * DAY)
    own = reserve(make_user(), zone, at(2 * DAY), at(2 * DAY + 60), "DL-01-AB-0009", now=START)
    assert own.driver is not None
    _change(own.driver, own, plate="DL-01-AB-0010")
    assert reloaded(own).vehicle.vehicle_number == "DL-01-AB-0010"
    assert_books_agree()
