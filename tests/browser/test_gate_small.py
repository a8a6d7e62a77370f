"""What the sets of duties offer, on the smallest phone and on a desk: nothing runs out of the page, axe is content."""

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from parking.accounts.models import User
from parking.checkout import paying_later
from parking.core import clock
from parking.core.actor import SYSTEM
from parking.core.ids import Ref
from parking.core.models import SettingValue
from parking.core.site_settings import GATE_DUTIES, stored
from parking.facilities.gates import create_gate
from parking.facilities.models import ParkingZone
from parking.stays.models import ParkingSession
from tests.browser.axe import Scheme
from tests.browser.conftest import Axe, NewPage, SignIn
from tests.browser.test_gate_touches import SMALL
from tests.build import actor, book, enter, give_ticket

Stand = Callable[[str, str, dict[str, Any]], Page]
DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
ASKED = "KA-05-MH-0042"
BOTH = ["ticket/", "lost/", "given-tickets/", "phone/", "desk/", "debts/", "refunds/", "emergency/"]
PAGES = {"ONE": [*BOTH, "money/"], "FLOOR": [*BOTH, "money/", "inside/", "slots/", "problems/"]}


@pytest.fixture
def cars(staff: User, driver: User, zone: ParkingZone) -> dict[str, ParkingSession]:
    """Return a car that is inside, a ticket that is asked about, and a car that pays the rest within a day."""
    User.objects.filter(pk=driver.pk).update(phone="9876543210")
    past = clock.now() - timedelta(minutes=150)
    later = enter(staff, book(driver, zone, "MH-12-XY-9999", past), past)
    paying_later.let_out(actor=actor(staff), session=Ref(pk=later.pk), now=clock.now())
    return {
        "inside": enter(staff, book(driver, zone, "DL-01-AB-1234", past), past),
        "asked": give_ticket(staff, zone, ASKED, past),
        "later": later,
    }


@pytest.fixture
def stand(new_page: NewPage, sign_in: SignIn, staff: User, zone: ParkingZone, settings: Any) -> Stand:
    """Sign an attendant in at the gate of a car park with these duties, which has SMS."""

    def begin(duties: str, language: str, size: dict[str, Any]) -> Page:
        settings.SMS_URL, settings.SMS_TEMPLATE_IDS = "http://127.0.0.1:9/sms", {"slip_ticket.en": "1107"}
        SettingValue.objects.create(name=GATE_DUTIES.name, site_id=zone.site_id, value=duties, changed_at=clock.now())
        stored.forget()
        gate = create_gate(
            actor=SYSTEM, site_id=zone.site_id, name="Main", direction="BOTH", zone_ids=[], now=clock.now()
        )
        page = new_page("desktop" if size is DESK else "phone", locale=f"{language}-IN", **size)
        sign_in(page, staff)
        page.goto("/gate/")
        page.locator("[data-place-choice]").get_by_role("button", name="Main").click()
        page.wait_for_function("id => document.cookie.includes(`gate_id=${id}`)", arg=gate.pk)
        return page

    return begin


def fits(page: Page) -> None:
    """Hold that nothing is scrolled sideways."""
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url


@pytest.mark.parametrize(
    ("language", "scheme", "size"), [("en", "dark", SMALL), ("hi", "light", SMALL), ("en", "light", DESK)]
)
@pytest.mark.parametrize("duties", ["ONE", "FLOOR"])
def test_the_pages_of_a_set_fit_and_can_be_read(
    axe: Axe,
    cars: dict[str, ParkingSession],
    stand: Stand,
    duties: str,
    language: str,
    scheme: Scheme,
    size: dict[str, Any],
) -> None:
    page = stand(duties, language, size)
    inside = f"stays/{cars['inside'].pk}/"
    for path in ["", *PAGES[duties], inside, f"{inside}sms/", f"stays/{cars['asked'].pk}/"]:
        page.goto(f"/gate/{path}")
        fits(page)
        axe(page, schemes=(scheme,))
        keep(page, f"{duties}-{language}-{scheme}-{size['viewport']['width']}-{path}", scheme)


@pytest.mark.parametrize(("language", "scheme"), [("en", "dark"), ("hi", "light")])
def test_the_pages_that_take_the_rest_fit_and_can_be_read(
    new_page: NewPage,
    sign_in: SignIn,
    axe: Axe,
    driver: User,
    cars: dict[str, ParkingSession],
    language: str,
    scheme: Scheme,
) -> None:
    page, later = new_page("phone", locale=f"{language}-IN", **SMALL), cars["later"]
    sign_in(page, driver)
    for path in [f"tickets/{later.pk}/", f"tickets/{later.pk}/pay/", "debts/", f"r/{later.qr_code}"]:
        answer = page.goto(f"/{path}")
        assert answer is not None
        assert answer.status == 200, path
        fits(page)
        axe(page, schemes=(scheme,))
        keep(page, f"rest-{language}-{scheme}-{path}", scheme)


@pytest.mark.parametrize("language", ["en", "hi"])
def test_the_two_answers_stand_side_by_side(cars: dict[str, ParkingSession], stand: Stand, language: str) -> None:
    page = stand("ONE", language, SMALL)
    for path in ("given-tickets/", f"stays/{cars['asked'].pk}/"):
        page.goto(f"/gate/{path}")
        tops = page.locator(".ticket-answer button").evaluate_all("all => all.map(one => one.offsetTop)")
        assert len(tops) == 2
        assert tops[0] == tops[1], path


@pytest.mark.usefixtures("cars")
def test_lists_are_short_and_searches_are_named_on_the_smallest_phone(stand: Stand) -> None:
    page = stand("FLOOR", "en", SMALL)
    page.goto("/gate/inside/")
    row = page.locator(".cars tbody tr").first.bounding_box()
    assert row
    assert row["height"] <= 96
    lost = page.get_by_role("link", name="Lost ticket").locator("use").get_attribute("href")
    assert str(lost).endswith("#ticket-off")
    page.goto("/gate/debts/?q=MH-12-XY-9999")
    assert page.get_by_text("Plate, in full").evaluate("one => one.offsetWidth") > 40
    page.goto("/gate/money/")
    assert page.locator(".tasks .row").count() == 5


@pytest.mark.usefixtures("cars")
def test_a_session_leads_back_to_where_it_was_opened(stand: Stand) -> None:
    page = stand("ONE", "en", SMALL)
    page.goto("/gate/given-tickets/")
    page.locator(".row-text > a").click()
    page.locator(".back a").click()
    expect(page.get_by_role("heading", name="Entered or gone?")).to_be_visible()


def keep(page: Page, name: str, scheme: Scheme) -> None:
    if folder := os.environ.get("LOOK_AT"):
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=f"{folder}/{name.strip('/').replace('/', '_')}.png", full_page=True, animations="disabled")
