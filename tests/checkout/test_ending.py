"""Cancelling, expiry and termination."""

from datetime import timedelta
from decimal import Decimal

import pytest

from parking.accounts.models import User
from parking.checkout import entering, expiring, settling, terminating
from parking.checkout.collecting import Collection
from parking.core.errors import Refused
from parking.core.ids import Ref
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.payments import debts
from parking.payments.gateways.base import GatewayState
from parking.payments.models import Debt, Payment, PaymentOrder, Refund
from parking.stays.models import EndMethod, ParkingSession
from tests.build import (
    actor,
    book,
    cancel,
    enter,
    leave,
    make_user,
    make_zone,
    quote,
    reloaded,
    take_ticket,
    terminate,
)
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree, refused
from tests.moments import START, at

pytestmark = pytest.mark.django_db


# --- Cancelling --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "eligible", "reason"),
    [
        (0, True, "Cancelled within grace period (0 min < 5 min). 100% refund eligible."),
        (61, True, "Cancelled within grace period (2 min < 5 min). 100% refund eligible."),
        (120, True, "Cancelled within grace period (2 min < 5 min). 100% refund eligible."),
        (241, True, "Cancelled within grace period (5 min <= 5 min). 100% refund eligible."),
        (300, True, "Cancelled within grace period (5 min <= 5 min). 100% refund eligible."),
        (300.5, False, "Cancelled after grace period (6 min > 5 min). 0% refund."),
        (360, False, "Cancelled after grace period (6 min > 5 min). 0% refund."),
        (361, False, "Cancelled after grace period (7 min > 5 min). 0% refund."),
    ],
)
def test_the_reason_names_the_minutes(
    driver: User, zone: ParkingZone, seconds: float, eligible: bool, reason: str
) -> None:
    session = book(driver, zone, now=START)
    decision = cancel(driver, session, START + timedelta(seconds=seconds)).decision
    assert (decision.eligible, decision.reason) == (eligible, reason)
    assert decision.amount == (Decimal(50) if eligible else Decimal(0))
    assert_books_agree()


