"""Money of the counter that turns out to be more than the bill: it waits to be handed out by a second person."""

from decimal import Decimal
from typing import Any

import pytest
from time_machine import Traveller

from parking.accounts.models import Approval, Role, User
from parking.audit.events import read_event
from parking.audit.models import AuditEntry
from parking.checkout.refund_renderers import render_refused
from parking.core.actor import SYSTEM
from parking.facilities.models import ParkingZone
from parking.payments.events import RefundRefused
from parking.payments.models import Refund
from parking.stays.exempt_classes import create_class
from tests.api.reading import data_of, problem_of
from tests.api.test_desk import paid_ahead
from tests.build import enter, leave, make_user, take_ticket
from tests.checkout.test_exempting import exempt
from tests.client import ApiClient
from tests.invariants import assert_books_agree, nothing_changes
from tests.moments import START, at

pytestmark = pytest.mark.django_db


def test_what_was_paid_at_a_desk_above_the_bill_waits_for_a_second_person(
    staff: User, admin: User, zone: ParkingZone, time_machine: Traveller
) -> None:
    time_machine.move_to(START, tick=False)
    second = make_user(Role.STAFF)
    session = enter(staff, take_ticket(zone, "DL-01-AB-1234", START), START)
    time_machine.move_to(at(90), tick=False)
    data_of(paid_ahead(staff, session))
    ambulances = create_class(actor=SYSTEM, site_id=zone.site_id, name="ambulance", now=START)
    exempt(staff, session, ambulances, 91)
    bill = leave(second, session, now=at(92)).session.bill
    assert (bill.total, bill.captured, bill.refunded, bill.charged) == (0, 100, 100, 0)
    refund, waiting = Refund.objects.get(), Approval.objects.get()
    assert (refund.amount, refund.status, refund.asked_by_id, refund.by_hand) == (100, "INITIATED", second.pk, True)
    assert (waiting.kind, waiting.subject_id, waiting.facts["amount"]) == ("CASH_REFUND", refund.pk, "100.00")
    assert_books_agree()
    # The bill was closed with it: it is owed to the driver.
    address = f"/api/admin/approvals/{waiting.pk}/"
    with nothing_changes():
        refused = ApiClient(admin).post(address, {"decision": "REFUSE"})
        assert problem_of(refused) == (400, "refund_documented")
    assert data_of(ApiClient(admin).post(address, {"decision": "APPROVE"}))["decision"] == "APPROVE"
    assert Refund.objects.get().status == "COMPLETED"
    assert_books_agree()


@pytest.fixture
def surplus(staff: User, zone: ParkingZone, time_machine: Traveller) -> Refund:
    """Return ₹100 paid at a desk for a car that then had nothing to pay, asked for by another attendant."""
    time_machine.move_to(START, tick=False)
    session = enter(staff, take_ticket(zone, "DL-01-AB-1234", START), START)
    time_machine.move_to(at(90), tick=False)
    data_of(paid_ahead(staff, session))
    ambulances = create_class(actor=SYSTEM, site_id=zone.site_id, name="ambulance", now=START)
    exempt(staff, session, ambulances, 91)
    leave(make_user(Role.STAFF), session, now=at(92))
    return Refund.objects.get()


def decided(admin: User, decision: str, **fields: str) -> Any:
    waiting = Approval.objects.get(decision="")
    return ApiClient(admin).post(f"/api/admin/approvals/{waiting.pk}/", {"decision": decision, **fields})


def test_with_a_reason_a_surplus_is_not_handed_out_and_stays_owed(admin: User, surplus: Refund) -> None:
    data_of(decided(admin, "REFUSE", reason="The driver is not here"))
    surplus.refresh_from_db()
    assert (surplus.status, surplus.failure, surplus.payment.bill.refunded) == ("REVIEW", "The driver is not here", 100)
    assert not Approval.objects.filter(decision="").exists()
    line = AuditEntry.objects.get(action="refund.refused")
    assert (line.actor_id, line.facts["reason"], line.facts["owed"]) == (admin.pk, "The driver is not here", True)
    assert_books_agree()


def test_who_asked_for_a_surplus_is_told_that_it_was_refused(admin: User, surplus: Refund) -> None:
    data_of(decided(admin, "REFUSE", reason="The driver is not here"))
    event = read_event(AuditEntry.objects.get(action="refund.refused"))
    assert isinstance(event, RefundRefused)
    [message] = render_refused(event, START)
    assert (message.person_id, message.kind, dict(message.values)) == (
        surplus.asked_by_id,
        "refund_refused",
        {"amount": "100.00", "reason": "The driver is not here"},
    )


def test_a_surplus_that_was_set_aside_is_handed_out_after_all(admin: User, surplus: Refund) -> None:
    data_of(decided(admin, "REFUSE", reason="The driver is not here"))
    data_of(ApiClient(admin).post(f"/api/admin/refunds/{surplus.pk}/retry/", {}))
    data_of(decided(admin, "APPROVE"))
    surplus.refresh_from_db()
    assert (surplus.status, surplus.payment.bill.refunded) == ("COMPLETED", 100)
    assert_books_agree()


def test_what_is_short_is_no_surplus(staff: User, zone: ParkingZone, time_machine: Traveller) -> None:
    time_machine.move_to(START, tick=False)
    session = enter(staff, take_ticket(zone, "DL-01-AB-1234", START), START)
    time_machine.move_to(at(90), tick=False)
    data_of(paid_ahead(staff, session))
    assert leave(staff, session, now=at(130)).session.bill.charged == Decimal("50.00")
    assert not Refund.objects.exists()
