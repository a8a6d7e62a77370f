"""Pages of what happens seldom: emergencies, tokens, paper slips, and the display at the counter."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from parking.accounts.models import Role
from parking.core import clock
from parking.core.actor import SYSTEM
from parking.facilities.emergencies import begin
from parking.facilities.models import Emergency, Gate
from parking.stays.models import CounterDisplay, PaperSlip, ParkingSession
from parking.stays.paper import make_block
from parking.stays.tokens import make_tokens
from tests.build import actor, book, enter, make_user, take_ticket
from tests.invariants import assert_books_agree

pytestmark = pytest.mark.django_db


@pytest.fixture
def north(zone):
    return Gate.objects.create(site_id=zone.site_id, name="North", direction="BOTH", created_at=clock.now())


@pytest.fixture
def at_north(gate, north):
    """Return the gate's pages with their gate kept by the browser."""
    gate.client.cookies["gate_id"] = str(north.pk)
    return gate


# --- Emergency ---------------------------------------------------------------------------------------


def test_an_emergency_is_begun_confirmed_and_ended_on_the_page(gate, other_gate, staff, admin, zone):
    make_user(Role.ADMIN)
    gate.client.post("/gate/emergency/", {"reason": "Smoke", "minutes": 30, "site": zone.site_id})
    emergency = Emergency.objects.get()
    assert "second person" in gate.client.get("/gate/emergency/").content.decode()
    other_gate.client.post(f"/gate/emergency/{emergency.pk}/decide/", {"decision": "APPROVE"})
    session = enter(staff, take_ticket(zone))
    # One scan is enough: no bill comes between.
    answer = gate.scan(session, "OUT")
    assert (answer.word, answer.verdict) == ("LET OUT", "yes")
    assert "without paying" in answer.text
    gate.client.post(f"/gate/emergency/{emergency.pk}/end/")
    assert gate.scan(enter(staff, take_ticket(zone)), "OUT").word == "Due at the exit"
    assert_books_agree()


def test_the_strip_says_that_one_runs(gate, admin, zone):
    assert "Emergency until" not in gate.client.get("/gate/strip/").content.decode()
    begin(actor=actor(admin), site_id=zone.site_id, reason="Smoke", minutes=30, now=clock.now())
    assert "Emergency until" in gate.client.get("/gate/strip/").content.decode()


def test_the_list_of_who_is_inside_has_every_car(gate, driver, staff, zone):
    enter(staff, book(driver, zone, "DL-01-AB-1234"))
    enter(staff, take_ticket(zone, "HR-26-DK-8337"))
    page = gate.client.get("/gate/emergency/inside/").content.decode()
    assert "2 cars inside" in page
    assert re.findall(r"(DL 01 AB 1234|HR 26 DK 8337)</span>", page) == ["DL 01 AB 1234", "HR 26 DK 8337"]


# --- Tokens ------------------------------------------------------------------------------------------


def test_a_free_token_is_given_and_scanned_out(at_north, staff, north, zone):
    code = make_tokens(actor=actor(make_user(Role.ADMIN)), site_id=zone.site_id, first=42, last=42, now=clock.now())[
        0
    ].code
    free = at_north.scan(code, "IN", gate_id=str(north.pk))
    assert (free.word, f"/gate/token/?token={code}" in free.html) == ("LOOK", True)
    sent = {"token": code, "last_four": "1234", "vehicle_kind": "CAR", "key": "k1" * 8, "gate_id": north.pk}
    assert at_north.client.post("/gate/token/", sent)["Location"] == "/gate/"
    quote = at_north.scan(code, "OUT", gate_id=str(north.pk))
    assert "Token 42: is it Car, plate ending in 1234?" in quote.text
    assert at_north.collect(code, gate_id=str(north.pk)).word == "LET OUT"
    red = at_north.scan(code, "OUT", gate_id=str(north.pk))
    assert (red.word, red.verdict) == ("STOP", "no")


# --- Paper slips -------------------------------------------------------------------------------------


def test_a_sheet_keeps_its_wrong_rows(gate, admin, zone):
    make_block(actor=actor(admin), site_id=zone.site_id, name="B1", first=1, last=50, now=clock.now())
    day = (clock.now() - timedelta(days=1)).date()
    rows = {
        "r0": {"number": "1", "plate": "DL 01 AB 1234", "kind": "CAR", "entered": "08:00", "left": "", "cash": ""},
        "r1": {"number": "99", "plate": "HR 26 DK 8337", "kind": "CAR", "entered": "08:10", "left": "", "cash": ""},
        "r2": {"number": "", "plate": "KA 01 AB 0001", "kind": "CAR", "entered": "", "left": "", "cash": ""},
    }
    body = {"zone": zone.pk, "day": f"{day}", "block": "B1"}
    body |= {f"{row}-{name}": value for row, fields in rows.items() for name, value in fields.items()}
    page = gate.client.post("/gate/paper/", body).content.decode()
    assert PaperSlip.objects.get().number == 1
    assert "1 slip entered." in page
    assert "This block has no slip of this number." in page
    assert 'value="HR 26 DK 8337"' in page
    assert 'value="KA 01 AB 0001"' in page
    assert 'value="DL 01 AB 1234"' not in page
    assert ParkingSession.objects.get().marks == ["PAPER"]


