"""The gate without a code: walk-ins in one call, entry and exit by plate or number, expected cars, notes, problems."""

import json
from datetime import timedelta

import pytest

from parking.accounts.models import User
from parking.audit.models import AuditEntry
from parking.core import clock
from parking.core.actor import SYSTEM
from parking.facilities.models import Gate, ParkingZone
from parking.facilities.services import add_slots
from parking.stays.models import ParkingSession
from tests.api.reading import data_of, errors_of, problem_of
from tests.build import book, enter, make_zone, reloaded, take_ticket
from tests.client import ApiClient
from tests.invariants import assert_books_agree, nothing_changes

pytestmark = pytest.mark.django_db

PLATE = "DL-01-AB-1234"


@pytest.fixture
def attendant(staff: User) -> ApiClient:
    return ApiClient(staff)


@pytest.fixture
def north(zone: ParkingZone) -> Gate:
    return Gate.objects.create(site=zone.site, name="North", direction="IN", created_at=clock.now())


@pytest.fixture
def booked(driver: User, zone: ParkingZone) -> ParkingSession:
    driver.phone = "+91 98765 43210"
    driver.save()
    return book(driver, zone, PLATE)


def details_of(answer: object) -> dict[str, object]:
    return dict(json.loads(answer.content)["details"])  # type: ignore[attr-defined]


# --- Walk-in -------------------------------------------------------------------------------------------


def test_a_walk_in_is_inside_after_one_call(attendant: ApiClient, north: Gate) -> None:
    body = {"vehicle_number": "dl 1 ab 1234", "gate_id": north.pk, "scan_id": "g1"}
    told = data_of(attendant.post("/api/staff/walk-in/", body), 201)
    session = ParkingSession.objects.whole().get()
    assert (told["session_id"], told["qr_code"], told["vehicle_number"], told["slot_number"], told["status"]) == (
        session.pk, session.qr_code, "DL-1-AB-1234", "A-001", "ACTIVE",
    )  # fmt: skip
    assert (session.status, session.entry_gate_id, session.owner_name) == ("ACTIVE", north.pk, "")
    assert data_of(attendant.post("/api/staff/walk-in/", body), 201) == told
    assert_books_agree()


def test_a_walk_in_with_a_key_has_one_answer(attendant: ApiClient, zone: ParkingZone) -> None:
    body = {"vehicle_number": PLATE, "zone_id": zone.pk}
    answers = [attendant.post("/api/staff/walk-in/", body, Idempotency_Key="k1") for _ in range(2)]
    assert data_of(answers[0], 201) == data_of(answers[1], 201)
    assert ParkingSession.objects.count() == 1


def test_without_zone_and_gate_nobody_knows_where(attendant: ApiClient, zone: ParkingZone) -> None:
    with nothing_changes():
        assert errors_of(attendant.post("/api/staff/walk-in/", {"vehicle_number": PLATE})) == {"zone_id"}


def test_the_next_zone_of_the_gate_takes_what_the_first_has_no_place_for(
    attendant: ApiClient, zone: ParkingZone, north: Gate
) -> None:
    bikes = make_zone("Zone B", slots=0)
    add_slots(actor=SYSTEM, zone_id=bikes.pk, prefix="B-", first=1, last=1, kind="TWO_WHEELER", now=clock.now())
    body = {"vehicle_number": PLATE, "vehicle_kind": "TWO_WHEELER", "gate_id": north.pk}
    assert data_of(attendant.post("/api/staff/walk-in/", body), 201)["zone_name"] == "Zone B"
    full = attendant.post("/api/staff/walk-in/", body | {"vehicle_number": "DL-01-AB-1235"})
    assert problem_of(full) == (400, "zone_full")


def test_a_plate_with_a_session_here_is_led_to_it(attendant: ApiClient, booked: ParkingSession, north: Gate) -> None:
    body = {"vehicle_number": PLATE, "gate_id": north.pk}
    with nothing_changes():
        answer = attendant.post("/api/staff/walk-in/", body)
    assert problem_of(answer) == (400, "plate_has_booking")
    assert details_of(answer) == {"session_id": booked.pk}
    data_of(attendant.post("/api/staff/entry-by-plate/", {"session_id": booked.pk, "confirm": "asha"}))
    assert problem_of(attendant.post("/api/staff/walk-in/", body)) == (400, "plate_is_inside")


def test_a_plate_at_another_site_is_nobodys_business(attendant: ApiClient, staff: User, booked: ParkingSession) -> None:
    site = make_zone("Elsewhere").site
    type(site).objects.filter(pk=site.pk).update(name="Here")
    other = type(site).objects.create(name="Airport", code="AIR", state="OPEN", created_at=clock.now())
    there = make_zone("Zone P1", site_id=other.pk)
    staff.site_ids = [other.pk]
    staff.save()
    answer = ApiClient(staff).post("/api/staff/walk-in/", {"vehicle_number": PLATE, "zone_id": there.pk})
    assert problem_of(answer) == (400, "vehicle_unavailable")
    assert "details" not in json.loads(answer.content)


# --- By plate or number --------------------------------------------------------------------------------


@pytest.mark.parametrize("confirm", ["Asha Rao", "3210"])
def test_a_booked_car_goes_in_and_out_by_its_plate(
    attendant: ApiClient, staff: User, booked: ParkingSession, confirm: str
) -> None:
    body = {"vehicle_number": "dl1ab1234", "confirm": confirm, "scan_id": "in1"}
    told = data_of(attendant.post("/api/staff/entry-by-plate/", body))
    assert (told["session_id"], told["status"]) == (booked.pk, "ACTIVE")
    assert data_of(attendant.post("/api/staff/entry-by-plate/", body)) == told
    out = {"session_id": booked.pk, "confirm": confirm, "payment_method": "CASH", "scan_id": "out1"}
    bill = data_of(attendant.post("/api/staff/exit-by-plate/", out))
    assert (bill["status"], bill["payment_method"]) == ("COMPLETED", "CASH")
    assert data_of(attendant.post("/api/staff/exit-by-plate/", out)) == bill
    assert reloaded(booked).marks == ["WITHOUT_QR"]
    asked = AuditEntry.objects.filter(action="session.owner_confirmed")
    assert [line.actor_id for line in asked] == [staff.pk, staff.pk]
    assert_books_agree()


