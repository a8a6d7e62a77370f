"""The page of a session leads back to the page from which it was opened."""

import re

import pytest

from parking.core import clock
from parking.core.actor import SYSTEM
from parking.core.models import SettingValue
from parking.core.site_settings import GATE_DUTIES, stored
from parking.facilities.gates import create_gate
from parking.facilities.models import ParkingZone
from parking.stays.models import ParkingSession
from tests.build import take_ticket
from tests.web.gate.conftest import Gate
from tests.web.markup import one_line

pytestmark = pytest.mark.django_db

SERVER = "http://testserver"


@pytest.fixture
def session(zone: ParkingZone) -> ParkingSession:
    return take_ticket(zone, "DL-01-AB-1234")


def back(gate: Gate, session: ParkingSession, referer: str = "") -> tuple[str, str]:
    """Return address and words of the link back, as after a click on the page `referer`."""
    answer = gate.client.get(f"/gate/stays/{session.pk}/", headers={"Referer": referer} if referer else {})
    found = re.search(r'<p class="back"><a href="([^"]+)">(.*?)</a>', one_line(answer.content.decode()))
    assert found is not None
    return found[1], re.sub(r"<[^>]+>", "", found[2]).strip()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/gate/", "Scan"),
        ("/gate/inside/?q=ab&amp;zone=1&amp;page=2", "Cars inside"),
        ("/gate/phone/", "Find by phone"),
        ("/gate/given-tickets/", "Entered or gone?"),
        ("/gate/problems/", "Problems"),
        ("/gate/emergency/inside/", "Who is inside"),
        ("/gate/ticket/", "New ticket"),
    ],
)
def test_to_the_page_that_named_it_with_its_filter(gate: Gate, session: ParkingSession, path: str, words: str) -> None:
    assert back(gate, session, SERVER + path.replace("&amp;", "&")) == (path, words)


def test_also_after_a_form_that_was_sent_from_it(gate: Gate, session: ParkingSession) -> None:
    back(gate, session, f"{SERVER}/gate/phone/")
    assert back(gate, session, f"{SERVER}/gate/stays/{session.pk}/notes/") == ("/gate/phone/", "Find by phone")


def test_what_opened_another_car_counts_for_that_one_alone(
    gate: Gate, session: ParkingSession, zone: ParkingZone
) -> None:
    back(gate, session, f"{SERVER}/gate/phone/")
    assert back(gate, take_ticket(zone)) == ("/gate/inside/", "Cars inside")


@pytest.mark.parametrize(
    "referer",
    [
        "https://elsewhere.example/gate/phone/",
        f"{SERVER}/office/sessions/",
        f"{SERVER}/nowhere/",
        f"{SERVER}/gate/inside/?q={'x' * 301}",
        "http://[broken",
    ],
)
@pytest.mark.parametrize(
    ("duties", "at_hand"), [("ONE", ("/gate/", "Scan")), ("FLOOR", ("/gate/inside/", "Cars inside"))]
)
def test_else_to_what_the_duties_have_at_hand(
    gate: Gate, session: ParkingSession, referer: str, duties: str, at_hand: tuple[str, str]
) -> None:
    SettingValue.objects.create(name=GATE_DUTIES.name, site_id=session.site_id, value=duties, changed_at=clock.now())
    stored.forget()
    door = create_gate(actor=SYSTEM, site_id=session.site_id, name="IN", direction="IN", zone_ids=[], now=clock.now())
    gate.client.cookies["gate_id"] = str(door.pk)
    assert back(gate, session, referer) == at_hand
