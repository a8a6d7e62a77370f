"""What a driver's phone sends and gets."""

from datetime import timedelta

import pytest
from pytest_django import Settings
from time_machine import Traveller

from parking.accounts.models import User
from parking.core.actor import SYSTEM
from parking.facilities.models import ParkingZone
from parking.facilities.services import update_zone
from parking.payments.gateways.base import GatewayState
from tests.api.reading import book, data_of, enter, errors_of, leave, problem_of, text_of
from tests.build import make_user, make_zone
from tests.client import ApiClient
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree, nothing_changes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock_stands")]

BOOKING = {
    "session_id", "session_uuid", "qr_code", "status", "payment_status", "end_reason", "zone_id", "zone_name",
    "slot_number", "vehicle_number", "vehicle_kind", "owner_name", "hourly_rate", "booked_at", "entry_time",
    "exit_time", "enter_by", "amount_paid", "amount_due", "total_amount", "payment_method", "payment",
    "site_id", "site_name", "starts_at", "enter_by_after_closing", "discounts", "pass_number", "pass_note",
    "ends_at", "pay_by", "moved_from_zone_id", "marks",
}  # fmt: skip


# --- Booking -----------------------------------------------------------------------------------------


def test_a_booking_answers_with_everything(clock_stands: Traveller, as_driver: ApiClient, zone: ParkingZone) -> None:
    answer = book(as_driver, zone.pk)
    booking = data_of(answer, 201)
    assert text_of(answer) == "Slot booked: A-001"
    assert set(booking) == BOOKING
    order = booking["payment"]
    assert set(order) == {"gateway", "order_id", "status", "amount", "pay_url", "upi_link"}
    assert (order["gateway"], order["status"], order["amount"], order["pay_url"], order["upi_link"]) == (
        *("SIMULATED", "COMPLETED", 50.0),
        *(None, None),
    )
    del booking["payment"], booking["session_id"], booking["session_uuid"], booking["qr_code"], booking["zone_id"]
    assert booking == {
        "status": "BOOKED",
        "payment_status": "PARTIAL",
        "end_reason": None,
        "zone_name": "Zone A",
        "site_id": zone.site_id,
        "site_name": "Main car park",
        "starts_at": "2026-11-22T04:30:00Z",
        "ends_at": None,
        "pay_by": None,
        "moved_from_zone_id": None,
        "enter_by_after_closing": False,
        "slot_number": "A-001",
        "vehicle_number": "DL-01-AB-1234",
        "vehicle_kind": "CAR",
        "owner_name": "Asha Rao",
        "hourly_rate": 50.0,
        "booked_at": "2026-11-22T04:30:00Z",
        "entry_time": None,
        "exit_time": None,
        "enter_by": "2026-11-22T05:00:00Z",
        "amount_paid": 50.0,
        "amount_due": 0.0,
        "total_amount": 50.0,
        "payment_method": None,
        "discounts": [],
        "pass_number": None,
        "pass_note": None,
        "marks": [],
    }


def test_a_zone_is_named_by_id_digits_or_uuid(as_driver: ApiClient, zone: ParkingZone) -> None:
    for number, name in enumerate([zone.pk, str(zone.pk), str(zone.uuid), str(zone.uuid).upper()]):
        assert data_of(book(as_driver, name, f"DL-01-AB-{number + 1:04d}"), 201)["zone_id"] == zone.pk


def test_a_booking_whose_payment_waits_says_how_to_pay(
    clock_stands: Traveller, gateway: FakeGateway, as_driver: ApiClient, zone: ParkingZone
) -> None:
    gateway.outcome = GatewayState.PENDING
    booking = data_of(book(as_driver, zone.pk), 201)
    assert (booking["status"], booking["payment_status"], booking["amount_paid"], booking["amount_due"]) == (
        *("BOOKED", "PENDING"),
        *(0.0, 50.0),
    )
    order = booking["payment"]
    assert (order["status"], order["upi_link"]) == ("PENDING", f"upi://pay?tr={order['order_id']}")
    assert order["pay_url"] == f"https://gateway.example/{order['order_id']}"


def test_a_gateway_that_is_away_leaves_the_slot_held(
    clock_stands: Traveller, gateway: FakeGateway, as_driver: ApiClient, zone: ParkingZone
) -> None:
    gateway.reachable = False
    booking = data_of(book(as_driver, zone.pk), 201)
    assert (booking["status"], booking["payment"]["status"]) == ("BOOKED", "INITIATED")


