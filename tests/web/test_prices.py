"""Tariffs in words and as the strip of a day: on the page of a zone, and on the board of a car park."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from parking.core.actor import SYSTEM
from parking.facilities.models import ParkingZone
from parking.tariffs.rules import Terms
from parking.tariffs.rules.demand import DemandStep
from parking.tariffs.rules.templates import peak_bands
from parking.tariffs.rules.terms import FreeMode, NightCharge, Slab
from parking.tariffs.versions import Draft
from parking.tariffs.zone_demand import set_demand
from parking.tariffs.zone_tariffs import add_tariff
from parking.web.price_words import words_of
from tests.build import make_zone

# Thursday 26 November 2026, 08:30 in India.
MORNING = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


def lay(zone: ParkingZone, **fields: Any) -> None:
    draft = Draft({"base_rate": Decimal("50.00"), **fields})
    add_tariff(actor=SYSTEM, zone_id=zone.pk, draft=draft, now=MORNING)


def terms(**fields: Any) -> Terms:
    return Terms(Decimal("50.00"), Decimal("0.00"), **fields)


def test_one_rate_round_the_clock_needs_no_words() -> None:
    assert words_of(terms(), MORNING) is None


def test_the_day_is_shown_from_midnight_to_midnight() -> None:
    words = words_of(terms(bands=peak_bands()), MORNING)
    assert words is not None
    assert [(part.hours, part.name, part.rate, part.tone) for part in words.parts] == [
        ("00:00–06:00", "Night", 30, 1),
        ("06:00–09:00", "Morning", 80, 4),
        ("09:00–18:00", "Daytime", 50, 2),
        ("18:00–21:00", "Evening", 70, 3),
        ("21:00–24:00", "Night", 30, 1),
    ]
    assert (words.minute, sum(part.width for part in words.parts)) == (510, 1440)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"step_minutes": 15}, "Charged in steps of 15 min"),
        ({"free_minutes": 15}, "Without booking, a stay of up to 15 min is free"),
        ({"free_minutes": 15, "free_mode": FreeMode.DEDUCT}, "The first 15 min are free"),
        ({"overstay_percent": 50}, "Time after the booked end costs 50 % more"),
        ({"round_to": Decimal(5)}, "The total is rounded to ₹5"),
        ({"daily_cap": Decimal("500.00")}, "At most ₹500 in 24 hours"),
        ({"night_charge": NightCharge(0, 300, Decimal("60.00"))}, "₹60 for each night, 00:00 to 05:00"),
        ({"slabs": (Slab(1440, Decimal("60.00")),)}, "Up to 24 h: ₹60"),
        ({"slabs": (Slab(1440, Decimal("10.00"), 60),)}, "Up to 24 h: ₹10 more for each 1 h"),
    ],
)
def test_what_else_holds_is_a_sentence(fields: dict[str, Any], sentence: str) -> None:
    words = words_of(terms(**fields), MORNING)
    assert words is not None
    assert (words.sentences, words.parts) == ((sentence,), ())


def test_free_minutes_that_are_given_once_in_a_time_say_so() -> None:
    words = words_of(terms(free_minutes=15, free_again_after_minutes=1440), MORNING)
    assert words is not None
    assert words.sentences == (
        "Without booking, a stay of up to 15 min is free",
        "Each vehicle has free minutes once in 24 h",
    )


@pytest.mark.parametrize(
    "fields", [{"free_again_after_minutes": 60}, {"slabs": (Slab(1440, Decimal("60.00")),), "overstay_percent": 50}]
)
def test_what_changes_no_price_has_no_words(fields: dict[str, Any]) -> None:
    """Without free minutes none are given again; by the length of the stay there are no steps that could cost more."""
    words = words_of(terms(**fields), MORNING)
    assert words is None or words.sentences == ("Up to 24 h: ₹60",)


@pytest.mark.django_db
def test_the_page_of_a_zone_has_the_strip_and_the_price_by_bands(zone: ParkingZone) -> None:
    lay(zone, bands=peak_bands(), daily_cap=Decimal("500.00"))
    with time_machine.travel(MORNING, tick=False):
        page = Client().get(f"/zones/{zone.pk}/?hours=4")
    assert page.content.count(b'<rect class="tone-') == 5
    assert "06:00–09:00 Morning ₹80" in text_of(page)
    assert "At most ₹500 in 24 hours" in text_of(page)
    # One hour of the morning, three of the day.
    assert "₹230" in text_of(page)


@pytest.mark.django_db
def test_the_page_of_a_flat_zone_has_no_strip(zone: ParkingZone) -> None:
    assert b"day-strip" not in Client().get(f"/zones/{zone.pk}/").content


@pytest.mark.django_db
def test_the_board_has_the_prices_of_each_active_zone(zone: ParkingZone) -> None:
    zone.site.contact = "1800 11 4000"
    zone.site.save()
    lay(zone, bands=peak_bands(), lost_ticket_fee=Decimal("300.00"))
    with time_machine.travel(MORNING, tick=False):
        board = text_of(Client().get(f"/board/{zone.site_id}/"))
    for words in ("Zone A", "₹80 per hour", "21:00–24:00 Night ₹30", "Lost ticket: ₹300", "Complaints: 1800 11 4000",
                  "Payable to Main car park."):  # fmt: skip
        assert words in board


@pytest.mark.django_db
def test_the_board_has_the_rate_as_it_is_set(zone: ParkingZone) -> None:
    """It is printed: how full the zone is at this moment is for the page of the zone."""
    set_demand(actor=SYSTEM, zone_id=zone.pk, steps=[DemandStep(0, -10)], now=MORNING)
    with time_machine.travel(MORNING, tick=False):
        board, page = (text_of(Client().get(f"/{of}/")) for of in (f"board/{zone.site_id}", f"zones/{zone.pk}"))
    assert "₹50 per hour" in board
    assert "₹45 per hour" in page


@pytest.mark.django_db
def test_the_less_stands_on_a_board_the_larger_it_is_printed(zone: ParkingZone) -> None:
    def size() -> str:
        page = Client().get(f"/board/{zone.site_id}/").content.decode()
        return page.partition('class="board-prices board-')[2].partition('"')[0]

    sizes = {}
    for count in range(1, 9):
        sizes[count] = size()
        make_zone(f"Zone {count}", site=zone.site)
    assert [count for count, name in sizes.items() if name == "few"] == [1, 2]
    assert [count for count, name in sizes.items() if name == "many"] == [7, 8]


@pytest.mark.django_db
def test_what_a_lost_ticket_costs_stands_once_where_it_is_the_same(zone: ParkingZone) -> None:
    lay(zone, lost_ticket_fee=Decimal("300.00"))
    second = make_zone("Zone Z", site=zone.site)
    lay(second, lost_ticket_fee=Decimal("300.00"))
    assert text_of(Client().get(f"/board/{zone.site_id}/")).count("Lost ticket: ₹300") == 1
    lay(second, lost_ticket_fee=Decimal("400.00"))
    board = text_of(Client().get(f"/board/{zone.site_id}/"))
    assert (board.count("Lost ticket: ₹300"), board.count("Lost ticket: ₹400")) == (1, 1)


@pytest.mark.django_db
def test_a_car_park_that_is_not_there_has_no_board(zone: ParkingZone) -> None:
    assert Client().get(f"/board/{zone.site_id + 99}/").status_code == 404
