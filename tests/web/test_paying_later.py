"""What a car that pays later left unpaid, on the pages of its driver, the gate and the office."""

from datetime import timedelta

import pytest
from django.test import Client

from parking.payments.gateways.base import GatewayState
from parking.payments.models import Debt
from tests.build import book, enter, take_ticket
from tests.invariants import assert_books_agree, nothing_changes
from tests.moments import START, at
from tests.web.markup import one_line

pytestmark = pytest.mark.django_db

PLATE = "DL-01-AB-1234"
OUT = at(90)
UNTIL = "23 Nov 2026, 11:30"


@pytest.fixture(autouse=True)
def _at_the_exit(time_machine):
    time_machine.move_to(OUT, tick=False)


@pytest.fixture
def client_of():
    def client(user=None):
        browser = Client()
        if user is not None:
            browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return browser

    return client


def let_out(client, session):
    answer = client.post("/gate/later/", {"qr_code": session.qr_code, "scan_id": "out1"})
    return one_line(answer.content.decode())


def text_of(answer):
    return one_line(answer.content.decode())


def test_the_gate_says_that_it_may_be_paid_within_a_day(client_of, staff, zone):
    session = enter(staff, take_ticket(zone, PLATE, START), START)
    shown = let_out(client_of(staff), session)
    assert "₹100 is to be paid within 24 hours." in shown
    assert "Old debts" not in shown


def test_a_driver_pays_on_the_ticket(client_of, staff, driver, zone, gateway):
    session = enter(staff, book(driver, zone, PLATE, START), START)
    let_out(client_of(staff), session)
    page = client_of(driver)
    ticket = text_of(page.get(f"/tickets/{session.pk}/"))
    assert f"₹50 is still to be paid, until {UNTIL}." in ticket
    assert f'href="/tickets/{session.pk}/pay/"' in ticket
    owed = text_of(page.get("/debts/"))
    assert "To be paid" in owed
    assert f"until {UNTIL}." in owed
    assert "Pay the rest" in text_of(page.get(f"/tickets/{session.pk}/pay/"))
    page.post(f"/tickets/{session.pk}/pay/", {"gateway": "SIMULATED"})
    assert Debt.objects.get().status == "PAID"
    assert "data-owed" not in text_of(page.get(f"/tickets/{session.pk}/"))
    assert page.get(f"/tickets/{session.pk}/pay/").status_code == 302
    assert_books_agree()


def test_after_the_day_the_ticket_says_that_it_is_owed(client_of, staff, driver, zone, time_machine):
    session = enter(staff, book(driver, zone, PLATE, START), START)
    let_out(client_of(staff), session)
    time_machine.move_to(OUT + timedelta(hours=24), tick=False)
    ticket = text_of(client_of(driver).get(f"/tickets/{session.pk}/"))
    assert "₹50 is still owed." in ticket
    assert "still to be paid" not in ticket


def test_whoever_has_the_receipt_of_a_car_without_account_pays_there(client_of, staff, zone, gateway):
    session = enter(staff, take_ticket(zone, PLATE, START), START)
    let_out(client_of(staff), session)
    address, anybody = f"/r/{session.qr_code}", client_of()
    assert f"₹100 is still to be paid, until {UNTIL}." in text_of(anybody.get(address))
    gateway.outcome = GatewayState.PENDING
    shown = text_of(anybody.post(address, {"pay": "yes", "gateway": "SIMULATED"}))
    assert "₹100 to pay" in shown
    assert "I have paid" in shown
    gateway.outcome = GatewayState.COMPLETED
    with nothing_changes():
        assert anybody.post(address, {"pay": "yes", "gateway": "BANK"}).status_code == 200


def test_who_asks_to_pay_what_is_paid_already_sees_the_receipt(client_of, staff, zone, gateway):
    session = enter(staff, take_ticket(zone, PLATE, START), START)
    let_out(client_of(staff), session)
    address, anybody = f"/r/{session.qr_code}", client_of()
    anybody.post(address, {"pay": "yes", "gateway": "SIMULATED"})
    assert Debt.objects.get().status == "PAID"
    again = anybody.post(address, {"pay": "yes", "gateway": "SIMULATED"})
    assert (again.status_code, again.headers["Location"]) == (302, address)


def test_the_receipt_of_an_account_names_the_ticket(client_of, staff, driver, zone):
    session = enter(staff, book(driver, zone, PLATE, START), START)
    let_out(client_of(staff), session)
    address, anybody = f"/r/{session.qr_code}", client_of()
    assert "The driver pays it on the ticket." in text_of(anybody.get(address))
    with nothing_changes():
        anybody.post(address, {"pay": "yes", "gateway": "SIMULATED"})


def test_the_office_lists_it_apart(client_of, staff, admin, zone, time_machine):
    let_out(client_of(staff), enter(staff, take_ticket(zone, PLATE, START), START))
    office = client_of(admin)
    shown = text_of(office.get("/office/debts/"))
    assert "1 car left to pay later. It is no debt yet." in shown
    assert "Plates owe ₹0 in all" in shown
    listed = text_of(office.get("/office/debts/", {"waiting": "on"}))
    assert f"until {UNTIL}" in listed
    time_machine.move_to(OUT + timedelta(hours=24), tick=False)
    shown = text_of(office.get("/office/debts/"))
    assert "Plates owe ₹100 in all" in shown
    assert "pay later" not in shown


def test_the_gate_finds_it_by_the_plate_and_collects_it(client_of, staff, zone):
    staff.permissions = {"collect_debt": True}
    staff.save()
    gate = client_of(staff)
    let_out(gate, enter(staff, take_ticket(zone, PLATE, START), START))
    assert f"₹100 is still to be paid, until {UNTIL}." in text_of(gate.get("/gate/debts/", {"q": PLATE}))
    debt = Debt.objects.get()
    assert "<h1>Collect the rest</h1>" in text_of(gate.get(f"/gate/debts/{debt.pk}/"))
    gate.post(f"/gate/debts/{debt.pk}/", {"method": "CASH", "tendered": "100", "key": "once"})
    debt.refresh_from_db()
    assert debt.status == "PAID"
