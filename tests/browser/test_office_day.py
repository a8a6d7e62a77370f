"""A manager's day: the live dashboard, a parking session found and read, a refund, the report."""

from csv import reader as read_rows
from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from parking.accounts.models import Role, User
from parking.checkout import refunding
from parking.core import clock
from parking.facilities.models import ParkingZone
from parking.payments.models import OrderStatus, Payment, PaymentOrder, Refund
from parking.stays.models import ParkingSession
from parking.web.components import amount_text
from tests.browser.conftest import Axe, Device, NewPage, SignIn, TakePicture
from tests.build import actor, book, enter, leave, make_user, make_zone, terminate
from tests.invoices.conftest import register

PAGES = ("", "sessions/", "sessions/?from=abc", "payments/", "revenue/", "review/", "debts/", "tax/", "tax/new/")


@pytest.fixture
def day(driver: User, staff: User, admin: User, zone: ParkingZone) -> list[ParkingSession]:
    """A stay that left, one that owes, a long one, a booking; a refund and a payment that wait for a person."""
    now = clock.now()
    left = leave(staff, enter(staff, book(driver, zone, now=now - timedelta(hours=3)), now=now - timedelta(hours=3)))
    owes = terminate(
        staff, enter(staff, book(driver, zone, now=now - timedelta(hours=4)), now=now - timedelta(hours=4))
    )
    long = enter(staff, book(driver, zone, now=now - timedelta(hours=13)), now=now - timedelta(hours=13))
    cash = Payment.objects.get(bill=left.session.bill, method="CASH")
    refunding.refund_any_payment(
        actor=actor(admin), payment_id=cash.pk, amount=Decimal("10"), reason="Wrong car", now=now - timedelta(hours=2)
    )
    PaymentOrder.objects.filter(bill=long.bill).update(status=OrderStatus.REVIEW)
    return [left.session, owes.session, long, book(driver, zone)]


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("path", [*PAGES, "session", "refund", "terminate", "write_off", "close_review"])
def test_pages_are_accessible_and_fit(
    path: str, phone: Page, sign_in: SignIn, admin: User, day: list[ParkingSession], axe: Axe
) -> None:
    left, owes, long, _ = day
    register(left.zone.site)
    special = {
        "session": f"sessions/{left.pk}/",
        "refund": f"payments/{Payment.objects.filter(bill=left.bill).earliest('pk').pk}/refund/",
        "terminate": f"sessions/{long.pk}/terminate/",
        "write_off": f"debts/{owes.bill.debt.pk}/write-off/",
        "close_review": f"review/{long.bill.orders.get().order_id}/close/",
    }
    sign_in(phone, admin)
    phone.goto(f"/office/{special.get(path, path)}")
    assert fits(phone)
    axe(phone)


@pytest.mark.usefixtures("day")
def test_a_row_of_sessions_is_three_lines_on_a_phone(phone: Page, sign_in: SignIn, admin: User) -> None:
    sign_in(phone, admin)
    phone.goto("/office/sessions/")
    heights = phone.locator("table.stays tbody tr").evaluate_all("all => all.map(one => one.offsetHeight)")
    assert heights
    assert max(heights) <= 140  # a long stay has its mark in a line of its own


@pytest.mark.usefixtures("day")
def test_no_column_of_the_attendants_counts_is_cut(new_page: NewPage, sign_in: SignIn, admin: User) -> None:
    page = new_page("desktop", viewport={"width": 1440, "height": 900})
    sign_in(page, admin)
    page.goto("/office/gate-counts/")
    assert page.locator(".table-wrap").evaluate("one => one.scrollWidth - one.clientWidth") == 0


@pytest.mark.parametrize("path", ["", "sessions/", "payments/", "revenue/"])
def test_wide_pages_in_hindi(
    path: str, desktop: Page, sign_in: SignIn, admin: User, day: list[ParkingSession], axe: Axe
) -> None:
    sign_in(desktop, admin)
    desktop.goto(f"/office/{path}")
    desktop.locator("[data-menu] summary").click()
    desktop.get_by_role("button", name="हिन्दी").click()
    expect(desktop.locator("html")).to_have_attribute("lang", "hi")
    expect(desktop.get_by_role("link", name="डैशबोर्ड")).to_be_visible()
    assert fits(desktop)
    axe(desktop)


def test_an_empty_office(phone: Page, sign_in: SignIn, admin: User, axe: Axe) -> None:
    sign_in(phone, admin)
    for path in PAGES:
        phone.goto(f"/office/{path}")
        assert fits(phone)
    phone.goto("/office/")
    axe(phone)