def test_who_does_not_know_the_owner_stays_outside(attendant: ApiClient, booked: ParkingSession) -> None:
    with nothing_changes():
        for confirm in ({"confirm": "Ravi"}, {}):
            answer = attendant.post("/api/staff/entry-by-plate/", {"vehicle_number": PLATE} | confirm)
            assert problem_of(answer) == (400, "confirm_mismatch")
        assert problem_of(attendant.post("/api/staff/entry-by-plate/", {"vehicle_number": "KA-05-MH-1"}))[0] == 404
        assert problem_of(attendant.post("/api/staff/entry-by-plate/", {"confirm": "Asha"}))[0] == 400


def test_a_plate_beside_the_number_is_compared(attendant: ApiClient, booked: ParkingSession) -> None:
    body = {"session_id": booked.pk, "vehicle_number": "KA-05-MH-0042", "confirm": "Asha"}
    assert problem_of(attendant.post("/api/staff/entry-by-plate/", body)) == (400, "vehicle_mismatch")


def test_a_walk_in_without_a_name_leaves_by_its_plate(attendant: ApiClient, staff: User, zone: ParkingZone) -> None:
    data_of(attendant.post("/api/staff/walk-in/", {"vehicle_number": PLATE, "zone_id": zone.pk}), 201)
    out = {"vehicle_number": PLATE, "payment_method": "CASH"}
    assert data_of(attendant.post("/api/staff/exit-by-plate/", out))["status"] == "COMPLETED"
    assert ParkingSession.objects.get().marks == ["WITHOUT_QR"]
    assert AuditEntry.objects.get(action="session.without_code").actor_id == staff.pk


# --- Expected ------------------------------------------------------------------------------------------


def test_what_is_expected_says_what_may_be_done_and_not_who_drives(
    attendant: ApiClient, booked: ParkingSession
) -> None:
    answer = attendant.get("/api/staff/expected/")
    (row,) = data_of(answer)["results"]
    assert (row["session_id"], row["may_enter"], row["reason"], row["needs_confirm"]) == (booked.pk, True, None, True)
    assert "Asha" not in answer.content.decode()
    assert booked.qr_code not in answer.content.decode()
    ParkingSession.objects.filter(pk=booked.pk).update(enter_by=clock.now() - timedelta(minutes=1))
    (row,) = data_of(attendant.get("/api/staff/expected/", q=str(booked.pk)))["results"]
    assert (row["may_enter"], row["reason"]) == (False, "booking_expired")
    assert data_of(attendant.get("/api/staff/expected/", q="KA05"))["results"] == []


# --- Notes and problems ----------------------------------------------------------------------------------


def test_a_note_is_shown_at_each_scan_until_it_is_ticked_off(attendant: ApiClient, booked: ParkingSession) -> None:
    path = f"/api/staff/sessions/{booked.pk}/notes/"
    note = data_of(attendant.post(path, {"text": "Key is with the guard"}), 201)
    entered = data_of(attendant.post("/api/staff/entry/", {"qr_code": booked.qr_code}))
    assert [shown["text"] for shown in entered["notes"]] == ["Key is with the guard"]
    for _ in range(2):
        assert data_of(attendant.post(f"{path}{note['id']}/done/", {}))["done_at"]
    assert data_of(attendant.post("/api/staff/exit/quote/", {"qr_code": booked.qr_code}))["notes"] == []
    assert [row["id"] for row in data_of(attendant.get(path))] == [note["id"]]
    assert reloaded(booked).open_notes == 0


def test_problems_are_a_list_until_they_are_ticked_off(
    attendant: ApiClient, staff: User, booked: ParkingSession
) -> None:
    body = {"kind": "DAMAGE", "text": "Scratch on the left door"}
    note = data_of(attendant.post(f"/api/staff/sessions/{booked.pk}/problem/", body), 201)
    attendant.post(f"/api/staff/sessions/{booked.pk}/notes/", {"text": "No problem"})
    (row,) = data_of(attendant.get("/api/staff/problems/"))["results"]
    assert (row["kind"], row["session_id"], row["vehicle_number"], row["written_by"]) == (
        "DAMAGE", booked.pk, PLATE, staff.username,
    )  # fmt: skip
    enter(staff, booked)
    bill = data_of(attendant.post("/api/staff/exit/quote/", {"qr_code": booked.qr_code}))
    assert [shown["kind"] for shown in bill["notes"]] == ["DAMAGE", "NOTE"]
    data_of(attendant.post(f"/api/staff/sessions/{booked.pk}/notes/{note['id']}/done/", {}))
    assert data_of(attendant.get("/api/staff/problems/"))["results"] == []


def test_notes_of_one_session_have_an_end(attendant: ApiClient, zone: ParkingZone) -> None:
    path = f"/api/staff/sessions/{take_ticket(zone).pk}/notes/"
    for number in range(20):
        data_of(attendant.post(path, {"text": f"Note {number}"}), 201)
    assert problem_of(attendant.post(path, {"text": "One more"})) == (400, "too_many_notes")
    assert problem_of(attendant.post(f"{path}999/done/", {})) == (404, "note_not_found")
