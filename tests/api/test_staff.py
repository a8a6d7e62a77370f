"""What the gate's phone sends and gets."""

from datetime import timedelta
from typing import Any

import pytest
from time_machine import Traveller

from parking.accounts.models import User
from parking.audit.models import AuditEntry
from parking.checkout import settling
from parking.core import clock
from parking.facilities.models import ParkingSite, ParkingSlot, ParkingZone
from parking.payments.gateways.base import GatewayState
from tests.api.reading import book, data_of, enter, errors_of, leave, problem_of, text_of
from tests.build import by_kind, make_zone
from tests.client import ApiClient
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree, nothing_changes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock_stands")]

BILL = {
    "session_id", "session_uuid", "vehicle_number", "slot_number", "zone_name", "entry_time", "exit_time",
    "duration_minutes", "hourly_rate", "billed_hours", "lines", "total_amount", "already_paid", "amount_due",
    "amount_charged", "payment_method", "payment_status", "status", "change_due", "payment",
    "site_id", "site_name", "billed_minutes", "step_minutes", "billed_until",
    "pass_number", "claim",
}  # fmt: skip


@pytest.fixture
def booking(clock_stands: Traveller, as_driver: ApiClient, zone: ParkingZone) -> dict[str, Any]:
    found: dict[str, Any] = data_of(book(as_driver, zone.pk), 201)
    return found


@pytest.fixture
def inside(booking: dict[str, Any], as_staff: ApiClient) -> dict[str, Any]:
    data_of(enter(as_staff, booking, scan_id="in-1"))
    return booking


# --- Entry -------------------------------------------------------------------------------------------


def test_entry_answers_where_to_go(booking: dict[str, Any], as_staff: ApiClient) -> None:
    answer = enter(as_staff, booking, vehicle_number="dl 1 ab 1234", scan_id="in-1")
    assert text_of(answer) == "Entry QR scanned successfully"
    assert data_of(answer) == {
        "session_id": booking["session_id"],
        "session_uuid": booking["session_uuid"],
        "vehicle_number": "DL-01-AB-1234",
        "entry_time": "2026-11-22T04:30:00Z",
        "slot_number": "A-001",
        "zone_name": "Zone A",
        "status": "ACTIVE",
        "plate_debt": 0.0,
        "pass_number": None,
        "pass_note": None,
        "notes": [],
    }


def test_what_a_scanner_adds_to_a_code_does_not_matter(booking: dict[str, Any], as_staff: ApiClient) -> None:
    answer = enter(as_staff, booking | {"qr_code": f"]Q1\ufeff {booking['qr_code']}\t"})
    assert data_of(answer)["status"] == "ACTIVE"


def test_the_same_entry_scan_gets_the_same_bytes(
    clock_stands: Traveller, booking: dict[str, Any], as_staff: ApiClient
) -> None:
    first = enter(as_staff, booking, scan_id="in-1")
    clock_stands.shift(60)
    with nothing_changes():
        assert enter(as_staff, booking, scan_id="in-1").content == first.content
        for other in ({"scan_id": "in-2"}, {}):
            answer = enter(as_staff, booking, **other)
            assert (problem_of(answer), text_of(answer)) == (
                (400, "already_entered"),
                "Entry QR already scanned. Cannot scan twice!",
            )


def test_refusals_of_entry(
    clock_stands: Traveller, as_driver: ApiClient, as_staff: ApiClient, zone: ParkingZone, gateway: FakeGateway
) -> None:
    good, cancelled, late = (data_of(book(as_driver, zone.pk, f"DL-01-AB-000{n}"), 201) for n in (1, 2, 3))
    gateway.outcome = GatewayState.PENDING
    unpaid = data_of(book(as_driver, zone.pk, "DL-01-AB-0004"), 201)
    as_driver.post("/api/user/cancel-booking/", {"session_id": cancelled["session_id"]})
    with nothing_changes():
        answer = as_staff.post("/api/staff/entry/", {"qr_code": "QR-000000000000"})
        assert (problem_of(answer), text_of(answer)) == (
            (404, "qr_not_found"),
            "QR code not found, please check booking",
        )
        assert problem_of(enter(as_staff, cancelled)) == (400, "booking_cancelled")
        assert problem_of(enter(as_staff, unpaid)) == (400, "payment_pending")
        assert problem_of(enter(as_staff, good, vehicle_number="DL-01-AB-0009")) == (400, "vehicle_mismatch")
    clock_stands.shift(timedelta(minutes=30, seconds=1))
    answer = enter(as_staff, late)
    assert (problem_of(answer), text_of(answer)) == ((400, "booking_expired"), "Booking expired, please rebook")
    assert_books_agree()


