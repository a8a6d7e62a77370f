"""What live pages watch: one statement each, and no change goes unseen."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from pytest_django.fixtures import Settings

from parking.accounts.models import User
from parking.checkout import debts, settling
from parking.checkout.settling import send_refunds
from parking.core.actor import SYSTEM
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.facilities.queries import ZoneCounts
from parking.facilities.services import retire_zone, update_zone
from parking.payments.models import Debt, PaymentOrder, Refund
from parking.stays.models import ParkingSession
from parking.stays.watching import facilities_state, money_now, money_state, open_states
from tests.build import actor, book, cancel, enter, leave, make_zone, pay_ahead, quote, terminate

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def state(session: ParkingSession) -> str | None:
    return open_states().get(session.pk)


# --- Stays -------------------------------------------------------------------------------------------


def test_each_step_of_a_stay_changes_its_text(driver: User, staff: User, zone: ParkingZone, clock: Any) -> None:
    session = book(driver, zone)
    seen = [state(session)]
    enter(staff, session)
    seen.append(state(session))
    for step in (
        lambda: quote(staff, session),
        lambda: pay_ahead(driver, session),
        lambda: leave(staff, session),
    ):
        clock.shift(timedelta(minutes=70))
        step()
        seen.append(state(session))
    assert None not in seen
    assert len(set(seen)) == 5


def test_nothing_happens_and_nothing_changes(driver: User, zone: ParkingZone, clock: Any) -> None:
    session, other = book(driver, zone), book(driver, zone)
    before = open_states()
    clock.shift(timedelta(minutes=5))
    assert open_states() == before
    cancel(driver, other)
    assert state(session) == before[session.pk]


def test_an_order_that_is_declined_changes_the_text(
    driver: User, staff: User, zone: ParkingZone, settings: Settings
) -> None:
    session = enter(staff, book(driver, zone))
    settings.SIMULATED_OUTCOME = "PENDING"
    leave(staff, session, "ONLINE", START + timedelta(hours=2))
    waiting = state(session)
    settings.SIMULATED_OUTCOME = "DECLINE"
    settling.collect(order=PaymentOrder.objects.get(bill=session.bill, purpose="EXIT"), now=START + timedelta(hours=2))
    assert state(session) != waiting


def test_a_refund_that_is_done_changes_the_text(driver: User, zone: ParkingZone, settings: Settings) -> None:
    session = book(driver, zone)
    settings.SIMULATED_OUTCOME = "PENDING"
    cancel(driver, session)
    under_way = state(session)
    settings.SIMULATED_OUTCOME = "CAPTURE"
    later = START + timedelta(minutes=5)
    send_refunds([Refund.objects.get()], now=later)
    assert Refund.objects.get().status == "COMPLETED"
    assert state(session) != under_way


def test_a_stay_is_watched_for_ten_minutes_after_its_end(driver: User, zone: ParkingZone, clock: Any) -> None:
    session = book(driver, zone)
    cancel(driver, session)
    clock.shift(timedelta(minutes=10))
    assert state(session) is not None
    clock.shift(timedelta(microseconds=1))
    assert state(session) is None


def test_stays_take_one_statement(driver: User, zone: ParkingZone, django_assert_num_queries: Any) -> None:
    sessions = [book(driver, zone) for _ in range(3)]
    with django_assert_num_queries(1):
        assert sorted(open_states()) == [session.pk for session in sessions]


# --- Zones and slots ---------------------------------------------------------------------------------


def test_a_zone_says_its_counts_and_the_status_of_each_slot(driver: User, staff: User) -> None:
    zone = make_zone(slots=3)
    first, second = book(driver, zone), book(driver, zone)
    enter(staff, first)
    third = ParkingSlot.objects.get(zone=zone, slot_number="A-003")
    found = facilities_state()[zone.pk]
    assert found.counts == ZoneCounts(total=3, booked=1, occupied=1, out_of_service=0)
    assert found.statuses == {first.slot_id: "OCCUPIED", second.slot_id: "BOOKED", third.pk: "FREE"}


def test_a_slot_or_the_zone_changes_the_text_of_that_zone_alone(driver: User, zone: ParkingZone, clock: Any) -> None:
    other = make_zone()
    seen = [facilities_state()]
    book(driver, zone)
    seen.append(facilities_state())
    clock.shift(timedelta(seconds=1))
    update_zone(actor=SYSTEM, zone_id=zone.pk, changes={"is_active": False}, now=START + timedelta(seconds=1))
    seen.append(facilities_state())
    assert len({states[zone.pk].fingerprint for states in seen}) == 3
    assert len({states[other.pk].fingerprint for states in seen}) == 1


def test_a_zone_without_slots_is_there_and_a_retired_one_is_not(zone: ParkingZone) -> None:
    empty, retired = make_zone(slots=0), make_zone(slots=0)
    retire_zone(actor=SYSTEM, zone_id=retired.pk, now=START)
    found = facilities_state()
    assert sorted(found) == [zone.pk, empty.pk]
    assert (found[empty.pk].counts, found[empty.pk].statuses) == (ZoneCounts(), {})


def test_all_zones_take_one_statement(zone: ParkingZone, django_assert_num_queries: Any) -> None:
    make_zone()
    with django_assert_num_queries(1):
        facilities_state()


# --- Money -------------------------------------------------------------------------------------------


def test_money_that_comes_goes_waits_or_is_owed_changes_the_text(
    driver: User, staff: User, admin: User, zone: ParkingZone, settings: Settings
) -> None:
    seen = [money_state()]

    def note() -> None:
        seen.append(money_state())

    cancelled, session = book(driver, zone), book(driver, zone)
    note()
    settings.SIMULATED_OUTCOME = "PENDING"
    cancel(driver, cancelled)
    note()
    Refund.objects.update(status="REVIEW")
    note()
    Refund.objects.update(status="COMPLETED", completed_at=START)
    note()
    enter(staff, session)
    pay_ahead(driver, session, START + timedelta(hours=2))
    note()
    PaymentOrder.objects.filter(status="PENDING").update(status="REVIEW")
    note()
    PaymentOrder.objects.filter(status="REVIEW").update(status="FAILED")
    note()
    terminate(staff, session, "NONE", START + timedelta(hours=3))
    note()
    debts.write_off(actor=actor(admin), debt_id=Debt.objects.get().pk, reason="Goodwill", now=START)
    note()
    assert len(seen) == 10
    assert all(before != after for before, after in pairwise(seen))


def test_asking_a_gateway_in_vain_changes_nothing(driver: User, zone: ParkingZone, settings: Settings) -> None:
    settings.SIMULATED_OUTCOME = "PENDING"
    book(driver, zone)
    before = money_state()
    settling.follow_open_orders(now=START + timedelta(seconds=30))
    assert money_state() == before


def test_money_is_one_statement_and_once_a_second(
    driver: User, zone: ParkingZone, django_assert_num_queries: Any
) -> None:
    book(driver, zone)
    with django_assert_num_queries(1):
        assert money_now.value() == money_now.value()
