"""The net under the locks: the database itself refuses what must not be, whoever writes it."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, models, transaction

from parking.accounts.models import User
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.payments.models import Bill, Debt, Payment, PaymentOrder, Refund
from parking.stays.models import ParkingSession
from parking.vehicles.models import Vehicle
from tests.build import book, enter, terminate
from tests.moments import START

pytestmark = pytest.mark.django_db


@pytest.fixture
def booked(driver: User, zone: ParkingZone) -> ParkingSession:
    return book(driver, zone, now=START)


def _copy(row: models.Model, **changes: object) -> None:
    """Write a second row like this one, with some changes."""
    copy = type(row)._default_manager.get(pk=row.pk)
    copy.pk = None
    for name, value in changes.items():
        setattr(copy, name, value)
    copy.save(force_insert=True)


def _second_session(session: ParkingSession, **changes: object) -> None:
    new = {
        "uuid": "00000000-0000-4000-8000-000000000000",
        "qr_code": "QR-000000000000",
        "bill": Bill.objects.create(created_at=START),
    }
    _copy(session, **(new | changes))


def _broken_by(write: Callable[[], object], *names: str) -> None:
    """The database refuses, and names the constraint; for a unique index SQLite names the columns instead."""
    with pytest.raises(IntegrityError) as broken, transaction.atomic():
        write()
    assert any(name in str(broken.value) for name in names), str(broken.value)


def test_one_open_session_per_slot(booked: ParkingSession) -> None:
    other = Vehicle.objects.create(match_key="DL01AB9999", vehicle_number="DL-01-AB-9999", created_at=START)
    _broken_by(lambda: _second_session(booked, vehicle=other), "one_open_session_per_slot", "parkingsession.slot_id")


def test_one_open_session_per_vehicle(booked: ParkingSession) -> None:
    free = ParkingSlot.objects.filter(status="FREE").first()
    _broken_by(lambda: _second_session(booked, slot=free), "one_open_session_per_vehicle", "parkingsession.vehicle_id")


def test_a_closed_session_leaves_slot_and_vehicle_to_others(booked: ParkingSession) -> None:
    ended = {"status": "CANCELLED", "end_reason": "CANCELLED", "ended_at": START}
    ParkingSession.objects.filter(pk=booked.pk).update(**ended)
    _second_session(booked, status="BOOKED", end_reason="", ended_at=None)
    assert ParkingSession.objects.open().count() == 1


def test_a_qr_code_is_never_used_twice(booked: ParkingSession) -> None:
    ended = {"status": "CANCELLED", "end_reason": "CANCELLED", "ended_at": START}
    ParkingSession.objects.filter(pk=booked.pk).update(**ended)
    _broken_by(lambda: _second_session(booked, qr_code=booked.qr_code), "qr_code")


STATES = {
    "booked and entered": {"entry_time": START},
    "inside without entry": {"status": "ACTIVE"},
    "inside and ended": {"status": "ACTIVE", "entry_time": START, "ended_at": START},
    "completed without exit": {"status": "COMPLETED", "entry_time": START, "ended_at": START, "end_reason": "EXIT"},
    "completed without reason": {
        "status": "COMPLETED",
        "entry_time": START,
        "exit_time": START,
        "ended_at": START,
    },
    "cancelled after entry": {
        "status": "CANCELLED",
        "entry_time": START,
        "ended_at": START,
        "end_reason": "CANCELLED",
    },
    "cancelled as a no-show": {"status": "CANCELLED", "ended_at": START, "end_reason": "NO_SHOW"},
    "expired without time": {"status": "EXPIRED", "end_reason": "NO_SHOW"},
    "inside without slot": {"status": "ACTIVE", "entry_time": START, "slot": None},
    "left before it came": {
        "status": "COMPLETED",
        "entry_time": START,
        "exit_time": START - timedelta(seconds=1),
        "ended_at": START,
        "end_reason": "EXIT",
    },
    "unknown state": {"status": "PARKED"},
}


@pytest.mark.parametrize("changes", STATES.values(), ids=STATES.keys())
def test_a_state_fits_its_times(booked: ParkingSession, changes: dict[str, object]) -> None:
    _broken_by(lambda: ParkingSession.objects.filter(pk=booked.pk).update(**changes), "session_")


BILLS = {
    "bill_amounts_not_negative": {"total": Decimal(-1)},
    "bill_refunds_within_captured": {"refunded": Decimal("50.01")},
    "bill_frozen_was_made": {"frozen_until": START},
}


@pytest.mark.parametrize(("name", "changes"), BILLS.items(), ids=BILLS.keys())
def test_a_bill_adds_up(booked: ParkingSession, name: str, changes: dict[str, object]) -> None:
    _broken_by(lambda: Bill.objects.filter(pk=booked.bill_id).update(**changes), name)


def test_amounts_are_positive(booked: ParkingSession) -> None:
    payment = Payment.objects.get()
    for name, rows in (("payment_amount_positive", Payment.objects), ("order_amount_positive", PaymentOrder.objects)):
        _broken_by(lambda rows=rows: rows.update(amount=Decimal(0)), name)
    new = Refund(refund_id="RF-1", payment=payment, amount=Decimal(0), created_at=START, updated_at=START)
    _broken_by(lambda: new.save(force_insert=True), "refund_amount_positive")


def test_an_order_is_paid_once(booked: ParkingSession) -> None:
    payment = Payment.objects.get()
    _broken_by(lambda: _copy(payment, reference="another"), "order_id")


def test_a_gateway_s_payment_is_taken_once(driver: User, zone: ParkingZone, booked: ParkingSession) -> None:
    book(driver, zone, now=START)
    first, second = Payment.objects.order_by("pk")
    again = Payment.objects.filter(pk=second.pk)
    _broken_by(lambda: again.update(reference=first.reference), "gateway_payment_once", "payment.reference")


def test_a_bill_has_one_open_order(booked: ParkingSession) -> None:
    order = PaymentOrder.objects.get()
    _copy(order, order_id="PK-1", status="PENDING")
    _broken_by(
        lambda: _copy(order, order_id="PK-2", status="INITIATED"), "one_open_order_per_bill", "paymentorder.bill_id"
    )


def test_an_order_number_is_used_once(booked: ParkingSession) -> None:
    _broken_by(lambda: _copy(PaymentOrder.objects.get(), status="FAILED"), "order_id")


def test_cash_has_no_gateway_and_online_has_one(booked: ParkingSession) -> None:
    for changes in ({"method": "CASH"}, {"gateway": ""}, {"order": None}):
        _broken_by(lambda changes=changes: Payment.objects.update(**changes), "payment_cash_or_gateway")


def test_a_bill_has_one_debt(staff: User, booked: ParkingSession) -> None:
    enter(staff, booked, START)
    terminate(staff, booked, "NONE", START + timedelta(minutes=66))
    _broken_by(lambda: _copy(Debt.objects.get()), "bill_id")


def test_nothing_that_a_stay_refers_to_can_be_deleted(booked: ParkingSession) -> None:
    order = PaymentOrder.objects.get()
    for row in (booked.zone, booked.slot, booked.vehicle, booked.bill, booked.driver, order):
        assert row is not None
        with pytest.raises(models.ProtectedError):
            row.delete()
