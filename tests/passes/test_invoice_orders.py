"""The contact of an organisation pays an invoice online: the usual order, and what comes too late or twice."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from time_machine import Traveller

from parking.accounts.models import User
from parking.checkout import settling
from parking.checkout.organisation_paying import pay_invoice
from parking.facilities.models import ParkingZone
from parking.passes.models import Organisation, OrganisationInvoice
from parking.payments.gateways.base import GatewayState
from parking.payments.models import Payment, PaymentOrder, Refund
from tests.build import actor, make_user
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree, refused
from tests.passes.organisations import again, invoiced, make_organisation, midday, pay, upload

pytestmark = pytest.mark.django_db

CARS = ("DL-01-AB-1234", "DL-01-AB-5678")
TODAY = midday(date(2027, 1, 5))


@pytest.fixture
def organisation(driver: User, zone: ParkingZone) -> Organisation:
    """Return one whose contact the driver is, with an invoice of ₹2,000 that was due on 1 January."""
    made = make_organisation(zone, contact_id=driver.pk)
    upload(made, *CARS)
    invoiced(made, date(2026, 12, 22))
    return made


def start(driver: User, organisation: Organisation, number: int = 1) -> PaymentOrder:
    return pay_invoice(actor=actor(driver), organisation_id=organisation.pk, number=number, gateway=None, now=TODAY)


def the_invoice() -> OrganisationInvoice:
    return OrganisationInvoice.objects.select_related("bill").get()


def test_the_contact_pays_what_is_due(driver: User, organisation: Organisation, gateway: FakeGateway) -> None:
    assert again(organisation).subscription.is_amber(TODAY)
    order = start(driver, organisation)
    assert (order.purpose, order.amount, order.status) == ("INVOICE", Decimal("2000.00"), "COMPLETED")
    assert (the_invoice().paid_at, the_invoice().bill.due) == (TODAY, Decimal("0.00"))
    assert not again(organisation).subscription.is_amber(TODAY)
    with refused("nothing_due"):
        start(driver, organisation)
    assert_books_agree()


def test_the_rest_of_a_part_is_paid_online(
    driver: User, admin: User, organisation: Organisation, gateway: FakeGateway
) -> None:
    pay(admin, organisation, 1, "500", tds="100", now=TODAY)
    assert start(driver, organisation).amount == Decimal("1400.00")
    assert the_invoice().paid_at == TODAY
    assert_books_agree()


def test_a_payment_that_waits_is_gone_on_with(driver: User, organisation: Organisation, gateway: FakeGateway) -> None:
    gateway.outcome = GatewayState.PENDING
    first = start(driver, organisation)
    assert start(driver, organisation).pk == first.pk
    gateway.decide(GatewayState.COMPLETED)
    settling.follow_open_orders(now=TODAY + timedelta(minutes=1))
    assert the_invoice().paid_at is not None
    assert Payment.objects.count() == 1
    assert_books_agree()


def test_what_the_office_entered_meanwhile_is_not_paid_twice(
    driver: User, admin: User, organisation: Organisation, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    start(driver, organisation)
    pay(admin, organisation, 1, "1000", now=TODAY)
    assert PaymentOrder.objects.get().status == "EXPIRED"
    assert_books_agree()
    gateway.decide(GatewayState.COMPLETED)
    settling.collect(order=PaymentOrder.objects.get(), now=TODAY + timedelta(minutes=1))
    refund = Refund.objects.get()
    assert (refund.amount, refund.status, the_invoice().bill.due) == (Decimal("2000.00"), "COMPLETED", Decimal("1000"))
    assert_books_agree()


def test_a_declined_payment_leaves_the_invoice_due(
    driver: User, organisation: Organisation, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.FAILED
    with pytest.raises(Exception, match="declined"):
        start(driver, organisation)
    assert (the_invoice().paid_at, the_invoice().bill.due) == (None, Decimal("2000.00"))
    assert_books_agree()


def test_nobody_else_pays_or_sees_it(organisation: Organisation) -> None:
    with refused("organisation_not_found"):
        start(make_user(), organisation)


def test_the_contacts_page_leads_to_the_payment_and_back(
    driver: User, organisation: Organisation, gateway: FakeGateway, time_machine: Traveller
) -> None:
    time_machine.move_to(TODAY, tick=False)
    gateway.outcome = GatewayState.PENDING
    browser = Client()
    browser.force_login(driver, backend="django.contrib.auth.backends.ModelBackend")
    address = f"/organisations/{organisation.pk}/invoices/1/pay/"
    assert f'href="{address}"' in browser.get(f"/organisations/{organisation.pk}/").content.decode()
    assert "Pay ₹2,000" in browser.get(address).content.decode()
    assert browser.post(address, {}).headers["Location"] == address
    assert "₹2,000 to pay" in browser.get(address).content.decode()
    order = PaymentOrder.objects.get()
    assert browser.get(f"/pay/return/{order.order_id}/").headers["Location"] == address
    gateway.decide(GatewayState.COMPLETED)
    time_machine.move_to(TODAY + timedelta(seconds=5), tick=False)
    browser.post(f"{address}check/")
    assert browser.get(f"{address}live/").headers["HX-Redirect"] == address
    assert browser.get(address).headers["Location"] == f"/organisations/{organisation.pk}/"
    assert_books_agree()
