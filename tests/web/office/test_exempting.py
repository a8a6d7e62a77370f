"""The office's pages of exempt classes and of exempted cars."""

import pytest
from django.test import Client

from parking.accounts.models import Role, User
from parking.checkout import exempting
from parking.core import clock
from parking.core.ids import Ref
from parking.facilities.models import ParkingZone
from parking.stays.models import ExemptClass, ParkingSessionEvidence
from tests.build import actor, enter, make_user, picture_of, take_ticket
from tests.web.office.forms import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(admin: User) -> Client:
    client: Client = browser_of(admin)
    return client


def text(answer: object) -> str:
    return " ".join(answer.content.decode().split())  # type: ignore[attr-defined]


def test_a_class_is_added_once_and_taken_out_of_use(office: Client, zone: ParkingZone) -> None:
    sent = {"site_id": zone.site_id, "name": "fire service"}
    office.post("/office/exempt-classes/", sent)
    made = ExemptClass.objects.get()
    assert (made.site_id, made.name, made.is_active) == (zone.site_id, "fire service", True)
    assert "This car park has such a class already." in text(office.post("/office/exempt-classes/", sent))
    office.post(f"/office/exempt-classes/{made.pk}/switch/")
    assert "Not in use" in text(office.get("/office/exempt-classes/"))
    assert "fire service" not in text(office.get(f"/board/{zone.site_id}/"))
    office.post(f"/office/exempt-classes/{made.pk}/switch/")
    assert "Free: fire service" in text(office.get(f"/board/{zone.site_id}/"))


def test_exempted_cars_are_counted_and_shown_with_their_photos(office: Client, zone: ParkingZone) -> None:
    office.post("/office/exempt-classes/", {"site_id": zone.site_id, "name": "ambulance"})
    attendant = make_user(Role.STAFF, "meera")
    session = enter(attendant, take_ticket(zone, "DL-01-AB-1234"))
    exempting.exempt(
        actor=actor(attendant),
        session=Ref(pk=session.pk),
        class_id=ExemptClass.objects.get().pk,
        photo=picture_of(40, 30),
        now=clock.now(),
    )
    shown = text(office.get("/office/exemptions/"))
    assert "meera" in shown
    assert "DL 01 AB 1234" in shown
    photo = f"/office/photos/{ParkingSessionEvidence.objects.get().pk}/"
    assert photo in shown
    assert office.get(photo)["Content-Type"] == "image/jpeg"
