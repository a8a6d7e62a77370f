"""Phones at the gate: two digits are shown, all ten find a stay, on record."""

import pytest

from parking.accounts.models import Role
from parking.audit.models import AuditEntry
from parking.core import clock
from parking.facilities.models import ParkingSite
from parking.stays.rules import phone_digits
from tests.build import book, enter, leave, make_user, make_zone, take_ticket
from tests.client import ApiClient
from tests.invariants import nothing_changes

pytestmark = pytest.mark.django_db

SEARCH = "/api/staff/phone-search/"


@pytest.fixture
def inside(staff, driver, zone):
    driver.phone = "+91 98765-43210"
    driver.save()
    return enter(staff, book(driver, zone, "DL-01-AB-1234"))


def test_a_stay_shows_two_digits_and_no_more(gate, inside):
    text = gate.client.get(f"/gate/stays/{inside.pk}/").content.decode()
    assert "<dd data-phone>10</dd>" in text
    assert "43210" not in text


@pytest.mark.parametrize("phone", ["9876543210", "098765 43210", "+91-98765-43210"])
def test_all_digits_find_the_stay_and_are_on_record(gate, staff, inside, phone):
    assert "DL 01 AB 1234" in gate.client.post("/gate/phone/", {"phone": phone}).content.decode()
    entry = AuditEntry.objects.get(action="phone.searched")
    assert (entry.actor_id, entry.facts) == (staff.pk, {"ends_in": "10", "found": 1})


@pytest.mark.parametrize("phone", ["43210", "876543210", "10", "x", "98765432101234"])
def test_less_than_all_digits_finds_nothing(gate, inside, phone):
    with nothing_changes():
        text = gate.client.post("/gate/phone/", {"phone": phone}).content.decode()
    assert "Type all ten digits of the phone number." in text
    assert "DL 01 AB 1234" not in text


def test_the_call_answers_open_stays_of_own_sites_alone(staff, inside, driver):
    airport = ParkingSite.objects.create(name="Airport", code="AIR", state="OPEN", created_at=clock.now())
    elsewhere = make_user(Role.STAFF)
    elsewhere.site_ids = [airport.pk]
    elsewhere.save()
    there = book(driver, make_zone("Terminal", site_id=airport.pk), "KA-01-AB-0002")

    def found(user):
        return [row["session_id"] for row in ApiClient(user).post(SEARCH, {"phone": "9876543210"}).json()["data"]]

    assert found(staff) == [there.pk, inside.pk]
    assert found(elsewhere) == [there.pk]
    assert ApiClient(staff).post(SEARCH, {"phone": "43210"}).json()["code"] == "phone_incomplete"


def test_another_number_with_the_same_ending_is_not_found(staff, inside):
    answer = ApiClient(staff).post(SEARCH, {"phone": "9876500010"})
    assert answer.json()["data"] == []
    assert AuditEntry.objects.get(action="phone.searched").facts == {"ends_in": "10", "found": 0}


def test_a_button_calls_the_driver_and_is_on_record(gate, staff, inside):
    assert f'action="/gate/stays/{inside.pk}/call/"' in gate.client.get(f"/gate/stays/{inside.pk}/").content.decode()
    with nothing_changes():
        assert gate.client.get(f"/gate/stays/{inside.pk}/call/").status_code == 302
    text = gate.client.post(f"/gate/stays/{inside.pk}/call/").content.decode()
    assert 'href="tel:+919876543210"' in text
    assert text.count("43210") == 1
    assert "Call the number that ends in 10" in text
    entry = AuditEntry.objects.get(action="session.driver_called")
    assert (entry.actor_id, entry.facts) == (staff.pk, {"ends_in": "10"})


def test_the_call_gives_the_number_of_an_open_session_alone(staff, driver, inside, zone):
    def call(session):
        return ApiClient(staff).post(f"/api/staff/sessions/{session.pk}/call/", {}).json()

    assert call(inside)["data"] == {"phone": "+919876543210"}
    assert AuditEntry.objects.filter(action="session.driver_called", actor_id=staff.pk).count() == 1
    leave(staff, inside)
    silent = take_ticket(zone, "KA-01-AB-0003")
    assert (call(inside)["code"], call(silent)["code"]) == ("session_over", "phone_unknown")
    assert AuditEntry.objects.filter(action="session.driver_called").count() == 1


def test_a_number_of_another_country_is_dialled_there(staff, driver, inside):
    for typed, dialled in {"+65 9123 4567": "+6591234567", "2345-6789": "23456789"}.items():
        driver.phone = typed
        driver.save(update_fields=["phone"])
        answer = ApiClient(staff).post(f"/api/staff/sessions/{inside.pk}/call/", {}).json()
        assert answer["data"] == {"phone": dialled}


def test_no_button_where_no_number_is_known_or_the_car_has_left(gate, staff, inside, zone):
    silent = take_ticket(zone, "KA-01-AB-0003")
    leave(staff, inside)
    for session in (silent, inside):
        assert "/call/" not in gate.client.get(f"/gate/stays/{session.pk}/").content.decode()


def test_the_digits_of_a_number():
    numbers = {"+91 98765 43210": "9876543210", "09876543210": "9876543210", "0987": "0987", "91": "91", "": ""}
    assert {text: phone_digits(text) for text in numbers} == numbers
