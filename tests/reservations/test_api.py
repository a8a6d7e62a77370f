"""The calls of reservations: what they answer, and what every list says of what is reserved."""

from decimal import Decimal
from typing import Any

import pytest
from time_machine import Traveller

from parking.accounts.models import User
from parking.checkout import waiting_list
from parking.core.actor import SYSTEM
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.stays.models import ParkingSession
from parking.tariffs.versions import Draft
from parking.tariffs.zone_tariffs import add_tariff
from tests.api.reading import book, data_of, enter, problem_of
from tests.build import by_kind, make_user
from tests.client import ApiClient
from tests.moments import START, at
from tests.offers.build import earn, make_code, switch_points_on, taken

pytestmark = pytest.mark.django_db

PLATE = "DL-01-AB-1234"


@pytest.fixture(autouse=True)
def at_start(time_machine: Traveller) -> Traveller:
    time_machine.move_to(START, tick=False)
    return time_machine


@pytest.fixture
def as_other() -> ApiClient:
    """Another driver."""
    return ApiClient(make_user())


def stamp(minutes: float) -> str:
    return f"{at(minutes):%Y-%m-%dT%H:%M:%SZ}"


def ask(
    client: ApiClient, zone: ParkingZone, first: float = 600, last: float = 720, key: str = "", **fields: Any
) -> Any:
    body = {
        "zone_id": zone.pk,
        "vehicle_number": PLATE,
        "owner_name": "Asha Rao",
        "starts_at": stamp(first),
        "ends_at": stamp(last),
    }
    headers = {"Idempotency_Key": key} if key else {}
    return client.post("/api/user/reservations/", body | fields, **headers)


def test_another_rate_at_the_start_than_expected_is_refused(as_driver: ApiClient, zone: ParkingZone) -> None:
    draft = Draft({"base_rate": Decimal("60.00")}, valid_from=at(600))
    add_tariff(actor=SYSTEM, zone_id=zone.pk, draft=draft, now=START)
    answer = ask(as_driver, zone, expected_rate=50)
    assert problem_of(answer) == (400, "price_changed")
    assert answer.json()["details"] == {"rate": 60.0}
    assert not ParkingSession.objects.exists()
    data_of(ask(as_driver, zone, expected_rate=60), 201)
    data_of(ask(as_driver, zone, 480, 540, expected_rate=50), 201)


def test_a_reservation_is_a_booking_without_slot(as_driver: ApiClient, zone: ParkingZone) -> None:
    shown = data_of(ask(as_driver, zone), 201)
    names = ("status", "payment_status", "slot_number", "starts_at", "ends_at", "enter_by", "amount_paid")
    assert {name: shown[name] for name in names} == {
        "status": "BOOKED",
        "payment_status": "PARTIAL",
        "slot_number": None,
        "starts_at": "2026-11-22T14:30:00Z",
        "ends_at": "2026-11-22T16:30:00Z",
        "enter_by": "2026-11-22T15:00:00Z",
        "amount_paid": 50.0,
    }


def test_a_reservation_holds_a_code_and_points(as_driver: ApiClient, driver: User, zone: ParkingZone) -> None:
    code = make_code()
    switch_points_on()
    earn(driver, 300)
    assert problem_of(ask(as_driver, zone, promo_code="OTHER")) == (400, "code_unknown")
    shown = data_of(ask(as_driver, zone, promo_code="welcome", use_points=200), 201)
    assert shown["discounts"] == [
        {"kind": "PROMO", "label": "Promo code WELCOME", "amount": 0},
        {"kind": "POINTS", "label": "200 points", "amount": 0},
    ]
    assert (taken(code), data_of(as_driver.get("/api/user/points/"))["balance"]) == (1, 100)


def test_times_may_have_another_offset(as_driver: ApiClient, zone: ParkingZone) -> None:
    shown = data_of(
        ask(as_driver, zone, starts_at="2026-11-22T20:00:30+05:30", ends_at="2026-11-22T22:00:59+05:30"), 201
    )
    assert (shown["starts_at"], shown["ends_at"]) == (stamp(600), stamp(720))


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"starts_at": stamp(14)}, "starts_at"),
        ({"starts_at": stamp(61 * 24 * 60)}, "starts_at"),
        ({"ends_at": stamp(629)}, "ends_at"),
        ({"ends_at": stamp(600 + 31 * 24 * 60)}, "ends_at"),
        ({"ends_at": stamp(500)}, "ends_at"),
        ({"starts_at": "2026-11-22"}, "starts_at"),
        ({"starts_at": "2026-11-22T20:00:00"}, "starts_at"),
        ({"starts_at": 1_800_000_000}, "starts_at"),
        ({"ends_at": None}, "ends_at"),
    ],
)
def test_a_window_beyond_the_limits_is_bad_input(
    as_driver: ApiClient, zone: ParkingZone, fields: dict[str, Any], wrong: str
) -> None:
    answer = ask(as_driver, zone, **fields)
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
    assert list(answer.json()["errors"]) == [wrong]


def test_a_full_window_says_what_is_free_instead(as_driver: ApiClient, zone: ParkingZone) -> None:
    for number in range(5):
        data_of(ask(as_driver, zone, vehicle_number=f"DL-01-AB-200{number}"), 201)
    answer = ask(as_driver, zone)
    assert (answer.status_code, answer.json()["code"]) == (400, "window_full")
    assert answer.json()["details"] == {
        "windows": [
            {"starts_at": stamp(480), "ends_at": stamp(600)},
            {"starts_at": stamp(720), "ends_at": stamp(840)},
            {"starts_at": stamp(735), "ends_at": stamp(855)},
        ],
        "zones": [],
    }


