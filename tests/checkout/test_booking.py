"""Booking: what is claimed, what is refused, which terms hold, and the fee."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from pytest_django import Settings

from parking.accounts.models import User
from parking.checkout import booking, expiring, settling
from parking.core import clock
from parking.core.actor import SYSTEM
from parking.core.ids import Ref
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.facilities.services import add_slots, change_slot, retire_zone, update_zone
from parking.payments.gateways.base import GatewayState
from parking.payments.models import PaymentOrder
from parking.stays.models import ParkingSession
from parking.tariffs.models import ZoneTariff
from tests.build import actor, book, enter, leave, make_user, make_zone, reloaded, take_ticket
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree, refused

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)


def _book(driver: User, zone: Ref, *, plate: str = "DL01AB1234", kind: str = "CAR", gateway: str | None = None) -> None:
    booking.book(
        actor=actor(driver),
        zone=zone,
        plate=plate,
        owner_name="Asha Rao",
        vehicle_kind=kind,
        gateway=gateway,
        now=START,
    )


# --- Which slot --------------------------------------------------------------------------------------


def test_slots_are_given_in_the_order_a_person_counts(driver: User) -> None:
    zone = make_zone(slots=0)
    for number in (10, 2, 1):
        add_slots(actor=SYSTEM, zone_id=zone.pk, prefix="A-", first=number, last=number, kind="CAR", now=START)
    given = [book(driver, zone).slot for _ in range(3)]
    assert [slot and slot.slot_number for slot in given] == ["A-001", "A-002", "A-010"]


def test_a_slot_out_of_service_is_passed_over(driver: User, zone: ParkingZone) -> None:
    first = ParkingSlot.objects.get(zone=zone, slot_number="A-001")
    change_slot(actor=SYSTEM, slot_id=first.pk, status="OUT_OF_SERVICE", kind=None, now=START)
    session = book(driver, zone)
    assert session.slot and session.slot.slot_number == "A-002"


@pytest.mark.parametrize(("vehicle_kind", "slot_number"), [("CAR", "C-001"), ("TWO_WHEELER", "T-001"), ("EV", "C-001")])
def test_a_vehicle_gets_a_slot_that_suits_its_kind(driver: User, vehicle_kind: str, slot_number: str) -> None:
    zone = make_zone(slots=0)
    for prefix, kind in (("A-", "ACCESSIBLE"), ("C-", "CAR"), ("E-", "EV"), ("T-", "TWO_WHEELER"), ("V-", "VIP")):
        add_slots(actor=SYSTEM, zone_id=zone.pk, prefix=prefix, first=1, last=1, kind=kind, now=START)
    _book(driver, Ref(pk=zone.pk), kind=vehicle_kind)
    slot = ParkingSession.objects.whole().get().slot
    assert slot and slot.slot_number == slot_number


def test_accessible_and_vip_slots_are_not_given_by_the_machine(driver: User) -> None:
    zone = make_zone(slots=0)
    for prefix, kind in (("A-", "ACCESSIBLE"), ("V-", "VIP")):
        add_slots(actor=SYSTEM, zone_id=zone.pk, prefix=prefix, first=1, last=1, kind=kind, now=START)
    with refused("zone_full"):
        book(driver, zone)


def test_a_slot_that_was_left_is_given_again(driver: User, staff: User) -> None:
    zone = make_zone(slots=1)
    leave(staff, enter(staff, book(driver, zone)))
    assert book(driver, zone).status == "BOOKED"
    assert_books_agree()


# --- Refusals, each of which leaves everything as it was -----------------------------------------------


def test_a_full_zone_refuses(driver: User) -> None:
    zone = make_zone(slots=1)
    book(driver, zone)
    with refused("zone_full", "Zone full, try another zone"):
        book(driver, zone)


def test_an_unknown_zone_is_not_found(driver: User) -> None:
    with refused("zone_not_found", "Zone not found"):
        _book(driver, Ref(pk=10**12))


def test_a_closed_zone_refuses(driver: User, zone: ParkingZone) -> None:
    update_zone(actor=SYSTEM, zone_id=zone.pk, changes={"is_active": False}, now=START)
    with refused("zone_inactive"):
        book(driver, zone)


def test_a_retired_zone_is_not_there(driver: User, zone: ParkingZone) -> None:
    retire_zone(actor=SYSTEM, zone_id=zone.pk, now=START)
    with refused("zone_not_found"):
        book(driver, zone)


def test_nonsense_is_no_plate(driver: User, zone: ParkingZone) -> None:
    with refused("vehicle_invalid", "Check vehicle number"):
        book(driver, zone, "nonsense")


def test_the_caller_s_own_open_booking_of_a_vehicle_is_named(driver: User, zone: ParkingZone) -> None:
    elsewhere = make_zone()
    book(driver, zone, "DL-01-AB-1234")
    with refused("vehicle_already_parked"):
        book(driver, elsewhere, "dl 1 ab 1234")


def test_somebody_else_s_booking_of_a_vehicle_is_not_named(driver: User, zone: ParkingZone) -> None:
    book(make_user(), zone, "DL-01-AB-1234")
    with refused("vehicle_unavailable", "This vehicle cannot be booked now"):
        book(driver, zone, "DL-01-AB-1234")


def test_a_walk_in_s_vehicle_is_nobody_s_business_either(driver: User, zone: ParkingZone) -> None:
    take_ticket(zone, "DL-01-AB-1234")
    with refused("vehicle_unavailable"):
        book(driver, zone, "DL-01-AB-1234")
    with refused("vehicle_unavailable"):
        take_ticket(zone, "DL-01-AB-1234")


@pytest.mark.parametrize("gateway", ["STRIPE", "simulated", "PHONEPE"])
def test_a_gateway_that_is_not_there_is_refused(driver: User, zone: ParkingZone, gateway: str) -> None:
    with refused("gateway_invalid"):
        _book(driver, Ref(pk=zone.pk), gateway=gateway)


def test_a_gateway_that_was_taken_from_the_settings_is_refused(
    driver: User, zone: ParkingZone, settings: Settings
) -> None:
    settings.GATEWAYS = []
    with refused("gateway_invalid"):
        book(driver, zone)


def test_a_zone_may_be_named_by_its_uuid(driver: User, zone: ParkingZone) -> None:
    _book(driver, Ref(uuid=zone.uuid))
    assert ParkingSession.objects.get().zone_id == zone.pk


# --- Terms -------------------------------------------------------------------------------------------


def test_a_stay_keeps_the_terms_that_it_was_booked_under(driver: User, staff: User, zone: ParkingZone) -> None:
    session = book(driver, zone, now=START)
    dearer = {"hourly_rate": Decimal("500.00"), "booking_fee": Decimal("900.00"), "no_show_minutes": 1}
    update_zone(actor=SYSTEM, zone_id=zone.pk, changes=dearer, now=START)
    enter(staff, session, START + timedelta(minutes=29))
    left = leave(staff, session, now=START + timedelta(minutes=29 + 66))
    assert left.session.bill.lines == [
        {"kind": "HOURS", "label": "Parking", "quantity": 2, "unit_price": "50.00", "amount": "100.00"}
    ]
    assert left.session.bill.charged == Decimal("50.00")


def test_a_kind_with_its_own_tariff_is_booked_and_billed_by_it(driver: User, staff: User) -> None:
    zone = make_zone(slots=0)
    add_slots(actor=SYSTEM, zone_id=zone.pk, prefix="T-", first=1, last=1, kind="TWO_WHEELER", now=START)
    ZoneTariff.objects.create(
        zone=zone, vehicle_kind="TWO_WHEELER", hourly_rate=Decimal("10.00"), booking_fee=Decimal("5.00")
    )
    _book(driver, Ref(pk=zone.pk), kind="TWO_WHEELER")
    session = ParkingSession.objects.whole().get()
    assert session.amount_paid == Decimal("5.00")
    enter(staff, session, START)
    left = leave(staff, session, now=START + timedelta(minutes=66))
    assert (left.session.bill.total, left.session.bill.charged) == (Decimal("20.00"), Decimal("15.00"))


def test_a_stay_cheaper_than_the_fee_is_made_up_to_it(driver: User, staff: User) -> None:
    session = enter(staff, book(driver, make_zone(rate="20.00"), now=START), START)
    bill = leave(staff, session, now=START + timedelta(minutes=45)).session.bill
    assert [(line["label"], line["amount"]) for line in bill.lines] == [
        ("Parking", "20.00"),
        ("Booking minimum", "30.00"),
    ]
    assert (bill.total, bill.charged, bill.paid) == (Decimal("50.00"), Decimal("0.00"), Decimal("50.00"))
    assert_books_agree()


def test_a_zone_without_fee_asks_for_no_payment(driver: User, staff: User) -> None:
    zone = make_zone(booking_fee=Decimal(0))
    session = book(driver, zone, now=START)
    assert (PaymentOrder.objects.count(), session.pay_by, session.payment_status) == (0, None, "PENDING")
    enter(staff, session, START + timedelta(minutes=30))
    assert leave(staff, session, now=START + timedelta(minutes=90)).session.bill.charged == Decimal("50.00")
    assert_books_agree()


# --- The fee -----------------------------------------------------------------------------------------


def test_the_order_asks_for_the_fee_of_this_booking(driver: User, zone: ParkingZone, gateway: FakeGateway) -> None:
    gateway.outcome = GatewayState.PENDING
    session = book(driver, zone, now=START)
    order = PaymentOrder.objects.get()
    assert (order.bill_id, order.purpose, order.amount) == (session.bill_id, "FEE", Decimal("50.00"))
    assert (order.status, order.pay_url, order.upi_link) == (
        "PENDING",
        f"https://gateway.example/{order.order_id}",
        f"upi://pay?tr={order.order_id}",
    )
    assert gateway.orders[order.order_id].amount == 5000


def test_a_booking_whose_fee_is_pending_holds_its_slot_and_may_not_enter(
    driver: User, staff: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    session = book(driver, zone, now=START)
    assert (session.status, session.payment_status, session.pay_by) == (
        "BOOKED",
        "PENDING",
        START + timedelta(minutes=10),
    )
    with refused("payment_pending"):
        enter(staff, session, START + timedelta(minutes=10))
    assert_books_agree()


def test_a_fee_confirmed_in_time_lets_the_car_in(
    driver: User, staff: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    session = book(driver, zone, now=START)
    gateway.decide(GatewayState.COMPLETED)
    assert settling.follow_open_orders(now=START + timedelta(minutes=1)) == 1
    assert expiring.expire_unpaid_holds(now=START + timedelta(minutes=11)) == 0
    assert enter(staff, session, START + timedelta(minutes=11)).status == "ACTIVE"
    assert_books_agree()


def test_a_declined_fee_lets_the_driver_book_again_at_once(
    driver: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.FAILED
    with pytest.raises(Exception, match="Payment issue, retry"):
        book(driver, zone, "DL01AB1234")
    gateway.outcome = GatewayState.COMPLETED
    session = book(driver, zone, "DL01AB1234")
    assert session.slot and session.slot.slot_number == "A-001"
    assert_books_agree()


# --- The ticket from the kiosk -------------------------------------------------------------------------


def test_a_walk_in_owes_no_fee_and_pays_all_of_it_at_the_exit(staff: User, zone: ParkingZone) -> None:
    session = take_ticket(zone, now=START)
    assert (session.pay_by, session.driver_id, session.is_walk_in) == (None, None, True)
    assert PaymentOrder.objects.count() == 0
    enter(staff, session, START + timedelta(minutes=30))
    left = leave(staff, session, now=START + timedelta(minutes=30 + 126))
    assert (left.session.bill.total, left.session.bill.charged) == (Decimal("150.00"), Decimal("150.00"))
    assert_books_agree()


def test_a_walk_in_outlives_the_time_to_pay(staff: User, zone: ParkingZone) -> None:
    session = take_ticket(zone, now=START)
    assert expiring.expire_unpaid_holds(now=START + timedelta(minutes=29)) == 0
    assert enter(staff, session, START + timedelta(minutes=29)).status == "ACTIVE"


def test_a_walk_in_that_does_not_enter_is_a_no_show_and_owes_nothing(zone: ParkingZone) -> None:
    session = take_ticket(zone, now=START)
    assert expiring.expire_no_shows(now=START + timedelta(minutes=30, seconds=1)) == 1
    session = reloaded(session)
    assert (session.status, session.end_reason, session.payment_status) == ("EXPIRED", "NO_SHOW", "PENDING")
    assert (session.bill.lines, session.bill.total) == ([], Decimal("0.00"))
    assert_books_agree()


def test_a_walk_in_in_a_cheap_zone_has_no_minimum(staff: User) -> None:
    session = enter(staff, take_ticket(make_zone(rate="20.00"), now=START), START)
    assert leave(staff, session, now=START + timedelta(minutes=10)).session.bill.total == Decimal("20.00")


def test_the_clock_is_the_server_s(driver: User, zone: ParkingZone) -> None:
    before = clock.now()
    assert before <= book(driver, zone).booked_at <= clock.now()
