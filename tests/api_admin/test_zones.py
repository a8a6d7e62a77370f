"""Zones and prices over HTTP."""

import json
from decimal import Decimal
from typing import Any

import pytest

from parking.accounts.models import User
from parking.audit.models import AuditEntry
from parking.facilities.models import ParkingSite, ParkingSlot, ParkingZone
from parking.tariffs.models import ZoneTariff
from tests.build import book, cancel, enter, leave, make_zone, plate
from tests.client import ApiClient

pytestmark = pytest.mark.django_db

ZONES = "/api/admin/zones/"
TWO_WHEELER = {"vehicle_kind": "TWO_WHEELER", "hourly_rate": 20.0, "booking_fee": 10.0}
EV = {"vehicle_kind": "EV", "hourly_rate": 45.5, "booking_fee": 0.0}
WHOLE = {
    "name": "Roof",
    "hourly_rate": 62.5,
    "booking_fee": 25,
    "is_active": False,
    "opens_at": "06:00",
    "closes_at": "22:30:15",
    "contact": "+91 11 5550 0100",
    "place": "छत, उत्तर",
    "latitude": 28.6315,
    "longitude": 77.216712,
    "features": ["covered", "ev_charging"],
    "restrictions": "No trucks",
    "hold_minutes": 15,
    "no_show_minutes": 45,
    "kind_rates": [EV, TWO_WHEELER],
}


def address(zone: ParkingZone | int | str) -> str:
    return f"{ZONES}{zone.pk if isinstance(zone, ParkingZone) else zone}/"


def data(response: Any, status: int = 200) -> Any:
    body = json.loads(response.content)
    assert (response.status_code, body["success"]) == (status, True), body
    return body["data"]


def code(response: Any, status: int = 400) -> str:
    body = json.loads(response.content)
    assert (response.status_code, body["success"]) == (status, False), body
    return str(body["code"])


# --- Making and reading ------------------------------------------------------------------------------


def test_a_zone_needs_a_name_and_a_rate(as_admin: ApiClient) -> None:
    made = data(as_admin.post(ZONES, {"name": "Roof", "hourly_rate": 60}), 201)
    site = ParkingSite.objects.get()
    assert made | {"uuid": "", "id": 0} == {
        "id": 0,
        "uuid": "",
        "name": "Roof",
        "hourly_rate": 60.0,
        "booking_fee": 50.0,
        "is_active": True,
        "total_slots": 0,
        "available_slots": 0,
        "bookable_slots": 0,
        "by_kind": {"CAR": 0, "TWO_WHEELER": 0, "EV": 0},
        "booked_slots": 0,
        "occupied_slots": 0,
        "out_of_service_slots": 0,
        "occupancy_percent": 0.0,
        "opens_at": None,
        "closes_at": None,
        "contact": "",
        "place": "",
        "latitude": None,
        "longitude": None,
        "features": [],
        "restrictions": "",
        "site_id": site.pk,
        "site_name": "Main car park",
        "marked": True,
        "capacity": None,
        "allowed_kinds": [],
        "max_height_cm": None,
        "pass_only": False,
        "hold_minutes": 10,
        "no_show_minutes": 30,
        "kind_rates": [],
        "retired_at": None,
    }


def test_every_field_comes_back_as_it_was_given(as_admin: ApiClient) -> None:
    made = data(as_admin.post(ZONES, WHOLE), 201)
    expected = WHOLE | {"opens_at": "06:00:00"}
    assert {name: made[name] for name in expected} == expected
    assert data(as_admin.get(address(made["uuid"]))) == data(as_admin.get(address(made["id"]))) == made


def test_the_list_has_counts_and_prices_and_closed_zones_too(
    as_admin: ApiClient, driver: User, staff: User, django_assert_num_queries: Any
) -> None:
    busy, closed = make_zone("Busy", slots=4), make_zone("Closed", slots=1, is_active=False)
    ZoneTariff.objects.create(zone=busy, vehicle_kind="EV", hourly_rate=Decimal(40), booking_fee=Decimal(0))
    ParkingSlot.objects.filter(zone=busy, slot_number="A-004").update(status="OUT_OF_SERVICE")
    book(driver, busy)
    enter(staff, book(driver, busy))
    # The caller, the count, the zones, their slots, their prices.
    with django_assert_num_queries(5):
        page = data(as_admin.get(ZONES))
    assert [zone["id"] for zone in page["results"]] == [busy.pk, closed.pk]
    first = page["results"][0]
    assert (first["booked_slots"], first["occupied_slots"], first["out_of_service_slots"]) == (1, 1, 1)
    assert (first["total_slots"], first["available_slots"], first["occupancy_percent"]) == (4, 1, 50.0)
    assert first["kind_rates"] == [{"vehicle_kind": "EV", "hourly_rate": 40.0, "booking_fee": 0.0}]
    assert [zone["name"] for zone in data(as_admin.get(ZONES, page=2, page_size=1))["results"]] == ["Closed"]


