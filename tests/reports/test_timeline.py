"""The story of a stay: everything once, in order, with who did it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from pytest_django.fixtures import Settings

from parking.accounts.models import Role, User
from parking.checkout import debts, documents, expiring, refunding, settling
from parking.facilities.models import ParkingZone
from parking.payments.models import Debt, Payment, PaymentOrder, Refund
from parking.reports.timeline import TimelineEvent, Who, timeline
from parking.stays.models import ParkingSession
from tests.build import actor, book, cancel, enter, leave, make_user, pay_ahead, quote, take_ticket, terminate
from tests.client import ApiClient
from tests.reports.story import ist

pytestmark = pytest.mark.django_db

SYSTEM, SIMULATED = Who("SYSTEM"), Who("GATEWAY", "SIMULATED")


def told(session: ParkingSession) -> list[tuple[str, Who]]:
    return [(event.code, event.actor) for event in timeline(session)]


def event(session: ParkingSession, code: str) -> TimelineEvent:
    (found,) = [one for one in timeline(session) if one.code == code]
    return found


def by(user: User) -> Who:
    return Who(user.role, user.username)


def test_booked_entered_quoted_and_left_with_cash(driver: User, staff: User, zone: ParkingZone) -> None:
    session = book(driver, zone, now=ist("23 09:00"))
    enter(staff, session, now=ist("23 09:10"), scan_id="in-1")
    quote(staff, session, now=ist("23 11:00"))
    leave(staff, session, now=ist("23 11:02"), tendered="500", scan_id="out-1")
    cash = Payment.objects.get(bill=session.bill, method="CASH")
    documents.documents_of_payment(payment_id=cash.pk, actor=actor(driver), now=ist("23 11:05"))

    events = timeline(session)
    assert [(one.at, one.code, one.actor) for one in events] == [
        (ist("23 09:00"), "session.booked", by(driver)),
        (ist("23 09:00"), "order.placed", by(driver)),
        (ist("23 09:00"), "payment.captured", SIMULATED),
        (ist("23 09:10"), "session.entered", by(staff)),
        (ist("23 11:00"), "session.quoted", by(staff)),
        (ist("23 11:02"), "payment.captured", by(staff)),
        (ist("23 11:02"), "session.exited", by(staff)),
        (ist("23 11:05"), "document.issued", SYSTEM),
    ]
    order = PaymentOrder.objects.get(bill=session.bill)
    assert events[1].facts == {
        "order_id": order.order_id,
        "purpose": "FEE",
        "gateway": "SIMULATED",
        "amount": Decimal("50.00"),
        "status": "COMPLETED",
    }
    assert events[3].facts == {"slot_id": session.slot_id, "scan_id": "in-1"}
    assert events[4].facts == {"total": Decimal("100.00")}
    assert events[5].facts == {
        "payment_id": cash.pk,
        "amount": Decimal("50.00"),
        "method": "CASH",
        "reference": "",
        "tendered": Decimal("500.00"),
        "order_id": "",
        "purpose": "",
    }
    assert events[6].facts == {
        "method": "CASH",
        "total": Decimal("100.00"),
        "charged": Decimal("50.00"),
        "debt": Decimal("0.00"),
        "order_id": None,
        "scan_id": "out-1",
    }


def test_booked_and_cancelled_with_a_refund(driver: User, zone: ParkingZone) -> None:
    session = book(driver, zone, now=ist("23 09:00"))
    cancel(driver, session, now=ist("23 09:02"))
    assert told(session)[3:] == [
        ("session.cancelled", by(driver)),
        ("refund.written", SYSTEM),
        ("refund.completed", SIMULATED),
    ]
    refund = Refund.objects.get()
    assert event(session, "session.cancelled").facts == {"refund": Decimal("50.00"), "kept": Decimal("0.00")}
    assert event(session, "refund.written").facts == {
        "refund_id": refund.refund_id,
        "refund_pk": refund.pk,
        "payment_id": refund.payment_id,
        "amount": Decimal("50.00"),
        "method": "ONLINE",
        "status": "COMPLETED",
        "reason": "Cancelled in time",
    }


def test_terminated_with_a_debt_that_is_written_off(staff: User, admin: User, zone: ParkingZone) -> None:
    session = take_ticket(zone, now=ist("23 09:00"))
    enter(staff, session, now=ist("23 09:00"))
    terminate(staff, session, now=ist("23 10:30"))
    debt = Debt.objects.get()
    debts.write_off(actor=actor(admin), debt_id=debt.pk, reason="Towed away", now=ist("23 12:00"))
    assert told(session) == [
        ("session.booked", Who("ANYBODY")),
        ("session.entered", by(staff)),
        ("session.terminated", by(staff)),
        ("debt.arose", SYSTEM),
        ("debt.written_off", by(admin)),
    ]
    assert event(session, "debt.arose").facts == {
        "debt_id": debt.pk,
        "amount": Decimal("100.00"),
        "status": "WRITTEN_OFF",
    }
    written_off = event(session, "debt.written_off").facts
    assert (written_off["amount"], written_off["reason"]) == (Decimal("100.00"), "Towed away")


def test_an_exit_that_waits_for_its_money(driver: User, staff: User, zone: ParkingZone, settings: Settings) -> None:
    session = book(driver, zone, now=ist("23 09:00"))
    enter(staff, session, now=ist("23 09:10"))
    settings.SIMULATED_OUTCOME = "PENDING"
    leave(staff, session, "ONLINE", now=ist("23 11:00"), scan_id="out-1")
    leave(staff, session, "ONLINE", now=ist("23 11:01"), scan_id="out-2")
    settings.SIMULATED_OUTCOME = "CAPTURE"
    order = PaymentOrder.objects.get(bill=session.bill, purpose="EXIT")
    settling.collect(order=order, now=ist("23 11:02"))
    assert told(session)[4:] == [
        ("order.placed", by(staff)),
        ("gate.scanned", Who("UNKNOWN")),
        ("payment.captured", SIMULATED),
        ("session.exited", SYSTEM),
    ]
    assert event(session, "gate.scanned").facts == {"kind": "EXIT", "scan_id": "out-2"}
    assert event(session, "session.exited").facts["order_id"] == order.order_id


def test_a_fee_that_is_declined(driver: User, zone: ParkingZone, settings: Settings) -> None:
    settings.SIMULATED_OUTCOME = "PENDING"
    session = book(driver, zone, now=ist("23 09:00"))
    settings.SIMULATED_OUTCOME = "DECLINE"
    settling.collect(order=PaymentOrder.objects.get(bill=session.bill), now=ist("23 09:01"))
    expiring.expire_unpaid_holds(now=ist("23 09:11"))
    assert told(session)[2:] == [("order.failed", SIMULATED), ("session.expired", SYSTEM)]


def test_cash_that_another_manager_hands_back(staff: User, admin: User, zone: ParkingZone) -> None:
    session = take_ticket(zone, now=ist("23 09:00"))
    enter(staff, session, now=ist("23 09:00"))
    leave(staff, session, now=ist("23 10:00"))
    refund = refunding.refund_any_payment(
        actor=actor(admin),
        payment_id=Payment.objects.get().pk,
        amount=Decimal("20.00"),
        reason="Barrier was stuck",
        now=ist("23 10:30"),
    )
    second = make_user(Role.ADMIN)
    refunding.approve_refund(actor=actor(second), refund_id=refund.pk, now=ist("23 11:00"))
    assert told(session)[4:] == [("refund.written", by(admin)), ("refund.completed", by(second))]
    assert event(session, "refund.written").facts["reason"] == "Barrier was stuck"


@pytest.mark.parametrize(("status", "code"), [("FAILED", "refund.failed"), ("REVIEW", "refund.to_review")])
def test_a_refund_that_the_gateway_refuses(
    driver: User, zone: ParkingZone, settings: Settings, status: str, code: str
) -> None:
    session = book(driver, zone, now=ist("23 09:00"))
    settings.SIMULATED_OUTCOME = "PENDING"
    cancel(driver, session, now=ist("23 09:02"))
    Refund.objects.update(status=status, failure="No balance", updated_at=ist("23 09:30"))
    found = timeline(session)[-1]
    assert (found.at, found.code, found.actor) == (ist("23 09:30"), code, SIMULATED)
    assert (found.facts["failure"], found.facts["attempt"]) == ("No balance", 1)


def test_what_was_refused_at_the_gate(driver: User, staff: User, zone: ParkingZone) -> None:
    session = book(driver, zone, "KA-01-AB-1234", now=ist("23 09:00"))
    with time_machine.travel(ist("23 09:05"), tick=False):
        answer = ApiClient(staff).post(
            "/api/staff/entry/", {"qr_code": session.qr_code, "vehicle_number": "KA-01-AB-9999"}
        )
    assert answer.status_code == 400
    refused = event(session, "refused")
    assert (refused.at, refused.actor) == (ist("23 09:05"), by(staff))
    assert refused.facts == {"refusal": "vehicle_mismatch", "path": "/api/staff/entry/"}


def test_a_termination_that_is_refused_stands_with_its_stay(driver: User, admin: User, zone: ParkingZone) -> None:
    session = book(driver, zone)
    answer = ApiClient(admin).post(
        f"/api/staff/sessions/{session.pk}/terminate/", {"reason": "Not here", "payment_method": "NONE"}
    )
    assert answer.status_code == 400
    assert event(session, "refused").facts["refusal"] == "not_active"


def test_another_stay_is_not_told_of(driver: User, staff: User, zone: ParkingZone) -> None:
    quiet = book(driver, zone)
    busy = book(driver, zone)
    enter(staff, busy)
    leave(staff, busy, now=busy.booked_at + timedelta(hours=3))
    assert [code for code, _ in told(quiet)] == ["session.booked", "order.placed", "payment.captured"]


def test_paid_ahead_is_asked_once(driver: User, staff: User, zone: ParkingZone) -> None:
    session = book(driver, zone, now=ist("23 09:00"))
    enter(staff, session, now=ist("23 09:10"))
    pay_ahead(driver, session, ist("23 11:00"))
    assert told(session)[4:] == [("order.placed", by(driver)), ("payment.captured", SIMULATED)]


def test_the_number_of_statements_does_not_grow(
    driver: User, staff: User, zone: ParkingZone, django_assert_num_queries: Any
) -> None:
    session = book(driver, zone, now=ist("23 09:00"))
    enter(staff, session, now=ist("23 09:10"))
    leave(staff, session, now=ist("23 11:00"))
    with django_assert_num_queries(8):
        timeline(session)
