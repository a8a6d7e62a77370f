"""Scanning cars in."""

import re
from datetime import timedelta

import pytest

from parking.core import clock
from parking.stays.models import GateScan
from tests.build import book, enter, leave, plate, reloaded, take_ticket, terminate
from tests.invariants import nothing_changes

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("direction", ["IN", "BOTH"])
def test_a_booked_car_is_let_in(gate, driver, zone, direction):
    session = book(driver, zone, "DL-01-AB-1234")
    part = gate.scan(session, direction)
    assert (part.verdict, part.word) == ("yes", "LET IN")
    assert (part.fact("plate"), part.fact("slot")) == ("DL 01 AB 1234", "A-001")
    assert "Zone A" in part.text
    assert 'data-closes-after="6"' in part.html
    assert reloaded(session).status == "ACTIVE"


def test_the_code_is_taken_from_the_beginning_in_any_case(gate, driver, zone):
    session = book(driver, zone)
    assert gate.scan(f" {session.qr_code.lower()}.signature ", "IN").verdict == "yes"


@pytest.mark.parametrize("direction", ["IN", "BOTH"])
def test_the_same_scan_again_lets_in_again_and_is_one(gate, driver, zone, direction):
    session = book(driver, zone)
    for _ in range(2):
        assert gate.scan(session, direction, scan_id="Gate 1-x").word == "LET IN"
    assert GateScan.objects.count() == 1


def test_the_ticket_of_a_car_that_left_is_not_told_to_be_inside(gate, staff, driver, zone):
    session = enter(staff, book(driver, zone))
    leave(staff, session)
    part = gate.scan(session, "IN")
    assert "This ticket was used: the car came in and left." in part.text
    assert "The car is inside." not in part.text


def test_another_scan_is_refused_at_an_entry(gate, driver, zone):
    session = enter_of(gate, book(driver, zone))
    part = gate.scan(session, "IN")
    assert (part.verdict, part.word) == ("no", "STOP")
    assert "This ticket was already scanned at the entry." in part.text
    assert "data-closes-after" not in part.html


def enter_of(gate, session):
    assert gate.scan(session, "IN").verdict == "yes"
    return session


def test_a_plate_that_owes_money_is_let_in_in_amber(gate, driver, staff, zone):
    number = plate()
    before = clock.now() - timedelta(hours=3)
    walked_in = enter(staff, take_ticket(zone, number, before), before)
    terminate(staff, walked_in)
    part = gate.scan(book(driver, zone, number), "IN")
    assert (part.verdict, part.word) == ("wait", "LET IN")
    assert "This plate owes ₹150 from before." in part.text
    assert "data-closes-after" not in part.html


def test_an_unpaid_fee_is_amber(gate, driver, zone, settings):
    settings.SIMULATED_OUTCOME = "PENDING"
    session = book(driver, zone)
    with nothing_changes():
        part = gate.scan(session, "IN")
    assert (part.verdict, part.word) == ("wait", "WAIT")
    assert "The booking fee is not paid yet." in part.text


def test_an_unknown_code_stops_and_tells_nothing(gate, zone):
    for code in ("QR-000000000000", "nonsense", "\N{SNOWMAN}"):
        part = gate.scan(code, "BOTH")
        assert (part.verdict, part.word, part.fact("plate")) == ("no", "STOP", "")
        assert "This code is not known." in part.text


@pytest.mark.parametrize("bad", [{"qr_code": ""}, {"scan_id": ""}, {"direction": "UP"}, {"qr_code": "Q" * 501}])
def test_bad_input_stops(gate, driver, zone, bad):
    session = book(driver, zone)
    assert gate.post("/gate/scan/", session, **{"direction": "IN", **bad}).word == "STOP"
    assert reloaded(session).status == "BOOKED"


def test_another_plate_is_refused_before_the_barrier_opens(gate, driver, zone):
    session = book(driver, zone, "DL-01-AB-1234")
    part = gate.scan(session, "IN", plate_seen="DL-01-AB-9999")
    assert (part.verdict, part.fact("plate")) == ("no", "DL 01 AB 1234")
    assert "The booking is for DL 01 AB 1234, not DL 01 AB 9999." in part.text
    assert reloaded(session).status == "BOOKED"


def test_the_plate_is_compared_afterwards_without_changing_anything(gate, driver, zone):
    session = enter_of(gate, book(driver, zone, "DL-01-AB-1234"))
    with nothing_changes():
        assert gate.post("/gate/plate/", session, plate_seen="dl01ab1234").verdict == "yes"
        wrong = gate.post("/gate/plate/", session, plate_seen="DL-01-AB-9999")
    assert wrong.verdict == "no"
    assert f'href="/gate/stays/{session.pk}/"' in wrong.html


def test_a_plate_that_only_looks_like_another_is_amber_until_the_attendant_confirms_it(gate, driver, zone):
    session = book(driver, zone, "KA-01-AD-1234")
    part = gate.scan(session, "IN", scan_id="Gate 1-x", plate_seen="KA 01 A0 1234")
    assert (part.verdict, part.word) == ("wait", "LOOK")
    assert "The booking is for KA 01 AD 1234; you saw KA 01 A0 1234." in part.text
    assert "It is KA 01 AD 1234" in part.text
    assert 'action="/gate/scan/"' in part.html
    sent_again = dict(re.findall(r'type="hidden" name="(\w+)"\s+value="([^"]*)"', part.html))
    assert sent_again == {
        "qr_code": session.qr_code, "scan_id": "Gate 1-x", "plate_seen": "KA-01-AD-1234", "direction": "IN",
    }  # fmt: skip
    assert gate.scan(session, **sent_again).word == "LET IN"


def test_a_plate_with_a_booking_of_its_own_is_no_other_one(gate, driver, zone):
    session = book(driver, zone, "KA-01-AD-1234")
    book(driver, zone, "KA-01-AO-1234")
    part = gate.scan(session, "IN", plate_seen="KA-01-AO-1234")
    assert (part.verdict, "It is" in part.text) == ("no", False)
