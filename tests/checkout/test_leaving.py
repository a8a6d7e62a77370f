"""The exit gate: quotes, cash, and online payment that opens the gate when it is confirmed."""

from datetime import timedelta
from decimal import Decimal

import pytest

from parking.accounts.models import User
from parking.checkout import leaving as leaving_service
from parking.checkout import settling
from parking.checkout.collecting import Collection
from parking.core.errors import Refused
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.payments.gateways.base import GatewayState
from parking.payments.models import Payment, PaymentOrder, Refund
from parking.stays.models import ParkingSession
from tests.build import actor, book, cancel, enter, leave, pay_ahead, quote, reloaded, take_ticket
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree, nothing_changes, refused
from tests.moments import START, at

pytestmark = pytest.mark.django_db


# --- Quote -------------------------------------------------------------------------------------------


def test_a_quote_shows_the_bill_and_closes_nothing(staff: User, inside: ParkingSession) -> None:
    quoted = quote(staff, inside, at(66))
    assert (quoted.bill.total, quoted.bill.due, quoted.bill.frozen_until) == (Decimal(100), Decimal(50), at(76))
    session = reloaded(inside)
    assert (session.status, session.payment_status) == ("ACTIVE", "PARTIAL")
    assert session.slot and session.slot.status == "OCCUPIED"
    assert_books_agree()


def test_an_exit_within_the_time_charges_the_quote(staff: User, inside: ParkingSession) -> None:
    quote(staff, inside, at(65))
    left = leave(staff, inside, now=at(75))
    bill = left.session.bill
    assert (bill.total, bill.charged, bill.billed_until) == (Decimal(50), Decimal(0), at(65))
    assert left.session.exit_time == at(75)
    assert_books_agree()


def test_after_the_time_the_stay_is_billed_anew(staff: User, inside: ParkingSession) -> None:
    quote(staff, inside, at(65))
    left = leave(staff, inside, now=at(75) + timedelta(microseconds=1))
    assert (left.session.bill.total, left.session.bill.charged) == (Decimal(100), Decimal(50))
    assert_books_agree()


def test_a_second_quote_within_the_time_is_the_first_one(staff: User, inside: ParkingSession) -> None:
    quote(staff, inside, at(65))
    with nothing_changes():
        again = quote(staff, inside, at(75))
    assert (again.bill.total, again.bill.frozen_until) == (Decimal(50), at(75))


def test_a_quote_after_the_time_is_a_new_one(staff: User, inside: ParkingSession) -> None:
    quote(staff, inside, at(65))
    again = quote(staff, inside, at(75.5))
    assert (again.bill.total, again.bill.frozen_until) == (Decimal(100), at(85.5))


def test_a_quote_needs_a_car_inside_and_its_plate(driver: User, staff: User, zone: ParkingZone) -> None:
    session = book(driver, zone, "DL-01-AB-1234", now=START)
    with refused("entry_not_scanned"):
        quote(staff, session, START)
    enter(staff, session, START)
    with refused("vehicle_mismatch"):
        leaving_service.quote(actor=actor(staff), qr_code=session.qr_code, now=START, plate_seen="DL-01-AB-9999")
    leave(staff, session, now=START)
    with refused("already_exited"):
        quote(staff, session, START)


# --- Refusals ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["QR-000000000000", "hello"])
def test_an_unknown_code_is_not_found(staff: User, code: str) -> None:
    with refused("qr_not_found"):
        leaving_service.leave(actor=actor(staff), qr_code=code, collection=Collection("CASH"), now=START)


@pytest.mark.parametrize("method", ["CARD", "cash", "", "NONE"])
def test_an_unknown_method_is_refused(staff: User, inside: ParkingSession, method: str) -> None:
    with refused("payment_method_invalid", "Invalid payment method. Use CASH or ONLINE"):
        leave(staff, inside, method, at(10))


def test_a_gateway_that_is_not_there_is_refused(staff: User, inside: ParkingSession) -> None:
    with refused("gateway_invalid"):
        leaving_service.leave(
            actor=actor(staff), qr_code=inside.qr_code, collection=Collection("ONLINE", "STRIPE"), now=at(66)
        )


