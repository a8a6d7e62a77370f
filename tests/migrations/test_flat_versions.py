"""Each zone of an older database gets a first version of its plain rate."""

import importlib
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.apps import apps

from parking.tariffs.models import Tariff
from parking.tariffs.rules import Prices
from tests.build import make_zone

migration = importlib.import_module("parking.tariffs.migrations.0003_flat_versions")
pytestmark = pytest.mark.django_db


def test_a_zone_gets_its_present_rate_and_fee_as_a_version() -> None:
    zone = make_zone(rate="62.50", booking_fee=Decimal("20.00"), slots=0)
    for _ in range(2):
        migration.fill(apps, None)
    version = Tariff.objects.get()
    assert (version.zone_id, version.vehicle_kind, version.is_base) == (zone.pk, "CAR", True)
    assert version.valid_from == zone.created_at < datetime(2200, 1, 1, tzinfo=UTC)
    assert Prices.from_json(version.terms) == Prices(Decimal("62.50"), Decimal("20.00"))
    assert version.terms == Prices(Decimal("62.50"), Decimal("20.00")).to_json()
