"""The page of a pass and the calls of the API, on which renewals are charged automatically or no longer."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from parking.accounts.models import User
from parking.accounts.tokens import new_access_token
from parking.passes.mandate_models import Mandate
from parking.passes.models import Subscription
from tests.gateways import standin as fake
from tests.gateways.standin import Standin, standin, standin_process
from tests.passes.build import bought, make_plan

__all__ = ["standin", "standin_process"]  # fixtures that are made there

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def razorpay(standin: Standin, settings: Any) -> Standin:
    settings.RAZORPAY_URL = standin.address
    settings.RAZORPAY_KEY_ID, settings.RAZORPAY_KEY_SECRET = fake.KEY_ID, fake.KEY_SECRET
    settings.RAZORPAY_SUBSCRIPTIONS = True
    return standin


@pytest.fixture
def held(driver: User, zone: Any) -> Subscription:
    return bought(driver, make_plan(zone), "DL-01-AB-1234", now=datetime.now(UTC), auto_renew=True)


@pytest.fixture
def page(client: Client, driver: User) -> Client:
    client.force_login(driver)
    return client


def shown(page: Client, held: Subscription) -> str:
    return page.get(f"/passes/{held.number}/").content.decode()


def test_the_price_stands_before_the_first_tap(page: Client, held: Subscription, razorpay: Standin) -> None:
    html = shown(page, held)
    assert "Charge ₹1,500 automatically" in html
    assert "₹1,500 for a week, charged by Razorpay for each renewal" in html
    assert "At most 52 times." in html
    assert Mandate.objects.count() == 0
    assert razorpay.calls("razorpay") == []


def test_without_the_setting_nothing_is_shown(page: Client, held: Subscription) -> None:
    assert "Automatic charges" not in shown(page, held)


def test_it_is_begun_given_and_ended_with_a_tap_each(page: Client, held: Subscription, razorpay: Standin) -> None:
    address = f"/passes/{held.number}/mandate/"
    assert page.post(address, {"action": "begin"}).headers["Location"] == f"/passes/{held.number}/"
    mandate = Mandate.objects.get()
    assert f'href="{mandate.page}"' in shown(page, held)
    razorpay.mandate(mandate.gateway_id, "authorise")
    page.post(address, {"action": "check"})
    html = shown(page, held)
    assert "₹1,500 will be charged by Razorpay after" in html
    assert f"/passes/{held.number}/pay/" not in html
    page.post(address, {"action": "end"})
    assert "Automatic charges are being stopped" in shown(page, held)


def test_a_charge_that_failed_is_said_on_the_page(page: Client, held: Subscription, razorpay: Standin) -> None:
    address = f"/passes/{held.number}/mandate/"
    page.post(address, {"action": "begin"})
    mandate = Mandate.objects.get()
    razorpay.mandate(mandate.gateway_id, "authorise")
    page.post(address, {"action": "check"})
    razorpay.mandate(mandate.gateway_id, "fail-charge")
    page.post(address, {"action": "check"})
    assert "The bank did not pay ₹1,500." in shown(page, held)


def test_a_refusal_is_said_in_words(page: Client, held: Subscription, settings: Any) -> None:
    settings.RAZORPAY_SUBSCRIPTIONS = False
    html = page.post(f"/passes/{held.number}/mandate/", {"action": "begin"}).content.decode()
    assert "Automatic charges are not offered here." in html


def test_the_api_begins_and_ends_it(page: Client, driver: User, held: Subscription, razorpay: Standin) -> None:
    headers = {"Authorization": f"Bearer {new_access_token(driver)}"}
    address = f"/api/user/passes/{held.number}/mandate/"
    before = page.get(address, headers=headers).json()["data"]
    assert (before["may_begin"], before["amount"], before["status"]) == (True, 1500.0, None)
    begun = page.post(address, headers=headers).json()["data"]
    mandate = Mandate.objects.get()
    assert (begun["status"], begun["page"], begun["key_id"]) == ("OFFERED", mandate.page, fake.KEY_ID)
    assert (begun["subscription_id"], Decimal(str(begun["amount"]))) == (mandate.gateway_id, Decimal(1500))
    razorpay.mandate(mandate.gateway_id, "authorise")
    ended = page.delete(address, headers=headers).json()["data"]
    assert (ended["status"], ended["page"]) == ("ENDING", None)
