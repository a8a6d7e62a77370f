"""The office's pages for promo codes."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from parking.accounts.models import User
from parking.facilities.models import ParkingZone
from parking.offers.models import PromoCode
from tests.offers.build import make_code
from tests.web.office.forms import browser_of

pytestmark = pytest.mark.django_db

NEW = "/office/promo-codes/new/"
FIELDS: dict[str, object] = {
    "code": "diwali",
    "kind": "PERCENT",
    "value": "20",
    "cap": "30",
    "valid_from": "2026-11-01",
    "valid_to": "2026-11-30",
    "least_bill": "0",
    "uses": "100",
    "is_active": "on",
}


def seen(office: Client, address: str) -> str:
    return str(office.get(address).context["form"].present_mark)


@pytest.fixture
def office(admin: User) -> Client:
    client: Client = browser_of(admin)
    return client


def test_a_code_is_made_listed_and_changed(office: Client, zone: ParkingZone) -> None:
    made = FIELDS | {"zone_ids": [zone.pk], "vehicle_kinds": ["CAR"], "seen": seen(office, NEW)}
    office.post(NEW, made)
    code = PromoCode.objects.get()
    assert (code.code, code.value, code.cap, code.uses, code.uses_per_driver) == ("DIWALI", 20, 30, 100, None)
    assert (code.valid_to, list(code.zones.all()), code.vehicle_kinds) == (date(2026, 11, 30), [zone], ["CAR"])
    listed = office.get("/office/promo-codes/").content.decode()
    assert "DIWALI" in listed
    assert "20 % off" in listed
    assert "at most ₹30" in " ".join(listed.split())
    address = f"/office/promo-codes/{code.pk}/"
    office.post(address, made | {"value": "25", "seen": seen(office, address)})
    code.refresh_from_db()
    assert (code.value, code.cap, code.is_active) == (Decimal(25), 30, True)


def test_a_name_that_is_taken_is_said_at_the_field(office: Client, zone: ParkingZone) -> None:
    make_code("DIWALI")
    page = office.post(NEW, FIELDS | {"seen": seen(office, NEW)})
    assert page.context["form"].errors["code"] == ["There is already a promo code with this name."]
    assert PromoCode.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field", "text"),
    [
        ({"value": "101"}, "value", "At most 100, and more than 0."),
        ({"value": "0"}, "value", "At most 100, and more than 0."),
        ({"kind": "MINUTES", "value": "1441"}, "value", "At most 1440, and more than 0."),
        ({"kind": "MINUTES", "value": "7.5"}, "value", "Whole minutes."),
        ({"valid_to": "2026-10-31"}, "valid_to", "Not before the first day."),
    ],
)
def test_what_a_code_may_not_say_stands_at_its_field(
    office: Client, zone: ParkingZone, wrong: dict[str, str], field: str, text: str
) -> None:
    page = office.post(NEW, FIELDS | wrong | {"seen": seen(office, NEW)})
    assert page.context["form"].errors == {field: [text]}
    assert not PromoCode.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field", "text"),
    [
        ({"cap": "0"}, "cap", "0.01 और 100000.00 के बीच।"),
        ({"value": "-1"}, "value", "यह 0 या उससे ज़्यादा होना चाहिए।"),
        ({"value": "101"}, "value", "ज़्यादा से ज़्यादा 100, और 0 से ज़्यादा।"),
        ({"value": "123456789"}, "value", "दशमलव से पहले 8 से ज़्यादा अंक न हों।"),
        ({"code": "a b"}, "code", "3 से 20 अक्षर, अंक और हाइफ़न।"),
        ({"uses": "0"}, "uses", "यह 1 या उससे ज़्यादा होना चाहिए।"),
    ],
)
def test_it_is_said_in_hindi_too(
    office: Client, zone: ParkingZone, wrong: dict[str, str], field: str, text: str
) -> None:
    office.cookies["django_language"] = "hi"
    page = office.post(NEW, FIELDS | wrong | {"seen": seen(office, NEW)})
    assert page.context["form"].errors == {field: [text]}
    assert not PromoCode.objects.exists()
