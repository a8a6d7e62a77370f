"""Another kind or plate of a car inside that makes it pay less: a second person approves it first."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from time_machine import Traveller

from parking.accounts.models import Approval, Role, User
from parking.audit.models import AuditEntry
from parking.core.actor import SYSTEM
from parking.facilities.models import ParkingZone
from parking.facilities.services import add_slots
from parking.stays.models import ParkingSession
from parking.tariffs.rules import KindRate
from parking.tariffs.services import set_kind_rates
from tests.api.reading import data_of, problem_of
from tests.build import enter, leave, make_user, quote, reloaded, take_ticket, terminate
from tests.client import ApiClient
from tests.invariants import assert_books_agree, nothing_changes
from tests.moments import START, at

pytestmark = pytest.mark.django_db

OWING, OTHER = "DL-01-AB-1234", "DL-01-AB-1284"


@pytest.fixture(autouse=True)
def _at_start(time_machine: Traveller, zone: ParkingZone) -> None:
    """Let scooters pay ₹20 an hour where cars pay ₹50."""
    time_machine.move_to(START, tick=False)
    add_slots(actor=SYSTEM, zone_id=zone.pk, prefix="T-", first=1, last=2, kind="TWO_WHEELER", now=START)
    rates = [KindRate("TWO_WHEELER", Decimal("20.00"), Decimal("0.00"))]
    set_kind_rates(actor=SYSTEM, zone=zone, kind_rates=rates, now=START - timedelta(days=1))


@pytest.fixture
def inside(staff: User, zone: ParkingZone) -> ParkingSession:
    return enter(staff, take_ticket(zone, "DL-07-CA-0001", START), START)


def as_kind(user: User, session: ParkingSession, kind: str) -> Any:
    client = ApiClient(user)
    address = f"/api/staff/sessions/{session.pk}/kind/"
    return client.client.post(address, {"vehicle_kind": kind}, headers=client.headers)


def as_plate(user: User, session: ParkingSession, plate: str) -> Any:
    body = {"vehicle_number": plate, "reason": "Misread"}
    return ApiClient(user).post(f"/api/staff/sessions/{session.pk}/plate/", body)


def decide(user: User, approval_id: int, decision: str = "APPROVE") -> Any:
    return ApiClient(user).post(f"/api/admin/approvals/{approval_id}/", {"decision": decision})


def test_a_cheaper_kind_waits_and_is_set_by_a_second_person(
    staff: User, admin: User, zone: ParkingZone, inside: ParkingSession, time_machine: Traveller
) -> None:
    asked = data_of(as_kind(staff, inside, "TWO_WHEELER"), 202)
    assert (asked["waits_for"], reloaded(inside).vehicle_kind) == ("SECOND_PERSON", "CAR")
    with nothing_changes():
        assert problem_of(as_kind(staff, inside, "TWO_WHEELER")) == (400, "waits_already")
    time_machine.move_to(at(30), tick=False)
    assert data_of(decide(admin, asked["approval_id"]))["kind"] == "VEHICLE_KIND"
    session = reloaded(inside)
    assert session.slot is not None
    assert (session.vehicle_kind, session.slot.slot_number) == ("TWO_WHEELER", "T-001")
    line = AuditEntry.objects.get(action="session.kind_changed")
    assert (line.actor_id, line.facts["instead_of"]) == (admin.pk, "CAR")
    assert leave(staff, inside, now=at(60)).session.bill.total == Decimal("20.00")
    assert_books_agree()


def test_a_dearer_kind_and_one_before_the_entry_do_not_wait(staff: User, zone: ParkingZone) -> None:
    ticket = take_ticket(zone, "DL-07-CA-0002", START)
    data_of(as_kind(staff, ticket, "TWO_WHEELER"))
    data_of(as_kind(staff, enter(staff, ticket, START), "CAR"))
    assert not Approval.objects.exists()


def test_an_administrator_needs_a_second_one_unless_alone(staff: User, admin: User, inside: ParkingSession) -> None:
    other = make_user(Role.ADMIN)
    asked = data_of(as_kind(admin, inside, "TWO_WHEELER"), 202)
    with nothing_changes():
        assert problem_of(decide(admin, asked["approval_id"])) == (400, "own_change")
    assert data_of(decide(admin, asked["approval_id"], "REFUSE"))["decision"] == "REFUSE"
    assert AuditEntry.objects.get(action="session.correction_refused").facts["asked_by"] == admin.pk
    other.delete()
    data_of(as_kind(admin, inside, "TWO_WHEELER"))
    assert AuditEntry.objects.get(action="user.decided_alone").actor_id == admin.pk


def test_a_car_that_left_meanwhile_keeps_its_kind(staff: User, admin: User, inside: ParkingSession) -> None:
    asked = data_of(as_kind(staff, inside, "TWO_WHEELER"), 202)
    leave(staff, inside, now=START)
    with nothing_changes():
        assert problem_of(decide(admin, asked["approval_id"])) == (400, "session_over")
    data_of(decide(admin, asked["approval_id"], "REFUSE"))


@pytest.fixture
def owing(staff: User, zone: ParkingZone, time_machine: Traveller) -> ParkingSession:
    """Return a car inside whose plate owes ₹50 of the day before."""
    day_before = START - timedelta(days=1)
    time_machine.move_to(day_before, tick=False)
    terminate(staff, enter(staff, take_ticket(zone, OWING, day_before), day_before), now=day_before)
    time_machine.move_to(START, tick=False)
    return enter(staff, take_ticket(zone, OWING, START), START)


def test_a_plate_that_owes_less_waits(staff: User, admin: User, owing: ParkingSession, time_machine: Traveller) -> None:
    asked = data_of(as_plate(staff, owing, OTHER), 202)
    assert reloaded(owing).vehicle.vehicle_number == OWING
    time_machine.move_to(at(30), tick=False)
    quote(staff, owing)
    data_of(decide(admin, asked["approval_id"]))
    assert reloaded(owing).vehicle.vehicle_number == OTHER
    line = AuditEntry.objects.get(action="session.plate_corrected")
    assert (line.actor_id, line.facts["reason"]) == (admin.pk, "Misread")
    assert_books_agree()


def test_a_plate_that_owes_more_does_not_wait(staff: User, owing: ParkingSession, zone: ParkingZone) -> None:
    leave(staff, owing, now=START)
    session = enter(staff, take_ticket(zone, OTHER, START), START)
    assert data_of(as_plate(staff, session, OWING))["vehicle_number"] == OWING


def test_a_plate_that_was_corrected_meanwhile_is_not_written(
    staff: User, admin: User, owing: ParkingSession, zone: ParkingZone
) -> None:
    make_user(Role.ADMIN)
    asked = data_of(as_plate(staff, owing, OTHER), 202)
    before = reloaded(owing)
    taken = enter(staff, take_ticket(zone, OTHER, START), START)
    with nothing_changes():
        assert problem_of(decide(admin, asked["approval_id"])) == (400, "plate_is_inside")
    assert (reloaded(owing).vehicle_id, reloaded(taken).status) == (before.vehicle_id, "ACTIVE")
