"""Sites and gates as drivers and attendants meet them."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from time_machine import Traveller

from parking.accounts.models import Role, User
from parking.audit.models import AuditEntry
from parking.core import fresh
from parking.facilities.models import Gate, ParkingSite, ParkingZone
from parking.stays.models import ParkingSession
from tests.api.reading import book, data_of, enter, leave, problem_of, text_of
from tests.build import book as book_quietly
from tests.build import cancel, make_user, make_zone
from tests.build import enter as enter_quietly
from tests.client import ApiClient
from tests.moments import START

pytestmark = pytest.mark.django_db


@pytest.fixture
def airport(zone: ParkingZone) -> ParkingSite:
    return ParkingSite.objects.create(name="Airport", code="AIR", state="OPEN", created_at=START)


@pytest.fixture
def north(zone: ParkingZone) -> Gate:
    return Gate.objects.create(site=zone.site, name="North", direction="IN", created_at=START)


@pytest.fixture
def of_airport(airport: ParkingSite) -> Gate:
    return Gate.objects.create(site=airport, name="Arrivals", direction="BOTH", created_at=START)


# --- Gates ---------------------------------------------------------------------------------------------


def test_a_ticket_of_another_site_is_refused_at_the_gate_and_nothing_changes(
    as_driver: ApiClient, as_staff: ApiClient, zone: ParkingZone, of_airport: Gate
) -> None:
    booking = data_of(book(as_driver, zone.pk), 201)
    answer = enter(as_staff, booking, gate_id=of_airport.pk)
    assert problem_of(answer) == (400, "wrong_site")
    assert answer.json()["details"] == {"site_name": zone.site.name}
    assert ParkingSession.objects.get().status == "BOOKED"
    data_of(enter(as_staff, booking))
    for path in ("exit/quote/", "exit/"):
        body = {"qr_code": booking["qr_code"], "gate_id": of_airport.pk, "payment_method": "CASH"}
        assert problem_of(as_staff.post(f"/api/staff/{path}", body)) == (400, "wrong_site")
    body = {"reason": "Lost", "payment_method": "NONE", "gate_id": of_airport.pk}
    address = f"/api/staff/sessions/{booking['session_id']}/terminate/"
    assert problem_of(as_staff.post(address, body)) == (404, "session_not_found")
    assert ParkingSession.objects.get().status == "ACTIVE"


def test_a_gate_that_is_unknown_retired_or_foreign(
    as_driver: ApiClient, staff: User, zone: ParkingZone, north: Gate, of_airport: Gate
) -> None:
    booking = data_of(book(as_driver, zone.pk), 201)
    User.objects.filter(pk=staff.pk).update(site_ids=[zone.site_id])
    as_staff = ApiClient(staff)
    Gate.objects.filter(pk=north.pk).update(retired_at=START)
    fresh.forget_all()
    for gate_id in (999, north.pk, of_airport.pk):
        assert problem_of(enter(as_staff, booking, gate_id=gate_id)) == (400, "gate_invalid")
    assert problem_of(enter(as_staff, booking, gate_id="1")) == (400, "validation_error")


def test_the_stay_knows_its_gates_and_a_wrong_way_is_recorded(
    as_driver: ApiClient, as_staff: ApiClient, zone: ParkingZone, north: Gate
) -> None:
    booking = data_of(book(as_driver, zone.pk), 201)
    data_of(enter(as_staff, booking, gate_id=north.pk))
    data_of(leave(as_staff, booking, gate_id=north.pk))
    session = ParkingSession.objects.get()
    assert (session.entry_gate_id, session.exit_gate_id) == (north.pk, north.pk)
    [line] = AuditEntry.objects.filter(action="session.wrong_way")
    assert (line.subject_id, line.facts) == (session.pk, {"gate_id": north.pk, "way": "OUT"})


def test_lists_at_a_gate_show_its_site(
    as_staff: ApiClient, driver: User, staff: User, zone: ParkingZone, of_airport: Gate
) -> None:
    make_zone("P1", site_id=of_airport.site_id)
    enter_quietly(staff, book_quietly(driver, zone))
    assert data_of(as_staff.get("/api/staff/active-sessions/"))["count"] == 1
    assert data_of(as_staff.get(f"/api/staff/active-sessions/?gate_id={of_airport.pk}"))["count"] == 0
    rows = data_of(as_staff.get(f"/api/staff/slot-status/?gate_id={of_airport.pk}"))
    assert [row["zone_name"] for row in rows] == ["P1"]


# --- Hours and kinds -----------------------------------------------------------------------------------

# START is 10:00 in Delhi.
CLOSED_NOW = {"opens_at": time(10, 1), "closes_at": time(22, 0)}


@pytest.fixture
def ten_o_clock(time_machine: Traveller) -> Traveller:
    time_machine.move_to(START, tick=False)
    return time_machine


@pytest.mark.parametrize("of_site", [True, False])
def test_outside_of_the_hours_nobody_books(
    ten_o_clock: Traveller, driver: User, anybody: ApiClient, zone: ParkingZone, *, of_site: bool
) -> None:
    model, pk = (ParkingSite, zone.site_id) if of_site else (ParkingZone, zone.pk)
    model.objects.filter(pk=pk).update(**CLOSED_NOW)
    answer = book(ApiClient(driver), zone.pk)
    assert (problem_of(answer), text_of(answer)) == ((400, "zone_closed"), "Opens at 10:01")
    assert answer.json()["details"] == {"opens_at": "10:01"}
    ticket = {"vehicle_number": "DL-01-AB-1234", "owner_name": "Asha", "zone_id": zone.pk}
    assert anybody.post("/api/parking/book/", ticket).status_code == 400
    ten_o_clock.shift(timedelta(minutes=1))
    assert data_of(book(ApiClient(driver), zone.pk), 201)["enter_by_after_closing"] is False


def test_a_sites_hours_are_those_of_its_time_zone(ten_o_clock: Traveller, driver: User, zone: ParkingZone) -> None:
    hours = {"opens_at": time(4, 0), "closes_at": time(5, 0)}
    ParkingSite.objects.update(**hours, time_zone="UTC")
    booking = data_of(book(ApiClient(driver), zone.pk), 201)
    # 04:30 there; at 05:00 it is closed.
    assert booking["enter_by_after_closing"] is True


def test_entry_exit_and_staff_are_not_bound_by_hours(
    ten_o_clock: Traveller, driver: User, staff: User, zone: ParkingZone
) -> None:
    booking = data_of(book(ApiClient(driver), zone.pk), 201)
    ParkingSite.objects.update(**CLOSED_NOW)
    as_staff = ApiClient(staff)
    data_of(enter(as_staff, booking))
    data_of(leave(as_staff, booking, amount_tendered=500))
    ticket = {"vehicle_number": "DL-01-AB-9999", "owner_name": "Asha", "zone_id": zone.pk}
    assert as_staff.post("/api/parking/book/", ticket).status_code == 200


def test_a_closed_site_refuses_like_a_closed_zone(as_driver: ApiClient, zone: ParkingZone) -> None:
    ParkingSite.objects.update(state="CLOSED")
    assert problem_of(book(as_driver, zone.pk)) == (400, "zone_inactive")
    fresh.forget_all()
    assert data_of(as_driver.get("/api/user/zones/")) == []


def test_a_zone_may_take_some_kinds_only(as_driver: ApiClient, zone: ParkingZone) -> None:
    ParkingZone.objects.update(allowed_kinds=["EV"])
    assert problem_of(book(as_driver, zone.pk)) == (400, "kind_not_allowed")
    ParkingZone.objects.update(allowed_kinds=["EV", "CAR"], pass_only=True)
    assert problem_of(book(as_driver, zone.pk)) == (400, "pass_needed")


@pytest.mark.parametrize("marked", [True, False])
def test_a_full_zone_tells_nothing_of_a_plate(as_driver: ApiClient, driver: User, marked: bool) -> None:
    full, free = make_zone("Full", slots=1), make_zone("Free", slots=2)
    ParkingZone.objects.filter(pk=full.pk).update(marked=marked)
    # A car that was here before and one that is inside: neither answer nor its statements say which is which.
    cancel(driver, book_quietly(driver, full, "DL-01-AB-9999"))
    book_quietly(driver, full, "DL-01-AB-1234")
    stranger = ApiClient(make_user(Role.USER))
    told = []
    for plate in ("DL-01-AB-1234", "DL-01-AB-9999"):
        with CaptureQueriesContext(connection) as sent:
            answer = book(stranger, full.pk, plate)
        assert problem_of(answer) == (400, "zone_full")
        told.append((answer.json(), len(sent)))
    assert told[0] == told[1]
    assert problem_of(book(stranger, free.pk, "DL-01-AB-1234")) == (400, "vehicle_unavailable")


# --- Places without numbers ----------------------------------------------------------------------------


@pytest.fixture
def ground(as_admin: ApiClient) -> dict[str, Any]:
    fields = {"name": "Ground", "hourly_rate": 30, "marked": False, "capacity": {"CAR": 2, "TWO_WHEELER": 1}}
    found: dict[str, Any] = data_of(as_admin.post("/api/admin/zones/", fields), 201)
    return found


def test_no_answer_names_a_place_of_an_unmarked_zone(
    ground: dict[str, Any], as_driver: ApiClient, as_staff: ApiClient
) -> None:
    assert (ground["total_slots"], ground["capacity"]) == (3, {"CAR": 2, "TWO_WHEELER": 1})
    answer = book(as_driver, ground["id"])
    booking = data_of(answer, 201)
    assert (text_of(answer), booking["slot_number"]) == ("Place booked", None)
    assert data_of(enter(as_staff, booking))["slot_number"] is None
    assert data_of(leave(as_staff, booking, amount_tendered=500))["slot_number"] is None
    [row] = data_of(as_staff.get(f"/api/staff/slot-status/?zone_id={ground['id']}"))
    assert (row["total_slots"], row["slots"]) == (3, [])


def test_capacity_grows_and_shrinks_by_what_is_free(
    ground: dict[str, Any], as_admin: ApiClient, as_driver: ApiClient
) -> None:
    address = f"/api/admin/zones/{ground['id']}/"
    data_of(book(as_driver, ground["id"]), 201)

    def set_cars(number: int) -> Any:
        return as_admin.patch(address, {"capacity": {"CAR": number}})

    assert problem_of(set_cars(0)) == (400, "places_in_use")
    shrunk = data_of(set_cars(1))
    assert (shrunk["capacity"], shrunk["total_slots"], shrunk["available_slots"]) == (
        *({"CAR": 1, "TWO_WHEELER": 1}, 2, 1),
    )
    assert data_of(set_cars(3))["capacity"] == {"CAR": 3, "TWO_WHEELER": 1}
    assert ParkingZone.objects.get(pk=ground["id"]).slots.count() == 4


def test_numbers_and_capacity_do_not_mix(ground: dict[str, Any], as_admin: ApiClient, zone: ParkingZone) -> None:
    slots = {"prefix": "G-", "first": 1, "last": 2, "kind": "CAR"}
    assert problem_of(as_admin.post(f"/api/admin/zones/{ground['id']}/slots/", slots)) == (400, "zone_is_unmarked")
    answer = as_admin.patch(f"/api/admin/zones/{zone.pk}/", {"capacity": {"CAR": 5}})
    assert problem_of(answer) == (400, "zone_is_marked")


# --- Lists ---------------------------------------------------------------------------------------------


def test_the_list_is_narrowed_to_a_site_and_sorted_by_distance(
    anybody: ApiClient, zone: ParkingZone, airport: ParkingSite
) -> None:
    make_zone("P1", site_id=airport.pk, latitude="28.555100", longitude="77.084400")
    make_zone("Near", site_id=zone.site_id, latitude="28.631500", longitude="77.216700")
    fresh.forget_all()
    address = "/api/public/zones/"
    [row] = data_of(anybody.get(f"{address}?site_id={airport.pk}"))
    assert (row["name"], row["site_id"], row["site_name"]) == ("P1", airport.pk, "Airport")
    assert "distance_m" not in row
    rows = data_of(anybody.get(f"{address}?near=28.6315,77.2167"))
    assert [(row["name"], row["distance_m"]) for row in rows] == [("Near", 0), ("P1", 15460), ("Zone A", None)]


@pytest.mark.parametrize("near", ["28.6", "28.6,200", "91,0", "a,b", "1e3,5", "28.6,77.2,1", "٢٨,٧٧"])
def test_a_wrong_place_is_refused(anybody: ApiClient, zone: ParkingZone, near: str) -> None:
    assert problem_of(anybody.get(f"/api/public/zones/?near={near}")) == (400, "validation_error")


# --- Plates that look alike ----------------------------------------------------------------------------


def test_a_plate_that_looks_alike_is_let_in_amber_or_red(
    as_driver: ApiClient, as_staff: ApiClient, driver: User, zone: ParkingZone
) -> None:
    booking = data_of(book(as_driver, zone.pk, "KA-01-AO-1234"), 201)
    unsure = enter(as_staff, booking, vehicle_number="KA-01-AD-1234")
    assert problem_of(unsure) == (400, "vehicle_mismatch")
    assert unsure.json()["details"] == {
        "session_id": booking["session_id"],
        "verdict": "AMBER",
        "booked": "KA-01-AO-1234",
        "seen": "KA-01-AD-1234",
    }
    # With a booking of its own it is another car.
    book_quietly(driver, zone, "KA-01-AD-1234")
    assert enter(as_staff, booking, vehicle_number="KA-01-AD-1234").json()["details"]["verdict"] == "RED"
    assert enter(as_staff, booking, vehicle_number="KA-01-XY-1").json()["details"]["verdict"] == "RED"
    assert data_of(enter(as_staff, booking, vehicle_number="KAO1AO1Z34"))["status"] == "ACTIVE"


@pytest.mark.parametrize("booked", ["ML-51-234", "ML 5 1234"])
def test_a_text_that_means_the_plates_of_two_open_sessions_is_amber_for_both(
    as_driver: ApiClient, as_staff: ApiClient, driver: User, zone: ParkingZone, booked: str
) -> None:
    booking = data_of(book(as_driver, zone.pk, booked), 201)
    [other] = {"ML-51-234", "ML 5 1234"} - {booked}
    book_quietly(driver, zone, other)
    assert enter(as_staff, booking, vehicle_number="ML51234").json()["details"]["verdict"] == "AMBER"
    assert data_of(enter(as_staff, booking, vehicle_number=booked))["status"] == "ACTIVE"
