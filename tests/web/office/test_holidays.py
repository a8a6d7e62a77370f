"""The page of a site's holidays."""

from datetime import date

import pytest
from django.test import Client

from parking.accounts.models import Role
from parking.facilities.models import ParkingZone
from parking.tariffs.models import Holiday
from tests.build import make_user
from tests.web.driver.conftest import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Client:
    return browser_of(make_user(Role.ADMIN))


def test_a_holiday_is_added_once_and_taken_out(office: Client, zone: ParkingZone) -> None:
    address = f"/office/sites/{zone.site_id}/holidays/"
    office.post(address, {"day": "2026-12-25", "name": "Christmas"})
    [holiday] = Holiday.objects.all()
    assert (holiday.site_id, holiday.date, holiday.name) == (zone.site_id, date(2026, 12, 25), "Christmas")
    assert "Fri 25 Dec 2026" in office.get(address).content.decode()
    again = office.post(address, {"day": "2026-12-25", "name": "Christmas"})
    assert "This day is already a holiday." in again.content.decode()
    office.post(f"{address}{holiday.pk}/remove/")
    assert not Holiday.objects.exists()
