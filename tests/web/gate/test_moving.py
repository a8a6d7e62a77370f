"""The page on which an attendant moves a car to another slot."""

import pytest
from django.test import Client
from time_machine import Traveller

from parking.accounts.models import User
from parking.facilities.models import ParkingZone
from parking.stays.models import ParkingSession
from tests.build import enter, reloaded, take_ticket
from tests.moments import START, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def inside(staff: User, zone: ParkingZone, time_machine: Traveller) -> ParkingSession:
    """Return a car that is inside at A-001."""
    time_machine.move_to(at(0), tick=False)
    return enter(staff, take_ticket(zone, "DL-01-AB-1234", START), START)


def test_a_car_is_moved_by_the_number_of_the_slot(staff: User, client: Client, inside: ParkingSession) -> None:
    client.force_login(staff)
    page = client.get(f"/gate/stays/{inside.pk}/move/").content.decode()
    shown = ", ".join(f'<span class="nowrap">A-00{number}</span>' for number in range(2, 8))
    assert shown in page
    answer = client.post(f"/gate/stays/{inside.pk}/move/", {"zone": inside.zone_id, "slot": " a-005"}, follow=True)
    assert "DL 01 AB 1234" in answer.content.decode()
    assert "A-005" in answer.content.decode()
    assert reloaded(inside).slot_number == "A-005"


def test_two_cars_change_places_by_the_page(
    staff: User, client: Client, zone: ParkingZone, inside: ParkingSession
) -> None:
    other = enter(staff, take_ticket(zone, now=START), START)
    client.force_login(staff)
    fields = {"zone": zone.pk, "slot": "A-002"}
    refused = client.post(f"/gate/stays/{inside.pk}/move/", fields)
    assert "This slot is not free. Choose another one." in refused.content.decode()
    client.post(f"/gate/stays/{inside.pk}/move/", fields | {"swap": "on"})
    assert (reloaded(inside).slot_number, reloaded(other).slot_number) == ("A-002", "A-001")


def test_a_number_that_is_not_there_stays_in_the_field(staff: User, client: Client, inside: ParkingSession) -> None:
    client.force_login(staff)
    answer = client.post(f"/gate/stays/{inside.pk}/move/", {"zone": inside.zone_id, "slot": "Z-9"})
    assert "This slot was not found." in answer.content.decode()
    assert 'value="Z-9"' in answer.content.decode()


def test_who_may_not_move_sees_no_way_to_it(staff: User, client: Client, inside: ParkingSession) -> None:
    client.force_login(staff)
    address = f"/gate/stays/{inside.pk}/move/"
    assert address in client.get(f"/gate/stays/{inside.pk}/").content.decode()
    staff.permissions = {"move": False}
    staff.save()
    assert address not in client.get(f"/gate/stays/{inside.pk}/").content.decode()
    assert client.get(address).status_code == 403
