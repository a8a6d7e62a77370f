"""A stay from booking to exit, and the ways in which it ends otherwise."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from parking.accounts.models import User
from parking.audit.models import AuditEntry
from parking.checkout import cancelling, entering, expiring, settling, terminating
from parking.checkout.collecting import Collection
from parking.core import clock
from parking.core.errors import Refused
from parking.core.ids import Ref
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.payments.models import Debt, OrderStatus, Payment, PaymentOrder, Refund
from parking.stays.models import ParkingSession
from tests.build import actor, book, enter, leave, pay_ahead, reloaded

pytestmark = pytest.mark.django_db


def test_booking_claims_the_first_slot_and_captures_the_fee(driver: User, zone: ParkingZone) -> None:
    session = book(driver, zone)
    assert session.slot is not None
    assert (session.slot.slot_number, session.slot.status) == ("A-001", "BOOKED")
    assert (session.status, session.payment_status, session.amount_paid) == ("BOOKED", "PARTIAL", Decimal("50.00"))
    assert session.enter_by - session.booked_at == timedelta(minutes=30)


def test_three_hours_cost_150_of_which_the_fee_paid_50(driver: User, staff: User, zone: ParkingZone) -> None:
    start = clock.now()
    session = book(driver, zone, now=start)
    enter(staff, session, now=start)
    left = leave(staff, session, now=start + timedelta(minutes=150))
    bill = left.session.bill
    assert (bill.total, bill.charged, bill.captured) == (Decimal("150.00"), Decimal("100.00"), Decimal("150.00"))
    assert (left.session.status, left.session.end_reason, left.session.payment_status) == ("COMPLETED", "EXIT", "PAID")
    assert ParkingSlot.objects.get(pk=session.slot_id).status == "FREE"
    assert [
        entry.action
        for entry in AuditEntry.objects.filter(subject_id=session.pk, subject_kind="session").order_by("pk")
    ] == [
        "session.booked",
        "payment.captured",
        "session.entered",
        "session.exited",
    ]


def test_online_exit_captures_the_rest_at_once(driver: User, staff: User, zone: ParkingZone) -> None:
    start = clock.now()
    session = enter(staff, book(driver, zone, now=start), now=start)
    left = leave(staff, session, "ONLINE", now=start + timedelta(minutes=66))
    assert (left.session.status, left.session.payment_method) == ("COMPLETED", "ONLINE")
    assert [payment.amount for payment in Payment.objects.order_by("pk")] == [Decimal("50.00"), Decimal("50.00")]
    assert left.session.bill.charged == Decimal("50.00")


def test_pending_online_exit_keeps_the_gate_shut_until_confirmed(
    driver: User, staff: User, zone: ParkingZone, settings: Any
) -> None:
    start = clock.now()
    session = enter(staff, book(driver, zone, now=start), now=start)
    settings.SIMULATED_OUTCOME = "PENDING"
    later = start + timedelta(minutes=66)
    waiting = leave(staff, session, "ONLINE", now=later)
    assert (waiting.session.status, waiting.order and waiting.order.status) == ("ACTIVE", "PENDING")
    settings.SIMULATED_OUTCOME = "CAPTURE"
    done = leave(staff, session, "ONLINE", now=later + timedelta(minutes=1))
    assert (done.session.status, done.session.bill.total) == ("COMPLETED", Decimal("100.00"))
    assert PaymentOrder.objects.count() == 2


def test_cash_replaces_a_waiting_online_exit_and_late_money_goes_back(
    driver: User, staff: User, zone: ParkingZone, settings: Any
) -> None:
    start = clock.now()
    session = enter(staff, book(driver, zone, now=start), now=start)
    settings.SIMULATED_OUTCOME = "PENDING"
    leave(staff, session, "ONLINE", now=start + timedelta(minutes=66))
    left = leave(staff, session, "CASH", now=start + timedelta(minutes=67))
    assert left.session.status == "COMPLETED"
    order = PaymentOrder.objects.get(purpose="EXIT")
    assert order.status == OrderStatus.EXPIRED
    settings.SIMULATED_OUTCOME = "CAPTURE"
    after = settling.collect(order=order, now=start + timedelta(minutes=70))
    refund = Refund.objects.get()
    assert (refund.amount, refund.status) == (Decimal("50.00"), "COMPLETED")
    assert after.bill.paid == after.bill.total == Decimal("100.00")


def test_declined_fee_frees_the_slot(driver: User, zone: ParkingZone, settings: Any) -> None:
    settings.SIMULATED_OUTCOME = "DECLINE"
    with pytest.raises(Refused, match="Payment issue, retry") as refusal:
        book(driver, zone)
    assert refusal.value.code == "payment_failed"
    session = ParkingSession.objects.get()
    assert (session.status, session.end_reason, session.payment_status) == ("EXPIRED", "UNPAID", "PENDING")
    assert not ParkingSlot.objects.exclude(status="FREE").exists()


@pytest.mark.parametrize(("seconds", "refund", "kept"), [(300, "50.00", "0.00"), (301, "0.00", "50.00")])
def test_cancelling_gives_the_fee_back_within_300_seconds(
    driver: User, zone: ParkingZone, seconds: int, refund: str, kept: str
) -> None:
    start = clock.now()
    session = book(driver, zone, now=start)
    cancelled = cancelling.cancel(
        actor=actor(driver),
        session=Ref(pk=session.pk),
        reason="",
        now=start + timedelta(seconds=seconds),
        only_of_caller=True,
    )
    assert cancelled.decision.amount == Decimal(refund)
    assert cancelled.session.bill.paid == cancelled.session.bill.total == Decimal(kept)


def test_termination_without_payment_leaves_a_debt_shown_at_the_next_entry(
    driver: User, staff: User, zone: ParkingZone
) -> None:
    start = clock.now()
    session = enter(staff, book(driver, zone, "DL01AB1234", now=start), now=start)
    left = terminating.terminate(
        actor=actor(staff),
        session=Ref(pk=session.pk),
        reason="Driver walked away",
        collection=Collection("NONE"),
        now=start + timedelta(minutes=130),
    )
    assert (left.session.end_reason, left.session.payment_status) == ("TERMINATED", "PARTIAL")
    assert Debt.objects.get().amount == Decimal("100.00")
    again = book(driver, zone, "DL 01 ab 1234", now=start + timedelta(minutes=140))
    entered = entering.enter(actor=actor(staff), qr_code=again.qr_code, now=start + timedelta(minutes=141))
    assert entered.plate_debt == Decimal("100.00")


def test_no_show_keeps_the_fee(driver: User, zone: ParkingZone) -> None:
    start = clock.now()
    session = book(driver, zone, now=start)
    assert expiring.expire_no_shows(now=start + timedelta(minutes=30)) == 0
    assert expiring.expire_no_shows(now=start + timedelta(minutes=30, seconds=1)) == 1
    session = ParkingSession.objects.whole().get(pk=session.pk)
    assert (session.status, session.end_reason, session.payment_status) == ("EXPIRED", "NO_SHOW", "PAID")
    assert session.bill.lines == [
        {"kind": "NO_SHOW", "label": "No-show", "quantity": 1, "unit_price": "50.00", "amount": "50.00"}
    ]


def test_paying_ahead_covers_fifteen_minutes(driver: User, staff: User, zone: ParkingZone) -> None:
    start = clock.now()
    session = enter(staff, book(driver, zone, now=start), now=start)
    assert pay_ahead(driver, session, start + timedelta(minutes=120)).status == "COMPLETED"
    paid = reloaded(session)
    assert (paid.status, paid.amount_paid) == ("ACTIVE", Decimal("100.00"))
    left = leave(staff, session, now=start + timedelta(minutes=135))
    assert (left.session.bill.total, left.session.bill.charged) == (Decimal("100.00"), Decimal("0.00"))


def test_after_the_cover_the_difference_is_due(driver: User, staff: User, zone: ParkingZone) -> None:
    start = clock.now()
    session = enter(staff, book(driver, zone, now=start), now=start)
    pay_ahead(driver, session, start + timedelta(minutes=120))
    left = leave(staff, session, now=start + timedelta(minutes=136))
    assert (left.session.bill.total, left.session.bill.charged) == (Decimal("150.00"), Decimal("50.00"))
