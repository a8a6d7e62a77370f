"""A debt meets those who collect it, pay it and forgive it at the same moment."""

from dataclasses import replace
from functools import partial

import pytest

from parking.accounts.models import Role, User
from parking.checkout import collecting, debts, settling
from parking.checkout.collecting import Collection
from parking.core.actor import Permissions, user_actor
from parking.facilities.models import ParkingZone
from parking.payments.gateways.base import GatewayState
from parking.payments.models import Debt, PaymentOrder
from tests.build import actor, book, enter, make_user, make_zone, pay_ahead, terminate
from tests.concurrency.together import at_once, tally
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree
from tests.moments import START, at

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 8


def test_a_debt_at_two_gates_online_and_forgiven_ends_once(
    driver: User, staff: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    admin = make_user(Role.ADMIN)
    collector = user_actor(staff.pk, "STAFF", permissions=Permissions(collect_debt=True))
    for _ in range(ROUNDS):
        gateway.outcome = GatewayState.COMPLETED
        session = enter(staff, book(driver, make_zone(), now=START), START)
        terminate(staff, session, now=at(180))
        debt = Debt.objects.get(bill=session.bill)
        gateway.outcome = GatewayState.PENDING
        order = pay_ahead(driver, session, at(181))
        said = replace(gateway.orders[order.order_id], state=GatewayState.COMPLETED)
        gateway.outcome = GatewayState.COMPLETED
        take = partial(collecting.collect, actor=collector, debt_id=debt.pk, collection=Collection("CASH"), now=at(182))
        forgive = partial(debts.write_off, actor=actor(admin), debt_id=debt.pk, reason="Towed", now=at(182))
        paid = PaymentOrder.objects.select_related("bill").get(pk=order.pk)
        online = partial(settling.settle, order=paid, answer=said, now=at(182))
        answers = at_once([take, take, forgive, online])
        assert tally(answers)["debt_closed"] in {2, 3}
        debt.refresh_from_db()
        assert debt.status in {"PAID", "WRITTEN_OFF"}
    assert_books_agree()
