"""What anybody may ask about prices."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from time_machine import travel

from parking.core.actor import SYSTEM
from parking.facilities.models import ParkingZone
from parking.offers.models import PromoCode
from parking.tariffs import holidays, services, versions
from parking.tariffs.book import renew
from parking.tariffs.models import Holiday, Tariff
from parking.tariffs.rules import KindRate, Prices
from parking.tariffs.rules.changes import Promo
from parking.tariffs.rules.demand import DemandStep
from parking.tariffs.versions import Span
from parking.tariffs.zone_demand import set_demand
from tests.client import ApiClient
from tests.offers.build import make_code
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
        assert shown(anybody, zone, example) == expected(example), example.words


def only(example: Example, *, codes: int = 0, demand: bool = False) -> bool:
    """Return whether a stay has nothing but so many promo codes, or a change by demand, beside its times and tariff."""
    stay = example.stay
    others = stay.ends_at is not None or stay.lost_ticket or stay.free_used
    is_code = all(isinstance(change, Promo) for change in stay.changes) and len(stay.changes) == codes
    return is_code and not others and (stay.demand_percent != 0) == demand


def shown(anybody: ApiClient, zone: ParkingZone, example: Example, **asked: str) -> tuple[Any, float]:
    times = {"from": example.stay.entry.isoformat(), "until": example.stay.until.isoformat()}
    found = data(anybody.get(address(zone, "estimate"), **times, **asked))
    lines = tuple(
        (line["label"].removeprefix("Parking, "), line["quantity"], line["unit_price"]) for line in found["lines"]
    )
    return lines, found["total"]


def expected(example: Example) -> tuple[Any, float]:
    return tuple((label, number, float(price)) for label, number, price in example.lines), float(example.total)


def test_an_estimate_with_a_code_is_what_the_examples_say(anybody: ApiClient, zone: ParkingZone) -> None:
    with_codes = [example for example in examples() if only(example, codes=1)]
    assert len(with_codes) == 4
    for example in with_codes:
        lay(zone, example)
        PromoCode.objects.all().delete()
        [promo] = example.stay.changes
        assert isinstance(promo, Promo)
        gift = promo.gift
        make_code(promo.code, str(gift.gives), str(gift.value), cap=gift.cap, valid_from=LONG_AGO.date())
        assert shown(anybody, zone, example, promo_code=promo.code) == expected(example), example.words


def test_an_estimate_in_a_busy_zone_is_what_the_examples_say(anybody: ApiClient, zone: ParkingZone) -> None:
    busy = [example for example in examples() if only(example, demand=True)]
    assert len(busy) == 3
    for example in busy:
        with travel(example.stay.entry, tick=False):
            lay(zone, example)
            set_demand(actor=SYSTEM, zone_id=zone.pk, steps=[DemandStep(0, example.stay.demand_percent)], now=LONG_AGO)
            assert shown(anybody, zone, example) == expected(example), example.words


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
