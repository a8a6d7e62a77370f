"""Cars that are moved to other slots while others move, claim, or leave: a slot has one car, and none is lost."""

from collections.abc import Callable
from functools import partial

import pytest

from parking.accounts.models import User
from parking.checkout.moving import move
from parking.core.ids import Ref
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.stays.models import ParkingSession
from tests.build import actor, enter, take_ticket
from tests.concurrency.test_gate_ways import NOW, Way, by_cash, ended, later
from tests.concurrency.together import at_once, tally
from tests.invariants import assert_books_agree
from tests.moments import START

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_cars_moved_to_one_slot(staff: User, admin: User, zone: ParkingZone) -> None:
    cars = [enter(staff, take_ticket(zone, now=START), START) for _ in range(2)]
    slot = ParkingSlot.objects.get(zone=zone, slot_number="A-009")
    calls = [
        partial(move, actor=actor(user), session=Ref(pk=car.pk), slot_id=slot.pk, now=NOW)
        for user, car in zip((staff, admin), cars, strict=True)
    ]
    assert tally(at_once(calls)) == {"ok": 1, "slot_taken": 1}
    assert_slots_agree(zone, taken=2)


def test_two_cars_change_places_from_both_sides(staff: User, admin: User, zone: ParkingZone) -> None:
    first, second = (enter(staff, take_ticket(zone, now=START), START) for _ in range(2))
    calls = [
        partial(move, actor=actor(user), session=Ref(pk=one.pk), slot_id=other.slot_id or 0, swap=True, now=NOW)
        for user, one, other in ((staff, first, second), (admin, second, first))
    ]
    # Twice is as not at all; or the second one found its car there already.
    assert set(tally(at_once(calls))) <= {"ok", "slot_taken"}
    assert_slots_agree(zone, taken=2)


def test_a_move_and_a_claim_of_one_slot(staff: User, zone: ParkingZone) -> None:
    car = enter(staff, take_ticket(zone, now=START), START)
    slot = ParkingSlot.objects.get(zone=zone, slot_number="A-002")
    calls: list[Callable[[], object]] = [
        partial(move, actor=actor(staff), session=Ref(pk=car.pk), slot_id=slot.pk, now=NOW),
        partial(take_ticket, zone, now=NOW),
    ]
    # The claim passes over a slot that is being taken; the move may come too late.
    assert tally(at_once(calls)) in ({"ok": 2}, {"ok": 1, "slot_taken": 1})
    assert_slots_agree(zone, taken=2)


@pytest.mark.parametrize("way", [by_cash, later, ended])
@pytest.mark.parametrize("swap", [False, True])
def test_a_car_moved_while_it_leaves(staff: User, admin: User, zone: ParkingZone, way: Way, swap: bool) -> None:
    leaves, stays = (enter(staff, take_ticket(zone, now=START), START) for _ in range(2))
    wanted = (stays.slot_id or 0) if swap else ParkingSlot.objects.get(zone=zone, slot_number="A-009").pk
    calls: list[Callable[[], object]] = [
        partial(way, staff, leaves),
        partial(move, actor=actor(admin), session=Ref(pk=leaves.pk), slot_id=wanted, swap=swap, now=NOW),
    ]
    assert set(tally(at_once(calls))) <= {"ok", "session_over"}
    assert ParkingSession.objects.get(pk=leaves.pk).status == "COMPLETED"
    assert_slots_agree(zone, taken=1)
    assert_books_agree()


def assert_slots_agree(zone: ParkingZone, *, taken: int) -> None:
    """Check that exactly the slots of open stays are in use."""
    held = set(ParkingSession.objects.open().values_list("slot_id", flat=True))
    in_use = set(ParkingSlot.objects.filter(zone=zone).exclude(status="FREE").values_list("pk", flat=True))
    assert held == in_use
    assert len(held) == taken
