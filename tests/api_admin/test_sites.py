"""Sites and gates, as managers make and change them."""

from typing import Any

import pytest

from parking.accounts.models import User
from parking.audit.models import AuditEntry
from parking.facilities.models import Gate, ParkingSite, ParkingZone
from tests.api.reading import data_of, errors_of, problem_of
from tests.build import make_zone
from tests.client import ApiClient

pytestmark = pytest.mark.django_db

SITES, GATES = "/api/admin/sites/", "/api/admin/gates/"
AIRPORT: dict[str, Any] = {"name": "Airport", "code": "AIR"}


def made(client: ApiClient, **fields: Any) -> dict[str, Any]:
    found: dict[str, Any] = data_of(client.post(SITES, AIRPORT | fields), 201)
    return found


def gate_at(client: ApiClient, site_id: int, **fields: Any) -> dict[str, Any]:
    body = {"site_id": site_id, "name": "North", "direction": "IN"} | fields
    found: dict[str, Any] = data_of(client.post(GATES, body), 201)
    return found


# --- Sites ---------------------------------------------------------------------------------------------


def test_a_new_site_is_closed_and_says_what_it_lacks(as_admin: ApiClient) -> None:
    site = made(as_admin)
    assert (site["state"], site["time_zone"]) == ("CLOSED", "Asia/Kolkata")
    assert site["missing"] == ["NO_ZONE", "NO_SLOT", "NO_GATE_IN", "NO_GATE_OUT"]
    make_zone("P1", site_id=site["id"], slots=1)
    gate_at(as_admin, site["id"])
    assert data_of(as_admin.get(f"{SITES}{site['id']}/"))["missing"] == ["NO_GATE_OUT"]
    gate_at(as_admin, site["id"], name="South", direction="BOTH")
    assert data_of(as_admin.get(f"{SITES}{site['id']}/"))["missing"] == []


def test_fields_come_back_as_they_were_given(as_admin: ApiClient) -> None:
    fields = {"address": "Terminal 3", "latitude": 28.5551, "longitude": 77.0844, "state": "OPEN"}
    hours = {"opens_at": "05:00:00", "closes_at": "01:00:00", "last_exit_at": "00:45:00", "time_zone": "Asia/Colombo"}
    site = made(as_admin, **fields, **hours)
    assert {name: site[name] for name in fields | hours} == fields | hours
    changed = data_of(as_admin.patch(f"{SITES}{site['id']}/", {"opens_at": None, "closes_at": None}))
    assert (changed["opens_at"], changed["last_exit_at"]) == (None, "00:45:00")


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"code": "air"}, {"code"}),
        ({"code": "A"}, {"code"}),
        ({"code": "AIRPORT"}, {"code"}),
        ({"code": "हव"}, {"code"}),
        ({"name": ""}, {"name"}),
        ({"time_zone": "Mars/Olympus"}, {"time_zone"}),
        ({"state": "HALF"}, {"state"}),
        ({"opens_at": "06:00"}, {"closes_at"}),
        ({"latitude": 28.5}, {"longitude"}),
        ({"latitude": 91, "longitude": 77}, {"latitude"}),
    ],
    ids=str,
)
def test_wrong_fields_are_refused(as_admin: ApiClient, fields: dict[str, Any], wrong: set[str]) -> None:
    answer = as_admin.post(SITES, AIRPORT | fields)
    assert problem_of(answer) == (400, "validation_error")
    assert errors_of(answer) == wrong
    assert not ParkingSite.objects.exists()


def test_names_and_codes_are_taken_once(as_admin: ApiClient) -> None:
    made(as_admin)
    assert problem_of(as_admin.post(SITES, AIRPORT | {"code": "AIRB"})) == (400, "site_name_taken")
    assert problem_of(as_admin.post(SITES, AIRPORT | {"name": "Other"})) == (400, "site_code_taken")


def test_a_site_with_zones_is_not_retired(as_admin: ApiClient, zone: ParkingZone) -> None:
    address = f"{SITES}{zone.site_id}/"
    assert problem_of(as_admin.patch(address, {"retired": True})) == (400, "site_in_use")
    gate_at(as_admin, zone.site_id)
    as_admin.delete(f"/api/admin/zones/{zone.pk}/")
    assert data_of(as_admin.patch(address, {"retired": True, "state": "OPEN"}))["state"] == "CLOSED"
    assert problem_of(as_admin.get(address)) == (404, "site_not_found")
    assert not Gate.objects.filter(retired_at=None).exists()


