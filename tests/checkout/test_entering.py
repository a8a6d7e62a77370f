"""The entry gate."""

from datetime import timedelta
from decimal import Decimal

import pytest

from parking.accounts.models import User
from parking.checkout import entering
from parking.core.errors import Refused
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.payments.gateways.base import GatewayState
from parking.payments.models import PaymentOrder, Refund
from tests.build import actor, book, cancel, enter, leave, reloaded, take_ticket, terminate
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree, nothing_changes, refused
from tests.moments import START

pytestmark = pytest.mark.django_db


def test_entry_starts_the_stay_and_occupies_the_slot(driver: User, staff: User, zone: ParkingZone) -> None:
    session = book(driver, zone, now=START)
    enter(staff, session, START + timedelta(minutes=3))
    session = reloaded(session)
    assert (session.status, session.entry_time) == ("ACTIVE", START + timedelta(minutes=3))
    assert session.slot and session.slot.status == "OCCUPIED"
    assert_books_agree()


@pytest.mark.parametrize("shape", ["{}", "  {}\n", "{}.c2lnbmF0dXJl"])
def test_whatever_follows_or_surrounds_the_code_is_passed_over(
    driver: User, staff: User, zone: ParkingZone, shape: str
) -> None:
    session = book(driver, zone)
    scanned = shape.format(session.qr_code.lower())
    entered = entering.enter(actor=actor(staff), qr_code=scanned, now=session.booked_at)
    assert entered.session.pk == session.pk


@pytest.mark.parametrize("code", ["QR-000000000000", "hello", ""])
def test_an_unknown_code_is_not_found(staff: User, code: str) -> None:
    with refused("qr_not_found", "QR code not found, please check booking"):
        entering.enter(actor=actor(staff), qr_code=code, now=START)


# --- The same scan again -------------------------------------------------------------------------------


def test_the_same_scan_again_gets_the_same_answer(driver: User, staff: User, zone: ParkingZone) -> None:
    session = book(driver, zone, now=START)
    first = enter(staff, session, START, scan_id="gate1-1")
    with nothing_changes():
        again = enter(staff, session, START + timedelta(minutes=2), scan_id="gate1-1")
    assert (again.pk, again.entry_time, again.status) == (first.pk, START, "ACTIVE")


def test_the_same_entry_scan_after_the_exit_still_gets_its_answer(driver: User, staff: User, zone: ParkingZone) -> None:
    session = book(driver, zone, now=START)
    enter(staff, session, START, scan_id="gate1-1")
    leave(staff, session, now=START + timedelta(minutes=10))
    with nothing_changes():
        assert enter(staff, session, START + timedelta(minutes=11), scan_id="gate1-1").entry_time == START


@pytest.mark.parametrize("scan_id", ["gate1-2", None, ""])
def test_another_scan_of_a_car_inside_is_refused(
    driver: User, staff: User, zone: ParkingZone, scan_id: str | None
) -> None:
    session = book(driver, zone, now=START)
    enter(staff, session, START, scan_id="gate1-1")
    with refused("already_entered", "Entry QR already scanned. Cannot scan twice!"):
        enter(staff, session, START, scan_id=scan_id)


def test_a_scan_id_is_known_only_for_its_own_stay_and_gate(driver: User, staff: User, zone: ParkingZone) -> None:
    first, second = book(driver, zone, now=START), book(driver, zone, now=START)
    enter(staff, first, START, scan_id="1")
    assert enter(staff, second, START, scan_id="1").pk == second.pk
    leave(staff, first, now=START + timedelta(minutes=1), scan_id="2")
    with refused("already_exited"):
        leave(staff, first, now=START + timedelta(minutes=1), scan_id="1")
    with refused("already_entered"):
        enter(staff, first, START, scan_id="2")
    assert_books_agree()


# --- Refusals ------------------------------------------------------------------------------------------