def test_the_same_key_reserves_once(as_driver: ApiClient, zone: ParkingZone) -> None:
    first, second = (data_of(ask(as_driver, zone, key="reserve-1"), 201) for _ in range(2))
    assert first["session_id"] == second["session_id"]


def test_every_list_says_what_is_bookable(
    as_driver: ApiClient, as_staff: ApiClient, as_admin: ApiClient, anybody: ApiClient, zone: ParkingZone
) -> None:
    for number in range(3):
        data_of(ask(as_driver, zone, 60, 180, vehicle_number=f"DL-01-AB-200{number}"), 201)
    lists = [
        data_of(anybody.get("/api/public/zones/")),
        data_of(as_driver.get("/api/user/zones/")),
        data_of(as_staff.get("/api/staff/slot-status/")),
        data_of(as_admin.get("/api/admin/zones/"))["results"],
        data_of(as_admin.get("/api/admin/dashboard/"))["zones"],
    ]
    for rows in lists:
        (shown,) = [row for row in rows if row.get("id", row.get("zone_id")) == zone.pk]
        assert (shown["available_slots"], shown["bookable_slots"]) == (10, 7)
        assert shown["by_kind"] == by_kind(7)


def test_a_reservation_nears_without_news(
    as_driver: ApiClient, anybody: ApiClient, zone: ParkingZone, at_start: Traveller
) -> None:
    data_of(ask(as_driver, zone, 121, 240), 201)
    (before,) = data_of(anybody.get("/api/public/zones/"))
    at_start.move_to(at(1), tick=False)
    (after,) = data_of(anybody.get("/api/public/zones/"))
    assert (before["bookable_slots"], after["bookable_slots"]) == (10, 9)


def test_the_present_session_is_inside_or_has_a_slot_or_begins_next(
    as_driver: ApiClient, as_staff: ApiClient, zone: ParkingZone
) -> None:
    def present() -> int:
        found: int = data_of(as_driver.get("/api/user/current-session/"))["session_id"]
        return found

    data_of(ask(as_driver, zone, 900, 960), 201)
    nearer = data_of(ask(as_driver, zone, 600, 660), 201)
    data_of(ask(as_driver, zone, 700, 760), 201)
    assert present() == nearer["session_id"]
    first = data_of(book(as_driver, zone.pk, "DL-01-AB-3001"), 201)
    second = data_of(book(as_driver, zone.pk, "DL-01-AB-3002"), 201)
    assert present() == second["session_id"]
    enter(as_staff, first)
    assert present() == first["session_id"]


def test_a_car_that_is_too_early_is_told_when_it_may_come(
    as_driver: ApiClient, as_staff: ApiClient, zone: ParkingZone
) -> None:
    answer = enter(as_staff, data_of(ask(as_driver, zone), 201))
    assert (answer.status_code, answer.json()["code"]) == (400, "too_early")
    assert answer.json()["details"]["starts_at"] == stamp(600)
    assert answer.json()["details"]["enter_from"] == stamp(570)


def test_a_driver_waits_gets_an_offer_and_accepts_it(
    as_driver: ApiClient, as_other: ApiClient, zone: ParkingZone
) -> None:
    ParkingSlot.objects.filter(zone=zone).exclude(slot_number="A-001").update(status="OUT_OF_SERVICE")
    held = data_of(book(as_other, zone.pk, "DL-01-AB-3001"), 201)
    wanted = {"zone_id": zone.pk, "vehicle_number": PLATE, "owner_name": "Asha Rao", "until": stamp(300)}
    shown = data_of(as_driver.post("/api/user/waiting-list/", wanted), 201)
    assert (shown["state"], shown["position"], shown["offer"]) == ("WAITING", 1, None)
    data_of(as_other.post("/api/user/cancel-booking/", {"session_id": held["session_id"]}))
    waiting_list.offer_places(now=at(0))
    (shown,) = data_of(as_driver.get("/api/user/waiting-list/"))["results"]
    assert (shown["state"], shown["position"], shown["offer"]["pay_by"]) == ("OFFERED", None, stamp(10))
    present = data_of(as_driver.get("/api/user/current-session/"))
    assert (present["session_id"], present["pay_by"]) == (shown["offer"]["session_id"], stamp(10))
    booking = data_of(as_driver.post(f"/api/user/waiting-list/{shown['id']}/accept/", {}))
    assert (booking["payment_status"], booking["pay_by"], booking["slot_number"]) == ("PARTIAL", None, "A-001")
    assert data_of(as_driver.get("/api/user/waiting-list/"))["results"] == []


def test_a_driver_leaves_the_line(as_driver: ApiClient, as_other: ApiClient, zone: ParkingZone) -> None:
    ParkingSlot.objects.filter(zone=zone).update(status="OUT_OF_SERVICE")
    wanted = {"zone_id": zone.pk, "vehicle_number": PLATE, "owner_name": "Asha Rao", "until": stamp(300)}
    shown = data_of(as_driver.post("/api/user/waiting-list/", wanted), 201)
    assert as_other.delete(f"/api/user/waiting-list/{shown['id']}/").status_code == 404
    assert data_of(as_driver.delete(f"/api/user/waiting-list/{shown['id']}/"))["state"] == "LEFT"


def test_a_booking_is_changed_by_its_driver(as_driver: ApiClient, zone: ParkingZone) -> None:
    shown = data_of(ask(as_driver, zone), 201)
    address = f"/api/user/reservations/{shown['session_id']}/"
    changed = data_of(as_driver.patch(address, {"ends_at": stamp(800), "late": True}))
    assert (changed["ends_at"], changed["enter_by"]) == (stamp(800), stamp(645))
    answer = as_driver.patch(address, {"late": True})
    assert (answer.status_code, answer.json()["code"]) == (400, "late_used")
