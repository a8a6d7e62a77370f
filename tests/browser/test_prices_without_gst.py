"""A car park that writes its prices without GST: each page with a price says what it shows."""

from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from parking.accounts.models import User
from parking.core import clock
from parking.core.actor import SYSTEM
from parking.facilities.models import ParkingZone
from parking.replays.services import start_replay
from parking.tariffs import cards
from parking.tariffs.versions import Draft
from tests.browser.conftest import Axe, NewPage, SignIn
from tests.invoices.conftest import register

pytestmark = pytest.mark.django_db(transaction=True)
FIFTY = Draft({"base_rate": Decimal("50.00"), "booking_fee": Decimal("50.00")})
OF_OFFICE = "Drivers see and pay prices with it."
OF_DRIVERS = "All prices include GST."


@pytest.fixture
def replay_id(zone: ParkingZone) -> int:
    """A What-if of zone A, which writes its prices without GST, as the rate card that lies on it does."""
    register(zone.site, prices_include_tax=False)
    now = clock.now()
    today = clock.today()
    cards.create_card(actor=SYSTEM, name="City", draft=FIFTY, zone_ids=[zone.pk], now=now)
    replay = start_replay(
        actor=SYSTEM, zone_ids=[zone.pk], draft=FIFTY, start_date=today - timedelta(days=6), end_date=today, now=now
    )
    return replay.pk


def _says(page: Page, text: str, axe: Axe) -> None:
    expect(page.get_by_text(text).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth")
    axe(page)


def test_each_page_says_what_its_prices_are(
    desktop: Page, new_page: NewPage, sign_in: SignIn, axe: Axe, admin: User, zone: ParkingZone, replay_id: int
) -> None:
    small = new_page("phone", viewport={"width": 360, "height": 640})
    for page in (desktop, small):
        sign_in(page, admin)
        for address in (
            f"/office/zones/{zone.pk}/", f"/office/zones/{zone.pk}/tariffs/", "/office/rate-cards/",
            f"/office/what-if/{replay_id}/",
        ):  # fmt: skip
            page.goto(address)
            _says(page, OF_OFFICE, axe)
        page.goto(f"/office/zones/{zone.pk}/tariffs/")
        page.get_by_role("button", name="See what it changes").click()
        expect(page.get_by_role("button", name="Yes, change it")).to_be_visible()
        _says(page, OF_DRIVERS, axe)
        caption, heads = (page.locator(f".preview-table {part}").bounding_box() for part in ("caption", "thead"))
        assert caption is not None and heads is not None
        assert caption["y"] + caption["height"] <= heads["y"] + 1  # not a cell of the first column
        page.goto(f"/zones/{zone.pk}/")
        _says(page, OF_DRIVERS, axe)
