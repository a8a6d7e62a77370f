"""The ticket on a phone: without network, at once, awake; and how much script drivers load."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Response, expect

from parking.accounts.models import User
from parking.facilities.models import ParkingZone
from parking.payments.gateways.base import GatewayState
from parking.payments.models import PaymentOrder
from parking.stays.models import ParkingSession
from tests.browser.conftest import NewPage, SignIn
from tests.browser.waiting import until
from tests.browser.watch import Watch
from tests.build import book
from tests.gateway import FakeGateway

pytestmark = pytest.mark.django_db(transaction=True)

# What Chromium's own tools call "Slow 3G" is slower, "Fast 3G" is this: bytes a second, and a latency in milliseconds.
FAST_3G = {"offline": False, "latency": 562.5, "downloadThroughput": 180_000, "uploadThroughput": 84_375}
KEPT = """address => caches.open("pages-1").then((cache) => cache.match(address)).then(Boolean)"""


@pytest.fixture
def booking(driver: User, zone: ParkingZone) -> ParkingSession:
    return book(driver, zone, "DL-01-AB-1234")


def keep_ticket(page: Page, sign_in: SignIn, driver: User, booking: ParkingSession) -> str:
    """Look at the ticket until the worker has it; answers its address."""
    address = f"/tickets/{booking.pk}/"
    sign_in(page, driver)
    page.goto(address)
    until(page, KEPT, address)
    return address


def test_the_ticket_and_its_code_open_without_network(
    phone: Page, sign_in: SignIn, driver: User, booking: ParkingSession, watch: Watch
) -> None:
    watch.allow("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
    address = keep_ticket(phone, sign_in, driver, booking)
    phone.context.set_offline(True)
    phone.goto(address)
    expect(phone.get_by_role("heading", name="Booked")).to_be_visible()
    expect(phone.get_by_text("No connection. Last updated")).to_be_visible()
    # One notice says so, not two.
    expect(phone.locator("[data-offline-note]")).to_be_hidden()
    phone.get_by_role("button", name="Show the code large").click()
    picture = phone.get_by_role("dialog").get_by_role("img")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    # Styled, too: the sheet came from the worker.
    assert (
        phone.get_by_role("dialog").evaluate("part => getComputedStyle(part).backgroundColor") == "rgb(255, 255, 255)"
    )


def test_other_pages_without_network_lead_to_the_kept_ticket(
    phone: Page, sign_in: SignIn, driver: User, booking: ParkingSession, watch: Watch
) -> None:
    watch.allow("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
    keep_ticket(phone, sign_in, driver, booking)
    phone.context.set_offline(True)
    phone.goto("/tickets/")
    expect(phone.get_by_role("heading", name="No connection")).to_be_visible()
    phone.get_by_role("link", name="DL 01 AB 1234 · Zone A A-001").click()
    expect(phone.get_by_role("heading", name="Booked")).to_be_visible()


def test_who_signs_out_leaves_no_ticket_behind(
    phone: Page, sign_in: SignIn, driver: User, booking: ParkingSession
) -> None:
    address = keep_ticket(phone, sign_in, driver, booking)
    phone.locator("[data-menu] summary").click()
    phone.get_by_role("button", name="Sign out").click()
    expect(phone.get_by_role("heading", name="Find parking")).to_be_visible()
    assert phone.evaluate(KEPT, address) is False


def test_another_language_is_not_answered_from_what_was_kept(
    phone: Page, sign_in: SignIn, driver: User, booking: ParkingSession
) -> None:
    keep_ticket(phone, sign_in, driver, booking)
    phone.locator("[data-menu] summary").click()
    phone.get_by_role("button", name="हिन्दी").click()
    expect(phone.locator("html")).to_have_attribute("lang", "hi")


def test_cancelling_is_not_answered_from_what_was_kept(
    phone: Page, sign_in: SignIn, driver: User, booking: ParkingSession
) -> None:
    keep_ticket(phone, sign_in, driver, booking)
    phone.reload()
    phone.get_by_role("button", name="Cancel this booking").click()
    with phone.expect_navigation():
        phone.get_by_role("button", name="Cancel the booking").click()
    assert phone.evaluate("document.querySelector('[data-stage]').dataset.stage") == "OVER"


def test_a_repeated_visit_paints_within_a_second_on_a_slow_phone(
    phone: Page, sign_in: SignIn, driver: User, booking: ParkingSession
) -> None:
    """Two round trips of this network take longer than the bound: a page that came through it could not pass."""
    address = keep_ticket(phone, sign_in, driver, booking)
    phone.goto("/offline/")
    chromium = phone.context.new_cdp_session(phone)
    chromium.send("Network.enable")
    chromium.send("Network.emulateNetworkConditions", FAST_3G)
    chromium.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    phone.goto(address, wait_until="commit")
    painted = phone.evaluate(
        """() => new Promise((done) => new PerformanceObserver((list) => {
            const entry = list.getEntriesByName("first-contentful-paint")[0];
            if (entry) done(entry.startTime);
        }).observe({type: "paint", buffered: true}))"""
    )
    chromium.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    assert painted < 1000, f"The ticket was painted after {painted:.0f} ms"


@pytest.mark.parametrize("address", ["/zones/", "/zones/{zone}/", "/tickets/", "/tickets/{ticket}/", "/offline/"])
def test_scripts_stay_below_100_kilobytes(
    phone: Page, sign_in: SignIn, driver: User, booking: ParkingSession, address: str
) -> None:
    sign_in(phone, driver)
    scripts: list[Response] = []
    phone.on("response", lambda response: scripts.append(response) if is_script(response) else None)
    phone.goto(address.format(zone=booking.zone_id, ticket=booking.pk), wait_until="networkidle")
    sizes = {response.url: response.request.sizes()["responseBodySize"] for response in scripts}
    assert len(sizes) >= 3
    assert sum(sizes.values()) < 100_000, sizes


def is_script(response: Response) -> bool:
    return bool(re.search(r"\.js(\?|$)", response.url)) and response.request.resource_type == "script"


def test_the_screen_is_asked_to_stay_awake_while_the_code_is_shown(
    new_page: NewPage, sign_in: SignIn, driver: User, booking: ParkingSession
) -> None:
    page = new_page("phone")
    page.add_init_script(
        """window.asked = []; window.released = 0;
        Object.defineProperty(navigator, "wakeLock", {value: {request: async (kind) => {
            window.asked.push(kind);
            const lock = new EventTarget();
            lock.release = async () => { window.released += 1; lock.dispatchEvent(new Event("release")); };
            window.lock = lock;
            return lock;
        }}});"""
    )
    sign_in(page, driver)
    page.goto(f"/tickets/{booking.pk}/")
    page.get_by_role("button", name="Show the code large").click()
    until(page, "asked.length === 1")
    # Another application took the screen, and the driver came back.
    page.evaluate("lock.dispatchEvent(new Event('release')); document.dispatchEvent(new Event('visibilitychange'))")
    until(page, "asked.length === 2")
    page.get_by_role("button", name="Close").click()
    until(page, "released === 1")
    assert page.evaluate("asked") == ["screen", "screen"]


def test_the_application_can_be_installed(phone: Page) -> None:
    phone.goto("/zones/")
    manifest: dict[str, Any] = phone.evaluate(
        "fetch(document.querySelector('[rel=manifest]').href).then((r) => r.json())"
    )
    assert (manifest["display"], manifest["start_url"]) == ("standalone", "/")
    for icon in manifest["icons"]:
        assert phone.evaluate("address => fetch(address).then((answer) => answer.status)", icon["src"]) == 200


def test_what_is_to_be_done_lies_at_the_lower_edge_and_covers_nothing(
    phone: Page, sign_in: SignIn, driver: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    sign_in(phone, driver)
    phone.goto(f"/tickets/{book(driver, zone).pk}/")
    code, words = phone.locator(".qr").bounding_box(), phone.locator(".code-box .code-text").bounding_box()
    # The white edge of the code is part of its picture.
    assert code and words and code["y"] + code["height"] <= words["y"]
    gateway.outcome = GatewayState.PENDING
    phone.goto(f"/tickets/{book(driver, zone).pk}/")
    bar, last = phone.locator(".thumb-actions"), phone.get_by_role("button", name="Use this promo code")
    last.evaluate("button => scrollTo(0, document.body.scrollHeight)")
    lies, ends = bar.bounding_box(), last.bounding_box()
    assert lies and ends and lies["y"] + lies["height"] == 844
    assert ends["y"] + ends["height"] <= lies["y"]
    # A payment that is being checked leaves nothing to do: no empty bar takes the place of the tabs.
    PaymentOrder.objects.update(status="REVIEW", is_definite=True)
    phone.reload()
    expect(bar).to_be_hidden()
    expect(phone.locator(".thumb-bar")).to_be_visible()
