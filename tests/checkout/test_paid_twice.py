"""Money that comes a second time for what was paid: in the books with its way back, held or sent, once."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from pytest_django import Settings

from parking.accounts.models import User
from parking.audit.models import AuditEntry
from parking.checkout import paying, refunding, settling
from parking.core.ids import Ref
from parking.core.sites import ALL_SITES
from parking.facilities.models import ParkingZone
from parking.facilities.settings import change_settings
from parking.payments import orders
from parking.payments.gateways.base import FurtherPayment, GatewayState, OrderAnswer
from parking.payments.models import Payment, PaymentOrder, Refund
from parking.reports.alerts import Alert, AlertCode, alerts
from parking.stays.models import ParkingSession
from tests.build import actor, book, cancel, enter, leave, pay_ahead, reloaded
from tests.concurrency.together import at_once
from tests.gateway import FakeGateway, PowerCut
from tests.invariants import assert_books_agree, nothing_changes, refused
from tests.moments import START, at

pytestmark = pytest.mark.django_db

SECOND = FurtherPayment("pay_2", 5000)


def told(order: PaymentOrder, *also: FurtherPayment, **changes: Any) -> OrderAnswer:
    """What the gateway says of an order that was paid by `pay_<its key>` and by others."""
    right = OrderAnswer(order.order_id, GatewayState.COMPLETED, int(order.amount * 100), reference=f"pay_{order.pk}-1")
    return replace(right, also_paid=also, **changes)


def hear(order: PaymentOrder, now: datetime, *also: FurtherPayment, **changes: Any) -> None:
    fresh = PaymentOrder.objects.get(pk=order.pk)
    settling.settle(order=fresh, answer=told(fresh, *also, **changes), now=now)


def alert(code: AlertCode, now: datetime = START) -> Alert:
    (found,) = [one for one in alerts(sites=ALL_SITES, now=now) if one.code == code]
    return found


@pytest.fixture
def booked(gateway: FakeGateway, driver: User, zone: ParkingZone) -> ParkingSession:
    """Booked at START, its fee of ₹50 still on its way."""
    gateway.outcome = GatewayState.PENDING
    return book(driver, zone, now=START)


@pytest.fixture
def fee(booked: ParkingSession) -> PaymentOrder:
    return PaymentOrder.objects.get(bill=booked.bill)


# --- Two payments of one order ---------------------------------------------------------------------------


def test_a_second_payment_of_an_order_is_kept_with_its_held_refund(booked: ParkingSession, fee: PaymentOrder) -> None:
    hear(fee, at(1), SECOND)
    first, second = Payment.objects.order_by("pk")
    assert (first.order, first.second_of, second.order, second.second_of) == (fee, None, None, fee)
    assert (second.amount, second.reference, second.gateway) == (Decimal(50), "pay_2", "SIMULATED")
    refund = Refund.objects.get()
    assert (refund.payment, refund.amount, refund.paid_already, refund.is_held) == (second, Decimal(50), first, True)
    bill = reloaded(booked).bill
    assert (bill.captured, bill.refunded, bill.paid) == (Decimal(100), Decimal(50), Decimal(50))
    facts = AuditEntry.objects.get(action="order.paid_twice").facts
    assert (facts["first"], facts["reference"], facts["held"]) == (first.reference, "pay_2", True)
    assert_books_agree()


def test_it_is_an_alert_with_both_numbers_until_its_money_has_gone_back(
    booked: ParkingSession, fee: PaymentOrder, admin: User, gateway: FakeGateway
) -> None:
    hear(fee, at(1), SECOND)
    found = alert(AlertCode.PAID_TWICE, at(600))
    (row,) = found.rows
    assert (found.count, found.amount, row.number, row.first_number) == (1, Decimal(50), "pay_2", f"pay_{fee.pk}-1")
    assert alert(AlertCode.REFUNDS_STUCK, at(600)).count == 0
    refunding.send_second_back(actor=actor(admin), refund_id=row.pk, now=at(601))
    assert alert(AlertCode.PAID_TWICE, at(602)).count == 1
    gateway.decide(GatewayState.COMPLETED)
    settling.follow_open_refunds(now=at(603))
    assert alert(AlertCode.PAID_TWICE, at(604)).count == 0


def test_the_worker_does_not_send_what_is_held(fee: PaymentOrder, gateway: FakeGateway) -> None:
    hear(fee, at(1), SECOND)
    with nothing_changes():
        settling.follow_open_refunds(now=at(60 * 24))
    assert not gateway.refunds


@pytest.mark.parametrize("late", [False, True], ids=["told at once", "told later"])
def test_heard_again_it_is_one(fee: PaymentOrder, late: bool) -> None:
    if late:
        hear(fee, at(1))
    hear(fee, at(2), SECOND)
    with nothing_changes():
        hear(fee, at(3), SECOND)
        # The other way round: the gateway may list the second before the first.
        first = FurtherPayment(f"pay_{fee.pk}-1", 5000)
        hear(fee, at(4), first, reference="pay_2")
    assert (Payment.objects.count(), Refund.objects.count()) == (2, 1)
    assert_books_agree()


def test_another_number_alone_is_no_second_payment(fee: PaymentOrder) -> None:
    hear(fee, at(1))
    with nothing_changes():
        hear(fee, at(2), reference="pay_other")
        hear(fee, at(2), SECOND, reference="pay_other")


def test_a_fee_that_the_payer_bore_twice_is_never_given_back_by_us(fee: PaymentOrder) -> None:
    hear(fee, at(1), replace(SECOND, customer_fee=118), customer_fee=118)
    assert [row.customer_fee for row in Payment.objects.order_by("pk")] == [Decimal("1.18")] * 2
    assert Refund.objects.get().amount == Decimal(50)
    assert_books_agree()


def test_a_second_payment_of_a_cancelled_booking_goes_back_too(
    booked: ParkingSession, fee: PaymentOrder, driver: User
) -> None:
    hear(fee, at(1))
    cancel(driver, booked, at(2))
    hear(fee, at(3), SECOND)
    assert [(row.payment.reference, row.is_held) for row in Refund.objects.order_by("pk")] == [
        (f"pay_{fee.pk}-1", False),
        ("pay_2", True),
    ]
    assert_books_agree()


# --- Two orders of one bill ------------------------------------------------------------------------------


def asked_again(driver: User, session: ParkingSession, now: datetime) -> PaymentOrder:
    """The order that takes the place of one that is given up."""
    orders.give_up(bill=session.bill, now=now)
    return paying.start_payment(actor=actor(driver), session=Ref(pk=session.pk), gateway=None, now=now)


@pytest.mark.parametrize("swapped", [False, True], ids=["new order first", "old order first"])
def test_of_two_paid_orders_of_a_fee_the_second_payment_goes_back(
    booked: ParkingSession, fee: PaymentOrder, driver: User, swapped: bool
) -> None:
    other = asked_again(driver, booked, at(1))
    first, second = (fee, other) if swapped else (other, fee)
    hear(first, at(2))
    hear(second, at(3))
    refund = Refund.objects.get()
    assert (refund.payment.order, refund.is_held) == (second, True)
    assert (refund.paid_already and refund.paid_already.order) == first
    assert (reloaded(booked).status, reloaded(booked).amount_paid) == ("BOOKED", Decimal(50))
    assert_books_agree()


def test_of_two_paid_orders_ahead_the_second_payment_goes_back(
    booked: ParkingSession, fee: PaymentOrder, driver: User, staff: User
) -> None:
    hear(fee, START)
    enter(staff, booked, START)
    old = pay_ahead(driver, booked, at(66))
    new = asked_again(driver, booked, at(67))
    hear(new, at(68))
    hear(old, at(69))
    assert [row.payment.order for row in Refund.objects.all()] == [old]
    leave(staff, booked, "CASH", at(70))
    assert (reloaded(booked).bill.total, reloaded(booked).bill.paid) == (Decimal(100), Decimal(100))
    assert_books_agree()


def test_money_that_the_bill_still_needs_counts(
    booked: ParkingSession, fee: PaymentOrder, driver: User, staff: User
) -> None:
    """₹50 asked for after an hour and ₹100 after two: the later order's money is needed, and its excess goes back."""
    hear(fee, START)
    enter(staff, booked, START)
    old = pay_ahead(driver, booked, at(66))
    new = pay_ahead(driver, booked, at(126))
    assert (old.amount, new.amount) == (Decimal(50), Decimal(100))
    hear(old, at(127))
    hear(new, at(128))
    assert not Refund.objects.exists()
    leave(staff, booked, "CASH", at(129))
    assert [(row.amount, row.is_held) for row in Refund.objects.all()] == [(Decimal(50), False)]
    assert_books_agree()


