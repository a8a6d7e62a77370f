"""Buying a pass on a phone, and the office's list of passes."""

from playwright.sync_api import Page, expect

from parking.accounts.models import Role, User
from parking.facilities.models import ParkingZone
from tests.browser.conftest import Axe, SignIn, TakePicture
from tests.build import make_user
from tests.passes.build import make_plan


def test_a_pass_is_bought_and_found(
    phone: Page, desktop: Page, sign_in: SignIn, driver: User, zone: ParkingZone, axe: Axe, picture: TakePicture
) -> None:
    make_plan(zone, name="Weekly", price="1500.00")
    make_plan(zone, name="Office", period="MONTH", price="5000.00", begins="08:00", ends="20:00", vehicles=2, inside=1)
    sign_in(phone, driver)
    phone.goto("/passes/")
    axe(phone)
    phone.get_by_role("link", name="Buy Office").click()
    phone.get_by_label("Plates").fill("DL 01 AB 1234\nDL 01 AB 5678")
    axe(phone)
    phone.get_by_role("button", name="Buy and pay ₹5,000").click()
    expect(phone.get_by_role("img", name="QR code of this pass")).to_be_visible()
    axe(phone)
    picture(phone, "driver-pass")
    sign_in(desktop, make_user(Role.ADMIN))
    desktop.goto("/office/passes/?q=AB5678")
    expect(desktop.get_by_role("rowheader", name="P-0")).to_have_count(1)
    axe(desktop)
    desktop.get_by_role("link", name="P-0").click()
    expect(desktop.get_by_role("heading", name="End the pass")).to_be_visible()
    axe(desktop)
    picture(desktop, "office-pass")
    desktop.goto("/office/passes/sell/")
    expect(desktop.get_by_role("button", name="Money received")).to_be_visible()
    axe(desktop)
    desktop.goto("/office/passes/")
    desktop.get_by_role("link", name="Office", exact=True).last.click()
    expect(desktop.get_by_role("heading", name="Office")).to_be_visible()
    axe(desktop)