# --- The display at the counter ----------------------------------------------------------------------


@pytest.fixture
def screen():
    return Client()


def paired(screen, at_north, north):
    page = screen.get("/gate/display/").content.decode()
    (code,) = re.findall(r"data-pair-code>(\d{6})<", page)
    assert at_north.client.post("/gate/display/pair/", {"code": code, "gate_id": north.pk}).status_code == 302
    return f"/gate/display/{CounterDisplay.objects.get().pk}/"


def test_an_unpaired_browser_is_sent_nothing_of_a_car(screen, at_north, north, staff, zone):
    live = paired(screen, at_north, north)
    at_north.scan(enter(staff, take_ticket(zone, "DL-01-AB-1234")), "OUT", gate_id=str(north.pk))
    assert "DL 01 AB 1234" in screen.get(live).content.decode()
    other = Client()
    assert other.get(live).status_code == 204
    assert "DL 01 AB 1234" not in other.get("/gate/display/").content.decode()


def test_the_display_follows_the_gate_and_shows_nothing_between_cars(at_north, north, staff, zone, time_machine):
    screen = Client()
    live, now = paired(screen, at_north, north), clock.now()
    assert "data-idle" in screen.get(live).content.decode()
    session = enter(staff, take_ticket(zone, "DL-01-AB-1234", now - timedelta(minutes=66)), now - timedelta(minutes=66))
    at_north.scan(session, "OUT", gate_id=str(north.pk))
    bill = screen.get(live)
    text = bill.content.decode()
    assert "Pay ₹100 in cash at the counter" in text
    assert "काउंटर" in text
    assert "data-to-pay>₹100<" in text
    # Nothing new: no statement, no page.
    assert screen.get(live, headers={"If-None-Match": bill["ETag"]}).status_code == 304
    at_north.collect(session, gate_id=str(north.pk), tendered="500")
    thanks = screen.get(live, headers={"If-None-Match": bill["ETag"]}).content.decode()
    assert "Paid, thank you" in thanks
    assert "₹400" in thanks
    time_machine.move_to(clock.now() + timedelta(seconds=10), tick=False)
    assert "DL 01 AB 1234" not in screen.get(live).content.decode()


def test_a_bill_that_the_attendant_closes_leaves_the_display(screen, at_north, north, staff, zone):
    live = paired(screen, at_north, north)
    assert "data-clears" in at_north.scan(enter(staff, take_ticket(zone)), "OUT", gate_id=str(north.pk)).html
    at_north.client.post("/gate/display/clear/")
    assert "data-idle" in screen.get(live).content.decode()


def test_a_display_that_was_taken_away_shows_a_new_code(screen, at_north, north):
    live = paired(screen, at_north, north)
    at_north.client.post(f"{live}unpair/")
    assert screen.get(live).status_code == 204
    assert "data-pair-code" in screen.get("/gate/display/").content.decode()


def test_helmets_of_a_car_are_named_at_the_exit(at_north, staff, north, zone):
    session = enter(staff, take_ticket(zone))
    helmet = make_tokens(actor=SYSTEM, site_id=zone.site_id, first=7, last=7, now=clock.now(), item="HELMET")[0]
    # A free one goes to a car that is inside, not to a new one.
    assert "/gate/token/" not in at_north.scan(helmet.code, "IN").html
    address = f"/gate/stays/{session.pk}/items/"
    assert address in at_north.client.get(f"/gate/stays/{session.pk}/").content.decode()
    at_north.client.post(address, {"token": helmet.code, "gate_id": north.pk})
    assert "Helmet 7" in at_north.client.get(address).content.decode()
    assert "Hand back: Helmet 7" in at_north.scan(helmet.code, "OUT").text


def test_a_site_that_keeps_no_helmets_is_not_asked_for_them(at_north, staff, zone):
    session = enter(staff, take_ticket(zone))
    assert "/items/" not in at_north.client.get(f"/gate/stays/{session.pk}/").content.decode()
    assert "Hand back" not in at_north.scan(session, "OUT").text
