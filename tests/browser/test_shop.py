"""The page of a shop on a phone: the camera reads the ticket of a customer."""

from playwright.sync_api import expect

from parking.accounts.models import User
from parking.core import clock
from parking.facilities.models import ParkingZone
from parking.offers.models import Validation
from tests.browser.conftest import Axe, Scanner, SignIn
from tests.build import enter, make_user, take_ticket
from tests.offers.build import make_shop


def test_the_camera_reads_a_ticket_and_the_shop_pays_for_it(
    scanner: Scanner, sign_in: SignIn, staff: User, zone: ParkingZone, axe: Axe
) -> None:
    clerk = make_user()
    make_shop(clerk, zone.site_id)
    session = enter(staff, take_ticket(zone, "KA-05-XY-0042", clock.now()), clock.now())
    page = scanner.new_page("phone")
    sign_in(page, clerk)
    page.goto("/shop/")
    axe(page)
    page.get_by_role("button", name="Scan the ticket").click()
    expect(page.locator("video")).to_be_visible()
    scanner.show(session.qr_code)
    expect(page.get_by_text("Validated: KA05••0042")).to_be_visible()
    assert Validation.objects.get().session_id == session.pk
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
