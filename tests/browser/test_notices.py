"""What people are told, in a browser: the list, the choices, and push messages on a device."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from parking.accounts.models import User
from parking.core import clock
from parking.facilities.models import ParkingZone
from parking.notifications.channels.web_push import new_private_key
from parking.notifications.delivering import deliver
from parking.notifications.models import Channel, Notice, PushSubscription
from parking.notifications.noticing import take_events
from tests.browser.conftest import NewPage, SignIn
from tests.browser.test_gate_pages import SMALL
from tests.browser.test_gate_scanning import OpenGate, open_gate
from tests.browser.waiting import until
from tests.build import book
from tests.notifications.standin import MessageStandin, running_standin

__all__ = ["open_gate"]

# The push services of browser makers are out of reach: the stand-in made this subscription.
PLAY_PUSH_SERVICE = """(given) => {
  const subscription = {
    endpoint: given.endpoint,
    toJSON: () => given,
    unsubscribe: async () => { sessionStorage.removeItem("subscribed"); return true; },
  };
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
    sessionStorage.setItem("subscribed", applicationServerKey.length);
    return subscription;
  };
  PushManager.prototype.getSubscription = async () => (sessionStorage.getItem("subscribed") ? subscription : null);
}"""
SHOWN = """async () => {
  const worker = await navigator.serviceWorker.ready;
  return (await worker.getNotifications()).map(({ title, body, data }) => [title, body, data.url]);
}"""


@pytest.fixture
def standin(settings: Any) -> Iterator[MessageStandin]:
    with running_standin() as running:
        settings.PUSH_HOSTS = running.settings()["PUSH_HOSTS"]
        settings.PUSH_PRIVATE_KEY = new_private_key()
        yield running


def _arrives(page: Page, message: dict[str, str], *, times: int) -> None:
    """Hand a message to the service worker as the browser does."""
    cdp = page.context.new_cdp_session(page)
    found: list[str] = []
    cdp.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(one["registrationId"] for one in event["registrations"]),
    )
    cdp.send("ServiceWorker.enable")
    origin = page.evaluate("location.origin")
    for _ in range(times):
        facts = {"origin": origin, "registrationId": found[0], "data": json.dumps(message)}
        cdp.send("ServiceWorker.deliverPushMessage", facts)
    cdp.detach()


def test_a_push_message_is_allowed_shown_once_and_ended(
    whole_page: NewPage,
    sign_in: SignIn,
    driver: User,
    zone: ParkingZone,
    standin: MessageStandin,
    axe: Callable[..., None],
) -> None:
    page = whole_page("phone", permissions=["notifications"])
    page.add_init_script(f"({PLAY_PUSH_SERVICE})({json.dumps(standin.control('subscribe'))})")
    sign_in(page, driver)
    page.goto("/profile/notifications/")
    axe(page)
    page.get_by_role("button", name="Show messages on this device").click()
    expect(page.get_by_role("button", name="Show no more messages here")).to_be_visible()
    assert page.evaluate("sessionStorage.getItem('subscribed')") == "65"
    now = clock.now()
    book(driver, zone, "KA-01-AB-0001", now)
    while take_events(now=now):
        pass
    # At night it waits for the morning.
    is_night = not 7 <= now.astimezone(clock.site_zone()).hour < 22
    deliver(now=now + timedelta(hours=12 if is_night else 0), channel=Channel.PUSH)
    (sent,) = standin.arrived("PUSH")
    _arrives(page, {"title": sent["title"], "body": sent["text"], "tag": sent["reference"], "url": "/zones/"}, times=2)
    until(page, f"async () => (await ({SHOWN})()).length > 0")
    ((title, body, url),) = page.evaluate(SHOWN)
    assert (title, "KA 01 AB 0001" in body, url) == ("KA 01 AB 0001 is booked at Zone A", True, "/zones/")
    page.get_by_role("button", name="Show no more messages here").click()
    expect(page.get_by_role("button", name="Show messages on this device")).to_be_visible()
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_the_bell_leads_to_what_was_told(
    new_page: NewPage, sign_in: SignIn, driver: User, zone: ParkingZone, axe: Callable[..., None], device: Any
) -> None:
    book(driver, zone, "KA-01-AB-0001", clock.now())
    while take_events(now=clock.now()):
        pass
    page = new_page(device)
    sign_in(page, driver)
    page.goto("/zones/")
    page.get_by_role("link", name="1 unread notification").click()
    expect(page.get_by_role("link", name="KA 01 AB 0001 is booked at Zone A")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_role("link", name="Notifications", exact=True)).to_be_visible()


def test_the_name_of_a_bell_with_very_many_is_what_it_shows(
    phone: Page, sign_in: SignIn, driver: User, axe: Callable[..., None]
) -> None:
    made = [Notice(person=driver, source=f"test:{number}", kind="booked", at=clock.now()) for number in range(120)]
    Notice.objects.bulk_create(made)
    sign_in(phone, driver)
    phone.goto("/tickets/")
    expect(phone.get_by_role("link", name="99+ unread notifications")).to_have_text("99+")
    axe(phone)


@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_the_gates_page_counts_what_its_attendant_has_not_read(
    open_gate: OpenGate, staff: User, zone: ParkingZone, axe: Callable[..., None], device: str
) -> None:
    for number in range(3):
        Notice.objects.create(person=staff, source=f"test:{number}", kind="refund_refused", at=clock.now())
    page = open_gate(device=device, **(SMALL if device == "phone" else {}))
    bell = page.get_by_role("link", name="3 unread notifications")
    expect(bell).to_be_visible()
    expect(page.locator(".top .bell-count")).to_have_text("3")
    axe(page)
    # As the device keeps it, the page names nobody.
    assert "unread" not in page.request.get("/gate/").text()
