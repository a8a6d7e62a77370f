"""The page that asks what became of tickets which nobody scanned in."""

import pytest
from django.test import Client
from time_machine import Traveller

from parking.accounts.models import User
from parking.core.plate_words import plate_words
from parking.facilities.models import ParkingSite, ParkingZone
from parking.stays.models import ParkingSession
from tests.build import reloaded, take_ticket
from tests.moments import START, at
from tests.web.gate.conftest import Gate

pytestmark = pytest.mark.django_db


@pytest.fixture
def given(gate: Gate, zone: ParkingZone, time_machine: Traveller) -> ParkingSession:
    """Return the ticket that an attendant gave with "Only the ticket", five minutes ago."""
    time_machine.move_to(START, tick=False)
    gate.client.post(
        "/gate/ticket/", {"plate": "DL-01-AB-1234", "zone": zone.pk, "vehicle_kind": "CAR", "key": "k" * 32}
    )
    time_machine.move_to(at(5), tick=False)
    return ParkingSession.objects.get()


def test_the_gate_asks_and_takes_the_answer(gate: Gate, zone: ParkingZone, given: ParkingSession) -> None:
    take_ticket(zone, now=START)  # of a kiosk: nobody is asked about it
    assert "1 ticket: entered or gone?" in gate.client.get("/gate/strip/").content.decode()
    page = gate.client.get("/gate/given-tickets/").content.decode()
    assert page.count('value="ENTERED"') == 1
    assert 'value="GONE"' in gate.client.get(f"/gate/stays/{given.pk}/").content.decode()
    answer = gate.client.post(f"/gate/stays/{given.pk}/ticket/", {"answer": "ENTERED"}, follow=True)
    assert f"{plate_words('DL-01-AB-1234')} is inside." in answer.content.decode()
    assert "Every ticket that was given was scanned at the entry." in answer.content.decode()
    assert (reloaded(given).status, reloaded(given).entry_time) == ("ACTIVE", START)


def test_a_car_that_has_gone_frees_its_slot(gate: Gate, given: ParkingSession) -> None:
    gate.client.post(f"/gate/stays/{given.pk}/ticket/", {"answer": "GONE"})
    assert reloaded(given).status == "CANCELLED"


def test_anything_else_is_no_answer(gate: Gate, given: ParkingSession) -> None:
    gate.client.post(f"/gate/stays/{given.pk}/ticket/", {"answer": "PERHAPS"})
    assert reloaded(given).status == "BOOKED"


def test_tickets_of_another_site_are_nobodys_business(staff: User, client: Client, given: ParkingSession) -> None:
    site = ParkingSite.objects.create(name="Airport", code="AIR", state="OPEN", created_at=START)
    User.objects.filter(pk=staff.pk).update(site_ids=[site.pk])
    client.force_login(staff)
    assert "DL 01 AB 1234" not in client.get("/gate/given-tickets/").content.decode()
    assert client.post(f"/gate/stays/{given.pk}/ticket/", {"answer": "GONE"}).status_code == 404
    assert reloaded(given).status == "BOOKED"


def test_at_the_exit_the_ticket_leads_to_the_question(gate: Gate, given: ParkingSession) -> None:
    part = gate.scan(given, "OUT")
    assert part.word == "STOP"
    assert f'href="/gate/stays/{given.pk}/" data-key="e"' in part.html
    gate.client.post(f"/gate/stays/{given.pk}/ticket/", {"answer": "ENTERED"})
    assert gate.scan(given, "OUT").fact("due") == "₹50"
