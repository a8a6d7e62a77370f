"""Prices that make a running day cheaper, and strong promo codes, wait for a second administrator."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from time_machine import Traveller

from parking.accounts.models import Approval, Role, User
from parking.audit.models import AuditEntry
from parking.facilities.models import ParkingZone
from parking.offers.models import PromoCode
from parking.tariffs import cards, zone_tariffs
from parking.tariffs.models import Tariff
from parking.tariffs.queries import price_now
from parking.tariffs.versions import Draft
from tests.api.reading import data_of
from tests.build import actor, make_user, make_zone
from tests.client import ApiClient
from tests.invariants import refused
from tests.moments import START
from tests.web.driver.conftest import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_start(time_machine: Traveller) -> None:
    time_machine.move_to(START, tick=False)


@pytest.fixture
def second(admin: User) -> ApiClient:
    """The second administrator, beside `admin`; accounts that one made for the other would not count."""
    return ApiClient(make_user(Role.ADMIN))


def aged(zone: ParkingZone) -> ParkingZone:
    """Let a zone be of yesterday: the prices of one that was made today are anybody's to change."""
    zone.created_at = START - timedelta(days=1)
    zone.save(update_fields=["created_at"])
    return zone


@pytest.fixture
def zone(zone: ParkingZone) -> ParkingZone:
    return aged(zone)


def rate_of(zone: ParkingZone) -> Decimal:
    zone.refresh_from_db()
    return price_now(zone, START).hourly_rate


def decide(client: ApiClient, approval_id: int, decision: str) -> Any:
    return client.post(f"/api/admin/approvals/{approval_id}/", {"decision": decision})


def tariffs(zone: ParkingZone) -> str:
    return f"/api/admin/zones/{zone.pk}/tariffs/"


def test_a_cheaper_tariff_of_today_waits_and_holds_once_approved(
    admin: User, second: ApiClient, zone: ParkingZone
) -> None:
    first = ApiClient(admin)
    asked = data_of(first.post(tariffs(zone), {"base_rate": 40, "booking_fee": 50}), 202)
    assert asked["waits_for"] == "SECOND_PERSON"
    assert (rate_of(zone), Tariff.objects.filter(is_base=False).count()) == (Decimal("50.00"), 0)
    [row] = data_of(second.get("/api/admin/approvals/"))["results"]
    assert (row["kind"], row["facts"]["zone_id"], row["facts"]["terms"]["base_rate"]) == ("TARIFF", zone.pk, "40.00")
    assert first.post(tariffs(zone), {"base_rate": 30}).json()["code"] == "waits_already"
    assert decide(first, asked["approval_id"], "APPROVE").json()["code"] == "own_change"
    assert data_of(decide(second, asked["approval_id"], "APPROVE"))["decision"] == "APPROVE"
    assert rate_of(zone) == Decimal("40.00")
    assert decide(second, asked["approval_id"], "APPROVE").json()["code"] == "decided_already"
    assert Tariff.objects.filter(is_base=False).count() == 1


def test_refused_nothing_changes_and_it_may_be_asked_again(admin: User, second: ApiClient, zone: ParkingZone) -> None:
    first = ApiClient(admin)
    asked = data_of(first.post(tariffs(zone), {"base_rate": 40}), 202)
    data_of(decide(first, asked["approval_id"], "REFUSE"))
    assert rate_of(zone) == Decimal("50.00")
    again = data_of(first.post(tariffs(zone), {"base_rate": 45}), 202)
    assert decide(second, asked["approval_id"], "APPROVE").json()["code"] == "decided_already"
    data_of(decide(second, again["approval_id"], "APPROVE"))
    assert rate_of(zone) == Decimal("45.00")


@pytest.mark.usefixtures("second")
def test_dearer_prices_and_those_of_tomorrow_need_nobody(admin: User, zone: ParkingZone) -> None:
    first = ApiClient(admin)
    data_of(first.post(tariffs(zone), {"base_rate": 60}), 201)
    tomorrow = {"base_rate": 10, "valid_from": f"{(START + timedelta(days=1)).date()}"}
    data_of(first.post(tariffs(zone), tomorrow), 201)
    assert not Approval.objects.exists()


def test_an_event_that_begins_later_today_waits_too(admin: User, second: ApiClient, zone: ParkingZone) -> None:
    begins, ends = START + timedelta(hours=2), START + timedelta(hours=3)
    body = {"base_rate": 10, "valid_from": begins.isoformat(), "valid_to": ends.isoformat()}
    asked = data_of(ApiClient(admin).post(tariffs(zone), body), 202)
    data_of(decide(second, asked["approval_id"], "APPROVE"))
    assert [price_now(zone, moment).hourly_rate for moment in (START, begins, ends)] == [50, 10, 50]


def test_the_only_administrator_decides_alone(as_admin: ApiClient, zone: ParkingZone) -> None:
    data_of(as_admin.post(tariffs(zone), {"base_rate": 60}), 201)
    assert alone() == []
    data_of(as_admin.post(tariffs(zone), {"base_rate": 40}), 201)
    data_of(as_admin.patch(f"/api/admin/zones/{zone.pk}/", {"hourly_rate": 30}))
    assert rate_of(zone) == Decimal("30.00")
    assert alone() == ["TARIFF", "TARIFF"]


def alone() -> list[str]:
    """Return the kinds of what the record says was decided by the only administrator."""
    lines = AuditEntry.objects.filter(action="user.decided_alone").order_by("pk")
    return [line.facts["kind"] for line in lines]


