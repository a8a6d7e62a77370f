"""Accessible and VIP slots: for drivers whom the office allows them, and by an attendant with a reason."""

import pytest

from parking.accounts.models import User
from parking.audit.models import AuditEntry
from parking.core import clock
from parking.core.actor import SYSTEM
from parking.facilities.services import add_slots
from parking.stays.models import ParkingSession
from tests.build import make_zone
from tests.client import ApiClient
from tests.invariants import assert_books_agree, nothing_changes

pytestmark = pytest.mark.django_db


@pytest.fixture
def zone():
    """A zone with two slots for cars and one accessible slot."""
    zone = make_zone("Zone A", slots=2)
    add_slots(actor=SYSTEM, zone_id=zone.pk, prefix="H-", first=1, last=1, kind="ACCESSIBLE", now=clock.now())
    return zone


def allow(as_admin, driver, **fields):
    return as_admin.patch(f"/api/admin/users/{driver.pk}/", fields)


def book(client, zone, **fields):
    sent = {"zone_id": zone.pk, "vehicle_number": "DL-01-AB-1234", "owner_name": "Asha Rao", **fields}
    return client.post("/api/user/book-slot/", sent)


def test_a_driver_whose_card_was_checked_books_an_accessible_slot(as_admin, as_driver, driver, zone):
    answer = allow(as_admin, driver, special_slots=["ACCESSIBLE"], disability_card="DL/0042/2024")
    shown = answer.json()["data"]
    assert (answer.status_code, shown["special_slots"], shown["disability_card"]) == (
        200,
        ["ACCESSIBLE"],
        "DL/0042/2024",
    )
    assert book(as_driver, zone, slot_kind="ACCESSIBLE").json()["data"]["slot_number"] == "H-001"
    # Taken, it is full for this wish, though other slots are free.
    again = book(as_driver, zone, slot_kind="ACCESSIBLE", vehicle_number="DL-01-AB-9999")
    assert (again.status_code, again.json()["code"]) == (400, "zone_full")
    assert_books_agree()


@pytest.mark.parametrize("kind", ["ACCESSIBLE", "VIP"])
def test_nobody_else_books_one(as_driver, zone, kind):
    with nothing_changes():
        answer = book(as_driver, zone, slot_kind=kind)
    assert (answer.status_code, answer.json()["code"]) == (400, "special_slot_not_allowed")


def test_who_asks_for_nothing_special_gets_an_ordinary_slot(as_admin, as_driver, driver, zone):
    allow(as_admin, driver, special_slots=["ACCESSIBLE"], disability_card="DL/0042/2024")
    assert book(as_driver, zone).json()["data"]["slot_number"] == "A-001"


def test_without_a_card_nobody_is_allowed_accessible_slots(as_admin, driver):
    answer = allow(as_admin, driver, special_slots=["ACCESSIBLE"])
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["disability_card"])
    assert User.objects.get(pk=driver.pk).special_slots == []
    assert allow(as_admin, driver, special_slots=["VIP"]).status_code == 200


@pytest.mark.parametrize("kinds", [["CAR"], "VIP", [1], ["VIP"] * 3])
def test_other_kinds_are_refused(as_admin, driver, kinds):
    assert allow(as_admin, driver, special_slots=kinds).status_code == 400


def test_a_two_wheeler_gets_none(as_admin, as_driver, driver, zone):
    allow(as_admin, driver, special_slots=["ACCESSIBLE"], disability_card="DL/0042/2024")
    answer = book(as_driver, zone, slot_kind="ACCESSIBLE", vehicle_kind="TWO_WHEELER")
    assert answer.json()["code"] == "zone_full"


def ticket(client, zone, **fields):
    page = client.get("/gate/ticket/").content.decode()
    key = page.partition('name="key" value="')[2].partition('"')[0]
    sent = {"plate": "KA 05 MH 0042", "owner_name": "x", "vehicle_kind": "CAR", "zone": zone.pk, "key": key, **fields}
    return client.post("/gate/ticket/", sent)


@pytest.fixture
def attendant(client, staff):
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_an_attendant_with_the_permission_gives_one_with_a_reason(attendant, staff, zone):
    User.objects.filter(pk=staff.pk).update(permissions={"assign_special": True})
    assert "Please say why." in ticket(attendant, zone, slot_kind="ACCESSIBLE").content.decode()
    ticket(attendant, zone, slot_kind="ACCESSIBLE", reason="Card shown")
    session = ParkingSession.objects.get()
    entry = AuditEntry.objects.get(action="session.special_slot")
    assert session.slot is not None
    assert (session.slot.slot_number, entry.actor_id, entry.facts) == (
        "H-001", staff.pk, {"kind": "ACCESSIBLE", "reason": "Card shown"},
    )  # fmt: skip


def test_without_the_permission_the_page_offers_and_takes_none(attendant, zone):
    assert "Accessible or VIP slot" not in attendant.get("/gate/ticket/").content.decode()
    ticket(attendant, zone, slot_kind="ACCESSIBLE", reason="Card shown")
    slot = ParkingSession.objects.get().slot
    assert slot is not None
    assert slot.slot_number == "A-001"


def test_a_driver_chooses_it_on_the_page(client, as_admin, driver, zone):
    client.force_login(driver, backend="django.contrib.auth.backends.ModelBackend")
    assert 'name="slot_kind"' not in client.get(f"/zones/{zone.pk}/").content.decode()
    allow(as_admin, driver, special_slots=["ACCESSIBLE"], disability_card="DL/0042/2024")
    page = client.get(f"/zones/{zone.pk}/").content.decode()
    key = page.partition('name="key" value="')[2].partition('"')[0]
    assert 'name="slot_kind"' in page
    sent = {"vehicle": "new", "plate": "DL 01 AB 1234", "vehicle_kind": "CAR", "owner_name": "Asha", "key": key}
    client.post(f"/zones/{zone.pk}/", sent | {"slot_kind": "ACCESSIBLE"})
    slot = ParkingSession.objects.get().slot
    assert slot is not None
    assert slot.slot_number == "H-001"


def test_the_walk_in_call_of_the_kiosk_knows_none(anybody: ApiClient, zone):
    answer = anybody.post(
        "/parking/entry/",
        {"zone_id": zone.pk, "vehicle_number": "DL-01-AB-1234", "owner_name": "x", "slot_kind": "ACCESSIBLE"},
    )
    assert "H-001" not in answer.content.decode()
