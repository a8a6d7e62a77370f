"""What the services write into the record, line by line, with the facts exactly as they are stored."""

from decimal import Decimal
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from parking.accounts.models import Role, User
from parking.accounts.services import create_user, update_user
from parking.audit.models import AuditEntry
from parking.checkout import debts, documents, refunding, reviewing, settling
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.facilities.services import add_slots, change_slot, create_zone, retire_zone
from parking.invoices.models import TaxDocument
from parking.payments.models import Debt, OrderStatus, Payment, PaymentOrder, Refund
from parking.tariffs import services as tariffs
from parking.tariffs.rules import KindRate
from tests.build import (
    actor,
    book,
    cancel,
    enter,
    leave,
    make_user,
    make_zone,
    pay_ahead,
    quote,
    take_ticket,
    terminate,
)
from tests.client import ApiClient
from tests.reports.story import ist

pytestmark = pytest.mark.django_db


def lines(kind: str, subject_id: int) -> list[tuple[str, dict[str, Any]]]:
    found = AuditEntry.objects.filter(subject_kind=kind, subject_id=subject_id).order_by("pk")
    return list(found.values_list("action", "facts"))


def order_id(purpose: str) -> str:
    return PaymentOrder.objects.get(purpose=purpose).order_id


def test_a_stay_that_is_paid_with_cash(driver: User, staff: User, zone: ParkingZone) -> None:
    session = book(driver, zone, now=ist("23 09:00"))
    enter(staff, session, now=ist("23 09:10"))
    quote(staff, session, now=ist("23 11:00"))
    leave(staff, session, now=ist("23 11:02"))
    assert lines("session", session.pk) == [
        (
            "session.booked",
            {"zone_id": zone.pk, "slot_id": session.slot_id, "fee": "50.00", "promo_code": "", "points": 0}
            | {"starts_at": "", "ends_at": ""},
        ),
        ("payment.captured", {"order_id": order_id("FEE"), "purpose": "FEE", "amount": "50.00", "refunds": []}),
        ("session.entered", {"slot_id": session.slot_id}),
        ("session.quoted", {"total": "100.00"}),
        (
            "session.exited",
            {"method": "CASH", "total": "100.00", "charged": "50.00", "debt": "0.00", "order_id": None},
        ),
    ]


def test_an_exit_that_waits_for_its_money(driver: User, staff: User, zone: ParkingZone, settings: Settings) -> None:
    session = enter(staff, book(driver, zone, now=ist("23 09:00")), now=ist("23 09:10"))
    settings.SIMULATED_OUTCOME = "PENDING"
    leave(staff, session, "ONLINE", now=ist("23 11:00"))
    settings.SIMULATED_OUTCOME = "CAPTURE"
    settling.collect(order=PaymentOrder.objects.get(purpose="EXIT"), now=ist("23 11:02"))
    number = order_id("EXIT")
    assert lines("session", session.pk)[3:] == [
        ("session.exit_waits", {"order_id": number, "amount": "50.00"}),
        (
            "session.exited",
            {"method": "ONLINE", "total": "100.00", "charged": "50.00", "debt": "0.00", "order_id": number},
        ),
    ]


def test_a_termination_that_waits_for_its_money(staff: User, zone: ParkingZone, settings: Settings) -> None:
    session = enter(staff, take_ticket(zone, now=ist("23 09:00")), now=ist("23 09:00"))
    settings.SIMULATED_OUTCOME = "PENDING"
    terminate(staff, session, "ONLINE", now=ist("23 10:00"))
    number = order_id("TERMINATION")
    assert lines("session", session.pk)[2:] == [
        ("session.termination_waits", {"order_id": number, "amount": "50.00"}),
    ]


