"""The page of a zone's busy and quiet times."""

import pytest
from django.test import Client

from parking.accounts.models import User
from parking.facilities.models import ParkingZone
from parking.tariffs.demand import steps_of
from parking.tariffs.rules.demand import DemandStep
from tests.web.office.forms import browser_of

pytestmark = pytest.mark.django_db


def test_steps_are_set_and_shown_on_the_page_of_tariffs(admin: User, zone: ParkingZone) -> None:
    office: Client = browser_of(admin)
    address = f"/office/zones/{zone.pk}/demand/"
    refused = office.post(address, {"from_0": "80"})
    assert refused.context["form"].errors == {"change_0": ["Enter both, or neither."]}
    office.post(address, {"from_0": "80", "change_0": "20", "from_1": "0", "change_1": "-10"})
    assert steps_of(zone.pk) == (DemandStep(0, -10), DemandStep(80, 20))
    shown = " ".join(office.get(f"/office/zones/{zone.pk}/tariffs/").content.decode().split())
    assert "From 80 % of the slots taken: Busy time +20 %" in shown
    assert office.get(address).context["form"].initial == {"from_0": 0, "change_0": -10, "from_1": 80, "change_1": 20}


def test_a_share_of_the_slots_stands_once_also_in_hindi(admin: User, zone: ParkingZone) -> None:
    office: Client = browser_of(admin)
    office.cookies["django_language"] = "hi"
    sent = {"from_0": "80", "change_0": "20", "from_1": "80", "change_1": "30"}
    page = office.post(f"/office/zones/{zone.pk}/demand/", sent)
    assert page.context["form"].errors == {"from_1": ["स्लॉट का हर प्रतिशत एक ही बार।"]}
    assert steps_of(zone.pk) == ()
