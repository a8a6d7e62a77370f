"""A person's own account, by clicking: signing up, profile, vehicles, password, history, receipt."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from parking.accounts.models import User
from parking.accounts.tasks import mail_reset_links
from parking.core import clock
from parking.facilities.models import ParkingZone
from parking.notifications.delivering import deliver
from parking.notifications.models import Channel
from tests.browser.conftest import NewPage, SignIn, TakePicture
from tests.browser.watch import Watch
from tests.build import book, enter, leave

PASSWORD = "monsoon-2026"
NEW = "winter-2027"


@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_from_signing_up_to_a_saved_vehicle(
    new_page: NewPage, zone: ParkingZone, axe: Callable[..., None], device
) -> None:
    page = new_page(device)
    page.goto("/sign-in/")
    axe(page)
    page.get_by_role("link", name="Create account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Create account")
    axe(page)
    page.get_by_label("Username").fill("ravi")
    page.get_by_label("Password").fill("short")
    main = page.get_by_role("main")
    main.locator("button[type=submit]").click()
    expect(page.get_by_text("At least 8 characters are needed.")).to_be_visible()
    expect(page.get_by_text("Enter an e-mail address or a phone number.")).to_have_count(0)
    axe(page)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Phone number").fill("+91 98765 43210")
    main.locator("button[type=submit]").click()
    page.wait_for_url("**/zones/")
    page.goto("/profile/")
    _scroll_down(page)
    axe(page)
    page.get_by_label("First name").fill("रवि")
    main.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    # What is known is filled in, where a car is booked as where it is saved.
    page.goto(f"/zones/{zone.pk}/")
    expect(page.get_by_label("Owner's name")).to_have_value("रवि")
    page.goto("/profile/")
    page.get_by_role("link", name="My vehicles").click()
    expect(page.get_by_text("No vehicle is saved yet.")).to_be_visible()
    page.get_by_label("Plate").fill("dl01ab1234")
    expect(page.get_by_label("Owner's name")).to_have_value("रवि")
    main.get_by_role("button", name="Save the vehicle").click()
    expect(page.get_by_text("DL 01 AB 1234 is saved.")).to_be_visible()
    _scroll_down(page)
    axe(page)
    main.get_by_role("button", name="Forget DL 01 AB 1234").click()
    expect(page.get_by_text("The vehicle was removed from your list.")).to_be_visible()


def _scroll_down(page: Page) -> None:
    """Scroll to the end: the bar at the thumb covers what is just above the fold, and axe measures what it sees."""
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")


def test_a_new_password_here_and_by_mail(
    new_page: NewPage, driver: User, sign_in: SignIn, axe: Callable[..., None]
) -> None:
    driver.set_password(PASSWORD)
    driver.save()
    page, elsewhere = new_page("phone"), new_page("desktop")
    for one in (page, elsewhere):
        sign_in(one, driver, PASSWORD)
        one.wait_for_url("**/zones/")
    page.goto("/password/change/")
    axe(page)
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("main").locator("button[type=submit]").click()
    expect(page.get_by_label("New password")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("The password is changed.")).to_have_count(0)
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_label("New password").fill(NEW)
    page.get_by_role("main").locator("button[type=submit]").click()
    expect(page.get_by_text("The password is changed.")).to_be_visible()
    elsewhere.goto("/profile/")
    expect(elsewhere.get_by_role("heading", level=1)).to_have_text("Sign in")
    elsewhere.get_by_role("link", name="Forgot password?").click()
    expect(elsewhere).to_have_url(re.compile("/password/forgotten/"))
    axe(elsewhere)
    elsewhere.get_by_label("Username or e-mail address").fill(driver.username)
    elsewhere.get_by_role("button", name="Send the link").click()
    expect(elsewhere.get_by_text("a mail is on its way")).to_be_visible()
    mail_reset_links.call([driver.pk])
    deliver(now=clock.now(), channel=Channel.MAIL)
    link = re.search(r"https?://[^/]+(/password/reset/\S+)", str(mail.outbox[-1].body))
    assert link
    elsewhere.goto(link[1])
    axe(elsewhere)
    elsewhere.get_by_label("New password").fill(PASSWORD)
    elsewhere.get_by_role("button", name="Save the new password").click()
    expect(elsewhere.get_by_text("The new password is set.")).to_be_visible()
    elsewhere.goto(link[1])
    expect(elsewhere.get_by_text("This link was used already")).to_be_visible()
    axe(elsewhere)


@pytest.fixture
def stays(driver: User, staff: User, zone: ParkingZone) -> None:
    for days, number in ((40, "DL-01-AB-1234"), (2, "KA-05-CD-5678")):
        start = clock.now() - timedelta(days=days)
        leave(staff, enter(staff, book(driver, zone, number, now=start), now=start), now=start + timedelta(hours=3))


@pytest.mark.usefixtures("stays")
@pytest.mark.parametrize("device", ["phone", "desktop"])
@pytest.mark.parametrize("language", ["en", "hi"])
def test_history_and_receipt(
    new_page: NewPage,
    driver: User,
    sign_in: SignIn,
    axe: Callable[..., None],
    picture: TakePicture,
    device,
    language,
) -> None:
    page = new_page(device, locale=f"{language}-IN")
    sign_in(page, driver)
    page.goto("/history/")
    assert page.locator("html").get_attribute("lang") == language
    expect(page.locator(".rows > li")).to_have_count(2)
    expect(page.locator(".months li")).to_have_count(6)
    axe(page)
    picture(page, f"driver-history-{device}-{language}")
    page.locator("summary").filter(has=page.locator("use[href$='#filter']")).click()
    page.locator("[name=plate]").fill("cd56")
    page.locator("main form button").click()
    expect(page.locator(".rows > li")).to_have_count(1)
    expect(page.locator(".rows > li")).to_contain_text("KA 05 CD 5678")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    with page.expect_download() as download:
        page.locator("a[download]").click()
    assert "KA-05-CD-5678" in download.value.path().read_text("utf-8-sig")
    page.locator(".rows a[href^='/receipts/']").click()
    expect(page.locator("article h1")).to_have_text("Receipt")
    axe(page)
    page.locator("[data-back]").click()
    expect(page.locator(".rows > li")).to_have_count(1)


def test_an_empty_history_and_pages_that_are_not_there(
    phone, watch: Watch, driver: User, sign_in: SignIn, axe: Callable[..., None]
) -> None:
    watch.allow("status of 404", "status of 403")
    sign_in(phone, driver)
    phone.goto("/history/")
    expect(phone.get_by_text("You have not booked yet.")).to_be_visible()
    axe(phone)
    for path, heading in (("/nothing/", "Not found"), ("/office/", "That did not work")):
        phone.goto(path)
        expect(phone.get_by_role("heading", level=1)).to_have_text(heading)
        axe(phone)