def test_a_debt_that_is_written_off(staff: User, admin: User, zone: ParkingZone) -> None:
    session = enter(staff, take_ticket(zone, now=ist("23 09:00")), now=ist("23 09:00"))
    terminate(staff, session, now=ist("23 10:30"))
    debt = Debt.objects.get()
    debts.write_off(actor=actor(admin), debt_id=debt.pk, reason="Towed away", now=ist("23 12:00"))
    assert lines("session", session.pk)[2:] == [
        (
            "session.terminated",
            {"method": "NONE", "total": "100.00", "charged": "0.00", "debt": "100.00", "order_id": None},
        ),
    ]
    assert lines("debt", debt.pk) == [
        ("debt.written_off", {"amount": "100.00", "bill_id": session.bill_id, "reason": "Towed away", "alone": False}),
    ]


def test_a_booking_that_is_cancelled(driver: User, zone: ParkingZone) -> None:
    session = book(driver, zone, now=ist("23 09:00"))
    cancel(driver, session, now=ist("23 09:06"))
    assert lines("session", session.pk)[2:] == [("session.cancelled", {"refund": "0.00", "kept": "50.00"})]


def test_a_fee_that_is_asked_for_again_and_declined(driver: User, zone: ParkingZone, settings: Settings) -> None:
    settings.SIMULATED_OUTCOME = "PENDING"
    session = book(driver, zone, now=ist("23 09:00"))
    number = order_id("FEE")
    settings.SIMULATED_OUTCOME = "DECLINE"
    settling.collect(order=PaymentOrder.objects.get(), now=ist("23 09:01"))
    assert lines("session", session.pk)[1:] == [("order.failed", {"order_id": number, "purpose": "FEE"})]


def test_money_that_is_paid_ahead(driver: User, staff: User, zone: ParkingZone) -> None:
    session = enter(staff, book(driver, zone, now=ist("23 09:00")), now=ist("23 09:10"))
    pay_ahead(driver, session, ist("23 11:00"))
    number = order_id("AHEAD")
    assert lines("session", session.pk)[3:] == [
        ("payment.asked", {"order_id": number, "purpose": "AHEAD", "amount": "50.00"}),
        ("payment.captured", {"order_id": number, "purpose": "AHEAD", "amount": "50.00", "refunds": []}),
    ]


def test_money_that_comes_too_late_goes_back(driver: User, staff: User, zone: ParkingZone, settings: Settings) -> None:
    session = enter(staff, book(driver, zone, now=ist("23 09:00")), now=ist("23 09:10"))
    settings.SIMULATED_OUTCOME = "PENDING"
    leave(staff, session, "ONLINE", now=ist("23 11:00"))
    leave(staff, session, "CASH", now=ist("23 11:01"))
    settings.SIMULATED_OUTCOME = "CAPTURE"
    settling.collect(order=PaymentOrder.objects.get(purpose="EXIT"), now=ist("23 11:02"))
    back = [Refund.objects.get().refund_id]
    assert lines("session", session.pk)[5:] == [
        ("payment.captured", {"order_id": order_id("EXIT"), "purpose": "EXIT", "amount": "50.00", "refunds": back}),
    ]


def test_a_refund_that_another_manager_approves(staff: User, admin: User, zone: ParkingZone) -> None:
    session = enter(staff, take_ticket(zone, now=ist("23 09:00")), now=ist("23 09:00"))
    leave(staff, session, now=ist("23 10:00"))
    refund = refunding.refund_any_payment(
        actor=actor(admin),
        payment_id=Payment.objects.get().pk,
        amount=Decimal("20.00"),
        reason="Barrier was stuck",
        now=ist("23 10:30"),
    )
    refunding.approve_refund(actor=actor(make_user(Role.ADMIN)), refund_id=refund.pk, now=ist("23 11:00"))
    assert lines("session", session.pk)[3:] == [
        ("payment.refunded", {"refund_id": refund.refund_id, "amount": "20.00", "by_hand": True}),
        ("refund.approved", {"refund_id": refund.refund_id, "amount": "20.00", "asked_by": admin.pk, "alone": False}),
    ]