def test_a_copy_has_hours_zones_prices_gates_and_settings(as_admin: ApiClient, zone: ParkingZone) -> None:
    as_admin.patch(f"{SITES}{zone.site_id}/", {"opens_at": "06:00", "closes_at": "23:00"})
    rate = {"vehicle_kind": "EV", "hourly_rate": 60.0, "booking_fee": 40.0}
    as_admin.patch(f"/api/admin/zones/{zone.pk}/", {"kind_rates": [rate], "features": ["covered"]})
    as_admin.patch("/api/admin/settings/", {"site_id": zone.site_id, "values": {"quote_minutes": 7}})
    gate_at(as_admin, zone.site_id, zone_ids=[zone.pk])
    copy = data_of(as_admin.post(f"{SITES}{zone.site_id}/copy/", {"name": "Second", "code": "SEC"}), 201)
    assert (copy["state"], copy["opens_at"], copy["missing"]) == ("CLOSED", "06:00:00", ["NO_SLOT", "NO_GATE_OUT"])
    [copied] = [row for row in data_of(as_admin.get("/api/admin/zones/"))["results"] if row["site_id"] == copy["id"]]
    assert (copied["name"], copied["features"], copied["kind_rates"]) == (zone.name, ["covered"], [rate])
    [gate] = data_of(as_admin.get(f"{GATES}?site_id={copy['id']}"))["results"]
    assert (gate["name"], gate["zone_ids"]) == ("North", [copied["id"]])
    values = data_of(as_admin.get(f"/api/admin/settings/?site_id={copy['id']}"))
    assert [(row["value"], row["source"]) for row in values if row["name"] == "quote_minutes"] == [(7, "SITE")]


def test_a_manager_of_some_sites_makes_none_and_sees_only_those(as_admin: ApiClient, admin: User) -> None:
    own, other = made(as_admin), made(as_admin, name="Other", code="OTH")
    User.objects.filter(pk=admin.pk).update(site_ids=[own["id"]])
    assert [row["id"] for row in data_of(as_admin.get(SITES))["results"]] == [own["id"]]
    assert problem_of(as_admin.get(f"{SITES}{other['id']}/")) == (404, "site_not_found")
    assert problem_of(as_admin.patch(f"{SITES}{other['id']}/", {"state": "OPEN"})) == (404, "site_not_found")
    assert problem_of(as_admin.post(SITES, AIRPORT | {"name": "New", "code": "NEW"})) == (403, "not_permitted")
    assert data_of(as_admin.patch(f"{SITES}{own['id']}/", {"state": "OPEN"}))["state"] == "OPEN"
    body = {"site_id": other["id"], "name": "North", "direction": "IN"}
    assert problem_of(as_admin.post(GATES, body)) == (404, "site_not_found")


# --- Gates ---------------------------------------------------------------------------------------------


def test_a_gate_leads_to_zones_of_its_own_site(as_admin: ApiClient, zone: ParkingZone) -> None:
    other = make_zone("Elsewhere", site_id=made(as_admin)["id"])
    body = {"site_id": zone.site_id, "name": "North", "direction": "IN", "zone_ids": [other.pk]}
    answer = as_admin.post(GATES, body)
    assert (problem_of(answer), errors_of(answer)) == ((400, "validation_error"), {"zone_ids"})
    assert gate_at(as_admin, zone.site_id, zone_ids=[zone.pk])["zone_ids"] == [zone.pk]


def test_a_gate_is_changed_and_retired(as_admin: ApiClient, zone: ParkingZone) -> None:
    gate = gate_at(as_admin, zone.site_id)
    assert problem_of(as_admin.post(GATES, {"site_id": zone.site_id, "name": "North", "direction": "OUT"})) == (
        400,
        "gate_name_taken",
    )
    address = f"{GATES}{gate['id']}/"
    assert data_of(as_admin.patch(address, {"direction": "BOTH", "name": "East"}))["direction"] == "BOTH"
    assert data_of(as_admin.patch(address, {"retired": True}))["retired_at"] is not None
    assert data_of(as_admin.get(GATES))["count"] == 0
    gate_at(as_admin, zone.site_id, name="East")
    lines = AuditEntry.objects.filter(subject_kind="gate", subject_id=gate["id"]).order_by("pk")
    assert [line.action for line in lines] == ["gate.created", "gate.changed", "gate.changed"]


@pytest.mark.parametrize(("field", "value"), [("direction", "UP"), ("name", ""), ("site_id", True), ("zone_ids", [0])])
def test_wrong_fields_of_a_gate_are_refused(as_admin: ApiClient, zone: ParkingZone, field: str, value: Any) -> None:
    body = {"site_id": zone.site_id, "name": "North", "direction": "IN"} | {field: value}
    assert problem_of(as_admin.post(GATES, body)) == (400, "validation_error")
