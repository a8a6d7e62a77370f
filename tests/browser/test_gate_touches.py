"""What an attendant touches for a car, on a phone of 360 by 640: the table in docs/user-guide/attendant.md.

A scan is no touch. A plate or reference is typed in one go: its characters are counted apart. Seconds are those of the
machine, from the first touch or scan to the answer: nobody thinks meanwhile.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

import pytest
from playwright.sync_api import Locator, Page, Response, expect

from parking.accounts.models import User
from parking.core import clock
from parking.core.actor import SYSTEM, Actor
from parking.core.models import OPERATOR, SettingValue
from parking.core.site_settings import COUNTER_UPI, stored
from parking.facilities.gates import actor_at, create_gate
from parking.facilities.models import Gate, ParkingZone
from parking.facilities.services import add_slots
from parking.stays.displays import pair
from parking.stays.models import ParkingSession
from parking.stays.tokens import make_tokens
from tests.browser.conftest import NewPage, SignIn
from tests.build import book, enter, take_ticket
from tests.invariants import assert_books_agree

SMALL = {"viewport": {"width": 360, "height": 640}}
PLATE = "DL-01-AB-1234"


@dataclass
class Attendant:
    """A person at the gate's page who counts."""

    page: Page
    touches: int = 0
    characters: int = 0
    began: float = 0.0
    took: float = 0.0

    def start(self) -> None:
        self.touches = self.characters = 0
        self.began = monotonic()

    def touch(self, what: Locator) -> None:
        what.click()
        self.touches += 1

    def type(self, into: Locator, text: str) -> None:
        """Type into a field that has the focus already, or gets it."""
        into.fill(text)
        self.characters += len(text)

    def scan(self, code: str) -> None:
        self.page.get_by_label("Ticket code").fill(code)
        self.page.keyboard.press("Enter")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("link", name=name).locator("visible=true").first

    def sees(self, word: str) -> None:
        expect(self.page.locator("#answer-word")).to_have_text(word)
        self.took = monotonic() - self.began


@pytest.fixture
def attendant(new_page: NewPage, sign_in: SignIn, staff: User, zone: ParkingZone) -> Callable[[str], Attendant]:
    """Return somebody at the gate of a direction, ready for the next car."""

    def at(way: str) -> Attendant:
        page = new_page("phone", **SMALL)
        sign_in(page, staff)
        page.goto("/gate/")
        page.locator("[data-place-choice]").get_by_role("button", name=way).click()
        person = Attendant(page)
        person.start()
        return person

    return at


def report(flow: str, person: Attendant, touches: int, most_seconds: float = 8) -> None:
    """Hold the count, and print the row of the table."""
    print(f"| {flow} | {person.touches} | {person.characters} | {person.took:.1f} |")  # noqa: T201 - the table is taken from here
    assert person.touches == touches, flow
    assert person.took < most_seconds, flow
    assert_books_agree()


@pytest.fixture
def inside(driver: User, staff: User, zone: ParkingZone) -> ParkingSession:
    """Return a booked car that owes ₹50 more than its fee."""
    past = clock.now() - timedelta(minutes=90)
    return enter(staff, book(driver, zone, PLATE, past), past)


def test_a_booked_car_in_and_out(
    attendant: Callable[[str], Attendant], driver: User, zone: ParkingZone, inside: ParkingSession
) -> None:
    person = attendant("In")
    person.scan(book(driver, zone).qr_code)
    person.sees("LET IN")
    report("Booked car in", person, 0)
    person = attendant("Out")
    person.scan(inside.qr_code)
    person.touch(person.button("Cash"))
    person.touch(person.page.locator("#pane-CASH [type=submit]"))
    person.sees("LET OUT")
    report("Booked car out, cash", person, 2)


def test_a_walk_in_in_and_out_with_cash(attendant: Callable[[str], Attendant]) -> None:
    person = attendant("In")
    person.touch(person.link("Ticket"))
    person.type(person.page.get_by_label("Plate"), "dl01ab1234")
    person.touch(person.button("Ticket and let in"))
    expect(person.page.get_by_text("LET IN")).to_be_visible()
    person.took = monotonic() - person.began
    report("Walk-in in", person, 2)
    past = clock.now() - timedelta(minutes=30)
    ParkingSession.objects.update(entry_time=past, booked_at=past, starts_at=past)
    person = attendant("Out")
    person.scan(ParkingSession.objects.get().qr_code)
    person.touch(person.button("Cash"))
    person.touch(person.button("₹100"))
    person.touch(person.page.locator("#pane-CASH [type=submit]"))
    person.sees("LET OUT")
    expect(person.page.locator("[data-change-given]")).to_have_text("₹50")
    report("Walk-in out, cash with change", person, 3)