def test_a_review_that_is_closed(driver: User, admin: User, zone: ParkingZone) -> None:
    session = book(driver, zone, now=ist("23 09:00"))
    number = order_id("FEE")
    PaymentOrder.objects.update(status=OrderStatus.REVIEW)
    reviewing.close_review(actor=actor(admin), order_id=number, reason="Typed wrong", now=ist("23 10:00"))
    assert lines("session", session.pk)[2:] == [
        ("order.review_closed", {"order_id": number, "amount": "50.00", "reason": "Typed wrong"}),
    ]


def test_a_receipt(driver: User, staff: User, zone: ParkingZone) -> None:
    session = enter(staff, book(driver, zone, now=ist("23 09:00")), now=ist("23 09:10"))
    leave(staff, session, now=ist("23 10:00"))
    payment = Payment.objects.get(bill=session.bill)
    documents.documents_of_payment(payment_id=payment.pk, actor=actor(driver), now=ist("23 11:05"))
    document = TaxDocument.objects.get()
    assert lines("bill", session.bill_id or 0) == [
        ("document.issued", {"number": document.number, "kind": "RECEIPT", "total": "50.00"}),
    ]


def test_what_managers_do_with_a_zone(admin: User) -> None:
    boss, now = actor(admin), ist("23 09:00")
    changes = {"name": "North", "hourly_rate": Decimal("50.00")}
    zone = create_zone(actor=boss, changes=changes, now=now)
    rates = [KindRate("EV", Decimal("40.00"), Decimal("30.00"))]
    changes = {"hourly_rate": Decimal("60.00"), "name": "South"}
    tariffs.update_zone(actor=boss, zone_id=zone.pk, changes=changes, kind_rates=rates, now=now)
    add_slots(actor=boss, zone_id=zone.pk, prefix="B-", first=1, last=3, kind="CAR", now=now)
    slot = ParkingSlot.objects.filter(zone=zone)[0]
    change_slot(actor=boss, slot_id=slot.pk, status="OUT_OF_SERVICE", kind=None, now=now)
    retire_zone(actor=boss, zone_id=zone.pk, now=now)
    rate = {"vehicle_kind": "EV", "hourly_rate": "40.00", "booking_fee": "30.00"}
    assert lines("zone", zone.pk) == [
        ("zone.created", {"changed": ["hourly_rate", "name"]}),
        ("zone.changed", {"changed": ["hourly_rate", "name"], "amounts": {"hourly_rate": ["50.00", "60.00"]}}),
        ("tariff.changed", {"kind_rates": [rate]}),
        ("slots.added", {"first": "B-001", "last": "B-003", "kind": "CAR"}),
        ("zone.retired", {}),
    ]
    assert lines("slot", slot.pk) == [("slot.changed", {"status": "OUT_OF_SERVICE", "kind": "CAR"})]


def test_what_managers_do_with_an_account(admin: User) -> None:
    boss, now = actor(admin), ist("23 09:00")
    fields = {"role": "STAFF", "email": "gate@example.org"}
    user = create_user(actor=boss, username="gate", password="!", fields=fields, now=now)  # type: ignore[arg-type]
    update_user(actor=boss, user_id=user.pk, changes={"is_active": False}, password=None, now=now)
    assert lines("user", user.pk) == [
        ("user.created", {"role": "STAFF", "is_active": True, "sites": [], "has_email": True}),
        (
            "user.changed",
            {
                "changed": ["is_active"],
                "role": "STAFF",
                "is_active": False,
                "sites": [],
                "administrator_lost": False,
            },
        ),
    ]


def test_what_is_refused_at_the_gate(driver: User, staff: User) -> None:
    session = book(driver, make_zone(), "KA-01-AB-1234")
    seen = {"qr_code": session.qr_code, "vehicle_number": "KA-01-AB-9999"}
    assert ApiClient(staff).post("/api/staff/entry/", seen).status_code == 400
    assert lines("session", session.pk)[2:] == [("refused.vehicle_mismatch", {"path": "/api/staff/entry/"})]
