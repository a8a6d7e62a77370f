"""Vouchers: issued by two administrators, given at the exit, once."""

from decimal import Decimal
from typing import Any

import pytest
from time_machine import Traveller

from parking.accounts.models import Role, User
from parking.facilities.models import ParkingZone
from parking.offers.models import PromoCode, PromoUse
from parking.offers.vouchers import give_voucher
from parking.payments.gateways.base import GatewayState
from parking.stays.models import ParkingSession
from tests.api.reading import data_of, problem_of
from tests.build import book, enter, leave, make_user, make_zone, take_ticket
from tests.client import ApiClient
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree, nothing_changes
from tests.moments import START, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def inside(staff: User, zone: ParkingZone, time_machine: Traveller) -> ParkingSession:
    """Return a car that owes ₹100."""
    time_machine.move_to(START, tick=False)
    session = enter(staff, take_ticket(zone))
    time_machine.move_to(at(90), tick=False)
    return session


@pytest.fixture
def voucher(zone: ParkingZone, time_machine: Traveller) -> str:
    """Return a voucher of ₹30."""
    time_machine.move_to(START, tick=False)
    return give_voucher(amount=Decimal(30), now=START)


def issued(user: User, **fields: object) -> Any:
    body = {"amount": 30, "until": "2026-12-31", "reason": "Guest", **fields}
    return ApiClient(user).post("/api/admin/vouchers/", body)


def shown(user: User, session: ParkingSession, code: str) -> Any:
    return ApiClient(user).post("/api/staff/exit/quote/", {"qr_code": session.qr_code, "voucher_code": code})


def out(user: User, session: ParkingSession, code: str, **fields: object) -> Any:
    body = {"qr_code": session.qr_code, "payment_method": "CASH", "voucher_code": code, **fields}
    return ApiClient(user).post("/api/staff/exit/", body)


# --- Issuing -----------------------------------------------------------------------------------------


def test_the_only_administrator_issues_a_voucher(admin: User, inside: ParkingSession) -> None:
    made = data_of(issued(admin), 201)
    assert (made["amount"], made["until"], made["is_active"], made["is_used"]) == (30.0, "2026-12-31", True, False)
    assert made["code"].startswith("V-")
    [listed] = data_of(ApiClient(admin).get("/api/admin/vouchers/"))["results"]
    assert listed == made
    assert data_of(ApiClient(admin).get("/api/admin/promo-codes/"))["count"] == 0


def test_of_two_administrators_one_asks_and_the_other_approves(admin: User, inside: ParkingSession) -> None:
    second = make_user(Role.ADMIN)
    asked = data_of(issued(admin), 202)
    code = PromoCode.objects.get().code
    assert problem_of(out(admin, inside, code)) == (400, "code_unknown")
    approval = f"/api/admin/approvals/{asked['approval_id']}/"
    assert problem_of(ApiClient(admin).post(approval, {"decision": "APPROVE"}))[1] == "own_change"
    data_of(ApiClient(second).post(approval, {"decision": "APPROVE"}))
    assert data_of(out(admin, inside, code))["amount_charged"] == 70.0


def test_a_withdrawn_voucher_is_good_no_more(admin: User, inside: ParkingSession) -> None:
    made = data_of(issued(admin), 201)
    address = f"/api/admin/vouchers/{made['id']}/"
    assert data_of(ApiClient(admin).patch(address, {"is_active": False}))["is_active"] is False
    assert problem_of(out(admin, inside, made["code"])) == (400, "code_unknown")


def test_a_promo_code_is_no_voucher(admin: User, inside: ParkingSession) -> None:
    body = {"code": "WELCOME", "kind": "PERCENT", "value": 20}
    made = data_of(ApiClient(admin).post("/api/admin/promo-codes/", body), 201)
    address = f"/api/admin/vouchers/{made['id']}/"
    assert problem_of(ApiClient(admin).patch(address, {"is_active": False})) == (404, "voucher_not_found")
    assert problem_of(out(admin, inside, "WELCOME")) == (400, "code_unknown")


