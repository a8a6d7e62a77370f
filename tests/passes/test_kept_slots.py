"""A plan that keeps a slot for each of its passes: which one, who gets it, what it leaves to others, and its end."""

from datetime import timedelta
from typing import Any

import pytest
from time_machine import Traveller

from parking.accounts.models import Role, User
from parking.checkout import pass_changes, pass_entry, passes, placing
from parking.checkout.collecting import Collection
from parking.checkout.pass_renewing import expire_passes
from parking.checkout.refunding import refuse_refund
from parking.core.actor import SYSTEM
from parking.core.errors import InvalidInput
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.facilities.queries import counts_of, free_slots
from parking.facilities.services import change_slot, retire_zone, update_zone
from parking.passes.models import Plan, Subscription
from parking.passes.plans import change_plan
from parking.passes.services import Wanted
from parking.payments.gateways.base import GatewayState
from parking.payments.models import Refund
from parking.stays.promises import bookable_in
from tests.build import actor, book, cancel, leave, make_user, make_zone, reserve
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree, refused
from tests.moments import START, at
from tests.passes.build import again, bought, buy, make_plan
from tests.passes.organisations import make_organisation
from tests.reservations.test_waiting_list import wait

pytestmark = pytest.mark.django_db

PLATE, OTHER, THIRD = "DL-01-AB-1234", "DL-01-AB-5678", "DL-01-AB-9999"


@pytest.fixture(autouse=True)
def at_start(time_machine: Traveller, gateway: FakeGateway) -> None:
    time_machine.move_to(START, tick=False)


@pytest.fixture
def small(db: None) -> ParkingZone:
    return make_zone("Small", slots=3)


@pytest.fixture
def plan(small: ParkingZone) -> Plan:
    return make_plan(small, reserved=True)


def _number(held: Subscription) -> str:
    slot = again(held).slot
    assert slot is not None
    return slot.slot_number


def test_the_first_free_slot_is_kept_from_the_purchase_on(driver: User, small: ParkingZone, plan: Plan) -> None:
    book(driver, small, OTHER)
    held = bought(driver, plan, PLATE)
    assert _number(held) == "A-002"
    counts = counts_of([small])[small.pk]
    assert (counts.booked, counts.available, free_slots(small)) == (2, 1, {"CAR": 1})
    assert bookable_in([(small, counts)], START)[small.pk].total == 1
    assert_books_agree()


def test_others_do_not_get_it_and_its_car_does(driver: User, small: ParkingZone, plan: Plan) -> None:
    held = bought(driver, plan, PLATE)
    taken = [book(make_user(Role.USER, f"d{n}"), small, f"KA-05-MN-000{n}").slot for n in (1, 2)]
    assert [slot.slot_number for slot in taken if slot] == ["A-002", "A-003"]
    with refused("zone_full"):
        book(make_user(Role.USER, "d3"), small, THIRD)
    session = book(driver, small, PLATE)
    assert session.slot is not None and session.slot.slot_number == "A-001" == _number(held)
    assert session.subscription_id == held.pk
    assert_books_agree()


def test_it_is_free_for_its_car_again_after_the_exit(driver: User, staff: User, small: ParkingZone, plan: Plan) -> None:
    held = bought(driver, plan, PLATE)
    for hour in (1, 3):
        entered = pass_entry.enter_with_pass(actor=actor(staff), qr_code=held.pass_code, plate=PLATE, now=at(60 * hour))
        assert entered.session.slot is not None and entered.session.slot.slot_number == "A-001"
        leave(staff, entered.session, now=at(60 * hour + 60))
    slot = ParkingSlot.objects.get(zone=small, slot_number="A-001")
    assert (slot.status, slot.kept, slot.shown_status) == ("FREE", True, "KEPT")