def test_a_declined_fee_is_a_refusal_and_the_slot_is_free_again(
    clock_stands: Traveller, gateway: FakeGateway, as_driver: ApiClient, zone: ParkingZone
) -> None:
    gateway.outcome = GatewayState.FAILED
    answer = book(as_driver, zone.pk)
    assert (problem_of(answer), text_of(answer)) == ((400, "payment_failed"), "Payment issue, retry")
    assert data_of(as_driver.get("/api/user/current-session/")) is None
    gateway.outcome = GatewayState.COMPLETED
    assert data_of(book(as_driver, zone.pk), 201)["slot_number"] == "A-001"


def test_refusals_of_a_booking(clock_stands: Traveller, as_driver: ApiClient, zone: ParkingZone) -> None:
    small, closed = make_zone(slots=1), make_zone()
    update_zone(actor=SYSTEM, zone_id=closed.pk, changes={"is_active": False}, now=zone.created_at)
    somebody = ApiClient(make_user())
    data_of(book(somebody, small.pk, "DL-01-AB-0001"), 201)
    data_of(book(as_driver, zone.pk, "DL-01-AB-0002"), 201)
    expected = [
        ((zone.pk + 100, "DL-01-AB-0003"), (404, "zone_not_found"), "Zone not found"),
        ((closed.pk, "DL-01-AB-0003"), (400, "zone_inactive"), "This zone is closed"),
        ((small.pk, "DL-01-AB-0003"), (400, "zone_full"), "Zone full, try another zone"),
        ((zone.pk, "nonsense"), (400, "vehicle_invalid"), "Check vehicle number"),
        ((zone.pk, "DL 1 AB 2"), (400, "vehicle_already_parked"), "This vehicle has an open booking already"),
        ((zone.pk, "dl01ab0001"), (400, "vehicle_unavailable"), "This vehicle cannot be booked now"),
    ]
    with nothing_changes():
        for wanted, problem, text in expected:
            answer = book(as_driver, *wanted)
            assert (problem_of(answer), text_of(answer)) == (problem, text)


@pytest.mark.parametrize("gateway_name", ["PHONEPE", "RAZORPAY", "STRIPE"])
def test_a_gateway_that_is_not_configured_is_refused(
    as_driver: ApiClient, zone: ParkingZone, gateway_name: str
) -> None:
    body = {"zone_id": zone.pk, "vehicle_number": "DL01AB1234", "owner_name": "x", "gateway": gateway_name}
    assert problem_of(as_driver.post("/api/user/book-slot/", body)) == (400, "gateway_invalid")


def test_the_simulated_gateway_does_not_exist_where_it_is_not_configured(
    as_driver: ApiClient, zone: ParkingZone, settings: Settings
) -> None:
    settings.GATEWAYS, settings.DEFAULT_GATEWAY = [], ""
    body = {"zone_id": zone.pk, "vehicle_number": "DL01AB1234", "owner_name": "x", "gateway": "SIMULATED"}
    with nothing_changes():
        assert problem_of(as_driver.post("/api/user/book-slot/", body)) == (400, "gateway_invalid")
        assert problem_of(book(as_driver, zone.pk)) == (400, "gateway_invalid")


def test_missing_and_wrong_fields_are_named(as_driver: ApiClient, zone: ParkingZone) -> None:
    assert errors_of(as_driver.post("/api/user/book-slot/", {})) == {"zone_id", "vehicle_number", "owner_name"}
    body = {"zone_id": zone.pk, "vehicle_number": " ", "owner_name": "x" * 101, "vehicle_kind": "TRAM"}
    assert errors_of(as_driver.post("/api/user/book-slot/", body)) == {"vehicle_number", "owner_name", "vehicle_kind"}


# --- Looking -----------------------------------------------------------------------------------------


def test_the_present_booking_is_the_newest_open_one(as_driver: ApiClient, zone: ParkingZone) -> None:
    assert data_of(as_driver.get("/api/user/current-session/")) is None
    book(as_driver, zone.pk, "DL-01-AB-0001")
    second = data_of(book(as_driver, zone.pk, "DL-01-AB-0002"), 201)
    assert data_of(as_driver.get("/api/user/current-session/")) == second
    as_driver.post("/api/user/cancel-booking/", {"session_id": second["session_id"]})
    assert data_of(as_driver.get("/api/user/current-session/"))["vehicle_number"] == "DL-01-AB-0001"


def test_a_car_inside_has_its_duration_and_amount_as_of_now(
    clock_stands: Traveller, as_driver: ApiClient, as_staff: ApiClient, zone: ParkingZone
) -> None:
    booking = data_of(book(as_driver, zone.pk), 201)
    enter(as_staff, booking)
    clock_stands.shift(timedelta(minutes=66, seconds=59))
    now = data_of(as_driver.get("/api/user/current-session/"))
    assert set(now) == BOOKING | {"duration_minutes", "estimated_amount"}
    assert (now["duration_minutes"], now["estimated_amount"], now["total_amount"], now["amount_due"]) == (
        66,
        100,
        100,
        50,
    )


