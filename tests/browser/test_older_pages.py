"""The older pages, in a browser: a ticket at the entry."""

import pytest
from playwright.sync_api import expect

from parking.facilities.models import ParkingZone
from parking.stays.models import ParkingSession
from tests.browser.conftest import Axe, NewPage, TakePicture


@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_a_ticket_is_given_by_clicking(
    new_page: NewPage, zone: ParkingZone, axe: Axe, picture: TakePicture, device
) -> None:
    page = new_page(device)
    page.goto("/parking/entry/")
    axe(page)
    page.get_by_label("Vehicle number").fill("DL-01-AB-1234")
    page.get_by_label("Owner").fill("आशा राव")
    page.get_by_role("button").last.click()
    expect(page.locator(".verdict").get_by_text("A-001")).to_be_visible()
    picture(page, f"kiosk-{device}")
    assert ParkingSession.objects.get().owner_name == "आशा राव"
