"""The process dies while a pass is bought, or an answer is lost: a repeat or the worker takes it to its end."""

from typing import Any

import pytest

from parking.accounts.models import User
from parking.audit import services as audit
from parking.checkout import passes, settling
from parking.checkout.organisation_money import invoice_months
from parking.core.idempotency import RepeatedRequest, RequestKey
from parking.facilities.models import ParkingZone
from parking.invoices import customers
from parking.passes.models import OrganisationInvoice, Plan, Subscription
from parking.passes.services import Wanted
from parking.payments import bills
from parking.payments.models import Bill, Payment
from tests.build import actor
from tests.gateway import FakeGateway, PowerCut
from tests.invariants import assert_books_agree
from tests.moments import START, at
from tests.passes.build import again, make_plan
from tests.passes.organisations import make_organisation, upload

pytestmark = pytest.mark.django_db(transaction=True)

KEY = RequestKey("user:1", "/api/user/passes/", "k1", "fingerprint")


@pytest.fixture
def plan(transactional_db: None, zone: ParkingZone) -> Plan:
    return make_plan(zone)


def _buy(driver: User, plan: Plan) -> Subscription:
    wanted = Wanted(("DL-01-AB-1234",))
    bought = passes.buy(actor=actor(driver), plan_id=plan.pk, wanted=wanted, gateway=None, now=START, key=KEY)
    return bought.subscription


def test_it_dies_before_the_gateway_is_called(driver: User, plan: Plan, gateway: FakeGateway) -> None:
    gateway.power = False
    with pytest.raises(PowerCut):
        _buy(driver, plan)
    gateway.power = True
    held = Subscription.objects.get()
    assert held.status == "PENDING"
    with pytest.raises(RepeatedRequest):
        _buy(driver, plan)
    assert passes.resume_buying(subject=held.pass_code, now=at(1)).subscription.status == "ACTIVE"
    assert (Subscription.objects.count(), Payment.objects.count()) == (1, 1)
    assert_books_agree()


def test_the_gateway_took_the_money_and_its_answer_is_lost(driver: User, plan: Plan, gateway: FakeGateway) -> None:
    gateway.answers_lost = True
    held = _buy(driver, plan)
    assert held.status == "PENDING"
    gateway.answers_lost = False
    settling.follow_open_orders(now=at(1))
    assert again(held).status == "ACTIVE"
    settling.follow_open_orders(now=at(2))
    assert Payment.objects.count() == 1
    assert_books_agree()


@pytest.mark.parametrize("step", ["put_on_account", "give_details", "record"])
def test_it_dies_while_a_month_is_invoiced(zone: ParkingZone, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    organisation = make_organisation(zone)
    upload(organisation, "DL-01-AB-1234")
    owner = {"put_on_account": bills, "give_details": customers, "record": audit}[step]

    def dies(*_: Any, **__: Any) -> None:
        raise PowerCut

    with monkeypatch.context() as cut:
        cut.setattr(owner, step, dies)
        with pytest.raises(PowerCut):
            invoice_months(now=at(60 * 24 * 40))
    assert not OrganisationInvoice.objects.exists()
    assert not Bill.objects.exists()
    assert invoice_months(now=at(60 * 24 * 40)) == 1
    assert_books_agree()
