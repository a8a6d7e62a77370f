"""Organisations: what their contact sees on a phone, the office at a desk, and the attendant when a car comes."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from parking.accounts.models import Role, User
from parking.checkout.organisation_money import invoice_months
from parking.core import clock
from parking.facilities.models import ParkingZone
from parking.passes.models import Organisation, Subscription
from tests.browser.conftest import Axe, NewPage, SignIn, TakePicture
from tests.browser.test_gate_scanning import OpenGate, open_gate, type_code
from tests.build import make_user
from tests.passes.organisations import make_organisation, upload

__all__ = ["open_gate"]


@pytest.fixture
def hospital(driver: User, zone: ParkingZone) -> Organisation:
    """A hospital with two vehicles on its list since six weeks, and the invoice of its first month."""
    since = clock.now() - timedelta(days=45)
    made = make_organisation(zone, now=since, contact_id=driver.pk, gstin="07AAACC1206D1ZI")
    upload(made, "DL-01-AB-1234", "DL-01-AB-5678", now=since)
    assert invoice_months(now=clock.now()) == 1
    return made


def test_the_contact_finds_code_invoices_and_list(
    phone: Page, sign_in: SignIn, driver: User, hospital: Organisation, axe: Axe, picture: TakePicture
) -> None:
    sign_in(phone, driver)
    phone.goto("/passes/")
    phone.get_by_role("link", name="City Hospital").click()
    expect(phone.get_by_text("DL 01 AB 5678")).to_be_visible()
    picture(phone, "organisation-agreement", whole=True)
    axe(phone)


def test_the_office_sees_list_and_invoices(
    desktop: Page, sign_in: SignIn, hospital: Organisation, axe: Axe, picture: TakePicture
) -> None:
    sign_in(desktop, make_user(Role.ADMIN))
    desktop.goto("/office/organisations/")
    desktop.get_by_role("link", name="City Hospital").click()
    expect(desktop.get_by_role("heading", name="City Hospital")).to_be_visible()
    picture(desktop, "office-organisation")
    axe(desktop)


def test_the_attendant_lets_a_car_in_with_the_code(
    new_page: NewPage, open_gate: OpenGate, hospital: Organisation, axe: Axe, picture: TakePicture
) -> None:
    page = open_gate(new_page("phone"))
    type_code(page, Subscription.objects.get(organisation=hospital).pass_code)
    expect(page.get_by_role("button", name="5678")).to_be_visible()
    picture(page, "gate-pass")
    axe(page)
    page.get_by_role("button", name="1234").click()
    expect(page.locator("[data-verdict=yes]")).to_be_visible()
    axe(page)
