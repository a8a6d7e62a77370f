"""Cards, vouchers, money ahead and corrected plates on the gate's pages; the poster of a site."""

from decimal import Decimal

import pytest
from django.test import Client
from time_machine import Traveller

from parking.accounts.models import User
from parking.core import clock
from parking.core.models import OPERATOR, SettingValue
from parking.core.plate_words import plate_words
from parking.core.site_settings import CARD_TERMINALS, TYPED_REFERENCES, stored
from parking.facilities.models import ParkingZone
from parking.offers.vouchers import give_voucher
from parking.payments.models import Payment, PaymentOrder
from parking.stays.models import ParkingSession
from tests.build import book, enter, reloaded, take_ticket
from tests.invariants import assert_books_agree, nothing_changes
from tests.moments import at
from tests.web.gate.conftest import Gate

pytestmark = pytest.mark.django_db

PLATE = "DL-01-AB-1234"


@pytest.fixture
def inside(staff: User, zone: ParkingZone, time_machine: Traveller) -> ParkingSession:
    """Return a car that owes ₹100."""
    session = enter(staff, take_ticket(zone, PLATE, at(0)), at(0))
    time_machine.move_to(at(90), tick=False)
    return session


def set_value(name: str, value: object) -> None:
    SettingValue.objects.create(name=name, site_id=OPERATOR, value=value, changed_at=clock.now())
    stored.forget()


def test_cards_are_offered_where_the_site_has_terminals(gate: Gate, inside: ParkingSession) -> None:
    assert "pane-CARD" not in gate.scan(inside, "OUT").html
    set_value(CARD_TERMINALS.name, "T-1")
    assert 'name="terminal" value="T-1"' in gate.scan(inside, "OUT").html
    slip = {"card_last4": "4242", "card_approval": "a1b2c3", "terminal": "T-1"}
    assert gate.collect(inside, "CARD", due="100.00", **slip).word == "LET OUT"
    assert Payment.objects.get().reference == "A1B2C3"
    assert_books_agree()


def test_a_slip_with_a_mistake_comes_back_with_its_pane(gate: Gate, inside: ParkingSession) -> None:
    set_value(CARD_TERMINALS.name, "T-1")
    part = gate.collect(inside, "CARD", card_last4="42")
    assert part.verdict == "quote"
    assert 'data-pane-open="CARD"' in part.html


def test_a_site_that_takes_no_typed_references_offers_none(gate: Gate, inside: ParkingSession) -> None:
    set_value(CARD_TERMINALS.name, "T-1")
    SettingValue.objects.create(name=TYPED_REFERENCES.name, site_id=OPERATOR, value=0, changed_at=clock.now())
    stored.forget()
    page = gate.scan(inside, "OUT").html
    assert "pane-UPI" not in page
    assert "pane-CARD" not in page


def test_a_voucher_lowers_the_bill_that_is_shown(gate: Gate, other_gate: Gate, inside: ParkingSession) -> None:
    voucher = give_voucher(amount=Decimal(30), now=at(0))
    assert "pane-VOUCHER" not in gate.scan(inside, "OUT").html
    assert "pane-VOUCHER" in other_gate.scan(inside, "OUT").html
    part = other_gate.post("/gate/voucher/", inside, voucher=voucher)
    assert part.verdict == "quote"
    assert 'data-due="70.00"' in part.html
    unknown = other_gate.post("/gate/voucher/", inside, voucher="V-NOTHING")
    assert 'data-pane-open="VOUCHER"' in unknown.html
    assert_books_agree()


def test_the_desk_leads_from_a_plate_to_the_money(gate: Gate, inside: ParkingSession) -> None:
    found = gate.client.post("/gate/desk/", {"code": "dl01ab1234"})
    assert found.headers["Location"] == f"/gate/stays/{inside.pk}/pay-ahead/"
    with nothing_changes():
        page = gate.client.get(found.headers["Location"]).content.decode()
    assert 'name="due" value="100.00"' in page
    paid = gate.client.post(
        found.headers["Location"], {"key": "desk-key-1", "method": "CASH", "tendered": "200", "due": "100"}
    )
    assert paid.headers["Location"] == "/gate/desk/"
    shown = gate.client.get("/gate/desk/").content.decode()
    assert f"{plate_words(PLATE)} is paid until 11:45. Change: ₹100" in shown
    assert gate.scan(inside, "OUT").html.count("Nothing is due.") == 1
    assert_books_agree()


def test_another_sum_than_was_shown_is_refused(gate: Gate, inside: ParkingSession) -> None:
    with nothing_changes():
        answer = gate.client.post(
            f"/gate/stays/{inside.pk}/pay-ahead/", {"key": "desk-key-1", "method": "CASH", "due": "50"}
        )
    assert answer.status_code == 200
    assert 'value="100.00"' in answer.content.decode()


def test_a_plate_is_corrected_on_its_page(gate: Gate, inside: ParkingSession) -> None:
    address = f"/gate/stays/{inside.pk}/plate/"
    assert address in gate.client.get(f"/gate/stays/{inside.pk}/").content.decode()
    answer = gate.client.post(address, {"plate": "DL-01-AB-1284", "reason": "Misread"})
    assert answer.headers["Location"] == f"/gate/stays/{inside.pk}/"
    assert reloaded(inside).vehicle.vehicle_number == "DL-01-AB-1284"


# --- The poster --------------------------------------------------------------------------------------


def test_the_poster_leads_to_its_page(zone: ParkingZone) -> None:
    page = Client().get(f"/p/{zone.site_id}/print/").content.decode()
    assert f"http://testserver/p/{zone.site_id}/" in page
    assert Client().get("/p/999999/").status_code == 404


def test_a_driver_pays_without_an_account_before_walking(inside: ParkingSession) -> None:
    browser, address = Client(), f"/p/{inside.site_id}/"
    own = {"plate": PLATE.lower(), "said": inside.qr_code[-4:].lower()}
    with nothing_changes():
        assert "₹100" in browser.post(address, own).content.decode()
    browser.post(address, {**own, "pay": "yes", "gateway": "SIMULATED"})
    order = PaymentOrder.objects.get()
    assert (order.purpose, order.amount, order.bill_id) == ("AHEAD", Decimal(100), inside.bill_id)
    assert_books_agree()


@pytest.mark.parametrize("wrong", [{"plate": "DL-01-AB-9999"}, {"said": "ZZZZ"}, {"said": ""}])
def test_who_does_not_know_the_ticket_learns_nothing(inside: ParkingSession, wrong: dict[str, str]) -> None:
    given = {"plate": PLATE, "said": inside.qr_code[-4:], **wrong}
    with nothing_changes():
        page = Client().post(f"/p/{inside.site_id}/", given).content.decode()
    assert "₹100" not in page
    assert inside.zone.name not in page


def test_a_car_of_an_account_is_paid_on_its_ticket(
    staff: User, driver: User, zone: ParkingZone, time_machine: Traveller
) -> None:
    session = enter(staff, book(driver, zone, PLATE, at(0)), at(0))
    time_machine.move_to(at(130), tick=False)
    given = {"plate": PLATE, "said": "Asha", "pay": "yes", "gateway": "SIMULATED"}
    page = Client().post(f"/p/{session.zone.site_id}/", given).content.decode()
    assert "booked with an account" in page
    assert PaymentOrder.objects.filter(purpose="AHEAD").count() == 0
