"""The gate at which a device stands: chosen from those of the attendant's sites, sent with every form."""

import re

import pytest

from parking.accounts.models import Role, User
from parking.core import clock
from parking.core.actor import SYSTEM
from parking.facilities.gates import create_gate, update_gate
from parking.facilities.models import Gate, ParkingSite, ParkingZone
from parking.stays.models import ParkingSession, SessionStatus
from tests.build import book, enter, make_user, make_zone, reloaded
from tests.web.gate.conftest import Gate as Device


def make_gate(site: ParkingSite, name: str = "North", direction: str = "IN", *zones: ParkingZone) -> Gate:
    ids = [zone.pk for zone in zones]
    return create_gate(actor=SYSTEM, site_id=site.pk, name=name, direction=direction, zone_ids=ids, now=clock.now())


@pytest.fixture
def airport() -> ParkingZone:
    site = ParkingSite.objects.create(name="Airport", code="AIR", state="OPEN", created_at=clock.now())
    return make_zone("Zone P1", site_id=site.pk)


@pytest.fixture
def north(zone: ParkingZone) -> Gate:
    return make_gate(zone.site)


def retire(gate: Gate) -> None:
    update_gate(actor=SYSTEM, gate_id=gate.pk, changes={"retired": True}, now=clock.now())


def at(device: Device, gate: Gate) -> Device:
    device.client.cookies["gate_id"] = str(gate.pk)
    return device


# --- Chosen ---------------------------------------------------------------------------------------------


def test_the_page_offers_the_gates_of_the_persons_sites(gate: Device, north: Gate, airport: ParkingZone) -> None:
    terminal = make_gate(airport.site, "Terminal", "BOTH")
    retire(make_gate(airport.site, "Old", "OUT"))
    page = gate.client.get("/gate/").content.decode()
    offered = re.findall(
        r'value="(\d+)" data-gate data-name="(\w+)"\s+data-direction="(\w+)" data-site="([^"]+)"', page
    )
    assert offered == [
        (str(terminal.pk), "Terminal", "BOTH", "Airport"),
        (str(north.pk), "North", "IN", "Main car park"),
    ]
    assert "data-gate" in page
    assert 'name="place"' not in page
    attendant = make_user(Role.STAFF)
    attendant.site_ids = [airport.site_id]
    attendant.save(update_fields=["site_ids"])
    assert "North" not in Device(attendant).client.get("/gate/").content.decode()


def test_a_name_is_typed_only_where_there_is_no_gate(gate: Device) -> None:
    page = gate.client.get("/gate/").content.decode()
    assert 'name="place"' in page
    assert "data-gate" not in page


# --- Sent -----------------------------------------------------------------------------------------------


def test_the_stay_remembers_the_gates(gate: Device, north: Gate, driver: User, zone: ParkingZone) -> None:
    south, session = make_gate(zone.site, "South", "OUT"), book(driver, zone)
    gate.scan(session, "IN", gate_id=str(north.pk))
    gate.scan(session, "OUT", gate_id=str(south.pk))
    gate.collect(session, gate_id=str(south.pk), tendered="100")
    session = reloaded(session)
    assert (session.status, session.entry_gate_id, session.exit_gate_id) == (
        SessionStatus.COMPLETED,
        north.pk,
        south.pk,
    )


@pytest.mark.parametrize("what", ["scan", "collect", "plate"])
def test_a_ticket_of_another_site_says_only_which(
    gate: Device, north: Gate, driver: User, airport: ParkingZone, what: str
) -> None:
    session = book(driver, airport, "DL-01-AB-1234")
    if what != "scan":
        enter(make_user(Role.STAFF), session)
    part = {
        "scan": lambda: gate.scan(session, "IN", gate_id=str(north.pk)),
        "collect": lambda: gate.collect(session, gate_id=str(north.pk), tendered="100"),
        "plate": lambda: gate.post("/gate/plate/", session, plate_seen="DL01AB1234", gate_id=str(north.pk)),
    }[what]()
    assert (part.verdict, part.word, part.fact("site")) == ("no", "STOP", "Airport")
    assert "This ticket is for another car park." in part.text
    assert "DL" not in part.html
    assert reloaded(session).status == (SessionStatus.BOOKED if what == "scan" else SessionStatus.ACTIVE)


