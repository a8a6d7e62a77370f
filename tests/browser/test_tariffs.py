"""A tariff with bands: laid on by a manager, seen by a driver, and on the board."""

import pytest
from playwright.sync_api import Page, expect

from parking.accounts.models import User
from parking.facilities.models import ParkingZone
from tests.browser.conftest import Axe, SignIn

pytestmark = pytest.mark.django_db(transaction=True)


def test_peak_hours_are_laid_on_and_shown(
    desktop: Page, phone: Page, sign_in: SignIn, axe: Axe, admin: User, zone: ParkingZone
) -> None:
    sign_in(desktop, admin)
    desktop.goto(f"/office/zones/{zone.pk}/tariffs/")
    axe(desktop)
    desktop.get_by_role("link", name="Use the template for peak hours").click()
    desktop.get_by_role("button", name="See what it changes").click()
    expect(desktop.get_by_role("img", name="Prices of today")).to_be_visible()
    axe(desktop)
    desktop.get_by_role("button", name="Yes, change it").click()
    expect(desktop.get_by_role("row", name="Car")).to_be_visible()
    phone.goto(f"/zones/{zone.pk}/")
    expect(phone.get_by_role("img", name="Prices of today")).to_be_visible()
    axe(phone)
    phone.goto(f"/board/{zone.site_id}/")
    expect(phone.get_by_text("Lost ticket: ₹200")).to_be_visible()
    axe(phone)


def test_the_tariff_editor_is_no_wider_than_a_small_phone(
    phone: Page, sign_in: SignIn, admin: User, zone: ParkingZone
) -> None:
    """Each field of a band and a slab is in sight; labels that are heard only once widened the page."""
    phone.set_viewport_size({"width": 360, "height": 640})
    sign_in(phone, admin)
    for address in (f"/office/zones/{zone.pk}/tariffs/", "/office/rate-cards/"):
        phone.goto(address)
        assert phone.evaluate("document.documentElement.scrollWidth") == 360, address
        for name in ("name_0", "days_0", "from_0", "to_0", "rate_0", "slab_until_0", "slab_every_0"):
            box = phone.locator(f"#id_{name}").bounding_box()
            assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 360, (address, name)
