"""Kinds of vehicle: which slot each takes, where each may park, what each pays."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from parking.accounts.models import User
from parking.core import clock
from parking.core.actor import SYSTEM
from parking.facilities.admitting import kinds_with_slots
from parking.facilities.models import ParkingZone, SlotKind
from parking.facilities.rules import SUITABLE_SLOTS, kinds_taken, suitable_slot_kinds
from parking.facilities.services import add_slots
from parking.facilities.sites import update_site
from parking.stays.models import ParkingSession
from parking.tariffs.cards import create_card
from parking.tariffs.versions import Draft
from parking.vehicles.models import VehicleKind
from parking.web.templatetags.components import kind_icon
from parking.web.templatetags.parking import word
from tests.client import ApiClient
from tests.invariants import nothing_changes

pytestmark = pytest.mark.django_db

KINDS = ["CAR", "TWO_WHEELER", "EV", "BICYCLE", "AUTO", "TAXI", "LCV", "BUS", "TRUCK"]


@pytest.fixture
def yard(zone: ParkingZone) -> ParkingZone:
    """A zone with slots for cars, and one each for a bicycle and a large vehicle."""
    for prefix, kind in (("C-", "BICYCLE"), ("L-", "LARGE")):
        add_slots(actor=SYSTEM, zone_id=zone.pk, prefix=prefix, first=1, last=1, kind=kind, now=clock.now())
    return zone


def book(client: ApiClient, zone: ParkingZone, kind: str, number: str = "DL-01-AB-1234") -> Any:
    sent = {"zone_id": zone.pk, "vehicle_number": number, "owner_name": "Asha Rao", "vehicle_kind": kind}
    return client.post("/api/user/book-slot/", sent)


def test_each_kind_has_slots_a_name_and_a_picture() -> None:
    assert (VehicleKind.values, list(SUITABLE_SLOTS)) == (KINDS, KINDS)
    assert {kind for kinds in SUITABLE_SLOTS.values() for kind in kinds} == {*SlotKind.values} - {"ACCESSIBLE", "VIP"}
    assert all(str(word(kind)) != kind for kind in KINDS)
    assert [kind for kind in KINDS if kind_icon(kind) == "car"] == ["CAR"]


@pytest.mark.parametrize(
    ("kind", "special", "slots"),
    [
        ("CAR", None, ("CAR",)),
        ("BICYCLE", None, ("BICYCLE", "TWO_WHEELER")),
        ("TAXI", None, ("CAR",)),
        ("AUTO", None, ("CAR",)),
        ("LCV", None, ("LARGE", "CAR")),
        ("BUS", None, ("LARGE",)),
        ("TRUCK", None, ("LARGE",)),
        ("EV", "VIP", ("VIP",)),
        ("TAXI", "ACCESSIBLE", ("ACCESSIBLE",)),
        ("BICYCLE", "VIP", ()),
        ("BUS", "ACCESSIBLE", ()),
        ("TRAM", None, ()),
    ],
)
def test_the_slots_of_a_kind(kind: str, special: str | None, slots: tuple[str, ...]) -> None:
    assert suitable_slot_kinds(kind, special) == slots


def test_a_zone_takes_what_both_it_and_its_site_take() -> None:
    assert kinds_taken([], []) == KINDS
    assert kinds_taken(["TRUCK", "CAR"], []) == ["CAR", "TRUCK"]
    assert kinds_taken(["TRUCK", "CAR"], ["CAR", "TAXI"]) == ["CAR"]


def test_each_vehicle_gets_a_slot_that_suits_it(as_driver: ApiClient, yard: ParkingZone) -> None:
    found = {
        kind: book(as_driver, yard, kind, f"DL-01-AB-{number:04d}").json().get("data", {}).get("slot_number")
        for number, kind in enumerate(("TRUCK", "BUS", "LCV", "BICYCLE", "TAXI", "AUTO"), 1)
    }
    assert found == {
        "TRUCK": "L-001", "BUS": None, "LCV": "A-001", "BICYCLE": "C-001", "TAXI": "A-002", "AUTO": "A-003",
    }  # fmt: skip
    assert ParkingSession.objects.filter(vehicle_kind="TRUCK").count() == 1


def test_a_site_takes_only_the_kinds_that_it_names(
    as_admin: ApiClient, as_driver: ApiClient, yard: ParkingZone
) -> None:
    address = f"/api/admin/sites/{yard.site_id}/"
    assert as_admin.get(address).json()["data"]["vehicle_kinds"] == []
    assert as_admin.patch(address, {"vehicle_kinds": ["CAR", "EV"]}).json()["data"]["vehicle_kinds"] == ["CAR", "EV"]
    with nothing_changes():
        answer = book(as_driver, yard, "TAXI")
    assert (answer.status_code, answer.json()["code"]) == (400, "kind_not_allowed")
    assert book(as_driver, yard, "EV").status_code == 201
    assert as_admin.patch(address, {"vehicle_kinds": ["TRAM"]}).status_code == 400


def test_a_kind_has_a_rate_card_or_a_plain_price_or_pays_as_cars_do(
    as_admin: ApiClient, anybody: ApiClient, yard: ParkingZone
) -> None:
    draft = Draft({"base_rate": Decimal("120.00"), "booking_fee": Decimal("0.00")}, "TRUCK")
    create_card(actor=SYSTEM, name="Trucks", draft=draft, zone_ids=[yard.pk], now=clock.now())
    taxis = {"vehicle_kind": "TAXI", "hourly_rate": 40.0, "booking_fee": 10.0}
    as_admin.patch(f"/api/admin/zones/{yard.pk}/", {"kind_rates": [taxis]})
    address = f"/api/public/zones/{yard.pk}/estimate/"
    found = {
        kind: anybody.get(address, minutes=120, vehicle_kind=kind).json()["data"]["total"]
        for kind in ("TRUCK", "TAXI", "BUS")
    }
    assert found == {"TRUCK": 240.0, "TAXI": 80.0, "BUS": 100.0}
    tariff = anybody.get(f"/api/public/zones/{yard.pk}/tariff/").json()["data"]
    assert [(row["vehicle_kind"], row["rate_now"]) for row in tariff] == [("CAR", 50), ("TAXI", 40), ("TRUCK", 120)]


def test_cars_have_no_price_beside_the_zones(as_admin: ApiClient, zone: ParkingZone) -> None:
    cars = {"vehicle_kind": "CAR", "hourly_rate": 40.0, "booking_fee": 10.0}
    answer = as_admin.patch(f"/api/admin/zones/{zone.pk}/", {"kind_rates": [cars]})
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")


# --- On pages ------------------------------------------------------------------------------------------


def test_pages_offer_the_kinds_that_have_slots(yard: ParkingZone) -> None:
    assert kinds_with_slots(yard, {"CAR"}) == ["CAR", "EV", "AUTO", "TAXI", "LCV"]
    assert kinds_with_slots(yard, {"TWO_WHEELER", "LARGE"}) == ["TWO_WHEELER", "BICYCLE", "LCV", "BUS", "TRUCK"]
    yard.allowed_kinds = ["CAR", "BUS"]
    assert (kinds_with_slots(yard, {"CAR"}), kinds_with_slots(yard, ())) == (["CAR"], ["CAR", "BUS"])


def test_a_driver_chooses_among_them(client: Client, driver: User, yard: ParkingZone) -> None:
    client.force_login(driver, backend="django.contrib.auth.backends.ModelBackend")
    shown = client.get(f"/zones/{yard.pk}/").content.decode()
    select = shown.partition('name="vehicle_kind"')[2].partition("</select>")[0]
    assert [kind for kind in KINDS if f'value="{kind}"' in select] == [kind for kind in KINDS if kind != "TWO_WHEELER"]


def test_the_gate_has_a_button_for_each_kind_that_drives_up(client: Client, staff: User, yard: ParkingZone) -> None:
    update_site(actor=SYSTEM, site_id=yard.site_id, changes={"vehicle_kinds": ["CAR", "TRUCK"]}, now=clock.now())
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    shown = client.get("/gate/ticket/").content.decode()
    assert [kind for kind in KINDS if f'name="vehicle_kind" value="{kind}"' in shown] == ["CAR", "TRUCK"]
    key = shown.partition('name="key" value="')[2].partition('"')[0]
    sent = {"plate": "HR 55 A 1", "owner_name": "Om", "vehicle_kind": "TRUCK", "zone": yard.pk, "key": key}
    client.post("/gate/ticket/", sent | {"let_in": "yes"})
    session = ParkingSession.objects.get()
    assert (session.vehicle_kind, session.slot and session.slot.slot_number, session.status) == (
        "TRUCK", "L-001", "ACTIVE",
    )  # fmt: skip


def test_the_board_names_who_pays_what(client: Client, as_admin: ApiClient, yard: ParkingZone) -> None:
    taxis = {"vehicle_kind": "TAXI", "hourly_rate": 40.0, "booking_fee": 10.0}
    as_admin.patch(f"/api/admin/zones/{yard.pk}/", {"kind_rates": [taxis]})
    as_admin.patch(f"/api/admin/sites/{yard.site_id}/", {"vehicle_kinds": ["CAR", "TAXI", "TRUCK"]})
    shown = client.get(f"/board/{yard.site_id}/").content.decode()
    heads = [part.partition("</h3>")[0] for part in shown.split("<h3>")[1:]]
    assert [[name for name in ("Car", "Taxi", "Truck", "Bus") if name in head] for head in heads] == [
        ["Car", "Truck"],
        ["Taxi"],
    ]
