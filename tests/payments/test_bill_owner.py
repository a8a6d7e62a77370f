"""A bill knows what it is for, at which site, and who pays it; also one from before it did."""

from importlib import import_module

import pytest
from django.apps import apps

from parking.accounts.models import User
from parking.facilities.models import ParkingZone
from parking.payments.models import Bill, BillKind
from tests.build import book, take_ticket

pytestmark = pytest.mark.django_db

FILL = import_module("parking.payments.migrations.0009_fill_bill_site_payer").fill


def facts() -> list[tuple[str, int | None, int | None]]:
    return list(Bill.objects.order_by("pk").values_list("kind", "site_id", "payer_id"))


def test_a_booking_is_paid_by_its_driver_and_a_ticket_by_nobody_known(driver: User, zone: ParkingZone) -> None:
    book(driver, zone)
    take_ticket(zone)
    assert facts() == [("STAY", zone.site_id, driver.pk), ("STAY", zone.site_id, None)]


def test_bills_from_before_get_the_site_and_driver_of_their_stay(driver: User, zone: ParkingZone) -> None:
    book(driver, zone)
    take_ticket(zone)
    without_stay = Bill.objects.create(created_at=Bill.objects.earliest("pk").created_at)
    Bill.objects.update(site=None, payer=None)
    FILL(apps, None)
    assert facts() == [("STAY", zone.site_id, driver.pk), ("STAY", zone.site_id, None), ("STAY", None, None)]
    assert without_stay.kind == BillKind.STAY


def test_filling_again_changes_nothing(driver: User, zone: ParkingZone) -> None:
    book(driver, zone)
    Bill.objects.update(payer=None)
    FILL(apps, None)
    assert facts() == [("STAY", zone.site_id, None)]
