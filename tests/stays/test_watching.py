"""What live pages watch: one statement each, and no change goes unseen."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from pytest_django.fixtures import Settings

from parking.accounts.models import Role, User
from parking.audit.news import newest_lines
from parking.checkout import debts, settling
from parking.checkout.refunding import approve_refund, refund_any_payment
from parking.checkout.settling import follow_open_refunds
from parking.core.actor import SYSTEM
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.facilities.queries import ZoneCounts, counts_of
from parking.facilities.services import add_slots, change_slot, retire_zone, update_zone
from parking.payments.asking import send_refunds
from parking.payments.gateways.base import GatewayState
from parking.payments.models import Debt, Payment, PaymentOrder, Refund
from parking.stays.models import ParkingSession
from parking.stays.watching import slots_state, stay_state, zones_state
from tests.build import actor, book, cancel, enter, leave, make_user, make_zone, pay_ahead, quote, terminate
from tests.gateway import FakeGateway
from tests.moments import START

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def state(session: ParkingSession) -> str:
    return stay_state(session.pk)


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
    assert "" not in seen
    assert len(set(seen)) == 5


def test_nothing_happens_and_nothing_changes(driver: User, zone: ParkingZone, clock: Any) -> None:
    session, other = book(driver, zone), book(driver, zone)
    before = state(session)
    clock.shift(timedelta(minutes=5))
    assert state(session) == before
    cancel(driver, other)
    assert state(session) == before


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


def test_a_stay_is_watched_however_long_it_is_over(driver: User, zone: ParkingZone, clock: Any) -> None:
    session = book(driver, zone)
    cancel(driver, session)
    ended = state(session)
    clock.shift(timedelta(days=400))
    assert state(session) == ended != ""


@pytest.mark.parametrize("number", [0, 999_999, 10**20])
def test_a_stay_that_is_not_there_has_an_empty_text(number: int) -> None:
    assert stay_state(number) == ""


def test_a_stay_takes_one_statement(driver: User, zone: ParkingZone, django_assert_num_queries: Any) -> None:
    session = book(driver, zone)
    with django_assert_num_queries(1):
        assert state(session)


# --- Zones and slots ---------------------------------------------------------------------------------


def test_a_zone_says_its_counts(driver: User, staff: User) -> None:
    zone = make_zone(slots=5)
    enter(staff, book(driver, zone))
    book(driver, zone)
    closed = ParkingSlot.objects.get(zone=zone, slot_number="A-004")
    change_slot(actor=SYSTEM, slot_id=closed.pk, status="OUT_OF_SERVICE", kind=None, now=START)
    assert zones_state()[zone.pk].counts == ZoneCounts(total=5, booked=1, occupied=1, out_of_service=1)


def test_counts_or_the_zone_change_the_text_of_that_zone_alone(driver: User, zone: ParkingZone, clock: Any) -> None:
    other = make_zone()
    seen = [zones_state()]
    book(driver, zone)
    seen.append(zones_state())
    clock.shift(timedelta(seconds=1))
    update_zone(actor=SYSTEM, zone_id=zone.pk, changes={"is_active": False}, now=START + timedelta(seconds=1))
    seen.append(zones_state())
    assert len({states[zone.pk].fingerprint for states in seen}) == 3
    assert len({states[other.pk].fingerprint for states in seen}) == 1


def test_a_zone_without_slots_is_there_and_a_retired_one_is_not(zone: ParkingZone) -> None:
    empty, retired = make_zone(slots=0), make_zone(slots=0)
    retire_zone(actor=SYSTEM, zone_id=retired.pk, now=START)
    found = zones_state()
    assert sorted(found) == [zone.pk, empty.pk]
    assert found[empty.pk].counts == ZoneCounts()


def test_the_counts_are_those_that_pages_read(driver: User, staff: User) -> None:
    zone, unmarked = make_zone(slots=5), make_zone(slots=4)
    ParkingZone.objects.filter(pk=unmarked.pk).update(marked=False)
    for place in (zone, unmarked):
        enter(staff, book(driver, place))
        first, second, *_ = ParkingSlot.objects.filter(zone=place, status="FREE").order_by("pk")
        change_slot(actor=SYSTEM, slot_id=first.pk, status="OUT_OF_SERVICE", kind=None, now=START)
        ParkingSlot.objects.filter(pk=second.pk).update(kind="EV", kept=True)
    found, read = {pk: zone.counts for pk, zone in zones_state().items()}, counts_of()
    assert found == read
    assert [found[pk].free for pk in (zone.pk, unmarked.pk)] == [read[pk].free for pk in (zone.pk, unmarked.pk)]
    assert found[unmarked.pk] == ZoneCounts(total=3, booked=1, occupied=1)


@pytest.mark.parametrize("change", [{"kind": "EV"}, {"kept": True}, {"status": "OUT_OF_SERVICE"}, {"status": "BOOKED"}])
def test_a_free_slot_that_becomes_something_else_and_back_changes_the_text(
    zone: ParkingZone, change: dict[str, Any]
) -> None:
    slot = ParkingSlot.objects.filter(zone=zone).latest("pk")
    seen = [slots_state(zone.pk)]
    ParkingSlot.objects.filter(pk=slot.pk).update(**change)
    seen.append(slots_state(zone.pk))
    ParkingSlot.objects.filter(pk=slot.pk).update(status="FREE", kind="CAR", kept=False)
    seen.append(slots_state(zone.pk))
    assert [seen[0] == seen[2], seen[0] == seen[1]] == [True, False]


def test_a_slot_changes_the_text_of_the_slots_of_its_zone_alone(driver: User, zone: ParkingZone) -> None:
    other = make_zone()
    before = [slots_state(zone.pk), slots_state(other.pk), slots_state()]
    free = ParkingSlot.objects.filter(zone=zone).latest("pk")
    change_slot(actor=SYSTEM, slot_id=free.pk, status=None, kind="EV", now=START)
    after = [slots_state(zone.pk), slots_state(other.pk), slots_state()]
    assert [one != another for one, another in zip(before, after, strict=True)] == [True, False, True]


def test_a_slot_that_is_freed_as_another_is_taken_changes_the_text(driver: User) -> None:
    zone = make_zone(slots=2)
    first = book(driver, zone)
    before = slots_state(zone.pk)
    second = book(driver, zone)
    cancel(driver, first)
    assert (zones_state()[zone.pk].counts.booked, second.slot_id != first.slot_id) == (1, True)
    assert slots_state(zone.pk) != before


@pytest.mark.parametrize("read", [zones_state, slots_state])
def test_all_zones_take_one_statement(
    zone: ParkingZone, read: Callable[[], Any], django_assert_num_queries: Any
) -> None:
    make_zone()
    with django_assert_num_queries(1):
        read()


# --- Every change is in the record --------------------------------------------------------------------


def test_money_that_comes_goes_waits_or_is_owed_is_news(
    driver: User, staff: User, admin: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    seen = [newest_lines()]

    def note() -> None:
        seen.append(newest_lines())

    cancelled, session = book(driver, zone), book(driver, zone)
    note()
    gateway.outcome = GatewayState.PENDING
    cancel(driver, cancelled)
    note()
    gateway.decide(GatewayState.COMPLETED)
    assert follow_open_refunds(now=START + timedelta(minutes=1)) == 1
    assert Refund.objects.get().status == "COMPLETED"
    note()
    enter(staff, session)
    note()
    gateway.outcome = GatewayState.PENDING
    pay_ahead(driver, session, START + timedelta(hours=2))
    note()
    settling.follow_open_orders(now=START + timedelta(hours=2, minutes=1))
    gateway.decide(GatewayState.FAILED)
    settling.follow_open_orders(now=START + timedelta(hours=2, minutes=2))
    assert PaymentOrder.objects.latest("pk").status == "FAILED"
    note()
    terminate(staff, session, "NONE", START + timedelta(hours=3))
    note()
    debts.write_off(actor=actor(admin), debt_id=Debt.objects.get().pk, reason="Goodwill", now=START)
    note()
    assert len(seen) == 9
    assert all(before != after for before, after in pairwise(seen))


def test_each_answer_to_a_refund_is_news(driver: User, zone: ParkingZone, gateway: FakeGateway) -> None:
    session = book(driver, zone)
    gateway.outcome = GatewayState.FAILED
    seen = [newest_lines()]
    cancel(driver, session)
    refund = Refund.objects.get()
    assert refund.status == "FAILED"
    seen.append(newest_lines())
    gateway.reachable = False
    assert refund.next_try_at is not None
    follow_open_refunds(now=refund.next_try_at)
    assert Refund.objects.get().status == "INITIATED"
    seen.append(newest_lines())
    assert len(set(seen)) == 3


def test_an_order_that_its_gateway_has_is_news_once(driver: User, zone: ParkingZone, gateway: FakeGateway) -> None:
    gateway.outcome, gateway.reachable = GatewayState.PENDING, False
    book(driver, zone)
    seen = [newest_lines()]
    gateway.reachable = True
    settling.follow_open_orders(now=START + timedelta(minutes=1))
    assert PaymentOrder.objects.get().pay_url != ""
    seen.append(newest_lines())
    settling.follow_open_orders(now=START + timedelta(minutes=2))
    seen.append(newest_lines())
    assert seen[0] != seen[1] == seen[2]


def test_money_that_another_person_hands_back_is_news(
    driver: User, staff: User, admin: User, zone: ParkingZone
) -> None:
    session = leave(staff, enter(staff, book(driver, zone)), "CASH", START + timedelta(hours=2)).session
    payment = Payment.objects.get(bill=session.bill, method="CASH")
    seen = [newest_lines()]
    refund = refund_any_payment(
        actor=actor(admin), payment_id=payment.pk, amount=payment.amount, reason="Barrier was broken", now=START
    )
    seen.append(newest_lines())
    approve_refund(actor=actor(make_user(Role.ADMIN)), refund_id=refund.pk, now=START)
    seen.append(newest_lines())
    assert len(set(seen)) == 3


def test_slots_and_zones_that_managers_change_are_news(zone: ParkingZone) -> None:
    seen = [newest_lines()]
    add_slots(actor=SYSTEM, zone_id=zone.pk, prefix="B-", first=1, last=2, kind="CAR", now=START)
    seen.append(newest_lines())
    slot = ParkingSlot.objects.filter(zone=zone).latest("pk")
    change_slot(actor=SYSTEM, slot_id=slot.pk, status="OUT_OF_SERVICE", kind=None, now=START)
    seen.append(newest_lines())
    update_zone(actor=SYSTEM, zone_id=zone.pk, changes={"is_active": False}, now=START)
    seen.append(newest_lines())
    retire_zone(actor=SYSTEM, zone_id=zone.pk, now=START)
    seen.append(newest_lines())
    assert len(set(seen)) == 5


def test_asking_a_gateway_in_vain_is_no_news(driver: User, zone: ParkingZone, settings: Settings) -> None:
    settings.SIMULATED_OUTCOME = "PENDING"
    book(driver, zone)
    before = newest_lines()
    settling.follow_open_orders(now=START + timedelta(seconds=30))
    assert newest_lines() == before