def test_the_rate_of_a_zone_falls_by_two(admin: User, second: ApiClient, zone: ParkingZone) -> None:
    first, address = ApiClient(admin), f"/api/admin/zones/{zone.pk}/"
    assert data_of(first.patch(address, {"hourly_rate": 60}))["hourly_rate"] == 60.0
    mixed = first.patch(address, {"hourly_rate": 40, "name": "Zone C"})
    assert (mixed.status_code, mixed.json()["code"]) == (400, "second_person_needed")
    asked = data_of(first.patch(address, {"hourly_rate": 40}), 202)
    assert rate_of(zone) == Decimal("60.00")
    data_of(decide(second, asked["approval_id"], "APPROVE"))
    assert (rate_of(zone), zone.name) == (Decimal("40.00"), "Zone A")


def test_a_rate_card_waits_and_is_not_laid_on_a_dearer_zone(admin: User, second: ApiClient, zone: ParkingZone) -> None:
    first, other = ApiClient(admin), aged(make_zone("Zone X", rate="90.00"))
    made = {"name": "City", "zone_ids": [zone.pk], "base_rate": 50}
    card = data_of(first.post("/api/admin/rate-cards/", made), 201)
    address = f"/api/admin/rate-cards/{card['id']}/"
    assert first.patch(address, {"zone_ids": [zone.pk, other.pk]}).json()["code"] == "second_person_needed"
    assert rate_of(other) == Decimal("90.00")
    asked = data_of(first.post(f"{address}versions/", {"base_rate": 30}), 202)
    assert rate_of(zone) == Decimal("50.00")
    data_of(decide(second, asked["approval_id"], "APPROVE"))
    assert rate_of(zone) == Decimal("30.00")


@pytest.mark.usefixtures("second")
def test_a_dear_event_is_not_cut_short_by_one_alone(admin: User, zone: ParkingZone) -> None:
    person, days = actor(admin), timedelta(days=3)
    draft = Draft({"base_rate": Decimal(90)}, valid_to=START + days)
    event = zone_tariffs.add_tariff(actor=person, zone_id=zone.pk, draft=draft, now=START)
    with refused("second_person_needed"):
        zone_tariffs.end_event(actor=person, zone_id=zone.pk, tariff_id=event.pk, valid_to=START, now=START)
    ended = START + timedelta(days=2)
    zone_tariffs.end_event(actor=person, zone_id=zone.pk, tariff_id=event.pk, valid_to=ended, now=START)
    card = cards.create_card(actor=person, name="City", zone_ids=[], draft=Draft({"base_rate": Decimal(10)}), now=START)
    assert card.name == "City"


# --- Promo codes ---------------------------------------------------------------------------------------


def test_a_strong_code_is_out_of_use_until_it_is_approved(admin: User, second: ApiClient) -> None:
    first = ApiClient(admin)
    asked = data_of(first.post("/api/admin/promo-codes/", {"code": "FRIENDS", "kind": "PERCENT", "value": 80}), 202)
    code = PromoCode.objects.get()
    assert (code.code, code.is_active) == ("FRIENDS", False)
    assert first.patch(f"/api/admin/promo-codes/{code.pk}/", {"is_active": True}).json()["code"] == "waits_already"
    data_of(decide(second, asked["approval_id"], "APPROVE"))
    code.refresh_from_db()
    assert code.is_active
    data_of(first.patch(f"/api/admin/promo-codes/{code.pk}/", {"is_active": False}))


def test_a_code_that_becomes_strong_stays_as_it_is_until_then(admin: User, second: ApiClient) -> None:
    first = ApiClient(admin)
    made = data_of(first.post("/api/admin/promo-codes/", {"code": "FRIENDS", "kind": "PERCENT", "value": 79.99}), 201)
    address = f"/api/admin/promo-codes/{made['id']}/"
    asked = data_of(first.patch(address, {"value": 100, "cap": 500, "valid_to": "2026-12-31"}), 202)
    assert data_of(first.get(address))["value"] == 79.99
    data_of(decide(second, asked["approval_id"], "APPROVE"))
    found = data_of(first.get(address))
    assert (found["value"], found["cap"], found["valid_to"]) == (100.0, 500.0, "2026-12-31")


# --- Pages ---------------------------------------------------------------------------------------------


def test_the_page_shows_what_waits_and_takes_the_decision(admin: User, second: ApiClient, zone: ParkingZone) -> None:
    data_of(ApiClient(admin).post(tariffs(zone), {"base_rate": 40}), 202)
    [approval] = Approval.objects.all()
    own = browser_of(admin).get("/office/approvals/").content.decode()
    assert ("Take back" in own, 'value="APPROVE"' in own) == (True, False)
    browser = browser_of(second.user)
    page = browser.get("/office/approvals/").content.decode()
    assert ("Zone A" in page, "₹40 per hour" in page) == (True, True)
    browser.post(f"/office/approvals/{approval.pk}/", {"decision": "APPROVE"})
    assert rate_of(zone) == Decimal("40.00")
    assert "Nothing waits for a second person." in browser.get("/office/approvals/").content.decode()


@pytest.mark.usefixtures("second")
def test_a_zone_of_today_may_become_cheaper(admin: User) -> None:
    new = make_zone("Zone N")
    data_of(ApiClient(admin).patch(f"/api/admin/zones/{new.pk}/", {"hourly_rate": 40}))
    assert rate_of(new) == Decimal("40.00")
