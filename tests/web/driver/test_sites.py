"""What drivers read about the car park: its name, how far it is, its hours, its last exit."""

from datetime import datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from pytest_django.fixtures import Settings

from parking.accounts.models import Role, User
from parking.core import clock, fresh
from parking.facilities.models import ParkingSite, ParkingZone
from parking.facilities.rules import read_point
from tests.build import book, enter, make_user, make_zone
from tests.web.driver.conftest import browser_of
from tests.web.driver.test_booking import text_of

pytestmark = pytest.mark.django_db

INDIA = ZoneInfo("Asia/Kolkata")


def on(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 23, hour, minute, tzinfo=INDIA)


def make_site(name: str, code: str, **fields: object) -> ParkingSite:
    return ParkingSite.objects.create(name=name, code=code, state="OPEN", created_at=clock.now(), **fields)


def groups(answer: object) -> list[tuple[str, list[str]]]:
    found = answer.context["groups"]  # type: ignore[attr-defined]
    return [(group.site.name, [card.zone.name for card in group.cards]) for group in found]


@pytest.fixture
def two() -> tuple[ParkingZone, ParkingZone]:
    """Return a zone of a site in the city, and one at the airport, 13 km away, whose site alone has a place."""
    city = make_site("Connaught Place", "CP")
    airport = make_site("Airport", "AIR", latitude=Decimal("28.556200"), longitude=Decimal("77.100000"))
    latitude, longitude = Decimal("28.631500"), Decimal("77.216700")
    return (
        make_zone("Zone A", site_id=city.pk, latitude=latitude, longitude=longitude),
        make_zone("Zone P1", site_id=airport.pk, rate="10.00", slots=20),
    )


# --- Sites ------------------------------------------------------------------------------------------------


def test_zones_of_several_sites_stand_by_site(two: tuple[ParkingZone, ParkingZone]) -> None:
    make_zone("Zone B", site_id=two[0].site_id, slots=3)
    answer = Client().get("/zones/?sort=free")
    assert groups(answer) == [("Airport", ["Zone P1"]), ("Connaught Place", ["Zone A", "Zone B"])]
    assert "<h2>Airport</h2>" in answer.content.decode()
    assert groups(Client().get("/zones/?sort=name"))[0] == ("Connaught Place", ["Zone A", "Zone B"])


def test_a_zone_says_its_site(zone: ParkingZone) -> None:
    zone.site.name = "Connaught Place"
    zone.site.save(update_fields=["name"])
    for address in ("/zones/", "/zones/live/", f"/zones/{zone.pk}/"):
        assert "Connaught Place" in text_of(Client().get(address))


# --- Distance ---------------------------------------------------------------------------------------------


def test_what_is_nearest_comes_first(two: tuple[ParkingZone, ParkingZone]) -> None:
    make_zone("Nowhere", site_id=two[0].site_id)
    answer = Client().get("/zones/?sort=distance&near=28.630,77.217")
    assert groups(answer) == [("Connaught Place", ["Zone A", "Nowhere"]), ("Airport", ["Zone P1"])]
    text = text_of(answer)
    assert "170 m" in text
    assert "14 km" in text
    near_airport = Client().get("/zones/?sort=distance&near=28.560,77.100")
    assert groups(near_airport)[0] == ("Airport", ["Zone P1"])
    page = near_airport.content.decode()
    assert 'data-live="/zones/live/?sort=distance&amp;near=28.560,77.100"' in page
    assert 'name="near" value="28.560,77.100"' in page  # another order keeps the place
    assert "data-locate" not in page


def test_only_the_list_may_ask_for_the_place(zone: ParkingZone) -> None:
    answer = Client().get("/zones/")
    assert answer.headers["Permissions-Policy"] == "geolocation=(self)"
    assert "data-locate" in answer.content.decode()
    assert "Permissions-Policy" not in Client().get(f"/zones/{zone.pk}/").headers


@pytest.mark.parametrize("near", ["", "here", "91,0", "0,181", "28.6", "28.6,77.2,1", "1e3,2", '"><b>,1'])
def test_what_is_no_place_sorts_as_usual(zone: ParkingZone, near: str) -> None:
    answer = Client().get("/zones/", {"sort": "distance", "near": near})
    assert (answer.status_code, answer.context["wanted"].sorting) == (200, "free")
    assert "><b>,1" not in answer.content.decode()


def test_a_place_is_read() -> None:
    assert read_point("28.63,-77.2167") == (28.63, -77.2167)


# --- Hours ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hour", "sentence"),
    [(12, "Open now, 08:00 to 22:00"), (7, "Closed now, opens at 08:00"), (5, "Closed now, opens at 06:00")],
)
def test_hours_of_site_and_zone_count(zone: ParkingZone, hour: int, sentence: str) -> None:
    zone.site.opens_at, zone.site.closes_at, zone.site.last_exit_at = time(6), time(23), time(23, 30)
    zone.site.save()
    ParkingZone.objects.update(opens_at=time(8), closes_at=time(22), max_height_cm=210, allowed_kinds=["CAR"])
    with time_machine.travel(on(hour), tick=False):
        text = text_of(Client().get(f"/zones/{zone.pk}/"))
    for words in (sentence, "Last exit at 23:30", "Not higher than 210 cm", "Only: Car"):
        assert words in text


