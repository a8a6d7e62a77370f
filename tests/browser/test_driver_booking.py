"""Drivers find a zone, book, pay and drive: by clicking, on phone and desktop."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from parking.accounts.models import User
from parking.checkout import cancelling
from parking.core import clock
from parking.core.fresh import forget_all
from parking.core.ids import Ref
from parking.facilities.models import ParkingZone
from parking.payments.gateways.base import GatewayState
from parking.payments.models import PaymentOrder
from parking.stays.models import ParkingSession
from parking.vehicles.saving import save_vehicle
from tests.browser.conftest import NewPage, SignIn, TakePicture
from tests.browser.watch import Watch
from tests.build import actor, book, enter, leave, make_user, make_zone, reloaded
from tests.gateway import FakeGateway

# News come within three seconds; a busy machine gets some more.
NEWS = 6000

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=["phone", "desktop"])
def page(request: pytest.FixtureRequest, new_page: NewPage, sign_in: SignIn, driver: User) -> Page:
    """A signed-in driver's page, of both sizes one after the other."""
    page = new_page(request.param)
    sign_in(page, driver)
    return page


@pytest.fixture
def mobile(phone: Page, sign_in: SignIn, driver: User) -> Page:
    """A signed-in driver's phone."""
    sign_in(phone, driver)
    return phone


def test_from_the_zones_to_the_ticket(
    page: Page, driver: User, zone: ParkingZone, axe: Callable[..., None], picture: TakePicture
) -> None:
    make_zone("Zone B", rate="75.00", slots=2, features=["covered", "ev_charging"], place="Level 2")
    page.goto("/zones/")
    axe(page)
    picture(page, "driver-zones", whole=True)
    page.get_by_role("link", name="Zone A").click()
    page.get_by_label("Plate").fill("dl 01 ab 1234")
    page.get_by_label("Owner's name").fill("आशा राव")
    axe(page)
    picture(page, "driver-booking")
    page.get_by_role("button", name="Book and pay ₹50").click()
    expect(page.get_by_role("heading", name="Booked")).to_be_visible()
    session = ParkingSession.objects.get()
    expect(page.get_by_text(session.qr_code).first).to_be_visible()
    assert session.owner_name == "आशा राव"
    axe(page)
    picture(page, "driver-ticket")


def test_three_taps_with_a_saved_vehicle(mobile: Page, driver: User, zone: ParkingZone) -> None:
    save_vehicle(actor=actor(driver), plate="DL-01-AB-1234", owner_name="Asha Rao", now=clock.now())
    mobile.goto("/zones/")
    mobile.get_by_role("link", name="Zone A").tap()
    expect(mobile.get_by_role("radio", name="DL 01 AB 1234")).to_be_checked()
    expect(mobile.get_by_label("Plate")).to_be_hidden()
    mobile.get_by_role("button", name="Book and pay ₹50").tap()
    expect(mobile.get_by_role("heading", name="Booked")).to_be_visible()


def test_free_slots_are_news_and_a_full_zone_opens_again(mobile: Page, axe: Callable[..., None]) -> None:
    small = make_zone("Small", slots=1)
    make_zone("Other", slots=3)
    other = make_user()
    theirs = book(other, small)
    forget_all()
    mobile.goto(f"/zones/{small.pk}/")
    expect(mobile.get_by_role("heading", name="This zone is full now")).to_be_visible()
    expect(mobile.get_by_role("link", name="Other · 3 free")).to_be_visible()
    button = mobile.get_by_role("button", name="Book and pay ₹50")
    expect(button).to_be_hidden()
    axe(mobile)
    cancelling.cancel(actor=actor(other), session=Ref(pk=theirs.pk), reason="", now=clock.now(), only_of_caller=True)
    expect(button).to_be_visible(timeout=NEWS)


def test_a_taken_vehicle_is_said_at_the_form(mobile: Page, driver: User, zone: ParkingZone) -> None:
    book(driver, zone, "DL-01-AB-1234")
    mobile.goto(f"/zones/{zone.pk}/")
    mobile.get_by_label("Plate").fill("DL01AB1234")
    mobile.get_by_label("Owner's name").fill("Asha")
    mobile.get_by_role("button", name="Book and pay").click()
    expect(mobile.get_by_role("alert")).to_contain_text("This vehicle has an open booking already.")
    expect(mobile.get_by_label("Plate")).to_have_value("DL01AB1234")


