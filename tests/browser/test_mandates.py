"""Automatic charges: begun and agreed to on a phone, seen by the office in a pass's page and in the list."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from parking.accounts.models import Role, User
from parking.checkout import mandate_following
from parking.core import clock
from parking.facilities.models import ParkingZone
from parking.passes.mandate_models import Mandate
from tests.browser.conftest import Axe, SignIn, TakePicture
from tests.build import make_user
from tests.gateways.standin import Standin, standin, standin_process
from tests.passes.build import bought, make_plan
from tests.passes.mandates import razorpay

__all__ = ["razorpay", "standin", "standin_process"]  # fixtures that are made there


@pytest.fixture(autouse=True)
def _agrees_elsewhere(razorpay: Standin) -> None:
    """Let the stand-in be Razorpay: our server calls it, no page does."""


def test_automatic_charges_are_agreed_to_and_shown_in_the_office(
    phone: Page, desktop: Page, sign_in: SignIn, driver: User, zone: ParkingZone, razorpay: Standin, axe: Axe,
    picture: TakePicture,
) -> None:  # fmt: skip
    plan = make_plan(zone, name="Monthly", period="MONTH", price="5000.00")
    held = bought(driver, plan, "DL-01-AB-1234", now=clock.now(), auto_renew=True)
    bought(driver, plan, "DL-01-AB-5678", now=clock.now())
    sign_in(phone, driver)
    phone.goto(f"/passes/{held.number}/")
    phone.get_by_role("button", name="Charge ₹5,000 automatically").click()
    expect(phone.get_by_role("link", name="Agree at Razorpay")).to_be_visible()
    axe(phone)
    phone.get_by_role("heading", name="Automatic charges").scroll_into_view_if_needed()
    picture(phone, "driver-mandate")
    razorpay.mandate(Mandate.objects.get().gateway_id, "authorise")
    phone.get_by_role("button", name="Look again").click()
    expect(phone.get_by_text("₹5,000 will be charged by Razorpay after")).to_be_visible()
    axe(phone)
    # The worker looks for what the consent cost: nobody waits for it.
    mandate_following.follow_mandate(mandate=_again(), now=clock.now())
    sign_in(desktop, make_user(Role.ADMIN))
    desktop.goto("/office/passes/")
    desktop.get_by_label("Renewal").select_option("Charged automatically")
    desktop.get_by_role("button", name="Search").click()
    expect(desktop.get_by_role("rowheader", name="P-0")).to_have_count(1)
    axe(desktop)
    desktop.get_by_role("link", name=held.number).click()
    mandates = desktop.get_by_role("table", name="Automatic charges")
    expect(mandates.get_by_text("₹5, refunded")).to_be_visible()
    expect(mandates.get_by_text("0 of 12 times")).to_be_visible()
    expect(desktop.get_by_text("This stops the automatic charges, too.")).to_be_visible()
    picture(desktop, "office-mandate")
    axe(desktop)
    razorpay.mandate(Mandate.objects.get().gateway_id, "fail-charge")
    mandate_following.follow_mandate(mandate=_again(), now=clock.now())
    desktop.goto("/office/passes/?charging=FAILED")
    expect(desktop.get_by_role("cell", name="Charge failed")).to_have_count(1)
    axe(desktop)


def _again() -> Any:
    return Mandate.objects.select_related("mandate_plan__plan__site", "subscription").get()
