"""Reserving: what is promised, under which terms, what is refused, and what it leaves to bookings for now."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parking.accounts.models import User
from parking.checkout import expiring
from parking.core.actor import SYSTEM
from parking.core.errors import Refused
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.facilities.services import add_slots, change_slot, retire_zone, update_zone
from parking.payments.gateways.base import GatewayState
from parking.stays.services import terms_of
from parking.tariffs.versions import Draft
from parking.tariffs.zone_tariffs import add_tariff
from tests.api_admin.test_settings import set_values
from tests.build import book, cancel, enter, make_user, make_zone, reloaded, reserve, take_ticket
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree, refused
from tests.moments import START, at

pytestmark = pytest.mark.django_db

# From 20:00 to 22:00 in Delhi, ten hours after START.
SOON, LATER = at(600), at(720)


@pytest.fixture
def small() -> ParkingZone:
    """Four slots for cars, of which two can be reserved."""
    return make_zone(slots=4)


def zone_now(zone: ParkingZone) -> ParkingZone:
    return ParkingZone.objects.get(pk=zone.pk)


# --- The promise -----------------------------------------------------------------------------------------


def test_a_reservation_holds_no_slot_and_pays_its_fee(driver: User, zone: ParkingZone) -> None:
    session = reserve(driver, zone, SOON, LATER, now=START)
    assert (session.status, session.slot, session.starts_at, session.ends_at) == ("BOOKED", None, SOON, LATER)
    assert (session.enter_by, session.amount_paid) == (at(630), Decimal("50.00"))
    assert not ParkingSlot.objects.exclude(status="FREE").exists()
    assert zone_now(zone).next_reservation_at == SOON
    assert_books_agree()


def test_seconds_are_cut(driver: User, zone: ParkingZone) -> None:
    session = reserve(driver, zone, SOON + timedelta(seconds=59), LATER + timedelta(seconds=1), now=START)
    assert (session.starts_at, session.ends_at) == (SOON, LATER)


def test_half_of_the_slots_are_promised_for_one_window(driver: User, small: ParkingZone) -> None:
    reserve(driver, small, SOON, LATER, now=START)
    reserve(driver, small, at(719), at(800), now=START)
    with refused("window_full"):
        reserve(driver, small, at(660), at(760), now=START)
    # Windows that touch do not overlap.
    reserve(driver, small, LATER, at(800), now=START)


def test_cars_inside_and_booked_for_now_are_not_counted(driver: User, small: ParkingZone) -> None:
    for _ in range(4):
        book(driver, small, now=START)
    reserve(driver, small, SOON, LATER, now=START)


def test_slots_out_of_service_cannot_be_promised(driver: User, small: ParkingZone) -> None:
    for slot in ParkingSlot.objects.filter(zone=small)[:1]:
        change_slot(actor=SYSTEM, slot_id=slot.pk, status="OUT_OF_SERVICE", kind=None, now=START)
    reserve(driver, small, SOON, LATER, now=START)
    with refused("window_full"):
        reserve(driver, small, SOON, LATER, now=START)


def test_a_cancelled_reservation_gives_its_place_back(driver: User, small: ParkingZone) -> None:
    first = reserve(driver, small, SOON, LATER, now=START)
    reserve(driver, small, at(610), LATER, now=START)
    cancel(driver, first, START)
    assert zone_now(small).next_reservation_at == at(610)
    reserve(driver, small, SOON, LATER, now=START)


def test_electric_cars_and_cars_share_their_slots(driver: User) -> None:
    zone = make_zone(slots=2)
    add_slots(actor=SYSTEM, zone_id=zone.pk, prefix="E-", first=1, last=2, kind="EV", now=START)
    reserve(driver, zone, SOON, LATER, vehicle_kind="EV", now=START)
    reserve(driver, zone, SOON, LATER, vehicle_kind="EV", now=START)
    with refused("window_full"):
        reserve(driver, zone, SOON, LATER, now=START)


def test_how_much_can_be_reserved_is_a_setting(driver: User, small: ParkingZone) -> None:
    set_values({"reservable_percent": 25}, small.site_id)
    reserve(driver, small, SOON, LATER, now=START)
    with refused("window_full"):
        reserve(driver, small, SOON, LATER, now=START)


def facts_of_refusal(driver: User, zone: ParkingZone, first: datetime, last: datetime) -> dict[str, Any]:
    with pytest.raises(Refused) as caught:
        reserve(driver, zone, first, last, now=START)
    assert caught.value.code == "window_full"
    return caught.value.facts


def test_a_full_window_names_others_and_zones_that_are_free_in_it(driver: User) -> None:
    zone, other = make_zone("First", slots=2), make_zone("Second", slots=2)
    make_zone("Too small", slots=1)
    reserve(driver, zone, SOON, LATER, now=START)
    facts = facts_of_refusal(driver, zone, SOON, LATER)
    assert facts["zones"] == [{"zone_id": other.pk, "zone_name": "Second"}]
    assert facts["windows"] == [
        {"starts_at": at(480), "ends_at": at(600)},
        {"starts_at": at(720), "ends_at": at(840)},
        {"starts_at": at(735), "ends_at": at(855)},
    ]


def test_two_reservations_of_a_plate_do_not_overlap(driver: User, zone: ParkingZone) -> None:
    reserve(driver, zone, SOON, LATER, "DL-01-AB-1234", now=START)
    with refused("vehicle_already_parked"):
        reserve(driver, zone, at(719), at(800), "DL-01-AB-1234", now=START)
    with refused("vehicle_unavailable"):
        reserve(make_user(), zone, at(719), at(800), "DL-01-AB-1234", now=START)
    reserve(driver, zone, LATER, at(800), "DL-01-AB-1234", now=START)


def test_a_car_that_is_inside_can_be_reserved_for(driver: User, staff: User, zone: ParkingZone) -> None:
    enter(staff, book(driver, zone, "DL-01-AB-1234", START), START)
    reserve(driver, zone, SOON, LATER, "DL-01-AB-1234", now=START)


def test_a_reserved_plate_may_book_for_now(driver: User, zone: ParkingZone) -> None:
    reserve(driver, zone, SOON, LATER, "DL-01-AB-1234", now=START)
    assert book(driver, zone, "DL-01-AB-1234", START).slot is not None


def test_a_zone_that_is_closed_when_the_window_begins_is_refused(driver: User, zone: ParkingZone) -> None:
    hours = {"opens_at": START.replace(hour=6).time(), "closes_at": START.replace(hour=19).time()}
    update_zone(actor=SYSTEM, zone_id=zone.pk, changes=hours, now=START)
    with refused("zone_closed"):
        reserve(driver, zone, SOON, LATER, now=START)


def test_a_zone_with_reservations_cannot_be_retired(driver: User, zone: ParkingZone) -> None:
    session = reserve(driver, zone, SOON, LATER, now=START)
    with refused("zone_in_use"):
        retire_zone(actor=SYSTEM, zone_id=zone.pk, now=START)
    cancel(driver, session, START)
    retire_zone(actor=SYSTEM, zone_id=zone.pk, now=START)


# --- Terms -----------------------------------------------------------------------------------------------


def test_the_terms_are_those_announced_for_the_start(driver: User, zone: ParkingZone) -> None:
    before = reserve(driver, zone, at(660), LATER, now=START)
    dearer_from(zone, at(660), "90.00")
    assert terms_of(before).base_rate == Decimal("50.00")
    assert terms_of(reserve(driver, zone, at(659), at(800), now=START)).base_rate == Decimal("50.00")
    assert terms_of(reserve(driver, zone, at(660), at(800), now=START)).base_rate == Decimal("90.00")


def dearer_from(zone: ParkingZone, moment: datetime, rate: str) -> None:
    """Let another tariff of cars hold in a zone from a moment on."""
    draft = Draft({"base_rate": Decimal(rate)}, valid_from=moment)
    add_tariff(actor=SYSTEM, zone_id=zone.pk, draft=draft, now=START)


# --- Bookings for now ------------------------------------------------------------------------------------


def test_slots_are_kept_for_reservations_of_the_next_two_hours(driver: User, small: ParkingZone) -> None:
    reserve(driver, small, at(180), at(300), now=START)
    reserve(driver, small, at(180), at(300), now=START)
    first = book(driver, small, now=at(60))
    take_ticket(small, now=at(60))
    with refused("zone_full"):
        book(driver, small, now=at(60))
    with refused("zone_full"):
        take_ticket(small, now=at(60))
    assert first.slot is not None
    cancel(driver, first, at(60))
    take_ticket(small, now=at(60))


def test_a_reservation_that_begins_later_keeps_no_slot(driver: User, small: ParkingZone) -> None:
    reserve(driver, small, at(181), at(300), now=START)
    for _ in range(4):
        book(driver, small, now=at(60))


def test_how_far_is_looked_ahead_is_a_setting(driver: User, small: ParkingZone) -> None:
    set_values({"look_ahead_minutes": 30}, small.site_id)
    reserve(driver, small, at(31), at(300), now=START)
    for _ in range(4):
        book(driver, small, now=START)


def test_a_full_zone_tells_nothing_of_a_plate_that_is_inside(driver: User, small: ParkingZone) -> None:
    reserve(driver, small, at(60), at(300), now=START)
    reserve(driver, small, at(60), at(300), now=START)
    book(driver, small, "DL-01-AB-1234", START)
    book(driver, small, now=START)
    with refused("zone_full"):
        book(make_user(), small, "DL-01-AB-1234", START)


def test_a_zone_without_reservations_costs_a_booking_no_statement(driver: User, small: ParkingZone) -> None:
    book(driver, small, now=START)
    with CaptureQueriesContext(connection) as before:
        book(driver, small, now=START)
    reserve(driver, small, at(300), at(400), now=START)
    with CaptureQueriesContext(connection) as after:
        book(driver, small, now=START)
    assert len(after.captured_queries) == len(before.captured_queries)


# --- At the gate -----------------------------------------------------------------------------------------


def test_a_car_that_comes_more_than_half_an_hour_early_is_refused(driver: User, staff: User, zone: ParkingZone) -> None:
    session = reserve(driver, zone, SOON, LATER, now=START)
    with refused("too_early"):
        enter(staff, session, at(570) - timedelta(seconds=1))


def test_a_reservation_is_no_open_stay_of_its_plate_at_the_gate_before_its_time(
    driver: User, zone: ParkingZone
) -> None:
    session = reserve(driver, zone, SOON, LATER, "DL-01-AB-1234", now=START)
    assert take_ticket(zone, "DL-01-AB-1234", START).pk != session.pk


def test_an_unpaid_reservation_ends_as_an_unpaid_booking_does(
    driver: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    session = reserve(driver, zone, SOON, LATER, now=START)
    expiring.expire_unpaid_holds(now=at(11))
    ended = reloaded(session)
    assert (ended.status, ended.end_reason, zone_now(zone).next_reservation_at) == ("EXPIRED", "UNPAID", None)