def test_a_voucher_stays_as_it_was_issued(admin: User, inside: ParkingSession) -> None:
    made = data_of(issued(admin), 201)
    address = f"/api/admin/promo-codes/{made['id']}/"
    assert problem_of(ApiClient(admin).patch(address, {"value": 500})) == (404, "promo_code_not_found")


def test_a_voucher_of_another_site_does_not_hold_here(admin: User, inside: ParkingSession) -> None:
    other = make_zone("Elsewhere")
    made = PromoCode.objects.get(pk=data_of(issued(admin, site_id=other.site_id), 201)["id"])
    made.zones.set([other])
    assert problem_of(out(admin, inside, made.code))[0] == 400


# --- At the exit -------------------------------------------------------------------------------------


def test_a_voucher_lowers_the_bill_at_the_exit(admin: User, voucher: str, inside: ParkingSession) -> None:
    bill = data_of(out(admin, inside, voucher.lower(), amount_tendered=100))
    assert [(line["kind"], line["label"], line["amount"]) for line in bill["lines"]] == [
        ("HOURS", "Parking", 100.0), ("VOUCHER", f"Voucher {voucher}", -30.0),
    ]  # fmt: skip
    assert (bill["amount_charged"], bill["change_due"]) == (70.0, 30.0)
    assert PromoUse.objects.get().amount == Decimal(30)
    assert_books_agree()


def test_an_estimate_names_a_voucher_as_the_bill_does(voucher: str, inside: ParkingSession) -> None:
    found = data_of(ApiClient().get(f"/api/public/zones/{inside.zone_id}/estimate/", minutes=60, promo_code=voucher))
    assert (found["lines"][-1]["kind"], found["lines"][-1]["label"]) == ("VOUCHER", f"Voucher {voucher}")


def test_a_voucher_in_a_quote_holds_until_the_exit(admin: User, voucher: str, inside: ParkingSession) -> None:
    assert data_of(shown(admin, inside, voucher))["amount_due"] == 70.0
    with nothing_changes():
        assert data_of(shown(admin, inside, voucher))["amount_due"] == 70.0
    assert leave(admin, inside).session.bill.charged == 70
    assert_books_agree()


def test_a_voucher_pays_once(admin: User, zone: ParkingZone, voucher: str, inside: ParkingSession) -> None:
    data_of(out(admin, inside, voucher))
    second = enter(admin, take_ticket(zone, now=at(20)), at(20))
    with nothing_changes():
        assert problem_of(out(admin, second, voucher)) == (400, "code_used_up")


def test_attendants_need_the_permission(staff: User, voucher: str, inside: ParkingSession) -> None:
    with nothing_changes():
        assert problem_of(out(staff, inside, voucher)) == (403, "not_permitted")


def test_a_voucher_stands_beside_a_promo_code_and_before_points(
    admin: User, driver: User, zone: ParkingZone, voucher: str, time_machine: Traveller
) -> None:
    body = {"code": "WELCOME", "kind": "PERCENT", "value": 10}
    data_of(ApiClient(admin).post("/api/admin/promo-codes/", body), 201)
    session = enter(admin, book(driver, zone, promo_code="WELCOME"))
    time_machine.move_to(at(170), tick=False)
    bill = data_of(out(admin, session, voucher))
    assert [line["kind"] for line in bill["lines"]] == ["HOURS", "PROMO", "VOUCHER"]
    assert bill["total_amount"] == 150 - 15 - 30
    assert_books_agree()


def test_a_driver_may_give_the_voucher_of_a_reservation_as_a_code(
    driver: User, zone: ParkingZone, voucher: str
) -> None:
    session = book(driver, zone, promo_code=voucher)
    assert session.offers["voucher"]["code"] == voucher
    assert "promo" not in session.offers
    assert_books_agree()


def test_while_money_is_under_way_no_voucher_is_given(
    admin: User, voucher: str, inside: ParkingSession, gateway: FakeGateway
) -> None:
    gateway.decide(GatewayState.PENDING)
    leave(admin, inside, "ONLINE")
    assert problem_of(shown(admin, inside, voucher)) == (400, "payment_under_way")
