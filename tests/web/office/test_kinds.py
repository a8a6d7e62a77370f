"""The office's page of the kinds of vehicle."""

import pytest

from parking.accounts.models import User
from parking.facilities.models import ParkingZone
from tests.web.office.forms import browser_of, text_of

pytestmark = pytest.mark.django_db


def test_each_kind_is_shown_with_its_picture_and_the_slots_that_it_takes(admin: User, zone: ParkingZone) -> None:
    office = browser_of(admin)
    assert 'href="/office/kinds/"' in text_of(office.get("/office/zones/"))
    page = text_of(office.get("/office/kinds/"))
    rows = page.split("<tbody>")[1].split("</tr>")
    assert len(rows) == 10
    [lorry] = [row for row in rows if "<code>LCV</code>" in row]
    assert "truck-delivery" in lorry
    assert lorry.index("Large vehicle") < lorry.rindex("Car")
