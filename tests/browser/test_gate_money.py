"""An attendant lets cars out, takes the money, writes tickets and looks after what is inside."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from parking.accounts.models import Role, User
from parking.checkout import paying
from parking.core import clock
from parking.core.plate_words import plate_text
from parking.facilities.models import ParkingZone
from parking.payments.gateways.base import GatewayState
from parking.payments.models import Payment
from parking.stays.models import ParkingSession
from tests.browser.conftest import NewPage, SignIn, TakePicture
from tests.browser.test_gate_scanning import OpenGate, ask_for_bill, open_gate, verdict
from tests.build import book, enter, make_user, reloaded, terminate
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree

__all__ = ["open_gate"]


@pytest.fixture
def inside(staff: User, driver: User, zone: ParkingZone) -> ParkingSession:
    """₹100 are due at the exit."""
    before = clock.now() - timedelta(minutes=150)
    return enter(staff, book(driver, zone, "DL-01-AB-1234", before), before)


@pytest.fixture
def waits(gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch) -> FakeGateway:
    """A gateway whose payments wait, asked at each look."""
    gateway.outcome = GatewayState.PENDING
    monkeypatch.setattr(paying, "LOOK_AGAIN_AFTER", timedelta(0))
    return gateway


def open_cash(page: Page) -> None:
    page.keyboard.press("1")
    expect(page.get_by_label("Cash received")).to_be_focused()


@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_cash_by_clicking(
    open_gate: OpenGate,
    inside: ParkingSession,
    axe: Callable[..., None],
    picture: TakePicture,
    device,
    settings,
) -> None:
    settings.GATE_CLOSES_AFTER_SECONDS = 60  # the sheet goes by itself: long enough to look at it
    page = open_gate(device=device)
    ask_for_bill(page, inside.qr_code)
    expect(page.locator(".bill [data-due]")).to_have_text("₹100")
    axe(page)
    picture(page, f"gate-bill-{device}")
    page.get_by_role("button", name="Cash").click()
    expect(page.get_by_label("Cash received")).to_have_value("")
    expect(page.get_by_role("button", name="Exact amount")).to_be_in_viewport(ratio=1)
    for digit in "50":
        page.get_by_role("button", name=digit, exact=True).click()
    expect(page.locator("[data-short]")).to_have_text("₹50")
    page.get_by_role("button", name="0", exact=True).click()
    expect(page.locator("[data-change]")).to_have_text("₹400")
    expect(page.get_by_role("button", name="Cash received")).to_be_in_viewport(ratio=1)
    axe(page)
    picture(page, f"gate-cash-{device}")
    page.get_by_role("button", name="Cash received").click()
    verdict(page, "LET OUT")
    expect(page.locator("[data-change-given]")).to_have_text("₹400")
    axe(page)
    picture(page, f"gate-let-out-{device}")
    receipt = page.get_by_role("link", name="Print the receipt").get_attribute("href")
    assert receipt == f"/receipts/{Payment.objects.get(method='CASH').pk}.pdf?paper=80mm"
    assert_books_agree()


def test_an_old_debt_is_added_to_the_bill_and_paid_with_one_note(
    open_gate: OpenGate, inside: ParkingSession, staff: User, driver: User, axe: Callable[..., None]
) -> None:
    staff.permissions = {"collect_debt": True}
    staff.save()
    before = clock.now() - timedelta(hours=9)
    zone = inside.zone
    older = enter(staff, book(make_user(Role.USER), zone, "KA-01-AB-0001", before), before)
    terminate(staff, older, now=before + timedelta(hours=3))
    ParkingSession.objects.filter(pk=older.pk).update(vehicle_id=inside.vehicle_id)
    page = open_gate(device="phone")
    ask_for_bill(page, inside.qr_code)
    page.get_by_role("button", name="Add ₹100").click()
    expect(page.locator("[data-in-all]")).to_have_text("₹200")
    axe(page)
    page.get_by_role("button", name="Cash").click()
    expect(page.get_by_role("button", name="Exact amount")).to_contain_text("₹200")
    page.get_by_role("button", name="₹500", exact=True).click()
    expect(page.locator("[data-change]")).to_have_text("₹300")
    page.get_by_role("button", name="Cash received").click()
    verdict(page, "LET OUT")
    expect(page.locator("[data-change-given]")).to_have_text("₹300")
    assert_books_agree()


def test_cash_by_keys_alone(open_gate: OpenGate, inside: ParkingSession) -> None:
    page = open_gate()
    ask_for_bill(page, inside.qr_code)
    page.keyboard.press("1")
    expect(page.get_by_label("Cash received")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Cash")).to_be_focused()
    page.keyboard.press("1")
    page.keyboard.type("200")
    expect(page.locator("[data-change]")).to_have_text("₹100")
    page.keyboard.press("Enter")
    verdict(page, "LET OUT")
    page.keyboard.press("Escape")
    expect(page.get_by_label("Ticket code")).to_be_focused()


def test_too_little_cash_is_refused_in_place(open_gate: OpenGate, inside: ParkingSession) -> None:
    page = open_gate()
    ask_for_bill(page, inside.qr_code)
    open_cash(page)
    page.keyboard.type("20")
    page.keyboard.press("Enter")
    expect(page.locator("[data-problem]")).to_have_text("The cash received is less than the amount due.")
    expect(page.get_by_label("Cash received")).to_be_focused()
    assert reloaded(inside).status == "ACTIVE"


def test_upi_at_the_counter(open_gate: OpenGate, inside: ParkingSession) -> None:
    page = open_gate()
    ask_for_bill(page, inside.qr_code)
    page.keyboard.press("3")
    expect(page.get_by_label("UPI reference, 12 digits")).to_be_focused()
    page.keyboard.type("123456789012")
    page.keyboard.press("Enter")
    verdict(page, "LET OUT")


# --- Online ------------------------------------------------------------------------------------------


def test_the_gate_opens_by_itself_when_the_driver_has_paid(
    open_gate: OpenGate, inside: ParkingSession, waits: FakeGateway, axe: Callable[..., None], picture: TakePicture
) -> None:
    page = open_gate(device="phone")
    ask_for_bill(page, inside.qr_code)
    page.get_by_role("button", name="Online").click()
    verdict(page, "WAIT")
    expect(page.get_by_alt_text("QR code for paying")).to_be_visible()
    axe(page)
    picture(page, "gate-waiting")
    waits.decide(GatewayState.COMPLETED)
    verdict(page, "LET OUT")
    assert_books_agree()


def test_a_declined_payment_goes_back_to_the_bill_and_cash_is_taken(
    open_gate: OpenGate, inside: ParkingSession, waits: FakeGateway
) -> None:
    page = open_gate()
    ask_for_bill(page, inside.qr_code)
    page.keyboard.press("2")
    verdict(page, "WAIT")
    waits.decide(GatewayState.FAILED)
    expect(page.get_by_text("The payment did not go through.").first).to_be_visible()
    open_cash(page)
    page.keyboard.press("Enter")
    verdict(page, "LET OUT")
    assert_books_agree()


def test_cash_instead_of_a_payment_that_hangs(open_gate: OpenGate, inside: ParkingSession, waits: FakeGateway) -> None:
    page = open_gate()
    ask_for_bill(page, inside.qr_code)
    page.keyboard.press("2")
    verdict(page, "WAIT")
    waits.reachable = False
    page.get_by_role("button", name="Take cash instead").click()
    expect(page.get_by_label("Cash received")).to_be_focused()
    page.keyboard.press("Enter")
    verdict(page, "LET OUT")
    assert Payment.objects.filter(method="CASH").count() == 1


# --- Two attendants ----------------------------------------------------------------------------------


def test_who_comes_second_is_told_to_take_no_money(
    open_gate: OpenGate, inside: ParkingSession, axe: Callable[..., None]
) -> None:
    first, second = open_gate(), open_gate(device="phone")
    for page in (first, second):
        ask_for_bill(page, inside.qr_code)
    open_cash(first)
    first.keyboard.press("Enter")
    verdict(first, "LET OUT")
    second.get_by_role("button", name="Cash").click()
    second.get_by_role("button", name="Exact amount").click()
    verdict(second, "STOP")
    expect(second.get_by_text("Do not take any money.").first).to_be_visible()
    axe(second)
    assert Payment.objects.filter(method="CASH").count() == 1


def test_the_one_who_waits_is_told_that_the_other_took_cash(
    open_gate: OpenGate, inside: ParkingSession, waits: FakeGateway
) -> None:
    first, second = open_gate(), open_gate()
    ask_for_bill(first, inside.qr_code)
    first.keyboard.press("2")
    verdict(first, "WAIT")
    ask_for_bill(second, inside.qr_code)
    second.keyboard.press("1")
    expect(second.get_by_label("Cash received")).to_be_focused()
    second.keyboard.press("Enter")
    verdict(second, "LET OUT")
    verdict(first, "STOP")


# --- Tickets, cars inside, slots ----------------------------------------------------------------------


@pytest.fixture
def at(new_page: NewPage, sign_in: SignIn, staff: User) -> Callable[..., Page]:
    """A page of an attendant."""

    def opened(path: str, device: str = "phone", **options: object) -> Page:
        page = new_page(device, **options)  # type: ignore[arg-type]
        sign_in(page, staff)
        page.goto(path)
        return page

    return opened


def test_a_walk_in_gets_a_ticket_and_goes_in(
    at: Callable[..., Page], zone: ParkingZone, axe: Callable[..., None], picture: TakePicture
) -> None:
    page = at("/gate/ticket/")
    axe(page)
    page.get_by_label("Plate").fill("dl01ab1234")
    page.get_by_role("button", name="Ticket and let in").click()
    expect(page.get_by_role("status").filter(has_text="LET IN")).to_be_visible()
    expect(page.locator("[data-slot]")).to_have_text("A-001")
    axe(page)
    picture(page, "gate-ticket")


def test_what_is_free_is_followed_without_losing_the_choice(
    at: Callable[..., Page], zone: ParkingZone, driver: User
) -> None:
    page = at("/gate/ticket/")
    page.get_by_role("radio", name="Zone A").check()
    expect(page.get_by_text("10 free")).to_be_visible()
    book(driver, zone)
    expect(page.get_by_text("9 free")).to_be_visible()
    expect(page.get_by_role("radio", name="Zone A")).to_be_checked()


@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_cars_inside_are_followed_and_a_stay_is_ended(
    at: Callable[..., Page], inside: ParkingSession, axe: Callable[..., None], picture: TakePicture, device
) -> None:
    page = at("/gate/inside/", device)
    axe(page)
    picture(page, f"gate-inside-{device}")
    second = enter(make_user(), book(make_user(), inside.zone, "KA-01-AB-7777"))
    expect(page.get_by_role("link", name=plate_text(second.vehicle.vehicle_number))).to_be_visible()
    page.get_by_role("link", name="DL 01 AB 1234").click()
    expect(page.get_by_label("Reason")).to_be_visible()
    axe(page)
    picture(page, f"gate-stay-{device}", whole=True)
    page.get_by_label("Reason").fill("Driver left the ticket and walked away")
    page.get_by_label("Not paid").check()
    page.get_by_role("button", name="End this session").click()
    expect(page.get_by_text("Ended by staff")).to_be_visible()
    assert reloaded(inside).end_reason == "TERMINATED"


def test_the_grid_of_slots_is_live(
    at: Callable[..., Page], zone: ParkingZone, driver: User, axe: Callable[..., None], picture: TakePicture
) -> None:
    page = at("/gate/slots/")
    axe(page)
    book(driver, zone)
    expect(page.locator(".slot-BOOKED").nth(1)).to_contain_text("A-001")
    picture(page, "gate-slots")


@pytest.mark.parametrize("path", ["/gate/ticket/", "/gate/inside/", "/gate/slots/", "/gate/debts/"])
def test_pages_in_both_languages_on_a_small_phone(
    at: Callable[..., Page], inside: ParkingSession, axe: Callable[..., None], path
) -> None:
    page = at(path, viewport={"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.locator("[data-menu] summary").click()
    page.get_by_role("button", name="हिन्दी").click()
    expect(page.locator("html")).to_have_attribute("lang", "hi")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 360


# --- How quick the cash of an exit is ------------------------------------------------------------------


@pytest.mark.parametrize(("note", "touches"), [(None, 2), ("₹500", 3)])
def test_the_cash_of_an_exit_takes_at_most_three_touches(
    open_gate: OpenGate, inside: ParkingSession, note, touches
) -> None:
    page = open_gate(device="phone")
    ask_for_bill(page, inside.qr_code)
    names = [name for name in ("Cash", note, "Cash received" if note else "Exact amount") if name]
    for name in names:
        page.get_by_role("button", name=name, exact=name == note).tap()
    assert len(names) == touches
    verdict(page, "LET OUT")
    expect(page.locator("[data-change-given]")).to_have_count(1 if note else 0)
    assert_books_agree()


def test_far_too_much_cash_is_asked_about_once(open_gate: OpenGate, inside: ParkingSession) -> None:
    page = open_gate()
    ask_for_bill(page, inside.qr_code)
    open_cash(page)
    page.keyboard.type("5000")
    page.keyboard.press("Enter")
    expect(page.get_by_text("more than ten times the amount due")).to_be_visible()
    assert reloaded(inside).status == "ACTIVE"
    page.get_by_role("button", name="Yes, received ₹5,000").click()
    verdict(page, "LET OUT")
    expect(page.locator("[data-change-given]")).to_have_text("₹4,900")
