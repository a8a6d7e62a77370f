"""Exempt classes, photos and the kind of a car, on the gate's pages."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from parking.core import clock
from parking.core.actor import SYSTEM
from parking.stays.exempt_classes import create_class
from parking.stays.models import Exemption, ParkingSessionEvidence
from tests.build import enter, picture_of, quote, reloaded, take_ticket
from tests.invariants import assert_books_agree, nothing_changes

pytestmark = pytest.mark.django_db


@pytest.fixture
def ambulances(zone):
    return create_class(actor=SYSTEM, site_id=zone.site_id, name="ambulance", now=clock.now())


def photo():
    return SimpleUploadedFile("photo.jpg", picture_of(40, 30), "image/jpeg")


def text(answer):
    return " ".join(answer.content.decode().split())


def test_the_answer_to_the_scan_has_the_classes_and_the_other_kinds(gate, zone, ambulances):
    part = gate.scan(take_ticket(zone), "IN")
    assert part.word == "LET IN"
    assert f'name="class_id" value="{ambulances.pk}"' in part.html
    assert 'name="vehicle_kind" value="TRUCK"' in part.html
    assert 'name="vehicle_kind" value="CAR"' not in part.html


def test_one_touch_and_a_photo_exempt_the_car(gate, zone, staff, ambulances):
    session = enter(staff, take_ticket(zone))
    address = f"/gate/stays/{session.pk}/exempt/"
    answer = gate.client.post(address, {"class_id": ambulances.pk, "photo": photo()}, follow=True)
    kept = ParkingSessionEvidence.objects.get()
    assert "This car pays nothing: ambulance." in text(answer)
    assert "Exempt: ambulance" in text(answer)
    assert f'src="/gate/photos/{kept.pk}/"' in text(answer)
    shown = gate.client.get(f"/gate/photos/{kept.pk}/")
    assert (shown["Content-Type"], shown["Cache-Control"]) == ("image/jpeg", "private, no-store")
    assert Exemption.objects.get().given_by == staff
    answer = gate.client.post(f"{address}withdraw/", follow=True)
    assert "The exemption was taken back: this car pays." in text(answer)
    assert_books_agree()


def test_without_a_photo_nothing_happens(gate, zone, staff, ambulances):
    session = enter(staff, take_ticket(zone))
    with nothing_changes():
        answer = gate.client.post(f"/gate/stays/{session.pk}/exempt/", {"class_id": ambulances.pk}, follow=True)
    assert "A photo is needed." in text(answer)


def test_after_the_quote_the_page_says_why_not(gate, zone, staff, ambulances):
    session = enter(staff, take_ticket(zone))
    quote(staff, session)
    sent = {"class_id": ambulances.pk, "photo": photo()}
    answer = gate.client.post(f"/gate/stays/{session.pk}/exempt/", sent, follow=True)
    assert "The bill was shown at the exit already." in text(answer)
    assert not Exemption.objects.exists()


def test_another_kind_takes_one_touch(gate, zone):
    session = take_ticket(zone)
    gate.scan(session, "IN")
    part = gate.post("/gate/kind/", session, vehicle_kind="TAXI")
    assert (part.verdict, part.word) == ("yes", "LET IN")
    assert "Vehicle type: Taxi" in part.text
    assert reloaded(session).vehicle_kind == "TAXI"
    refused = gate.post("/gate/kind/", session, vehicle_kind="BUS")
    assert (refused.verdict, reloaded(session).vehicle_kind) == ("no", "TAXI")


def test_the_page_of_the_car_changes_the_kind(gate, zone, staff):
    session = enter(staff, take_ticket(zone))
    answer = gate.client.post(f"/gate/stays/{session.pk}/kind/", {"vehicle_kind": "AUTO"}, follow=True)
    assert "Vehicle type: Auto-rickshaw" in text(answer)
    assert reloaded(session).vehicle_kind == "AUTO"
