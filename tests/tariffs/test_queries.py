"""Which terms a stay begins under."""

from datetime import timedelta
from decimal import Decimal

import pytest

from parking.core import clock
from parking.core.actor import SYSTEM
from parking.facilities.models import ParkingZone
from parking.facilities.services import update_zone
from parking.tariffs.models import ZoneTariff
from parking.tariffs.queries import terms_for, walk_in_terms
from parking.tariffs.rules import Terms
from tests.build import make_zone

pytestmark = pytest.mark.django_db


def test_the_zone_is_the_tariff_of_cars(zone: ParkingZone) -> None:
    expected = Terms(Decimal("50.00"), Decimal("50.00"), hold_minutes=10, no_show_minutes=30)
    assert terms_for(zone=zone, vehicle_kind="CAR") == expected


def test_another_kind_may_have_its_own_tariff(zone: ParkingZone) -> None:
    ZoneTariff.objects.create(zone=zone, vehicle_kind="TWO_WHEELER", hourly_rate=Decimal(10), booking_fee=Decimal(5))
    kinds = {kind: terms_for(zone=zone, vehicle_kind=kind) for kind in ("CAR", "TWO_WHEELER", "EV")}
    found = {kind: (terms.base_rate, terms.booking_fee) for kind, terms in kinds.items()}
    assert found == {"CAR": (50, 50), "TWO_WHEELER": (10, 5), "EV": (50, 50)}


def test_the_times_to_pay_and_to_enter_are_the_zone_s() -> None:
    terms = terms_for(zone=make_zone(hold_minutes=3, no_show_minutes=7), vehicle_kind="CAR")
    assert (terms.hold_minutes, terms.no_show_minutes) == (3, 7)


def test_a_walk_in_owes_no_fee(zone: ParkingZone) -> None:
    terms = walk_in_terms(zone=zone, vehicle_kind="CAR")
    assert (terms.base_rate, terms.booking_fee, terms.no_show_minutes) == (50, 0, 30)


def test_terms_are_a_copy(zone: ParkingZone) -> None:
    before = terms_for(zone=zone, vehicle_kind="CAR")
    later = clock.now() + timedelta(days=1)
    update_zone(actor=SYSTEM, zone_id=zone.pk, changes={"hourly_rate": Decimal("99.00")}, now=later)
    zone.refresh_from_db()
    assert (before.base_rate, terms_for(zone=zone, vehicle_kind="CAR").base_rate) == (50, 99)
