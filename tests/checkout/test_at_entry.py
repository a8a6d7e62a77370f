"""Tariffs that collect at the entry: what is due there, how it is paid, and what the exit then takes."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from parking.accounts.models import User
from parking.audit.models import AuditEntry
from parking.checkout.at_entry import due_at_entry
from parking.core.actor import SYSTEM
from parking.facilities.models import ParkingZone
from parking.payments.gateways.base import GatewayState
from parking.payments.models import Payment, PaymentOrder
from parking.stays.models import ParkingSession
from parking.tariffs.rules.terms import NightCharge, Slab
from parking.tariffs.versions import Draft
from parking.tariffs.zone_tariffs import add_tariff
from tests.build import book, enter, leave, reloaded, take_ticket
from tests.client import ApiClient
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree, nothing_changes, refused
from tests.moments import START, at

pytestmark = pytest.mark.django_db

ENTRY: dict[str, Any] = {"base_rate": Decimal("30.00"), "booking_fee": Decimal("0.00"), "collect_at": "ENTRY"}
SLABS = (Slab(360, Decimal("40.00")), Slab(1440, Decimal("70.00")))


@pytest.fixture(autouse=True)
def now(time_machine: Any) -> None:
    time_machine.move_to(START, tick=False)


def lay(zone: ParkingZone, **fields: Any) -> None:
    add_tariff(actor=SYSTEM, zone_id=zone.pk, draft=Draft(ENTRY | fields), now=START)


@pytest.fixture
def ticket(zone: ParkingZone) -> ParkingSession:
    lay(zone)
    return take_ticket(zone, "DL-01-AB-1234")


def scan(client: ApiClient, session: ParkingSession, **fields: Any) -> Any:
    return client.post("/api/staff/entry/", {"qr_code": session.qr_code, "scan_id": "g1-1", **fields}).json()


@pytest.mark.parametrize(
    ("fields", "due"),
    [
        ({}, "30.00"),
        ({"collect_at": "EXIT"}, "0.00"),
        ({"step_minutes": 15, "minimum_minutes": 15}, "7.50"),
        ({"step_minutes": 15}, "30.00"),
        ({"slabs": SLABS}, "40.00"),
        ({"free_minutes": 15}, "0.00"),
        ({"base_rate": Decimal("33.00"), "round_to": Decimal(10)}, "30.00"),
        ({"night_charge": NightCharge(0, 0, Decimal("60.00"))}, "30.00"),
    ],
)
def test_the_first_step_or_slab_is_due(zone: ParkingZone, fields: dict[str, Any], due: str) -> None:
    lay(zone, **fields)
    assert str(due_at_entry(take_ticket(zone), START)) == due


def test_what_was_paid_with_the_booking_counts(driver: User, zone: ParkingZone) -> None:
    lay(zone, booking_fee=Decimal("20.00"))
    assert due_at_entry(reloaded(book(driver, zone, now=START)), START) == Decimal("10.00")


def test_without_a_way_to_pay_the_car_stays_outside(as_staff: ApiClient, ticket: ParkingSession) -> None:
    with nothing_changes():
        answer = scan(as_staff, ticket)
    assert (answer["code"], answer["details"]["due"]) == ("payment_at_entry", 30.0)
    assert reloaded(ticket).status == "BOOKED"


def test_cash_lets_it_in_with_change_and_the_same_scan_takes_nothing_more(
    as_staff: ApiClient, staff: User, ticket: ParkingSession
) -> None:
    first = scan(as_staff, ticket, payment_method="CASH", amount_tendered=100)
    again = scan(as_staff, ticket, payment_method="CASH", amount_tendered=100)
    assert first == again
    data = first["data"]
    assert (data["status"], data["amount_charged"], data["change_due"], data["payment"]) == ("ACTIVE", 30.0, 70.0, None)
    payment = Payment.objects.get()
    assert (payment.amount, payment.method, payment.attendant_id) == (Decimal("30.00"), "CASH", staff.pk)
    paid = AuditEntry.objects.get(action="session.paid_at_entry")
    assert (paid.subject_id, paid.facts) == (ticket.pk, {"method": "CASH", "amount": "30.00"})
    assert_books_agree()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"payment_method": "CASH", "amount_tendered": 29.99}, "amount_too_small"),
        ({"payment_method": "UPI"}, "upi_reference_invalid"),
        ({"payment_method": "CHEQUE"}, "payment_method_invalid"),
        ({"payment_method": "ONLINE", "gateway": "NOBODY"}, "gateway_invalid"),
    ],
)
def test_money_that_is_not_there_lets_nobody_in(
    as_staff: ApiClient, ticket: ParkingSession, fields: dict[str, Any], code: str
) -> None:
    with nothing_changes():
        answer = scan(as_staff, ticket, **fields)
    assert answer["code"] == code


def test_upi_at_the_counter_pays_once(as_staff: ApiClient, zone: ParkingZone, ticket: ParkingSession) -> None:
    upi = {"payment_method": "UPI", "upi_reference": "632912345678"}
    assert scan(as_staff, ticket, **upi)["data"]["status"] == "ACTIVE"
    assert scan(as_staff, take_ticket(zone), **upi)["code"] == "upi_reference_used"
    assert_books_agree()


def test_online_waits_before_the_gate_until_it_is_confirmed(
    as_staff: ApiClient, ticket: ParkingSession, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    waits = scan(as_staff, ticket, payment_method="ONLINE")
    assert (waits["message"], waits["data"]["status"]) == ("Waiting for the payment", "BOOKED")
    assert (waits["data"]["payment"]["amount"], waits["data"]["entry_time"]) == (30.0, None)
    assert scan(as_staff, ticket, payment_method="ONLINE")["data"]["payment"] == waits["data"]["payment"]
    gateway.decide(GatewayState.COMPLETED)
    inside = scan(as_staff, ticket, payment_method="ONLINE")
    assert (inside["data"]["status"], inside["data"]["amount_charged"]) == ("ACTIVE", 30.0)
    assert PaymentOrder.objects.get().purpose == "ENTRY"
    assert_books_agree()


def test_a_declined_payment_leaves_it_outside_and_cash_is_taken_then(
    as_staff: ApiClient, ticket: ParkingSession, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.FAILED
    assert scan(as_staff, ticket, payment_method="ONLINE")["code"] == "payment_failed"
    assert reloaded(ticket).status == "BOOKED"
    assert scan(as_staff, ticket, payment_method="CASH")["data"]["status"] == "ACTIVE"
    assert_books_agree()


def test_money_that_comes_after_cash_goes_back_at_the_exit(
    as_staff: ApiClient, staff: User, ticket: ParkingSession, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    scan(as_staff, ticket, payment_method="ONLINE")
    scan(as_staff, ticket, payment_method="CASH")
    assert PaymentOrder.objects.get().status == "EXPIRED"
    assert (reloaded(ticket).status, reloaded(ticket).bill.captured) == ("ACTIVE", Decimal("30.00"))
    assert_books_agree()


# The table of docs/pricing.md.
@pytest.mark.parametrize(
    ("fields", "due", "minutes", "charged"),
    [
        ({}, "30.00", 50, "0.00"),
        ({}, "30.00", 125, "30.00"),
        ({}, "30.00", 126, "60.00"),
        ({"step_minutes": 15, "minimum_minutes": 15}, "7.50", 50, "15.00"),
        ({"slabs": SLABS}, "40.00", 420, "30.00"),
        ({"base_rate": Decimal("33.00"), "round_to": Decimal(10)}, "30.00", 50, "0.00"),
    ],
)
def test_the_exit_takes_the_rest(
    staff: User, zone: ParkingZone, *, fields: dict[str, Any], due: str, minutes: int, charged: str
) -> None:
    lay(zone, **fields)
    session = take_ticket(zone)
    with refused("payment_at_entry"):
        enter(staff, session, START)
    pay_in_cash(staff, session)
    bill = leave(staff, session, now=at(minutes)).session.bill
    assert (str(bill.charged), str(bill.paid - bill.charged)) == (charged, due)
    assert_books_agree()


@pytest.mark.parametrize(("fee", "free", "charged"), [("20.00", 0, "0.00"), ("0.00", 15, "30.00")])
def test_a_paid_fee_and_free_minutes_count(
    staff: User, driver: User, zone: ParkingZone, *, fee: str, free: int, charged: str
) -> None:
    lay(zone, booking_fee=Decimal(fee), free_minutes=free)
    session = book(driver, zone, now=START)
    if free:
        enter(staff, session, START)
    else:
        pay_in_cash(staff, session)
    assert str(leave(staff, session, now=at(50)).session.bill.charged) == charged
    assert_books_agree()


def pay_in_cash(staff: User, session: ParkingSession) -> None:
    client = ApiClient(staff)
    assert scan(client, session, payment_method="CASH")["data"]["status"] == "ACTIVE"


def test_the_older_address_says_that_money_is_due(anybody: ApiClient, ticket: ParkingSession) -> None:
    answer = anybody.post("/api/parking/scan-entry/", {"qr_code": ticket.qr_code}).json()
    assert (answer["success"], answer["message"]) == (False, "₹30.00 is due at the entry")


def test_a_car_that_came_too_late_pays_nothing(as_staff: ApiClient, ticket: ParkingSession, time_machine: Any) -> None:
    time_machine.move_to(START + timedelta(minutes=31), tick=False)
    assert scan(as_staff, ticket, payment_method="CASH")["code"] == "booking_expired"
    assert not Payment.objects.exists()


def test_a_walk_in_pays_in_the_same_call(as_staff: ApiClient, zone: ParkingZone) -> None:
    lay(zone)
    sent = {"vehicle_number": "DL-01-AB-1234", "zone_id": zone.pk, "scan_id": "g1-7"}
    with nothing_changes():
        refusal = as_staff.post("/api/staff/walk-in/", sent).json()
    assert (refusal["code"], refusal["details"]["due"]) == ("payment_at_entry", 30.0)
    with nothing_changes():
        online = as_staff.post("/api/staff/walk-in/", sent | {"payment_method": "ONLINE"}).json()
    assert online["code"] == "payment_method_invalid"
    paid = sent | {"payment_method": "CASH", "amount_tendered": 50}
    assert as_staff.post("/api/staff/walk-in/", paid).status_code == 201
    assert as_staff.post("/api/staff/walk-in/", paid).status_code == 201
    session = ParkingSession.objects.get()
    assert (session.status, Payment.objects.get().amount, Payment.objects.get().tendered) == (
        "ACTIVE", Decimal("30.00"), Decimal("50.00"),
    )  # fmt: skip
    assert_books_agree()