def test_another_plate_is_refused_and_the_right_one_then_enters(driver: User, staff: User, zone: ParkingZone) -> None:
    session = book(driver, zone, "DL-01-AB-1234", now=START)
    for seen in ("DL-01-AB-1235", "???"):
        with refused("vehicle_mismatch"):
            enter(staff, session, START, plate_seen=seen)
    assert enter(staff, session, START, plate_seen="dl 1 ab 1234").status == "ACTIVE"


def test_a_mismatch_does_not_use_up_the_scan_id(driver: User, staff: User, zone: ParkingZone) -> None:
    session = book(driver, zone, "DL-01-AB-1234", now=START)
    with refused("vehicle_mismatch"):
        enter(staff, session, START, plate_seen="DL-01-AB-1235", scan_id="7")
    assert enter(staff, session, START, plate_seen="DL-01-AB-1234", scan_id="7").status == "ACTIVE"


def test_a_cancelled_booking_is_refused(driver: User, staff: User, zone: ParkingZone) -> None:
    session = book(driver, zone, now=START)
    cancel(driver, session, START)
    with refused("booking_cancelled"):
        enter(staff, session, START)


def test_a_completed_stay_does_not_enter_again(driver: User, staff: User, zone: ParkingZone) -> None:
    session = enter(staff, book(driver, zone, now=START), START)
    leave(staff, session, now=START)
    with refused("already_entered"):
        enter(staff, session, START)


@pytest.mark.parametrize("walk_in", [False, True])
def test_the_last_second_of_the_time_to_enter_counts(
    driver: User, staff: User, zone: ParkingZone, walk_in: bool
) -> None:
    session = take_ticket(zone, now=START) if walk_in else book(driver, zone, now=START)
    assert enter(staff, session, START + timedelta(minutes=30)).status == "ACTIVE"


@pytest.mark.parametrize("walk_in", [False, True])
def test_a_scan_that_comes_too_late_ends_the_booking_here_and_now(
    driver: User, staff: User, zone: ParkingZone, walk_in: bool
) -> None:
    session = take_ticket(zone, now=START) if walk_in else book(driver, zone, now=START)
    late = START + timedelta(minutes=30, microseconds=1)
    with pytest.raises(Refused, match="Booking expired, please rebook"):
        enter(staff, session, late)
    session = reloaded(session)
    assert (session.status, session.end_reason, session.ended_at) == ("EXPIRED", "NO_SHOW", late)
    assert not ParkingSlot.objects.exclude(status="FREE").exists()
    assert session.bill.paid == (Decimal("0.00") if walk_in else Decimal("50.00"))
    with refused("booking_expired", "Booking expired, please rebook"):
        enter(staff, session, late)
    assert_books_agree()


def test_a_hold_unpaid_too_long_ends_at_the_gate(
    driver: User, staff: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    session = book(driver, zone, now=START)
    with pytest.raises(Refused, match="Booking expired"):
        enter(staff, session, START + timedelta(minutes=10, microseconds=1))
    session = reloaded(session)
    assert (session.end_reason, session.bill.total) == ("UNPAID", Decimal("0.00"))
    assert PaymentOrder.objects.get().status == "EXPIRED"
    assert not Refund.objects.exists()
    assert_books_agree()


# --- Debts of the plate -----------------------------------------------------------------------------------


def test_the_debts_of_a_plate_add_up_at_its_entry(driver: User, staff: User, zone: ParkingZone) -> None:
    for minutes in (66, 126):
        session = enter(staff, book(driver, zone, "DL01AB1234", now=START), START)
        terminate(staff, session, now=START + timedelta(minutes=minutes))
    again = book(driver, zone, "DL01AB1234", now=START)
    other = book(driver, zone, "DL01AB9999", now=START)
    debts = [
        entering.enter(actor=actor(staff), qr_code=session.qr_code, now=START).plate_debt for session in (again, other)
    ]
    assert debts == [Decimal("150.00"), Decimal("0.00")]
