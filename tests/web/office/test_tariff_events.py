"""Events of zones and rate cards on their pages, and what a tariff may not say, in Hindi."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from parking.accounts.models import Role
from parking.core.actor import SYSTEM
from parking.facilities.models import ParkingZone
from parking.tariffs import cards
from parking.tariffs.models import Tariff
from parking.tariffs.queries import price_now
from parking.tariffs.versions import Draft
from tests.build import make_user
from tests.web.driver.conftest import browser_of
from tests.web.office.test_tariffs import CARDS, MORNING, PLAIN, SLABS, address, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_the_morning() -> Any:
    with time_machine.travel(MORNING, tick=False):
        yield


@pytest.fixture
def office() -> Client:
    return browser_of(make_user(Role.ADMIN))


DIWALI = {"event_name": "Diwali week", "valid_from": "2026-11-27", "valid_to": "2026-12-03", "base_rate": "90"}


def test_an_event_has_its_name(office: Client, zone: ParkingZone) -> None:
    asked = text_of(office.post(address(zone), PLAIN | DIWALI))
    assert "Car · Diwali week · Holds from 27 Nov 2026 – 3 Dec 2026" in asked
    office.post(address(zone), PLAIN | DIWALI | {"step": "go"})
    event = Tariff.objects.get()
    assert (event.name, event.valid_to) == ("Diwali week", datetime(2026, 12, 3, 18, 30, tzinfo=UTC))
    assert "Car · Diwali week 27 Nov 2026 00:00 4 Dec 2026 00:00 ₹90" in text_of(office.get(address(zone)))


def test_an_event_of_a_card_has_its_name_and_is_withdrawn_or_ended(office: Client, zone: ParkingZone) -> None:
    draft = Draft({"base_rate": Decimal("40.00")})
    card = cards.create_card(actor=SYSTEM, name="City", draft=draft, zone_ids=[zone.pk], now=MORNING)
    page = f"{CARDS}{card.pk}/"
    assert office.get(CARDS).context["form"].fields.keys().isdisjoint({"event_name"})
    assert "Car · Diwali week · Holds from 27 Nov 2026" in text_of(office.post(page, PLAIN | DIWALI))
    office.post(page, PLAIN | DIWALI | {"step": "go"})
    event = Tariff.objects.latest("pk")
    assert (event.name, event.rate_card_id) == ("Diwali week", card.pk)
    words = text_of(office.get(page))
    assert "Diwali week · Holds from 27 Nov 2026 00:00 – 4 Dec 2026 00:00 ₹90 per hour Withdraw" in words
    assert words.count("Withdraw") == 1 and "End now" not in words
    office.post(f"{page}{event.pk}/")
    assert [version.name for version in card.versions.all()] == [""]
    begun = Draft({"base_rate": Decimal("90.00")}, valid_to=MORNING + timedelta(days=2), name="Fair")
    cards.add_version(actor=SYSTEM, card_id=card.pk, draft=begun, now=MORNING - timedelta(hours=1))
    assert price_now(zone, MORNING).hourly_rate == 90
    assert text_of(office.get(page)).count("End now") == 1
    office.post(f"{page}{Tariff.objects.latest('pk').pk}/", {"end": "1"})
    assert price_now(zone, MORNING).hourly_rate == 40


def test_what_has_begun_stays_on_a_card_and_others_find_no_button(office: Client, zone: ParkingZone) -> None:
    draft = Draft({"base_rate": Decimal("40.00")}, valid_from=MORNING + timedelta(days=1))
    card = cards.create_card(actor=SYSTEM, name="City", draft=draft, zone_ids=[zone.pk], now=MORNING)
    page, version = f"{CARDS}{card.pk}/", Tariff.objects.latest("pk")
    auditor = browser_of(make_user(Role.AUDITOR))
    assert "Withdraw" not in text_of(auditor.get(page))
    assert auditor.post(f"{page}{version.pk}/").status_code == 403
    with time_machine.travel(MORNING + timedelta(days=2), tick=False):
        assert "This tariff has begun." in text_of(office.post(f"{page}{version.pk}/", follow=True))
    assert Tariff.objects.filter(pk=version.pk).exists()


@pytest.mark.parametrize(
    ("others", "field", "text"),
    [
        ({"daily_cap": "-1"}, "daily_cap", "यह 0 या उससे ज़्यादा होना चाहिए।"),
        ({"overstay_percent": "501"}, "overstay_percent", "यह 500 या उससे कम होना चाहिए।"),
        ({"base_rate": "10000.01"}, "base_rate", "यह 10000 या उससे कम होना चाहिए।"),
        ({"valid_from": "2026-12-03", "valid_to": "2026-12-02"}, "valid_to", "यह पहले दिन से पहले नहीं हो सकता।"),
        ({"valid_to": "2026-11-25"}, "valid_to", "यह शुरू होने के बाद होना चाहिए।"),
        (
            SLABS | {"slab_until_0": "120", "slab_until_1": "60", "slab_until_2": "1440", "slab_price_2": "9"},
            "slab_until_0",
            "हर पंक्ति पिछली से लंबी हो, आख़िरी 1,440 मिनट की।",
        ),
    ],
)
def test_what_a_tariff_may_not_say_is_said_in_hindi_at_its_field(
    office: Client, zone: ParkingZone, others: dict[str, str], field: str, text: str
) -> None:
    office.cookies["django_language"] = "hi"
    for step in ("", "go"):
        page = office.post(address(zone), PLAIN | others | {"step": step})
        assert page.context["form"].errors == {field: [text]}
    assert not Tariff.objects.exists()