def test_cancelling_in_time_sends_the_money_back_where_it_came_from(
    driver: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    session = book(driver, zone, now=START)
    cancelled = cancel(driver, session, START)
    refund = Refund.objects.get()
    assert (refund.payment, refund.amount, refund.status) == (Payment.objects.get(), Decimal(50), "COMPLETED")
    assert gateway.refunds[refund.refund_id].amount == 5000
    session = reloaded(session)
    assert (session.status, session.payment_status, session.bill.lines) == ("CANCELLED", "REFUNDED", [])
    assert cancelled.refunds == [refund]
    assert ParkingSlot.objects.get(pk=session.slot_id).status == "FREE"


def test_cancelling_late_keeps_the_fee_as_a_line(driver: User, zone: ParkingZone) -> None:
    session = book(driver, zone, now=START)
    cancel(driver, session, at(6))
    session = reloaded(session)
    assert session.bill.lines == [
        {
            "kind": "LATE_CANCELLATION",
            "label": "Late cancellation",
            "quantity": 1,
            "unit_price": "50.00",
            "amount": "50.00",
        }
    ]
    assert (session.payment_status, Refund.objects.count()) == ("PAID", 0)
    assert_books_agree()


def test_within_the_grace_a_booking_is_eligible_even_if_nothing_was_paid(driver: User) -> None:
    from_nothing = book(driver, make_zone(booking_fee=Decimal(0)), now=START)
    decision = cancel(driver, from_nothing, START).decision
    assert (decision.eligible, decision.amount) == (True, Decimal(0))
    assert reloaded(from_nothing).payment_status == "PENDING"
    assert_books_agree()


def test_cancelling_twice_is_refused(driver: User, zone: ParkingZone) -> None:
    session = book(driver, zone, now=START)
    cancel(driver, session, START)
    with refused("not_cancellable"):
        cancel(driver, session, START)


def test_a_car_inside_cannot_be_cancelled(driver: User, inside: ParkingSession) -> None:
    with refused("already_entered", "No refund allowed after vehicle entry (QR scanned)"):
        cancel(driver, inside, at(1))


def test_a_completed_stay_cannot_be_cancelled(driver: User, staff: User, inside: ParkingSession) -> None:
    leave(staff, inside, now=at(1))
    with refused("not_cancellable"):
        cancel(driver, inside, at(2))


def test_an_expired_booking_cannot_be_cancelled(driver: User, zone: ParkingZone) -> None:
    session = book(driver, zone, now=START)
    expiring.expire_no_shows(now=at(31))
    with refused("not_cancellable"):
        cancel(driver, session, at(31))


def test_somebody_else_s_booking_is_not_there(zone: ParkingZone, driver: User) -> None:
    session = book(driver, zone, now=START)
    with refused("session_not_found"):
        cancel(make_user(), session, START)


def test_cancelling_an_unpaid_hold_gives_up_its_order(driver: User, zone: ParkingZone, gateway: FakeGateway) -> None:
    gateway.outcome = GatewayState.PENDING
    session = book(driver, zone, now=START)
    cancelled = cancel(driver, session, at(1))
    assert (cancelled.decision.amount, PaymentOrder.objects.get().status) == (Decimal(0), "EXPIRED")
    assert reloaded(session).payment_status == "PENDING"
    assert_books_agree()


# --- Expiry ------------------------------------------------------------------------------------------


def test_an_unpaid_hold_ends_after_ten_minutes(driver: User, zone: ParkingZone, gateway: FakeGateway) -> None:
    gateway.outcome = GatewayState.PENDING
    session = book(driver, zone, now=START)
    assert expiring.expire_unpaid_holds(now=at(10)) == 0
    assert expiring.expire_unpaid_holds(now=at(10) + timedelta(microseconds=1)) == 1
    session = reloaded(session)
    assert (session.status, session.end_reason, session.payment_status) == ("EXPIRED", "UNPAID", "PENDING")
    assert (session.bill.lines, PaymentOrder.objects.get().status) == ([], "EXPIRED")
    assert not ParkingSlot.objects.exclude(status="FREE").exists()
    assert_books_agree()


def test_expiry_is_safe_to_repeat(driver: User, zone: ParkingZone) -> None:
    book(driver, zone, now=START)
    assert [expiring.expire_no_shows(now=at(31)) for _ in range(2)] == [1, 0]
    assert_books_agree()


def test_a_car_inside_is_no_no_show(staff: User, inside: ParkingSession) -> None:
    assert expiring.expire_no_shows(now=at(600)) == 0
    assert expiring.expire_unpaid_holds(now=at(600)) == 0
    assert reloaded(inside).status == "ACTIVE"


def test_an_unpaid_hold_that_outlived_both_times_is_unpaid(
    driver: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    session = book(driver, zone, now=START)
    assert expiring.expire_no_shows(now=at(31)) == 1
    assert reloaded(session).end_reason == "UNPAID"


def test_the_slot_of_a_no_show_is_given_to_the_next(driver: User, zone: ParkingZone) -> None:
    first = book(driver, zone, "DL-01-AB-1234", now=START)
    expiring.expire_no_shows(now=at(31))
    again = book(driver, zone, "DL-01-AB-1234", now=at(31))
    assert (again.slot, again.qr_code != first.qr_code) == (first.slot, True)
    assert_books_agree()


# --- Termination -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["CASH", "ONLINE"])
def test_a_termination_collects_what_is_due(staff: User, inside: ParkingSession, method: str) -> None:
    left = terminate(staff, inside, method, at(66))
    session = reloaded(inside)
    assert (session.status, session.end_reason, session.end_note) == ("COMPLETED", "TERMINATED", "Driver walked away")
    assert (session.payment_method, session.exit_qr_scanned) == (method, False)
    assert (left.session.bill.total, left.session.bill.charged) == (Decimal(100), Decimal(50))
    assert (session.payment_status, Debt.objects.count()) == ("PAID", 0)
    assert_books_agree()


def test_a_termination_without_payment_leaves_the_rest_as_a_debt(staff: User, inside: ParkingSession) -> None:
    terminate(staff, inside, "NONE", at(66))
    session = reloaded(inside)
    assert (session.payment_status, session.is_paid) == ("PARTIAL", False)
    assert Debt.objects.get().amount == Decimal(50)
    assert_books_agree()


def test_a_termination_with_nothing_due_leaves_no_debt(staff: User, inside: ParkingSession) -> None:
    terminate(staff, inside, "NONE", at(10))
    assert (reloaded(inside).payment_status, Debt.objects.count()) == ("PAID", 0)
    assert_books_agree()


def test_a_walk_in_terminated_without_payment_owes_all_of_it(staff: User, zone: ParkingZone) -> None:
    session = enter(staff, take_ticket(zone, now=START), START)
    terminate(staff, session, "NONE", at(66))
    assert (reloaded(session).payment_status, Debt.objects.get().amount) == ("PENDING", Decimal(100))
    assert_books_agree()


def test_a_quote_holds_for_a_termination_too(staff: User, inside: ParkingSession) -> None:
    quote(staff, inside, at(65))
    assert terminate(staff, inside, "CASH", at(75)).session.bill.total == Decimal(50)


def test_an_online_termination_waits_for_its_money(staff: User, inside: ParkingSession, gateway: FakeGateway) -> None:
    gateway.outcome = GatewayState.PENDING
    waiting = terminate(staff, inside, "ONLINE", at(66))
    assert waiting.order and (waiting.session.status, waiting.order.purpose) == ("ACTIVE", "TERMINATION")
    gateway.decide(GatewayState.COMPLETED)
    settling.follow_open_orders(now=at(70))
    session = reloaded(inside)
    assert (session.status, session.end_reason, session.exit_time) == ("COMPLETED", "TERMINATED", at(70))
    assert_books_agree()


def test_a_termination_may_replace_a_waiting_exit_and_the_other_way_round(
    staff: User, inside: ParkingSession, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    leave(staff, inside, "ONLINE", at(66))
    terminate(staff, inside, "ONLINE", at(67))
    leave(staff, inside, "ONLINE", at(68))
    orders = PaymentOrder.objects.exclude(purpose="FEE").order_by("pk")
    assert [(order.purpose, order.status) for order in orders] == [
        ("EXIT", "EXPIRED"),
        ("TERMINATION", "EXPIRED"),
        ("EXIT", "PENDING"),
    ]
    assert_books_agree()


@pytest.mark.parametrize("method", ["CARD", ""])
def test_a_termination_needs_a_known_method(staff: User, inside: ParkingSession, method: str) -> None:
    with refused("payment_method_invalid"):
        terminate(staff, inside, method, at(66))


def test_only_a_car_inside_is_terminated(driver: User, staff: User, zone: ParkingZone) -> None:
    session = book(driver, zone, now=START)
    with refused("not_active"):
        terminate(staff, session, "NONE", START)
    with refused("session_not_found"):
        terminating.terminate(
            actor=actor(staff), session=Ref(pk=10**12), reason="x", collection=Collection("NONE"), now=START
        )


def test_a_declined_termination_keeps_the_car_in(staff: User, inside: ParkingSession, gateway: FakeGateway) -> None:
    gateway.outcome = GatewayState.FAILED
    with pytest.raises(Refused, match="Payment issue, retry"):
        terminate(staff, inside, "ONLINE", at(66))
    assert reloaded(inside).status == "ACTIVE"
    assert_books_agree()


def test_a_debt_is_written_off_once(staff: User, admin: User, inside: ParkingSession) -> None:
    terminate(staff, inside, "NONE", at(66))
    debt = Debt.objects.get()
    debts.write_off(debt=debt, admin_id=admin.pk, now=at(100))
    again = book(make_user(), inside.zone, "DL-01-AB-1234", now=at(100))
    assert entering.enter(actor=actor(staff), qr_code=again.qr_code, now=at(100)).plate_debt == Decimal(0)
    with refused("debt_closed"):
        debts.write_off(debt=debt, admin_id=admin.pk, now=at(101))


@pytest.mark.parametrize("method", ["CASH", "NONE"])
def test_how_a_stay_was_paid_is_one_of_the_columns_choices(staff: User, inside: ParkingSession, method: str) -> None:
    terminate(staff, inside, method, at(66))
    stay = reloaded(inside)
    assert (stay.payment_method, method in EndMethod.values) == (method, True)
    stay.full_clean(validate_unique=False, validate_constraints=False)