def test_the_code_of_the_pass_leads_to_the_zone_of_its_slot(driver: User, staff: User, small: ParkingZone) -> None:
    later = make_zone("Later", slots=2)
    held = bought(driver, make_plan(small, reserved=True, zone_ids=[later.pk]), PLATE)
    covers = held.covers | {"zone_ids": [small.pk, later.pk]}
    Subscription.objects.filter(pk=held.pk).update(covers=covers)
    entered = pass_entry.enter_with_pass(actor=actor(staff), qr_code=held.pass_code, plate=PLATE, now=at(1))
    assert entered.session.zone_id == later.pk


def test_out_of_service_it_is_an_ordinary_place(driver: User, small: ParkingZone, plan: Plan) -> None:
    held = bought(driver, plan, PLATE)
    kept = again(held).slot
    assert kept is not None
    change_slot(actor=SYSTEM, slot_id=kept.pk, status="OUT_OF_SERVICE", kind=None, now=START)
    slot = book(driver, small, PLATE).slot
    assert slot is not None and slot.slot_number == "A-002"


def test_one_pass_more_gets_a_slot_with_a_car_and_then_none(driver: User, small: ParkingZone, plan: Plan) -> None:
    session = book(driver, small, OTHER)
    for number in (1, 2):
        bought(make_user(Role.USER, f"d{number}"), plan, f"KA-05-MN-000{number}")
    held = bought(driver, plan, PLATE)
    assert session.slot is not None and _number(held) == session.slot.slot_number
    with refused("no_slot_to_keep"):
        buy(make_user(Role.USER, "d3"), plan, THIRD)
    assert Subscription.objects.count() == 3


def test_what_was_promised_to_reservations_is_not_kept(driver: User, plan: Plan, small: ParkingZone) -> None:
    reserve(make_user(Role.USER, "d1"), small, at(2880), at(3000), THIRD)
    # One of three may be promised, and of two; of one none.
    bought(driver, plan, PLATE)
    with refused("no_slot_to_keep"):
        buy(make_user(Role.USER, "d2"), plan, OTHER)
    assert ParkingSlot.objects.filter(kept=True).count() == 1


def test_kept_slots_are_promised_to_nobody(driver: User, plan: Plan, small: ParkingZone) -> None:
    for number in (1, 2):
        bought(make_user(Role.USER, f"d{number}"), plan, f"KA-05-MN-000{number}")
    with refused("window_full"):
        reserve(driver, small, at(2880), at(3000), PLATE)


def test_a_reservation_of_its_car_gets_it(driver: User, plan: Plan, small: ParkingZone) -> None:
    held = bought(driver, plan, PLATE)
    session = reserve(driver, small, at(180), at(300), PLATE)
    placing.claim_places(now=at(165))
    session.refresh_from_db()
    assert session.slot == again(held).slot


@pytest.mark.parametrize("end", ["expired", "cancelled", "unpaid"])
def test_it_is_let_go_at_the_end(driver: User, plan: Plan, gateway: FakeGateway, end: str) -> None:
    if end == "unpaid":
        gateway.outcome = GatewayState.PENDING
    held = buy(driver, plan, PLATE).subscription
    assert ParkingSlot.objects.filter(kept=True).count() == 1
    if end == "expired":
        expire_passes(now=held.ends_at)
    elif end == "cancelled":
        pass_changes.cancel_pass(actor=actor(driver), subscription=held, reason="", now=at(60))
    else:
        passes.give_up_unpaid_passes(now=START + timedelta(minutes=31))
    assert not ParkingSlot.objects.filter(kept=True).exists()
    assert again(held).slot is not None, "what was kept stays on record"


def test_only_one_car_is_inside_and_no_organisation_has_such_a_plan(plan: Plan, small: ParkingZone) -> None:
    with pytest.raises(InvalidInput) as caught:
        change_plan(actor=SYSTEM, plan_id=plan.pk, changes={"vehicles": 2, "inside": 2}, now=START)
    assert list(caught.value.errors) == ["reserved"]
    with pytest.raises(InvalidInput) as caught:
        make_organisation(small, plan=plan)
    assert list(caught.value.errors) == ["plan_id"]