def test_a_zone_without_hours_has_those_of_its_site(zone: ParkingZone) -> None:
    zone.site.opens_at, zone.site.closes_at = time(6), time(23)
    zone.site.save()
    with time_machine.travel(on(12), tick=False):
        assert "Open now, 06:00 to 23:00" in text_of(Client().get(f"/zones/{zone.pk}/"))


def test_a_closed_zone_says_when_it_opens(zone: ParkingZone) -> None:
    ParkingZone.objects.update(opens_at=time(8), closes_at=time(22))
    with time_machine.travel(on(7), tick=False):
        assert "Closed until 08:00" in text_of(Client().get("/zones/"))


# --- Tickets ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hour", "warns"), [(20, False), (22, False), (23, True)])
def test_a_car_inside_is_told_the_last_exit(zone, driver, staff, hour: int, warns: bool) -> None:
    zone.site.last_exit_at = time(23, 30)
    zone.site.save()
    with time_machine.travel(on(hour), tick=False):
        session = book(driver, zone)
        before = text_of(browser_of(driver).get(f"/tickets/{session.pk}/"))
        enter(staff, session)
        answer = browser_of(driver).get(f"/tickets/{session.pk}/")
    assert "Last exit" not in before
    assert "Last exit at 23:30. After that no car can leave." in text_of(answer)
    assert ("note note-warning" in answer.content.decode().split("Last exit at")[0].rsplit("<p", 1)[1]) == warns


@pytest.mark.parametrize(("minute", "told"), [(0, False), (45, True)])
def test_a_booking_whose_time_ends_after_closing_says_when_to_come(zone, driver, minute: int, told: bool) -> None:
    zone.site.opens_at, zone.site.closes_at = time(6), time(22)
    zone.site.save()
    with time_machine.travel(on(21, minute), tick=False):
        session = book(driver, zone)
        text = text_of(browser_of(driver).get(f"/tickets/{session.pk}/"))
    assert ("It closes at 22:00. Please come before then." in text) == told


# --- The time of the site -----------------------------------------------------------------------------------


def test_times_are_those_of_the_site(driver: User, staff: User) -> None:
    dubai = make_site("Creek", "DXB", time_zone="Asia/Dubai")
    fresh.forget_all()
    with time_machine.travel(on(10), tick=False):
        deck = make_zone("Deck", site_id=dubai.pk)
        session = enter(staff, book(driver, deck))
        book(driver, deck)
        browser = browser_of(driver)
        assert "Inside since 08:30" in text_of(browser.get("/tickets/"))
        assert "Since 08:30" in text_of(browser.get(f"/tickets/{session.pk}/"))
        office = browser_of(make_user(Role.ADMIN))
        for address in ("/office/sessions/", f"/office/sessions/{session.pk}/", "/office/payments/"):
            text = text_of(office.get(address))
            assert "08:30" in text
            assert "10:00" not in text


# --- Many zones ---------------------------------------------------------------------------------------------


def test_thirty_zones_are_shown_first_and_thirty_more_on_request(zone: ParkingZone, settings: Settings) -> None:
    settings.MAP_TILES = "https://{s}.tiles.example/{z}/{x}/{y}.png"
    for number in range(31):
        make_zone(f"Zone {number:02}", slots=1, latitude=Decimal("28.600000"), longitude=Decimal("77.200000"))
    first = Client().get("/zones/?sort=name")
    [(site, names)] = groups(first)
    assert (site, len(names), first.context["number"]) == (zone.site.name, 30, 32)
    assert "2 more zones" in text_of(first)
    rest = [card.zone for card in first.context["rest"]]
    assert f'href="/zones/?sort=name&amp;shown=60#zone-{rest[0].pk}"' in first.content.decode()
    # The map shows all zones that have a place.
    assert [f'data-address="/zones/{of.pk}/"' in first.content.decode() for of in rest] == [True, False]
    more = Client().get("/zones/?sort=name&shown=60")
    assert [len(of_site) for _, of_site in groups(more)] == [32]
    assert "more zone" not in text_of(more)
    assert 'data-live="/zones/live/?sort=name&amp;shown=60"' in more.content.decode()
    assert [len(of_site) for _, of_site in groups(Client().get("/zones/live/?sort=name"))] == [30]


@pytest.mark.parametrize("shown", ["0", "-5", "1e3", "९०", "9" * 40, "29"])
def test_what_is_no_number_of_zones_shows_as_many_as_usual(zone: ParkingZone, shown: str) -> None:
    answer = Client().get("/zones/", {"shown": shown})
    assert (answer.status_code, answer.context["wanted"].shown) == (200, 30)


def test_a_filter_begins_with_thirty_zones_again(zone: ParkingZone) -> None:
    answer = Client().get("/zones/?shown=60")
    assert answer.context["wanted"].chips[0].href == "?with=ev_charging"
