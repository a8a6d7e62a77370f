"""A free slot that is kept for a driver's pass, in a zone that is full for others: what each of them is shown."""

from typing import Any

import pytest
from django.test import Client
from time_machine import Traveller

from parking.accounts.models import Role, User
from parking.checkout import pass_entry
from parking.core.plate_words import plate_words
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.passes.models import Plan
from parking.stays.kept_places import kept_places_of
from tests.api.reading import data_of
from tests.build import actor, book, make_user, make_zone
from tests.client import ApiClient
from tests.moments import START, at
from tests.passes.build import bought, make_plan

pytestmark = pytest.mark.django_db

PLATE, OTHER = "DL-01-AB-1234", "DL-01-AB-5678"


@pytest.fixture(autouse=True)
def at_start(time_machine: Traveller) -> None:
    time_machine.move_to(START, tick=False)


@pytest.fixture
def full(db: None) -> ParkingZone:
    """A zone whose second slot is booked; its first one will be kept."""
    zone = make_zone("Full", slots=2)
    book(make_user(Role.USER, "somebody"), zone, "KA-05-MN-0001")
    return zone


@pytest.fixture
def plan(full: ParkingZone) -> Plan:
    return make_plan(full, reserved=True)


def _row(client: ApiClient, **query: Any) -> dict[str, Any]:
    (row,) = data_of(client.get("/api/user/zones/", **query))
    found: dict[str, Any] = row
    return found


def _page(user: User, address: str) -> str:
    browser = Client()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser.get(address).content.decode()


def test_the_list_of_zones_counts_it_for_its_driver_alone(as_driver: ApiClient, driver: User, plan: Plan) -> None:
    bought(driver, plan, PLATE)
    stranger = ApiClient(make_user(Role.USER, "stranger"))
    for query in ({}, {"site_id": plan.site_id}):
        own, others = _row(as_driver, **query), _row(stranger, **query)
        assert own["bookable_slots"] == own["by_kind"]["CAR"] == own["by_kind"]["EV"] == 1
        assert others["bookable_slots"] == 0 == own["by_kind"]["TWO_WHEELER"] == max(others["by_kind"].values())
        assert own["available_slots"] == others["available_slots"] == 0
    (listed,) = data_of(stranger.get("/api/public/zones/"))
    assert listed["bookable_slots"] == 0


def test_its_zone_is_not_full_for_its_driver(driver: User, full: ParkingZone, plan: Plan) -> None:
    held = bought(driver, plan, PLATE)
    own, others = (_page(who, f"/zones/{full.pk}/") for who in (driver, make_user(Role.USER, "stranger")))
    assert "This zone is full now" in others and "it is kept for your pass" not in others
    assert "This zone is full now" not in own and "data-full" not in own
    assert f"is free for {plate_words(PLATE)}: it is kept for your pass {held.number}." in own
    assert "For other vehicles this zone is full now." in own
    for address in ("/zones/", "/zones/live/"):
        assert "data-full" not in _page(driver, address)
    assert "data-full" in _page(make_user(Role.USER, "third"), "/zones/")


def test_it_is_no_place_once_a_car_of_the_pass_is_inside(
    driver: User, staff: User, plan: Plan, full: ParkingZone
) -> None:
    held = bought(driver, plan, PLATE)
    assert [place.plates for place in kept_places_of(driver.pk, at(1))[full.pk]] == [(PLATE,)]
    pass_entry.enter_with_pass(actor=actor(staff), qr_code=held.pass_code, plate=PLATE, now=at(1))
    assert kept_places_of(driver.pk, at(2)) == {}


def test_it_is_no_place_before_the_pass_begins_or_after_its_end(driver: User, plan: Plan) -> None:
    held = bought(driver, plan, PLATE, starts_on=at(2 * 24 * 60).date())
    assert kept_places_of(driver.pk, START) == {}
    assert kept_places_of(driver.pk, held.starts_at) != {}
    assert kept_places_of(driver.pk, held.ends_at) == {}


def test_who_has_no_such_slot_costs_one_statement(driver: User, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert kept_places_of(driver.pk, START) == {}


def test_it_is_no_place_where_its_zone_takes_such_cars_no_more(driver: User, plan: Plan, full: ParkingZone) -> None:
    """The last free slot, for motorcycles, is anybody's, although there are as many free ones as kept ones."""
    bought(driver, plan, PLATE)
    ParkingSlot.objects.create(zone=full, slot_number="M-001", sort_key="M", kind="TWO_WHEELER", created_at=START)
    ParkingZone.objects.update(allowed_kinds=["TWO_WHEELER"])
    page = _page(driver, f"/zones/{full.pk}/")
    assert "it is kept for your pass" not in page
    assert "For other vehicles this zone is full now." not in page
