"""Money beside an order's amount at both gateways: a fee that the payer bears, a second payment, too low a balance."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from parking.accounts.models import User
from parking.checkout import refunding
from parking.core import clock
from parking.core.sites import ALL_SITES
from parking.facilities.models import ParkingZone
from parking.payments.models import Payment, Refund
from parking.reports.alerts import AlertCode, alerts
from parking.reports.payments import MoneyFilter, totals_by_method
from parking.reports.periods import ClosedPeriod
from parking.reports.reconciliation import reconcile
from tests.build import actor, cancel, reloaded
from tests.gateways.standin import Standin
from tests.invariants import nothing_changes
from tests.moments import START, at
from tests.payments.world import BRAND, Mail, assert_books_agree_with, book, follow, order_of

pytestmark = pytest.mark.django_db


def differences(code: str, standin: Standin) -> int:
    """What the reconciliation finds at the days from START to those of the stand-in's own clock, which runs on."""
    there = datetime.fromtimestamp(standin.control("clock", advance=0)["now"], tz=UTC)
    first, last = sorted([START, there])
    period = ClosedPeriod(first.date() - timedelta(days=1), last.date() + timedelta(days=1))
    return reconcile(gateway=code, period=period, sites=ALL_SITES, now=clock.now() + timedelta(days=1)).differences


def shown_alerts() -> dict[str, int]:
    return {alert.code: alert.count for alert in alerts(sites=ALL_SITES, now=at(10)) if alert.count}


# --- A fee that the payer bears --------------------------------------------------------------------------


def test_an_order_paid_with_the_customers_fee_on_top_is_paid(
    driver: User, zone: ParkingZone, standin: Standin, mail: Mail, code: str
) -> None:
    standin.switch(BRAND[code], customer_fee=True)
    session = book(driver, zone, code).session
    standin.pay(order_of(session).order_id)
    assert [row["amount"] for row in standin.books()["payments"]] == [5118]
    mail.hand_over()
    payment = Payment.objects.get()
    assert (order_of(session).status, payment.amount, payment.customer_fee) == (
        "COMPLETED",
        Decimal("50.00"),
        Decimal("1.18"),
    )
    assert reloaded(session).bill.captured == Decimal("50.00")
    cancel(driver, session, at(1))
    follow(at(2))
    assert [row["amount"] for row in standin.books()["refunds"]] == [5000]
    assert_books_agree_with(standin)


def test_reports_and_reconciliation_keep_the_fee_apart(
    driver: User, zone: ParkingZone, standin: Standin, code: str, clock_stands: object
) -> None:
    standin.switch(BRAND[code], pays_at_once=True, customer_fee=True)
    book(driver, zone, code)
    follow(at(0.5))
    assert totals_by_method(MoneyFilter(sites=ALL_SITES))["ONLINE"].captured == Decimal("50.00")
    assert differences(code, standin) == 0


def test_another_amount_on_top_is_for_a_person(driver: User, zone: ParkingZone, standin: Standin, code: str) -> None:
    session = book(driver, zone, code).session
    standin.pay(order_of(session).order_id, amount=5119)
    follow(at(0.5))
    assert (order_of(session).status, Payment.objects.count()) == ("REVIEW", 0)


# --- An order paid twice ---------------------------------------------------------------------------------


def test_an_order_paid_twice_is_in_both_books_and_goes_back_by_a_managers_word(
    *, driver: User, admin: User, zone: ParkingZone, standin: Standin, mail: Mail, code: str, clock_stands: object
) -> None:
    standin.switch(BRAND[code], double_payment=True, webhook_duplicate=True)
    session = book(driver, zone, code).session
    standin.pay(order_of(session).order_id)
    mail.hand_over()
    with nothing_changes():
        mail.hand_over(mail.arrived())
        follow(at(600))
    assert shown_alerts() == {"PAID_TWICE": 1}
    assert {row.reference for row in Payment.objects.all()} == {row["id"] for row in standin.books()["payments"]}
    assert reloaded(session).bill.paid == Decimal("50.00")
    refunding.send_second_back(actor=actor(admin), refund_id=Refund.objects.get().pk, now=at(601))
    follow(at(602))
    assert (Refund.objects.get().status, shown_alerts()) == ("COMPLETED", {})
    assert_books_agree_with(standin)
    assert differences(code, standin) == 0


def test_a_second_payment_of_a_paid_order_is_told_by_its_webhook(
    driver: User, zone: ParkingZone, standin: Standin, mail: Mail, code: str
) -> None:
    session = book(driver, zone, code).session
    number = order_of(session).order_id
    standin.pay(number)
    mail.hand_over()
    standin.control(f"orders/{number}/pay-again")
    mail.hand_over()
    assert (Payment.objects.count(), Refund.objects.get().payment.second_of) == (2, order_of(session))
    assert_books_agree_with(standin)


# --- Too low a balance -----------------------------------------------------------------------------------


def test_a_refund_without_balance_waits_for_it_and_uses_up_no_attempt(
    driver: User, zone: ParkingZone, standin: Standin, code: str
) -> None:
    standin.switch(BRAND[code], pays_at_once=True, refund_no_balance=True)
    session = book(driver, zone, code).session
    follow(at(0.5))
    cancel(driver, session, at(1))
    now = at(2)
    for _ in range(8):
        follow(now)
        refund = Refund.objects.get()
        assert (refund.status, refund.lacks_balance) == ("FAILED", True)
        assert shown_alerts() == {AlertCode.REFUNDS_WITHOUT_BALANCE: 1}
        assert refund.next_try_at is not None
        with nothing_changes():
            follow(refund.next_try_at - timedelta(seconds=1))
        now = refund.next_try_at
        follow(now)
        now += timedelta(seconds=30)
    # Then one that fails for another reason: the first of five attempts.
    standin.switch(BRAND[code], refund_no_balance=False, refund_waits=True)
    follow(now)
    now = Refund.objects.get().next_try_at or now
    follow(now)
    standin.fail_refund(Refund.objects.get().attempt_id)
    follow(now + timedelta(seconds=30))
    refund = Refund.objects.get()
    assert (refund.status, refund.lacks_balance, refund.attempt - refund.unfunded_tries) == ("FAILED", False, 1)
    assert refund.next_try_at == now + timedelta(seconds=90)
    standin.switch(BRAND[code], refund_waits=False)
    follow(refund.next_try_at)
    follow(refund.next_try_at + timedelta(seconds=30))
    assert (Refund.objects.get().status, shown_alerts()) == ("COMPLETED", {})
    assert_books_agree_with(standin)
