"""The one page of a shop, on a phone."""

import pytest
from django.test import Client

from parking.accounts.models import User
from parking.core import clock
from parking.facilities.models import ParkingZone
from parking.offers.models import Validation
from tests.build import enter, make_user, take_ticket
from tests.offers.build import make_shop
from tests.web.driver.conftest import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(zone: ParkingZone) -> Client:
    person = make_user()
    make_shop(person, zone.site_id)
    browser: Client = browser_of(person)
    return browser


def test_a_shop_validates_by_plate_and_takes_it_back(clerk: Client, staff: User, zone: ParkingZone) -> None:
    enter(staff, take_ticket(zone, "KA-05-XY-0042", clock.now()), clock.now())
    refused = clerk.post("/shop/", {"customer": "9999"})
    assert refused.context["form"].non_field_errors() == ["No such car is inside here."]
    clerk.post("/shop/", {"customer": "0042", "bill_number": "A-7"})
    validation = Validation.objects.get()
    page = clerk.get("/shop/").content.decode()
    assert "KA05••0042" in page
    assert "A-7" in page
    clerk.post(f"/shop/{validation.pk}/undo/")
    validation.refresh_from_db()
    assert validation.undone_at is not None


def test_a_code_is_taken_as_one(clerk: Client, staff: User, zone: ParkingZone) -> None:
    session = enter(staff, take_ticket(zone, now=clock.now()), clock.now())
    clerk.post("/shop/", {"customer": session.qr_code})
    assert Validation.objects.get().session_id == session.pk


def test_the_page_is_on_the_profile_of_those_who_work_for_a_shop_alone(clerk: Client) -> None:
    assert 'href="/shop/"' in clerk.get("/profile/").content.decode()
    assert 'href="/shop/"' not in browser_of(make_user()).get("/profile/").content.decode()


def test_one_of_several_cars_with_the_same_end_of_the_plate_is_chosen(
    clerk: Client, staff: User, zone: ParkingZone
) -> None:
    cars = [
        enter(staff, take_ticket(zone, text, clock.now()), clock.now()) for text in ("KA-05-XY-0042", "DL-01-AB-0042")
    ]
    page = clerk.post("/shop/", {"customer": "0042"}).content.decode()
    assert ("KA05••0042" in page, "DL01••0042" in page) == (True, True)
    assert not Validation.objects.exists()
    clerk.post("/shop/", {"customer": "0042", "session_id": cars[1].pk})
    assert Validation.objects.get().session_id == cars[1].pk


def test_something_must_be_scanned_or_typed(clerk: Client) -> None:
    page = clerk.post("/shop/", {"customer": ""})
    assert page.context["form"].errors["customer"] == ["Scan the code, or type it or the last four of the plate."]
