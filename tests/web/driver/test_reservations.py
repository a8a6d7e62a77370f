"""The driver's pages of reservations and waiting lists: what they say, and what their forms do."""

from decimal import Decimal

import pytest
from django.test import Client
from time_machine import Traveller

from parking.accounts.models import User
from parking.checkout import placing, waiting_list
from parking.core.actor import SYSTEM
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.stays.models import ParkingSession
from parking.stays.waiting_models import WaitingEntry
from parking.tariffs.versions import Draft
from parking.tariffs.zone_tariffs import add_tariff
from tests.build import book, cancel, make_user, make_zone, reloaded, reserve
from tests.moments import START, at

pytestmark = pytest.mark.django_db

PLATE = "DL-01-AB-1234"
# 20:00 to 22:00 in Delhi.
QUERY = "?day=2026-11-22&time=20:00&minutes=120"


@pytest.fixture(autouse=True)
def at_start(time_machine: Traveller) -> Traveller:
    time_machine.move_to(START, tick=False)
    return time_machine


@pytest.fixture
def browser(driver: User) -> Client:
    browser = Client()
    browser.force_login(driver, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def _text(answer: object) -> str:
    return " ".join(answer.content.decode().split())  # type: ignore[attr-defined]


def test_a_window_is_shown_with_its_price_and_reserved(browser: Client, zone: ParkingZone) -> None:
    shown = _text(browser.get(f"/zones/{zone.pk}/reserve/{QUERY}"))
    assert "Today 20:00 – 22:00" in shown
    assert "A place is free for this time." in shown
    assert "₹100" in shown
    new = {"vehicle": "new", "plate": PLATE, "vehicle_kind": "CAR", "owner_name": "Asha Rao", "key": "k1"}
    answer = browser.post(f"/zones/{zone.pk}/reserve/{QUERY}", new)
    session = ParkingSession.objects.get()
    assert answer.headers["Location"] == f"/tickets/{session.pk}/"
    assert (session.starts_at, session.ends_at) == (at(600), at(720))
    browser.post(f"/zones/{zone.pk}/reserve/{QUERY}", new)
    assert ParkingSession.objects.count() == 1
    ticket = _text(browser.get(f"/tickets/{session.pk}/"))
    assert "Come between 19:30 and 20:30." in ticket


def test_another_price_of_the_window_is_asked_about_again(browser: Client, zone: ParkingZone) -> None:
    address = f"/zones/{zone.pk}/reserve/{QUERY}"
    assert 'name="rates" value="CAR:50.00"' in _text(browser.get(address))
    draft = Draft({"base_rate": Decimal("60.00")}, valid_from=at(600))
    add_tariff(actor=SYSTEM, zone_id=zone.pk, draft=draft, now=START)
    new = {"vehicle": "new", "plate": PLATE, "vehicle_kind": "CAR", "owner_name": "Asha Rao", "rates": "CAR:50.00"}
    refused = _text(browser.post(address, new | {"key": "k1"}))
    assert "The price has changed. Please check it and book again." in refused
    assert 'name="rates" value="CAR:60.00"' in refused and not ParkingSession.objects.exists()
    browser.post(address, new | {"key": "k2", "rates": "CAR:60.00"})
    assert ParkingSession.objects.get().terms["base_rate"] == "60.00"


def test_a_full_window_leads_to_others(browser: Client, driver: User) -> None:
    zone, other = make_zone(slots=2), make_zone("Second", slots=2)
    reserve(driver, zone, at(600), at(720), now=START)
    shown = _text(browser.get(f"/zones/{zone.pk}/reserve/{QUERY}"))
    assert "All places of this time are reserved." in shown
    assert f'href="/zones/{zone.pk}/reserve/?day=2026-11-22&amp;time=18%3A00&amp;minutes=120"' in shown
    assert f'href="/zones/{other.pk}/reserve/?day=2026-11-22&amp;time=20%3A00&amp;minutes=120"' in shown
    assert "Reserve and pay" not in shown


def test_a_time_that_is_over_is_told_at_its_field(browser: Client, zone: ParkingZone) -> None:
    shown = _text(browser.get(f"/zones/{zone.pk}/reserve/?day=2026-11-22&time=09:00&minutes=120"))
    assert "At least 15 minutes from now" in shown


def test_a_car_inside_is_extended_with_one_press(browser: Client, driver: User, at_start: Traveller) -> None:
    session = reserve(driver, make_zone(slots=2), at(600), at(720), now=START)
    reserve(driver, session.zone, at(780), at(900), now=START)
    at_start.move_to(at(610), tick=False)
    ticket = _text(browser.get(f"/tickets/{session.pk}/"))
    assert f'value="{at(750).isoformat()}"' in ticket
    browser.post(f"/tickets/{session.pk}/extend/", {"ends_at": at(750).isoformat(), "key": "k1"})
    assert reloaded(session).ends_at == at(750)
    refused = browser.post(f"/tickets/{session.pk}/extend/", {"ends_at": at(870).isoformat(), "key": "k2"}, follow=True)
    assert "Others have reserved the time after 23:00." in _text(refused)
    assert reloaded(session).ends_at == at(750)


def test_the_window_is_changed_on_a_page(browser: Client, driver: User, zone: ParkingZone) -> None:
    session = reserve(driver, zone, at(600), at(720), PLATE, now=START)
    values = {"day": "2026-11-23", "time": "10:00", "minutes": "60", "plate": PLATE, "owner_name": "Asha Rao"}
    browser.post(f"/tickets/{session.pk}/change/", {**values, "phone": "+91 98765 43210", "key": "k1"})
    changed = reloaded(session)
    assert (changed.starts_at, changed.ends_at, changed.phone) == (at(1440), at(1500), "+91 98765 43210")
    again = browser.post(f"/tickets/{session.pk}/change/", {**values, "day": "2026-11-21", "key": "k2"})
    assert "At least 15 minutes from now" in _text(again)


def test_a_window_that_is_too_far_is_refused_at_its_field_in_the_readers_language(
    browser: Client, driver: User, zone: ParkingZone
) -> None:
    session = reserve(driver, zone, at(600), at(720), now=START)
    browser.cookies["django_language"] = "hi"
    values = {"minutes": "60", "plate": PLATE, "owner_name": "Asha Rao", "time": "10:00", "key": "k1"}
    answer = browser.post(f"/tickets/{session.pk}/change/", {**values, "day": "2027-11-23"})
    assert answer.context["form"].errors == {"time": ["आज से ज़्यादा से ज़्यादा 60 दिन आगे।"]}


def test_fifteen_minutes_more_are_given_once(browser: Client, driver: User, zone: ParkingZone) -> None:
    session = book(driver, zone, now=START)
    browser.post(f"/tickets/{session.pk}/late/", {"key": "k1"})
    assert reloaded(session).enter_by == at(45)
    again = browser.post(f"/tickets/{session.pk}/late/", {"key": "k2"}, follow=True)
    assert "You asked for more time once already." in _text(again)


def test_a_reservation_without_place_shows_its_voucher(
    browser: Client, driver: User, zone: ParkingZone, at_start: Traveller
) -> None:
    session = reserve(driver, zone, at(60), at(120), now=START)
    ParkingSlot.objects.update(status="OUT_OF_SERVICE")
    placing.claim_places(now=at(60))
    at_start.move_to(at(61), tick=False)
    ticket = _text(browser.get(f"/tickets/{session.pk}/"))
    assert "No place was free when your reservation began." in ticket
    assert f"Your voucher: {reloaded(session).voucher}." in ticket


def test_a_driver_waits_and_accepts_on_pages(browser: Client, driver: User) -> None:
    zone = make_zone(slots=1)
    held = book(make_user(), zone, now=START)
    assert f'href="/zones/{zone.pk}/wait/"' in _text(browser.get(f"/zones/{zone.pk}/"))
    new = {"vehicle": "new", "plate": PLATE, "vehicle_kind": "CAR", "owner_name": "Asha Rao", "patience": "60"}
    assert browser.post(f"/zones/{zone.pk}/wait/", {**new, "key": "k1"}).headers["Location"] == "/waiting/"
    assert "Number 1 in line" in _text(browser.get("/waiting/"))
    cancel(held.driver, held, START)  # type: ignore[arg-type]
    waiting_list.offer_places(now=START)
    assert "A place is yours, if you accept it by 10:10." in _text(browser.get("/waiting/"))
    entry = WaitingEntry.objects.get()
    answer = browser.post(f"/waiting/{entry.pk}/accept/", {"key": "k2"})
    assert answer.headers["Location"] == f"/tickets/{entry.session_id or ParkingSession.objects.latest('pk').pk}/"
    assert WaitingEntry.objects.get().state == "TAKEN"


def test_a_full_window_is_waited_for_on_its_page(browser: Client, driver: User) -> None:
    zone = make_zone(slots=2)
    held = reserve(make_user(), zone, at(600), at(720), now=START)
    page = f"/zones/{zone.pk}/wait/?day=2026-11-22&time=20%3A00&minutes=120"
    assert f'href="{page.replace("&", "&amp;")}"' in _text(browser.get(f"/zones/{zone.pk}/reserve/{QUERY}"))
    shown = _text(browser.get(page))
    assert "it is offered to the first in line, until 19:45." in shown
    assert "How long do you wait?" not in shown
    new = {"vehicle": "new", "plate": PLATE, "vehicle_kind": "CAR", "owner_name": "Asha Rao", "key": "k1"}
    assert browser.post(page, new).headers["Location"] == "/waiting/"
    entry = WaitingEntry.objects.get()
    assert (entry.starts_at, entry.ends_at, entry.until) == (at(600), at(720), at(600))
    cancel(held.driver, held, START)  # type: ignore[arg-type]
    again = _text(browser.post(page, {**new, "plate": "DL-02-AB-1234", "key": "k2"}))
    assert f'href="/zones/{zone.pk}/reserve/?day=2026-11-22&amp;time=20%3A00&amp;minutes=120"' in again


def test_a_window_that_is_too_near_is_not_waited_for(browser: Client, zone: ParkingZone) -> None:
    answer = browser.get(f"/zones/{zone.pk}/wait/?day=2026-11-22&time=10:00&minutes=120")
    assert answer.headers["Location"].startswith(f"/zones/{zone.pk}/reserve/?day=2026-11-22")


def test_pages_count_what_can_be_booked(browser: Client, driver: User, zone: ParkingZone) -> None:
    for _ in range(3):
        reserve(driver, zone, at(60), at(120), now=START)
    assert "7 free" in _text(browser.get("/zones/"))
