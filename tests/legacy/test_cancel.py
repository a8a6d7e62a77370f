"""Cancelling by QR: its three cases."""

from datetime import timedelta
from decimal import Decimal

import pytest

from parking.audit.models import AuditEntry
from parking.core.models import IdempotencyKey
from parking.facilities.models import ParkingSlot
from parking.payments.models import Debt, Refund
from parking.stays.models import ParkingSession
from tests.build import book, enter

PATH = "/parking/cancel-booking/"


def answered(session, **decision):
    return {
        "success": True,
        "message": "Session cancelled",
        "data": {
            "session_id": str(session.uuid),
            "vehicle_number": session.vehicle.vehicle_number,
            "slot_number": "A-001",
            **decision,
        },
    }


def walk_in(anybody, zone):
    fields = {"vehicle_number": "DL-01-AB-1234", "owner_name": "Asha Rao", "zone_id": zone.pk}
    anybody.post("/parking/entry/", fields)
    return ParkingSession.objects.get()


@pytest.mark.parametrize(("seconds", "words"), [(120, "2 min < 5 min"), (300, "5 min <= 5 min")])
def test_within_five_minutes_all_of_it_goes_back(*, anybody, zone, driver, clock, seconds, words):
    session = book(driver, zone)
    clock.shift(timedelta(seconds=seconds))
    answer = anybody.client.post(PATH, {"qr_code": session.qr_code})
    reason = f"Cancelled within grace period ({words}). 100% refund eligible."
    assert (answer.status_code, answer.json()) == (
        200,
        answered(session, refund_eligible=True, refund_amount=50.0, refund_reason=reason),
    )
    assert list(Refund.objects.values_list("amount", "status")) == [(Decimal("50.00"), "COMPLETED")]
    assert ParkingSlot.objects.get(slot_number="A-001").status == "FREE"


def test_a_ticket_that_cost_nothing_is_eligible_all_the_same(anybody, zone, clock):
    session = walk_in(anybody, zone)
    clock.shift(timedelta(minutes=2))
    answer = anybody.post(PATH, {"qr_code": session.qr_code})
    reason = "Cancelled within grace period (2 min < 5 min). 100% refund eligible."
    assert answer.json() == answered(session, refund_eligible=True, refund_amount=0, refund_reason=reason)
    assert not Refund.objects.exists()


def test_later_nothing_goes_back(*, anybody, zone, driver, clock):
    session = book(driver, zone)
    clock.shift(timedelta(seconds=301))
    answer = anybody.post(PATH, {"qr_code": session.qr_code})
    reason = "Cancelled after grace period (6 min > 5 min). 0% refund."
    assert answer.json() == answered(session, refund_eligible=False, refund_amount=0, refund_reason=reason)
    assert not Refund.objects.exists()


@pytest.mark.parametrize("client", ["as_staff", "as_admin"])
def test_staff_end_an_entered_stay_and_leave_a_debt(*, request, zone, driver, staff, clock, client):
    session = enter(staff, book(driver, zone))
    clock.shift(timedelta(minutes=150))
    who = request.getfixturevalue(client)
    answer = who.post(PATH, {"qr_code": session.qr_code})
    reason = "No refund allowed after vehicle entry (QR scanned)"
    assert (answer.status_code, answer.json()) == (
        200,
        answered(session, refund_eligible=False, refund_amount=0, refund_reason=reason),
    )
    session.refresh_from_db()
    assert (session.status, session.end_reason, session.payment_method) == ("COMPLETED", "TERMINATED", "NONE")
    assert Debt.objects.get().amount == Decimal("100.00")
    assert ParkingSlot.objects.get(slot_number="A-001").status == "FREE"
    line = AuditEntry.objects.get(action="session.terminated")
    assert (line.actor_id, line.facts["debt"]) == (who.user.pk, "100.00")


def test_cancelled_twice(anybody, zone, driver):
    session = book(driver, zone)
    anybody.post(PATH, {"qr_code": session.qr_code})
    answer = anybody.post(PATH, {"qr_code": session.qr_code})
    assert (answer.status_code, answer.json()["code"]) == (400, "not_cancellable")
    assert Refund.objects.count() == 1


@pytest.mark.parametrize("entered", [True, False])
@pytest.mark.parametrize("answer_lost", [True, False])
def test_a_repeated_cancellation_is_the_same(*, clock, as_staff, staff, zone, driver, entered, answer_lost):
    session = book(driver, zone)
    if entered:
        enter(staff, session)
    clock.shift(timedelta(minutes=4))
    body = {"qr_code": session.qr_code}
    first = as_staff.post(PATH, body, Idempotency_Key="c-1")
    if answer_lost:
        IdempotencyKey.objects.update(status=None, answer="")
    clock.shift(timedelta(minutes=4))
    again = as_staff.post(PATH, body, Idempotency_Key="c-1")
    assert (first.status_code, again.status_code, again.json()) == (200, 200, first.json())
    assert (Refund.objects.count(), Debt.objects.count()) == (0 if entered else 1, 0)
