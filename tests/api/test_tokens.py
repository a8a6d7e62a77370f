"""Tokens of plastic: given for the last four digits and the kind, scanned at the exit, red once they are over."""

from typing import Any

import pytest
from time_machine import Traveller

from parking.accounts.models import Role, User
from parking.facilities.models import Gate, ParkingSite, ParkingZone
from parking.stays.models import ParkingSession, Token
from tests.api.reading import data_of, problem_of
from tests.build import enter, make_user, make_zone, take_ticket
from tests.client import ApiClient
from tests.invariants import assert_books_agree, nothing_changes
from tests.moments import START, at

pytestmark = pytest.mark.django_db

WALK_IN, TOKENS = "/api/staff/walk-in/", "/api/admin/tokens/"


@pytest.fixture(autouse=True)
def _at_start(time_machine: Traveller) -> Traveller:
    time_machine.move_to(START, tick=False)
    return time_machine


@pytest.fixture
def token(admin: User, zone: ParkingZone) -> str:
    made = data_of(ApiClient(admin).post(TOKENS, {"site_id": zone.site_id, "first": 1, "last": 3}), 201)
    assert [row["number"] for row in made["tokens"]] == [1, 2, 3]
    code = str(made["tokens"][0]["code"])
    assert len(code) == len("TK-") + 8
    return code


def give(staff: User, zone: ParkingZone, token: str, **fields: object) -> Any:
    body = {"token": token, "last_four": "1234", "vehicle_kind": "CAR", "zone_id": zone.pk}
    return ApiClient(staff).post(WALK_IN, body | fields)


def out(staff: User, code: str, **fields: object) -> Any:
    body = {"qr_code": code, "payment_method": "CASH", "amount_tendered": 100}
    return ApiClient(staff).post("/api/staff/exit/", body | fields)


def test_a_car_with_a_token_goes_in_and_out(
    staff: User, admin: User, zone: ParkingZone, token: str, time_machine: Traveller
) -> None:
    given = data_of(give(staff, zone, token), 201)
    facts = (given["vehicle_number"], given["last_four"], given["token_number"], given["vehicle_kind"])
    assert facts == ("****1234", "1234", 1, "CAR")
    pool = data_of(ApiClient(admin).get(TOKENS, state="OUT"))
    counts = {"site_id": zone.site_id, "item": "VEHICLE", "free": 2, "out": 1, "lost": 0}
    assert (pool["count"], pool["pools"]) == (1, [counts])
    time_machine.move_to(at(66), tick=False)
    quote = data_of(ApiClient(staff).post("/api/staff/exit/quote/", {"qr_code": token, "vehicle_number": "1234"}))
    assert (quote["amount_due"], quote["vehicle_number"]) == (100.0, "****1234")
    assert data_of(out(staff, token.lower()))["change_due"] == 0.0
    # What is over is red, and the next car may have it.
    assert problem_of(out(staff, token)) == (400, "already_exited")
    assert data_of(give(staff, zone, token, last_four="9876"), 201)["vehicle_number"] == "****9876"
    assert_books_agree()


def test_the_same_scan_gives_one_token_once(staff: User, zone: ParkingZone, token: str) -> None:
    first = data_of(give(staff, zone, token, scan_id="in1"), 201)
    assert data_of(give(staff, zone, token, scan_id="in1"), 201) == first
    with nothing_changes():
        again = give(staff, zone, token, scan_id="in2")
        assert problem_of(again) == (400, "token_in_use")
    assert again.json()["details"] == {"session_id": first["session_id"]}
    assert_books_agree()


def test_a_lost_token_opens_nothing(staff: User, admin: User, zone: ParkingZone, token: str) -> None:
    session_id = data_of(give(staff, zone, token), 201)["session_id"]
    pk = Token.objects.get(code=token).pk
    assert data_of(ApiClient(admin).patch(f"{TOKENS}{pk}/", {"lost": True}))["state"] == "LOST"
    refused = out(staff, token)
    assert problem_of(refused) == (400, "token_lost")
    assert refused.json()["details"] == {"session_id": session_id}
    assert problem_of(give(staff, zone, token)) == (400, "token_lost")
    # The car leaves by its number.
    assert data_of(
        ApiClient(staff).post("/api/staff/exit-by-plate/", {"session_id": session_id, "payment_method": "CASH"})
    )


def test_a_token_of_nobody_or_of_another_site_is_red(staff: User, zone: ParkingZone, token: str) -> None:
    assert problem_of(out(staff, "TK-00000000")) == (404, "qr_not_found")
    assert problem_of(out(staff, token)) == (404, "qr_not_found")
    give(staff, zone, token)
    other = ParkingSite.objects.create(name="Airport", code="AIR", state="OPEN", created_at=START)
    elsewhere = make_user(Role.STAFF)
    elsewhere.site_ids = [other.pk]
    elsewhere.save()
    assert problem_of(out(elsewhere, token)) == (400, "wrong_site")
    terminal = make_zone("Terminal", site_id=other.pk)
    free = Token.objects.get(number=2).code
    assert problem_of(give(elsewhere, terminal, free)) == (400, "wrong_site")