def test_a_car_that_never_entered_cannot_leave(driver: User, staff: User, zone: ParkingZone) -> None:
    booked = book(driver, zone, now=START)
    cancelled = book(driver, zone, now=START)
    cancel(driver, cancelled, START)
    for session in (booked, cancelled):
        with refused("entry_not_scanned", "Entry QR not scanned. Cannot exit!"):
            leave(staff, session, now=START)


def test_another_plate_is_refused(staff: User, inside: ParkingSession) -> None:
    with refused("vehicle_mismatch"):
        leave(staff, inside, now=at(10), plate_seen="DL-01-AB-9999", scan_id="1")
    assert leave(staff, inside, now=at(10), plate_seen="DL01AB1234", scan_id="1").session.status == "COMPLETED"


# --- Cash --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("tendered", "change"), [(None, "0.00"), ("50", "0.00"), ("100", "50.00"), ("50.5", "0.50")])
def test_cash_gets_change(staff: User, inside: ParkingSession, tendered: str | None, change: str) -> None:
    left = leave(staff, inside, now=at(66), tendered=tendered)
    payment = Payment.objects.get(method="CASH")
    assert (left.change, payment.amount, payment.attendant_id) == (Decimal(change), Decimal(50), staff.pk)
    assert payment.tendered == Decimal(tendered or 50)
    assert_books_agree()


def test_too_little_cash_is_refused_and_the_car_stays(staff: User, inside: ParkingSession) -> None:
    with refused("amount_too_small"):
        leave(staff, inside, now=at(66), tendered="49.99", scan_id="1")
    assert leave(staff, inside, now=at(66), tendered="50", scan_id="1").session.status == "COMPLETED"


def test_money_handed_over_with_nothing_due_is_all_change(staff: User, inside: ParkingSession) -> None:
    left = leave(staff, inside, now=at(10), tendered="500", scan_id="1")
    assert (left.change, left.session.bill.charged) == (Decimal(500), Decimal(0))
    assert not Payment.objects.filter(method="CASH").exists()
    assert leave(staff, inside, now=at(11), tendered="500", scan_id="1").change == Decimal(500)


# --- The same scan again -------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["CASH", "ONLINE"])
def test_the_same_scan_again_gets_the_same_answer(staff: User, inside: ParkingSession, method: str) -> None:
    first = leave(staff, inside, method, at(66), tendered="100", scan_id="gate2-1")
    with nothing_changes():
        again = leave(staff, inside, method, at(70), tendered="100", scan_id="gate2-1")
    assert (again.session.exit_time, again.change, again.order) == (at(66), first.change, first.order)
    assert (again.session.bill.total, again.session.bill.charged) == (Decimal(100), Decimal(50))


@pytest.mark.parametrize("scan_id", ["gate2-2", None])
def test_another_scan_of_a_car_that_left_is_refused(staff: User, inside: ParkingSession, scan_id: str | None) -> None:
    leave(staff, inside, now=at(66), scan_id="gate2-1")
    with refused("already_exited", "Exit already scanned. Cannot scan twice!"):
        leave(staff, inside, now=at(66), scan_id=scan_id)


