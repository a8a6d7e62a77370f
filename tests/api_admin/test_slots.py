"""Slots over HTTP."""

from typing import Any

import pytest

from parking.accounts.models import User
from parking.facilities.models import ParkingSlot, ParkingZone
from tests.api_admin.test_zones import address, code, data
from tests.build import book, enter
from tests.client import ApiClient

pytestmark = pytest.mark.django_db


def slots_of(zone: ParkingZone) -> str:
    return f"{address(zone)}slots/"


def slot_at(slot: ParkingSlot | int | str) -> str:
    return f"/api/admin/slots/{slot.pk if isinstance(slot, ParkingSlot) else slot}/"


def numbers(zone: ParkingZone) -> list[str]:
    return list(zone.slots.order_by("sort_key").values_list("slot_number", flat=True))


def test_slots_are_added_in_a_row(as_admin: ApiClient, zone: ParkingZone) -> None:
    added = data(as_admin.post(slots_of(zone), {"prefix": "B-", "first": 9, "last": 11, "kind": "EV"}), 201)
    assert [(slot["slot_number"], slot["kind"], slot["status"]) for slot in added] == [
        ("B-009", "EV", "FREE"),
        ("B-010", "EV", "FREE"),
        ("B-011", "EV", "FREE"),
    ]
    assert [slot["id"] for slot in added] == list(
        zone.slots.filter(kind="EV").order_by("sort_key").values_list("pk", flat=True)
    )


def test_a_slot_is_for_cars_and_may_have_no_prefix(as_admin: ApiClient, zone: ParkingZone) -> None:
    (slot,) = data(as_admin.post(slots_of(zone), {"prefix": "", "first": 0, "last": 0}), 201)
    assert (slot["slot_number"], slot["kind"]) == ("000", "CAR")


def test_a_number_is_taken_once_in_a_zone(as_admin: ApiClient, zone: ParkingZone) -> None:
    before = numbers(zone)
    assert code(as_admin.post(slots_of(zone), {"prefix": "A-", "first": 10, "last": 12})) == "slot_number_taken"
    assert numbers(zone) == before


def test_the_same_key_adds_once(as_admin: ApiClient, zone: ParkingZone) -> None:
    body = {"prefix": "B-", "first": 1, "last": 2}
    first = as_admin.post(slots_of(zone), body, Idempotency_Key="slots-1")
    again = as_admin.post(slots_of(zone), body, Idempotency_Key="slots-1")
    assert (first.status_code, first.content) == (201, again.content)
    assert len(numbers(zone)) == 12


@pytest.mark.parametrize(
    "changes",
    [
        {"first": 3, "last": 2},
        {"first": 1, "last": 2001},
        {"first": -1},
        {"last": 1_000_000},
        {"first": True},
        {"first": 1.0},
        {"first": "1"},
        {"prefix": None},
        {"prefix": "x" * 17},
        {"prefix": "B\x00"},
        {"prefix": "ß"},
        {"kind": "TRUCK"},
        {"kind": None},
        {"last": None},
    ],
)
def test_bad_rows_are_refused_and_add_nothing(as_admin: ApiClient, zone: ParkingZone, changes: dict[str, Any]) -> None:
    before = numbers(zone)
    body = {"prefix": "B-", "first": 1, "last": 2, "kind": "CAR"} | changes
    assert code(as_admin.post(slots_of(zone), body)) == "validation_error"
    assert numbers(zone) == before


def test_the_longest_prefix_still_sorts(as_admin: ApiClient, zone: ParkingZone) -> None:
    body = {"prefix": "1-" * 8, "first": 999_999, "last": 999_999}
    assert len(data(as_admin.post(slots_of(zone), body), 201)) == 1


def test_a_slot_goes_out_of_service_and_comes_back(as_admin: ApiClient, zone: ParkingZone) -> None:
    slot = zone.slots.earliest("pk")
    assert data(as_admin.patch(slot_at(slot), {"status": "OUT_OF_SERVICE"})) == {
        "id": slot.pk,
        "slot_number": "A-001",
        "kind": "CAR",
        "status": "OUT_OF_SERVICE",
        "kept": False,
    }
    assert data(as_admin.patch(slot_at(slot), {"status": "FREE", "kind": "VIP"}))["kind"] == "VIP"
    slot.refresh_from_db()
    assert (slot.status, slot.kind) == ("FREE", "VIP")


def test_a_slot_in_use_is_left_alone(as_admin: ApiClient, zone: ParkingZone, driver: User, staff: User) -> None:
    session = book(driver, zone)
    assert session.slot is not None
    for body in ({"status": "FREE"}, {"status": "OUT_OF_SERVICE"}, {"kind": "EV"}):
        assert code(as_admin.patch(slot_at(session.slot), body)) == "slot_in_use"
    enter(staff, session)
    assert code(as_admin.patch(slot_at(session.slot), {"status": "FREE"})) == "slot_in_use"
    slot = ParkingSlot.objects.get(pk=session.slot.pk)
    assert (slot.status, slot.kind) == ("OCCUPIED", "CAR")


@pytest.mark.parametrize(
    "body",
    [{"status": "BOOKED"}, {"status": "OCCUPIED"}, {"status": None}, {"kind": None}, {"kind": "TRUCK"}, [], None],
)
def test_a_slot_has_no_other_states(as_admin: ApiClient, zone: ParkingZone, body: object) -> None:
    slot = zone.slots.earliest("pk")
    assert code(as_admin.patch(slot_at(slot), body))
    slot.refresh_from_db()
    assert (slot.status, slot.kind) == ("FREE", "CAR")


@pytest.mark.parametrize("ref", ["x", "0", str(2**63), "9" * 40, "%00", "8132e805-14d9-4c6b-9024-4df81f6df844", "1.0"])
def test_what_is_no_slot_is_not_there(as_admin: ApiClient, ref: str) -> None:
    assert code(as_admin.patch(slot_at(ref), {"status": "FREE"}), 404)


def test_slots_of_a_retired_zone_are_not_there(as_admin: ApiClient, zone: ParkingZone) -> None:
    slot = zone.slots.earliest("pk")
    as_admin.delete(address(zone))
    assert code(as_admin.patch(slot_at(slot), {"status": "FREE"}), 404) == "slot_not_found"
    assert code(as_admin.post(slots_of(zone), {"prefix": "B-", "first": 1, "last": 1}), 404) == "zone_not_found"
