"""Lists of the office: the menu of a row, and the height of rows."""

from datetime import timedelta

from playwright.sync_api import Page, expect

from parking.accounts.models import Role, User
from parking.accounts.saved_views import save_view
from parking.core import clock
from parking.facilities.models import ParkingZone
from parking.stays.models import ParkingSession
from tests.browser.conftest import Axe, NewPage, SignIn
from tests.browser.test_weight import SHIFT
from tests.browser.watch import Watch
from tests.build import actor, book, enter, leave, make_user, make_zone

SESSIONS, PAYMENTS = "/office/sessions/", "/office/payments/"


def parked(staff: User, driver: User, zone: ParkingZone) -> ParkingSession:
    ago = clock.now() - timedelta(hours=3)
    return enter(staff, book(driver, zone, now=ago), now=ago)


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.innerText.trim()"))


def test_a_row_has_its_actions_in_a_menu_for_keys_and_fingers(
    new_page: NewPage, sign_in: SignIn, admin: User, staff: User, driver: User, zone: ParkingZone, axe: Axe
) -> None:
    leave(staff, parked(staff, driver, zone))
    page = new_page("desktop")
    sign_in(page, admin)
    page.goto(PAYMENTS)
    button = page.get_by_role("button", name="Actions of").first
    menu = page.locator(".row-menu-body:popover-open")
    for key in ("End", "Control+ArrowDown"):  # of the page, not of a menu that is closed
        button.press(key)
        expect(menu).to_have_count(0)
    button.press("ArrowDown")
    assert focused(page) == "Receipt"
    page.keyboard.press("ArrowDown")
    assert focused(page) == "Refund"
    page.keyboard.press("ArrowDown")
    assert focused(page) == "Receipt"
    axe(page)
    # Beside its button, whatever the table cuts.
    box, edge = menu.bounding_box(), button.bounding_box()
    assert box and edge
    assert abs(box["x"] + box["width"] - edge["x"] - edge["width"]) < 2
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    expect(button).to_be_focused()
    button.click()
    expect(menu).to_be_visible()
    page.get_by_role("heading", level=1).click()
    expect(menu).to_have_count(0)
    # Beside the button the whole row leads to its booking.
    page.locator("tbody tr").first.locator("td").nth(3).click(force=True)
    expect(page.get_by_role("heading", name="What happened")).to_be_visible()
    # Without a script the browser opens it by itself; on a phone it comes from below.
    phone = new_page("phone", java_script_enabled=False)
    phone.context.add_cookies(page.context.cookies())  # type: ignore[arg-type]
    phone.goto(PAYMENTS)
    phone.get_by_role("button", name="Actions of").first.click()
    box = phone.locator(".row-menu-body:popover-open").bounding_box()
    size = phone.viewport_size
    assert box and size
    assert (box["x"], box["width"], box["y"] + box["height"]) == (0, size["width"], size["height"])
    phone.get_by_role("link", name="Refund", exact=True).click()
    expect(phone.get_by_label("Amount")).to_be_visible()


def test_the_menu_of_a_low_row_opens_above_it(desktop: Page, sign_in: SignIn, admin: User, zone: ParkingZone) -> None:
    for _ in range(25):
        book(make_user(Role.USER), make_zone(slots=1))
    sign_in(desktop, admin)
    desktop.goto(SESSIONS)
    menu = desktop.locator(".row-menu-body:popover-open")
    buttons = desktop.get_by_role("button", name="Actions of")
    for button, is_above in ((buttons.first, False), (buttons.last, True)):
        button.click()
        expect(menu).to_be_in_viewport(ratio=1)
        box, edge = menu.bounding_box(), button.bounding_box()
        assert box and edge
        upper, lower = (box, edge) if is_above else (edge, box)
        assert abs(lower["y"] - upper["y"] - upper["height"] - 4) < 2
        desktop.keyboard.press("Escape")
        expect(menu).to_have_count(0)


