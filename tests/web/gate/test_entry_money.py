"""The money of tariffs that collect at the entry, on the gate's page."""

from datetime import timedelta

import pytest

from parking.payments.gateways.base import GatewayState
from parking.stays.models import ParkingSession
from tests.build import reloaded
from tests.checkout.test_at_entry import now, ticket  # noqa: F401 - fixtures
from tests.invariants import assert_books_agree
from tests.moments import START
from tests.web.gate.conftest import Part

pytestmark = pytest.mark.django_db


def pay(gate, session, method, **fields):
    return gate.post("/gate/entry/pay/", session, method=method, **fields)


def test_the_scan_shows_what_is_due_and_cash_lets_in(gate, ticket):  # noqa: F811
    part = gate.scan(ticket, "IN")
    assert (part.verdict, part.word, part.fact("due")) == ("quote", "Due at the entry", "₹30")
    assert reloaded(ticket).status == "BOOKED"
    part = pay(gate, ticket, "CASH", tendered="50")
    assert (part.verdict, part.word, part.fact("change-given")) == ("yes", "LET IN", "₹20")
    assert reloaded(ticket).status == "ACTIVE"
    assert_books_agree()


def test_too_little_keeps_what_was_typed(gate, ticket):  # noqa: F811
    part = pay(gate, ticket, "CASH", tendered="20")
    assert part.verdict == "quote"
    assert "The cash received is less than the amount due." in part.text
    assert 'value="20"' in part.html


def test_online_waits_and_then_has_the_button_that_lets_in(gate, ticket, gateway, time_machine):  # noqa: F811
    gateway.outcome = GatewayState.PENDING
    part = pay(gate, ticket, "ONLINE", gateway="SIMULATED", scan_id="Gate 1-x")
    assert (part.verdict, part.word) == ("wait", "WAIT")
    gateway.decide(GatewayState.COMPLETED)
    part = look(gate, ticket, time_machine)
    assert (part.word, reloaded(ticket).status) == ("PAID", "BOOKED")
    assert gate.scan(ticket, "IN", scan_id="Gate 1-x").word == "LET IN"


def look(gate, session, time_machine):
    time_machine.move_to(START + timedelta(seconds=3), tick=False)  # a gateway is asked every two seconds
    assert gate.client.post(f"/gate/entry/wait/{session.pk}/check/").status_code == 204
    return Part(gate.client.get(f"/gate/entry/wait/{session.pk}/?scan=Gate+1-x", headers={"X-Live": "true"}))


def test_a_declined_payment_shows_the_ways_to_pay_again(gate, ticket, gateway, time_machine):  # noqa: F811
    gateway.outcome = GatewayState.PENDING
    pay(gate, ticket, "ONLINE", gateway="SIMULATED")
    gateway.decide(GatewayState.FAILED)
    part = look(gate, ticket, time_machine)
    assert (part.verdict, part.fact("due")) == ("quote", "₹30")


def test_a_new_ticket_leads_to_the_money(gate, ticket, zone):  # noqa: F811
    shown = gate.client.get("/gate/ticket/").content.decode()
    key = shown.partition('name="key" value="')[2].partition('"')[0]
    sent = {"plate": "KA 05 MH 0042", "vehicle_kind": "CAR", "zone": zone.pk, "key": key, "let_in": "yes"}
    answer = gate.client.post("/gate/ticket/", sent)
    made = ParkingSession.objects.exclude(pk=ticket.pk).get()
    assert (answer.status_code, answer["Location"], made.status) == (302, f"/gate/#{made.qr_code}", "BOOKED")
    assert gate.client.post("/gate/ticket/", sent)["Location"] == f"/gate/ticket/{made.pk}/"
    assert ParkingSession.objects.count() == 2
