"""What a gateway says, once, twice, late, wrong or never, and what it does to stay and books."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from parking.accounts.models import User
from parking.checkout import booking, expiring, settling
from parking.core.errors import Refused
from parking.facilities.models import ParkingZone
from parking.payments.gateways.base import GatewayState, OrderAnswer
from parking.payments.models import Debt, Payment, PaymentOrder, Refund
from parking.stays.models import ParkingSession
from tests.build import book, cancel, enter, leave, pay_ahead, quote, reloaded, terminate
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree, nothing_changes, refused
from tests.moments import START, at

pytestmark = pytest.mark.django_db


def answer(order: PaymentOrder, state: GatewayState = GatewayState.COMPLETED, **changes: Any) -> OrderAnswer:
    """What a gateway says of an order."""
    right = OrderAnswer(
        order_id=order.order_id, state=state, amount=int(order.amount * 100), reference=f"PAY-{order.order_id}"
    )
    return replace(right, **changes)


def settle(
    order: PaymentOrder, now: datetime, state: GatewayState = GatewayState.COMPLETED, **changes: Any
) -> ParkingSession:
    """News of an order that the gateway brings by itself, to a process that reads the order afresh."""
    fresh = PaymentOrder.objects.get(pk=order.pk)
    stay: ParkingSession = settling.settle(order=fresh, answer=answer(fresh, state, **changes), now=now)
    return stay


@pytest.fixture
def booked(gateway: FakeGateway, driver: User, zone: ParkingZone) -> ParkingSession:
    """Booked at START, its fee still on its way."""
    gateway.outcome = GatewayState.PENDING
    return book(driver, zone, now=START)


@pytest.fixture
def fee(booked: ParkingSession) -> PaymentOrder:
    return PaymentOrder.objects.get(bill=booked.bill, purpose="FEE")


@pytest.fixture
def leaving(booked: ParkingSession, fee: PaymentOrder, staff: User) -> PaymentOrder:
    """The order of an ONLINE exit at 66 minutes that waits for its ₹50."""
    settle(fee, START)
    enter(staff, booked, START)
    order = leave(staff, booked, "ONLINE", at(66)).order
    assert order is not None
    return order


# --- Once, however often -------------------------------------------------------------------------------


def test_the_same_news_twice_is_one_payment(fee: PaymentOrder) -> None:
    settle(fee, at(1))
    with nothing_changes():
        settle(fee, at(2))
    assert Payment.objects.get().captured_at == at(1)
    assert_books_agree()


def test_an_exit_settled_twice_ends_once(leaving: PaymentOrder) -> None:
    first = settle(leaving, at(67))
    with nothing_changes():
        second = settle(leaving, at(68))
    assert (first.exit_time, second.exit_time) == (at(67), at(67))
    assert_books_agree()


@pytest.mark.parametrize("news", [GatewayState.FAILED, GatewayState.PENDING])
def test_paid_never_becomes_anything_else(leaving: PaymentOrder, news: GatewayState) -> None:
    settle(leaving, at(67))
    with nothing_changes():
        order = PaymentOrder.objects.get(pk=leaving.pk)
        settling.settle(order=order, answer=answer(order, news), now=at(68))
    assert order.status == "COMPLETED"


@pytest.mark.parametrize("news", [GatewayState.FAILED, GatewayState.PENDING])
def test_old_news_in_the_hand_of_a_slow_caller_does_not_hide_the_payment(
    leaving: PaymentOrder, news: GatewayState
) -> None:
    slow = PaymentOrder.objects.get(pk=leaving.pk)
    settle(leaving, at(67))
    session = settling.settle(order=slow, answer=answer(slow, news), now=at(68))
    assert (session.status, slow.status) == ("COMPLETED", "COMPLETED")


def test_pending_news_keeps_the_ways_to_pay(fee: PaymentOrder) -> None:
    settle(fee, at(1), GatewayState.PENDING, pay_url="https://pay.example/1", upi_link="upi://pay?tr=1")
    fee.refresh_from_db()
    assert (fee.status, fee.pay_url, fee.upi_link) == ("PENDING", "https://pay.example/1", "upi://pay?tr=1")


# --- Failed first, completed after -----------------------------------------------------------------------


def test_a_fee_that_failed_and_was_paid_after_all_goes_back(booked: ParkingSession, fee: PaymentOrder) -> None:
    assert settle(fee, at(1), GatewayState.FAILED).status == "BOOKED"
    expiring.expire_unpaid_holds(now=at(11))
    session = settle(fee, at(12))
    assert (session.status, session.payment_status) == ("EXPIRED", "REFUNDED")
    assert (session.bill.captured, session.bill.refunded, session.bill.total) == (50, 50, 0)
    with nothing_changes():
        settle(fee, at(13))
    assert Refund.objects.get().reason == "Paid after the stay had ended"
    assert_books_agree()


def test_an_exit_that_failed_and_was_paid_after_all_counts_at_the_next_scan(
    leaving: PaymentOrder, staff: User, booked: ParkingSession
) -> None:
    settle(leaving, at(67), GatewayState.FAILED)
    session = settle(leaving, at(68))
    assert (session.status, session.amount_paid) == ("ACTIVE", Decimal(100))
    left = leave(staff, booked, "CASH", at(69))
    assert (left.session.bill.total, left.session.bill.charged) == (Decimal(100), Decimal(0))
    assert_books_agree()


# --- Money that comes after the end goes back once ---------------------------------------------------------


def _cancel(driver: User, booked: ParkingSession) -> None:
    cancel(driver, booked, at(1))


def _expire(driver: User, booked: ParkingSession) -> None:
    assert expiring.expire_unpaid_holds(now=at(11)) == 1


@pytest.mark.parametrize(("end", "status"), [(_cancel, "CANCELLED"), (_expire, "EXPIRED")])
def test_a_fee_that_comes_after_the_end_goes_back_once(
    driver: User, booked: ParkingSession, fee: PaymentOrder, end: object, status: str
) -> None:
    assert callable(end)
    end(driver, booked)
    assert reloaded(booked).payment_status == "PENDING"
    settle(fee, at(12))
    with nothing_changes():
        settle(fee, at(13))
    session = reloaded(booked)
    assert (session.status, session.payment_status, session.amount_paid) == (status, "REFUNDED", Decimal(0))
    assert Refund.objects.get().amount == Decimal(50)
    assert_books_agree()


@pytest.mark.parametrize("replaced_by", ["exit", "termination"])
def test_online_money_that_comes_after_cash_goes_back_once(
    staff: User, booked: ParkingSession, leaving: PaymentOrder, replaced_by: str
) -> None:
    if replaced_by == "exit":
        leave(staff, booked, "CASH", at(67))
    else:
        terminate(staff, booked, "CASH", at(67))
    settle(leaving, at(68))
    with nothing_changes():
        settle(leaving, at(69))
    session = reloaded(booked)
    assert (session.payment_status, session.amount_paid) == ("PAID", Decimal(100))
    assert (session.bill.charged, session.bill.captured, session.bill.refunded) == (50, 150, 50)
    assert_books_agree()


def test_money_that_comes_after_a_debt_was_made_goes_back_and_the_debt_stays(
    staff: User, booked: ParkingSession, leaving: PaymentOrder
) -> None:
    terminate(staff, booked, "NONE", at(67))
    settle(leaving, at(68))
    assert (reloaded(booked).payment_status, Debt.objects.get().amount) == ("PARTIAL", Decimal(50))
    assert_books_agree()


def test_money_ahead_that_comes_after_the_exit_goes_back(
    driver: User, staff: User, booked: ParkingSession, fee: PaymentOrder
) -> None:
    settle(fee, START)
    enter(staff, booked, START)
    ahead = pay_ahead(driver, booked, at(66))
    leave(staff, booked, "CASH", at(67))
    settle(ahead, at(68))
    assert (reloaded(booked).amount_paid, Refund.objects.get().payment.order) == (Decimal(100), ahead)
    assert_books_agree()


# --- What does not fit goes to a person ------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong", [{"amount": 4999}, {"amount": 5001}, {"currency": "USD"}, {"order_id": "PK-00000000000000000000"}]
)
def test_an_answer_that_does_not_fit_goes_to_review_and_takes_nothing(
    booked: ParkingSession, fee: PaymentOrder, wrong: dict[str, Any]
) -> None:
    session = settle(fee, at(1), **wrong)
    fee.refresh_from_db()
    assert (fee.status, session.status, session.bill.captured) == ("REVIEW", "BOOKED", Decimal(0))
    assert not Payment.objects.exists()
    assert_books_agree()


def test_an_order_under_review_is_not_completed_by_machine(fee: PaymentOrder) -> None:
    settle(fee, at(1), amount=1)
    with nothing_changes():
        order = PaymentOrder.objects.get(pk=fee.pk)
        settling.settle(order=order, answer=answer(order), now=at(2))
    assert order.status == "REVIEW"
    assert_books_agree()


def test_a_paid_order_does_not_go_to_review(leaving: PaymentOrder) -> None:
    settle(leaving, at(67))
    with nothing_changes():
        settle(leaving, at(68), amount=1)


def test_an_exit_under_review_may_be_paid_in_cash(staff: User, booked: ParkingSession, leaving: PaymentOrder) -> None:
    settle(leaving, at(67), amount=1)
    assert leave(staff, booked, "CASH", at(68)).session.status == "COMPLETED"
    assert_books_agree()


# --- Only what was asked for opens the gate ------------------------------------------------------------------


def test_money_ahead_opens_no_gate(driver: User, staff: User, booked: ParkingSession, fee: PaymentOrder) -> None:
    settle(fee, START)
    enter(staff, booked, START)
    ahead = pay_ahead(driver, booked, at(66))
    session = settle(ahead, at(70))
    assert (session.status, session.bill.frozen_until) == ("ACTIVE", at(85))
    assert_books_agree()


def test_money_ahead_that_comes_after_the_thaw_covers_nothing(
    driver: User, staff: User, booked: ParkingSession, fee: PaymentOrder
) -> None:
    settle(fee, START)
    enter(staff, booked, START)
    ahead = pay_ahead(driver, booked, at(66))
    settle(ahead, at(77))
    left = leave(staff, booked, "CASH", at(126))
    assert (left.session.bill.total, left.session.bill.charged) == (Decimal(150), Decimal(50))


def test_a_fee_that_comes_does_not_freeze_anything(booked: ParkingSession, fee: PaymentOrder) -> None:
    assert settle(fee, at(9)).bill.frozen_until is None


def test_an_order_given_up_by_a_new_quote_opens_no_gate_when_its_money_comes(
    staff: User, booked: ParkingSession, leaving: PaymentOrder
) -> None:
    quote(staff, booked, at(77))
    session = settle(leaving, at(78))
    assert (session.status, session.amount_paid) == ("ACTIVE", Decimal(100))
    assert_books_agree()


# --- Refunds are followed until they are done ---------------------------------------------------------------


def test_a_refund_that_waits_is_followed_until_it_is_done(
    driver: User, booked: ParkingSession, fee: PaymentOrder, gateway: FakeGateway
) -> None:
    settle(fee, START)
    cancelled = cancel(driver, booked, at(1))
    assert [refund.status for refund in cancelled.refunds] == ["PENDING"]
    assert reloaded(booked).payment_status == "REFUNDED"
    assert settling.follow_open_refunds(now=at(1) + timedelta(seconds=19)) == 0
    gateway.decide(GatewayState.COMPLETED)
    assert settling.follow_open_refunds(now=at(2)) == 1
    refund = Refund.objects.get()
    assert (refund.status, refund.completed_at) == ("COMPLETED", at(2))
    with nothing_changes():
        assert settling.follow_open_refunds(now=at(9)) == 0
    assert_books_agree()


def test_a_refund_that_the_gateway_refuses_stays_owed(
    driver: User, booked: ParkingSession, fee: PaymentOrder, gateway: FakeGateway
) -> None:
    settle(fee, START)
    gateway.outcome = GatewayState.FAILED
    cancel(driver, booked, at(1))
    refund = Refund.objects.get()
    assert (refund.status, refund.completed_at, reloaded(booked).amount_paid) == ("FAILED", None, Decimal(0))
    assert_books_agree()


# --- The money of a session, for every end reason ---------------------------------------------------------------


def test_payment_status_from_booking_to_exit(
    driver: User, staff: User, booked: ParkingSession, fee: PaymentOrder
) -> None:
    seen = [reloaded(booked).payment_status]
    seen.append(settle(fee, START).payment_status)
    seen.append(enter(staff, booked, START).payment_status)
    seen.append(quote(staff, booked, at(66)).payment_status)
    seen.append(leave(staff, booked, "CASH", at(66)).session.payment_status)
    assert seen == ["PENDING", "PARTIAL", "PARTIAL", "PARTIAL", "PAID"]


def test_a_refusal_after_the_end_leaves_the_status(driver: User, booked: ParkingSession, fee: PaymentOrder) -> None:
    settle(fee, START)
    cancel(driver, booked, at(6))
    with refused("not_cancellable"):
        cancel(driver, booked, at(7))
    assert reloaded(booked).payment_status == "PAID"


def test_a_fee_declined_on_the_gateway_s_page_keeps_the_slot_until_the_deadline(
    booked: ParkingSession, fee: PaymentOrder
) -> None:
    session = settle(fee, at(1), GatewayState.FAILED)
    assert (session.status, session.payment_status) == ("BOOKED", "PENDING")
    resumed = booking.resume_booking(subject=str(booked.uuid), now=at(2))
    assert resumed.order is not None
    assert (resumed.session.status, resumed.order.status) == ("BOOKED", "FAILED")
    expiring.expire_unpaid_holds(now=at(11))
    assert reloaded(booked).end_reason == "UNPAID"
    assert_books_agree()


def test_a_fee_declined_in_answer_to_the_booking_frees_the_slot(booked: ParkingSession, fee: PaymentOrder) -> None:
    PaymentOrder.objects.update(status="INITIATED", gateway_order_id="", pay_url="", upi_link="")
    session = settle(PaymentOrder.objects.get(), at(1), GatewayState.FAILED)
    assert (session.status, session.end_reason, session.payment_status) == ("EXPIRED", "UNPAID", "PENDING")
    with pytest.raises(Refused, match="Payment issue, retry"):
        booking.resume_booking(subject=str(booked.uuid), now=at(2))
    assert_books_agree()
