"""Money before walking to the car, and the plate of a car inside."""

from typing import Any

import pytest
from time_machine import Traveller

from parking.accounts.models import User
from parking.audit.models import AuditEntry
from parking.facilities.models import ParkingZone
from parking.payments.gateways.base import GatewayState
from parking.payments.models import Payment
from parking.stays.models import ParkingSession
from tests.api.reading import data_of, errors_of, problem_of
from tests.api.test_card import SLIP
from tests.build import book, enter, leave, pay_ahead, quote, reloaded, take_ticket
from tests.client import ApiClient
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree, nothing_changes
from tests.moments import START, at
from tests.passes.build import bought, make_plan

pytestmark = pytest.mark.django_db

PLATE, OTHER = "DL-01-AB-1234", "DL-01-AB-1284"


@pytest.fixture
def inside(staff: User, zone: ParkingZone, time_machine: Traveller) -> ParkingSession:
    """Return a car that owes ₹100."""
    time_machine.move_to(START, tick=False)
    session = enter(staff, take_ticket(zone, PLATE))
    time_machine.move_to(at(90), tick=False)
    return session


def paid_ahead(user: User, session: ParkingSession, method: str = "CASH", **fields: object) -> Any:
    headers = {"Idempotency_Key": str(fields.pop("key"))} if "key" in fields else {}
    body = {"payment_method": method, **fields}
    return ApiClient(user).post(f"/api/staff/sessions/{session.pk}/pay-ahead/", body, **headers)


# --- Paying ahead ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "fields"),
    [("CASH", {"amount_tendered": 500}), ("UPI", {"upi_reference": "632612345678"}), ("CARD", SLIP)],
)
def test_what_is_paid_at_a_desk_covers_for_a_while(
    staff: User,
    inside: ParkingSession,
    time_machine: Traveller,
    method: str,
    fields: dict[str, object],
) -> None:
    bill = data_of(paid_ahead(staff, inside, method, **fields))
    assert (bill["status"], bill["already_paid"], bill["amount_due"], bill["change_due"]) == (
        "ACTIVE", 100.0, 0.0, 400.0 if method == "CASH" else 0.0,
    )  # fmt: skip
    assert bill["quote_expires_at"] == "2026-11-22T06:15:00Z"
    time_machine.move_to(at(105), tick=False)
    assert leave(staff, inside).session.bill.charged == 0
    assert AuditEntry.objects.get(action="session.paid_ahead").facts["method"] == method
    assert_books_agree()


def test_who_leaves_later_pays_the_rest(staff: User, inside: ParkingSession, time_machine: Traveller) -> None:
    data_of(paid_ahead(staff, inside))
    time_machine.move_to(at(130), tick=False)
    assert leave(staff, inside).session.bill.charged == 50
    assert_books_agree()


def test_the_same_key_takes_the_money_once(staff: User, inside: ParkingSession) -> None:
    first = data_of(paid_ahead(staff, inside, amount_tendered=200, key="desk-1"))
    with nothing_changes():
        assert data_of(paid_ahead(staff, inside, amount_tendered=200, key="desk-1")) == first
    assert Payment.objects.count() == 1


@pytest.mark.parametrize(
    ("method", "fields", "code"),
    [
        ("ONLINE", {}, "payment_method_invalid"),
        ("CHEQUE", {}, "payment_method_invalid"),
        ("CASH", {"amount_tendered": 99}, "amount_too_small"),
        ("UPI", {}, "upi_reference_invalid"),
        ("CARD", {}, "card_invalid"),
    ],
)
def test_money_that_is_not_there_changes_nothing(
    staff: User, inside: ParkingSession, method: str, fields: dict[str, object], code: str
) -> None:
    with nothing_changes():
        assert problem_of(paid_ahead(staff, inside, method, **fields)) == (400, code)


def test_a_second_time_nothing_is_due(staff: User, inside: ParkingSession) -> None:
    data_of(paid_ahead(staff, inside))
    with nothing_changes():
        assert problem_of(paid_ahead(staff, inside)) == (400, "nothing_due")


def test_a_car_that_is_not_in_or_gone_pays_nothing_ahead(
    staff: User, driver: User, zone: ParkingZone, inside: ParkingSession
) -> None:
    assert problem_of(paid_ahead(staff, book(driver, zone))) == (400, "entry_not_scanned")
    leave(staff, inside)
    assert problem_of(paid_ahead(staff, inside)) == (400, "session_over")


