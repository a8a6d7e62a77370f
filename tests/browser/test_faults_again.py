"""More faults that people met on pages, each as they met it."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from parking.accounts.models import Role, User
from parking.checkout import refunding
from parking.checkout.expiring import expire_unpaid_holds
from parking.core import clock
from parking.facilities.models import ParkingZone
from parking.payments.gateways.base import GatewayState
from parking.payments.models import Payment, PaymentOrder
from parking.stays.models import ParkingSession
from tests.browser.conftest import NewPage, SignIn
from tests.browser.watch import Watch
from tests.build import actor, book, enter, leave, make_user, pay_ahead
from tests.gateway import FakeGateway

pytestmark = pytest.mark.django_db(transaction=True)

# Rules that color what the pointer is over, and are not kept from devices without one: there the color would stay.
STUCK = """() => {
    const stuck = [];
    const look = (rules, kept) => {
        for (const rule of rules) {
            const here = kept || /hover:\\s*hover/.test(rule.conditionText ?? "");
            if (!here && /:hover/.test(rule.selectorText ?? "")) stuck.push(rule.selectorText);
            if (rule.cssRules) look(rule.cssRules, here);
        }
    };
    for (const sheet of document.styleSheets) look(sheet.cssRules, false);
    return stuck;
}"""


def test_an_unpaid_booking_does_not_look_like_a_booked_one(
    phone: Page, sign_in: SignIn, driver: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    book(driver, zone, "DL-01-AB-1111")
    gateway.outcome = GatewayState.PENDING
    book(driver, zone, "DL-01-AB-2222")
    sign_in(phone, driver)
    phone.goto("/tickets/")
    unpaid = phone.locator("main li, main article").filter(has_text="DL 01 AB 2222").last
    booked = phone.locator("main li, main article").filter(has_text="DL 01 AB 1111").last
    expect(unpaid).to_contain_text("Not paid yet")
    expect(booked).to_contain_text("Booked")
    expect(booked).not_to_contain_text("Not paid yet")


def test_the_minutes_of_a_stay_are_those_between_its_times(
    phone: Page, sign_in: SignIn, driver: User, staff: User, zone: ParkingZone
) -> None:
    """Who paid two minutes before driving out read "From 08:59 to 09:20: 19 min"."""
    out = clock.now().replace(second=0, microsecond=0)
    session = enter(staff, book(driver, zone, now=out - timedelta(minutes=145)), out - timedelta(minutes=141))
    pay_ahead(driver, session, out - timedelta(minutes=2))
    leave(staff, session, now=out)
    sign_in(phone, driver)
    phone.goto(f"/tickets/{session.pk}/")
    expect(phone.get_by_text(": 2 h 21 min.")).to_be_visible()


def test_letters_of_other_scripts_in_a_plate_are_refused_and_marks_of_direction_leave_a_name(
    phone: Page, sign_in: SignIn, driver: User, zone: ParkingZone
) -> None:
    sign_in(phone, driver)
    phone.goto(f"/zones/{zone.pk}/")
    phone.get_by_label("Plate", exact=True).fill("DL01\N{CYRILLIC CAPITAL LETTER A}B1234")
    phone.get_by_label("Owner's name").fill("Asha \N{RIGHT-TO-LEFT OVERRIDE}Rao")
    phone.get_by_role("button", name="Book and pay").click()
    expect(phone.get_by_role("alert")).to_contain_text("Plate")
    expect(phone.get_by_label("Plate", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(phone.get_by_text("Please check the plate.")).to_be_visible()
    assert not ParkingSession.objects.exists()
    phone.get_by_label("Plate", exact=True).fill("DL01AB1234")
    phone.get_by_role("button", name="Book and pay").click()
    phone.wait_for_url("**/tickets/**")
    assert ParkingSession.objects.get().owner_name == "Asha Rao"


def test_a_refund_of_nothing_or_of_too_much_is_refused_before_its_question(
    desktop: Page, sign_in: SignIn, admin: User, driver: User, zone: ParkingZone
) -> None:
    payment = Payment.objects.get(bill=book(driver, zone).bill)
    sign_in(desktop, admin)
    desktop.goto(f"/office/payments/{payment.pk}/refund/")
    for amount in ("0", "50.01"):
        desktop.get_by_label("Amount").fill(amount)
        desktop.get_by_label("Reason").fill("Goodwill")
        desktop.get_by_role("button", name="Continue").click()
        expect(desktop.get_by_label("Amount")).to_have_attribute("aria-invalid", "true")
        expect(desktop.get_by_role("button", name="Continue")).to_be_visible()


def test_one_who_asked_for_a_refund_sees_no_button_to_approve_it(
    new_page: NewPage, sign_in: SignIn, driver: User, staff: User, zone: ParkingZone
) -> None:
    asking, other = make_user(Role.ADMIN), make_user(Role.ADMIN)
    come = clock.now() - timedelta(hours=3)
    paid = leave(staff, enter(staff, book(driver, zone, now=come), come)).session
    cash = Payment.objects.get(bill=paid.bill, method="CASH")
    refunding.refund_any_payment(
        actor=actor(asking), payment_id=cash.pk, amount=cash.amount, reason="Goodwill", now=clock.now()
    )
    for who, seen in ((asking, 0), (other, 1)):
        page = new_page("desktop")
        sign_in(page, who)
        page.goto("/office/review/")
        expect(page.get_by_role("button", name="Approve")).to_have_count(seen)


def test_after_a_decline_the_hold_stays_until_its_deadline_and_then_nothing_is_tried_again(
    phone: Page, sign_in: SignIn, driver: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    session = book(driver, zone)
    sign_in(phone, driver)
    address = f"/pay/return/{PaymentOrder.objects.get().order_id}/"
    PaymentOrder.objects.update(status="FAILED")
    phone.goto(address)
    expect(phone.get_by_role("heading", name="The payment did not go through")).to_be_visible()
    expect(phone.get_by_text("The slot is held until")).to_be_visible()
    expect(phone.get_by_role("link", name="Try again")).to_have_count(1)
    assert session.pay_by is not None
    expire_unpaid_holds(now=session.pay_by + timedelta(minutes=1))
    phone.goto(address)
    expect(phone.get_by_text("Your slot was released.")).to_be_visible()
    expect(phone.get_by_role("link", name="Try again")).to_have_count(0)
    expect(phone.get_by_role("link", name="Book again")).to_have_attribute("href", f"/zones/{zone.pk}/")


def test_a_taken_vehicle_leads_to_its_booking(phone: Page, sign_in: SignIn, driver: User, zone: ParkingZone) -> None:
    booked = book(driver, zone, "DL-01-AB-1234")
    book(driver, zone, "DL-01-AB-5678")
    sign_in(phone, driver)
    phone.goto(f"/zones/{zone.pk}/")
    phone.get_by_label("Plate", exact=True).fill("DL01AB1234")
    phone.get_by_label("Owner's name").fill("Asha")
    phone.get_by_role("button", name="Book and pay").click()
    expect(phone.get_by_role("alert")).to_contain_text("open booking")
    ticket = phone.get_by_role("main").get_by_role("link", name="View ticket")
    expect(ticket).to_have_attribute("href", f"/tickets/{booked.pk}/")


def test_a_printed_ticket_has_no_buttons(phone: Page, sign_in: SignIn, driver: User, zone: ParkingZone) -> None:
    booked = book(driver, zone)
    sign_in(phone, driver)
    phone.goto(f"/tickets/{booked.pk}/")
    expect(phone.locator("main button:visible, main a.btn:visible").first).to_be_visible()
    phone.emulate_media(media="print")
    # The code itself can be pressed on a screen.
    shown = phone.locator("button:visible:not(:has(img)), a.btn:visible, .thumb-bar:visible")
    assert shown.all_inner_texts() == []
    expect(phone.locator("img.qr").first).to_be_visible()


def test_no_colour_of_a_pointer_stays_after_a_touch(new_page: NewPage, sign_in: SignIn, zone: ParkingZone) -> None:
    for role, address in ((Role.USER, f"/zones/{zone.pk}/"), (Role.STAFF, "/gate/"), (Role.ADMIN, "/office/sessions/")):
        page = new_page("phone")
        sign_in(page, make_user(role))
        page.goto(address)
        assert page.evaluate(STUCK) == [], address


def test_one_notice_says_that_there_is_no_connection(
    phone: Page, sign_in: SignIn, driver: User, zone: ParkingZone, watch: Watch
) -> None:
    """A ticket says itself how old it is; the notice of all pages is not shown above it as well."""
    watch.allow("ERR_INTERNET_DISCONNECTED")
    booked = book(driver, zone)
    sign_in(phone, driver)
    for address, stale in (("/profile/", 0), (f"/tickets/{booked.pk}/", 1)):
        phone.goto(address)
        phone.context.set_offline(True)
        expect(phone.locator("[data-stale]")).to_have_count(stale, timeout=15_000)
        expect(phone.get_by_text("No connection.").locator("visible=true")).to_have_count(1)
        phone.context.set_offline(False)


@pytest.mark.parametrize("role", [Role.STAFF, Role.ADMIN])
def test_staff_have_no_bar_of_drivers_on_the_pages_of_their_account(phone: Page, sign_in: SignIn, role: Role) -> None:
    sign_in(phone, make_user(role))
    phone.goto("/profile/")
    expect(phone.get_by_role("link", name="Tickets")).to_have_count(0)
    expect(phone.get_by_role("heading", level=1)).to_be_visible()