def test_it_stays_kept_where_the_money_of_a_cancelled_pass_does_not_go_back(driver: User, plan: Plan) -> None:
    sold = _sold_and_cancelled(driver, plan)
    _refuse_refund()
    assert _number(sold) == "A-001"
    assert list(ParkingSlot.objects.filter(kept=True).values_list("slot_number", flat=True)) == ["A-001"]
    assert_books_agree()


def test_another_one_is_kept_where_it_was_given_away_meanwhile(driver: User, plan: Plan) -> None:
    sold = _sold_and_cancelled(driver, plan)
    other = bought(make_user(Role.USER, "d1"), plan, OTHER, now=at(6))
    _refuse_refund()
    assert (_number(other), _number(sold)) == ("A-001", "A-002")
    assert again(sold).status == "ACTIVE"
    assert_books_agree()


def _sold_and_cancelled(driver: User, plan: Plan) -> Subscription:
    """Return a pass that was sold for cash and cancelled; the refund waits for a second person."""
    sold = passes.sell(
        actor=actor(make_user(Role.STAFF)),
        buyer=passes.Buyer(driver.pk),
        plan_id=plan.pk,
        wanted=Wanted((PLATE,), None),
        collection=Collection("CASH"),
        now=START,
    ).subscription
    pass_changes.cancel_pass(actor=actor(driver), subscription=sold, reason="", now=at(5))
    assert not ParkingSlot.objects.filter(kept=True).exists()
    return sold


def _refuse_refund() -> None:
    refund = Refund.objects.get()
    refuse_refund(actor=actor(make_user(Role.ADMIN)), refund_id=refund.pk, now=at(7))


def test_a_pass_that_ends_while_its_car_is_inside_leaves_an_ordinary_slot(
    driver: User, staff: User, small: ParkingZone, plan: Plan
) -> None:
    held = bought(driver, plan, PLATE)
    entered = pass_entry.enter_with_pass(actor=actor(staff), qr_code=held.pass_code, plate=PLATE, now=at(1))
    over = held.ends_at + timedelta(minutes=1)
    expire_passes(now=over)
    leave(staff, entered.session, now=over + timedelta(minutes=1), tendered="5000.00")
    slot = ParkingSlot.objects.get(zone=small, slot_number="A-001")
    assert (slot.status, slot.kept) == ("FREE", False)
    taken = book(make_user(Role.USER, "d1"), small, OTHER, over + timedelta(minutes=2)).slot
    assert taken == slot
    assert_books_agree()


def test_the_second_car_of_a_pass_gets_an_ordinary_slot(driver: User, small: ParkingZone) -> None:
    bought(driver, make_plan(small, reserved=True, vehicles=2), PLATE, OTHER)
    first, second = (book(driver, small, plate) for plate in (PLATE, OTHER))
    assert [one.slot.slot_number for one in (first, second) if one.slot] == ["A-001", "A-002"]
    assert (second.subscription_id, second.pass_note) == (None, "ALL_INSIDE")


def test_an_exchanged_vehicle_gets_it_from_the_next_midnight_on(driver: User, small: ParkingZone, plan: Plan) -> None:
    held = bought(driver, plan, PLATE)
    pass_changes.change_vehicles(actor=actor(driver), subscription=held, plates=(OTHER,), now=at(1))
    numbers = []
    for day in (0, 1):
        session = book(driver, small, OTHER, at(2 + day * 24 * 60))
        numbers.append(session.slot.slot_number if session.slot else None)
        cancel(driver, session, at(3 + day * 24 * 60))
    assert numbers == ["A-002", "A-001"]


def test_back_in_service_it_is_kept_as_before(driver: User, small: ParkingZone, plan: Plan) -> None:
    kept = again(bought(driver, plan, PLATE)).slot
    assert kept is not None
    for status in ("OUT_OF_SERVICE", "FREE"):
        change_slot(actor=SYSTEM, slot_id=kept.pk, status=status, kind=None, now=START)
    assert book(make_user(Role.USER, "d1"), small, OTHER).slot != kept
    assert book(driver, small, PLATE).slot == kept


