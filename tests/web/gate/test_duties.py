"""What the pages of a gate offer by the set of duties of its car park; every page stays open."""

import re

import pytest

from parking.core import clock
from parking.core.actor import SYSTEM
from parking.core.models import SettingValue
from parking.core.site_settings import GATE_DUTIES, stored
from parking.facilities.gates import create_gate
from parking.facilities.sites import copy_site, create_site
from tests.build import enter, take_ticket
from tests.web.markup import one_line

pytestmark = pytest.mark.django_db

LINKS = {
    "ONE": ["/gate/", "/gate/ticket/", "/gate/lost/", "/gate/money/"],
    "FLOOR": ["/gate/", "/gate/ticket/", "/gate/inside/", "/gate/slots/"],
    "FULL": ["/gate/", "/gate/ticket/", "/gate/inside/", "/gate/slots/"],
}
EVERYWHERE = {"/gate/phone/", "/gate/desk/", "/gate/lost/", "/gate/emergency/", "/gate/debts/", "/gate/refunds/"}
WAYS = {
    "ONE": EVERYWHERE,
    "FLOOR": EVERYWHERE | {"/gate/problems/"},
    "FULL": EVERYWHERE | {"/gate/problems/", "/gate/passes/"},
}


@pytest.fixture(params=["ONE", "FLOOR", "FULL"])
def duties(request, gate, zone):
    """Stand at a gate of a car park with these duties."""
    SettingValue.objects.create(
        name=GATE_DUTIES.name, site_id=zone.site_id, value=request.param, changed_at=clock.now()
    )
    stored.forget()
    door = create_gate(actor=SYSTEM, site_id=zone.site_id, name="IN", direction="IN", zone_ids=[], now=clock.now())
    gate.client.cookies["gate_id"] = str(door.pk)
    return request.param


def addresses_in(html, opening):
    part = html.split(opening, 1)[1].split("</nav>", 1)[0]
    return re.findall(r'<a [^>]*href="([^"]+)"', part)


def page_at(gate, path):
    return one_line(gate.client.get(path).content.decode())


def test_the_navigation_has_the_tasks_of_the_set(gate, duties):
    assert addresses_in(page_at(gate, "/gate/ticket/"), '<nav class="thumb-bar"') == LINKS[duties]


def test_the_strip_brings_them_to_the_page_that_the_browser_keeps(gate, duties):
    strip = page_at(gate, "/gate/strip/")
    assert addresses_in(strip.replace("</div>", "</nav>"), "<div data-links hidden>") == LINKS[duties]
    numbers = strip.split('<nav class="strip"', 1)[1].split("</nav>", 1)[0]
    assert ('href="/gate/slots/"' in numbers) is (duties != "ONE")


def test_the_cars_inside_have_the_ways_of_the_set_beside_them(gate, duties):
    assert set(addresses_in(page_at(gate, "/gate/inside/"), '<nav class="chips"')) == WAYS[duties]


def test_a_session_offers_what_the_set_has(gate, staff, zone, duties):
    session = enter(staff, take_ticket(zone, "DL-01-AB-1234"))
    shown = page_at(gate, f"/gate/stays/{session.pk}/")
    offered = {word for word in ("Note or problem", "Move to another slot") if word in shown}
    assert offered == (set() if duties == "ONE" else {"Note or problem", "Move to another slot"})
    for always in ("Bill without a code", "Pay before walking to the car", "Correct the plate"):
        assert always in shown


def test_paper_slips_are_offered_where_everything_is(gate, zone, duties):
    assert ("/gate/paper/" in page_at(gate, "/gate/ticket/")) is (duties == "FULL")


@pytest.mark.parametrize("path", ["slots", "problems", "paper", "passes", "inside", "money"])
def test_no_page_is_closed(gate, duties, path):
    assert gate.client.get(f"/gate/{path}/").status_code == 200


def test_new_car_parks_begin_with_the_smallest_set_and_copies_with_that_of_their_source(zone):
    fields = {"name": "New", "code": "NEW"}
    made = create_site(actor=SYSTEM, fields=fields, now=clock.now())
    assert GATE_DUTIES.at(made.pk) == "ONE"
    # It was there before there were sets.
    assert GATE_DUTIES.at(zone.site_id) == "FULL"
    copied = copy_site(actor=SYSTEM, site_id=zone.site_id, name="Copy", code="CPY", now=clock.now())
    assert GATE_DUTIES.at(copied.site.pk) == "FULL"
