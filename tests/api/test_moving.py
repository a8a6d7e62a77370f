"""A car moved to another slot of its site, and two cars that change places."""

from typing import Any

import pytest
from time_machine import Traveller

from parking.accounts.models import User
from parking.audit.models import AuditEntry
from parking.checkout.reservation_renderers import render_moved
from parking.core.actor import SYSTEM
from parking.facilities.models import ParkingSite, ParkingSlot, ParkingZone
from parking.facilities.services import add_slots
from parking.stays.events import SessionMoved
from parking.stays.models import ParkingSession
from tests.api.reading import data_of, problem_of
from tests.build import book, enter, leave, make_zone, quote, reloaded, reserve, take_ticket
from tests.client import ApiClient
from tests.invariants import assert_books_agree, nothing_changes
from tests.moments import START, at

pytestmark = pytest.mark.django_db

PLATE, OTHER = "DL-01-AB-1234", "DL-01-AB-1284"


@pytest.fixture
def inside(staff: User, zone: ParkingZone, time_machine: Traveller) -> ParkingSession:
    """Return a car that is inside at A-001."""
    time_machine.move_to(START, tick=False)
    return enter(staff, take_ticket(zone, PLATE))


@pytest.fixture
def far_zone(zone: ParkingZone) -> ParkingZone:
    """Return a zone of another site."""
    site = ParkingSite.objects.create(name="Airport", code="AIR", state="OPEN", created_at=START)
    return make_zone("Zone P1", site_id=site.pk)


def slot(zone: ParkingZone, number: str) -> ParkingSlot:
    return ParkingSlot.objects.get(zone=zone, slot_number=number)


def moved(user: User, session: ParkingSession, to: ParkingSlot, **fields: object) -> Any:
    return ApiClient(user).post(f"/api/staff/sessions/{session.pk}/move/", {"slot_id": to.pk, **fields})


def statuses(zone: ParkingZone, *numbers: str) -> list[str]:
    return [slot(zone, number).status for number in numbers]


def test_a_car_inside_is_moved_and_its_former_slot_is_free(
    staff: User, zone: ParkingZone, inside: ParkingSession
) -> None:
    answer = data_of(moved(staff, inside, slot(zone, "A-005")))
    assert (answer["slot_number"], answer["marks"]) == ("A-005", ["MOVED"])
    assert statuses(zone, "A-001", "A-005") == ["FREE", "OCCUPIED"]
    line = AuditEntry.objects.get(action="session.moved")
    assert (line.actor_id, line.facts) == (
        staff.pk,
        {
            "zone_id": zone.pk,
            "slot_id": slot(zone, "A-005").pk,
            "from_zone_id": zone.pk,
            "from_slot_id": inside.slot_id,
            "swapped_with": None,
        },
    )
    assert_books_agree()


def test_the_same_slot_again_changes_nothing(staff: User, zone: ParkingZone, inside: ParkingSession) -> None:
    with nothing_changes():
        data_of(moved(staff, inside, slot(zone, "A-001")))
        data_of(moved(staff, inside, slot(zone, "A-001"), swap=True))


def test_a_booking_keeps_its_new_slot_booked(driver: User, staff: User, zone: ParkingZone) -> None:
    booked = book(driver, zone, PLATE)
    data_of(moved(staff, booked, slot(zone, "A-004")))
    assert statuses(zone, "A-001", "A-004") == ["FREE", "BOOKED"]
    assert enter(staff, booked).slot_number == "A-004"
    assert statuses(zone, "A-004") == ["OCCUPIED"]


@pytest.mark.parametrize("status", ["OCCUPIED", "BOOKED", "OUT_OF_SERVICE"])
def test_a_slot_that_is_not_free_is_refused(
    staff: User, zone: ParkingZone, inside: ParkingSession, status: str
) -> None:
    ParkingSlot.objects.filter(pk=slot(zone, "A-005").pk).update(status=status)
    with nothing_changes():
        assert problem_of(moved(staff, inside, slot(zone, "A-005"))) == (400, "slot_taken")
        assert problem_of(moved(staff, inside, slot(zone, "A-005"), swap=True)) == (400, "slot_taken")


