"""The code of a pass at the gate: in, out, and which of its vehicles it is."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from time_machine import Traveller

from parking.accounts.models import User
from parking.facilities.models import ParkingZone
from parking.passes.models import Subscription
from parking.stays.models import ParkingSession
from tests.build import book, leave
from tests.moments import START
from tests.passes.build import bought, make_plan
from tests.passes.organisations import invoiced, make_organisation, midday, upload

pytestmark = pytest.mark.django_db

PLATE, OTHER = "DL-01-AB-1234", "DL-01-AB-5678"
CARS = (PLATE, OTHER)


@pytest.fixture(autouse=True)
def at_start(time_machine: Traveller) -> None:
    time_machine.move_to(START, tick=False)


@pytest.fixture
def gate(staff: User) -> Client:
    browser = Client()
    browser.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def _scan(gate: Client, held: Subscription, direction: str, scan_id: str, **fields: str) -> Any:
    body = {"qr_code": held.pass_code, "scan_id": scan_id, "direction": direction} | fields
    return gate.post("/gate/scan/", body)


def _verdict(answer: Any) -> tuple[str, str]:
    verdict = answer.context["verdict"]
    return verdict.tone, str(verdict.sentence)


def test_a_pass_of_one_vehicle_lets_it_in_and_out(gate: Client, driver: User, zone: ParkingZone) -> None:
    held = bought(driver, make_plan(zone), PLATE)
    assert _verdict(_scan(gate, held, "BOTH", "s1")) == ("yes", f"Pass {held.number}. The car may go in.")
    assert _verdict(_scan(gate, held, "BOTH", "s1"))[0] == "yes"
    quote = _scan(gate, held, "BOTH", "s2")
    assert quote.context["to_pay"] == 0
    assert _verdict(_scan(gate, held, "IN", "s3"))[0] == "no"
    collected = gate.post(
        "/gate/collect/", {"qr_code": held.pass_code, "scan_id": "s4", "method": "CASH", "due": "0.00"}
    )
    assert _verdict(collected) == ("yes", "The car may go out.")


def test_a_pass_of_several_asks_for_the_plate(gate: Client, driver: User, zone: ParkingZone) -> None:
    held = bought(driver, make_plan(zone, vehicles=2, inside=2), PLATE, OTHER)
    asked = _scan(gate, held, "IN", "s1")
    assert asked.context["verdict"].plates == (PLATE, OTHER)
    assert f'value="{OTHER}"' in asked.content.decode()
    for number, plate in enumerate((OTHER, PLATE)):
        assert _verdict(_scan(gate, held, "IN", f"in{number}", plate_seen=plate))[0] == "yes"
    out = _scan(gate, held, "OUT", "s3")
    assert out.context["verdict"].plates == (PLATE, OTHER)
    assert _scan(gate, held, "OUT", "s4", plate_seen=OTHER).context["session"].vehicle.vehicle_number == OTHER
    assert ParkingSession.objects.count() == 2


def test_a_plate_that_is_not_on_the_pass_is_stopped(gate: Client, driver: User, zone: ParkingZone) -> None:
    held = bought(driver, make_plan(zone), PLATE)
    assert _verdict(_scan(gate, held, "IN", "s1", plate_seen=OTHER)) == ("no", "This plate is not on the pass.")


def test_a_pass_is_sold_at_the_counter_once_per_form(gate: Client, driver: User, zone: ParkingZone) -> None:
    plan = make_plan(zone, vehicles=2)
    values = {"username": driver.username, "plan": plan.pk, "vehicles": f"{PLATE}\n{OTHER}", "method": "CASH"}
    answers = [gate.post("/gate/passes/", values | {"tendered": "2,000", "key": "k1"}, follow=True) for _ in range(2)]
    held = Subscription.objects.get()
    assert (held.status, held.vehicles.count()) == ("ACTIVE", 2)
    assert f"Pass {held.number} was sold for ₹1,500. Change: ₹500" in answers[1].content.decode()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"username": "nobody"}, "This account was not found."),
        ({"tendered": "100"}, "The cash received is less than the amount due."),
        ({"method": "UPI"}, "Enter the 12 digits of the UPI reference."),
    ],
)
def test_what_the_counter_is_told(
    gate: Client, driver: User, zone: ParkingZone, fields: dict[str, str], said: str
) -> None:
    values = {"username": driver.username, "plan": make_plan(zone).pk, "vehicles": PLATE, "method": "CASH"}
    assert said in gate.post("/gate/passes/", values | fields).content.decode()
    assert not Subscription.objects.exists()


def test_a_pass_is_sold_to_an_organisation(gate: Client, driver: User, zone: ParkingZone) -> None:
    plan = make_plan(zone)
    assert 'name="organisation"' not in gate.get("/gate/passes/").content.decode()
    organisation = make_organisation(zone, contact_id=driver.pk)
    labels = gate.get("/gate/passes/").content.decode()
    assert "optional" not in labels[labels.index("Username of the driver") : labels.index("Plan<")]
    values = {"plan": plan.pk, "vehicles": PLATE, "method": "CASH", "key": "k1"}
    assert "This field is required." in gate.post("/gate/passes/", values).content.decode()
    both = values | {"username": driver.username, "organisation": organisation.pk}
    assert "Leave this empty, or choose no organisation." in gate.post("/gate/passes/", both).content.decode()
    gate.post("/gate/passes/", values | {"organisation": organisation.pk})
    held = Subscription.objects.get(organisation=None)
    assert (held.driver, held.bought_for, held.holder_name) == (driver, organisation, "City Hospital")


def test_an_organisation_of_another_site_or_without_contact_is_not_offered(gate: Client, zone: ParkingZone) -> None:
    plan, nobody = make_plan(zone), make_organisation(zone)
    values = {"plan": plan.pk, "vehicles": PLATE, "method": "CASH", "key": "k1", "organisation": nobody.pk}
    gate.post("/gate/passes/", values)
    assert not Subscription.objects.filter(organisation=None).exists()


def test_an_organisation_that_is_overdue_is_amber_and_then_pays(
    staff: User, zone: ParkingZone, time_machine: Traveller
) -> None:
    organisation = make_organisation(zone)
    upload(organisation, *CARS)
    invoiced(organisation, date(2026, 12, 22))
    for number, (day, text) in enumerate(
        (
            (date(2027, 1, 2), "City Hospital has an overdue invoice. The car may go in."),
            (date(2027, 1, 7), "City Hospital has not paid its invoice: this car pays. It may go in."),
        )
    ):
        time_machine.move_to(midday(day), tick=False)
        browser = Client()
        browser.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
        scanned = _scan(browser, organisation.subscription, "IN", f"s{number}", plate_seen=CARS[number])
        assert _verdict(scanned) == ("wait", text)


def test_an_overdue_invoice_is_said_without_the_code_of_the_pass(
    staff: User, driver: User, zone: ParkingZone, time_machine: Traveller
) -> None:
    organisation = make_organisation(zone)
    upload(organisation, *CARS)
    invoiced(organisation, date(2026, 12, 22))
    days = (
        (date(2027, 1, 1), ""),
        (date(2027, 1, 2), "City Hospital has an overdue invoice. The car may go in."),
        (date(2027, 1, 7), "City Hospital has not paid its invoice: this car pays. It may go in."),
    )
    for day, text in days:
        time_machine.move_to(midday(day), tick=False)
        browser = Client()
        browser.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
        booked = book(driver, zone, PLATE, midday(day))
        scanned = browser.post("/gate/scan/", {"qr_code": booked.qr_code, "direction": "IN", "scan_id": f"s{day}"})
        assert _verdict(scanned) == ("wait" if text else "yes", text or _verdict(scanned)[1])
        leave(staff, booked, now=midday(day))
        ticket = {"plate": PLATE, "zone": zone.pk, "vehicle_kind": "CAR", "let_in": "1", "key": f"k{day}"}
        given = browser.post("/gate/ticket/", ticket, follow=True).content.decode()
        assert (text in given) and ("City Hospital" in given) == bool(text)
        leave(staff, ParkingSession.objects.latest("pk"), now=midday(day))


def test_a_long_list_asks_for_the_plate_to_be_typed(gate: Client, zone: ParkingZone) -> None:
    organisation = make_organisation(zone, vehicles=21)
    plates = [f"KA-01-AB-{number:04d}" for number in range(21)]
    upload(organisation, *plates)
    asked = _scan(gate, organisation.subscription, "IN", "s1")
    assert asked.context["verdict"].plates == ()
    assert "plate-of-many" in asked.content.decode()
    assert _verdict(_scan(gate, organisation.subscription, "IN", "s1", plate_seen=plates[7]))[0] == "yes"
