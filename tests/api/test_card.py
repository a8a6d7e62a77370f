"""CARD at the counter: a terminal that nothing connects to us, whose slip the attendant types. Claims of attendants."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from time_machine import Traveller

from parking.accounts.models import User
from parking.core import clock
from parking.core.models import OPERATOR, SettingValue
from parking.core.site_settings import CARD_TERMINALS, TYPED_REFERENCES, stored
from parking.facilities.models import ParkingZone
from parking.payments.models import Payment, Refund
from parking.stays.models import ParkingSession
from tests.api.reading import data_of, problem_of
from tests.build import enter, quote, take_ticket, terminate
from tests.client import ApiClient
from tests.invariants import assert_books_agree, nothing_changes
from tests.moments import at

pytestmark = pytest.mark.django_db

SLIP = {"card_last4": "4242", "card_approval": "a1b2c3", "terminal": "12345678"}
PLATE = "DL-01-AB-1234"


@pytest.fixture
def inside(staff: User, zone: ParkingZone, time_machine: Traveller) -> ParkingSession:
    """Return a car that owes ₹100."""
    session = enter(staff, take_ticket(zone, PLATE, at(0)), at(0))
    time_machine.move_to(at(90), tick=False)
    return session


@pytest.fixture
def as_staff(inside: ParkingSession, staff: User) -> ApiClient:
    return ApiClient(staff)


@pytest.fixture
def as_admin(inside: ParkingSession, admin: User) -> ApiClient:
    return ApiClient(admin)


def set_value(name: str, value: object) -> None:
    SettingValue.objects.create(name=name, site_id=OPERATOR, value=value, changed_at=clock.now())
    stored.forget()


def paid(client: ApiClient, session: ParkingSession, scan_id: str | None = None, **slip: Any) -> Any:
    body = {"qr_code": session.qr_code, "payment_method": "CARD", "scan_id": scan_id, **(slip or SLIP)}
    return client.post("/api/staff/exit/", body)


def test_an_exit_completes_at_once_and_keeps_the_slip(as_staff: ApiClient, staff: User, inside: ParkingSession) -> None:
    bill = data_of(paid(as_staff, inside, "out-1"))
    assert (bill["status"], bill["payment_method"], bill["payment_status"]) == ("COMPLETED", "CARD", "PAID")
    assert (bill["amount_charged"], bill["change_due"], bill["claim"]) == (100.0, 0.0, "CLAIMED")
    payment = Payment.objects.get()
    assert (payment.method, payment.reference, payment.card_last4, payment.terminal) == (
        "CARD", "A1B2C3", "4242", "12345678",
    )  # fmt: skip
    assert (payment.card_day, payment.attendant, payment.tendered) == (at(90).date(), staff, None)
    with nothing_changes():
        assert data_of(paid(as_staff, inside, "out-1")) == bill
    assert_books_agree()


@pytest.mark.parametrize(
    "wrong",
    [
        {"card_last4": None}, {"card_last4": "424"}, {"card_last4": "42424"}, {"card_last4": "४२४२"},
        {"card_approval": None}, {"card_approval": "a1-b2"}, {"card_approval": "abc"}, {"terminal": None},
        {"terminal": "T 1/2"},
    ],
)  # fmt: skip
def test_a_slip_is_typed_whole(as_staff: ApiClient, inside: ParkingSession, wrong: dict[str, Any]) -> None:
    with nothing_changes():
        assert problem_of(paid(as_staff, inside, **(SLIP | wrong))) == (400, "card_invalid")


def test_an_approval_pays_once_a_day_and_terminal(
    as_staff: ApiClient, staff: User, zone: ParkingZone, inside: ParkingSession, time_machine: Traveller
) -> None:
    data_of(paid(as_staff, inside))
    second = enter(staff, take_ticket(zone, now=at(20)), at(20))
    with nothing_changes():
        assert problem_of(paid(as_staff, second)) == (400, "card_approval_used")
    data_of(paid(as_staff, second, **(SLIP | {"terminal": "87654321"})))
    third = enter(staff, take_ticket(zone, now=at(20)), at(20))
    time_machine.move_to(at(24 * 60), tick=False)
    data_of(paid(as_staff, third))
    assert Payment.objects.filter(reference="A1B2C3").count() == 3


def test_the_database_itself_refuses_the_approval_and_a_card_without_slip(
    as_staff: ApiClient, inside: ParkingSession
) -> None:
    data_of(paid(as_staff, inside))
    payment = Payment.objects.get()
    for changes in ({}, {"reference": "OTHER1", "card_last4": ""}, {"reference": "OTHER1", "card_day": None}):
        payment.pk = None
        payment.reference, payment.card_last4, payment.card_day = "A1B2C3", "4242", at(90).date()
        for name, value in changes.items():
            setattr(payment, name, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            payment.save(force_insert=True)


def test_a_site_names_its_terminals(as_staff: ApiClient, inside: ParkingSession) -> None:
    set_value(CARD_TERMINALS.name, "T-1, t-2")
    assert problem_of(paid(as_staff, inside)) == (400, "card_invalid")
    data_of(paid(as_staff, inside, **(SLIP | {"terminal": "T-2"})))


@pytest.mark.parametrize("method", ["UPI", "CARD"])
def test_a_site_may_switch_typed_references_off(as_staff: ApiClient, inside: ParkingSession, method: str) -> None:
    set_value(TYPED_REFERENCES.name, 0)
    body = {"qr_code": inside.qr_code, "payment_method": method, "upi_reference": "632612345678", **SLIP}
    with nothing_changes():
        assert problem_of(as_staff.post("/api/staff/exit/", body)) == (400, "typed_references_off")


def test_one_slip_pays_an_exit_and_old_debts(admin: User, zone: ParkingZone, time_machine: Traveller) -> None:
    terminate(admin, enter(admin, take_ticket(zone, PLATE, at(0)), at(0)), now=at(30))
    session = enter(admin, take_ticket(zone, PLATE, at(40)), at(40))
    time_machine.move_to(at(70), tick=False)
    quoted = data_of(ApiClient(admin).post("/api/staff/exit/quote/", {"qr_code": session.qr_code}))
    debts = [debt["id"] for debt in quoted["debts"]]
    body = {"qr_code": session.qr_code, "payment_method": "CARD", "collect_debts": debts, **SLIP}
    bill = data_of(ApiClient(admin).post("/api/staff/exit/", body))
    assert (bill["amount_charged"], bill["debts_collected"]) == (50.0, 50.0)
    assert [row.reference for row in Payment.objects.order_by("pk")] == ["A1B2C3", "A1B2C3-2"]
    assert_books_agree()


def test_a_debt_alone_is_paid_by_card(admin: User, zone: ParkingZone, time_machine: Traveller) -> None:
    left = terminate(admin, enter(admin, take_ticket(zone, PLATE, at(0)), at(0)), now=at(30))
    time_machine.move_to(at(70), tick=False)
    address = f"/api/staff/debts/{left.session.bill.debt.pk}/collect/"
    assert problem_of(ApiClient(admin).post(address, {"payment_method": "CARD"})) == (400, "card_invalid")
    data_of(ApiClient(admin).post(address, {"payment_method": "CARD", **SLIP}))
    assert Payment.objects.get().method == "CARD"
    assert_books_agree()


@pytest.mark.parametrize(
    ("reference", "claim"), [("632612345678", "CLAIMED"), ("632512345678", "CLAIMED"), ("632412345678", "DOUBTFUL")]
)
def test_a_typed_reference_is_a_claim_in_the_answer_and_in_the_list(
    as_staff: ApiClient, as_admin: ApiClient, inside: ParkingSession, reference: str, claim: str
) -> None:
    """22 November 2026 is day 326 of the year."""
    body = {"qr_code": inside.qr_code, "payment_method": "UPI", "upi_reference": reference, "scan_id": "out-1"}
    assert data_of(as_staff.post("/api/staff/exit/", body))["claim"] == claim
    assert data_of(as_staff.post("/api/staff/exit/", body))["claim"] == claim
    [row] = data_of(as_admin.get("/api/admin/payments/"))["results"]
    assert (row["claim"], row["terminal"], row["card_last4"]) == (claim, None, None)


def test_cash_claims_nothing(as_staff: ApiClient, as_admin: ApiClient, inside: ParkingSession) -> None:
    body = {"qr_code": inside.qr_code, "payment_method": "CASH"}
    assert data_of(as_staff.post("/api/staff/exit/", body))["claim"] is None
    assert data_of(as_admin.get("/api/admin/payments/"))["results"][0]["claim"] is None


def test_cards_stand_in_list_file_and_revenue(as_staff: ApiClient, as_admin: ApiClient, inside: ParkingSession) -> None:
    data_of(paid(as_staff, inside))
    listed = data_of(as_admin.get("/api/admin/payments/", method="CARD"))
    [row] = listed["results"]
    assert (row["card_last4"], row["terminal"], row["reference"]) == ("4242", "12345678", "A1B2C3")
    assert listed["totals"]["by_method"]["CARD"] == {"captured": 100.0, "refunded": 0.0, "net": 100.0}
    report = data_of(as_admin.get("/api/admin/revenue-report/", date="today"))
    assert {one["method"]: one["net"] for one in report["methods"]}["CARD"] == 100.0


def test_card_money_goes_back_by_hand(as_staff: ApiClient, as_admin: ApiClient, inside: ParkingSession) -> None:
    """At the terminal: nobody but a person can send it back."""
    data_of(paid(as_staff, inside))
    body = {"payment_id": Payment.objects.get().pk, "amount": 10, "reason": "Wrong hours"}
    data_of(as_admin.post("/api/admin/refunds/", body), 201)
    refund = Refund.objects.get()
    assert (refund.by_hand, refund.status) == (True, "INITIATED")
    assert_books_agree()


def test_after_a_quote_the_card_pays_what_was_quoted(
    as_staff: ApiClient, staff: User, inside: ParkingSession, time_machine: Traveller
) -> None:
    quote(staff, inside, at(90))
    time_machine.move_to(at(96), tick=False)
    assert data_of(paid(as_staff, inside))["amount_charged"] == 100.0
