"""Faults that people met on pages, each as they met it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Dialog, Page, Route, expect

from parking.accounts.models import User
from parking.checkout.expiring import expire_unpaid_holds
from parking.core import clock
from parking.facilities.models import ParkingZone
from parking.payments.gateways.base import GatewayState
from parking.payments.models import PaymentOrder
from tests.browser.conftest import NewPage, SignIn
from tests.build import book, enter, leave, make_zone
from tests.gateway import FakeGateway

pytestmark = pytest.mark.django_db(transaction=True)

# One pixel.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000154a24f5f"
    "0000000049454e44ae426082"
)


def test_a_payment_that_is_being_checked_is_not_asked_for_again(
    phone: Page, sign_in: SignIn, driver: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    session = book(driver, zone)
    sign_in(phone, driver)
    phone.goto(f"/tickets/{session.pk}/pay/")
    PaymentOrder.objects.update(status="REVIEW", is_definite=True)
    # The page that waits for the payment goes on by itself.
    expect(phone.get_by_role("heading", name="Payment is being checked")).to_be_visible(timeout=8000)
    expect(phone.get_by_text("Please do not pay again.")).to_be_visible()
    expect(phone.get_by_role("link", name="Pay ₹50")).to_have_count(0)
    # Nor where the payment service sends its payer back to, on the ticket, or when the time to pay is over.
    phone.goto(f"/pay/return/{PaymentOrder.objects.get().order_id}/")
    expect(phone.get_by_role("heading", name="Payment is being checked")).to_be_visible()
    expect(phone.get_by_role("link", name="Try again")).to_have_count(0)
    phone.goto(f"/tickets/{session.pk}/")
    expect(phone.get_by_text("Please do not pay again.")).to_be_visible()
    expect(phone.get_by_role("link", name="Pay ₹50")).to_have_count(0)
    assert expire_unpaid_holds(now=clock.now() + timedelta(hours=1)) == 1
    phone.reload()
    expect(phone.get_by_text("Please do not pay again.")).to_be_visible()
    phone.goto("/history/")
    expect(phone.get_by_text("Payment is being checked")).to_be_visible()


def test_the_map_draws_a_mark_for_each_place(phone: Page, zone: ParkingZone, settings) -> None:
    settings.MAP_TILES = "http://127.0.0.1:9/tiles/{z}/{x}/{y}.png"
    ParkingZone.objects.update(latitude="28.631500", longitude="77.216700")

    def tile(route: Route) -> None:
        route.fulfill(body=PICTURE, content_type="image/png")

    phone.route("**/tiles/**", tile)
    phone.goto("/zones/")
    expect(phone.get_by_role("link", name="Zone A: 10 free of 10")).to_be_visible()


def test_a_refused_form_opens_with_what_is_wrong_in_focus(
    phone: Page, sign_in: SignIn, driver: User, zone: ParkingZone, axe: Callable[..., None]
) -> None:
    sign_in(phone, driver)
    phone.goto(f"/zones/{zone.pk}/")
    phone.get_by_label("Owner's name").fill("Asha Rao")
    phone.locator("form[data-booking]").evaluate("form => { form.noValidate = true; form.requestSubmit(); }")
    summary = phone.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_be_in_viewport()
    expect(phone.locator("#id_plate")).to_be_in_viewport(ratio=1)
    field, bar = phone.locator("#id_plate").bounding_box(), phone.locator(".stick").bounding_box()
    assert field and bar and field["y"] + field["height"] <= bar["y"]
    axe(phone)
    summary.get_by_role("link").first.click()
    expect(phone.locator("#id_plate")).to_be_focused()
    phone.locator("#id_plate").fill("DL 01 AB 1234")
    phone.get_by_role("button", name="Book and pay").click()
    expect(phone.get_by_role("heading", name="Booked")).to_be_visible()
    # What was typed is there after the way back.
    phone.go_back()
    expect(phone.locator("#id_plate")).to_have_value("DL 01 AB 1234")


def test_signing_in_again_keeps_the_form_and_the_way_back(
    phone: Page, sign_in: SignIn, driver: User, zone: ParkingZone
) -> None:
    sign_in(phone, driver)
    phone.goto(f"/zones/{zone.pk}/")
    phone.locator("#id_plate").fill("DL 01 AB 1234")
    phone.get_by_label("Owner's name").fill("Asha Rao")
    phone.context.clear_cookies(name="sessionid")
    phone.get_by_role("button", name="Book and pay").click()
    expect(phone.get_by_text("Please sign in again.")).to_be_visible()
    sign_in_here(phone, driver)
    expect(phone.get_by_text("You are signed in again.")).to_be_visible()
    expect(phone.locator("#id_plate")).to_have_value("DL 01 AB 1234")
    phone.get_by_role("button", name="Book and pay").click()
    expect(phone.get_by_role("heading", name="Booked")).to_be_visible()


def test_somebody_else_finds_nothing_of_what_was_typed(
    phone: Page, sign_in: SignIn, driver: User, zone: ParkingZone
) -> None:
    other = User.objects.create(username="other", role="USER", email="o@example.org", date_joined=driver.date_joined)
    sign_in(phone, driver)
    phone.goto(f"/zones/{zone.pk}/")
    phone.locator("#id_plate").fill("DL 01 AB 1234")
    phone.get_by_label("Owner's name").fill("Asha Rao")
    phone.context.clear_cookies(name="sessionid")
    phone.get_by_role("button", name="Book and pay").click()
    expect(phone.get_by_text("Please sign in again.")).to_be_visible()
    sign_in_here(phone, other)
    expect(phone.locator("#id_plate")).to_have_value("")


def test_a_language_chosen_before_signing_in_stays(new_page: NewPage, driver: User) -> None:
    page = new_page("desktop")
    page.goto("/sign-in/")
    page.get_by_role("button", name="हिन्दी").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "hi")
    sign_in_here(page, driver)
    expect(page.locator("html")).to_have_attribute("lang", "hi")


def test_a_changed_form_is_not_left_without_a_word(
    desktop: Page, sign_in: SignIn, admin: User, zone: ParkingZone
) -> None:
    asked: list[str] = []

    def go_on(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    desktop.on("dialog", go_on)
    sign_in(desktop, admin)
    desktop.goto(f"/office/zones/{zone.pk}/")
    desktop.goto("/office/zones/")
    assert asked == []
    desktop.goto(f"/office/zones/{zone.pk}/")
    desktop.get_by_label("Rate per hour", exact=True).fill("60")
    desktop.goto("/office/zones/")
    assert asked == ["beforeunload"]


def sign_in_here(page: Page, user: User) -> None:
    """Sign in on the sign-in page that is open."""
    user.set_password("monsoon-2026")
    user.save()
    page.locator("[name=username]").fill(user.username)
    page.locator("[name=password]").fill("monsoon-2026")
    page.locator("main button[type=submit]").click()


# Amounts that are drawn in more than one line, or stand outside of the page without a way to scroll there.
BROKEN = """() => [...document.querySelectorAll("main .money, main time, main .plate")]
    .filter(element => element.checkVisibility())
    .filter(element => {
        const boxes = [...element.getClientRects()];
        const lines = new Set(boxes.map(box => Math.round(box.y / 8)));
        const scrolls = element.closest(".table-wrap, [data-scrolls]");
        return lines.size > 1 || (!scrolls && boxes.some(box => box.right > innerWidth + 1));
    })
    .map(element => element.textContent.trim())"""


def test_amounts_are_never_broken_nor_cut_on_a_small_phone(
    new_page: NewPage, sign_in: SignIn, admin: User, driver: User, staff: User, zone: ParkingZone
) -> None:
    ago = clock.now() - timedelta(days=40)
    inside = enter(staff, book(driver, zone, now=ago), ago)
    book(driver, zone)
    User.objects.update(language="hi")  # its words are longer
    pages = {
        driver: ["/zones/", "/tickets/", f"/tickets/{inside.pk}/", "/history/"],
        staff: ["/gate/inside/", f"/gate/stays/{inside.pk}/"],
        admin: [
            "/office/",
            "/office/sessions/",
            f"/office/sessions/{inside.pk}/",
            "/office/payments/",
            "/office/revenue/",
        ],
    }
    for user, addresses in pages.items():
        page = new_page("phone", viewport={"width": 360, "height": 640})
        sign_in(page, user)
        for address in addresses:
            page.goto(address)
            found = page.evaluate(BROKEN)
            assert (address, found) == (address, [])
            assert (address, page.evaluate("document.documentElement.scrollWidth")) == (address, 360)


# Sums that are drawn in more than one line, or wider than their card.
BURST = """() => [...document.querySelectorAll(".kpi-value, .figures dd:not(.aside)")]
    .filter(element => element.textContent.trim().startsWith("₹"))
    .filter(element => {
        const range = document.createRange();
        range.selectNodeContents(element);
        const lines = new Set([...range.getClientRects()].map(box => Math.round(box.y / 8)));
        const card = element.closest(".kpi, .figures > div").getBoundingClientRect();
        return lines.size > 1 || range.getBoundingClientRect().right > card.right - 4;
    })
    .map(element => element.textContent.trim())"""


@pytest.mark.parametrize("width", [360, 1440])
def test_sums_of_lakhs_stay_in_one_line(
    width: int, new_page: NewPage, sign_in: SignIn, admin: User, driver: User, staff: User
) -> None:
    zone, ago = make_zone(rate="1357.31"), clock.now() - timedelta(days=40)
    leave(staff, enter(staff, book(driver, zone, now=ago), ago))
    page = new_page("phone" if width < 600 else "desktop", viewport={"width": width, "height": 740})
    sign_in(page, admin)
    for address in ("/office/", "/office/payments/", "/office/revenue/"):
        page.goto(address)
        assert "₹13,0" in " ".join(page.locator(".kpi-value, .figures dd").all_inner_texts())
        assert (address, page.evaluate(BURST)) == (address, [])


def test_the_bar_on_top_sticks(phone: Page, sign_in: SignIn, driver: User, zone: ParkingZone) -> None:
    sign_in(phone, driver)
    phone.goto(f"/zones/{zone.pk}/")
    phone.evaluate("scrollTo(0, document.body.scrollHeight)")
    bar = phone.locator("header.top")
    expect(bar).to_be_in_viewport(ratio=1)
    assert bar.evaluate("element => element.getBoundingClientRect().y") == 0
    # The last thing of the page can be read above what sticks at its foot.
    last = phone.locator("main > :last-child")
    assert last.evaluate("""element => {
        const box = element.getBoundingClientRect();
        return element.contains(document.elementFromPoint(box.x + box.width / 2, box.bottom - 4));
    }""")