def test_out_with_upi_and_later(
    attendant: Callable[[str], Attendant], staff: User, zone: ParkingZone, inside: ParkingSession
) -> None:
    SettingValue.objects.create(name=COUNTER_UPI.name, site_id=OPERATOR, value="cp@okbank", changed_at=clock.now())
    stored.forget()
    person = attendant("Out")
    person.scan(inside.qr_code)
    person.touch(person.button("UPI at the counter"))
    person.page.locator("[data-counter-qr]").wait_for()
    reference = f"{clock.now():%Y%j}"[3:] + "12345678"
    person.type(person.page.get_by_label("UPI reference"), reference)
    person.touch(person.button("Paid by UPI"))
    person.sees("LET OUT")
    report("Out, UPI", person, 2)
    past = clock.now() - timedelta(minutes=90)
    second = enter(staff, take_ticket(zone, now=past), past)
    person.page.keyboard.press("Escape")
    person.start()
    person.scan(second.qr_code)
    person.touch(person.button("Pay later"))
    person.touch(person.button("Let out"))
    person.sees("LET OUT")
    report("Out, pays later", person, 2)


def test_a_scooter_with_a_token_in_and_out(
    attendant: Callable[[str], Attendant], new_page: NewPage, zone: ParkingZone
) -> None:
    add_slots(actor=SYSTEM, zone_id=zone.pk, prefix="S-", first=1, last=5, kind="TWO_WHEELER", now=clock.now())
    for way in ("IN", "OUT"):
        create_gate(actor=SYSTEM, site_id=zone.site_id, name=way, direction=way, zone_ids=[], now=clock.now())
    (token,) = make_tokens(actor=SYSTEM, site_id=zone.site_id, first=42, last=42, now=clock.now())
    person = attendant("IN")
    person.scan(token.code)
    person.touch(person.link("Give this token"))
    person.type(person.page.get_by_label("Last four digits"), "1234")
    person.touch(person.button("Let in"))
    expect(person.page.get_by_text("token 42, plate …1234")).to_be_visible()
    person.took = monotonic() - person.began
    report("Scooter with token, in", person, 2)
    past = clock.now() - timedelta(minutes=90)
    ParkingSession.objects.update(entry_time=past, booked_at=past, starts_at=past)
    person = attendant("OUT")
    screen = new_page("desktop")
    screen.goto("/gate/display/")
    pair(actor=_leaving(zone), code=screen.locator("[data-pair-code]").inner_text(), now=clock.now())
    expect(screen.get_by_text("Welcome")).to_be_visible()
    heard = _heard_of(person.page, screen)
    began = monotonic()
    person.scan(token.code)
    screen.get_by_text("Pay ₹100 in cash at the counter").wait_for()
    print(f"The display shows the bill after {monotonic() - began:.2f} s")  # noqa: T201 - for the guide
    # On the screen at the counter within a second of the scan, however busy this machine is: it asks every 400 ms, and
    # the second question after the scan brings the bill.
    assert screen.locator("[data-live]").get_attribute("data-every") == "400"
    assert heard[heard.index("scanned") : heard.index("shown")].count("asked") <= 2, heard
    expect(person.page.get_by_text("plate ending in 1234")).to_be_visible()
    person.touch(person.button("Cash"))
    person.touch(person.page.locator("#pane-CASH [type=submit]"))
    person.sees("LET OUT")
    expect(screen.get_by_text("Paid, thank you")).to_be_visible()
    report("Scooter with token, out, cash", person, 2)


def _heard_of(gate: Page, screen: Page) -> list[str]:
    """Return what happens from now on, in its order: the scan is answered, the screen asks, it has something new."""
    heard: list[str] = []

    def answered(response: Response) -> None:
        if response.request.method == "POST":
            heard.append("scanned")

    def seen(response: Response) -> None:
        if response.status == 200:
            heard.append("shown")

    gate.on("response", answered)
    screen.on("request", lambda _request: heard.append("asked"))
    screen.on("response", seen)
    return heard


def _leaving(zone: ParkingZone) -> Actor:
    """Return who acts at the gate that lets cars out."""
    gate = Gate.objects.get(site_id=zone.site_id, direction="OUT")
    return actor_at(SYSTEM, gate.pk)


def test_without_a_phone_and_without_a_ticket(
    attendant: Callable[[str], Attendant], driver: User, zone: ParkingZone
) -> None:
    book(driver, zone, PLATE)
    person = attendant("In")
    person.touch(person.page.get_by_label("Ticket code"))
    person.type(person.page.get_by_label("Ticket code"), "dl01ab1234")
    person.touch(person.button("Check the code"))
    person.touch(person.link("Let in without a code"))
    person.type(person.page.get_by_label("Owner's name"), "asha")
    person.touch(person.button("Let in"))
    expect(person.page.get_by_text("Let in: DL 01 AB 1234")).to_be_visible()
    person.took = monotonic() - person.began
    report("Lost phone, in", person, 4)
    person = attendant("Out")
    person.touch(person.page.get_by_label("Ticket code"))
    person.type(person.page.get_by_label("Ticket code"), "ka05mh0042")
    person.touch(person.button("Check the code"))
    person.touch(person.link("Lost ticket"))
    person.touch(person.button("Continue"))
    person.touch(person.button("Cash"))
    person.touch(person.page.locator("#pane-CASH [type=submit]"))
    person.sees("LET OUT")
    report("Lost ticket, out, cash", person, 6)
