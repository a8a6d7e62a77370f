"""Cars whose drivers have no code, and walk-ins: in with one press, or with a word that says who drives."""

import pytest

from parking.audit.models import AuditEntry
from parking.core.plate_words import plate_words
from parking.stays.models import ParkingSession
from parking.stays.rules import confirms_owner
from tests.build import book, enter, reloaded
from tests.invariants import assert_books_agree, nothing_changes


@pytest.mark.parametrize(
    ("said", "is_known"),
    [
        ("Asha Rao", True), ("asha", True), ("RAO asha", True), ("3210", True),
        ("", False), ("a", False), ("Asha Khan", False), ("43210", False), ("0321", False), ("ra", False),
    ],
)  # fmt: skip
def test_who_says_name_or_end_of_phone_is_known(said: str, is_known: bool) -> None:
    assert confirms_owner(said, owner_name="Asha Rao", phone="+91 98765 43210") is is_known


def test_without_a_phone_no_digits_are_right() -> None:
    assert not confirms_owner("0000", owner_name="Walk-in", phone="")


@pytest.fixture
def booked(driver, zone):
    driver.phone = "+91 98765 43210"
    driver.save()
    return book(driver, zone, "DL-01-AB-1234")


def address(session):
    return f"/gate/stays/{session.pk}/without-code/"


@pytest.mark.django_db
@pytest.mark.parametrize("said", ["Asha Rao", "3210"])
def test_a_booked_car_is_found_by_its_plate_and_let_in(gate, booked, staff, said):
    assert f'href="/gate/stays/{booked.pk}/"' in gate.client.get("/gate/inside/?q=1234").content.decode()
    assert f'href="/gate/stays/{booked.pk}/"' in gate.client.get(f"/gate/inside/?q={booked.pk}").content.decode()
    assert f'href="{address(booked)}"' in gate.client.get(f"/gate/stays/{booked.pk}/").content.decode()
    answer = gate.client.post(address(booked), {"said": said}, follow=True)
    assert f"Let in: {plate_words('DL-01-AB-1234')}" in answer.content.decode()
    assert reloaded(booked).status == "ACTIVE"
    entry = AuditEntry.objects.get(action="session.owner_confirmed")
    assert (entry.actor_id, entry.subject_id, entry.facts) == (staff.pk, booked.pk, {})
    assert_books_agree()


@pytest.mark.django_db
def test_who_says_neither_is_not_let_in(gate, booked):
    answer = gate.client.post(address(booked), {"said": "Somebody"})
    assert "neither the owner" in answer.content.decode()
    assert reloaded(booked).status == "BOOKED"
    assert not AuditEntry.objects.filter(action="session.owner_confirmed").exists()


@pytest.mark.django_db
def test_a_car_inside_is_led_to_its_bill(gate, booked, staff):
    enter(staff, booked)
    answer = gate.client.post(address(booked), {"said": "Asha"})
    assert answer.headers["Location"] == f"/gate/#bill-{booked.qr_code}"


@pytest.mark.django_db
def test_nobody_lists_what_is_expected_without_a_plate(gate, booked):
    assert "Expected" not in gate.client.get("/gate/inside/").content.decode()
    assert "DL 01 AB 1234" not in gate.client.get("/gate/inside/?q=KA").content.decode()


@pytest.mark.django_db
def test_a_car_of_another_site_is_not_there(gate, booked, staff):
    staff.site_ids = [booked.zone.site_id + 1]
    staff.save()
    with nothing_changes():
        assert gate.client.post(address(booked), {"said": "Asha"}).status_code == 404
    assert "DL 01 AB 1234" not in gate.client.get("/gate/inside/?q=1234").content.decode()


@pytest.mark.django_db
def test_a_walk_in_has_ticket_and_entry_with_one_press_once(gate, zone):
    page = gate.client.get("/gate/ticket/").content.decode()
    key = page.partition('name="key" value="')[2].partition('"')[0]
    sent = {
        "plate": "KA 05 MH 0042",
        "vehicle_kind": "CAR",
        "zone": zone.pk,
        "key": key,
        "let_in": "yes",
    }
    first, again = gate.client.post("/gate/ticket/", sent), gate.client.post("/gate/ticket/", sent)
    session = ParkingSession.objects.get()
    assert first.headers["Location"] == again.headers["Location"] == f"/gate/ticket/{session.pk}/"
    assert session.status == "ACTIVE"
    assert "LET IN" in gate.client.get(first.headers["Location"]).content.decode()
    assert AuditEntry.objects.filter(action="session.entered").count() == 1


@pytest.mark.django_db
def test_only_a_ticket_leaves_the_car_outside(gate, zone):
    page = gate.client.get("/gate/ticket/").content.decode()
    key = page.partition('name="key" value="')[2].partition('"')[0]
    gate.client.post(
        "/gate/ticket/",
        {"plate": "KA 05 MH 0042", "vehicle_kind": "CAR", "zone": zone.pk, "key": key},
    )
    assert ParkingSession.objects.get().status == "BOOKED"


@pytest.mark.django_db
def test_a_plate_typed_for_a_code_leads_to_its_session_or_to_a_ticket(gate, booked, staff):
    known = gate.scan("dl 01 ab 1234", "IN")
    assert (known.verdict, known.word) == ("wait", "LOOK")
    assert f'href="{address(booked)}"' in known.html
    enter(staff, booked)
    assert "Bill without a code" in gate.scan("DL01AB1234", "OUT").text
    unknown = gate.scan("KA 05 MH 0042", "IN")
    assert 'href="/gate/ticket/?plate=KA%2005%20MH%200042"' in unknown.html
    lost = gate.scan("KA 05 MH 0042", "OUT").html
    assert 'href="/gate/lost/?plate=KA%2005%20MH%200042"' in lost
    assert "/gate/ticket/" not in lost


@pytest.mark.django_db
def test_a_plate_of_another_site_is_not_known_here(gate, booked, staff):
    staff.site_ids = [booked.zone.site_id + 1]
    staff.save()
    assert address(booked) not in gate.scan("DL01AB1234", "IN").html
