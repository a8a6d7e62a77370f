"""Passes that are bought, used, paid and cancelled at the same moment."""

from collections import Counter
from decimal import Decimal
from functools import partial

import pytest

from parking.accounts.models import User
from parking.checkout import pass_changes, passes, placing, settling
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.passes.models import PassPeriod, Subscription
from parking.payments.gateways.base import GatewayState
from parking.payments.models import Payment, PaymentOrder
from parking.stays.models import ParkingSession
from tests.build import actor, make_user, make_zone, plate, reserve, take_ticket
from tests.concurrency.together import at_once, tally
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree
from tests.moments import START, at
from tests.passes.build import again, bought, buy, make_plan

pytestmark = pytest.mark.django_db(transaction=True)

PLATE = "DL-01-AB-1234"


def test_of_ten_purchases_for_one_plate_one_is_made(zone: ParkingZone) -> None:
    plan, drivers = make_plan(zone), [make_user() for _ in range(10)]
    results = at_once([partial(buy, driver, plan, PLATE) for driver in drivers])
    assert tally(results) == {"ok": 1, "pass_overlap": 9}
    assert Subscription.objects.count() == Payment.objects.count() == 1
    assert_books_agree()


def test_a_slot_is_kept_for_one_pass_and_sold_to_nobody_else(db: None) -> None:
    zone = make_zone(slots=6)
    plan, drivers = make_plan(zone, reserved=True), [make_user() for _ in range(8)]
    bookings = [partial(take_ticket, zone, f"KA-05-MN-{number:04d}", START) for number in range(4)]
    purchases = [partial(buy, driver, plan, f"DL-01-AB-{number:04d}") for number, driver in enumerate(drivers, start=1)]
    at_once([*purchases, *bookings])
    kept = list(Subscription.objects.values_list("slot_id", flat=True))
    parked = list(ParkingSession.objects.values_list("slot_id", flat=True))
    assert len(set(kept)) == len(kept) == 6, "a slot with a car is kept for later"
    assert len(set(parked)) == len(parked)
    assert ParkingSlot.objects.filter(kept=True).count() == 6
    assert_books_agree()


def test_a_reservation_and_a_booking_of_one_pass_do_not_wait_for_each_other(driver: User) -> None:
    """Where a reservation begins soon a booking locks the zone, after the passes of its plate."""
    for _ in range(5):
        zone = make_zone(slots=8)
        plates = [plate() for _ in range(4)]
        held = bought(driver, make_plan(zone, name=zone.name, zone_ids=[zone.pk], reserved=True, vehicles=4), *plates)
        reserve(driver, zone, at(30), at(90), plates[0], now=START)
        bookings = [partial(take_ticket, zone, one, at(16)) for one in plates[1:]]
        at_once([partial(placing.claim_places, now=at(16)), *bookings])
        slots = list(ParkingSession.objects.filter(zone=zone).values_list("slot_id", flat=True))
        assert len(set(slots)) == 4
        assert again(held).slot_id in slots
        assert_books_agree()


def test_of_eight_cars_of_a_pass_as_many_are_covered_as_it_allows(driver: User, zone: ParkingZone) -> None:
    plates = [f"DL-01-AB-{number:04d}" for number in range(1, 9)]
    bought(driver, make_plan(zone, vehicles=8, inside=3), *plates)
    at_once([partial(take_ticket, zone, plate, START) for plate in plates])
    notes = Counter((row.subscription_id is not None, row.pass_note) for row in ParkingSession.objects.all())
    assert notes == {(True, ""): 3, (False, "ALL_INSIDE"): 5}
    assert_books_agree()


def test_a_pass_is_used_or_given_back_and_never_both(driver: User, zone: ParkingZone) -> None:
    pass_ = bought(driver, make_plan(zone), PLATE)

    def cancel() -> object:
        return pass_changes.cancel_pass(actor=actor(driver), subscription=pass_, reason="", now=at(1))

    results = at_once([cancel, lambda: take_ticket(zone, PLATE, at(1))])
    session = ParkingSession.objects.get()
    is_cancelled = again(pass_).status == "CANCELLED"
    assert is_cancelled == (session.subscription_id is None)
    assert tally(results) == ({"ok": 2} if is_cancelled else {"ok": 1, "pass_not_cancellable": 1})
    assert_books_agree()


def test_money_that_comes_while_a_pass_is_given_up_is_kept_or_goes_back(
    driver: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    pass_ = bought(driver, make_plan(zone), PLATE)
    order = PaymentOrder.objects.select_related("bill").get()
    gateway.decide(GatewayState.COMPLETED)
    at_once(
        [
            lambda: settling.collect(order=order, now=at(31)),
            lambda: settling.collect(order=order, now=at(31)),
            lambda: passes.give_up_unpaid_passes(now=at(31)),
        ]
    )
    bill = PassPeriod.objects.get().bill
    assert bill.captured == Decimal("1500.00")
    assert bill.refunded == (0 if again(pass_).status == "ACTIVE" else Decimal("1500.00"))
    assert_books_agree()