@pytest.mark.parametrize(("seen", "is_it"), [("DL 01 AB 1234", True), ("1234", True), ("DL 01 AB 1243", False)])
def test_the_plate_at_the_exit_ends_as_it_was_written(
    staff: User, zone: ParkingZone, token: str, seen: str, is_it: bool
) -> None:
    give(staff, zone, token)
    answer = out(staff, token, vehicle_number=seen)
    assert answer.status_code == (200 if is_it else 400)
    assert is_it or problem_of(answer) == (400, "vehicle_mismatch")


def test_two_cars_of_one_end_are_two_cars(staff: User, zone: ParkingZone) -> None:
    fields = {"last_four": "1234", "vehicle_kind": "CAR", "zone_id": zone.pk}
    ids = {data_of(ApiClient(staff).post(WALK_IN, fields), 201)["session_id"] for _ in range(2)}
    enter(staff, take_ticket(zone, "DL-01-AB-1234"))
    assert len(ids) == 2
    found = data_of(ApiClient(staff).get("/api/staff/active-sessions/", q="1234"))
    assert {row["vehicle_number"] for row in found["results"]} == {"****1234", "DL-01-AB-1234"}
    assert found["count"] == 3
    assert_books_agree()


def test_the_zone_is_that_of_the_gate(staff: User, zone: ParkingZone, token: str) -> None:
    gate = Gate.objects.create(site_id=zone.site_id, name="North", direction="IN", created_at=START)
    body = {"token": token, "gate_id": gate.pk}
    assert data_of(ApiClient(staff).post(WALK_IN, body), 201)["vehicle_number"] == "****"
    assert ParkingSession.objects.get().entry_gate_id == gate.pk


@pytest.mark.parametrize(
    "fields", [{}, {"last_four": "1234"}, {"last_four": "12a4", "vehicle_kind": "CAR"}, {"vehicle_kind": "CAR"}]
)
def test_something_of_the_car_must_be_said(staff: User, zone: ParkingZone, fields: dict[str, str]) -> None:
    answer = ApiClient(staff).post(WALK_IN, {"zone_id": zone.pk, **fields})
    assert problem_of(answer) == (400, "validation_error")


def test_numbers_are_given_once(admin: User, zone: ParkingZone, token: str) -> None:
    body = {"site_id": zone.site_id, "first": 3, "last": 4}
    with nothing_changes():
        assert problem_of(ApiClient(admin).post(TOKENS, body)) == (400, "token_exists")
        backwards = body | {"first": 9, "last": 4}
        assert problem_of(ApiClient(admin).post(TOKENS, backwards)) == (400, "validation_error")


def test_a_lost_ticket_with_that_end_is_asked_about(staff: User, zone: ParkingZone, token: str) -> None:
    session_id = data_of(give(staff, zone, token), 201)["session_id"]
    body = {"vehicle_number": "DL-01-AB-1234", "payment_method": "CASH", "zone_id": zone.pk}
    refused = ApiClient(staff).post("/api/staff/lost-ticket/", body)
    assert problem_of(refused) == (400, "similar_plates_inside")
    assert [row["session_id"] for row in refused.json()["details"]["sessions"]] == [session_id]


def test_a_token_stays_at_its_site_also_for_who_works_at_all(staff: User, token: str) -> None:
    other = ParkingSite.objects.create(name="Airport", code="AIR", state="OPEN", created_at=START)
    terminal = make_zone("Terminal", site_id=other.pk)
    with nothing_changes():
        assert problem_of(give(staff, terminal, token)) == (400, "wrong_site")


def test_the_whole_plate_may_be_written_after_the_bill_was_shown(
    staff: User, zone: ParkingZone, token: str, time_machine: Traveller
) -> None:
    """It was not known before: so the plate owes what the driver cannot pay."""
    session_id = data_of(give(staff, zone, token), 201)["session_id"]
    time_machine.move_to(at(66), tick=False)
    data_of(ApiClient(staff).post("/api/staff/exit/quote/", {"qr_code": token}))
    address, body = f"/api/staff/sessions/{session_id}/plate/", {"reason": "Pays later"}
    with nothing_changes():
        wrong = ApiClient(staff).post(address, body | {"vehicle_number": "DL-01-AB-9999"})
    assert problem_of(wrong) == (400, "quote_given")
    right = data_of(ApiClient(staff).post(address, body | {"vehicle_number": "DL-01-AB-1234"}))
    assert right["vehicle_number"] == "DL-01-AB-1234"
    again = ApiClient(staff).post(address, body | {"vehicle_number": "DL-02-AB-1234"})
    assert problem_of(again) == (400, "quote_given")


