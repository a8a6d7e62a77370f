"""The office's pages for shops."""

from decimal import Decimal

import pytest
from django.test import Client

from parking.accounts.models import User
from parking.facilities.models import ParkingZone
from parking.offers.models import Shop
from tests.build import make_user
from tests.web.office.forms import browser_of

pytestmark = pytest.mark.django_db


def seen(office: Client, address: str) -> str:
    return str(office.get(address).context["form"].present_mark)


def test_a_shop_is_made_listed_and_changed(admin: User, zone: ParkingZone) -> None:
    office: Client = browser_of(admin)
    person = make_user(username="clerk")
    new = "/office/shops/new/"
    fields = {"name": "Chroma", "site_id": zone.site_id, "gives": "PERCENT", "value": "20", "people": "clerk"}
    wrong = office.post(new, fields | {"people": "nobody", "seen": seen(office, new)})
    assert wrong.context["form"].errors == {"people": ["There is no driver named nobody."]}
    office.post(new, fields | {"per_day": "5", "is_active": "on", "seen": seen(office, new)})
    shop = Shop.objects.get()
    assert (shop.value, shop.per_day, list(shop.people.all())) == (Decimal(20), 5, [person])
    assert "Chroma" in office.get("/office/shops/").content.decode()
    address = f"/office/shops/{shop.pk}/"
    office.post(address, fields | {"value": "25", "is_active": "on", "seen": seen(office, address)})
    shop.refresh_from_db()
    assert (shop.value, shop.per_day) == (Decimal(25), None)