@pytest.mark.parametrize("name", ["session_id", "session_uuid"])
def test_one_booking_has_its_bill(
    clock_stands: Traveller, as_driver: ApiClient, as_staff: ApiClient, zone: ParkingZone, name: str
) -> None:
    booking = data_of(book(as_driver, zone.pk), 201)
    enter(as_staff, booking)
    clock_stands.shift(timedelta(minutes=150))
    leave(as_staff, booking, amount_tendered=500)
    found = data_of(as_driver.get(f"/api/user/sessions/{booking[name]}/"))
    bill = found.pop("bill")
    assert set(found) == BOOKING
    assert (found["status"], found["end_reason"], found["amount_paid"], found["amount_due"]) == (
        *("COMPLETED", "EXIT"),
        *(150.0, 0.0),
    )
    assert bill["lines"] == [{"kind": "HOURS", "label": "Parking", "quantity": 3, "unit_price": 50.0, "amount": 150.0}]
    assert (bill["amount_charged"], bill["already_paid"], bill["change_due"]) == (100.0, 50.0, 400.0)


@pytest.mark.parametrize("place", ["", "qr.svg", "qr.png"])
@pytest.mark.parametrize("name", ["1000000", "x", "00000000-0000-4000-8000-000000000000", "-1", "%00", "9" * 30])
def test_what_is_not_there_is_not_found(as_driver: ApiClient, place: str, name: str) -> None:
    status, code = problem_of(as_driver.get(f"/api/user/sessions/{name}/{place}"))
    assert (status, code) in {(404, "session_not_found"), (404, "not_found")}


def test_somebody_else_s_booking_is_not_there(as_driver: ApiClient, admin: User, zone: ParkingZone) -> None:
    booking = data_of(book(as_driver, zone.pk), 201)
    for stranger in (ApiClient(make_user()), ApiClient(admin)):
        for place in ("", "qr.svg", "qr.png"):
            answer = stranger.get(f"/api/user/sessions/{booking['session_id']}/{place}")
            assert problem_of(answer) == (404, "session_not_found")
        with nothing_changes():
            answer = stranger.post("/api/user/cancel-booking/", {"session_id": booking["session_id"]})
        assert problem_of(answer) == (404, "session_not_found")


@pytest.mark.parametrize(
    ("file", "media", "begins"), [("qr.svg", "image/svg+xml", b"<?xml"), ("qr.png", "image/png", b"\x89PNG\r\n")]
)
def test_the_qr_code_is_a_picture(
    as_driver: ApiClient, zone: ParkingZone, file: str, media: str, begins: bytes
) -> None:
    booking = data_of(book(as_driver, zone.pk), 201)
    answer = as_driver.get(f"/api/user/sessions/{booking['session_uuid']}/{file}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, media)
    assert answer.content.startswith(begins)


# --- History -----------------------------------------------------------------------------------------


def _vehicles(answer_data: dict[str, list[dict[str, str]]]) -> list[str]:
    return [row["vehicle_number"][-1] for row in answer_data["results"]]


def test_history_is_filtered_and_newest_first(clock_stands: Traveller, driver: User, zone: ParkingZone) -> None:
    other = make_zone()
    rows: list[dict[str, object]] = []
    # 18:29 UTC is 23:59 of the 22nd in Delhi, two minutes later it is the 23rd.
    clock_stands.move_to("2026-11-22T18:29:00+00:00")
    rows.append(data_of(book(ApiClient(driver), zone.pk, "DL-01-AB-0001"), 201))
    clock_stands.move_to("2026-11-22T18:31:00+00:00")
    client = ApiClient(driver)
    rows.append(data_of(book(client, zone.pk, "DL-01-AB-0002"), 201))
    rows.append(data_of(book(client, other.pk, "DL-01-AB-0003"), 201))
    client.post("/api/user/cancel-booking/", {"session_id": rows[1]["session_id"]})
    book(ApiClient(make_user()), zone.pk, "DL-01-AB-0009")

    def found(**query: object) -> list[str]:
        return _vehicles(data_of(client.get("/api/user/history/", **query)))

    assert found() == ["3", "2", "1"]
    assert found(status="CANCELLED") == ["2"]
    assert found(zone_id=other.pk) == found(zone_id=str(other.uuid)) == ["3"]
    assert found(zone_id=10**9) == []
    assert found(**{"from": "2026-11-23"}) == found(**{"from": "today"}) == ["3", "2"]
    assert found(to="2026-11-22") == ["1"]
    assert found(**{"from": "2026-11-22", "to": "2026-11-22"}) == ["1"]
    assert found(**{"from": "today", "to": "today"}, zone_id=zone.pk) == ["2"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "2026-11-23", "to": "2026-11-22"}, "to"),
        ({"from": "22.11.2026"}, "from"),
        ({"from": "2026-13-01"}, "from"),
        ({"to": "9999-12-31"}, "to"),
        ({"from": "0001-01-01"}, "from"),
        ({"from": "1700000000"}, "from"),
        ({"status": "PARKED"}, "status"),
        ({"zone_id": "x"}, "zone_id"),
        ({"zone_id": "-1"}, "zone_id"),
    ],
)
def test_a_filter_that_makes_no_sense_is_named(as_driver: ApiClient, query: dict[str, str], field: str) -> None:
    assert errors_of(as_driver.get("/api/user/history/", **query)) == {field}


