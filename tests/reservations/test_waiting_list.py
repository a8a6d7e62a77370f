"""Waiting for a place of a full zone: the line, offers as places come free, what becomes of them."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from parking.accounts.models import User
from parking.audit.models import AuditEntry
from parking.checkout import expiring, waiting_list
from parking.core.actor import SYSTEM
from parking.core.errors import InvalidInput
from parking.core.ids import Ref
from parking.facilities.models import ParkingZone
from parking.payments.gateways.base import GatewayState
from parking.stays.models import ParkingSession
from parking.stays.waiting import position_of
from parking.stays.waiting_models import WaitingEntry
from parking.tariffs.rules.demand import DemandStep
from parking.tariffs.zone_demand import set_demand
from tests.build import actor, book, cancel, enter, make_user, make_zone, plate, reserve
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree, refused
from tests.moments import START, at

pytestmark = pytest.mark.django_db

PLATE = "DL-01-AB-1234"


def wait(driver: User, zone: ParkingZone, vehicle: str | None = None, now: datetime = START, **fields: Any) -> Any:
    return waiting_list.join(
        actor=actor(driver),
        zone=Ref(pk=zone.pk),
        plate=vehicle or plate(),
        owner_name="Asha Rao",
        vehicle_kind="CAR",
        now=now,
        **{"until": at(600)} | fields,
    )


def accept(driver: User, entry: WaitingEntry, minutes: float) -> ParkingSession:
    return waiting_list.accept(actor=actor(driver), entry_id=entry.pk, gateway=None, now=at(minutes))


def state(entry: WaitingEntry) -> str:
    return WaitingEntry.objects.get(pk=entry.pk).state


@pytest.fixture
def last(driver: User) -> ParkingSession:
    """Return the booking that takes the last slot of a zone."""
    return book(driver, make_zone("Full", slots=1), now=START)


# --- In line ---------------------------------------------------------------------------------------------


def test_those_in_line_have_positions(last: ParkingSession) -> None:
    entries = [wait(make_user(), last.zone) for _ in range(3)]
    assert [position_of(entry) for entry in entries] == [1, 2, 3]
    waiting_list.leave(actor=actor(entries[0].driver), entry_id=entries[0].pk, now=START)
    assert [position_of(entry) for entry in entries[1:]] == [1, 2]


def test_a_zone_with_places_has_no_line(driver: User, zone: ParkingZone) -> None:
    with refused("zone_not_full"):
        wait(driver, zone)


def test_a_plate_waits_once_for_a_zone(driver: User, last: ParkingSession) -> None:
    wait(driver, last.zone, PLATE)
    with refused("already_waiting"):
        wait(driver, last.zone, PLATE)
    wait(driver, last.zone)


@pytest.mark.parametrize("until", [START, at(61 * 24 * 60)])
def test_nobody_waits_for_ever(driver: User, last: ParkingSession, until: datetime) -> None:
    with pytest.raises(InvalidInput) as caught:
        wait(driver, last.zone, until=until)
    assert list(caught.value.errors) == ["until"]


def test_somebody_elses_place_is_not_there(driver: User, last: ParkingSession) -> None:
    entry = wait(driver, last.zone)
    with refused("waiting_not_found"):
        waiting_list.leave(actor=actor(make_user()), entry_id=entry.pk, now=START)


# --- Offered ---------------------------------------------------------------------------------------------


def test_a_place_that_comes_free_is_offered_to_the_first(driver: User, last: ParkingSession) -> None:
    first, second = wait(make_user(), last.zone), wait(make_user(), last.zone)
    assert waiting_list.offer_places(now=at(1)) == 0
    cancel(driver, last, at(2))
    assert waiting_list.offer_places(now=at(2)) == 1
    assert (state(first), state(second)) == ("OFFERED", "WAITING")
    offer = ParkingSession.objects.get(waiting_entry=first)
    assert (offer.status, offer.slot_id, offer.pay_by, offer.enter_by) == ("BOOKED", last.slot_id, at(12), at(42))
    assert_books_agree()
    assert AuditEntry.objects.filter(action="waiting.offered", subject_id=first.pk).count() == 1


def test_an_accepted_offer_is_a_booking(driver: User, staff: User, last: ParkingSession) -> None:
    other = make_user()
    entry = wait(other, last.zone)
    cancel(driver, last, at(2))
    waiting_list.offer_places(now=at(2))
    session = accept(other, entry, 11)
    assert (session.payment_status, session.bill.paid, state(entry)) == ("PARTIAL", Decimal("50.00"), "TAKEN")
    assert accept(other, entry, 12).pk == session.pk
    enter(staff, session, at(42))
    assert_books_agree()


def test_an_offer_that_lapses_goes_to_the_next(driver: User, last: ParkingSession) -> None:
    first, second = wait(make_user(), last.zone), wait(make_user(), last.zone)
    cancel(driver, last, at(2))
    waiting_list.offer_places(now=at(2))
    expiring.expire_unpaid_holds(now=at(12) + timedelta(seconds=1))
    with refused("no_offer"):
        accept(second.driver, second, 13)
    assert waiting_list.offer_places(now=at(13)) == 1
    assert (state(first), state(second)) == ("LAPSED", "OFFERED")
    with refused("no_offer"):
        accept(first.driver, first, 13)
    assert_books_agree()


def test_who_leaves_gives_the_offer_to_the_next(driver: User, last: ParkingSession) -> None:
    first, second = wait(make_user(), last.zone), wait(make_user(), last.zone)
    cancel(driver, last, at(2))
    waiting_list.offer_places(now=at(2))
    waiting_list.leave(actor=actor(first.driver), entry_id=first.pk, now=at(3))
    waiting_list.offer_places(now=at(3))
    assert (state(first), state(second)) == ("LEFT", "OFFERED")
    assert_books_agree()


def test_an_offer_costs_what_a_booking_now_would(driver: User) -> None:
    zone = make_zone(slots=2)
    set_demand(actor=SYSTEM, zone_id=zone.pk, steps=[DemandStep(50, 20)], now=START)
    book(driver, zone, now=START)
    last = book(driver, zone, now=START)
    for_now, later = wait(make_user(), zone), wait(make_user(), zone)
    cancel(driver, last, at(2))
    waiting_list.offer_places(now=at(2))
    offer = ParkingSession.objects.get(waiting_entry=for_now)
    assert (offer.offers, state(later)) == ({"demand_percent": 20}, "WAITING")


def test_an_offer_for_a_window_has_no_busy_times(driver: User) -> None:
    zone = make_zone(slots=2)
    set_demand(actor=SYSTEM, zone_id=zone.pk, steps=[DemandStep(0, 20)], now=START)
    held = reserve(driver, zone, at(600), at(700), now=START)
    entry = wait(make_user(), zone, starts_at=at(610), ends_at=at(650))
    cancel(driver, held, at(2))
    waiting_list.offer_places(now=at(2))
    assert ParkingSession.objects.get(waiting_entry=entry).offers == {}


def test_who_is_parked_elsewhere_is_passed_over(driver: User, last: ParkingSession) -> None:
    first, second = wait(driver, last.zone, PLATE), wait(make_user(), last.zone)
    book(driver, make_zone(), PLATE, now=at(1))
    cancel(driver, last, at(2))
    waiting_list.offer_places(now=at(2))
    assert (state(first), state(second)) == ("WAITING", "OFFERED")


def test_who_waited_long_enough_is_offered_nothing(driver: User, last: ParkingSession) -> None:
    entry = wait(driver, last.zone, until=at(2))
    cancel(driver, last, at(2))
    assert (waiting_list.offer_places(now=at(2)), state(entry)) == (0, "OVER")


def test_a_slot_that_is_reserved_is_not_offered(driver: User) -> None:
    zone = make_zone(slots=2)
    bookings = [book(driver, zone, now=START) for _ in range(2)]
    reserve(driver, zone, at(60), at(120), now=START)
    entry = wait(driver, zone)
    cancel(driver, bookings[0], at(1))
    assert (waiting_list.offer_places(now=at(1)), state(entry)) == (0, "WAITING")


def test_an_offer_without_fee_is_accepted_too(staff: User) -> None:
    driver = make_user()
    zone = make_zone(slots=1, booking_fee=Decimal(0))
    last = book(driver, zone, now=START)
    entry = wait(driver, zone)
    cancel(driver, last, at(1))
    waiting_list.offer_places(now=at(1))
    offer = ParkingSession.objects.get(waiting_entry=entry)
    with refused("payment_pending"):
        enter(staff, offer, at(2))
    assert (accept(driver, entry, 3).pay_by, state(entry)) == (None, "TAKEN")
    enter(staff, offer, at(4))


def test_a_payment_that_waits_leaves_the_offer_open(driver: User, last: ParkingSession, gateway: FakeGateway) -> None:
    entry = wait(driver, last.zone)
    gateway.outcome = GatewayState.PENDING
    cancel(driver, last, at(2))
    waiting_list.offer_places(now=at(2))
    assert (accept(driver, entry, 3).bill.paid, state(entry)) == (Decimal("0.00"), "OFFERED")


# --- For a window ------------------------------------------------------------------------------------------


def test_a_window_is_offered_when_a_reservation_is_given_up(driver: User) -> None:
    zone = make_zone(slots=2)
    first = reserve(driver, zone, at(600), at(700), now=START)
    entry = wait(make_user(), zone, starts_at=at(610), ends_at=at(650))
    with refused("zone_not_full"):
        wait(make_user(), zone, starts_at=at(700), ends_at=at(750))
    assert waiting_list.offer_places(now=at(1)) == 0
    cancel(driver, first, at(2))
    assert waiting_list.offer_places(now=at(2)) == 1
    offer = ParkingSession.objects.get(waiting_entry=entry)
    assert (offer.slot_id, offer.starts_at, offer.ends_at, offer.pay_by) == (None, at(610), at(650), at(12))
    assert_books_agree()


def test_a_window_that_is_too_near_is_waited_for_no_longer(driver: User) -> None:
    zone = make_zone(slots=2)
    reserve(driver, zone, at(600), at(700), now=START)
    entry = wait(driver, zone, starts_at=at(600), ends_at=at(650))
    waiting_list.offer_places(now=at(586))
    assert state(entry) == "OVER"


def test_who_holds_as_many_bookings_as_allowed_is_passed_over(
    driver: User, last: ParkingSession, settings: Any
) -> None:
    settings.UNPAID_LIMIT = 1
    other = make_user()
    zone = make_zone("Also full", slots=1)
    present = book(other, zone, now=START)
    first, second = wait(driver, last.zone), wait(driver, zone)
    after = wait(make_user(), zone)
    cancel(driver, last, at(1))
    cancel(other, present, at(1))
    assert waiting_list.offer_places(now=at(2)) == 2
    assert [state(entry) for entry in (first, second, after)] == ["OFFERED", "WAITING", "OFFERED"]


def test_a_long_line_of_one_zone_keeps_no_other_waiting(
    driver: User, last: ParkingSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting_list, "MOST_AT_ONCE", 3)
    for _ in range(4):
        wait(make_user(), last.zone)
    other = make_user()
    present = book(other, make_zone("Other", slots=1), now=START)
    entry = wait(driver, present.zone)
    cancel(other, present, at(1))
    assert waiting_list.offer_places(now=at(2)) == 1
    assert state(entry) == "OFFERED"


def test_a_driver_with_many_plates_keeps_no_other_waiting(
    driver: User, last: ParkingSession, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BOOKING_LIMIT = 1
    monkeypatch.setattr(waiting_list, "MOST_AT_ONCE", 3)
    for _ in range(4):
        wait(driver, last.zone)
    other = make_user()
    present = book(other, make_zone("Other", slots=1), now=START)
    entry = wait(other, present.zone)
    cancel(other, present, at(1))
    assert waiting_list.offer_places(now=at(2)) == 1
    assert state(entry) == "OFFERED"
