"""Zones compared, and booking in one."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from parking.checkout import cancelling
from parking.core import clock, fresh, site_settings
from parking.core.actor import SYSTEM
from parking.core.errors import DomainError
from parking.core.ids import Ref
from parking.facilities.models import ParkingZone
from parking.facilities.services import add_slots
from parking.stays.models import ParkingSession
from parking.tariffs.book import prices_now
from parking.tariffs.demand import demand_now
from parking.tariffs.models import ZoneTariff
from parking.tariffs.rules.demand import DemandStep
from parking.tariffs.versions import Draft
from parking.tariffs.zone_demand import set_demand
from parking.tariffs.zone_tariffs import add_tariff
from parking.vehicles.models import SavedVehicle
from parking.vehicles.saving import save_vehicle
from tests.build import actor, book, make_user, make_zone
from tests.web.driver.conftest import browser_of

NEW = {"vehicle": "new", "plate": "dl 01 ab 1234", "vehicle_kind": "CAR", "owner_name": "आशा राव", "key": "a-key"}


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


def names(answer) -> list[str]:
    return re.findall(r'id="zone-name-\d+"><a[^>]*>([^<]*)<', answer.content.decode())


# --- Zones -------------------------------------------------------------------------------------------


@pytest.fixture
def three_zones(db) -> dict[str, ParkingZone]:
    return {
        "Bazar": make_zone("Bazar", rate="20.00", slots=2),
        "Airport": make_zone("Airport", rate="90.00", slots=5, features=["covered", "ev_charging"]),
        "Cinema": make_zone("Cinema", rate="10.00", slots=0),
    }


@pytest.mark.parametrize(
    ("sorting", "expected"),
    [
        ("free", ["Airport", "Bazar", "Cinema"]),
        ("price", ["Bazar", "Airport", "Cinema"]),
        ("name", ["Airport", "Bazar", "Cinema"]),
        ("nonsense", ["Airport", "Bazar", "Cinema"]),
    ],
)
def test_zones_with_free_slots_come_first_in_the_wished_order(three_zones, sorting, expected):
    assert names(Client().get(f"/zones/?sort={sorting}")) == expected


def test_a_zone_tells_what_decides(db):
    make_zone(
        "North", rate="1250.00", slots=3, booking_fee=Decimal("40.00"), contact="+91 11 5550 0100", place="Level 1",
        features=["covered", "guarded"], restrictions="Height 2.1 m", latitude=Decimal("28.631500"),
        longitude=Decimal("77.216700"),
    )  # fmt: skip
    row = text_of(Client().get("/zones/"))
    for words in ("3 free of 3", "₹2,500 for 2 h", "Covered", "Guarded", "Level 1"):
        assert words in row
    zone = ParkingZone.objects.get()
    answer = Client().get(f"/zones/{zone.pk}/")
    text = text_of(answer)
    for words in ("3 free of 3", "₹1,250 per hour", "₹40 to book", "Covered", "Guarded", "Height 2.1 m",
                  "+91 11 5550 0100", "Level 1", "Open round the clock", "Directions"):  # fmt: skip
        assert words in text
    link = "https://www.google.com/maps/dir/?api=1&amp;destination=28.631500%2C77.216700"
    assert f'href="{link}" target="_blank" rel="noopener"' in answer.content.decode()


def test_kinds_of_vehicle_with_prices_of_their_own_are_told(zone):
    ZoneTariff.objects.create(zone=zone, vehicle_kind="TWO_WHEELER", hourly_rate="20.00", booking_fee="0.00")
    text = text_of(Client().get(f"/zones/{zone.pk}/"))
    assert "Car ₹50 per hour ₹50 to book" in text
    assert "Two-wheeler ₹20 per hour Nothing to pay for booking" in text


# --- The price of a stay, search and filters ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "price"),
    [
        ("", "₹200 for 2 h"),
        ("?hours=4", "₹400 for 4 h"),
        ("?hours=5", "₹200 for 2 h"),
        ("?with=TWO_WHEELER", "₹60 for 2 h"),
        ("?hours=1&with=TWO_WHEELER", "₹45 for 1 h"),  # the booking fee is the least that a booking costs
    ],
)
def test_a_zone_has_the_price_of_the_stay(db, query, price):
    zone = make_zone("North", rate="100.00")
    ZoneTariff.objects.create(zone=zone, vehicle_kind="TWO_WHEELER", hourly_rate="30.00", booking_fee="45.00")
    assert price in text_of(Client().get(f"/zones/{query}"))
    assert price in text_of(Client().get(f"/zones/live/{query}"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?q=air", ["Airport"]),
        ("?q=LEVEL+baz", ["Bazar"]),
        ("?with=covered", ["Airport", "Bazar"]),
        ("?with=covered&with=ev_charging", ["Airport"]),
        ("?with=TWO_WHEELER", ["Bazar"]),
        ("?with=nothing", ["Airport", "Bazar"]),
        ("?q=nowhere", []),
    ],
)
def test_search_and_filters_leave_the_zones_that_fit(db, query, expected):
    make_zone("Airport", slots=5, features=["covered", "ev_charging"], allowed_kinds=["CAR"])
    make_zone("Bazar", slots=2, features=["covered"], place="Level 2")
    assert names(Client().get(f"/zones/{query}")) == expected
    assert names(Client().get(f"/zones/live/{query}")) == expected


def test_a_filter_keeps_the_rest_of_the_address(zone):
    page = Client().get("/zones/?q=zone&hours=4&with=covered&near=28.6,77.2").content.decode()
    assert "4 h · until" in " ".join(page.split())
    assert 'href="?q=zone&amp;hours=4&amp;near=28.6,77.2&amp;with=covered&amp;with=accessible"' in page
    assert 'href="?q=zone&amp;hours=4&amp;near=28.6,77.2"' in page  # takes the filter away
    assert 'data-live="/zones/live/?q=zone&amp;hours=4&amp;near=28.6,77.2&amp;with=covered"' in page


# --- As last time -------------------------------------------------------------------------------------------


def again(page: Client) -> dict[str, str]:
    """Return the fields of the card that books as last time, with its address; empty without a card."""
    form = re.search(r'action="([^"]*)" class="again"(.*?)</form>', page.get("/zones/").content.decode(), re.DOTALL)
    if form is None:
        return {}
    return {"to": form[1]} | dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[2]))


def test_one_press_books_as_last_time(driver, zone, page):
    assert again(page) == {}
    cancelling.cancel(actor=actor(driver), session=Ref(pk=book(driver, zone, "DL-01-AB-1234").pk), reason="",
                      now=clock.now(), only_of_caller=True)  # fmt: skip
    values = again(page)
    assert (values["to"], values["plate"]) == (f"/zones/{zone.pk}/", "DL-01-AB-1234")
    sent = page.post(values.pop("to"), values)
    booked = ParkingSession.objects.latest("pk")
    assert sent.headers["Location"] == f"/tickets/{booked.pk}/"
    assert (booked.vehicle.vehicle_number, booked.zone) == ("DL-01-AB-1234", zone)
    assert again(page) == {}  # the vehicle has an open booking


def test_another_price_than_last_time_was_shown_with_is_asked_about(driver, zone, page):
    cancelling.cancel(actor=actor(driver), session=Ref(pk=book(driver, zone, "DL-01-AB-1234").pk), reason="",
                      now=clock.now(), only_of_caller=True)  # fmt: skip
    values = again(page)
    assert values["rates"] == "CAR:50.00"
    add_tariff(actor=SYSTEM, zone_id=zone.pk, draft=Draft({"base_rate": Decimal(60)}), now=clock.now())
    sent = page.post(values.pop("to"), values)
    assert "The price has changed. Please check it and book again." in text_of(sent)
    assert not ParkingSession.objects.open().exists()


def test_the_last_zone_that_is_free_takes_the_last_vehicle(driver, zone, page):
    small = make_zone("Small", slots=1)
    now = clock.now()
    for place, plate in ((zone, "DL-01-AB-1234"), (small, "DL-02-AB-1234")):
        session = book(driver, place, plate)
        cancelling.cancel(actor=actor(driver), session=Ref(pk=session.pk), reason="", now=now, only_of_caller=True)
    assert (again(page)["to"], again(page)["plate"]) == (f"/zones/{small.pk}/", "DL-02-AB-1234")
    book(make_user(), small, "DL-03-AB-1234")
    assert (again(page)["to"], again(page)["plate"]) == (f"/zones/{zone.pk}/", "DL-02-AB-1234")


def test_the_list_costs_three_statements(zone, django_assert_num_queries):
    make_zone("Zone B")
    site_settings.stored.value()  # the brand's name; read twice a second by each process
    prices_now.value()  # and so are the tariffs
    demand_now.value()
    with django_assert_num_queries(3):
        Client().get("/zones/")


def test_what_is_free_is_news_and_what_is_the_same_is_not(zone, driver):
    browser = Client()
    answer = browser.get("/zones/live/?sort=free")
    assert "10" in text_of(answer)
    assert "free of 10" in text_of(answer)
    again = browser.get("/zones/live/?sort=free", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_full_zone_says_so_and_names_others(driver):
    full = make_zone("Full", slots=1)
    other = make_zone("Other", rate="30.00", slots=4)
    book(driver, full)
    answer = browser_of(driver).get(f"/zones/{full.pk}/")
    assert "This zone is full now" in text_of(answer)
    assert f'href="/zones/{other.pk}/">Other · 4 free · ₹30 per hour' in re.sub(r"\s+", " ", answer.content.decode())


def test_the_map_is_there_with_tiles_and_places_only(zone, settings):
    settings.MAP_TILES = "https://{s}.tiles.example/{z}/{x}/{y}.png"
    plain = Client().get("/zones/")
    assert b"data-map" not in plain.content
    make_zone("Placed", latitude=Decimal("28.6"), longitude=Decimal("77.2"))
    with_map = Client().get("/zones/")
    assert b'data-tiles="https://{s}.tiles.example/{z}/{x}/{y}.png"' in with_map.content
    assert "img-src 'self' data: https://*.tiles.example" in with_map.headers["Content-Security-Policy"]
    settings.MAP_TILES = ""
    without = Client().get("/zones/")
    assert b"leaflet" not in without.content
    assert "tiles" not in without.headers["Content-Security-Policy"]


# --- Access ------------------------------------------------------------------------------------------


def test_everybody_sees_a_zone_and_is_asked_to_sign_in_to_book(zone):
    answer = Client().get(f"/zones/{zone.pk}/")
    assert f'href="/sign-in/?next=/zones/{zone.pk}/"' in answer.content.decode()
    assert b"<form" not in answer.content.split(b"<main")[1]
    sent = Client().post(f"/zones/{zone.pk}/", NEW)
    assert (sent.status_code, sent.headers["Location"]) == (302, "/sign-in/")
    assert not ParkingSession.objects.exists()


def test_attendants_do_not_book(zone, staff):
    assert "Booking is for drivers" in text_of(browser_of(staff).get(f"/zones/{zone.pk}/"))
    assert browser_of(staff).post(f"/zones/{zone.pk}/", NEW).status_code == 302
    assert not ParkingSession.objects.exists()


def test_without_a_token_nothing_is_booked(zone, driver):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(driver, backend="django.contrib.auth.backends.ModelBackend")
    assert browser.post(f"/zones/{zone.pk}/", NEW).status_code == 403
    assert not ParkingSession.objects.exists()


def test_a_zone_that_is_not_there(page):
    assert page.get("/zones/4711/").status_code == 404


# --- Booking -----------------------------------------------------------------------------------------


def test_a_new_vehicle_is_booked_and_remembered(page, zone, driver):
    answer = page.post(f"/zones/{zone.pk}/", NEW | {"remember": "on"})
    session = ParkingSession.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/tickets/{session.pk}/")
    assert (session.driver, session.owner_name, session.amount_paid) == (driver, "आशा राव", Decimal("50.00"))
    saved = SavedVehicle.objects.get(driver=driver)
    assert (saved.vehicle.vehicle_number, saved.owner_name) == ("DL-01-AB-1234", "आशा राव")


def test_a_vehicle_is_remembered_only_if_wished(page, zone):
    page.post(f"/zones/{zone.pk}/", NEW)
    assert not SavedVehicle.objects.exists()


def test_the_vehicle_booked_last_is_chosen_beforehand(page, zone, driver):
    now = clock.now()
    for number, plate in enumerate(["DL-01-AA-0001", "DL-01-AA-0002", "DL-01-AA-0003"]):
        save_vehicle(actor=actor(driver), plate=plate, owner_name="Asha", now=now + timedelta(seconds=number))
    session = book(driver, zone, "DL-01-AA-0002")
    browser_of(driver).post(f"/tickets/{session.pk}/cancel/", {"promised": "50.00"})
    content = page.get(f"/zones/{zone.pk}/").content.decode()
    (chosen,) = re.findall(r'<input type="radio"[^>]* checked>', content)
    assert f'value="{SavedVehicle.objects.get(vehicle=session.vehicle).pk}"' in chosen


def test_three_taps_book_a_saved_vehicle(page, zone, driver):
    saved = save_vehicle(actor=actor(driver), plate="DL-01-AB-1234", owner_name="Asha Rao", vehicle_kind="EV",
                         now=clock.now())  # fmt: skip
    page.post(f"/zones/{zone.pk}/", {"vehicle": saved.pk, "key": "k"})
    session = ParkingSession.objects.get()
    assert (session.vehicle, session.owner_name, session.vehicle_kind) == (saved.vehicle, "Asha Rao", "EV")


def test_somebody_elses_saved_vehicle_is_no_choice(page, zone):
    theirs = save_vehicle(actor=actor(make_user()), plate="DL-01-AB-1234", owner_name="Other", now=clock.now())
    answer = page.post(f"/zones/{zone.pk}/", {"vehicle": theirs.pk})
    assert answer.status_code == 200
    assert "Other" not in text_of(answer)
    assert not ParkingSession.objects.exists()


def test_the_button_says_what_it_costs(page, zone):
    assert "Book and pay ₹50" in text_of(page.get(f"/zones/{zone.pk}/"))


def rates_of(answer):
    (rates,) = re.findall(r'name="rates" value="([^"]*)"', answer.content.decode())
    return rates


def test_another_price_than_the_page_had_is_asked_about_again(page, zone):
    assert rates_of(page.get(f"/zones/{zone.pk}/")) == "CAR:50.00"
    draft = Draft({"base_rate": Decimal("60.00"), "booking_fee": Decimal("50.00")})
    add_tariff(actor=SYSTEM, zone_id=zone.pk, draft=draft, now=clock.now())
    answer = page.post(f"/zones/{zone.pk}/", NEW | {"rates": "CAR:50.00"})
    assert "The price has changed. Please check it and book again." in text_of(answer)
    assert (rates_of(answer), ParkingSession.objects.exists()) == ("CAR:60.00", False)
    page.post(f"/zones/{zone.pk}/", NEW | {"rates": "CAR:60.00", "key": "another"})
    assert ParkingSession.objects.get().terms["base_rate"] == "60.00"


def test_each_kind_is_shown_and_asked_for_its_own_busy_times(page, zone, driver):
    """Five of ten slots for cars are taken; with the slots for charging, electric cars have five of twenty."""
    add_slots(actor=SYSTEM, zone_id=zone.pk, prefix="E-", first=1, last=10, kind="EV", now=clock.now())
    set_demand(actor=SYSTEM, zone_id=zone.pk, steps=[DemandStep(50, 20)], now=clock.now())
    for _ in range(5):
        book(make_user(), zone)
    fresh.forget_all()
    assert rates_of(page.get(f"/zones/{zone.pk}/")) == "CAR:60.00 EV:50.00"
    page.post(f"/zones/{zone.pk}/", NEW | {"vehicle_kind": "EV", "rates": "CAR:60.00 EV:50.00"})
    assert ParkingSession.objects.get(driver=driver).offers == {}


@pytest.mark.parametrize("rates", ["", "CAR", "CAR:NaN", "CAR:-1.00", "CAR:1e9.00", "\x00", "EV:1.00"])
def test_rates_that_no_page_had_are_no_expectation(page, zone, rates):
    assert page.post(f"/zones/{zone.pk}/", NEW | {"rates": rates}).status_code == 302


def test_a_form_sent_twice_books_once(page, zone):
    first, second = (page.post(f"/zones/{zone.pk}/", NEW) for _ in range(2))
    assert ParkingSession.objects.count() == 1
    assert first.headers["Location"] == second.headers["Location"]


def test_another_form_for_the_same_vehicle_is_refused_in_words(page, zone):
    page.post(f"/zones/{zone.pk}/", NEW)
    answer = page.post(f"/zones/{zone.pk}/", NEW | {"key": "another"})
    assert answer.status_code == 200
    assert "This vehicle has an open booking already." in text_of(answer)
    assert 'href="/tickets/"' in answer.content.decode().partition("data-booking")[2]
    assert 'value="dl 01 ab 1234"' in answer.content.decode()
    assert 'name="key" value="another"' not in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"plate": ""}, "This field is required."),
        ({"plate": "!!"}, "Please check the plate."),
        ({"owner_name": " "}, "This field is required."),
    ],
)
def test_what_is_wrong_is_said_at_the_form(page, zone, changes, sentence):
    answer = page.post(f"/zones/{zone.pk}/", NEW | changes)
    assert answer.status_code == 200
    assert sentence in text_of(answer)
    assert not ParkingSession.objects.exists()


def test_a_plate_that_the_service_refuses_is_wrong_at_its_field(page, zone):
    answer = page.post(f"/zones/{zone.pk}/", NEW | {"plate": "!!"})
    assert re.search(r'<input[^>]*name="plate"[^>]*aria-invalid="true"', answer.content.decode())


def test_a_zone_that_filled_up_meanwhile_is_refused_with_others(page, driver):
    full, other = make_zone("Full", slots=1), make_zone("Other", slots=4)
    book(make_user(), full)
    answer = page.post(f"/zones/{full.pk}/", NEW)
    assert answer.status_code == 200
    assert "This zone is full. Please try another one." in text_of(answer)
    assert f'href="/zones/{other.pk}/"' in answer.content.decode()


def test_a_gateway_that_waits_leads_to_the_payment(page, zone, settings):
    settings.SIMULATED_OUTCOME = "PENDING"
    answer = page.post(f"/zones/{zone.pk}/", NEW)
    assert answer.headers["Location"] == f"/tickets/{ParkingSession.objects.get().pk}/pay/"


def test_a_declined_fee_is_said_at_the_form_and_frees_the_slot(page, zone, settings):
    settings.SIMULATED_OUTCOME = "DECLINE"
    answer = page.post(f"/zones/{zone.pk}/", NEW)
    assert "The payment did not go through." in text_of(answer)
    assert ParkingSession.objects.get().end_reason == "UNPAID"


def test_refusals_are_no_surprise(page, zone, monkeypatch):
    def refuse(**_values):
        raise DomainError("zone_inactive", "closed")

    monkeypatch.setattr("parking.web.driver.booking.booking.book", refuse)
    assert "This zone is closed." in text_of(page.post(f"/zones/{zone.pk}/", NEW))