def test_a_refusal_at_the_gate_is_in_the_audit(as_staff: ApiClient, staff: User, inside: dict[str, Any]) -> None:
    enter(as_staff, inside)
    entry = AuditEntry.objects.get(refused=True)
    assert (entry.action, entry.actor_id, entry.actor_role) == ("refused.already_entered", staff.pk, "STAFF")
    assert entry.facts == {"path": "/api/staff/entry/"}


# --- Quote -------------------------------------------------------------------------------------------


def test_a_quote_is_a_bill_with_its_time(clock_stands: Traveller, inside: dict[str, Any], as_staff: ApiClient) -> None:
    clock_stands.shift(timedelta(minutes=66))
    answer = as_staff.post("/api/staff/exit/quote/", {"qr_code": inside["qr_code"]})
    bill = data_of(answer)
    assert text_of(answer) == "₹50.00 is due"
    assert set(bill) == BILL | {"quote_expires_at", "debts", "debts_due", "notes"}
    assert (bill["status"], bill["quote_expires_at"]) == ("ACTIVE", "2026-11-22T05:46:00Z")
    assert (bill["total_amount"], bill["already_paid"], bill["amount_due"], bill["amount_charged"]) == (100, 50, 50, 0)
    clock_stands.shift(timedelta(minutes=10))
    left = data_of(leave(as_staff, inside))
    assert (left["total_amount"], left["amount_charged"], left["duration_minutes"]) == (100, 50, 66)
    assert left["exit_time"] == "2026-11-22T05:46:00Z"


def test_refusals_of_a_quote(booking: dict[str, Any], as_staff: ApiClient) -> None:
    with nothing_changes():
        answer = as_staff.post("/api/staff/exit/quote/", {"qr_code": booking["qr_code"]})
        assert problem_of(answer) == (400, "entry_not_scanned")
        assert problem_of(as_staff.post("/api/staff/exit/quote/", {"qr_code": "x"})) == (404, "qr_not_found")
    enter(as_staff, booking)
    body = {"qr_code": booking["qr_code"], "vehicle_number": "DL-01-AB-9999"}
    with nothing_changes():
        assert problem_of(as_staff.post("/api/staff/exit/quote/", body)) == (400, "vehicle_mismatch")


# --- Exit --------------------------------------------------------------------------------------------


def test_a_cash_exit_is_a_bill(clock_stands: Traveller, inside: dict[str, Any], as_staff: ApiClient) -> None:
    clock_stands.shift(timedelta(minutes=150))
    answer = leave(as_staff, inside, amount_tendered=200, scan_id="out-1")
    assert text_of(answer) == "Exit processed successfully"
    assert data_of(answer) == {
        "session_id": inside["session_id"],
        "session_uuid": inside["session_uuid"],
        "vehicle_number": "DL-01-AB-1234",
        "slot_number": "A-001",
        "zone_name": "Zone A",
        "site_id": ParkingSite.objects.get().pk,
        "site_name": "Main car park",
        "entry_time": "2026-11-22T04:30:00Z",
        "exit_time": "2026-11-22T07:00:00Z",
        "duration_minutes": 150,
        "hourly_rate": 50.0,
        "billed_hours": 3,
        "billed_minutes": 180,
        "step_minutes": 60,
        "billed_until": "2026-11-22T07:00:00Z",
        "lines": [{"kind": "HOURS", "label": "Parking", "quantity": 3, "unit_price": 50.0, "amount": 150.0}],
        "total_amount": 150.0,
        "claim": None,
        "already_paid": 50.0,
        "amount_due": 0.0,
        "amount_charged": 100.0,
        "payment_method": "CASH",
        "payment_status": "PAID",
        "status": "COMPLETED",
        "change_due": 100.0,
        "payment": None,
        "pass_number": None,
    }
    clock_stands.shift(60)
    with nothing_changes():
        assert leave(as_staff, inside, amount_tendered=200, scan_id="out-1").content == answer.content


def test_an_online_exit_waits_and_is_completed_by_the_same_scan(
    clock_stands: Traveller, gateway: FakeGateway, inside: dict[str, Any], as_staff: ApiClient
) -> None:
    clock_stands.shift(timedelta(minutes=66))
    gateway.outcome = GatewayState.PENDING
    answer = leave(as_staff, inside, "ONLINE", scan_id="out-1")
    waiting = data_of(answer)
    assert text_of(answer) == "Waiting for the payment"
    assert (waiting["status"], waiting["payment_status"], waiting["payment"]["status"]) == (
        "ACTIVE",
        "PARTIAL",
        "PENDING",
    )
    assert (waiting["amount_due"], waiting["amount_charged"], waiting["exit_time"]) == (50.0, 0.0, None)
    assert waiting["payment"]["amount"] == 50.0
    clock_stands.shift(timedelta(minutes=1))
    gateway.decide(GatewayState.COMPLETED)
    settling.follow_open_orders(now=clock.now())
    done = data_of(leave(as_staff, inside, "ONLINE", scan_id="out-1"))
    assert (done["status"], done["payment_status"], done["payment"]["status"]) == ("COMPLETED", "PAID", "COMPLETED")
    assert (done["amount_due"], done["amount_charged"], done["payment_method"]) == (0.0, 50.0, "ONLINE")
    with nothing_changes():
        assert problem_of(leave(as_staff, inside, "ONLINE")) == (400, "already_exited")