def test_late_money_does_not_change_the_answer_to_the_scan(
    driver: User, staff: User, inside: ParkingSession, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    waiting = pay_ahead(driver, inside, at(66))
    first = leave(staff, inside, now=at(67), tendered="100", scan_id="gate2-1")
    gateway.decide(GatewayState.COMPLETED)
    settling.collect(order=waiting, now=at(68))
    again = leave(staff, inside, now=at(69), tendered="100", scan_id="gate2-1")
    assert (first.change, first.order) == (Decimal(50), None)
    assert (again.change, again.order) == (Decimal(50), None)
    assert_books_agree()


# --- Online --------------------------------------------------------------------------------------------


def test_a_waiting_exit_is_looked_at_anew_by_the_same_scan(
    staff: User, inside: ParkingSession, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    first = leave(staff, inside, "ONLINE", at(66), scan_id="gate2-1")
    assert first.order and (first.session.status, first.order.status, first.order.amount) == (
        "ACTIVE",
        "PENDING",
        Decimal(50),
    )
    again = leave(staff, inside, "ONLINE", at(67), scan_id="gate2-1")
    assert (again.session.status, again.order) == ("ACTIVE", first.order)
    gateway.decide(GatewayState.COMPLETED)
    done = leave(staff, inside, "ONLINE", at(76), scan_id="gate2-1")
    assert (done.session.status, done.session.bill.total, done.session.exit_time) == ("COMPLETED", Decimal(100), at(76))
    with nothing_changes():
        final = leave(staff, inside, "ONLINE", at(80), scan_id="gate2-1")
    assert (final.session.status, final.order) == ("COMPLETED", first.order)
    assert gateway.calls == ["create_order", "fetch_order", "fetch_order"]
    assert_books_agree()


def test_the_gateway_s_own_word_completes_a_waiting_exit(
    staff: User, inside: ParkingSession, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    leave(staff, inside, "ONLINE", at(66))
    gateway.decide(GatewayState.COMPLETED)
    assert settling.follow_open_orders(now=at(70)) == 1
    session = reloaded(inside)
    assert (session.status, session.end_reason, session.payment_method) == ("COMPLETED", "EXIT", "ONLINE")
    assert (session.exit_time, session.bill.charged) == (at(70), Decimal(50))
    assert ParkingSlot.objects.get(pk=session.slot_id).status == "FREE"
    assert_books_agree()


def test_a_waiting_exit_charges_the_quote_that_it_followed(
    staff: User, inside: ParkingSession, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    quote(staff, inside, at(125))
    waiting = leave(staff, inside, "ONLINE", at(134))
    assert waiting.order and waiting.order.amount == Decimal(50)
    gateway.decide(GatewayState.COMPLETED)
    done = leave(staff, inside, "ONLINE", at(140))
    assert (done.session.status, done.session.bill.total) == ("COMPLETED", Decimal(100))


def test_a_waiting_exit_thaws_and_asks_for_more(staff: User, inside: ParkingSession, gateway: FakeGateway) -> None:
    gateway.outcome = GatewayState.PENDING
    first = leave(staff, inside, "ONLINE", at(66), scan_id="1")
    again = leave(staff, inside, "ONLINE", at(126), scan_id="1")
    assert again.order and again.order != first.order
    assert again.order.amount == Decimal(100)
    assert [order.status for order in PaymentOrder.objects.order_by("pk")] == ["COMPLETED", "EXPIRED", "PENDING"]
    assert_books_agree()


def test_money_that_comes_after_the_thaw_counts_and_the_difference_is_due(
    staff: User, inside: ParkingSession, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    leave(staff, inside, "ONLINE", at(66))
    gateway.decide(GatewayState.COMPLETED)
    settling.follow_open_orders(now=at(130))
    session = reloaded(inside)
    assert (session.status, session.amount_paid) == ("ACTIVE", Decimal(100))
    left = leave(staff, inside, now=at(130))
    assert (left.session.bill.total, left.session.bill.charged) == (Decimal(150), Decimal(50))
    assert_books_agree()


def test_a_declined_exit_keeps_the_car_in_and_may_be_tried_again(
    staff: User, inside: ParkingSession, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.FAILED
    with pytest.raises(Refused, match="Payment issue, retry") as refusal:
        leave(staff, inside, "ONLINE", at(66), scan_id="1")
    assert refusal.value.code == "payment_failed"
    session = reloaded(inside)
    assert (session.status, session.bill.captured) == ("ACTIVE", Decimal(50))
    assert_books_agree()
    gateway.outcome = GatewayState.COMPLETED
    done = leave(staff, inside, "ONLINE", at(67), scan_id="1")
    assert (done.session.status, done.session.bill.captured) == ("COMPLETED", Decimal(100))
    assert_books_agree()


def test_after_a_declined_payment_cash_will_do(staff: User, inside: ParkingSession, gateway: FakeGateway) -> None:
    gateway.outcome = GatewayState.FAILED
    with pytest.raises(Refused):
        leave(staff, inside, "ONLINE", at(66))
    left = leave(staff, inside, "CASH", at(67))
    assert (left.session.payment_method, left.session.bill.charged) == ("CASH", Decimal(50))
    assert_books_agree()


def test_an_online_exit_with_nothing_due_asks_for_nothing(
    staff: User, inside: ParkingSession, gateway: FakeGateway
) -> None:
    left = leave(staff, inside, "ONLINE", at(10))
    assert (left.session.status, left.order, left.session.bill.charged) == ("COMPLETED", None, Decimal(0))
    assert gateway.orders == {}


def test_a_waiting_exit_of_a_walk_in_asks_for_all_of_it(staff: User, zone: ParkingZone, gateway: FakeGateway) -> None:
    gateway.outcome = GatewayState.PENDING
    session = enter(staff, take_ticket(zone, now=START), START)
    waiting = leave(staff, session, "ONLINE", at(126))
    assert waiting.order and (waiting.order.amount, waiting.session.payment_status) == (Decimal(150), "PENDING")
    assert_books_agree()


# --- Paying ahead ----------------------------------------------------------------------------------------


def test_paying_ahead_raises_what_is_paid_and_frees_nothing(driver: User, inside: ParkingSession) -> None:
    order = pay_ahead(driver, inside, at(66))
    stay = reloaded(inside)
    assert (order.status, stay.status, stay.amount_paid) == ("COMPLETED", "ACTIVE", Decimal(100))
    assert ParkingSlot.objects.get(pk=inside.slot_id).status == "OCCUPIED"
    assert_books_agree()


def test_paying_ahead_is_refused_before_entry_after_the_end_and_with_nothing_due(
    driver: User, staff: User, zone: ParkingZone
) -> None:
    session = book(driver, zone, now=START)
    with refused("nothing_due"):
        pay_ahead(driver, session, START)
    enter(staff, session, START)
    with refused("nothing_due"):
        pay_ahead(driver, session, at(10))
    pay_ahead(driver, session, at(66))
    with refused("nothing_due"):
        pay_ahead(driver, session, at(80))
    leave(staff, session, now=at(80))
    with refused("nothing_due"):
        pay_ahead(driver, session, at(81))


def test_nobody_pays_ahead_for_somebody_else(staff: User, admin: User, inside: ParkingSession) -> None:
    stranger = User.objects.create(username="stranger", role="USER", date_joined=START)
    with refused("session_not_found"):
        pay_ahead(stranger, inside, at(66))
    assert pay_ahead(staff, inside, at(66)).status == "COMPLETED"
    assert reloaded(inside).amount_paid == Decimal(100)


def test_a_payment_ahead_that_waits_is_not_asked_for_twice(
    driver: User, inside: ParkingSession, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    first = pay_ahead(driver, inside, at(66))
    assert pay_ahead(driver, inside, at(67)) == first
    gateway.decide(GatewayState.COMPLETED)
    assert pay_ahead(driver, inside, at(70)) == first
    bill = reloaded(inside).bill
    assert (bill.paid, bill.frozen_until) == (Decimal(100), at(85))
    assert_books_agree()


def test_a_payment_ahead_given_up_for_an_exit_is_not_kept_twice(
    driver: User, staff: User, inside: ParkingSession, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    ahead = pay_ahead(driver, inside, at(66))
    leaving = leave(staff, inside, "ONLINE", at(67)).order
    assert leaving and ahead != leaving
    gateway.decide(GatewayState.COMPLETED)
    settling.collect(order=ahead, now=at(68))
    done = settling.collect(order=leaving, now=at(69))
    assert (done.status, done.bill.captured, done.bill.refunded, done.bill.total) == (
        "COMPLETED",
        Decimal(150),
        Decimal(50),
        Decimal(100),
    )
    assert Refund.objects.get().status == "COMPLETED"
    assert_books_agree()
