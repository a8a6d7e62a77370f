"""A promo code on the booking form and on the ticket."""

import pytest
from django.test import Client

from parking.accounts.models import User
from parking.facilities.models import ParkingZone
from parking.stays.models import ParkingSession
from tests.build import book, reloaded
from tests.offers.build import earn, make_code, switch_points_on

pytestmark = pytest.mark.django_db

FORM = {"vehicle": "new", "plate": "KA-01-AB-4711", "vehicle_kind": "CAR", "owner_name": "Asha Rao", "key": "k1"}


def test_a_booking_takes_the_code_of_its_form(page: Client, zone: ParkingZone) -> None:
    make_code()
    page.post(f"/zones/{zone.pk}/", FORM | {"promo_code": "welcome"})
    assert ParkingSession.objects.get().offers["promo"]["code"] == "WELCOME"


def test_a_code_that_is_refused_is_said_at_its_field(page: Client, zone: ParkingZone) -> None:
    answer = page.post(f"/zones/{zone.pk}/", FORM | {"promo_code": "NOTHING"})
    assert answer.context["form"].errors == {"promo_code": ["There is no such promo code."]}
    assert not ParkingSession.objects.exists()


def test_a_ticket_takes_a_code_in_both_languages(driver: User, page: Client, zone: ParkingZone) -> None:
    make_code()
    session = book(driver, zone)
    address = f"/tickets/{session.pk}/promo-code/"
    page.post("/language/", {"language": "hi"})
    refused = page.post(address, {"promo_code": "NOTHING"})
    assert refused.context["code_form"].errors == {"promo_code": ["ऐसा कोई प्रोमो कोड नहीं है।"]}
    assert page.post(address, {"promo_code": "welcome"}).headers["Location"] == f"/tickets/{session.pk}/"
    assert reloaded(session).offers["promo"]["code"] == "WELCOME"


def test_points_are_shown_and_used_on_a_ticket(driver: User, page: Client, zone: ParkingZone) -> None:
    switch_points_on()
    earn(driver, 350)
    session = book(driver, zone)
    shown = page.get("/points/").content.decode()
    assert "350 points" in shown
    form = page.get(f"/tickets/{session.pk}/").context["points_form"]
    assert [number for number, _words in form.fields["use_points"].choices] == [0, 100, 200, 300]
    page.post(f"/tickets/{session.pk}/points/", {"use_points": "200"})
    assert reloaded(session).offers == {"points": 200}
    page.post(f"/tickets/{session.pk}/points/", {"use_points": "0"})
    assert reloaded(session).offers == {}


def test_a_booking_uses_the_points_of_its_form(driver: User, page: Client, zone: ParkingZone) -> None:
    switch_points_on()
    earn(driver, 350)
    page.post(f"/zones/{zone.pk}/", FORM | {"use_points": "300"})
    assert ParkingSession.objects.get().offers == {"points": 300}


def test_without_points_nothing_is_asked_about_them(page: Client, zone: ParkingZone) -> None:
    assert "use_points" not in page.get(f"/zones/{zone.pk}/").context["form"].fields
