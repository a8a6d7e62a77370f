"""Tariffs, rate cards and holidays over HTTP."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from time_machine import Traveller

from parking.facilities.models import ParkingZone
from parking.tariffs.models import Tariff
from tests.build import make_zone
from tests.client import ApiClient

pytestmark = pytest.mark.django_db

# Thursday 26 November 2026, 08:30 in India.
MORNING = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_the_morning(clock_stands: Traveller) -> None:
    clock_stands.move_to(MORNING)


def data(response: Any, status: int = 200) -> Any:
    body = json.loads(response.content)
    assert (response.status_code, body["success"]) == (status, True), body
    return body["data"]


def refusal(response: Any) -> tuple[int, str, Any]:
    body = json.loads(response.content)
    return response.status_code, body["code"], body.get("errors") or body.get("details")


def of(zone: ParkingZone) -> str:
    return f"/api/admin/zones/{zone.pk}/tariffs/"


def price(anybody: ApiClient, zone: ParkingZone, **query: Any) -> Any:
    return data(anybody.get(f"/api/public/zones/{zone.pk}/tariff/", **query))


WHOLE = {
    "base_rate": 30.5,
    "bands": [{"name": "Friday night", "days": ["FRI", "HOLIDAY"], "from": "21:00", "to": "06:00", "rate": 60.0}],
    "step_minutes": 15,
    "grace_minutes": 0,
    "minimum_minutes": 30,
    "free_minutes": 15,
    "free_mode": "DEDUCT",
    "free_again_after_minutes": 240,
    "slabs": [],
    "next_day": "FULL",
    "night_charge": {"from": "00:00", "to": "05:00", "price": 60.0},
    "daily_cap": 400.0,
    "round_to": 5.0,
    "booking_fee": 20.0,
    "lost_ticket_fee": 300.0,
    "overstay_percent": 50,
    "collect_at": "EXIT",
}
USUAL = {
    "base_rate": 50.0, "bands": [], "step_minutes": 60, "grace_minutes": 5, "minimum_minutes": 60, "free_minutes": 0,
    "free_mode": "WHOLE", "free_again_after_minutes": 0, "slabs": [], "next_day": "RESTART", "night_charge": None,
    "daily_cap": None, "round_to": 0.01, "booking_fee": 50.0, "lost_ticket_fee": 200.0, "overstay_percent": 0,
    "collect_at": "EXIT",
}  # fmt: skip


def test_every_field_comes_back_as_it_was_sent(as_admin: ApiClient, anybody: ApiClient, zone: ParkingZone) -> None:
    made = data(as_admin.post(of(zone), WHOLE), 201)
    assert {name: made[name] for name in WHOLE} == WHOLE
    assert (made["valid_from"], made["valid_to"], made["vehicle_kind"]) == ("2026-11-26T03:00:00Z", None, "CAR")
    shown = price(anybody, zone)[0]
    assert {name: shown[name] for name in WHOLE} == WHOLE
    assert data(as_admin.get(of(zone)))["results"] == [made]


def test_what_is_left_out_has_its_default(as_admin: ApiClient, zone: ParkingZone) -> None:
    made = data(as_admin.post(of(zone), {}), 201)
    assert {name: made[name] for name in USUAL} == USUAL


def test_slabs_come_back_too(as_admin: ApiClient, zone: ParkingZone) -> None:
    slabs = [
        {"until_minutes": 30, "every_minutes": None, "price": 20.0},
        {"until_minutes": 1440, "every_minutes": 60, "price": 10.0},
    ]
    assert data(as_admin.post(of(zone), {"slabs": slabs}), 201)["slabs"] == slabs


def test_the_template_lays_the_peak_hours_on(as_admin: ApiClient, anybody: ApiClient, zone: ParkingZone) -> None:
    made = data(as_admin.post(of(zone), {"template": "PEAK", "night_rate": 25}), 201)
    bands = [(band["name"], band["from"], band["to"], band["rate"]) for band in made["bands"]]
    assert bands == [
        ("Morning", "06:00", "09:00", 80.0),
        ("Daytime", "09:00", "18:00", 50.0),
        ("Evening", "18:00", "21:00", 70.0),
        ("Night", "21:00", "06:00", 25.0),
    ]
    now, night = price(anybody, zone)[0], price(anybody, zone, at="2026-11-26T22:00:00+05:30")[0]
    assert [(one["rate_now"], one["band_now"]) for one in (now, night)] == [(80.0, "Morning"), (25.0, "Night")]


def test_older_names_of_rates_mean_the_template(as_admin: ApiClient, zone: ParkingZone) -> None:
    made = data(as_admin.post(of(zone), {"morning_rush_rate": 100}), 201)
    assert [band["rate"] for band in made["bands"]] == [100.0, 50.0, 70.0, 30.0]


def test_the_older_names_lay_it_on_a_zone_too(as_admin: ApiClient, anybody: ApiClient, zone: ParkingZone) -> None:
    made = data(as_admin.post("/api/admin/zones/", {"name": "Roof", "hourly_rate": 40, "morning_rush_rate": 90}), 201)
    assert made["hourly_rate"] == 90.0
    changed = data(as_admin.patch(f"/api/admin/zones/{zone.pk}/", {"daytime_rate": 55, "night_rate": 20}))
    assert changed["hourly_rate"] == 80.0
    assert [band["rate"] for band in price(anybody, zone)[0]["bands"]] == [80.0, 55.0, 70.0, 20.0]


def test_a_band_without_days_is_of_every_day(as_admin: ApiClient, zone: ParkingZone) -> None:
    band = {"name": "Noon", "from": "12:00", "to": "13:00", "rate": 80}
    made = data(as_admin.post(of(zone), {"bands": [band]}), 201)
    assert made["bands"][0]["days"] == ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]


def test_zones_show_the_rate_of_this_moment(
    clock_stands: Traveller, as_admin: ApiClient, anybody: ApiClient, zone: ParkingZone
) -> None:
    data(as_admin.post(of(zone), {"template": "PEAK", "booking_fee": 20}), 201)
    found = []
    for moment in (MORNING, MORNING.replace(hour=3, minute=29), MORNING.replace(hour=3, minute=30)):
        clock_stands.move_to(moment)
        (row,) = data(anybody.get("/api/public/zones/"))
        assert row["hourly_rate"] == data(as_admin.get(f"/api/admin/zones/{zone.pk}/"))["hourly_rate"]
        found.append((row["hourly_rate"], row["booking_fee"]))
    assert found == [(80.0, 20.0), (80.0, 20.0), (50.0, 20.0)]
    assert json.loads(anybody.get(f"/parking/zone/{zone.pk}/status/").content)["hourly_rate"] == "50.00"


def test_a_rate_cannot_be_set_beside_bands(as_admin: ApiClient, zone: ParkingZone) -> None:
    data(as_admin.post(of(zone), {"template": "PEAK"}), 201)
    address = f"/api/admin/zones/{zone.pk}/"
    assert refusal(as_admin.patch(address, {"hourly_rate": 60}))[:2] == (400, "tariff_has_bands")
    assert data(as_admin.patch(address, {"booking_fee": 10}))["booking_fee"] == 10.0


def test_an_event_of_dates_ends_with_its_last_day(
    clock_stands: Traveller, as_admin: ApiClient, anybody: ApiClient, zone: ParkingZone
) -> None:
    event = {"name": "Diwali week", "valid_from": "2026-11-27", "valid_to": "2026-11-28", "base_rate": 90}
    made = data(as_admin.post(of(zone), event), 201)
    assert (made["valid_from"], made["valid_to"]) == ("2026-11-26T18:30:00Z", "2026-11-28T18:30:00Z")
    assert (made["is_event"], made["has_begun"], made["name"]) == (True, False, "Diwali week")
    code = refusal(as_admin.post(of(zone), event | {"valid_from": "2026-11-28", "valid_to": "2026-12-02"}))
    assert code == (400, "events_overlap", {"tariff_id": made["id"]})
    clock_stands.move_to(datetime(2026, 11, 27, 2, 0, tzinfo=UTC))
    assert price(anybody, zone)[0]["rate_now"] == 90.0
    assert refusal(as_admin.delete(f"{of(zone)}{made['id']}/"))[:2] == (400, "tariff_begun")
    assert data(as_admin.patch(f"{of(zone)}{made['id']}/", {"valid_to": "2026-11-27T02:00:00Z"}))["has_begun"] is True
    assert price(anybody, zone)[0]["rate_now"] == 50.0


def test_what_has_not_begun_is_withdrawn(as_admin: ApiClient, zone: ParkingZone) -> None:
    made = data(as_admin.post(of(zone), {"valid_from": "2026-12-01"}), 201)
    data(as_admin.delete(f"{of(zone)}{made['id']}/"))
    assert refusal(as_admin.delete(f"{of(zone)}{made['id']}/"))[:2] == (404, "tariff_not_found")


BAND = WHOLE["bands"][0]  # type: ignore[index]


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"valid_from": "2026-11-25"}, "valid_from_past", None),
        ({"valid_from": "2026-11-26T02:59:59Z"}, "valid_from_past", None),
        ({"bands": [BAND, BAND | {"name": "Other", "from": "20:00", "to": "22:00"}]}, "bands_overlap", None),
        ({"valid_from": "2026-11-27T10:00:00"}, "validation_error", "valid_from"),
        ({"valid_from": 5}, "validation_error", "valid_from"),
        ({"valid_to": "2026-11-25"}, "validation_error", "valid_to"),
        ({"base_rate": 10_001}, "validation_error", "base_rate"),
        ({"base_rate": "50"}, "validation_error", "base_rate"),
        ({"step_minutes": 45}, "validation_error", "step_minutes"),
        ({"step_minutes": True}, "validation_error", "step_minutes"),
        ({"grace_minutes": 61}, "validation_error", "grace_minutes"),
        ({"round_to": 2}, "validation_error", "round_to"),
        ({"free_mode": "SOME"}, "validation_error", "free_mode"),
        ({"template": "OFF"}, "validation_error", "template"),
        ({"template": "PEAK", "bands": []}, "validation_error", "template"),
        ({"bands": [BAND | {"from": "25:00"}]}, "validation_error", "bands.0.from"),
        ({"bands": [BAND | {"days": []}]}, "validation_error", "bands.0.days"),
        ({"slabs": [{"until_minutes": 60, "price": 5}]}, "validation_error", "slabs"),
        ({"slabs": [{"until_minutes": 1440, "price": 5}], "daily_cap": 5}, "validation_error", "daily_cap"),
        ({"vehicle_kind": "PLANE"}, "validation_error", "vehicle_kind"),
    ],
)
def test_a_wrong_tariff_is_refused(
    as_admin: ApiClient, zone: ParkingZone, fields: dict[str, Any], code: str, field: str | None
) -> None:
    status, found, errors = refusal(as_admin.post(of(zone), fields))
    assert (status, found) == (400, code)
    if field is not None:
        assert list(errors) == [field]
    assert not Tariff.objects.exists()


# --- Rate cards --------------------------------------------------------------------------------------

CARDS = "/api/admin/rate-cards/"


def test_a_card_names_the_zones_that_do_not_follow_it(
    as_admin: ApiClient, anybody: ApiClient, zone: ParkingZone
) -> None:
    other = make_zone("Zone B", rate="75.00")
    data(as_admin.post(of(other), {"base_rate": 77}), 201)
    card = data(as_admin.post(CARDS, {"name": "City", "zone_ids": [zone.pk, other.pk], "base_rate": 40}), 201)
    assert (card["zone_ids"], card["overridden_in"]) == ([zone.pk, other.pk], [other.pk])
    assert [one["overridden"] for one in card["zones"]] == [False, True]
    assert [price(anybody, one)[0]["rate_now"] for one in (zone, other)] == [40.0, 77.0]
    assert data(as_admin.get(CARDS))["results"] == [card] == [data(as_admin.get(f"{CARDS}{card['id']}/"))]


def test_a_card_changes_all_its_zones_from_a_date(
    clock_stands: Traveller, as_admin: ApiClient, anybody: ApiClient, zone: ParkingZone
) -> None:
    card = data(as_admin.post(CARDS, {"name": "City", "zone_ids": [zone.pk], "base_rate": 40}), 201)
    version = {"valid_from": "2026-12-01", "base_rate": 45}
    assert len(data(as_admin.post(f"{CARDS}{card['id']}/versions/", version), 201)["versions"]) == 2
    assert price(anybody, zone)[0]["rate_now"] == 40.0
    clock_stands.move_to(datetime(2026, 11, 30, 18, 30, tzinfo=UTC))
    assert price(anybody, zone)[0]["rate_now"] == 45.0


def test_a_card_is_renamed_and_laid_elsewhere(as_admin: ApiClient, anybody: ApiClient, zone: ParkingZone) -> None:
    card = data(as_admin.post(CARDS, {"name": "City", "zone_ids": [zone.pk], "base_rate": 40}), 201)
    changed = data(as_admin.patch(f"{CARDS}{card['id']}/", {"name": "Town", "zone_ids": []}))
    assert (changed["name"], changed["zone_ids"]) == ("Town", [])
    assert price(anybody, zone)[0]["rate_now"] == 50.0
    wrong = as_admin.patch(f"{CARDS}{card['id']}/", {"zone_ids": [zone.pk + 99]})
    assert refusal(wrong) == (400, "validation_error", {"zone_ids": [f"There is no zone {zone.pk + 99}"]})
    again = as_admin.post(CARDS, {"name": "Town", "zone_ids": [zone.pk]})
    assert refusal(again)[:2] == (400, "rate_card_name_taken")


# --- Holidays ----------------------------------------------------------------------------------------


def test_holidays_of_a_site(as_admin: ApiClient, anybody: ApiClient, zone: ParkingZone) -> None:
    address = f"/api/admin/sites/{zone.site_id}/holidays/"
    day = data(as_admin.post(address, {"date": "2026-12-25", "name": "Christmas"}), 201)
    assert data(as_admin.get(address))["results"] == [day]
    assert price(anybody, zone, at="2026-12-25")[0]["is_holiday"] is True
    assert refusal(as_admin.post(address, {"date": "2026-12-25", "name": "Xmas"}))[:2] == (400, "holiday_exists")
    data(as_admin.delete(f"{address}{day['id']}/"))
    assert refusal(as_admin.delete(f"{address}{day['id']}/"))[:2] == (404, "holiday_not_found")
    assert price(anybody, zone, at="2026-12-25")[0]["is_holiday"] is False