def test_a_zone_with_a_kept_slot_is_not_retired(driver: User, small: ParkingZone, plan: Plan) -> None:
    held = bought(driver, plan, PLATE)
    with refused("zone_in_use"):
        retire_zone(actor=SYSTEM, zone_id=small.pk, now=at(1))
    pass_changes.cancel_pass(actor=actor(driver), subscription=held, reason="", now=at(2))
    retire_zone(actor=SYSTEM, zone_id=small.pk, now=at(3))
    small.refresh_from_db()
    assert small.retired_at == at(3)


def test_unpaid_passes_of_one_driver_keep_no_more_slots_than_unpaid_bookings(
    driver: User, small: ParkingZone, plan: Plan, gateway: FakeGateway, settings: Any
) -> None:
    settings.UNPAID_LIMIT = 1
    gateway.outcome = GatewayState.PENDING
    first = buy(driver, plan, PLATE).subscription
    with refused("booking_limit"):
        buy(driver, plan, OTHER)
    buy(driver, make_plan(small, name="Without"), THIRD)
    pass_changes.cancel_pass(actor=actor(driver), subscription=first, reason="", now=at(1))
    assert buy(driver, plan, OTHER).subscription.slot_id is not None


def test_whose_own_slot_is_free_does_not_wait_in_line(driver: User, small: ParkingZone, plan: Plan) -> None:
    bought(driver, plan, PLATE)
    for number in (1, 2):
        book(make_user(Role.USER, f"d{number}"), small, f"KA-05-MN-000{number}")
    with refused("zone_not_full"):
        wait(driver, small, PLATE)
    assert wait(driver, small, OTHER).zone == small


def test_while_its_zone_is_closed_the_car_gets_a_place_elsewhere(
    driver: User, staff: User, small: ParkingZone, plan: Plan
) -> None:
    other = make_zone("Other", slots=1)
    held = bought(driver, plan, PLATE)
    update_zone(actor=SYSTEM, zone_id=small.pk, changes={"is_active": False}, now=at(1))
    entered = pass_entry.enter_with_pass(actor=actor(staff), qr_code=held.pass_code, plate=PLATE, now=at(2))
    assert (entered.session.zone_id, entered.session.subscription_id) == (other.pk, held.pk)
    assert _number(held) == "A-001"
    assert_books_agree()


def test_no_slot_of_a_closed_zone_is_kept(driver: User, small: ParkingZone, plan: Plan) -> None:
    update_zone(actor=SYSTEM, zone_id=small.pk, changes={"is_active": False}, now=START)
    with refused("no_slot_to_keep"):
        buy(driver, plan, PLATE)


def test_it_is_kept_while_a_renewal_may_come(driver: User, plan: Plan) -> None:
    held = buy(driver, plan, PLATE, auto_renew=True).subscription
    expire_passes(now=held.ends_at + timedelta(days=1))
    assert ParkingSlot.objects.filter(kept=True).count() == 1
    expire_passes(now=held.ends_at + timedelta(days=2))
    assert not ParkingSlot.objects.filter(kept=True).exists()


def test_the_kind_of_a_kept_slot_stays(driver: User, plan: Plan) -> None:
    """It was chosen for the car of the pass, which would get an ordinary place beside a slot that stays kept."""
    slot = again(bought(driver, plan, PLATE)).slot
    assert slot is not None
    with refused("slot_in_use"):
        change_slot(actor=SYSTEM, slot_id=slot.pk, status=None, kind="EV", now=START)
    changed = change_slot(actor=SYSTEM, slot_id=slot.pk, status="OUT_OF_SERVICE", kind=slot.kind, now=START)
    assert (changed.status, changed.kind, changed.kept) == ("OUT_OF_SERVICE", "CAR", True)