def test_without_an_account_everything_is_seen_but_nothing_booked(
    phone: Page, zone: ParkingZone, axe: Callable[..., None]
) -> None:
    phone.goto("/zones/")
    phone.get_by_role("link", name="Zone A").click()
    expect(phone).to_have_url(re.compile(rf"/zones/{zone.pk}/$"))
    axe(phone)
    phone.get_by_role("link", name="Sign in to book").click()
    expect(phone).to_have_url(re.compile(rf"/sign-in/\?next=/zones/{zone.pk}/$"))


# --- The stay ------------------------------------------------------------------------------------------


def test_the_gate_shows_on_the_ticket_within_three_seconds(
    page: Page, driver: User, staff: User, zone: ParkingZone, axe: Callable[..., None]
) -> None:
    now = clock.now()
    session = book(driver, zone, now=now - timedelta(minutes=10))
    page.goto(f"/tickets/{session.pk}/")
    page.get_by_role("button", name="Show the code large").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    enter(staff, session, now - timedelta(minutes=9))
    expect(page.get_by_role("heading", name="Car inside")).to_be_visible(timeout=NEWS)
    expect(page.get_by_role("dialog")).to_be_hidden()
    axe(page)
    leave(staff, reloaded(session))
    expect(page.get_by_role("heading", name="Left through the gate")).to_be_visible(timeout=NEWS)
    expect(page.get_by_role("link", name="Receipt for ₹50")).to_be_visible()
    axe(page)


def test_a_dialog_stays_open_when_the_page_has_news(mobile: Page, driver: User, zone: ParkingZone) -> None:
    session = book(driver, zone)
    mobile.goto(f"/tickets/{session.pk}/")
    mobile.get_by_role("button", name="Show the code large").click()
    with mobile.expect_event("console", lambda message: message.text == "news"):
        mobile.evaluate("""() => {
            const part = document.querySelector("[data-live]");
            part.addEventListener("live", () => console.log("news"), {once: true});
            part.dataset.live += "?again=1"; // another address has another tag: the server sends everything
            part.dispatchEvent(new Event("looknow"));
        }""")
    expect(mobile.get_by_role("dialog")).to_be_visible()
    mobile.keyboard.press("Escape")
    expect(mobile.get_by_role("dialog")).to_be_hidden()
    mobile.get_by_role("button", name="Show the code large").click()
    expect(mobile.get_by_role("dialog")).to_be_visible()


def test_cancelling_names_the_refund_and_changes_its_mind_in_time(
    page: Page, driver: User, zone: ParkingZone, axe: Callable[..., None]
) -> None:
    session = book(driver, zone, now=clock.now() - timedelta(minutes=4, seconds=57))
    page.goto(f"/tickets/{session.pk}/")
    page.get_by_role("button", name="Cancel this booking").click()
    expect(page.get_by_text("You get ₹50 back, if you cancel by")).to_be_visible()
    expect(page.get_by_text("The fee of ₹50 is kept")).to_be_visible(timeout=NEWS)
    expect(page.get_by_text("You get ₹50 back")).to_be_hidden()
    axe(page)
    page.get_by_role("button", name="Cancel the booking").click()
    expect(page.get_by_role("heading", name="Cancelled")).to_be_visible()
    assert reloaded(session).bill.total == 50


def test_cancelling_in_time_gives_the_fee_back(
    mobile: Page, driver: User, zone: ParkingZone, axe: Callable[..., None], picture: TakePicture
) -> None:
    session = book(driver, zone)
    mobile.goto(f"/tickets/{session.pk}/")
    mobile.get_by_role("button", name="Cancel this booking").click()
    picture(mobile, "driver-cancel")
    mobile.get_by_role("button", name="Cancel the booking").click()
    expect(mobile.get_by_text("₹50 was refunded to where it came from.")).to_be_visible()
    axe(mobile)


# --- Paying ---------------------------------------------------------------------------------------------


def driver_of(session: ParkingSession) -> User:
    assert session.driver is not None
    return session.driver


@pytest.fixture
def unpaid(driver: User, zone: ParkingZone, gateway: FakeGateway) -> ParkingSession:
    gateway.outcome = GatewayState.PENDING
    return book(driver, zone)


