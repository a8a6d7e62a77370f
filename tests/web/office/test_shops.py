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


@pytest.mark.parametrize(
    ("wrong", "field", "text"),
    [
        ({"value": ""}, "value", "Please fill this in too."),
        ({"value": "101"}, "value", "At most 100, and more than 0."),
        ({"gives": "MINUTES", "value": "7.5"}, "value", "Whole minutes."),
        ({"gives": "PURCHASE"}, "value", "Empty: the bill of the customer says how much."),
        ({"from_amount": "500"}, "from_amount", "Empty, unless the shop gives up to the amount of the purchase."),
    ],
)
def test_what_a_shop_may_not_give_stands_at_its_field(
    admin: User, zone: ParkingZone, wrong: dict[str, str], field: str, text: str
) -> None:
    office: Client = browser_of(admin)
    new = "/office/shops/new/"
    fields = {"name": "Chroma", "site_id": zone.site_id, "gives": "PERCENT", "value": "20"}
    page = office.post(new, fields | wrong | {"seen": seen(office, new)})
    assert page.context["form"].errors == {field: [text]}
    assert not Shop.objects.exists()