def test_a_car_without_plate_pays_later_against_a_phone(
    staff: User, zone: ParkingZone, token: str, time_machine: Traveller
) -> None:
    give(staff, zone, token)
    time_machine.move_to(at(66), tick=False)
    with nothing_changes():
        answer = ApiClient(staff).post("/api/staff/pay-later/", {"qr_code": token})
        assert problem_of(answer) == (400, "phone_or_photo_needed")
    bill = data_of(ApiClient(staff).post("/api/staff/pay-later/", {"qr_code": token, "phone": "98110 12345"}))
    assert bill["amount_due"] == 100.0
    assert_books_agree()


# --- Helmets and bags ----------------------------------------------------------------------------------


@pytest.fixture
def helmet(admin: User, zone: ParkingZone, token: str) -> str:
    """Return the code of helmet 1; its number is free although a token of vehicles has it."""
    body = {"site_id": zone.site_id, "first": 1, "last": 2, "item": "HELMET"}
    return str(data_of(ApiClient(admin).post(TOKENS, body), 201)["tokens"][0]["code"])


def keep(staff: User, session_id: int, code: str) -> Any:
    return ApiClient(staff).post(f"/api/staff/sessions/{session_id}/items/", {"token": code})


def test_a_helmet_is_kept_with_its_car_and_opens_its_bill(
    staff: User, zone: ParkingZone, token: str, helmet: str, time_machine: Traveller
) -> None:
    session_id = data_of(give(staff, zone, token), 201)["session_id"]
    kept = data_of(keep(staff, session_id, helmet))
    assert (kept["item"], kept["number"]) == ("HELMET", 1)
    with nothing_changes():
        assert data_of(keep(staff, session_id, helmet)) == kept
    assert data_of(ApiClient(staff).get(f"/api/staff/sessions/{session_id}/items/")) == [kept]
    time_machine.move_to(at(30), tick=False)
    assert data_of(out(staff, helmet))["session_id"] == session_id
    # Its car has left: red, and free for the next one.
    assert problem_of(out(staff, helmet)) == (400, "already_exited")
    second = data_of(give(staff, zone, token, last_four="9876"), 201)["session_id"]
    assert data_of(keep(staff, second, helmet))["number"] == 1
    assert_books_agree()


def test_a_helmet_belongs_to_one_car_and_a_token_to_one_use(
    staff: User, admin: User, zone: ParkingZone, token: str, helmet: str
) -> None:
    first = data_of(give(staff, zone, token), 201)["session_id"]
    other = enter(staff, take_ticket(zone))
    waiting = take_ticket(zone)
    data_of(keep(staff, first, helmet))
    with nothing_changes():
        assert problem_of(keep(staff, other.pk, helmet)) == (400, "token_in_use")
        assert problem_of(keep(staff, other.pk, token)) == (400, "token_of_other_use")
        assert problem_of(keep(staff, other.pk, "TK-00000000")) == (404, "token_not_found")
        second = Token.objects.get(item="HELMET", number=2)
        assert problem_of(keep(staff, waiting.pk, second.code)) == (400, "not_active")
        assert problem_of(give(staff, zone, second.code, last_four="7777")) == (400, "token_of_other_use")
    data_of(ApiClient(admin).patch(f"{TOKENS}{second.pk}/", {"lost": True}))
    assert problem_of(keep(staff, other.pk, second.code)) == (400, "token_lost")


def test_a_car_leaves_ten_things_at_most(staff: User, admin: User, zone: ParkingZone) -> None:
    body = {"site_id": zone.site_id, "first": 1, "last": 11, "item": "BAG"}
    made = data_of(ApiClient(admin).post(TOKENS, body), 201)["tokens"]
    session = enter(staff, take_ticket(zone))
    for row in made[:10]:
        data_of(keep(staff, session.pk, row["code"]))
    with nothing_changes():
        assert problem_of(keep(staff, session.pk, made[10]["code"])) == (400, "too_many_items")


def test_helmets_of_another_site_stay_there(staff: User, zone: ParkingZone, helmet: str) -> None:
    site = ParkingSite.objects.create(name="Airport", code="AIR", state="OPEN", created_at=START)
    session = enter(staff, take_ticket(make_zone("Zone P1", site_id=site.pk)))
    with nothing_changes():
        assert problem_of(keep(staff, session.pk, helmet)) == (400, "wrong_site")


def test_tokens_are_listed_by_use(admin: User, zone: ParkingZone, token: str, helmet: str) -> None:
    found = data_of(ApiClient(admin).get(TOKENS, item="HELMET"))
    assert [(row["item"], row["number"], row["state"]) for row in found["results"]] == [
        ("HELMET", 1, "FREE"),
        ("HELMET", 2, "FREE"),
    ]
    assert [(pool["item"], pool["free"]) for pool in found["pools"]] == [("HELMET", 2), ("VEHICLE", 3)]
