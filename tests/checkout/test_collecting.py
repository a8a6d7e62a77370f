"""Debts: collected at the counter with an exit or alone, paid online, ended by time."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from time_machine import Traveller

from parking.accounts.models import User
from parking.audit.models import AuditEntry
from parking.checkout import collecting, paying, terminating
from parking.checkout.collecting import Collection
from parking.core import clock
from parking.core.actor import Permissions, user_actor
from parking.core.ids import Ref
from parking.facilities.models import ParkingSite, ParkingZone
from parking.payments.gateways.base import GatewayState
from parking.payments.models import Debt, Payment, PaymentOrder, Refund
from parking.stays.models import ParkingSession
from tests.api.reading import data_of, problem_of
from tests.build import actor, book, enter, make_zone, plate
from tests.client import ApiClient
from tests.concurrency.together import at_once, tally
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree, nothing_changes, refused
from tests.moments import START, at

pytestmark = pytest.mark.django_db

EXIT = "/api/staff/exit/"


@pytest.fixture(autouse=True)
def _ten_o_clock(time_machine: Traveller) -> None:
    time_machine.move_to(START, tick=False)


@pytest.fixture
def collector(staff: User) -> User:
    """Return an attendant who may collect debts."""
    staff.permissions = {"collect_debt": True}
    staff.save()
    return staff


@pytest.fixture
def number() -> str:
    return plate()


def owing(driver: User, staff: User, zone: ParkingZone, number: str, hours: int = 3) -> Debt:
    """Return the debt of a stay that was ended without money: the hours at ₹50 less the fee of ₹50."""
    session = enter(staff, book(driver, zone, number, START), START)
    terminating.terminate(
        actor=actor(staff),
        session=Ref(pk=session.pk),
        reason="Walked away",
        collection=Collection(terminating.NONE),
        now=START + timedelta(hours=hours),
    )
    return Debt.objects.get(bill=session.bill)


def inside(driver: User, staff: User, zone: ParkingZone, number: str, time_machine: Traveller) -> ParkingSession:
    """Return a stay of two hours, of which ₹50 are due beside the fee."""
    session = enter(staff, book(driver, zone, number, at(600)), at(600))
    time_machine.move_to(at(720), tick=False)
    return session


def leaving(session: ParkingSession, *debts: Debt, **fields: Any) -> dict[str, Any]:
    ids = [debt.pk for debt in debts]
    return {"qr_code": session.qr_code, "payment_method": "CASH", "collect_debts": ids, "scan_id": "out-1"} | fields


def test_a_quote_names_what_the_plate_owes(
    driver: User, staff: User, zone: ParkingZone, number: str, time_machine: Traveller
) -> None:
    debt = owing(driver, staff, zone, number)
    session = inside(driver, staff, zone, number, time_machine)
    quoted = data_of(ApiClient(staff).post("/api/staff/exit/quote/", {"qr_code": session.qr_code}))
    assert (quoted["amount_due"], quoted["debts_due"]) == (50.0, 100.0)
    assert quoted["debts"] == [
        {
            "id": debt.pk,
            "session_id": debt.bill.session.pk,
            "zone_name": zone.name,
            "amount": 100.0,
            "since": "2026-11-22T07:30:00Z",
        }
    ]


def test_cash_pays_the_exit_and_the_debts_in_rows_of_their_own(
    driver: User, collector: User, zone: ParkingZone, number: str, time_machine: Traveller
) -> None:
    debts = [owing(driver, collector, zone, number), owing(driver, collector, make_zone(), number, hours=2)]
    session = inside(driver, collector, zone, number, time_machine)
    gate = ApiClient(collector)
    body = leaving(session, *debts, amount_tendered=500)
    bill = data_of(gate.post(EXIT, body))
    assert (bill["amount_charged"], bill["debts_collected"], bill["change_due"]) == (50.0, 150.0, 300.0)
    assert data_of(gate.post(EXIT, body)) == bill
    rows = Payment.objects.filter(method="CASH").order_by("pk").values_list("bill_id", "amount", "tendered")
    assert list(rows) == [
        (session.bill_id, Decimal(50), Decimal(350)),
        *((debt.bill_id, debt.amount, debt.amount) for debt in debts),
    ]
    assert set(Debt.objects.values_list("status", "closed_at")) == {("PAID", at(720))}
    assert AuditEntry.objects.filter(action="debt.collected").count() == 2
    assert_books_agree()


def test_too_little_cash_pays_nothing(
    driver: User, collector: User, zone: ParkingZone, number: str, time_machine: Traveller
) -> None:
    debt = owing(driver, collector, zone, number)
    session = inside(driver, collector, zone, number, time_machine)
    with nothing_changes():
        answer = ApiClient(collector).post(EXIT, leaving(session, debt, amount_tendered=149))
        assert problem_of(answer) == (400, "amount_too_small")
        assert answer.json()["details"] == {"due": 150.0}


def test_one_transfer_pays_the_exit_and_the_debts(
    driver: User, collector: User, zone: ParkingZone, number: str, time_machine: Traveller
) -> None:
    debt = owing(driver, collector, zone, number)
    session = inside(driver, collector, zone, number, time_machine)
    body = leaving(session, debt, payment_method="UPI", upi_reference="412345678901")
    assert data_of(ApiClient(collector).post(EXIT, body))["debts_collected"] == 100.0
    references = Payment.objects.filter(method="UPI").order_by("pk").values_list("reference", flat=True)
    assert list(references) == ["412345678901", "412345678901-2"]
    assert_books_agree()


def test_who_may_and_how(driver: User, staff: User, zone: ParkingZone, number: str, time_machine: Traveller) -> None:
    debt = owing(driver, staff, zone, number)
    others = owing(driver, staff, zone, plate())
    session = inside(driver, staff, zone, number, time_machine)
    with nothing_changes():
        assert problem_of(ApiClient(staff).post(EXIT, leaving(session, debt))) == (403, "not_permitted")
    User.objects.filter(pk=staff.pk).update(permissions={"collect_debt": True})
    gate = ApiClient(staff)
    with nothing_changes():
        online = leaving(session, debt, payment_method="ONLINE")
        assert problem_of(gate.post(EXIT, online)) == (400, "debts_need_counter")
        assert problem_of(gate.post(EXIT, leaving(session, others))) == (404, "debt_not_found")
        assert problem_of(gate.post(EXIT, leaving(session) | {"collect_debts": [True]})) == (400, "validation_error")


def test_a_debt_never_holds_a_car(
    driver: User, staff: User, zone: ParkingZone, number: str, time_machine: Traveller
) -> None:
    owing(driver, staff, zone, number)
    session = inside(driver, staff, zone, number, time_machine)
    bill = data_of(ApiClient(staff).post(EXIT, leaving(session, amount_tendered=50)))
    assert (bill["status"], bill["change_due"]) == ("COMPLETED", 0.0)
    assert "debts_collected" not in bill
    assert Debt.objects.get().status == "OPEN"


def test_a_debt_is_collected_alone_and_once(driver: User, collector: User, zone: ParkingZone, number: str) -> None:
    debt = owing(driver, collector, zone, number)
    address = f"/api/staff/debts/{debt.pk}/collect/"
    gate = ApiClient(collector)
    paid = data_of(gate.post(address, {"payment_method": "CASH", "amount_tendered": 150}, idempotency_key="k1"))
    assert (paid["status"], paid["change_due"], paid["amount"]) == ("PAID", 50.0, 100.0)
    again = data_of(gate.post(address, {"payment_method": "CASH", "amount_tendered": 150}, idempotency_key="k1"))
    assert again == paid
    assert problem_of(gate.post(address, {"payment_method": "CASH"})) == (400, "debt_closed")
    assert problem_of(gate.post("/api/staff/debts/999/collect/", {"payment_method": "CASH"})) == (
        *(404, "debt_not_found"),
    )
    assert_books_agree()


def test_a_debt_of_another_site_is_not_there(driver: User, collector: User, zone: ParkingZone, number: str) -> None:
    debt = owing(driver, collector, zone, number)
    other = ParkingSite.objects.create(name="Airport", code="AIR", created_at=START)
    elsewhere = user_actor(collector.pk, "STAFF", site_ids=[other.pk], permissions=Permissions(collect_debt=True))
    with refused("debt_not_found"):
        collecting.collect(actor=elsewhere, debt_id=debt.pk, collection=Collection("CASH"), now=at(200))


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_collects(driver: User, collector: User, zone: ParkingZone, number: str) -> None:
    debt = owing(driver, collector, zone, number)
    by = user_actor(collector.pk, "STAFF", permissions=Permissions(collect_debt=True))

    def collect() -> None:
        collecting.collect(actor=by, debt_id=debt.pk, collection=Collection("CASH"), now=at(200))

    assert tally(at_once([collect] * 6)) == {"ok": 1, "debt_closed": 5}
    assert Payment.objects.filter(bill=debt.bill, method="CASH").count() == 1
    assert_books_agree()


# --- Online --------------------------------------------------------------------------------------------


def pay_online(driver: User, debt: Debt) -> PaymentOrder:
    session = Ref(pk=debt.bill.session.pk)
    return paying.start_payment(actor=actor(driver), session=session, gateway=None, now=at(200))


def test_a_driver_pays_a_debt_online(
    driver: User, staff: User, zone: ParkingZone, number: str, gateway: FakeGateway
) -> None:
    debt = owing(driver, staff, zone, number)
    rows = data_of(ApiClient(driver).get("/api/user/debts/"))["results"]
    assert [(row["id"], row["amount"]) for row in rows] == [(debt.pk, 100.0)]
    order = pay_online(driver, debt)
    assert (order.purpose, order.amount, order.status) == ("DEBT", Decimal(100), "COMPLETED")
    debt.refresh_from_db()
    assert (debt.status, debt.payment.order_id if debt.payment else None) == ("PAID", order.pk)
    assert data_of(ApiClient(driver).get("/api/user/debts/"))["count"] == 0
    assert_books_agree()


def test_money_for_a_debt_that_was_collected_meanwhile_goes_back(
    driver: User, collector: User, zone: ParkingZone, number: str, gateway: FakeGateway
) -> None:
    debt = owing(driver, collector, zone, number)
    gateway.outcome = GatewayState.PENDING
    order = pay_online(driver, debt)
    assert order.status == "PENDING"
    assert_books_agree()
    by = user_actor(collector.pk, "STAFF", permissions=Permissions(collect_debt=True))
    collecting.collect(actor=by, debt_id=debt.pk, collection=Collection("CASH"), now=at(200))
    order.refresh_from_db()
    assert order.status == "EXPIRED"
    assert_books_agree()
    gateway.orders[order.order_id] = replace(gateway.orders[order.order_id], state=GatewayState.COMPLETED)
    paying.refresh_order(order=order, now=at(300))
    assert list(Refund.objects.values_list("payment__order_id", "amount")) == [(order.pk, Decimal(100))]
    assert_books_agree()


# --- Time ----------------------------------------------------------------------------------------------


def test_three_years_end_a_debt(driver: User, staff: User, zone: ParkingZone, number: str) -> None:
    debt = owing(driver, staff, zone, number)
    three_years = timedelta(days=3 * 365.25)
    assert collecting.lapse_old_debts(now=debt.created_at + three_years) == 0
    assert collecting.lapse_old_debts(now=debt.created_at + three_years + timedelta(seconds=1)) == 1
    debt.refresh_from_db()
    assert debt.status == "LAPSED"
    assert AuditEntry.objects.filter(action="debt.lapsed", subject_id=debt.pk).count() == 1
    assert_books_agree()
    assert clock.now() == START
