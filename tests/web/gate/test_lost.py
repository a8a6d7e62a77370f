"""The page of lost tickets."""

import pytest

from parking.core import clock
from parking.core.ids import Ref
from parking.stays import evidence
from parking.stays.models import ParkingSession
from tests.build import actor, book, enter, picture_of
from tests.invariants import assert_books_agree

pytestmark = pytest.mark.django_db


def lose(gate, zone, **fields):
    sent = {"plate": "DL 01 AB 1234", "vehicle_kind": "CAR", "zone": zone.pk, "key": "k1"} | fields
    return gate.client.post("/gate/lost/", sent)


def test_a_car_without_a_record_is_led_to_its_bill_once(gate, zone):
    first, again = lose(gate, zone), lose(gate, zone)
    session = ParkingSession.objects.get()
    assert first["Location"] == again["Location"] == f"/gate/#bill-{session.qr_code}"
    assert "Lost ticket" in gate.scan(session, "OUT").text
    assert gate.collect(session).word == "LET OUT"
    assert_books_agree()


def test_similar_cars_are_shown_before_a_fee_is_asked(gate, driver, staff, zone):
    near = enter(staff, book(driver, zone, "DL-01-AB-1243"))
    page = lose(gate, zone).content.decode()
    assert f'href="/gate/stays/{near.pk}/without-code/"' in page
    assert "<img" not in page.split('id="similar-heading"')[1].split("</section>")[0]
    photo = evidence.add_photo(
        actor=actor(staff), session=Ref(pk=near.pk), content=picture_of(640, 480), now=clock.now()
    )
    assert f'src="/gate/photos/{photo.pk}/"' in lose(gate, zone, key="k3").content.decode()
    assert lose(gate, zone, key="k2", not_listed="true")["Location"].startswith("/gate/#bill-QR-")


def test_the_same_plate_needs_no_lost_ticket(gate, driver, staff, zone):
    session = enter(staff, book(driver, zone, "DL-01-AB-1234"))
    assert lose(gate, zone)["Location"] == f"/gate/stays/{session.pk}/without-code/"