def test_a_slot_kept_for_a_pass_is_not_free(staff: User, zone: ParkingZone, inside: ParkingSession) -> None:
    ParkingSlot.objects.filter(pk=slot(zone, "A-005").pk).update(kept=True)
    assert problem_of(moved(staff, inside, slot(zone, "A-005"))) == (400, "slot_taken")


def test_a_slot_for_other_vehicles_is_refused(staff: User, zone: ParkingZone, inside: ParkingSession) -> None:
    [small] = add_slots(actor=SYSTEM, zone_id=zone.pk, prefix="T-", first=1, last=1, kind="TWO_WHEELER", now=START)
    assert problem_of(moved(staff, inside, small)) == (400, "slot_unsuitable")


def test_an_accessible_slot_needs_the_permission(
    staff: User, admin: User, zone: ParkingZone, inside: ParkingSession
) -> None:
    [special] = add_slots(actor=SYSTEM, zone_id=zone.pk, prefix="H-", first=1, last=1, kind="ACCESSIBLE", now=START)
    assert problem_of(moved(staff, inside, special)) == (403, "not_permitted")
    assert data_of(moved(admin, inside, special))["slot_number"] == "H-001"


def test_without_the_permission_nobody_moves(staff: User, zone: ParkingZone, inside: ParkingSession) -> None:
    staff.permissions = {"move": False}
    staff.save()
    with nothing_changes():
        assert problem_of(moved(staff, inside, slot(zone, "A-005"))) == (403, "not_permitted")


# --- Another zone ------------------------------------------------------------------------------------


def test_in_another_zone_the_terms_stay_and_the_money_counts_there(
    staff: User, zone: ParkingZone, inside: ParkingSession, time_machine: Traveller
) -> None:
    dear = make_zone("Zone B", rate="500.00", site_id=zone.site_id)
    answer = data_of(moved(staff, inside, slot(dear, "A-002")))
    assert (answer["zone_name"], answer["hourly_rate"]) == ("Zone B", 50.0)
    assert (statuses(zone, "A-001"), statuses(dear, "A-002")) == (["FREE"], ["OCCUPIED"])
    time_machine.move_to(at(90), tick=False)
    assert leave(staff, inside).session.bill.total == 100
    assert reloaded(inside).zone_id == dear.pk
    assert statuses(dear, "A-002") == ["FREE"]
    assert_books_agree()


def test_from_the_first_quote_on_only_an_administrator_changes_the_zone(
    staff: User, admin: User, zone: ParkingZone, inside: ParkingSession, time_machine: Traveller
) -> None:
    other = make_zone("Zone B", site_id=zone.site_id)
    time_machine.move_to(at(90), tick=False)
    quote(staff, inside)
    with nothing_changes():
        assert problem_of(moved(staff, inside, slot(other, "A-002"))) == (400, "quote_given")
    data_of(moved(staff, inside, slot(zone, "A-002")))
    data_of(moved(admin, inside, slot(other, "A-002")))


def test_a_slot_of_another_site_is_not_there(staff: User, inside: ParkingSession, far_zone: ParkingZone) -> None:
    with nothing_changes():
        assert problem_of(moved(staff, inside, slot(far_zone, "A-001"))) == (404, "slot_not_found")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"is_active": False}, "zone_inactive"),
        ({"allowed_kinds": ["TWO_WHEELER"]}, "kind_not_allowed"),
        ({"pass_only": True}, "pass_needed"),
    ],
)
def test_another_zone_takes_whom_it_takes(
    staff: User, zone: ParkingZone, inside: ParkingSession, fields: dict[str, Any], code: str
) -> None:
    other = make_zone("Zone B", site_id=zone.site_id, **fields)
    with nothing_changes():
        assert problem_of(moved(staff, inside, slot(other, "A-002"))) == (400, code)


