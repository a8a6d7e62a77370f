"""What stands beside the scanner, and the ways on from an answer that is not green."""

import pytest

from parking.core import clock
from parking.core.actor import SYSTEM
from parking.core.models import OPERATOR, SettingValue
from parking.core.site_settings import SUPERVISOR_PHONE, phone_problem, stored
from parking.facilities.gates import create_gate
from tests.build import book, enter, make_zone
from tests.web.gate.conftest import Part

pytestmark = pytest.mark.django_db


def strip(gate, gate_id=""):
    gate.client.cookies["gate_id"] = str(gate_id)
    return Part(gate.client.get("/gate/strip/"))


def test_the_strip_counts_what_the_gate_leads_to(gate, staff, driver, zone):
    other = make_zone("Zone B", slots=3)
    enter(staff, book(driver, zone))
    book(driver, zone, "DL-01-AB-1234")
    part = strip(gate)
    assert [part.fact(name) for name in ("free", "expected", "inside")] == ["11", "1", "1"]
    assert "Free of 13" in part.text
    assert "DL 01 AB 1234" in part.text
    assert f'data-on-duty="{staff.username}"' in part.html
    leads = create_gate(
        actor=SYSTEM, site_id=zone.site_id, name="B", direction="IN", zone_ids=[other.pk], now=clock.now()
    )
    assert "Free of 3" in strip(gate, leads.pk).text


def test_the_strip_is_asked_for_again_at_no_cost(gate, zone):
    tag = gate.client.get("/gate/strip/").headers["ETag"]
    assert gate.client.get("/gate/strip/", headers={"If-None-Match": tag}).status_code == 304


def test_an_unknown_code_leads_on_and_names_the_supervisor(gate, zone):
    assert "tel:" not in gate.scan("QR-000000000000").html
    SettingValue.objects.create(
        name=SUPERVISOR_PHONE.name, site_id=OPERATOR, value="+91 98100 12345", changed_at=clock.now()
    )
    stored.forget()
    part = gate.scan("QR-000000000000")
    for way in ('href="/gate/inside/"', 'href="/gate/ticket/"', 'href="tel:+919810012345"'):
        assert way in part.html


def test_a_car_that_is_inside_leads_from_the_way_in_to_its_bill(gate, staff, driver, zone):
    part = gate.scan(enter(staff, book(driver, zone, "DL-01-AB-1234")), "IN")
    assert (part.verdict, part.word) == ("no", "STOP")
    assert "Going out: show the bill" in part.text
    assert 'href="/gate/inside/?q=DL-01-AB-1234"' in part.html
    assert "Give a ticket" not in part.text


def test_another_plate_leads_to_a_ticket_for_the_plate_that_is_there(gate, driver, zone):
    part = gate.scan(book(driver, zone, "DL-01-AB-1234"), "IN", plate_seen="DL-01-AB-9999")
    assert 'href="/gate/ticket/?plate=DL-01-AB-9999"' in part.html
    page = gate.client.get("/gate/ticket/?plate=DL-01-AB-9999").content.decode()
    assert 'value="DL-01-AB-9999"' in page


@pytest.mark.parametrize(
    ("text", "is_number"), [("", True), ("+91 98100 12345", True), ("112", True), ("call me", False), ("12;34", False)]
)
def test_the_number_of_the_supervisor_is_a_number(text, is_number):
    assert (phone_problem(text) is None) is is_number