def test_money_that_the_driver_started_to_pay_online_is_given_up(
    staff: User, driver: User, zone: ParkingZone, time_machine: Traveller, gateway: FakeGateway
) -> None:
    time_machine.move_to(START, tick=False)
    session = enter(staff, book(driver, zone))
    time_machine.move_to(at(130), tick=False)
    gateway.decide(GatewayState.PENDING)
    order = pay_ahead(driver, session)
    data_of(paid_ahead(staff, session))
    order.refresh_from_db()
    assert order.status == "EXPIRED"
    assert_books_agree()


# --- The plate ---------------------------------------------------------------------------------------


def corrected(user: User, session: ParkingSession, plate: str = OTHER, reason: str = "Misread") -> Any:
    body = {"vehicle_number": plate, "reason": reason}
    return ApiClient(user).post(f"/api/staff/sessions/{session.pk}/plate/", body)


def test_a_plate_is_corrected_with_a_reason(staff: User, inside: ParkingSession) -> None:
    before = inside.vehicle_id
    assert data_of(corrected(staff, inside))["vehicle_number"] == OTHER
    line = AuditEntry.objects.get(action="session.plate_corrected")
    assert (line.actor_id, line.facts["instead_of"], line.facts["reason"]) == (staff.pk, before, "Misread")
    with nothing_changes():
        data_of(corrected(staff, inside))
    assert_books_agree()


def test_a_correction_needs_a_reason(staff: User, inside: ParkingSession) -> None:
    assert errors_of(corrected(staff, inside, reason="")) == {"reason"}
    assert errors_of(corrected(staff, inside, reason="  ")) == {"reason"}


def test_from_the_first_quote_on_only_an_administrator_corrects(
    staff: User, admin: User, inside: ParkingSession, time_machine: Traveller
) -> None:
    quote(staff, inside)
    time_machine.move_to(at(120), tick=False)
    with nothing_changes():
        assert problem_of(corrected(staff, inside)) == (400, "quote_given")
    data_of(corrected(admin, inside))


def test_a_quote_of_a_bill_that_the_driver_froze_counts(
    staff: User, driver: User, zone: ParkingZone, time_machine: Traveller
) -> None:
    time_machine.move_to(START, tick=False)
    session = enter(staff, book(driver, zone))
    time_machine.move_to(at(130), tick=False)
    pay_ahead(driver, session)
    data_of(corrected(staff, session))
    quote(staff, session)
    assert problem_of(corrected(staff, session, "DL-01-AB-1235")) == (400, "quote_given")


def test_an_online_exit_counts_as_a_quote(
    staff: User, inside: ParkingSession, gateway: FakeGateway, time_machine: Traveller
) -> None:
    gateway.decide(GatewayState.PENDING)
    leave(staff, inside, "ONLINE")
    assert problem_of(corrected(staff, inside)) == (400, "payment_under_way")


def test_a_plate_that_is_open_elsewhere_is_refused(
    staff: User, driver: User, zone: ParkingZone, inside: ParkingSession
) -> None:
    other = enter(staff, take_ticket(zone, OTHER))
    answer = corrected(staff, inside)
    assert problem_of(answer) == (400, "plate_is_inside")
    assert answer.json()["details"]["session_id"] == other.pk
    book(driver, zone, "DL-01-AB-9999")
    assert problem_of(corrected(staff, inside, "DL-01-AB-9999")) == (400, "plate_has_booking")


def test_a_corrected_plate_never_gains_a_pass(staff: User, driver: User, inside: ParkingSession) -> None:
    bought(driver, make_plan(inside.zone), OTHER, now=START)
    data_of(corrected(staff, inside))
    assert reloaded(inside).subscription is None
    assert quote(staff, inside).bill.total == 100


def test_a_corrected_plate_loses_the_pass_of_another(
    staff: User, driver: User, zone: ParkingZone, time_machine: Traveller
) -> None:
    time_machine.move_to(START, tick=False)
    held = bought(driver, make_plan(zone), PLATE, now=START)
    session = enter(staff, take_ticket(zone, PLATE))
    assert session.subscription_id == held.pk
    time_machine.move_to(at(90), tick=False)
    data_of(corrected(staff, session))
    assert reloaded(session).subscription is None
    assert quote(staff, session).bill.total == 100
    assert AuditEntry.objects.get(action="session.plate_corrected").facts["pass_ended"] is True


def test_a_car_that_left_keeps_its_plate(staff: User, inside: ParkingSession) -> None:
    leave(staff, inside)
    with nothing_changes():
        assert problem_of(corrected(staff, inside)) == (400, "session_over")


def test_a_quote_counts_for_what_was_frozen_at_a_desk(
    staff: User, inside: ParkingSession, time_machine: Traveller
) -> None:
    data_of(paid_ahead(staff, inside))
    data_of(corrected(staff, inside))
    quote(staff, inside)
    assert problem_of(corrected(staff, inside, PLATE)) == (400, "quote_given")