def test_rows_stand_closer_at_once_and_from_the_first_paint(
    new_page: NewPage, sign_in: SignIn, admin: User, staff: User, driver: User, zone: ParkingZone, axe: Axe
) -> None:
    parked(staff, driver, zone)
    page = new_page("desktop", viewport={"width": 1440, "height": 900})
    sign_in(page, admin)
    page.goto(SESSIONS)
    row = page.locator("tbody tr").first
    assert row.evaluate("one => one.offsetHeight") == 44
    compact = page.get_by_role("button", name="Compact rows")
    with page.expect_response("**/office/density/"):
        compact.click()
    expect(compact).to_have_attribute("aria-pressed", "true")
    assert row.evaluate("one => one.offsetHeight") == 34
    axe(page)
    page.goto(PAYMENTS)
    page.goto(SESSIONS)
    assert page.evaluate(SHIFT) == 0
    assert row.evaluate("one => one.offsetHeight") == 34
    page.emulate_media(media="print")
    assert row.evaluate("one => one.offsetHeight") == 44


def test_paging_keeps_the_focus_and_heads_stay_in_sight(desktop: Page, sign_in: SignIn, admin: User) -> None:
    for _ in range(80):
        make_user(Role.USER)
    sign_in(desktop, admin)
    desktop.set_viewport_size({"width": 1440, "height": 900})
    desktop.goto("/office/users/")
    pages = desktop.get_by_role("navigation", name="Pages")
    for number in (2, 3):
        desktop.get_by_role("link", name="Next").press("Enter")
        expect(pages.get_by_text(f"Page {number} of 4")).to_be_visible()
        expect(desktop.get_by_role("link", name="Next")).to_be_focused()
    desktop.get_by_role("link", name="Next").press("Enter")
    expect(pages.get_by_text("Page 4 of 4")).to_be_visible()
    # The link is gone at the end: another one of the pages has the focus.
    expect(desktop.get_by_role("link", name="Previous")).to_be_focused()
    expect(desktop.locator("[data-list-said]")).to_have_text("Page 4 of 4")
    desktop.get_by_role("link", name="Previous").press("Enter")
    expect(pages.get_by_text("Page 3 of 4")).to_be_visible()
    desktop.locator("tbody tr").last.scroll_into_view_if_needed()
    expect(desktop.get_by_role("columnheader", name="Username")).to_be_in_viewport(ratio=1)


def test_a_usual_filter_leaves_the_search_box_alive(desktop: Page, sign_in: SignIn, admin: User, driver: User) -> None:
    sign_in(desktop, admin)
    desktop.goto("/office/users/")
    desktop.locator(".chip[href*=USER]").click()
    expect(desktop.locator(".chip[aria-current]")).to_have_text("Driver")
    expect(desktop.get_by_role("rowheader", name=driver.username)).to_be_visible()
    desktop.keyboard.press("/")
    expect(desktop.locator("[data-search] input")).to_be_focused()


def test_the_present_view_is_in_sight_on_a_phone(phone: Page, sign_in: SignIn, admin: User) -> None:
    for number in range(6):
        query = {"role": "ADMIN"} if number == 5 else {"q": f"{number}"}
        save_view(actor=actor(admin), list_name="users", name=f"Managers {number}", query=query, now=clock.now())
    sign_in(phone, admin)
    phone.goto("/office/users/?role=ADMIN")
    expect(phone.locator(".views [aria-current]")).to_have_text("Managers 5")
    expect(phone.locator(".views [aria-current]")).to_be_in_viewport(ratio=1)
    assert phone.evaluate("scrollY") == 0


def test_paging_without_a_connection_is_not_silent(desktop: Page, sign_in: SignIn, admin: User, watch: Watch) -> None:
    watch.allow("ERR_INTERNET_DISCONNECTED", "htmx:sendError", "htmx:afterRequest")
    watch.allow("occurred when fetching the script")  # the browser may look for a newer service worker meanwhile
    for _ in range(30):
        make_user(Role.USER)
    sign_in(desktop, admin)
    desktop.goto("/office/users/")
    desktop.context.set_offline(True)
    with desktop.expect_event("requestfailed", lambda request: request.is_navigation_request()):
        desktop.get_by_role("link", name="Next").click()