def test_a_gate_that_is_gone_is_asked_for_again(gate: Device, north: Gate, driver: User, zone: ParkingZone) -> None:
    session = book(driver, zone)
    retire(north)
    part = gate.scan(session, "IN", gate_id=str(north.pk))
    assert (part.verdict, "data-choose-gate" in part.html) == ("wait", True)
    assert "Please choose your gate." in part.text
    assert reloaded(session).status == SessionStatus.BOOKED


def test_what_is_no_gate_is_no_scan_of_ours(gate: Device, driver: User, zone: ParkingZone) -> None:
    assert gate.scan(book(driver, zone), "IN", gate_id="north").verdict == "no"


# --- Tickets --------------------------------------------------------------------------------------------


def ticket_of(device: Device, zone: ParkingZone, gate: Gate) -> ParkingSession:
    sent = {"plate": "DL01AB1234", "vehicle_kind": "CAR", "zone": zone.pk, "gate_id": gate.pk}
    answer = device.client.post("/gate/ticket/", sent)
    assert answer.status_code == 302, answer.content.decode()
    return ParkingSession.objects.get()


def test_a_ticket_offers_the_zones_of_the_gate_first_and_of_its_site_alone(
    gate: Device, zone: ParkingZone, airport: ParkingZone
) -> None:
    near = make_zone("Zone Z")
    here = at(gate, make_gate(zone.site, "North", "IN", near))
    assert [row.name for row, _counts in here.client.get("/gate/ticket/").context["zones"]] == ["Zone Z", "Zone A"]
    live = here.client.get("/gate/ticket/zones/").content.decode()
    assert live.index("Zone Z") < live.index("Zone A")
    assert "Zone P1" not in live
    assert ticket_of(here, near, Gate.objects.get()).zone_id == near.pk


def test_without_a_gate_a_ticket_asks_for_it_and_names_the_sites(
    gate: Device, north: Gate, airport: ParkingZone
) -> None:
    at(gate, north)
    retire(north)
    make_gate(airport.site)
    page = gate.client.get("/gate/ticket/").content.decode()
    assert "/gate/#choose" in page
    assert "Airport · ₹50" in " ".join(page.split())


def test_a_ticket_from_a_gate_that_is_gone_is_not_written(gate: Device, north: Gate, zone: ParkingZone) -> None:
    at(gate, north)
    form = gate.client.get("/gate/ticket/").content.decode()
    assert f'name="gate_id" value="{north.pk}"' in form
    retire(north)
    sent = {"plate": "DL01AB1234", "vehicle_kind": "CAR", "zone": zone.pk, "gate_id": north.pk}
    answer = gate.client.post("/gate/ticket/", sent)
    assert "Please choose your gate." in answer.content.decode()
    assert "/gate/#choose" in answer.content.decode()
    assert not ParkingSession.objects.exists()


# --- Ended by staff ---------------------------------------------------------------------------------------


def test_a_termination_is_of_the_gates_site(
    gate: Device, north: Gate, staff: User, zone: ParkingZone, airport: ParkingZone
) -> None:
    here, there = enter(staff, book(make_user(), zone)), enter(staff, book(make_user(), airport))
    at(gate, north)
    hidden = f'name="gate_id" value="{north.pk}"'
    assert hidden in gate.client.get(f"/gate/stays/{here.pk}/").content.decode()
    assert hidden not in gate.client.get(f"/gate/stays/{there.pk}/").content.decode()
    sent = {"reason": "Driver walked away", "method": "NONE", "gate_id": str(north.pk)}
    assert gate.client.post(f"/gate/stays/{there.pk}/terminate/", sent).status_code == 200
    assert reloaded(there).status == SessionStatus.ACTIVE
    assert gate.client.post(f"/gate/stays/{here.pk}/terminate/", sent).status_code == 302
    assert reloaded(here).status == SessionStatus.COMPLETED