def test_history_has_pages(clock_stands: Traveller, driver: User, zone: ParkingZone) -> None:
    client = ApiClient(driver)
    for number in range(5):
        book(client, zone.pk, f"DL-01-AB-000{number + 1}")
    page = data_of(client.get("/api/user/history/", page=2, page_size=2))
    assert _vehicles(page) == ["3", "2"]
    del page["results"]
    assert page == {"count": 5, "page": 2, "page_size": 2, "pages": 3}


def test_history_without_bookings_is_one_empty_page(as_driver: ApiClient) -> None:
    assert data_of(as_driver.get("/api/user/history/")) == {
        "results": [], "count": 0, "page": 1, "page_size": 20, "pages": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    "query",
    [{"page": value} for value in ("0", "-1", "2", "1.5", "x", "true", "9" * 30)]
    + [{"page_size": value} for value in ("0", "101", "-5", "")],
)
def test_a_page_that_is_not_there_is_bad_input(as_driver: ApiClient, query: dict[str, str]) -> None:
    assert errors_of(as_driver.get("/api/user/history/", **query)) == set(query)


# --- Cancelling --------------------------------------------------------------------------------------


def test_cancelling_answers_what_goes_back(clock_stands: Traveller, as_driver: ApiClient, zone: ParkingZone) -> None:
    booking = data_of(book(as_driver, zone.pk), 201)
    clock_stands.shift(timedelta(seconds=90))
    answer = as_driver.post(
        "/api/user/cancel-booking/", {"session_id": booking["session_id"], "reason": "Plans changed"}
    )
    assert data_of(answer) == {
        "session_id": booking["session_id"],
        "session_uuid": booking["session_uuid"],
        "status": "CANCELLED",
        "refund_eligible": True,
        "refund_amount": 50.0,
        "refund_reason": "Cancelled within grace period (2 min < 5 min). 100% refund eligible.",
        "refund_status": "COMPLETED",
        "slot_number": "A-001",
    }
    found = data_of(as_driver.get(f"/api/user/sessions/{booking['session_id']}/"))
    assert (found["status"], found["payment_status"], found["amount_paid"], found["bill"]["lines"]) == (
        *("CANCELLED", "REFUNDED"),
        *(0.0, []),
    )
    assert_books_agree()


def test_cancelling_late_gives_nothing_back(clock_stands: Traveller, as_driver: ApiClient, zone: ParkingZone) -> None:
    booking = data_of(book(as_driver, zone.pk), 201)
    clock_stands.shift(timedelta(seconds=301))
    cancelled = data_of(as_driver.post("/api/user/cancel-booking/", {"session_id": booking["session_uuid"]}))
    assert (cancelled["refund_eligible"], cancelled["refund_amount"], cancelled["refund_status"]) == (False, 0.0, None)
    assert cancelled["refund_reason"] == "Cancelled after grace period (6 min > 5 min). 0% refund."


def test_refusals_of_cancelling(as_driver: ApiClient, as_staff: ApiClient, zone: ParkingZone) -> None:
    inside, cancelled = (data_of(book(as_driver, zone.pk, plate), 201) for plate in ("DL-01-AB-0001", "DL-01-AB-0002"))
    enter(as_staff, inside)
    as_driver.post("/api/user/cancel-booking/", {"session_id": cancelled["session_id"]})
    with nothing_changes():
        answer = as_driver.post("/api/user/cancel-booking/", {"session_id": inside["session_id"]})
        assert (problem_of(answer), text_of(answer)) == (
            (400, "already_entered"),
            "No refund allowed after vehicle entry (QR scanned)",
        )
        answer = as_driver.post("/api/user/cancel-booking/", {"session_id": cancelled["session_id"]})
        assert problem_of(answer) == (400, "not_cancellable")
        answer = as_driver.post("/api/user/cancel-booking/", {"session_id": 10**9})
        assert problem_of(answer) == (404, "session_not_found")