def test_the_same_key_makes_one_zone(as_admin: ApiClient) -> None:
    body = {"name": "Roof", "hourly_rate": 60}
    first = as_admin.post(ZONES, body, Idempotency_Key="zone-1")
    again = as_admin.post(ZONES, body, Idempotency_Key="zone-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert ParkingZone.objects.count() == 1
    assert code(as_admin.post(ZONES, body | {"hourly_rate": 61}, Idempotency_Key="zone-1"), 409)
    assert ParkingZone.objects.count() == 1


def test_a_name_is_taken_once_in_a_site(as_admin: ApiClient, zone: ParkingZone) -> None:
    assert code(as_admin.post(ZONES, {"name": "Zone A", "hourly_rate": 60})) == "zone_name_taken"
    other = make_zone("Zone B")
    assert code(as_admin.patch(address(other), {"name": "Zone A"})) == "zone_name_taken"
    other_site = ParkingSite.objects.create(name="Hospital", code="HOS", created_at=zone.created_at)
    body = {"name": "Zone A", "hourly_rate": 60, "site_id": other_site.pk}
    assert data(as_admin.post(ZONES, body), 201)["site_id"] == other_site.pk


# --- Changing ----------------------------------------------------------------------------------------


def test_only_what_is_sent_changes(as_admin: ApiClient, admin: User, zone: ParkingZone) -> None:
    before = data(as_admin.get(address(zone)))
    after = data(as_admin.patch(address(zone), {"hourly_rate": 80, "contact": ""}))
    assert after == before | {"hourly_rate": 80.0, "contact": ""}
    entry = AuditEntry.objects.get(action="zone.changed")
    assert (entry.actor_id, entry.subject_id, entry.facts) == (
        admin.pk,
        zone.pk,
        {"changed": ["contact", "hourly_rate"], "amounts": {"hourly_rate": ["50.00", "80.00"]}},
    )


def test_hours_and_place_may_be_taken_away(as_admin: ApiClient) -> None:
    made = data(as_admin.post(ZONES, WHOLE), 201)
    cleared = {"opens_at": None, "closes_at": None, "latitude": None, "longitude": None}
    assert data(as_admin.patch(address(made["id"]), cleared)) == made | cleared


def test_hours_come_in_pairs(as_admin: ApiClient, zone: ParkingZone) -> None:
    assert code(as_admin.patch(address(zone), {"opens_at": "06:00"})) == "validation_error"
    zone.refresh_from_db()
    assert zone.opens_at is None


BAD_FIELDS = [
    ("name", ""),
    ("name", "   "),
    ("name", "x" * 101),
    ("name", "a\x00b"),
    ("name", 5),
    ("hourly_rate", -1),
    ("hourly_rate", 50.005),
    ("hourly_rate", 10_000.01),
    ("hourly_rate", 1e300),
    ("hourly_rate", 10**40),
    ("hourly_rate", "50"),
    ("hourly_rate", True),
    ("booking_fee", -0.01),
    ("is_active", 1),
    ("is_active", "true"),
    ("opens_at", "6:00"),
    ("opens_at", "24:00"),
    ("opens_at", "06:00+05:30"),
    ("opens_at", 600),
    ("contact", "x" * 101),
    ("place", "x" * 201),
    ("latitude", 90.1),
    ("latitude", "28"),
    ("latitude", True),
    ("latitude", 1e300),
    ("longitude", -180.1),
    ("features", "covered"),
    ("features", [""]),
    ("features", [1]),
    ("features", ["x"] * 21),
    ("hold_minutes", 0),
    ("hold_minutes", 1441),
    ("hold_minutes", 10.5),
    ("no_show_minutes", True),
    ("site_id", 10**6),
    ("site_id", 2**63),
    ("site_id", "1"),
    ("kind_rates", [TWO_WHEELER, TWO_WHEELER]),
    ("kind_rates", [TWO_WHEELER | {"vehicle_kind": "CAR"}]),
    ("kind_rates", [{"vehicle_kind": "EV", "hourly_rate": 5}]),
    ("kind_rates", [EV | {"hourly_rate": -5}]),
    ("kind_rates", {}),
]


@pytest.mark.parametrize(("field", "value"), BAD_FIELDS)
def test_bad_fields_are_refused_and_change_nothing(
    as_admin: ApiClient, zone: ParkingZone, field: str, value: object
) -> None:
    before = data(as_admin.get(address(zone)))
    assert code(as_admin.patch(address(zone), {"restrictions": "new", field: value})) == "validation_error"
    assert code(as_admin.post(ZONES, {"name": "Roof", "hourly_rate": 60, field: value})) == "validation_error"
    assert data(as_admin.get(address(zone))) == before
    assert ParkingZone.objects.count() == 1


MAY_BE_NULL = {"opens_at", "closes_at", "latitude", "longitude", "hold_minutes", "no_show_minutes"}


def test_without_minutes_of_its_own_a_zone_has_those_of_the_settings(as_admin: ApiClient, zone: ParkingZone) -> None:
    as_admin.patch("/api/admin/settings/", {"values": {"hold_minutes": 17, "no_show_minutes": 45}})
    shown = data(as_admin.patch(address(zone), {"hold_minutes": None, "no_show_minutes": None}))
    assert (shown["hold_minutes"], shown["no_show_minutes"]) == (17, 45)
    shown = data(as_admin.patch(address(zone), {"hold_minutes": 5}))
    assert (shown["hold_minutes"], shown["no_show_minutes"]) == (5, 45)


@pytest.mark.parametrize("field", sorted(WHOLE.keys() - MAY_BE_NULL))
def test_null_is_no_value_for_what_a_zone_must_have(as_admin: ApiClient, zone: ParkingZone, field: str) -> None:
    response: Any = as_admin.patch(address(zone), {field: None})
    assert code(response) == "validation_error"
    assert list(response.json()["errors"]) == [field]


@pytest.mark.parametrize("body", [{"name": "Roof"}, {"hourly_rate": 50}, {}, [], "x", None, 5])
def test_a_zone_without_name_or_rate(as_admin: ApiClient, body: object) -> None:
    assert code(as_admin.post(ZONES, body))
    assert ParkingZone.objects.count() == 0


@pytest.mark.parametrize(
    "ref",
    [
        "x",
        "0",
        "-1",
        "1.5",
        "true",
        str(2**63),
        "9" * 40,
        "%00",
        "%ED%A0%80",
        "१",
        "8132e805-14d9-4c6b-9024-4df81f6df844",
        "{}",
        "null",
    ],
)
def test_what_is_no_zone_is_not_there(as_admin: ApiClient, zone: ParkingZone, ref: str) -> None:
    assert code(as_admin.get(address(ref)), 404)
    assert code(as_admin.patch(address(ref), {"name": "x"}), 404)
    assert code(as_admin.delete(address(ref)), 404)
    assert code(as_admin.post(address(ref) + "slots/", {"prefix": "B-", "first": 1, "last": 1}), 404)


# --- Prices ------------------------------------------------------------------------------------------


def test_kind_rates_replace_the_whole_list(as_admin: ApiClient, admin: User, zone: ParkingZone) -> None:
    assert data(as_admin.patch(address(zone), {"kind_rates": [TWO_WHEELER, EV]}))["kind_rates"] == [EV, TWO_WHEELER]
    dearer = TWO_WHEELER | {"hourly_rate": 25.0}
    assert data(as_admin.patch(address(zone), {"kind_rates": [dearer]}))["kind_rates"] == [dearer]
    entry = AuditEntry.objects.filter(action="tariff.changed").order_by("-pk")[0]
    assert (entry.actor_id, entry.subject_kind, entry.subject_id) == (admin.pk, "zone", zone.pk)
    assert entry.facts == {
        "kind_rates": [{"vehicle_kind": "TWO_WHEELER", "hourly_rate": "25.00", "booking_fee": "10.00"}]
    }
    assert data(as_admin.patch(address(zone), {"name": "Zone Z"}))["kind_rates"] == [dearer]
    assert data(as_admin.patch(address(zone), {"kind_rates": []}))["kind_rates"] == []


def test_a_refused_change_leaves_the_kind_rates_alone(as_admin: ApiClient, zone: ParkingZone) -> None:
    as_admin.patch(address(zone), {"kind_rates": [EV]})
    make_zone("Zone B")
    assert code(as_admin.patch(address(zone), {"name": "Zone B", "kind_rates": []})) == "zone_name_taken"
    assert data(as_admin.get(address(zone)))["kind_rates"] == [EV]


def test_a_booking_pays_the_rate_of_its_kind_and_keeps_it(
    as_admin: ApiClient, as_driver: ApiClient, zone: ParkingZone
) -> None:
    as_admin.patch(address(zone), {"kind_rates": [EV]})
    body = {"zone_id": zone.pk, "vehicle_number": plate(), "owner_name": "Asha Rao", "vehicle_kind": "EV"}
    booked = data(as_driver.post("/api/user/book-slot/", body), 201)
    assert (booked["hourly_rate"], booked["amount_paid"]) == (45.5, 0.0)
    as_admin.patch(address(zone), {"hourly_rate": 90, "kind_rates": [EV | {"hourly_rate": 99.0}]})
    seen = data(as_driver.get(f"/api/user/sessions/{booked['session_id']}/"))
    assert seen["hourly_rate"] == 45.5
    later = data(as_driver.post("/api/user/book-slot/", body | {"vehicle_number": plate()}), 201)
    assert later["hourly_rate"] == 99.0


# --- Retiring ----------------------------------------------------------------------------------------


def test_a_zone_with_a_booking_or_a_car_is_not_retired(
    as_admin: ApiClient, zone: ParkingZone, driver: User, staff: User
) -> None:
    session = book(driver, zone)
    assert code(as_admin.delete(address(zone))) == "zone_in_use"
    enter(staff, session)
    assert code(as_admin.delete(address(zone))) == "zone_in_use"
    zone.refresh_from_db()
    assert (zone.retired_at, zone.is_active) == (None, True)
    assert set(zone.slots.values_list("status", flat=True)) == {"OCCUPIED", "FREE"}
    leave(staff, session)
    assert data(as_admin.delete(address(zone)))["id"] == zone.pk


def test_a_retired_zone_is_gone_but_not_from_the_books(
    as_admin: ApiClient, as_driver: ApiClient, zone: ParkingZone, driver: User
) -> None:
    cancel(driver, book(driver, zone))
    retired = data(as_admin.delete(address(str(zone.uuid))))
    assert retired["retired_at"] is not None
    assert (retired["is_active"], retired["out_of_service_slots"], retired["available_slots"]) == (False, 10, 0)
    assert code(as_admin.get(address(zone)), 404) == "zone_not_found"
    assert code(as_admin.delete(address(zone)), 404) == "zone_not_found"
    assert data(as_admin.get(ZONES))["count"] == 0
    assert data(as_admin.get("/api/admin/all-sessions/", zone_id=zone.pk))["count"] == 1
    body = {"zone_id": zone.pk, "vehicle_number": plate(), "owner_name": "Asha Rao"}
    assert code(as_driver.post("/api/user/book-slot/", body), 404) == "zone_not_found"
    # The name is free for a new zone.
    assert data(as_admin.post(ZONES, {"name": "Zone A", "hourly_rate": 60}), 201)["id"] != zone.pk


# --- What stays ----------------------------------------------------------------------------------------


def test_a_zone_stays_at_its_car_park_and_keeps_its_marking(as_admin: ApiClient) -> None:
    zone = make_zone()
    other = ParkingSite.objects.create(name="Airport", code="AIR", created_at=zone.created_at)
    for field, value in (("site_id", other.pk), ("marked", False)):
        answer = as_admin.patch(address(zone), {field: value})
        assert code(answer) == "validation_error"
        assert list(answer.json()["errors"]) == [field]
    zone.refresh_from_db()
    assert (zone.site_id != other.pk, zone.marked) == (True, True)
    assert data(as_admin.patch(address(zone), {"site_id": zone.site_id, "marked": True}))["site_id"] == zone.site_id


def test_a_new_zone_is_made_at_no_retired_car_park(as_admin: ApiClient) -> None:
    zone = make_zone(slots=0)
    assert as_admin.delete(address(zone)).status_code == 200
    assert as_admin.patch(f"/api/admin/sites/{zone.site_id}/", {"retired": True}).status_code == 200
    other = ParkingSite.objects.create(name="Airport", code="AIR", created_at=zone.created_at)
    assert data(as_admin.post(ZONES, {"name": "Roof", "hourly_rate": 60}), 201)["site_id"] == other.pk
