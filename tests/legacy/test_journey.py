"""A walk-in from the ticket to the exit, as older clients send and read it."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest

from parking.audit.models import AuditEntry
from parking.core.models import IdempotencyKey
from parking.facilities.models import ParkingSlot
from parking.payments.models import Payment, PaymentOrder
from parking.stays.models import ParkingSession
from tests.build import book, make_zone, plate

FORM = "application/x-www-form-urlencoded"


def send_form(browser, path, fields):
    return browser.post(path, urlencode(fields), content_type=FORM)


def send_multipart(browser, path, fields):
    return browser.post(path, fields)


def send_json(browser, path, fields):
    return browser.post(path, fields, content_type="application/json")


def ticket(zone, **changes):
    return {"vehicle_number": "DL-01-AB-1234", "owner_name": "Asha Rao", "zone_id": str(zone.uuid), **changes}


@pytest.mark.parametrize("send", [send_form, send_multipart, send_json])
def test_whole_journey(browser, zone, clock, send):
    answer = send(browser, "/parking/entry/", ticket(zone))
    session = ParkingSession.objects.get()
    assert answer.status_code == 200
    picture = answer.json()["data"].pop("qr_svg")
    assert "</svg>" in picture
    assert answer.json() == {
        "success": True,
        "message": "Slot allocated: A-001",
        "data": {
            "session_id": str(session.uuid),
            "qr_code": session.qr_code,
            "slot_number": "A-001",
            "zone_name": "Zone A",
            "vehicle_number": "DL-01-AB-1234",
        },
    }
    assert not PaymentOrder.objects.exists()

    clock.shift(timedelta(minutes=5))
    answer = send(browser, "/parking/entry-qr-scan/", {"qr_code": session.qr_code})
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "success": True,
            "message": "Entry QR scanned successfully",
            "data": {
                "session_id": str(session.uuid),
                "vehicle_number": "DL-01-AB-1234",
                "entry_time": "2026-11-22T04:35:00Z",
                "slot_number": "A-001",
            },
        },
    )

    clock.shift(timedelta(minutes=126))
    exit_fields = {"qr_code": session.qr_code, "payment_method": "CASH"}
    answer = send(browser, "/parking/exit-qr-scan/", exit_fields)
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "success": True,
            "message": "Exit processed successfully",
            "data": {
                "session_id": str(session.uuid),
                "vehicle_number": "DL-01-AB-1234",
                "exit_time": "2026-11-22T06:41:00Z",
                "entry_time": "2026-11-22T04:35:00Z",
                "amount_charged": 150.0,
                "payment_method": "CASH",
                "slot_number": "A-001",
                "duration_minutes": 126,
                "lines": [{"label": "Parking", "quantity": 3, "unit_price": 50.0, "amount": 150.0}],
                "total_amount": 150.0,
                "already_paid": 0.0,
            },
        },
    )
    assert ParkingSlot.objects.get(slot_number="A-001").status == "FREE"
    assert list(Payment.objects.values_list("amount", "method", "attendant_id")) == [(150, "CASH", None)]
    assert list(AuditEntry.objects.filter(subject_kind="session").values_list("actor_id", "actor_role")) == (
        [(None, "")] * 3
    )


def test_the_json_addresses_do_the_same(browser, zone):
    booked = send_json(browser, "/api/parking/book/", ticket(zone, zone_id=zone.pk)).json()
    code = booked["data"]["qr_code"]
    assert booked["message"] == "Slot allocated: A-001"
    entered = send_json(browser, "/api/parking/scan-entry/", {"qr_code": code}).json()
    assert (entered["success"], entered["data"]["slot_number"]) == (True, "A-001")
    left = send_json(browser, "/api/parking/scan-exit/", {"qr_code": code, "payment_method": "ONLINE"}).json()
    assert (left["message"], left["data"]["amount_charged"], left["data"]["payment_method"]) == (
        "Exit processed successfully",
        50.0,
        "ONLINE",
    )


@pytest.mark.parametrize("path", ["/api/parking/book/", "/api/parking/scan-entry/", "/api/parking/scan-exit/"])
def test_the_json_addresses_take_no_forms(browser, zone, path):
    answer = send_form(browser, path, ticket(zone, qr_code="x", payment_method="CASH"))
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("by", ["uuid", "pk"])
def test_a_form_names_the_zone_by_id_or_uuid(browser, zone, by):
    answer = send_form(browser, "/parking/entry/", ticket(zone, zone_id=str(getattr(zone, by))))
    assert answer.json()["data"]["zone_name"] == "Zone A"


def test_a_booking_pays_the_rest_at_the_older_exit(browser, zone, driver, clock):
    session = book(driver, zone)
    send_form(browser, "/parking/entry-qr-scan/", {"qr_code": session.qr_code})
    clock.shift(timedelta(minutes=66))
    fields = {"qr_code": session.qr_code.lower(), "payment_method": "CASH"}
    data = send_form(browser, "/parking/exit-qr-scan/", fields).json()["data"]
    assert (data["amount_charged"], data["total_amount"], data["already_paid"]) == (50.0, 100.0, 50.0)


def test_a_signed_in_attendant_is_on_record(as_staff, staff, zone):
    code = as_staff.post("/parking/entry/", ticket(zone)).json()["data"]["qr_code"]
    as_staff.post("/parking/entry-qr-scan/", {"qr_code": code})
    as_staff.post("/parking/exit-qr-scan/", {"qr_code": code, "payment_method": "CASH"})
    assert Payment.objects.get().attendant_id == staff.pk
    session = ParkingSession.objects.get()
    assert session.driver_id is None
    assert set(AuditEntry.objects.filter(subject_kind="session").values_list("actor_id", flat=True)) == {staff.pk}


# --- Refusals, in the older words --------------------------------------------------------------------

UNKNOWN = {"success": False, "code": "qr_not_found", "message": "Invalid QR code. Session not found."}


@pytest.mark.parametrize("code", ["QR-0123456789AB", "abc-123-def-456", "QR-", "'; DROP TABLE", "क्यूआर"])
@pytest.mark.parametrize(
    "path",
    [
        "/parking/entry-qr-scan/",
        "/parking/exit-qr-scan/",
        "/parking/cancel-booking/",
        "/api/parking/scan-entry/",
        "/api/parking/scan-exit/",
    ],
)
def test_unknown_qr(browser, path, code):
    answer = send_json(browser, path, {"qr_code": code, "payment_method": "CASH"})
    assert (answer.status_code, answer.json()) == (404, UNKNOWN)


def refusal(answer):
    body = answer.json()
    assert body["success"] is False
    return answer.status_code, body["code"], body["message"]


def test_full_zone(browser, db):
    zone = make_zone(slots=1)
    send_form(browser, "/parking/entry/", ticket(zone))
    answer = send_form(browser, "/parking/entry/", ticket(zone, vehicle_number=plate()))
    assert refusal(answer) == (400, "zone_full", "No slots available in this zone")


def test_unknown_and_closed_zones(browser, db):
    answer = send_form(browser, "/parking/entry/", ticket(make_zone(is_active=False)))
    assert refusal(answer) == (400, "zone_inactive", "This zone is closed")
    for nowhere in ["999999", "9223372036854775807", "7d9f2c1e-5b1a-4e0f-9c57-3f3a0a8f6d21"]:
        fields = ticket(make_zone(), zone_id=nowhere)
        assert refusal(send_form(browser, "/parking/entry/", fields)) == (
            404,
            "zone_not_found",
            "Zone not found",
        )


def test_double_scans_and_wrong_order(browser, zone):
    code = send_form(browser, "/parking/entry/", ticket(zone)).json()["data"]["qr_code"]
    leaving = {"qr_code": code, "payment_method": "CASH"}
    answer = send_form(browser, "/parking/exit-qr-scan/", leaving)
    assert refusal(answer) == (400, "entry_not_scanned", "Entry QR not scanned. Cannot exit!")
    send_form(browser, "/parking/entry-qr-scan/", leaving)
    answer = send_form(browser, "/parking/entry-qr-scan/", leaving)
    assert refusal(answer) == (400, "already_entered", "Entry QR already scanned. Cannot scan twice!")
    send_form(browser, "/parking/exit-qr-scan/", leaving)
    answer = send_form(browser, "/parking/exit-qr-scan/", leaving)
    assert refusal(answer) == (400, "already_exited", "Exit already scanned. Cannot scan twice!")
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("method", ["CARD", "cash", "NONE", "₹"])
def test_unknown_method(browser, zone, method):
    code = send_form(browser, "/parking/entry/", ticket(zone)).json()["data"]["qr_code"]
    send_form(browser, "/parking/entry-qr-scan/", {"qr_code": code})
    answer = send_form(browser, "/parking/exit-qr-scan/", {"qr_code": code, "payment_method": method})
    words = "Invalid payment method. Use CASH or ONLINE"
    assert refusal(answer) == (400, "payment_method_invalid", words)
    assert ParkingSession.objects.get().status == "ACTIVE"


def test_a_plate_that_is_parked_is_not_told_of(browser, zone):
    send_form(browser, "/parking/entry/", ticket(zone))
    answer = send_form(browser, "/parking/entry/", ticket(zone, vehicle_number="dl 1 ab 1234"))
    assert refusal(answer) == (400, "vehicle_unavailable", "This vehicle cannot be booked now")
    assert ParkingSession.objects.count() == 1


# --- Online money that is not there yet ----------------------------------------------------------------


def inside(browser, zone):
    code = send_form(browser, "/parking/entry/", ticket(zone)).json()["data"]["qr_code"]
    send_form(browser, "/parking/entry-qr-scan/", {"qr_code": code})
    return {"qr_code": code, "payment_method": "ONLINE"}


def test_the_gate_stays_shut_while_the_money_is_missing(browser, zone, settings):
    leaving = inside(browser, zone)
    settings.SIMULATED_OUTCOME = "PENDING"
    answer = send_form(browser, "/parking/exit-qr-scan/", leaving)
    order = PaymentOrder.objects.get()
    assert (answer.status_code, answer.json()) == (
        400,
        {
            "success": False,
            "code": "payment_pending",
            "message": "The payment is not confirmed yet. The gate stays shut.",
            "amount_due": 50.0,
            "payment": {
                "gateway": "SIMULATED",
                "order_id": order.order_id,
                "status": "PENDING",
                "amount": 50.0,
                "pay_url": None,
                "upi_link": (
                    f"upi://pay?pa=simulated@example&pn=Simulated%20payment&tr={order.order_id}&am=50.00&cu=INR"
                ),
            },
        },
    )
    assert ParkingSession.objects.get().status == "ACTIVE"
    settings.SIMULATED_OUTCOME = "CAPTURE"
    answer = send_form(browser, "/parking/exit-qr-scan/", leaving)
    assert (answer.status_code, answer.json()["data"]["amount_charged"]) == (200, 50.0)
    assert PaymentOrder.objects.get().status == "COMPLETED"


def test_a_declined_payment_keeps_the_car_inside(browser, zone, settings):
    leaving = inside(browser, zone)
    settings.SIMULATED_OUTCOME = "DECLINE"
    answer = send_form(browser, "/parking/exit-qr-scan/", leaving)
    assert refusal(answer) == (400, "payment_failed", "Payment issue, retry")
    assert ParkingSession.objects.get().status == "ACTIVE"


# --- The same request again --------------------------------------------------------------------------


def keyed(browser, path, fields, key="gate-1"):
    return browser.post(path, urlencode(fields), content_type=FORM, headers={"Idempotency-Key": key})


def test_a_repeated_request_is_the_same_request(browser, zone):
    first = keyed(browser, "/parking/entry/", ticket(zone))
    again = keyed(browser, "/parking/entry/", ticket(zone))
    assert (again.status_code, again.json()) == (200, first.json())
    code = {"qr_code": first.json()["data"]["qr_code"]}
    first = keyed(browser, "/parking/entry-qr-scan/", code)
    again = keyed(browser, "/parking/entry-qr-scan/", code)
    assert (again.status_code, again.json()) == (200, first.json())
    leaving = code | {"payment_method": "CASH"}
    first = keyed(browser, "/parking/exit-qr-scan/", leaving)
    again = keyed(browser, "/parking/exit-qr-scan/", leaving)
    assert (again.status_code, again.json()) == (200, first.json())
    assert (ParkingSession.objects.count(), Payment.objects.count()) == (1, 1)


def test_a_key_for_another_ticket_is_refused(browser, zone):
    keyed(browser, "/parking/entry/", ticket(zone))
    answer = keyed(browser, "/parking/entry/", ticket(zone, vehicle_number=plate()))
    assert refusal(answer)[:2] == (409, "idempotency_key_reused")
    assert ParkingSession.objects.count() == 1


def test_a_ticket_whose_answer_was_lost_is_found_again(browser, zone):
    first = keyed(browser, "/parking/entry/", ticket(zone)).json()
    IdempotencyKey.objects.update(status=None, answer="")
    assert keyed(browser, "/parking/entry/", ticket(zone)).json() == first
    assert ParkingSession.objects.count() == 1


def test_a_key_does_not_keep_that_a_payment_was_awaited(browser, zone, settings):
    leaving = inside(browser, zone)
    settings.SIMULATED_OUTCOME = "PENDING"
    for _ in range(2):
        assert keyed(browser, "/parking/exit-qr-scan/", leaving).json()["code"] == "payment_pending"
    settings.SIMULATED_OUTCOME = "CAPTURE"
    first = keyed(browser, "/parking/exit-qr-scan/", leaving)
    again = keyed(browser, "/parking/exit-qr-scan/", leaving)
    assert (first.status_code, first.json()["data"]["amount_charged"]) == (200, 50.0)
    assert again.json() == first.json()
    assert Payment.objects.count() == 1


def test_expired_ticket(browser, zone, clock):
    code = send_form(browser, "/parking/entry/", ticket(zone)).json()["data"]["qr_code"]
    clock.shift(timedelta(minutes=30, seconds=1))
    answer = send_form(browser, "/parking/entry-qr-scan/", {"qr_code": code})
    assert refusal(answer) == (400, "booking_expired", "Booking expired, please rebook")
    assert ParkingSlot.objects.get(slot_number="A-001").status == "FREE"
