"""Slots for reservations: claimed before the start, in another zone from it on, or nowhere."""

from datetime import timedelta
from decimal import Decimal

import pytest

from parking.accounts.models import User
from parking.checkout import expiring, placing
from parking.core.actor import SYSTEM
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.facilities.services import change_slot, update_zone
from parking.offers.models import PromoCode
from parking.payments.gateways.base import GatewayState
from parking.stays.models import ParkingSession
from tests.api_admin.test_settings import set_values
from tests.build import book, cancel, enter, leave, make_zone, reloaded, reserve
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree, refused
from tests.moments import START, at

pytestmark = pytest.mark.django_db

PLATE = "DL-01-AB-1234"


@pytest.fixture
def small() -> ParkingZone:
    """Two slots for cars, of which one can be reserved."""
    return make_zone("Small", slots=2)


def fill(driver: User, staff: User, zone: ParkingZone, now: float = 0) -> list[ParkingSession]:
    """Let cars stand on all free slots of a zone."""
    cars = [book(driver, zone, now=at(now)) for _ in ParkingSlot.objects.filter(zone=zone, status="FREE")]
    for car in cars:
        enter(staff, car, at(now))
    return cars


def first_slot(zone: ParkingZone) -> ParkingSlot:
    return ParkingSlot.objects.filter(zone=zone).order_by("sort_key")[0]


# --- In its zone -----------------------------------------------------------------------------------------


def test_a_slot_is_claimed_half_an_hour_before_the_start(driver: User, zone: ParkingZone) -> None:
    session = reserve(driver, zone, at(60), at(180), now=START)
    assert placing.claim_places(now=at(30) - timedelta(seconds=1)) == 0
    assert reloaded(session).slot is None
    assert placing.claim_places(now=at(30)) == 1
    placed = reloaded(session)
    assert (placed.slot_number, placed.status, placed.enter_by) == ("A-001", "BOOKED", at(90))
    assert ParkingZone.objects.get(pk=zone.pk).next_reservation_at is None
    assert placing.claim_places(now=at(31)) == 0
    assert_books_agree()


def test_how_long_before_is_a_setting(driver: User, zone: ParkingZone) -> None:
    set_values({"claim_minutes": 5}, zone.site_id)
    reserve(driver, zone, at(60), at(180), now=START)
    assert [placing.claim_places(now=at(minute)) for minute in (54, 55)] == [0, 1]


def test_a_slot_that_comes_free_before_the_start_is_claimed(driver: User, staff: User, small: ParkingZone) -> None:
    cars = fill(driver, staff, small)
    session = reserve(driver, small, at(200), at(300), now=START)
    assert placing.claim_places(now=at(199)) == 0
    leave(staff, cars[1], now=at(199))
    assert placing.claim_places(now=at(199)) == 1
    assert reloaded(session).slot_id == cars[1].slot_id
    assert_books_agree()


def test_the_first_to_begin_is_placed_first(driver: User, staff: User) -> None:
    zone = make_zone(slots=4)
    fill(driver, staff, zone)
    later = reserve(driver, zone, at(210), at(300), now=START)
    sooner = reserve(driver, zone, at(200), at(300), now=START)
    leave(staff, ParkingSession.objects.order_by("pk")[0], now=at(190))
    placing.claim_places(now=at(190))
    assert (reloaded(sooner).slot is None, reloaded(later).slot is None) == (False, True)


def test_an_unpaid_reservation_is_ended_instead(driver: User, zone: ParkingZone, gateway: FakeGateway) -> None:
    gateway.outcome = GatewayState.PENDING
    session = reserve(driver, zone, at(20), at(180), now=START)
    placing.claim_places(now=at(11))
    assert (reloaded(session).status, reloaded(session).end_reason) == ("EXPIRED", "UNPAID")
    assert_books_agree()


def test_a_car_that_does_not_come_is_a_no_show(driver: User, zone: ParkingZone) -> None:
    session = reserve(driver, zone, at(60), at(180), now=START)
    placing.claim_places(now=at(30))
    expiring.expire_no_shows(now=at(91))
    ended = reloaded(session)
    assert (ended.status, ended.end_reason, ended.bill.total) == ("EXPIRED", "NO_SHOW", Decimal("50.00"))


# --- The vehicle in another stay ---------------------------------------------------------------------------


def test_the_slot_alone_is_held_while_the_car_is_elsewhere(driver: User, staff: User, zone: ParkingZone) -> None:
    other = make_zone("Other")
    inside = book(driver, other, PLATE, START)
    enter(staff, inside, START)
    session = reserve(driver, zone, at(60), at(180), PLATE, now=START)
    placing.claim_places(now=at(30))
    assert (reloaded(session).slot_number, reloaded(session).slot_alone_since) == ("A-001", at(30))
    with refused("vehicle_elsewhere"):
        enter(staff, session, at(60))
    leave(staff, inside, now=at(61))
    enter(staff, session, at(62))
    assert (reloaded(session).status, reloaded(session).slot_alone_since) == ("ACTIVE", None)
    assert_books_agree()


# --- At the gate -----------------------------------------------------------------------------------------


def test_the_gate_gives_the_slot_where_no_worker_runs(driver: User, staff: User, zone: ParkingZone) -> None:
    session = reserve(driver, zone, at(60), at(180), now=START)
    enter(staff, session, at(30))
    assert (reloaded(session).status, reloaded(session).slot_number) == ("ACTIVE", "A-001")