def test_fee_and_payment_ahead_are_no_double_payment(
    booked: ParkingSession, fee: PaymentOrder, driver: User, staff: User
) -> None:
    hear(fee, START)
    enter(staff, booked, START)
    hear(pay_ahead(driver, booked, at(66)), at(67))
    assert not Refund.objects.exists()
    assert_books_agree()


# --- Sending back ----------------------------------------------------------------------------------------


def send_back(admin: User, now: datetime) -> Refund:
    return refunding.send_second_back(actor=actor(admin), refund_id=Refund.objects.get().pk, now=now)


def test_a_managers_word_sends_it_once(fee: PaymentOrder, admin: User, gateway: FakeGateway) -> None:
    hear(fee, at(1), SECOND)
    gateway.outcome = GatewayState.COMPLETED
    assert send_back(admin, at(2)).status == "COMPLETED"
    assert AuditEntry.objects.get(action="refund.released").actor_id == admin.pk
    with refused("refund_not_held"):
        send_back(admin, at(3))
    assert len(gateway.refunds) == 1
    assert_books_agree()


def test_with_the_setting_it_goes_back_by_itself(fee: PaymentOrder, gateway: FakeGateway, settings: Settings) -> None:
    settings.REFUND_SECOND_PAYMENT = True
    gateway.outcome = GatewayState.COMPLETED
    hear(fee, at(1), SECOND)
    assert [(row.status, row.is_held, row.payment.reference) for row in Refund.objects.all()] == [
        ("COMPLETED", False, "pay_2")
    ]
    assert_books_agree()


