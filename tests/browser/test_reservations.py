"""A reservation by clicking: a window with its price, paid, expected at the gate, put off with a thumb, cancelled."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from parking.accounts.models import Role, User
from parking.checkout import placing, waiting_list
from parking.core import clock
from parking.core.fresh import forget_all
from parking.facilities.models import ParkingZone
from parking.stays.models import ParkingSession
from tests.browser.conftest import Axe, NewPage, SignIn, TakePicture
from tests.browser.test_gate_scanning import OpenGate, open_gate
from tests.build import cancel, enter, make_user, make_zone, reloaded, reserve

__all__ = ["open_gate"]

pytestmark = pytest.mark.django_db(transaction=True)

NEWS = 6000
SMALL = {"viewport": {"width": 360, "height": 740}}
HOUR = timedelta(hours=1)


@pytest.fixture
def mobile(new_page: NewPage, sign_in: SignIn, driver: User) -> Page:
    """Return a signed-in driver's phone, a narrow one."""
    page = new_page("phone", **SMALL)
    sign_in(page, driver)
    return page


def test_a_window_is_chosen_seen_and_paid(mobile: Page, zone: ParkingZone, axe: Axe, picture: TakePicture) -> None:
    mobile.goto(f"/zones/{zone.pk}/")
    mobile.get_by_role("link", name="Come later? Reserve a place").click()
    # The first window that can be reserved is filled in, with its price and its promise.
    expect(mobile.get_by_text("A place is free for this time.")).to_be_visible()
    mobile.get_by_label("How long").select_option("180")
    mobile.get_by_role("button", name="Show price and places").click()
    expect(mobile.get_by_text("₹150", exact=True)).to_be_visible()
    expect(mobile.get_by_text("₹50 now, the rest when you leave")).to_be_visible()
    axe(mobile)
    picture(mobile, "driver-reserve")
    mobile.get_by_label("Plate").fill("dl 01 ab 1234")
    mobile.get_by_label("Owner's name").fill("Asha Rao")
    mobile.get_by_role("button", name="Reserve and pay ₹50").click()
    expect(mobile.get_by_role("heading", name="Reserved", exact=True)).to_be_visible()
    session = ParkingSession.objects.select_related("bill").get()
    assert (session.bill.captured, session.slot) == (50, None)
    assert session.ends_at == session.starts_at + 3 * HOUR
    axe(mobile)
    picture(mobile, "driver-reserved")


# A slow phone scrolls to the focus when nothing stands below it yet: it stays where it is.
SLOW = """new MutationObserver((_, watching) => {
  const summary = document.querySelector(".error-summary");
  if (!summary) return;
  summary.focus({ preventScroll: true });
  watching.disconnect();
}).observe(document, { childList: true, subtree: true });"""


def test_a_refused_reservation_shows_what_is_wrong_on_a_slow_phone_too(mobile: Page, zone: ParkingZone) -> None:
    mobile.add_init_script(SLOW)
    mobile.goto(f"/zones/{zone.pk}/reserve/")
    mobile.locator("form[data-booking]").evaluate("form => { form.noValidate = true; form.requestSubmit(); }")
    expect(mobile.locator(".error-summary")).to_be_focused()
    expect(mobile.locator(".error-summary")).to_be_in_viewport(ratio=1)
    expect(mobile.locator("#id_plate")).to_be_in_viewport(ratio=1)


def test_the_end_is_put_off_with_one_thumb(
    mobile: Page, driver: User, staff: User, zone: ParkingZone, axe: Axe, picture: TakePicture
) -> None:
    now = clock.now()
    session = reserve(driver, zone, now + HOUR / 3, now + 2 * HOUR, "DL-01-AB-1234", now=now)
    enter(staff, session, now)
    mobile.goto(f"/tickets/{session.pk}/")
    before = reloaded(session).ends_at
    assert before is not None
    button = mobile.get_by_role("button", name=re.compile("^1 h"))
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44, "too small for a thumb"
    axe(mobile)
    button.scroll_into_view_if_needed()
    picture(mobile, "driver-extend")
    button.tap()
    expect(mobile.get_by_text("Your place is yours until")).to_be_visible()
    assert reloaded(session).ends_at == before + HOUR


def test_a_reservation_is_cancelled_with_everything_back(mobile: Page, driver: User, zone: ParkingZone) -> None:
    now = clock.now()
    session = reserve(driver, zone, now + 30 * HOUR, now + 32 * HOUR, now=now - HOUR)
    mobile.goto(f"/tickets/{session.pk}/")
    mobile.get_by_role("button", name="Cancel this booking").click()
    expect(mobile.get_by_role("dialog").get_by_text("You get ₹50 back")).to_be_visible()
    with mobile.expect_navigation():
        mobile.get_by_role("button", name="Cancel the booking").click()
    cancelled = reloaded(session)
    assert (cancelled.status, cancelled.bill.refunded) == ("CANCELLED", 50)


def test_gate_and_office_know_who_is_expected(
    phone: Page,
    desktop: Page,
    open_gate: OpenGate,
    sign_in: SignIn,
    driver: User,
    zone: ParkingZone,
    axe: Axe,
    picture: TakePicture,
) -> None:
    now = clock.now()
    session = reserve(driver, zone, now + HOUR / 3, now + 2 * HOUR, "DL-01-AB-1234", now=now)
    placing.claim_places(now=now)
    gate = open_gate(phone)
    gate.get_by_role("button", name="Expected").click()
    expected = gate.locator("#expected")
    expect(expected.get_by_text("reserved")).to_be_visible()
    axe(gate)
    picture(gate, "gate-expected")
    sign_in(desktop, make_user(Role.ADMIN))
    desktop.goto(f"/office/sessions/{session.pk}/")
    expect(desktop.get_by_text("Reserved:")).to_be_visible()
    axe(desktop)
    picture(desktop, "office-reservation-desktop")


def test_a_full_window_is_waited_for_and_offered(mobile: Page, driver: User, axe: Axe, picture: TakePicture) -> None:
    zone, now = make_zone("Small", slots=2), clock.now()
    make_zone("Other", slots=4)
    held = reserve(make_user(), zone, now + HOUR / 3, now + 6 * HOUR, now=now)
    forget_all()
    mobile.goto(f"/zones/{zone.pk}/reserve/")
    expect(mobile.get_by_text("All places of this time are reserved.")).to_be_visible()
    axe(mobile)
    wait = mobile.get_by_role("link", name="Wait for a place in this time")
    wait.scroll_into_view_if_needed()
    picture(mobile, "driver-window-full")
    wait.click()
    mobile.get_by_label("Plate").fill("dl 01 ab 1234")
    mobile.get_by_label("Owner's name").fill("Asha Rao")
    axe(mobile)
    mobile.get_by_role("button", name="Wait for a place").click()
    expect(mobile.get_by_text("Number 1 in line")).to_be_visible()
    axe(mobile)
    cancel(held.driver, held, now)  # type: ignore[arg-type]
    waiting_list.offer_places(now=clock.now())
    mobile.reload()
    expect(mobile.get_by_text("A place is yours, if you accept it by")).to_be_visible()
    axe(mobile)
    picture(mobile, "driver-waiting")
    mobile.get_by_role("button", name="Accept the place").click()
    expect(mobile.get_by_role("heading", name="Reserved", exact=True)).to_be_visible()