def test_a_car_before_the_start_waits_for_a_place(driver: User, staff: User, small: ParkingZone) -> None:
    fill(driver, staff, small)
    session = reserve(driver, small, at(200), at(300), now=START)
    with refused("no_place_yet"):
        enter(staff, session, at(199))


# --- In another zone ---------------------------------------------------------------------------------------


def test_from_the_start_on_the_zone_with_most_places_that_is_not_dearer_is_taken(
    driver: User, staff: User, small: ParkingZone
) -> None:
    make_zone("Dear", slots=9, rate="60")
    few, most = make_zone("Few", slots=1), make_zone("Most", slots=3, rate="40")
    fill(driver, staff, small)
    session = reserve(driver, small, at(200), at(300), now=START)
    assert placing.claim_places(now=at(199)) == 0
    assert placing.claim_places(now=at(200)) == 1
    moved = reloaded(session)
    assert (moved.zone, moved.moved_from_zone_id, few.pk == moved.zone_id) == (most, small.pk, False)
    assert (moved.enter_by, moved.slot_id) == (at(230), first_slot(most).pk)
    assert ParkingZone.objects.get(pk=small.pk).next_reservation_at is None
    assert_books_agree()


def test_a_moved_reservation_is_cancelled_whole(driver: User, staff: User, small: ParkingZone) -> None:
    make_zone("Other", slots=1)
    fill(driver, staff, small)
    session = reserve(driver, small, at(200), at(300), now=START)
    placing.claim_places(now=at(200))
    cancelled = cancel(driver, session, at(229))
    assert (cancelled.decision.amount, reloaded(session).bill.total) == (Decimal("50.00"), Decimal("0.00"))
    assert_books_agree()


def test_a_slot_that_another_reservation_needs_is_left_to_it(driver: User, staff: User, small: ParkingZone) -> None:
    other = make_zone("Other", slots=2)
    fill(driver, staff, small)
    reserve(driver, other, at(210), at(300), now=START)
    book(driver, other, now=START)
    session = reserve(driver, small, at(200), at(300), now=START)
    placing.place(session.pk, now=at(200))
    assert reloaded(session).end_reason == "NO_PLACE"


# --- Nowhere -----------------------------------------------------------------------------------------------


def test_without_any_place_all_goes_back_with_a_voucher_of_the_same_sum(
    driver: User, staff: User, small: ParkingZone
) -> None:
    fill(driver, staff, small)
    session = reserve(driver, small, at(200), at(300), now=START)
    placing.claim_places(now=at(200))
    ended = reloaded(session)
    assert (ended.status, ended.end_reason, ended.bill.refunded) == ("CANCELLED", "NO_PLACE", Decimal("50.00"))
    voucher = PromoCode.objects.get()
    assert (voucher.kind, voucher.value, voucher.uses, voucher.code[:2]) == ("AMOUNT", Decimal("50.00"), 1, "V-")
    with refused("booking_cancelled"):
        enter(staff, session, at(200))
    assert placing.claim_places(now=at(201)) == 0
    assert_books_agree()


def test_a_voucher_lowers_the_next_bill_once(driver: User, staff: User, small: ParkingZone) -> None:
    cars = fill(driver, staff, small)
    reserve(driver, small, at(200), at(300), now=START)
    placing.claim_places(now=at(200))
    leave(staff, cars[0], now=at(210))
    code = PromoCode.objects.get().code
    session = book(driver, small, now=at(211), promo_code=code)
    enter(staff, session, at(212))
    leave(staff, session, now=at(320))
    assert reloaded(session).bill.total == Decimal("50.00")
    with refused("code_used_up"):
        book(driver, small, now=at(321), promo_code=code)


# --- After an outage -----------------------------------------------------------------------------------------


def test_a_reservation_that_has_begun_gets_the_whole_time_to_arrive(driver: User, zone: ParkingZone) -> None:
    session = reserve(driver, zone, at(60), at(600), now=START)
    assert expiring.expire_no_shows(now=at(400)) == 0
    placing.claim_places(now=at(400))
    assert (reloaded(session).slot_number, reloaded(session).enter_by) == ("A-001", at(430))


def test_a_reservation_whose_window_went_by_is_paid_back(driver: User, zone: ParkingZone) -> None:
    session = reserve(driver, zone, at(60), at(180), now=START)
    placing.claim_places(now=at(24 * 60))
    assert (reloaded(session).end_reason, reloaded(session).bill.refunded) == ("NO_PLACE", Decimal("50.00"))
    assert_books_agree()


def test_a_closed_zone_keeps_no_promise(driver: User, zone: ParkingZone) -> None:
    other = make_zone("Other", slots=1)
    session = reserve(driver, zone, at(60), at(180), now=START)
    update_zone(actor=SYSTEM, zone_id=zone.pk, changes={"is_active": False}, now=at(1))
    assert placing.claim_places(now=at(59)) == 0
    placing.claim_places(now=at(60))
    assert reloaded(session).zone == other


def test_slots_out_of_service_are_not_claimed(driver: User, small: ParkingZone) -> None:
    session = reserve(driver, small, at(60), at(180), now=START)
    for slot in ParkingSlot.objects.filter(zone=small):
        change_slot(actor=SYSTEM, slot_id=slot.pk, status="OUT_OF_SERVICE", kind=None, now=START)
    placing.claim_places(now=at(59))
    assert reloaded(session).slot is None
