"""Each set of duties, walked through on a phone of 360 by 640: the usual round of its attendant, touches counted."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from parking.accounts.models import User
from parking.core import clock
from parking.core.actor import SYSTEM
from parking.core.models import SettingValue
from parking.core.site_settings import GATE_DUTIES, stored
from parking.facilities.gates import create_gate
from parking.facilities.models import ParkingZone
from parking.stays.models import ParkingSession
from tests.browser.conftest import NewPage, SignIn
from tests.browser.test_gate_touches import SMALL, Attendant, report
from tests.build import enter, take_ticket

PLATE = "DL-01-AB-1234"


@pytest.fixture
def round_of(new_page: NewPage, sign_in: SignIn, staff: User, zone: ParkingZone) -> Callable[[str], Attendant]:
    """Return somebody at the gate of a car park with these duties, whose gate lets cars in and out."""

    def begin(duties: str) -> Attendant:
        SettingValue.objects.create(name=GATE_DUTIES.name, site_id=zone.site_id, value=duties, changed_at=clock.now())
        stored.forget()
        create_gate(actor=SYSTEM, site_id=zone.site_id, name="Main", direction="BOTH", zone_ids=[], now=clock.now())
        page = new_page("phone", **SMALL)
        sign_in(page, staff)
        page.goto("/gate/")
        page.locator("[data-place-choice]").get_by_role("button", name="Main").click()
        person = Attendant(page)
        person.start()
        return person

    return begin


def offers(person: Attendant, *words: str) -> None:
    """Hold what the navigation at the thumb offers."""
    expect(person.page.locator(".thumb-bar a")).to_have_text([f" {word}" for word in words])


def by_the_bar(person: Attendant, word: str) -> None:
    person.touch(person.page.locator(".thumb-bar").get_by_role("link", name=word, exact=True))


def walk_in_and_out(person: Attendant) -> None:
    """Let a car in and, half an hour later, out with cash; 5 touches."""
    by_the_bar(person, "Ticket")
    person.type(person.page.get_by_label("Plate"), "dl01ab1234")
    person.touch(person.button("Ticket and let in"))
    expect(person.page.get_by_text("LET IN")).to_be_visible()
    past = clock.now() - timedelta(minutes=30)
    ParkingSession.objects.update(entry_time=past, booked_at=past, starts_at=past)
    person.page.goto("/gate/")
    person.scan(ParkingSession.objects.get().qr_code)
    person.touch(person.button("Cash"))
    person.touch(person.button("₹100"))
    person.touch(person.page.locator("#pane-CASH [type=submit]"))
    person.sees("LET OUT")
    person.page.keyboard.press("Escape")


def test_one_attendant_has_the_gate_alone(round_of: Callable[[str], Attendant]) -> None:
    person = round_of("ONE")
    offers(person, "Scan", "Ticket", "Lost ticket", "Money")
    walk_in_and_out(person)
    by_the_bar(person, "Lost ticket")
    person.type(person.page.get_by_label("Plate"), "ka05mh0042")
    person.touch(person.button("Continue"))
    person.touch(person.button("Cash"))
    person.touch(person.page.locator("#pane-CASH [type=submit]"))
    person.sees("LET OUT")
    person.page.goto("/gate/")
    by_the_bar(person, "Money")
    person.touch(person.link("Refunds to hand out"))
    expect(person.page.get_by_role("heading", name="Refunds to hand out")).to_be_visible()
    report("One attendant: in, out, lost ticket, refunds", person, 11, most_seconds=60)


def test_gate_and_floor_look_after_slots_and_problems_too(
    round_of: Callable[[str], Attendant], staff: User, zone: ParkingZone
) -> None:
    person = round_of("FLOOR")
    offers(person, "Scan", "Ticket", "Inside", "Slots")
    walk_in_and_out(person)
    enter(staff, take_ticket(zone, "KA-05-MH-0042"))
    by_the_bar(person, "Inside")
    person.touch(person.page.locator("table.cars").get_by_role("link"))
    person.touch(person.link("Move to another slot"))
    person.type(person.page.get_by_role("combobox", name="Slot"), "A-005")
    person.touch(person.button("Move to another slot"))
    person.touch(person.link("Note or problem"))
    person.page.get_by_label("Kind").select_option("DAMAGE")
    person.type(person.page.get_by_label("Text"), "Door scratched")
    person.touch(person.button("Save"))
    by_the_bar(person, "Slots")
    expect(person.page.get_by_role("heading", name="Slots")).to_be_visible()
    person.took = 0
    report("Gate and floor: in, out, move, problem, slots", person, 12, most_seconds=60)
    assert ParkingSession.objects.get(slot__slot_number="A-005").is_open


def test_everything_is_one_touch_further(round_of: Callable[[str], Attendant]) -> None:
    person = round_of("FULL")
    offers(person, "Scan", "Ticket", "Inside", "Slots")
    walk_in_and_out(person)
    by_the_bar(person, "Ticket")
    person.touch(person.link("Enter paper slips"))
    expect(person.page.get_by_role("heading", name="Paper slips")).to_be_visible()
    by_the_bar(person, "Inside")
    person.touch(person.link("Sell a pass"))
    expect(person.page.get_by_role("heading", name="Sell a pass")).to_be_visible()
    report("Everything: in, out, paper slips, a pass", person, 9, most_seconds=60)