def test_an_online_exit_while_the_gateway_is_away_is_503_and_charges_nothing(
    clock_stands: Traveller, gateway: FakeGateway, inside: dict[str, Any], as_staff: ApiClient
) -> None:
    clock_stands.shift(timedelta(minutes=66))
    gateway.reachable = False
    answer = leave(as_staff, inside, "ONLINE", scan_id="out-1")
    assert (problem_of(answer), answer.headers["Retry-After"]) == ((503, "gateway_unavailable"), "2")
    gateway.reachable = True
    assert data_of(leave(as_staff, inside, "ONLINE", scan_id="out-1"))["status"] == "COMPLETED"
    assert_books_agree()


def test_refusals_of_exit(clock_stands: Traveller, booking: dict[str, Any], as_staff: ApiClient) -> None:
    with nothing_changes():
        answer = leave(as_staff, booking)
        assert (problem_of(answer), text_of(answer)) == (
            (400, "entry_not_scanned"),
            "Entry QR not scanned. Cannot exit!",
        )
        assert problem_of(leave(as_staff, {"qr_code": "QR-000000000000"})) == (404, "qr_not_found")
    enter(as_staff, booking)
    clock_stands.shift(timedelta(minutes=66))
    with nothing_changes():
        for method in ("CHEQUE", "cash", "NONE"):
            answer = leave(as_staff, booking, method)
            assert (problem_of(answer), text_of(answer)) == (
                (400, "payment_method_invalid"),
                "Invalid payment method. Use CASH or ONLINE",
            )
        assert problem_of(leave(as_staff, booking, amount_tendered=49.99)) == (400, "amount_too_small")
        assert problem_of(leave(as_staff, booking, vehicle_number="DL-01-AB-9999")) == (400, "vehicle_mismatch")
        assert problem_of(leave(as_staff, booking, "ONLINE", gateway="PHONEPE")) == (400, "gateway_invalid")
    leave(as_staff, booking)
    with nothing_changes():
        answer = leave(as_staff, booking)
        assert (problem_of(answer), text_of(answer)) == (
            (400, "already_exited"),
            "Exit already scanned. Cannot scan twice!",
        )


def test_a_declined_exit_is_refused(
    clock_stands: Traveller, gateway: FakeGateway, inside: dict[str, Any], as_staff: ApiClient
) -> None:
    clock_stands.shift(timedelta(minutes=66))
    gateway.outcome = GatewayState.FAILED
    assert problem_of(leave(as_staff, inside, "ONLINE")) == (400, "payment_failed")
    assert ParkingSlot.objects.get(slot_number="A-001").status == "OCCUPIED"


@pytest.mark.parametrize("tendered", ["100", True, -1, 0.001, 10**9, 10**30, 1e300, [], {"a": 1}])
def test_money_is_a_number_of_rupees(inside: dict[str, Any], as_staff: ApiClient, tendered: object) -> None:
    with nothing_changes():
        assert errors_of(leave(as_staff, inside, amount_tendered=tendered)) == {"amount_tendered"}


# --- What is inside -----------------------------------------------------------------------------------


@pytest.fixture
def full_house(clock_stands: Traveller, as_driver: ApiClient, as_staff: ApiClient, zone: ParkingZone) -> ParkingZone:
    """Two cars in Zone A since 13 and 1 hours, one in Zone B since 2 hours, one booked; answers Zone B."""
    other = make_zone("Zone B", slots=2)
    for plate, place, hours in (("0001", zone, 11), ("0002", other, 1), ("0003", zone, 1)):
        enter(as_staff, data_of(book(as_driver, place.pk, f"DL-01-AB-{plate}"), 201))
        clock_stands.shift(timedelta(hours=hours))
    book(as_driver, zone.pk, "DL-01-AB-0004")
    return other


