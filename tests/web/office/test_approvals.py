"""The page of what waits for a second person: busy and quiet times, and holidays, asked for on their own pages."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from time_machine import Traveller

from parking.accounts.models import Approval, Role, User
from parking.core.actor import SYSTEM
from parking.facilities.models import ParkingZone
from parking.tariffs.demand import steps_of
from parking.tariffs.models import Holiday
from parking.tariffs.rules.demand import DemandStep
from parking.tariffs.rules.terms import Band, NextDay, Slab, Weekday
from parking.tariffs.versions import Draft
from parking.tariffs.zone_demand import set_demand
from parking.tariffs.zone_tariffs import add_tariff, propose_tariff
from tests.build import actor, make_user
from tests.moments import START
from tests.web.driver.conftest import browser_of

pytestmark = pytest.mark.django_db

WAITS = "This waits for a second manager, on the page Approvals."


@pytest.fixture(autouse=True)
def _at_start(time_machine: Traveller) -> None:
    time_machine.move_to(START, tick=False)


@pytest.fixture
def second(admin: User) -> Client:
    return browser_of(make_user(Role.ADMIN))


@pytest.fixture
def zone(zone: ParkingZone) -> ParkingZone:
    """A zone of yesterday, which is busy from 80 % on and costs ₹10 an hour on holidays."""
    zone.created_at = START - timedelta(days=1)
    zone.save(update_fields=["created_at"])
    set_demand(actor=SYSTEM, zone_id=zone.pk, steps=[DemandStep(80, 20)], now=START)
    band = Band("Holiday", (Weekday.HOLIDAY,), 0, 0, Decimal(10))
    add_tariff(actor=SYSTEM, zone_id=zone.pk, draft=Draft({"base_rate": Decimal(50), "bands": (band,)}), now=START)
    return zone


def shown(browser: Client) -> str:
    return " ".join(browser.get("/office/approvals/").content.decode().split())


def said(browser: Client, address: str, sent: dict[str, str]) -> str:
    return browser.post(address, sent, follow=True).content.decode()


def approve(browser: Client) -> None:
    browser.post(f"/office/approvals/{Approval.objects.get().pk}/", {"decision": "APPROVE"})


def test_quiet_times_are_asked_for_shown_and_approved(admin: User, second: Client, zone: ParkingZone) -> None:
    sent = {"from_0": "0", "change_0": "-10", "from_1": "80", "change_1": "20"}
    assert WAITS in said(browser_of(admin), f"/office/zones/{zone.pk}/demand/", sent)
    assert (
        "Busy and quiet times · From 0 % of the slots taken: Quiet time −10 %"
        " · From 80 % of the slots taken: Busy time +20 %"
        " · At present: From 80 % of the slots taken: Busy time +20 %"
    ) in shown(second)
    approve(second)
    assert steps_of(zone.pk) == (DemandStep(0, -10), DemandStep(80, 20))


def test_busy_times_that_end_are_shown_as_a_sentence(admin: User, second: Client, zone: ParkingZone) -> None:
    assert WAITS in said(browser_of(admin), f"/office/zones/{zone.pk}/demand/", {"from_0": ""})
    assert "Busy and quiet times · Prices do not follow how full the zone is. · At present:" in shown(second)


def test_a_holiday_is_asked_for_shown_and_approved(admin: User, second: Client, zone: ParkingZone) -> None:
    sent = {"day": "2026-11-22", "name": "Feast"}
    assert WAITS in said(browser_of(admin), f"/office/sites/{zone.site_id}/holidays/", sent)
    page = shown(second)
    assert "Sun 22 Nov 2026 is a holiday: Feast · Parking today becomes cheaper: Zone A" in page
    assert f'rowheader">{zone.site.name}</th>' in page
    approve(second)
    assert Holiday.objects.get().name == "Feast"


def test_a_holiday_that_ends_is_asked_for_shown_and_approved(admin: User, second: Client, zone: ParkingZone) -> None:
    band = Band("Holiday", (Weekday.HOLIDAY,), 0, 0, Decimal(90))
    add_tariff(actor=SYSTEM, zone_id=zone.pk, draft=Draft({"base_rate": Decimal(50), "bands": (band,)}), now=START)
    holiday = Holiday.objects.create(site=zone.site, date=START.date(), name="Feast", created_at=START)
    address = f"/office/sites/{zone.site_id}/holidays/{holiday.pk}/remove/"
    assert WAITS in said(browser_of(admin), address, {})
    assert "Sun 22 Nov 2026 is no holiday any more: Feast · Parking today becomes cheaper: Zone A" in shown(second)
    approve(second)
    assert not Holiday.objects.exists()


@pytest.mark.parametrize(
    ("span", "words"),
    [
        ({}, "Car · From now on, without an end · ₹40 per hour"),
        (
            {"valid_to": "2026-11-23", "event_name": "Diwali week"},
            "Car · Diwali week · From now on until 24 Nov 2026, 00:00 · ₹40 per hour",
        ),
    ],
)
def test_who_approves_a_tariff_reads_when_it_holds_and_its_terms(
    admin: User, second: Client, zone: ParkingZone, span: dict[str, str], words: str
) -> None:
    sent = {
        "vehicle_kind": "CAR", "base_rate": "40", "booking_fee": "50", "lost_ticket_fee": "150", "step_minutes": "60",
        "grace_minutes": "10", "minimum_minutes": "60", "free_minutes": "0", "free_mode": "WHOLE",
        "free_again_after_minutes": "0", "round_to": "0.01", "overstay_percent": "0", "step": "go",
    }  # fmt: skip
    assert WAITS in said(browser_of(admin), f"/office/zones/{zone.pk}/tariffs/", sent | span)
    page = shown(second)
    assert words in page
    assert "Grace 10 min · Charged for at least 60 min · Booking fee ₹50 · Lost ticket: ₹150" in page


def test_who_approves_a_tariff_reads_the_bands_of_all_days(admin: User, second: Client, zone: ParkingZone) -> None:
    """It is Sunday: on a strip of today the price of Mondays is not to be seen."""
    bands = (
        Band("Monday", (Weekday.MON,), 540, 1080, Decimal(5)),
        Band("Feast", (Weekday.SUN, Weekday.HOLIDAY), 1320, 360, Decimal(20)),
    )
    draft = Draft({"base_rate": Decimal(40), "bands": bands})
    propose_tariff(actor=actor(admin), zone_id=zone.pk, draft=draft, now=START)
    assert (
        "₹40 per hour · Monday, Mon, 09:00–18:00: ₹5 per hour · Feast, Sun, Holidays, 22:00–06:00: ₹20 per hour · Grace"
    ) in shown(second)


def test_who_approves_prices_by_length_reads_what_the_next_day_costs(
    admin: User, second: Client, zone: ParkingZone
) -> None:
    draft = Draft({"base_rate": Decimal(40), "slabs": (Slab(1440, Decimal(5)),), "next_day": NextDay.FULL})
    propose_tariff(actor=actor(admin), zone_id=zone.pk, draft=draft, now=START)
    assert "Up to 24 h: ₹5 · Each day that begins costs the whole day · Grace" in shown(second)
