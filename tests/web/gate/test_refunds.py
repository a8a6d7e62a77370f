"""Refunds at the gate: asked for within a limit, handed out by a manager who is not concerned."""

from datetime import timedelta
from decimal import Decimal

import pytest

from parking.accounts.models import Role
from parking.core import clock
from parking.facilities.models import Gate as GateRow
from parking.facilities.models import ParkingSite
from parking.payments.models import Payment, Refund
from tests.build import enter, leave, make_user, take_ticket
from tests.invariants import assert_books_agree, nothing_changes
from tests.web.gate.conftest import Gate
from tests.web.markup import one_line

pytestmark = pytest.mark.django_db


@pytest.fixture
def cash(staff, zone):
    """₹50 that another attendant took."""
    before = clock.now() - timedelta(minutes=40)
    colleague = make_user(Role.STAFF)
    session = enter(colleague, take_ticket(zone, now=before), before)
    leave(colleague, session)
    return Payment.objects.get(method="CASH")


@pytest.fixture
def refunder(staff):
    staff.permissions = {"refund": {"each": "40.00", "per_day": "40.00"}}
    staff.save()
    return staff


def ask(gate, cash, **fields):
    form = {"payment": cash.pk, "amount": "30", "reason": "Wrong car", "key": "once", **fields}
    return gate.client.post(f"/gate/stays/{cash.bill.session.pk}/refund/", form, follow=True)


def shown(browser, path="/gate/refunds/"):
    return one_line(browser.client.get(path).content.decode())


def test_an_attendant_asks_and_another_manager_hands_out(gate, refunder, cash):
    for _ in range(2):
        assert "hands it out" in one_line(ask(gate, cash).content.decode())
    refund = Refund.objects.get()
    assert (refund.amount, refund.status, refund.asked_by) == (Decimal("30.00"), "INITIATED", refunder)
    address = f"/gate/refunds/{refund.pk}/"
    assert "₹30" in shown(gate)
    assert address not in shown(gate)
    assert gate.client.post(address).status_code == 403
    manager = Gate(make_user(Role.ADMIN))
    make_user(Role.ADMIN)
    assert f'href="{address}"' in shown(manager)
    assert "Yes, hand out ₹30" in shown(manager, address)
    for _ in range(2):
        done = manager.client.post(address, follow=True)
        assert "₹30 handed out." in done.content.decode()
    refund.refresh_from_db()
    assert refund.status == "COMPLETED"
    assert "No refund is waiting to be handed out here." in shown(manager)
    assert_books_agree()


def test_who_asked_does_not_hand_out(cash, admin):
    make_user(Role.ADMIN)
    mine = Gate(admin)
    ask(mine, cash)
    refund = Refund.objects.get()
    assert "another manager has to approve it" in shown(mine)
    with nothing_changes():
        answer = mine.client.post(f"/gate/refunds/{refund.pk}/")
    assert answer.status_code == 200
    assert Refund.objects.get().status == "INITIATED"


def test_more_than_the_limit_and_no_permission_at_all(gate, staff, refunder, cash):
    with nothing_changes():
        beyond = ask(gate, cash, amount="41")
    assert "That is more than you may refund" in one_line(beyond.content.decode())
    staff.permissions = {}
    staff.save()
    assert ask(gate, cash).status_code == 403


def test_a_gate_lists_the_refunds_of_its_car_park_alone(gate, refunder, cash):
    ask(gate, cash)
    airport = ParkingSite.objects.create(name="Airport", code="AIR", state="OPEN", created_at=clock.now())
    elsewhere = GateRow.objects.create(site=airport, name="T", direction="BOTH", created_at=clock.now())
    gate.client.cookies["gate_id"] = str(elsewhere.pk)
    assert "₹30" not in shown(gate)
    here = GateRow.objects.create(site_id=cash.bill.site_id, name="H", direction="BOTH", created_at=clock.now())
    gate.client.cookies["gate_id"] = str(here.pk)
    assert "₹30" in shown(gate)