def test_cars_inside_are_listed_longest_first(full_house: ParkingZone, as_staff: ApiClient, zone: ParkingZone) -> None:
    def found(**query: object) -> list[str]:
        page = data_of(as_staff.get("/api/staff/active-sessions/", **query))
        return [row["vehicle_number"][-1] for row in page["results"]]

    assert found() == ["1", "2", "3"]
    assert found(zone_id=full_house.pk) == found(zone_id=str(full_house.uuid)) == ["2"]
    assert found(q="ab 0003") == ["3"]
    assert found(q="MH") == []
    assert found(long_stay="true") == ["1"]
    assert found(long_stay="false") == ["2", "3"]
    assert found(page=2, page_size=2) == ["3"]
    assert problem_of(as_staff.get("/api/staff/active-sessions/", page=4)) == (400, "validation_error")


def test_a_car_inside_has_its_duration_amount_and_mark(full_house: ParkingZone, as_staff: ApiClient) -> None:
    rows = data_of(as_staff.get("/api/staff/active-sessions/"))["results"]
    assert [(row["duration_minutes"], row["estimated_amount"], row["is_long_stay"]) for row in rows] == [
        (780, 650.0, True),
        (120, 100.0, False),
        (60, 50.0, False),
    ]
    assert all(row["status"] == "ACTIVE" for row in rows)


def test_slots_are_counted_by_zone(full_house: ParkingZone, as_staff: ApiClient, zone: ParkingZone) -> None:
    ParkingSlot.objects.filter(zone=zone, slot_number="A-010").update(status="OUT_OF_SERVICE")
    status = data_of(as_staff.get("/api/staff/slot-status/"))
    slots = status[0].pop("slots")
    assert status[0] == {
        "zone_id": zone.pk,
        "zone_name": "Zone A",
        "total_slots": 10,
        "occupied_slots": 2,
        "booked_slots": 1,
        "out_of_service_slots": 1,
        "available_slots": 6,
        "bookable_slots": 6,
        "by_kind": by_kind(6),
        "occupancy_percent": 30.0,
    }
    assert [slot["status"] for slot in slots] == ["OCCUPIED"] * 2 + ["BOOKED"] + ["FREE"] * 6 + ["OUT_OF_SERVICE"]
    assert set(slots[0]) == {"id", "slot_number", "kind", "status", "kept"}
    one = data_of(as_staff.get("/api/staff/slot-status/", zone_id=str(full_house.uuid)))
    assert [(row["zone_name"], row["occupied_slots"], row["total_slots"]) for row in one] == [("Zone B", 1, 2)]
    assert problem_of(as_staff.get("/api/staff/slot-status/", zone_id=10**9)) == (404, "zone_not_found")


# --- Termination --------------------------------------------------------------------------------------


def test_a_termination_is_a_bill(clock_stands: Traveller, inside: dict[str, Any], as_staff: ApiClient) -> None:
    clock_stands.shift(timedelta(minutes=66))
    path = f"/api/staff/sessions/{inside['session_uuid']}/terminate/"
    answer = as_staff.post(path, {"reason": "Driver walked away", "payment_method": "NONE"})
    bill = data_of(answer)
    assert text_of(answer) == "Session terminated"
    assert set(bill) == BILL
    assert (bill["status"], bill["payment_status"], bill["amount_due"], bill["amount_charged"]) == (
        *("COMPLETED", "PARTIAL"),
        *(50.0, 0.0),
    )
    with nothing_changes():
        again = as_staff.post(path, {"reason": "Driver walked away", "payment_method": "NONE"})
        assert problem_of(again) == (400, "not_active")


def test_the_debt_is_shown_at_the_next_entry(
    clock_stands: Traveller, inside: dict[str, Any], as_driver: ApiClient, as_staff: ApiClient, zone: ParkingZone
) -> None:
    clock_stands.shift(timedelta(minutes=66))
    path = f"/api/staff/sessions/{inside['session_id']}/terminate/"
    as_staff.post(path, {"reason": "Driver walked away", "payment_method": "NONE"})
    again = data_of(book(as_driver, zone.pk), 201)
    assert data_of(enter(as_staff, again))["plate_debt"] == 50.0


def test_refusals_of_a_termination(booking: dict[str, Any], as_staff: ApiClient) -> None:
    path = f"/api/staff/sessions/{booking['session_id']}/terminate/"
    with nothing_changes():
        assert errors_of(as_staff.post(path, {})) == {"reason", "payment_method"}
        assert errors_of(as_staff.post(path, {"reason": " ", "payment_method": "NONE"})) == {"reason"}
        good = {"reason": "x", "payment_method": "NONE"}
        assert problem_of(as_staff.post(path, good)) == (400, "not_active")
        assert problem_of(as_staff.post(path, good | {"payment_method": "CHEQUE"})) == (400, "payment_method_invalid")
        answer = as_staff.post("/api/staff/sessions/1000000/terminate/", good)
        assert problem_of(answer) == (404, "session_not_found")
        assert problem_of(as_staff.post("/api/staff/sessions/x/terminate/", good)) == (404, "not_found")