def test_slots_that_reservations_wait_for_are_not_given_away(
    staff: User, driver: User, zone: ParkingZone, inside: ParkingSession
) -> None:
    small = make_zone("Zone B", slots=2, site_id=zone.site_id)
    reserve(driver, small, at(60), at(180), OTHER)
    take_ticket(small)
    with nothing_changes():
        assert problem_of(moved(staff, inside, slot(small, "A-002"))) == (400, "zone_full")


def test_a_reservation_without_a_slot_has_none_to_change(staff: User, driver: User, zone: ParkingZone) -> None:
    waits = reserve(driver, zone, at(6000), at(6120), OTHER, now=START)
    assert problem_of(moved(staff, waits, slot(zone, "A-002"))) == (400, "no_slot_yet")


def test_who_has_left_is_not_moved(staff: User, zone: ParkingZone, inside: ParkingSession) -> None:
    leave(staff, inside)
    assert problem_of(moved(staff, inside, slot(zone, "A-002"))) == (400, "session_over")


# --- Two change places -------------------------------------------------------------------------------


def test_two_cars_change_places(staff: User, driver: User, zone: ParkingZone, inside: ParkingSession) -> None:
    booked = book(driver, zone, OTHER)
    assert data_of(moved(staff, inside, slot(zone, "A-002"), swap=True))["slot_number"] == "A-002"
    assert reloaded(booked).slot_number == "A-001"
    assert statuses(zone, "A-001", "A-002") == ["BOOKED", "OCCUPIED"]
    assert [reloaded(one).marks for one in (inside, booked)] == [["MOVED"], ["MOVED"]]
    assert reloaded(booked).without_slot is False
    lines = AuditEntry.objects.filter(action="session.moved").order_by("pk")
    assert [(line.subject_id, line.facts["swapped_with"]) for line in lines] == [
        (inside.pk, booked.pk),
        (booked.pk, inside.pk),
    ]
    assert_books_agree()


def test_cars_that_stand_in_each_others_slot_change_places_although_a_pass_keeps_one(
    staff: User, zone: ParkingZone, inside: ParkingSession
) -> None:
    other = enter(staff, take_ticket(zone, now=START), START)
    kept = slot(zone, "A-002")
    ParkingSlot.objects.filter(pk=kept.pk).update(kept=True)
    assert data_of(moved(staff, inside, kept, swap=True))["slot_number"] == "A-002"
    assert reloaded(other).slot_number == "A-001"
    leave(staff, inside, now=at(30))
    # Kept for its pass as before.
    kept.refresh_from_db()
    assert (kept.status, kept.kept) == ("FREE", True)


def test_two_cars_change_places_across_zones(staff: User, zone: ParkingZone, inside: ParkingSession) -> None:
    other_zone = make_zone("Zone B", site_id=zone.site_id)
    other = enter(staff, take_ticket(other_zone, OTHER))
    data_of(moved(staff, inside, slot(other_zone, "A-001"), swap=True))
    assert (reloaded(inside).zone_id, reloaded(other).zone_id) == (other_zone.pk, zone.pk)
    assert_books_agree()


def test_nobody_changes_places_with_an_empty_slot(staff: User, zone: ParkingZone, inside: ParkingSession) -> None:
    with nothing_changes():
        assert problem_of(moved(staff, inside, slot(zone, "A-005"), swap=True)) == (400, "slot_taken")


# --- The driver is told ------------------------------------------------------------------------------


def test_the_driver_is_told_of_the_new_slot(staff: User, driver: User, zone: ParkingZone) -> None:
    booked = book(driver, zone, PLATE)
    data_of(moved(staff, booked, slot(zone, "A-004")))
    event = SessionMoved(session_id=booked.pk, zone_id=zone.pk, slot_id=1, from_zone_id=zone.pk, from_slot_id=None)
    [message] = render_moved(event, START)
    assert (message.person_id, message.kind, message.values["slot"]) == (driver.pk, "car_moved", "A-004")
