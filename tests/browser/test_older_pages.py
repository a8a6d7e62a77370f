"""The older pages, in a browser: a ticket at the entry, the scans, in both languages."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from parking.accounts.models import User
from parking.facilities.models import ParkingZone
from parking.stays.models import ParkingSession, SessionStatus
from tests.browser.conftest import NewPage, TakePicture
from tests.browser.watch import Watch
from tests.build import book, enter

# A refusal is an answer with 4xx, which the browser notes in the console.
REFUSED = "status of 40[0-9]"


def send(page: Page) -> None:
    page.locator("form[data-answered-below] button").click()


@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_a_ticket_is_given_by_clicking(
    new_page: NewPage, zone: ParkingZone, axe: Callable[..., None], picture: TakePicture, device
) -> None:
    page = new_page(device)
    page.goto("/parking/entry/")
    axe(page)
    page.get_by_label("Plate").fill("DL-01-AB-1234")
    page.get_by_label("Owner").fill("आशा राव")
    send(page)
    expect(page.locator(".yes [data-fact=slot_number]")).to_have_text("A-001")
    expect(page.get_by_role("img", name="QR code of this ticket")).to_be_visible()
    axe(page)
    picture(page, f"kiosk-{device}")
    session = ParkingSession.objects.get()
    assert (session.owner_name, session.qr_code) == ("आशा राव", page.locator("[data-fact=qr_code]").inner_text())
    expect(page.get_by_label("Plate")).to_have_value("")


@pytest.mark.parametrize("language", ["en", "hi"])
def test_in_and_out_in_both_languages(
    new_page: NewPage, zone: ParkingZone, axe: Callable[..., None], watch: Watch, language
) -> None:
    watch.allow(REFUSED)
    page = new_page("phone", locale=f"{language}-IN")
    page.goto("/parking/entry/")
    assert page.locator("html").get_attribute("lang") == language
    page.locator("[name=vehicle_number]").fill("HELLO")
    page.locator("[name=owner_name]").fill("Asha")
    send(page)
    wrong = {"en": "Please check the plate.", "hi": "नंबर प्लेट जाँच लें।"}[language]
    expect(page.locator(".no [data-message]")).to_have_text(wrong)
    page.locator("[name=vehicle_number]").fill("DL-01-AB-1234")
    send(page)
    expect(page.locator(".yes [data-fact=slot_number]")).to_have_text("A-001")
    code = page.locator("[data-fact=qr_code]").inner_text()

    page.goto("/parking/entry-qr-scan/")
    page.locator("[name=qr_code]").fill(code)
    page.keyboard.press("Enter")
    expect(page.locator(".yes [data-fact=vehicle_number]")).to_have_text("DL-01-AB-1234")
    axe(page)
    page.locator("[name=qr_code]").fill(code)
    page.keyboard.press("Enter")
    again = {
        "en": "This ticket was already scanned at the entry. The car is inside.",
        "hi": "यह टिकट एंट्री पर पहले ही स्कैन हो चुका है। गाड़ी अंदर है।",
    }[language]
    expect(page.locator(".no [data-message]")).to_have_text(again)
    axe(page)

    page.goto("/parking/exit-qr-scan/")
    axe(page)
    page.locator("[name=qr_code]").fill(code)
    send(page)
    expect(page.locator(".yes [data-fact=payment_method]")).to_have_text({"en": "Cash", "hi": "नक़द"}[language])
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert ParkingSession.objects.get().status == SessionStatus.COMPLETED


@pytest.mark.parametrize("language", ["en", "hi"])
def test_times_count_twenty_four_hours_as_on_all_pages(
    new_page: NewPage, zone: ParkingZone, driver: User, staff: User, language
) -> None:
    """A browser set to India says "4:05 pm" where it is not told."""
    inside = book(driver, zone)
    enter(staff, inside)
    page = new_page("phone", locale=f"{language}-IN")
    page.goto("/parking/exit-qr-scan/")
    page.locator("[name=qr_code]").fill(inside.qr_code)
    send(page)
    for name in ("entry_time", "exit_time"):
        expect(page.locator(f".yes [data-fact={name}]")).to_have_text(re.compile(r" [01][0-9]:[0-5][0-9]$|2[0-3]:..$"))