def test_the_dashboard_follows(
    desktop: Page, sign_in: SignIn, admin: User, driver: User, zone: ParkingZone, picture: TakePicture
) -> None:
    sign_in(desktop, admin)
    desktop.set_viewport_size({"width": 1440, "height": 900})
    desktop.goto("/office/")
    expect(desktop.get_by_text("0 inside, 0 booked, of 10")).to_be_visible()
    desktop.get_by_text("Show as table").click()
    expect(desktop.locator("#by-hour")).to_be_visible()
    book(driver, zone)
    expect(desktop.get_by_text("0 inside, 1 booked, of 10")).to_be_visible(timeout=4000)
    expect(desktop.locator("#figures")).to_contain_text("₹50")
    # The table that was unfolded stays so.
    expect(desktop.locator("#by-hour")).to_be_visible()
    desktop.get_by_text("Show as table").click()
    # All of it is on one screen.
    size = desktop.evaluate("[document.documentElement.scrollHeight, innerHeight, innerWidth]")
    assert size == [900, 900, 1440]
    picture(desktop, "office-dashboard")


@pytest.mark.parametrize("locale", ["en-IN", "hi-IN"])
def test_one_screen_holds_whatever_waits(
    locale: str, new_page: NewPage, sign_in: SignIn, admin: User, staff: User, driver: User, axe: Axe
) -> None:
    zone, ago = make_zone(slots=20), clock.now() - timedelta(days=9)
    for _ in range(12):
        enter(staff, book(driver, zone, now=ago), now=ago)
    for _ in range(6):
        terminate(staff, enter(staff, book(driver, zone, now=ago), now=ago), now=ago + timedelta(hours=3))
    User.objects.filter(pk=admin.pk).update(language=locale[:2])
    page = new_page("desktop", locale=locale, viewport={"width": 1440, "height": 900})
    sign_in(page, admin)
    page.goto("/office/")
    expect(page.locator(".tasks tbody tr")).to_have_count(6)
    more = page.locator(".more-tasks a")
    expect(more).to_have_count(2)
    expect(more.first).to_contain_text("9")
    expect(more.last).to_contain_text("3")
    expect(more.last).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollHeight") == 900
    axe(page)
    more.first.click()
    expect(page.locator("main tbody tr")).to_have_count(12)


def test_the_search_box_needs_no_mouse(
    desktop: Page, sign_in: SignIn, admin: User, driver: User, zone: ParkingZone, axe: Axe
) -> None:
    session = book(driver, zone)
    sign_in(desktop, admin)
    desktop.goto("/office/zones/")
    desktop.keyboard.press("/")
    expect(desktop.get_by_label("Search", exact=True)).to_be_focused()
    desktop.keyboard.type(session.vehicle.vehicle_number[-4:])
    expect(desktop.locator("[data-search-hits] a")).to_contain_text(session.zone.name)
    axe(desktop)
    desktop.keyboard.press("ArrowDown")
    desktop.keyboard.press("Enter")
    desktop.wait_for_url(f"**/office/sessions/{session.pk}/")
    desktop.keyboard.press("Control+k")
    expect(desktop.get_by_label("Search", exact=True)).to_be_focused()


@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_a_stay_is_found_and_money_goes_back(
    device: Device, new_page: NewPage, sign_in: SignIn, admin: User, day: list[ParkingSession], picture: TakePicture
) -> None:
    left = day[0]
    page = new_page(device)
    sign_in(page, admin)
    page.goto("/office/sessions/")
    page.get_by_label("Plate, booking number, owner or QR code").fill(left.vehicle.vehicle_number.replace("-", ""))
    page.get_by_role("main").get_by_role("button", name="Search").click()
    # The same words are announced to screen readers, in an element of their own.
    expect(page.get_by_role("navigation", name="Pages").get_by_text("1 to 1 of 1")).to_be_visible()
    picture(page, f"office-sessions-{device}")
    page.get_by_role("link", name=left.vehicle.vehicle_number.replace("-", " "), exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Booking no. {left.pk}")
    expect(page.locator(".story-event").first).to_contain_text("Booked")
    picture(page, f"office-session-{device}")
    row = page.get_by_role("row").filter(has_text="Simulated payment")
    row.get_by_role("button", name="Actions of").click()
    row.get_by_role("link", name="Refund").click()
    expect(page.get_by_label("Amount")).to_have_value("50.00")
    page.get_by_label("Amount").fill("20")
    page.get_by_label("Reason").fill("Goodwill")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("₹20 is refunded through Simulated payment to where it came from.")).to_be_visible()
    assert fits(page)
    assert Refund.objects.filter(reason="Goodwill").count() == 0
    page.get_by_role("button", name="Refund ₹20").click()
    expect(page.get_by_role("status").filter(has_text="The money was refunded.")).to_be_visible()
    expect(page.locator(".story")).to_contain_text("Refund done")
    assert Refund.objects.get(reason="Goodwill").amount == Decimal("20.00")


