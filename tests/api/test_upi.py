"""UPI at the counter: a static QR, whose 12-digit reference the attendant enters, once."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from time_machine import Traveller

from parking.accounts.models import User
from parking.checkout import settling
from parking.facilities.models import ParkingZone
from parking.payments.models import Payment, Refund
from tests.api.reading import book, data_of, enter, leave, problem_of
from tests.client import ApiClient
from tests.invariants import assert_books_agree, nothing_changes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock_stands")]

REFERENCE = "206378866112"


@pytest.fixture
def inside(clock_stands: Traveller, as_driver: ApiClient, as_staff: ApiClient, zone: ParkingZone) -> dict[str, Any]:
    """A car that owes ₹50 beyond its fee."""
    booking: dict[str, Any] = data_of(book(as_driver, zone.pk), 201)
    data_of(enter(as_staff, booking))
    clock_stands.shift(70 * 60)
    return booking


def paid(client: ApiClient, booking: dict[str, Any], reference: object = REFERENCE, scan_id: str | None = None) -> Any:
    return leave(client, booking, "UPI", upi_reference=reference, scan_id=scan_id)


def test_an_exit_completes_at_once(as_staff: ApiClient, staff: User, inside: dict[str, Any]) -> None:
    bill = data_of(paid(as_staff, inside, scan_id="out-1"))
    assert (bill["status"], bill["payment_method"], bill["payment_status"]) == ("COMPLETED", "UPI", "PAID")
    assert (bill["amount_charged"], bill["change_due"], bill["payment"]) == (50.0, 0.0, None)
    payment = Payment.objects.get(method="UPI")
    assert (payment.reference, payment.attendant, payment.gateway, payment.tendered) == (REFERENCE, staff, "", None)
    with nothing_changes():
        assert data_of(paid(as_staff, inside, scan_id="out-1")) == bill
    assert_books_agree()


@pytest.mark.parametrize(
    "reference", [None, "12345678901", "1234567890123", "٢٠٦٣٧٨٨٦٦١١٢", "20637886611x", "2063 78866112"]
)
def test_a_reference_has_twelve_digits(as_staff: ApiClient, inside: dict[str, Any], reference: object) -> None:
    with nothing_changes():
        assert problem_of(paid(as_staff, inside, reference)) == (400, "upi_reference_invalid")


def test_where_nothing_is_due_there_is_no_reference(
    as_staff: ApiClient, as_driver: ApiClient, zone: ParkingZone
) -> None:
    booking = data_of(book(as_driver, zone.pk), 201)
    data_of(enter(as_staff, booking))
    bill = data_of(paid(as_staff, booking, None, scan_id="out-1"))
    assert (bill["status"], bill["amount_charged"], bill["payment_status"]) == ("COMPLETED", 0.0, "PAID")
    assert not Payment.objects.filter(method="UPI").exists()
    with nothing_changes():
        assert data_of(paid(as_staff, booking, None, scan_id="out-1")) == bill
    assert_books_agree()


def test_a_reference_pays_once(
    as_staff: ApiClient, as_driver: ApiClient, clock_stands: Traveller, zone: ParkingZone, inside: dict[str, Any]
) -> None:
    data_of(paid(as_staff, inside))
    second = data_of(book(as_driver, zone.pk), 201)
    data_of(enter(as_staff, second))
    clock_stands.shift(70 * 60)
    with nothing_changes():
        assert problem_of(paid(as_staff, second)) == (400, "upi_reference_used")
    assert data_of(paid(as_staff, second, "206378866113"))["amount_charged"] == 50.0


def test_the_database_itself_keeps_references_apart(as_staff: ApiClient, inside: dict[str, Any]) -> None:
    data_of(paid(as_staff, inside))
    for changes in ({}, {"reference": ""}, {"reference": "1" * 12, "attendant_id": None}):
        copy = Payment.objects.get(method="UPI")
        copy.pk = None
        for name, value in changes.items():
            setattr(copy, name, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            copy.save(force_insert=True)


def test_a_termination_may_be_paid_so(as_staff: ApiClient, inside: dict[str, Any]) -> None:
    address = f"/api/staff/sessions/{inside['session_id']}/terminate/"
    body = {"reason": "Towed", "payment_method": "UPI"}
    assert problem_of(as_staff.post(address, body)) == (400, "upi_reference_invalid")
    bill = data_of(as_staff.post(address, body | {"upi_reference": REFERENCE}))
    assert (bill["status"], bill["payment_method"], bill["amount_due"]) == ("COMPLETED", "UPI", 0.0)
    assert_books_agree()


@pytest.mark.parametrize("path", ["/parking/exit-qr-scan/", "/api/parking/scan-exit/"])
def test_the_older_addresses_do_not_know_it(as_staff: ApiClient, inside: dict[str, Any], path: str) -> None:
    body = {"qr_code": inside["qr_code"], "payment_method": "UPI", "upi_reference": REFERENCE}
    with nothing_changes():
        answer = as_staff.post(path, body)
    assert (answer.status_code, answer.json()["message"]) == (400, "Invalid payment method. Use CASH or ONLINE")


def test_reports_know_it(as_staff: ApiClient, as_admin: ApiClient, inside: dict[str, Any]) -> None:
    data_of(paid(as_staff, inside))
    totals = data_of(as_admin.get("/api/admin/payments/", method="UPI"))["totals"]
    assert totals["by_method"]["UPI"] == {"captured": 50.0, "refunded": 0.0, "net": 50.0}
    methods = data_of(as_admin.get("/api/admin/revenue-report/", date="today"))["methods"]
    assert [(row["method"], row["revenue"]) for row in methods] == [
        ("CASH", 0.0), ("ONLINE", 50.0), ("UPI", 50.0),
    ]  # fmt: skip


def test_it_goes_back_by_hand(as_staff: ApiClient, as_admin: ApiClient, inside: dict[str, Any]) -> None:
    data_of(paid(as_staff, inside))
    payment = Payment.objects.get(method="UPI")
    answer = as_admin.post("/api/admin/refunds/", {"payment_id": payment.pk, "amount": 50, "reason": "Wrong car"})
    assert (data_of(answer, 201)["status"], data_of(answer, 201)["by_hand"]) == ("INITIATED", True)
    settling.follow_open_refunds(now=payment.captured_at.replace(year=2027))
    assert Refund.objects.get().status == "INITIATED"
