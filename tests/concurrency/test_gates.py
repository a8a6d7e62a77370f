"""One winner at the gates, and no rupee twice, whatever meets whatever."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest

from parking.accounts.models import User
from parking.checkout import expiring
from parking.checkout import settling as settling_service
from parking.checkout.leaving import Left
from parking.facilities.models import ParkingZone
from parking.payments.gateways.base import GatewayState
from parking.payments.models import Debt, Payment, PaymentOrder, Refund
from parking.stays.models import GateScan, ParkingSession
from tests.build import book, cancel, enter, leave, pay_ahead, quote, reloaded, take_ticket, terminate
from tests.concurrency.together import at_once, tally
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree

pytestmark = pytest.mark.django_db(transaction=True)

START = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


@pytest.fixture
def booked(driver: User, zone: ParkingZone) -> ParkingSession:
    return book(driver, zone, now=START)


@pytest.fixture
def inside(staff: User, booked: ParkingSession) -> ParkingSession:
    return enter(staff, booked, START)


# --- The same at once ----------------------------------------------------------------------------------


def test_twenty_entry_scans_at_once_are_one_entry(staff: User, booked: ParkingSession) -> None:
    answers = at_once([partial(enter, staff, booked, at(1))] * 20)
    assert tally(answers) == {"ok": 1, "already_entered": 19}
    assert_books_agree()


def test_one_entry_scan_sent_twenty_times_at_once_gets_one_answer(staff: User, booked: ParkingSession) -> None:
    scans = [partial(enter, staff, booked, at(number / 10), scan_id="gate1-1") for number in range(20)]
    answers = at_once(scans)
    assert tally(answers) == {"ok": 20}
    assert len({answer.entry_time for answer in answers if isinstance(answer, ParkingSession)}) == 1
    assert GateScan.objects.count() == 1
    assert_books_agree()


@pytest.mark.parametrize("method", ["CASH", "ONLINE"])
def test_twenty_exit_scans_at_once_are_one_payment(staff: User, inside: ParkingSession, method: str) -> None:
    answers = at_once([partial(leave, staff, inside, method, at(66))] * 20)
    assert set(tally(answers)) <= {"ok", "already_exited"}
    if method == "CASH":
        assert tally(answers) == {"ok": 1, "already_exited": 19}
    payments = Payment.objects.filter(bill=inside.bill, amount=Decimal(50), method=method)
    assert payments.count() == (1 if method == "CASH" else 2)  # online, the fee was one too
    assert reloaded(inside).bill.captured == Decimal(100)
    assert_books_agree()


@pytest.mark.parametrize("method", ["CASH", "ONLINE"])
def test_one_exit_scan_sent_twenty_times_at_once_gets_one_answer(
    staff: User, inside: ParkingSession, method: str
) -> None:
    scan = partial(leave, staff, inside, method, at(66), tendered="100", scan_id="gate2-1")
    answers = at_once([scan] * 20)
    assert tally(answers) == {"ok": 20}
    given = {
        (answer.session.status, answer.session.exit_time, answer.session.bill.charged, answer.change, answer.order)
        for answer in answers
        if isinstance(answer, Left)
    }
    assert len(given) == 1
    assert Payment.objects.filter(bill=inside.bill).count() == 2
    assert_books_agree()


def test_ten_cancellations_at_once_are_one_refund(driver: User, booked: ParkingSession) -> None:
    answers = at_once([partial(cancel, driver, booked, at(1))] * 10)
    assert tally(answers) == {"ok": 1, "not_cancellable": 9}
    assert (Refund.objects.count(), reloaded(booked).bill.refunded) == (1, Decimal(50))
    assert_books_agree()


def test_ten_terminations_at_once_are_one_debt(staff: User, inside: ParkingSession) -> None:
    answers = at_once([partial(terminate, staff, inside, "NONE", at(66))] * 10)
    assert tally(answers) == {"ok": 1, "not_active": 9}
    assert Debt.objects.get().amount == Decimal(50)
    assert_books_agree()


def test_ten_payments_ahead_at_once_are_one(driver: User, inside: ParkingSession) -> None:
    answers = at_once([partial(pay_ahead, driver, inside, at(66))] * 10)
    assert set(tally(answers)) <= {"ok", "nothing_due"}
    assert (Payment.objects.count(), reloaded(inside).amount_paid) == (2, Decimal(100))
    assert_books_agree()


def test_the_same_news_ten_times_at_once_is_one_payment(driver: User, zone: ParkingZone, gateway: FakeGateway) -> None:
    gateway.outcome = GatewayState.PENDING
    session = book(driver, zone, now=START)
    order = PaymentOrder.objects.get()
    said = replace(gateway.orders[order.order_id], state=GatewayState.COMPLETED)

    def tell() -> object:
        return settling_service.settle(order=PaymentOrder.objects.get(), answer=said, now=at(1))

    assert tally(at_once([tell] * 10)) == {"ok": 10}
    assert (Payment.objects.count(), reloaded(session).amount_paid) == (1, Decimal(50))
    assert_books_agree()


def test_several_workers_at_once_follow_each_order_to_one_payment(
    driver: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    for _ in range(3):
        book(driver, zone, now=START)
    gateway.decide(GatewayState.COMPLETED)
    at_once([partial(settling_service.follow_open_orders, now=at(1))] * 4)
    assert Payment.objects.count() == 3
    # Each order was asked after by one of them.
    assert gateway.calls.count("fetch_order") == 3
    assert_books_agree()


# --- Two that cannot both be, several times over --------------------------------------------------------

ROUNDS = 5


def refunds_of(session: ParkingSession) -> int:
    return Refund.objects.filter(payment__bill=session.bill).count()


def test_cancelling_against_entering_has_one_winner(driver: User, staff: User, zone: ParkingZone) -> None:
    for _ in range(ROUNDS):
        session = book(driver, zone, now=START)
        answers = at_once([partial(cancel, driver, session, at(1)), partial(enter, staff, session, at(1))])
        assert (reloaded(session).status, tally(answers), refunds_of(session)) in [
            ("CANCELLED", {"ok": 1, "booking_cancelled": 1}, 1),
            ("ACTIVE", {"ok": 1, "already_entered": 1}, 0),
        ]
    assert_books_agree()


@pytest.mark.parametrize("walk_in", [False, True])
def test_expiry_against_entering_has_one_winner(driver: User, staff: User, zone: ParkingZone, walk_in: bool) -> None:
    late = at(30) + timedelta(seconds=1)
    for _ in range(ROUNDS):
        session = take_ticket(zone, now=START) if walk_in else book(driver, zone, now=START)
        answers = at_once([partial(expiring.expire_no_shows, now=late), partial(enter, staff, session, at(30))])
        assert (reloaded(session).status, answers[0], tally(answers[1:])) in [
            ("EXPIRED", 1, {"booking_expired": 1}),
            ("ACTIVE", 0, {"ok": 1}),
        ]
    assert_books_agree()


def test_a_quote_against_the_exit_shows_the_bill_or_that_it_is_over(
    driver: User, staff: User, zone: ParkingZone
) -> None:
    for _ in range(ROUNDS):
        inside = enter(staff, book(driver, zone, now=START), START)
        answers = at_once([partial(quote, staff, inside, at(65)), partial(leave, staff, inside, "CASH", at(66))])
        session = reloaded(inside)
        assert (tally(answers), session.status, session.bill.total) in [
            ({"ok": 2}, "COMPLETED", Decimal(50)),  # the quote was first, and was charged
            ({"ok": 1, "already_exited": 1}, "COMPLETED", Decimal(100)),
        ]
    assert_books_agree()


def test_an_exit_against_a_termination_has_one_winner(driver: User, staff: User, zone: ParkingZone) -> None:
    for _ in range(ROUNDS):
        inside = enter(staff, book(driver, zone, now=START), START)
        leaving, ending = (
            partial(leave, staff, inside, "CASH", at(66)),
            partial(terminate, staff, inside, "NONE", at(66)),
        )
        answers = at_once([leaving, ending])
        owing = Debt.objects.filter(bill=inside.bill).count()
        assert (tally(answers), reloaded(inside).end_reason, owing) in [
            ({"ok": 1, "not_active": 1}, "EXIT", 0),
            ({"ok": 1, "already_exited": 1}, "TERMINATED", 1),
        ]
    assert_books_agree()


def test_money_against_cash_is_not_kept_twice(
    driver: User, staff: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    for _ in range(ROUNDS):
        gateway.outcome = GatewayState.COMPLETED
        inside = enter(staff, book(driver, zone, now=START), START)
        gateway.outcome = GatewayState.PENDING
        leave(staff, inside, "ONLINE", at(66))
        gateway.decide(GatewayState.COMPLETED)
        answers = at_once(
            [partial(leave, staff, inside, "CASH", at(67)), partial(settling_service.follow_open_orders, now=at(67))]
        )
        session = reloaded(inside)
        assert (session.status, session.amount_paid) == ("COMPLETED", Decimal(100))
        assert (tally(answers), session.payment_method, refunds_of(session)) in [
            ({"ok": 1, "already_exited": 1}, "ONLINE", 0),
            ({"ok": 2}, "CASH", 1),  # the money came after the cash
            ({"ok": 2}, "CASH", 0),  # the worker found nothing to follow any more
        ]
    assert_books_agree()


def test_the_fee_against_cancelling_goes_back_once(driver: User, zone: ParkingZone, gateway: FakeGateway) -> None:
    for _ in range(ROUNDS):
        gateway.outcome = GatewayState.PENDING
        session = book(driver, zone, now=START)
        order = PaymentOrder.objects.get(bill=session.bill)
        said = replace(gateway.orders[order.order_id], state=GatewayState.COMPLETED)
        gateway.outcome = GatewayState.COMPLETED
        settling = partial(settling_service.settle, order=order, answer=said, now=at(1))
        at_once([partial(cancel, driver, session, at(1)), settling])
        session = reloaded(session)
        assert (session.status, session.payment_status) == ("CANCELLED", "REFUNDED")
        assert (session.bill.captured, refunds_of(session)) == (Decimal(50), 1)
    assert_books_agree()
