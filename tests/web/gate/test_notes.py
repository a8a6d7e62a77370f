"""Notes and problems on the gate's pages, and walk-ins whose plate is known."""

import pytest

from parking.facilities.models import ParkingZone
from parking.stays.models import ParkingSession
from tests.build import book, enter, reloaded
from tests.web.gate.conftest import Gate

pytestmark = pytest.mark.django_db


def write(gate: Gate, session: ParkingSession, **fields: str) -> str:
    sent = {"kind": "DAMAGE", "text": "Scratch on the door"} | fields
    return gate.client.post(f"/gate/stays/{session.pk}/notes/", sent, follow=True).content.decode()


def test_a_problem_is_amber_at_the_entry_and_on_the_bill_until_it_is_ticked_off(gate, driver, zone):
    session = book(driver, zone)
    assert "Scratch on the door" in write(gate, session)
    assert "Scratch on the door" in gate.client.get("/gate/problems/").content.decode()
    part = gate.scan(session, "IN")
    assert (part.verdict, part.word) == ("wait", "LET IN")
    assert "Damage Scratch on the door" in part.text
    assert "Scratch on the door" in gate.scan(session, "OUT").text
    note = session.notes.get()
    gate.client.post(f"/gate/stays/{session.pk}/notes/{note.pk}/done/")
    assert "Scratch" not in gate.scan(session, "OUT").text
    assert "Scratch" not in gate.client.get("/gate/problems/").content.decode()


def test_a_note_needs_words(gate, driver, zone):
    assert "This field is required." in write(gate, book(driver, zone), text=" ")


def test_a_walk_in_whose_plate_has_a_booking_is_led_to_it(gate, driver, zone: ParkingZone):
    session = book(driver, zone, "DL-01-AB-1234")
    sent = {"plate": "dl01ab1234", "vehicle_kind": "CAR", "zone": zone.pk, "key": "k", "let_in": "yes"}
    answer = gate.client.post("/gate/ticket/", sent, follow=True)
    assert answer.redirect_chain == [(f"/gate/stays/{session.pk}/", 302)]
    assert "This plate has a booking here." in answer.content.decode()
    assert ParkingSession.objects.count() == 1


def test_the_first_zone_with_a_free_slot_is_chosen(gate, driver, zone):
    assert "checked" in gate.client.get("/gate/ticket/").content.decode()


def test_a_walk_in_without_a_name_needs_no_word_at_the_exit(gate, zone):
    sent = {"plate": "dl01ab1234", "vehicle_kind": "CAR", "zone": zone.pk, "key": "k", "let_in": "yes"}
    gate.client.post("/gate/ticket/", sent)
    session = ParkingSession.objects.get()
    address = f"/gate/stays/{session.pk}/without-code/"
    assert 'name="said"' not in gate.client.get(address).content.decode()
    assert gate.client.post(address, {"seen": "yes"}).headers["Location"] == f"/gate/#bill-{session.qr_code}"
    assert reloaded(session).marks == ["WITHOUT_QR"]


def test_marks_are_words_on_the_page_of_a_session(gate, driver, zone, staff):
    session = enter(staff, book(driver, zone))
    gate.client.post(f"/gate/stays/{session.pk}/without-code/", {"said": "Asha"})
    assert "Without a code" in gate.client.get(f"/gate/stays/{session.pk}/").content.decode()
