"""What anybody may ask about prices."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from parking.core.actor import SYSTEM
from parking.facilities.models import ParkingZone
from parking.tariffs import holidays, services, versions
from parking.tariffs.book import renew
from parking.tariffs.models import Holiday, Tariff
from parking.tariffs.rules import KindRate, Prices
from parking.tariffs.versions import Span
from tests.client import ApiClient
from tests.tariffs.examples import Example, examples

pytestmark = pytest.mark.django_db

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
# Those that a stay is fully described by its times and tariff.
PLAIN = [example for example in examples() if example.plain and not example.stay.free_used]


def address(zone: ParkingZone, call: str) -> str:
    return f"/api/public/zones/{zone.pk}/{call}/"


def data(response: Any) -> Any:
    body = json.loads(response.content)
    assert (response.status_code, body["success"]) == (200, True), body
    return body["data"]


def lay(zone: ParkingZone, example: Example) -> None:
    Tariff.objects.all().delete()
    Holiday.objects.all().delete()
    prices = Prices(**{name: getattr(example.terms, name) for name in Prices.__dataclass_fields__})
    versions.add(zone_id=zone.pk, vehicle_kind="CAR", prices=prices, span=Span(LONG_AGO), now=LONG_AGO)
    for day in example.terms.holidays:
        holidays.add_holiday(actor=SYSTEM, site_id=zone.site_id, day=day, name="Holiday", now=LONG_AGO)
    renew()


def test_an_estimate_is_what_the_examples_say(anybody: ApiClient, zone: ParkingZone) -> None:
    assert len(PLAIN) > 70
    for example in PLAIN:
        lay(zone, example)
        asked = {"from": example.stay.entry.isoformat(), "until": example.stay.until.isoformat()}
        found = data(anybody.get(address(zone, "estimate"), **asked))
        lines = tuple((line["label"].removeprefix("Parking, "), line["quantity"]) for line in found["lines"])
        expected = tuple((label, quantity) for label, quantity, _ in example.lines)
        assert (lines, found["total"]) == (expected, float(example.total)), example.words


def test_an_estimate_of_minutes_from_now_has_the_fee(anybody: ApiClient, zone: ParkingZone) -> None:
    found = data(anybody.get(address(zone, "estimate"), minutes=66))
    assert (found["total"], found["booking_fee"]) == (100.0, 50.0)
    assert found["lines"] == [{"kind": "HOURS", "label": "Parking", "quantity": 2, "unit_price": 50.0, "amount": 100.0}]


def test_a_walk_in_owes_no_booking_minimum(anybody: ApiClient, zone: ParkingZone) -> None:
    services.update_zone(
        actor=SYSTEM, zone_id=zone.pk, changes={"hourly_rate": 20}, kind_rates=None, now=datetime.now(UTC)
    )
    totals = {
        walk_in: data(anybody.get(address(zone, "estimate"), minutes=30, walk_in=walk_in))["total"]
        for walk_in in ("false", "true")
    }
    assert totals == {"false": 50.0, "true": 20.0}


def test_kinds_with_prices_of_their_own_follow_cars(anybody: ApiClient, zone: ParkingZone) -> None:
    rates = [KindRate("TWO_WHEELER", 20, 10)]  # type: ignore[arg-type]
    services.update_zone(actor=SYSTEM, zone_id=zone.pk, changes={}, kind_rates=rates, now=datetime.now(UTC))
    listed = data(anybody.get(address(zone, "tariff")))
    assert [(row["vehicle_kind"], row["rate_now"], row["booking_fee"]) for row in listed] == [
        ("CAR", 50.0, 50.0),
        ("TWO_WHEELER", 20.0, 10.0),
    ]
    (one,) = data(anybody.get(address(zone, "tariff"), vehicle_kind="EV"))
    assert (one["vehicle_kind"], one["rate_now"], one["demand_percent"]) == ("EV", 50.0, 0)
    assert data(anybody.get(address(zone, "estimate"), minutes=60, vehicle_kind="TWO_WHEELER"))["total"] == 20.0


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "validation_error"),
        ({"minutes": 5, "until": "2026-12-01"}, "validation_error"),
        ({"minutes": -1}, "validation_error"),
        ({"minutes": 10**9}, "validation_error"),
        ({"minutes": 5, "from": "yesterday"}, "validation_error"),
        ({"from": "2026-12-02", "until": "2026-12-01"}, "validation_error"),
        ({"minutes": 5, "vehicle_kind": "PLANE"}, "validation_error"),
        ({"minutes": 5, "promo_code": "WELCOME"}, "code_unknown"),
    ],
)
def test_what_cannot_be_estimated_is_refused(
    anybody: ApiClient, zone: ParkingZone, query: dict[str, Any], code: str
) -> None:
    answer = anybody.get(address(zone, "estimate"), **query)
    assert (answer.status_code, json.loads(answer.content)["code"]) == (400, code)


def test_a_zone_that_is_not_there_has_no_tariff(anybody: ApiClient, zone: ParkingZone) -> None:
    for call in ("tariff", "estimate"):
        answer = anybody.get(f"/api/public/zones/{zone.pk + 99}/{call}/", minutes=5)
        assert (answer.status_code, json.loads(answer.content)["code"]) == (404, "zone_not_found")