def test_another_manager_approves_cash(
    desktop: Page, sign_in: SignIn, day: list[ParkingSession], picture: TakePicture
) -> None:
    sign_in(desktop, make_user(Role.ADMIN))
    desktop.goto("/office/")
    desktop.get_by_role("link", name="View refund").click()
    picture(desktop, "office-review")
    desktop.get_by_role("button", name="Approve").click()
    desktop.get_by_role("button", name="Yes, hand back ₹10").click()
    expect(desktop.get_by_role("status").filter(has_text="The refund is done.")).to_be_visible()
    expect(desktop.get_by_text("No refund needs attention.")).to_be_visible()


def test_a_stay_is_ended_by_the_keyboard_alone(
    desktop: Page, sign_in: SignIn, admin: User, day: list[ParkingSession]
) -> None:
    long = day[2]
    sign_in(desktop, admin)
    desktop.goto(f"/office/sessions/{long.pk}/terminate/")
    desktop.get_by_label("Reason").focus()
    desktop.keyboard.type("Towed away")
    desktop.keyboard.press("Tab")
    desktop.keyboard.press("ArrowDown")
    expect(desktop.get_by_label("Cash, received now")).to_be_checked()
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_text("You confirm that the amount due was received in cash.")).to_be_visible()
    desktop.get_by_role("button", name="End the session").focus()
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_role("status").filter(has_text="The parking session has ended.")).to_be_visible()
    expect(desktop.get_by_text("Ended by staff").first).to_be_visible()


def test_the_report_and_its_file(
    desktop: Page, sign_in: SignIn, admin: User, day: list[ParkingSession], picture: TakePicture
) -> None:
    fee = Payment.objects.get(bill=day[0].bill, method="ONLINE")
    refunding.refund_any_payment(
        actor=actor(admin), payment_id=fee.pk, amount=Decimal("10"), reason="Goodwill", now=clock.now()
    )
    sign_in(desktop, admin)
    desktop.goto("/office/revenue/")
    desktop.get_by_role("link", name="7 days").click()
    expect(desktop.get_by_role("link", name="7 days")).to_have_attribute("aria-current", "true")
    total = desktop.locator("#total").text_content()
    for table in ("daily", "by-zone", "by-method"):
        expect(desktop.locator(f"#{table} tfoot td").nth(2)).to_have_text(total or "")
    picture(desktop, "office-revenue", whole=True)
    with desktop.expect_download() as download:
        desktop.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename == f"revenue-{clock.today()}.csv"
    heads, *lines = read_rows(download.value.path().read_text(encoding="utf-8-sig").splitlines())
    assert heads == ["Part", "Name", "Collected", "Refunded", "Revenue", "Sessions"]
    collected, refunded, revenue = (Decimal(cell) for cell in lines[-1][2:5])
    assert (refunded, revenue) == (Decimal("-10.00"), collected + refunded)
    # One definition of revenue: the file's is the page's.
    assert amount_text(revenue) == total


def test_a_list_is_searched_and_sorted_without_loading_the_page(
    desktop: Page, sign_in: SignIn, admin: User, driver: User, zone: ParkingZone
) -> None:
    for vehicle in ("DL-01-AB-1234", "KA-05-MJ-2020"):
        book(driver, zone, vehicle)
    sign_in(desktop, admin)
    desktop.goto("/office/sessions/")
    desktop.evaluate("window.loadedOnce = true")
    plates = desktop.locator("tbody th")
    desktop.get_by_role("link", name="Plate").click()
    expect(desktop.get_by_role("columnheader", name="Plate")).to_have_attribute("aria-sort", "ascending")
    expect(plates).to_have_text(["DL 01 AB 1234", "KA 05 MJ 2020"])
    desktop.get_by_role("main").get_by_role("searchbox").fill("ka 05")
    desktop.keyboard.press("Enter")
    expect(plates).to_have_text(["KA 05 MJ 2020"])
    expect(desktop.locator("[data-list-said]")).to_have_text("1 to 1 of 1")
    assert "q=ka+05" in desktop.url.replace("%20", "+")
    assert "status=" not in desktop.url
    assert desktop.evaluate("window.loadedOnce") is True
    # What is no part of the list is a page of its own.
    desktop.locator("tbody a.row-link").click()
    expect(desktop.get_by_role("heading", level=1)).to_contain_text("Booking no.")
    desktop.go_back()
    expect(plates).to_have_text(["KA 05 MJ 2020"])
