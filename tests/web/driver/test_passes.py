"""The driver's passes: what the pages say, and what their forms do."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags
from time_machine import Traveller

from parking.accounts.models import User
from parking.core import fresh
from parking.core.plate_words import plate_words
from parking.facilities.models import ParkingSite, ParkingZone
from parking.passes.models import PassVehicle, Plan, Subscription
from parking.payments.gateways.base import GatewayState
from parking.payments.models import PaymentOrder
from tests.build import make_user, make_zone
from tests.gateway import FakeGateway
from tests.moments import START, at
from tests.passes.build import bought, make_plan
from tests.web.markup import one_line

pytestmark = pytest.mark.django_db

PLATE = "DL-01-AB-1234"


@pytest.fixture(autouse=True)
def at_start(time_machine: Traveller) -> None:
    time_machine.move_to(START, tick=False)


@pytest.fixture
def plan(zone: ParkingZone) -> Plan:
    return make_plan(zone, name="Monthly", period="MONTH", price="5000.00")


def _browser(user: User) -> Client:
    browser = Client()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def _text(answer: object) -> str:
    return str(answer.content.decode())  # type: ignore[attr-defined]


def _buy(browser: Client, plan: Plan, **fields: str) -> object:
    values = {"vehicles": PLATE, "starts_on": "2026-11-22", "key": "k1"} | fields
    return browser.post(f"/passes/buy/{plan.pk}/", values)


def test_the_plans_are_shown_with_what_they_cover(driver: User, zone: ParkingZone) -> None:
    make_plan(zone, name="Office", price="900.00", begins="08:00", ends="20:00", days=["MON", "TUE"])
    text = _text(_browser(driver).get("/passes/"))
    assert "Office" in text and "₹900" in text
    assert "Mon, Tue 08:00–20:00" in text


def test_the_first_day_is_that_of_the_car_park(driver: User, time_machine: Traveller) -> None:
    """At 22:00 in Delhi it is tomorrow in Tokyo: today would be refused there."""
    tokyo = ParkingSite.objects.create(name="Ginza", code="GNZ", state="OPEN", time_zone="Asia/Tokyo", created_at=START)
    fresh.forget_all()
    plan = make_plan(make_zone("Deck", site_id=tokyo.pk))
    time_machine.move_to(at(12 * 60), tick=False)
    form = _browser(driver).get(f"/passes/buy/{plan.pk}/").context["form"]
    assert form["starts_on"].initial == date(2026, 11, 23)


def test_a_pass_is_bought_once_however_often_the_form_is_sent(driver: User, plan: Plan) -> None:
    browser = _browser(driver)
    answers = [_buy(browser, plan) for _ in range(2)]
    held = Subscription.objects.get()
    assert {answer.headers["Location"] for answer in answers} == {f"/passes/{held.number}/"}  # type: ignore[attr-defined]
    shown = _text(browser.get(f"/passes/{held.number}/"))
    assert held.pass_code in shown and "data:image" in shown
    assert "22 Nov 2026 – 21 Dec 2026" in one_line(strip_tags(shown))
    assert "Monthly" in _text(browser.get("/passes/"))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"vehicles": "???"}, "Please check the plate."),
        ({"vehicles": f"{PLATE}\nDL-01-AB-5678"}, "1 to 1 vehicles"),
        ({"starts_on": "2026-11-20"}, "Today, or up to 60 days ahead"),
    ],
)
def test_what_is_wrong_is_said_at_the_form(driver: User, plan: Plan, fields: dict[str, str], said: str) -> None:
    assert said in _text(_buy(_browser(driver), plan, **fields))
    assert not Subscription.objects.exists()


def test_a_payment_that_waits_has_a_page_that_goes_on_to_the_pass(
    driver: User, plan: Plan, gateway: FakeGateway, time_machine: Traveller
) -> None:
    gateway.outcome = GatewayState.PENDING
    browser = _browser(driver)
    address = _buy(browser, plan).headers["Location"]  # type: ignore[attr-defined]
    held, order = Subscription.objects.get(), PaymentOrder.objects.get()
    assert address == f"/passes/{held.number}/pay/"
    assert order.pay_url in _text(browser.get(address))
    assert browser.get(f"/pay/return/{order.order_id}/").headers["Location"] == address
    assert browser.get(f"{address}live/").status_code == 200
    gateway.decide(GatewayState.COMPLETED)
    time_machine.shift(3)
    browser.post(f"{address}check/")
    assert browser.get(f"{address}live/").headers["HX-Redirect"] == f"/passes/{held.number}/"


def test_a_second_vehicle_is_named_with_the_day_from_which_it_holds(driver: User, plan: Plan) -> None:
    held, browser = bought(driver, plan, PLATE), _browser(driver)
    browser.post(f"/passes/{held.number}/vehicles/", {"vehicles": "DL-01-AB-5678"})
    assert PassVehicle.objects.count() == 2
    assert f"{plate_words('DL-01-AB-5678')} is on the pass from 23 Nov 2026." in _text(
        browser.get(f"/passes/{held.number}/")
    )


def test_renewal_is_switched_and_the_pass_cancelled(driver: User, plan: Plan) -> None:
    held, browser = bought(driver, plan, PLATE), _browser(driver)
    browser.post(f"/passes/{held.number}/renewal/", {"auto_renew": "1"})
    assert "Do not renew" in _text(browser.get(f"/passes/{held.number}/"))
    browser.post(f"/passes/{held.number}/cancel/")
    held.refresh_from_db()
    assert held.status == "CANCELLED"
    again = _text(browser.post(f"/passes/{held.number}/cancel/"))
    assert "This pass is over." in again and held.pass_code not in again


def test_the_pages_speak_hindi(driver: User, plan: Plan) -> None:
    held, browser = bought(driver, plan, PLATE), _browser(driver)
    browser.cookies["language"] = "hi"
    browser.post("/language/", {"language": "hi", "next": "/passes/"})
    for address in ("/passes/", f"/passes/buy/{plan.pk}/", f"/passes/{held.number}/"):
        text = _text(browser.get(address))
        assert "पास" in text and "Vehicles" not in text


def test_a_stranger_finds_no_pass(driver: User, plan: Plan) -> None:
    held = bought(driver, plan, PLATE)
    assert _browser(make_user()).get(f"/passes/{held.number}/").status_code == 404


def test_the_page_of_a_zone_says_what_a_pass_covers_there(driver: User, plan: Plan, zone: ParkingZone) -> None:
    said = f"Your pass Monthly covers {plate_words(PLATE)} here"
    assert said not in _text(_browser(driver).get(f"/zones/{zone.pk}/"))
    bought(driver, plan, PLATE)
    assert said in _text(_browser(driver).get(f"/zones/{zone.pk}/"))
    assert said not in _text(_browser(make_user()).get(f"/zones/{zone.pk}/"))


@pytest.mark.parametrize(
    ("wrong", "field", "text"),
    [
        ({"vehicles": f"{PLATE}\nDL-01-AB-1235"}, "vehicles", "1 से 1 गाड़ियाँ।"),
        ({"starts_on": "2026-11-21"}, "starts_on", "आज, या ज़्यादा से ज़्यादा 60 दिन आगे।"),
        ({"starts_on": "2027-01-22"}, "starts_on", "आज, या ज़्यादा से ज़्यादा 60 दिन आगे।"),
    ],
)
def test_what_a_pass_may_not_be_is_said_in_hindi_at_its_field(
    driver: User, plan: Plan, wrong: dict[str, str], field: str, text: str
) -> None:
    browser = _browser(driver)
    browser.cookies["django_language"] = "hi"
    answer: Any = _buy(browser, plan, **wrong)
    assert answer.context["form"].errors == {field: [text]}
    assert not Subscription.objects.exists()