def test_the_page_that_waits_goes_on_to_the_ticket(
    page: Page, unpaid: ParkingSession, gateway: FakeGateway, axe: Callable[..., None]
) -> None:
    page.goto(f"/tickets/{unpaid.pk}/")
    axe(page)
    page.get_by_role("link", name="Pay ₹50").click()
    expect(page.get_by_text("Waiting for the payment.")).to_be_visible()
    axe(page)
    gateway.decide(GatewayState.COMPLETED)
    expect(page.get_by_role("heading", name="Booked")).to_be_visible(timeout=2 * NEWS)


def test_coming_back_from_the_gateway_without_a_session(
    phone: Page, sign_in: SignIn, unpaid: ParkingSession, gateway: FakeGateway, axe: Callable[..., None]
) -> None:
    order = PaymentOrder.objects.get()
    phone.goto(f"/pay/return/{order.order_id}/")
    expect(phone).to_have_title("Sign in · Smart Parking")
    sign_in(phone, driver_of(unpaid))
    phone.goto(f"/pay/return/{order.order_id}/")
    expect(phone.get_by_role("heading", name="Waiting for confirmation")).to_be_visible()
    axe(phone)
    gateway.decide(GatewayState.COMPLETED)
    expect(phone.get_by_role("heading", name="Booked")).to_be_visible(timeout=2 * NEWS)


def test_a_declined_payment_has_a_way_on(
    mobile: Page, unpaid: ParkingSession, gateway: FakeGateway, axe: Callable[..., None]
) -> None:
    mobile.goto(f"/pay/return/{PaymentOrder.objects.get().order_id}/")
    gateway.decide(GatewayState.FAILED)
    expect(mobile.get_by_role("heading", name="The payment did not go through")).to_be_visible(timeout=2 * NEWS)
    axe(mobile)
    mobile.get_by_role("link", name="Try again").click()
    expect(mobile.get_by_role("button", name="Pay ₹50")).to_be_visible()


def test_a_hanging_payment_is_called_unknown(mobile: Page, unpaid: ParkingSession, gateway: FakeGateway) -> None:
    PaymentOrder.objects.update(created_at=clock.now() - timedelta(minutes=5))
    gateway.reachable = False
    mobile.goto(f"/pay/return/{PaymentOrder.objects.get().order_id}/")
    expect(mobile.get_by_text("We do not know yet.")).to_be_visible()
    expect(mobile.get_by_role("heading", name="Waiting for confirmation")).to_be_visible()


@pytest.fixture
def inside(driver: User, staff: User, zone: ParkingZone) -> ParkingSession:
    """A car that owes ₹50 more."""
    session = book(driver, zone, now=clock.now() - timedelta(minutes=80))
    enter(staff, session, clock.now() - timedelta(minutes=70))
    return session


def test_paying_before_leaving(
    page: Page, inside: ParkingSession, axe: Callable[..., None], picture: TakePicture
) -> None:
    page.goto(f"/tickets/{inside.pk}/")
    expect(page.get_by_text("1 h 10 min").first).to_be_visible()
    axe(page)
    picture(page, "driver-inside")
    page.get_by_role("link", name="Pay before leaving").click()
    expect(page.get_by_text("This pays for the time until now and 15 minutes more to drive out.")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Pay ₹50").click()
    expect(page.get_by_role("heading", name="Paid, you may leave")).to_be_visible()
    axe(page)


# --- Hindi, dark, narrow ----------------------------------------------------------------------------------


def test_nothing_is_wider_than_a_small_phone(
    new_page: NewPage, sign_in: SignIn, driver: User, zone: ParkingZone, inside: ParkingSession
) -> None:
    page = new_page("phone", viewport={"width": 360, "height": 640}, locale="hi-IN")
    session = book(driver, zone)
    sign_in(page, driver)
    for address in ("/zones/", f"/zones/{zone.pk}/", "/tickets/", f"/tickets/{session.pk}/", f"/tickets/{inside.pk}/",
                    f"/tickets/{inside.pk}/pay/"):  # fmt: skip
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") == 360, address
        assert page.locator("html").get_attribute("lang") == "hi"


def test_somebody_elses_ticket_is_not_there(mobile: Page, driver: User, zone: ParkingZone, watch: Watch) -> None:
    watch.allow("404")
    session = book(make_user(), zone, "DL-01-AB-1234")
    answer = mobile.goto(f"/tickets/{session.pk}/")
    assert answer is not None
    assert answer.status == 404
    expect(mobile.get_by_text("DL 01 AB 1234")).to_have_count(0)
