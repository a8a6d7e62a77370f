"""Prices that follow how full a zone is: shown, booked, billed."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from parking.accounts.models import User
from parking.checkout.bills import running_bill
from parking.core.actor import SYSTEM
from parking.core.errors import InvalidInput
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.facilities.services import add_slots
from parking.stays.models import ParkingSession
from parking.stays.services import rate_of
from parking.tariffs.demand import steps_of
from parking.tariffs.queries import estimate, price_now
from parking.tariffs.rules.demand import DemandStep, changed, percent_at
from parking.tariffs.zone_demand import set_demand
from tests.build import book, enter, leave, make_zone, plate, take_ticket
from tests.invariants import assert_books_agree, refused
from tests.moments import START
from tests.tariffs.examples import shown

STEPS = (DemandStep(0, -10), DemandStep(50, 20), DemandStep(75, 100))


@pytest.mark.parametrize(
    ("taken", "in_service", "percent"),
    [(0, 4, -10), (1, 4, -10), (2, 4, 20), (3, 4, 100), (4, 4, 100), (0, 0, 0), (749, 1000, 20), (750, 1000, 100)],
)
def test_the_highest_step_that_is_reached_counts(taken: int, in_service: int, percent: int) -> None:
    assert percent_at(STEPS, taken=taken, in_service=in_service) == percent


def test_below_the_first_step_nothing_changes() -> None:
    assert percent_at((DemandStep(50, 20),), taken=1, in_service=4) == 0
    assert percent_at((), taken=4, in_service=4) == 0


def test_a_changed_rate_is_rounded_half_up_to_the_paisa() -> None:
    assert changed(Decimal("50.05"), 10) == Decimal("55.06")
    assert changed(Decimal("0.05"), -50) == Decimal("0.03")


@pytest.fixture
def busy(zone: ParkingZone) -> ParkingZone:
    """Four slots for cars; two-wheelers and one that is out of service do not count."""
    zone = make_zone(slots=5)
    ParkingSlot.objects.filter(zone=zone, slot_number="A-005").update(status="OUT_OF_SERVICE")
    add_slots(actor=SYSTEM, zone_id=zone.pk, prefix="T-", first=1, last=9, kind="TWO_WHEELER", now=START)
    set_demand(actor=SYSTEM, zone_id=zone.pk, steps=STEPS, now=START)
    return zone


@pytest.mark.django_db
def test_each_booking_has_the_change_of_the_slots_taken_before_it(driver: User, busy: ParkingZone) -> None:
    sessions = [book(driver, busy, plate(), START) for _ in range(4)]
    assert [session.offers["demand_percent"] for session in sessions] == [-10, -10, 20, 100]
    assert [rate_of(session, START) for session in sessions] == [45, 45, 60, 100]


@pytest.mark.django_db
def test_a_walk_in_has_it_too_and_the_bill_has_its_line(busy: ParkingZone, staff: User) -> None:
    for _ in range(2):
        take_ticket(busy, plate(), START)
    session = enter(staff, take_ticket(busy, plate(), START), START)
    left = leave(staff, session, now=START + timedelta(minutes=126)).session
    assert shown(running_bill(left, START).lines) == (
        ("Parking", 3, Decimal("50.00")),
        ("Busy time +20 %", 1, Decimal("30.00")),
    )
    assert left.bill.total == 180
    assert_books_agree()


@pytest.mark.django_db
def test_what_is_booked_keeps_its_change(busy: ParkingZone, driver: User, staff: User) -> None:
    session = book(driver, busy, plate(), START)
    set_demand(actor=SYSTEM, zone_id=busy.pk, steps=(), now=START)
    enter(staff, session, START)
    assert leave(staff, session, now=START + timedelta(minutes=126)).session.bill.total == 135
    assert "demand_percent" not in book(driver, busy, plate(), START).offers


@pytest.mark.django_db
def test_a_booking_at_another_rate_than_expected_is_refused(busy: ParkingZone, driver: User) -> None:
    book(driver, busy, plate(), START, expected_rate="45.00")
    book(driver, busy, plate(), START)
    with refused("price_changed"):
        book(driver, busy, plate(), START, expected_rate="45.00")
    book(driver, busy, plate(), START, expected_rate="60.00")
    assert ParkingSession.objects.count() == 3


@pytest.mark.django_db
def test_an_expected_rate_is_compared_in_a_zone_without_demand_too(zone: ParkingZone, driver: User) -> None:
    with refused("price_changed"):
        book(driver, zone, now=START, expected_rate="49.99")
    book(driver, zone, now=START, expected_rate="50")


@pytest.mark.django_db
@time_machine.travel(START, tick=False)
def test_what_is_shown_has_it_for_now_and_the_next_quarter_hour(busy: ParkingZone, driver: User) -> None:
    for _ in range(2):
        book(driver, busy, plate(), START)
    now = price_now(busy, START)
    assert (now.hourly_rate, now.demand_percent) == (60, 20)
    assert price_now(busy, START, "TWO_WHEELER").hourly_rate == 45
    for minutes, total in ((0, 120), (15, 120), (16, 100)):
        begins = START + timedelta(minutes=minutes)
        assert estimate(zone=busy, begins=begins, until=begins + timedelta(hours=2)).total == total


@pytest.mark.django_db
@pytest.mark.parametrize(
    "steps",
    [
        [DemandStep(0, -51)],
        [DemandStep(0, 101)],
        [DemandStep(101, 10)],
        [DemandStep(50, 10), DemandStep(50, 20)],
        [DemandStep(number, 10) for number in range(6)],
    ],
)
def test_steps_that_may_not_be(zone: ParkingZone, steps: list[DemandStep]) -> None:
    with pytest.raises(InvalidInput):
        set_demand(actor=SYSTEM, zone_id=zone.pk, steps=steps, now=START)
    assert steps_of(zone.pk) == ()
