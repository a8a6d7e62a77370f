"""Pages in a good state, for the user's guide: what the journeys do not show. It looks, and takes the pictures."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from parking.accounts.models import Role, User
from parking.core import clock
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.notifications.channels.web_push import new_private_key
from parking.notifications.models import Channel, Delivery
from parking.notifications.noticing import take_events
from parking.payments.gateways.base import GatewayState
from parking.payments.models import PaymentOrder
from parking.stays.models import ParkingSession
from tests.browser.conftest import SignIn, TakePicture
from tests.build import book, enter, leave, make_user, make_zone
from tests.gateway import FakeGateway

PLATES = ["DL-01-AB-1234", "MH-12-DE-1433", "KA-05-MJ-2020", "TN-09-BC-7788", "UP-16-CT-4512", "GJ-01-KX-9090"]


def drive(staff: User, driver: User, zone: ParkingZone, plate: str, came: datetime, hours: int) -> ParkingSession:
    """A stay that is over."""
    session = book(driver, zone, plate, came - timedelta(minutes=10))
    enter(staff, session, came)
    return leave(staff, session, now=came + timedelta(hours=hours)).session


@pytest.fixture
def busy(db: None) -> list[ParkingSession]:
    """Two zones, some days behind them, and a day under way. The first stay is over."""
    now = clock.now()
    staff, driver = make_user(Role.STAFF, "ravi"), make_user(Role.USER, "asha")
    User.objects.filter(username="asha").update(first_name="Asha", last_name="Rao", phone="+91 98765 43210")
    User.objects.filter(username="ravi").update(first_name="Ravi", last_name="Kumar")
    zone = make_zone("Zone A", slots=12, place="Level 1, north side", features=["covered", "guarded"])
    other = make_zone("Zone B", rate="75.00", slots=8, place="Ground, by the lifts", features=["ev_charging"])
    past = [
        drive(staff, driver, (zone, other)[day % 2], plate, now - timedelta(days=day, hours=9 - 2 * turn), turn + 1)
        for day in range(1, 6)
        for turn, plate in enumerate(PLATES[: 2 + day % 3])
    ]
    for number, plate in enumerate(PLATES[:3]):
        came = now - timedelta(minutes=190 - 40 * number)
        enter(staff, book(driver, zone, plate, came), came)
    book(driver, other, PLATES[3], now - timedelta(minutes=5))
    ParkingSlot.objects.filter(zone=zone, slot_number="A-009").update(status="OUT_OF_SERVICE")
    ParkingSlot.objects.filter(zone=zone, slot_number="A-012").update(kind="ACCESSIBLE")
    return past


@pytest.fixture
def office(desktop: Page, sign_in: SignIn, busy: list[ParkingSession]) -> Page:
    """A manager's desktop."""
    sign_in(desktop, make_user(Role.ADMIN, "meera"))
    return desktop


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("", "dashboard"),
        ("sessions/", "sessions"),
        ("payments/", "payments"),
        ("revenue/", "revenue"),
        ("zones/", "zones"),
        ("users/", "users"),
    ],
)
def test_the_office_at_work(office: Page, picture: TakePicture, path: str, name: str) -> None:
    office.goto(f"/office/{path}")
    expect(office.get_by_role("heading", level=1)).to_be_visible()
    office.wait_for_load_state("networkidle")
    picture(office, f"office-{name}")


def test_one_session_of_the_past(office: Page, busy: list[ParkingSession], picture: TakePicture) -> None:
    office.goto(f"/office/sessions/{busy[0].pk}/")
    expect(office.get_by_role("heading", level=1)).to_be_visible()
    picture(office, "office-session")


def test_a_price_and_the_question(office: Page, picture: TakePicture) -> None:
    zone = ParkingZone.objects.get(name="Zone A")
    office.goto(f"/office/zones/{zone.pk}/slots/")
    picture(office, "office-slots")
    office.goto(f"/office/zones/{zone.pk}/")
    office.get_by_label("Rate per hour", exact=True).fill("60")
    picture(office, "office-zone")
    office.get_by_role("button", name="Save").click()
    expect(office.get_by_role("button", name="Yes, change it")).to_be_visible()
    picture(office, "office-question")


@pytest.fixture
def asha(phone: Page, sign_in: SignIn, driver: User) -> Page:
    """A driver's phone."""
    sign_in(phone, driver)
    return phone


def test_the_code_large(asha: Page, driver: User, zone: ParkingZone, picture: TakePicture) -> None:
    session = book(driver, zone, PLATES[0])
    asha.goto(f"/tickets/{session.pk}/")
    asha.get_by_role("button", name="Show the code large").click()
    expect(asha.get_by_role("button", name="Close")).to_be_visible()
    picture(asha, "driver-code")


def test_a_payment_under_way(
    asha: Page, driver: User, zone: ParkingZone, gateway: FakeGateway, picture: TakePicture
) -> None:
    gateway.outcome = GatewayState.PENDING
    session = book(driver, zone, PLATES[0])
    asha.goto(f"/tickets/{session.pk}/pay/")
    expect(asha.get_by_text("Waiting for the payment.")).to_be_visible()
    picture(asha, "driver-pay")
    asha.goto(f"/pay/return/{PaymentOrder.objects.get().order_id}/")
    expect(asha.get_by_role("heading", name="Waiting for confirmation")).to_be_visible()
    picture(asha, "driver-return")


def test_what_was_booked_before(asha: Page, driver: User, zone: ParkingZone, picture: TakePicture) -> None:
    staff = make_user(Role.STAFF)
    for day in (45, 20, 3):
        drive(staff, driver, zone, PLATES[0], clock.now() - timedelta(days=day, hours=4), 2)
    asha.goto("/history/")
    expect(asha.get_by_role("heading", name="History")).to_be_visible()
    picture(asha, "driver-history")


def test_what_a_driver_is_told_and_chooses(
    asha: Page, driver: User, staff: User, zone: ParkingZone, picture: TakePicture, settings: Any
) -> None:
    settings.PUSH_PRIVATE_KEY = new_private_key()
    User.objects.filter(pk=driver.pk).update(email="asha@example.org", email_confirmed_at=clock.now())
    drive(staff, driver, zone, PLATES[0], clock.now() - timedelta(hours=3), 2)
    book(driver, zone, PLATES[1])
    while take_events(now=clock.now()):
        pass
    asha.goto("/notifications/")
    expect(asha.get_by_role("heading", name="Notifications", level=1)).to_be_visible()
    picture(asha, "driver-notices")
    asha.goto("/profile/notifications/")
    expect(asha.get_by_role("group", name="Quiet hours")).to_be_visible()
    picture(asha, "driver-choices")


def test_what_was_not_delivered(office: Page, picture: TakePicture) -> None:
    User.objects.update(email_confirmed_at=clock.now())
    while take_events(now=clock.now()):
        pass
    failed = Delivery.objects.filter(channel=Channel.MAIL).order_by("pk")
    for number, delivery in enumerate(failed[:5]):
        error = ("smtp_550", "too_slow")[number % 2]
        Delivery.objects.filter(pk=delivery.pk).update(state="FAILED", attempts=5, error=error)
    office.goto("/office/undelivered/")
    expect(office.get_by_role("button", name="Send all of them again").first).to_be_visible()
    picture(office, "office-undelivered")
