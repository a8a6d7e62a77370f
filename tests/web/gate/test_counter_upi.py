"""UPI at the counter on the gate's page."""

import base64
import re

import pytest
from time_machine import Traveller

from parking.core import clock
from parking.core.models import OPERATOR, SettingValue
from parking.core.site_settings import COUNTER_UPI, stored
from tests.build import enter, take_ticket
from tests.invariants import assert_books_agree
from tests.moments import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def inside(staff, zone, time_machine: Traveller):
    """Return a car that owes ₹100 on 22 November 2026, the 326th day."""
    session = enter(staff, take_ticket(zone, now=at(0)), at(0))
    time_machine.move_to(at(90), tick=False)
    return session


def test_the_qr_is_shown_where_the_site_has_an_address(gate, inside):
    assert "data-counter-qr" not in gate.scan(inside, "OUT").html
    SettingValue.objects.create(name=COUNTER_UPI.name, site_id=OPERATOR, value="cp@okbank", changed_at=clock.now())
    stored.forget()
    shown = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"[^>]*data-counter-qr', gate.scan(inside, "OUT").html)
    assert shown
    assert base64.b64decode(shown[1]).startswith(b"<?xml")


@pytest.mark.parametrize(("reference", "verdict"), [("632612345678", "yes"), ("612312345678", "wait")])
def test_a_reference_of_another_day_is_amber_and_counts(gate, inside, reference, verdict):
    part = gate.collect(inside, "UPI", upi_reference=reference)
    assert (part.verdict, part.word) == (verdict, "LET OUT")
    assert_books_agree()