def test_a_site_may_decide_otherwise_than_the_installation(
    fee: PaymentOrder, gateway: FakeGateway, admin: User, booked: ParkingSession
) -> None:
    site_id = booked.bill.site_id
    change_settings(actor=actor(admin), site_id=site_id, values={"refund_second_payment": 1}, now=START)
    gateway.outcome = GatewayState.COMPLETED
    hear(fee, at(1), SECOND)
    assert Refund.objects.get().is_held is False


def test_a_process_that_dies_before_it_sends_leaves_it_to_the_worker(
    fee: PaymentOrder, gateway: FakeGateway, settings: Settings
) -> None:
    settings.REFUND_SECOND_PAYMENT = True
    gateway.outcome, gateway.power = GatewayState.COMPLETED, False
    with pytest.raises(PowerCut):
        hear(fee, at(1), SECOND)
    assert (Payment.objects.count(), Refund.objects.get().status) == (2, "INITIATED")
    assert_books_agree()
    gateway.power = True
    hear(fee, at(1.5), SECOND)
    settling.follow_open_refunds(now=at(2))
    assert (Refund.objects.get().status, len(gateway.refunds)) == ("COMPLETED", 1)
    assert_books_agree()


def test_a_process_that_dies_after_a_managers_word_leaves_it_to_the_worker(
    fee: PaymentOrder, admin: User, gateway: FakeGateway
) -> None:
    hear(fee, at(1), SECOND)
    gateway.outcome, gateway.power = GatewayState.COMPLETED, False
    with pytest.raises(PowerCut):
        send_back(admin, at(2))
    gateway.power = True
    settling.follow_open_refunds(now=at(2) + timedelta(seconds=30))
    assert (Refund.objects.get().status, len(gateway.refunds)) == ("COMPLETED", 1)
    assert_books_agree()


@pytest.mark.django_db(transaction=True)
def test_heard_at_the_same_moment_it_is_one(fee: PaymentOrder) -> None:
    at_once([partial(hear, fee, at(1), SECOND)] * 6)
    assert (Payment.objects.count(), Refund.objects.count()) == (2, 1)
    assert_books_agree()
