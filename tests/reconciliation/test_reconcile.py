"""Our books against those of the stand-in, which speaks as the gateways do, over real HTTP."""

import json
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from parking.accounts.models import User
from parking.checkout import paying, settling
from parking.core import clock
from parking.facilities.models import ParkingZone
from parking.payments.models import Payment, PaymentOrder, Refund
from tests.build import book, cancel
from tests.client import ApiClient
from tests.gateways import standin as fake
from tests.gateways.standin import Standin
from tests.invariants import nothing_changes

pytestmark = pytest.mark.django_db

ADDRESS = "/api/admin/reconciliation/"
PARTS = ("missing_here", "missing_there", "amount_differs", "pending_too_long")
HEAD = "kind,gateway_id,merchant_id,amount,currency,made_at"


def paid_booking(standin: Standin, driver: User, zone: ParkingZone, **options: Any) -> PaymentOrder:
    """A booking whose fee the stand-in's bank has paid, and whose payment we know of."""
    session = book(driver, zone)
    order = PaymentOrder.objects.get(bill=session.bill)
    standin.pay(order.order_id, **options)
    paying.verify_order(order=order, now=clock.now())
    return order


def refund_all(driver: User) -> None:
    """The booking is cancelled, and its fee is back."""
    cancel(driver, driver.sessions.get())
    Refund.objects.update(updated_at=clock.now() - timedelta(minutes=1))
    settling.follow_open_refunds(now=clock.now())


def reconciled(*more: str, gateway: str = "RAZORPAY") -> tuple[int, dict[str, Any]]:
    """Exit code and report of the command for today. From yesterday, in case it is midnight now."""
    out, code = StringIO(), 0
    days = (f"--from={clock.today() - timedelta(days=1)}", "--to=today")
    with nothing_changes():
        try:
            call_command("reconcile", "--gateway", gateway, *days, "--json", *more, stdout=out)
        except CommandError as error:
            code = error.returncode
    return code, json.loads(out.getvalue() or "{}")


def found(report: dict[str, Any]) -> dict[str, list[str]]:
    """Our numbers in each part of a report that is not empty."""
    return {part: [row["own_number"] for row in report[part]] for part in PARTS if report[part]}


def stranger(standin: Standin) -> str:
    """A payment at Razorpay that we never asked for; its number."""
    body = {"amount": 7700, "currency": "INR", "receipt": "ELSEWHERE-1"}
    answer = httpx.post(f"{standin.address}/v1/orders", json=body, auth=(fake.KEY_ID, fake.KEY_SECRET))
    standin.pay(answer.json()["id"])
    return str(standin.books("razorpay")["payments"][0]["id"])


@pytest.mark.parametrize("gateway", ["RAZORPAY", "PHONEPE"])
def test_books_that_agree(
    at_standin: Standin, settings: Settings, driver: User, zone: ParkingZone, gateway: str
) -> None:
    settings.DEFAULT_GATEWAY = gateway
    paid_booking(at_standin, driver, zone)
    refund_all(driver)
    assert Refund.objects.get().status == "COMPLETED"
    code, report = reconciled(gateway=gateway)
    assert (code, report["compared"], found(report)) == (0, 2, {})


def test_a_payment_that_only_the_gateway_knows(at_standin: Standin, driver: User, zone: ParkingZone) -> None:
    paid_booking(at_standin, driver, zone)
    number = stranger(at_standin)
    code, report = reconciled()
    assert (code, report["differences"]) == (1, 1)
    assert [(row["gateway_id"], row["amount"]) for row in report["missing_here"]] == [(number, "77.00")]


def test_a_payment_whose_news_was_lost(at_standin: Standin, driver: User, zone: ParkingZone) -> None:
    order = PaymentOrder.objects.get(bill=book(driver, zone).bill)
    at_standin.pay(order.order_id)
    assert found(reconciled()[1]) == {"missing_here": [order.order_id]}


@pytest.mark.parametrize("gateway", ["RAZORPAY", "PHONEPE"])
def test_money_that_only_we_know_of(
    at_standin: Standin, settings: Settings, driver: User, zone: ParkingZone, gateway: str
) -> None:
    settings.DEFAULT_GATEWAY = gateway
    order = paid_booking(at_standin, driver, zone)
    refund_all(driver)
    at_standin.reset()
    code, report = reconciled(gateway=gateway)
    assert (code, found(report)) == (1, {"missing_there": [order.order_id, Refund.objects.get().refund_id]})


@pytest.mark.parametrize("gateway", ["RAZORPAY", "PHONEPE"])
def test_an_order_that_was_paid_with_another_amount(
    at_standin: Standin, settings: Settings, driver: User, zone: ParkingZone, gateway: str
) -> None:
    settings.DEFAULT_GATEWAY = gateway
    order = paid_booking(at_standin, driver, zone, amount=4900)
    assert (order.status, Payment.objects.count()) == ("REVIEW", 0)
    code, report = reconciled(gateway=gateway)
    assert (code, found(report)) == (1, {"amount_differs": [order.order_id]})
    row = report["amount_differs"][0]
    assert (row["amount"], row["our_amount"]) == ("49.00", "50.00")


def test_what_is_open_for_more_than_an_hour(at_standin: Standin, driver: User, zone: ParkingZone) -> None:
    order = PaymentOrder.objects.get(bill=book(driver, zone).bill)
    assert reconciled()[0] == 0
    PaymentOrder.objects.update(created_at=clock.now() - timedelta(hours=1, seconds=1))
    assert found(reconciled()[1]) == {"pending_too_long": [order.order_id]}


def test_a_gateway_that_does_not_answer(at_standin: Standin, settings: Settings) -> None:
    settings.RAZORPAY_URL = "http://127.0.0.1:9"
    assert reconciled() == (2, {})


@pytest.mark.parametrize("more", [["--gateway", "PAYPAL"], ["--to=2020-01-01"], ["--settlement", "/no/such/file"]])
def test_what_cannot_be_done_is_exit_code_2(at_standin: Standin, more: list[str]) -> None:
    assert reconciled(*more) == (2, {})


def test_a_settlement_file(at_standin: Standin, driver: User, zone: ParkingZone, tmp_path: Path) -> None:
    order = paid_booking(at_standin, driver, zone)
    payment = Payment.objects.get(order=order)
    file = tmp_path / "settlement.csv"
    row = f"PAYMENT,{payment.reference},,50.00,INR,{payment.captured_at.isoformat()}"
    file.write_text(f"{HEAD}\n{row}\n")
    assert reconciled("--settlement", str(file))[0] == 0
    file.write_text(f"{HEAD}\n{row.replace('50.00', '48.82')}\n")
    assert found(reconciled("--settlement", str(file))[1]) == {"amount_differs": [order.order_id]}
    file.write_bytes(b"\xff\xfe")
    assert reconciled("--settlement", str(file)) == (2, {})


def test_the_report_for_people(at_standin: Standin, driver: User, zone: ParkingZone) -> None:
    order = paid_booking(at_standin, driver, zone)
    at_standin.reset()
    out = StringIO()
    with pytest.raises(CommandError, match="1 differences"):
        call_command("reconcile", "--gateway=RAZORPAY", "--from=today", "--to=today", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[:3] == ["0 compared, 1 differences", "", "Missing at the gateway:"]
    assert f"own_number={order.order_id}  amount=50.00" in lines[3]


# --- The manager's call ----------------------------------------------------------------------------


def test_the_call_asks_the_gateway(at_standin: Standin, as_admin: ApiClient, driver: User, zone: ParkingZone) -> None:
    payment = Payment.objects.get(order=paid_booking(at_standin, driver, zone))
    today = {"gateway": "RAZORPAY", "start_date": "today", "end_date": "today"}
    agreeing = {"gateway": "RAZORPAY", "compared": 1, "differences": 0} | {part: [] for part in PARTS}
    assert as_admin.get(ADDRESS, **today).json()["data"] == agreeing
    at_standin.reset()
    data = as_admin.get(ADDRESS, **today).json()["data"]
    assert [(row["gateway_id"], row["amount"]) for row in data["missing_there"]] == [(payment.reference, 50.0)]


def test_the_call_takes_a_settlement_file(as_admin: ApiClient) -> None:
    body = {"gateway": "PHONEPE", "start_date": "2026-11-22", "end_date": "2026-11-22"}
    text = f"{HEAD}\nPAYMENT,OM1,PK-1,50.00,INR,2026-11-22T10:00:00+05:30\n"
    data = as_admin.post(ADDRESS, body | {"settlement": text}).json()["data"]
    assert [row["own_number"] for row in data["missing_here"]] == ["PK-1"]
    bad = as_admin.post(ADDRESS, body | {"settlement": "PAYMENT"})
    assert (bad.status_code, bad.json()["code"], list(bad.json()["errors"])) == (
        400,
        "validation_error",
        ["settlement"],
    )


def test_a_gateway_that_is_none_or_away(
    at_standin: Standin, as_admin: ApiClient, settings: Settings, driver: User, zone: ParkingZone
) -> None:
    today = {"start_date": "today", "end_date": "today"}
    answer = as_admin.get(ADDRESS, gateway="PAYPAL", **today)
    assert (answer.status_code, answer.json()["code"]) == (400, "gateway_invalid")
    settings.RAZORPAY_URL = "http://127.0.0.1:9"
    answer = as_admin.get(ADDRESS, gateway="RAZORPAY", **today)
    assert (answer.status_code, answer.json()["code"]) == (503, "gateway_unavailable")


@pytest.fixture
def waiting_at_phonepe(at_standin: Standin, settings: Settings, driver: User, zone: ParkingZone) -> None:
    settings.DEFAULT_GATEWAY = "PHONEPE"
    book(driver, zone)


def test_a_request_does_not_ask_for_ever(
    waiting_at_phonepe: None, as_admin: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parking.api.admin.reconciliation.MOST_CALLS", 0)
    answer = as_admin.get(ADDRESS, gateway="PHONEPE", start_date="today", end_date="today")
    assert (answer.status_code, answer.json()["code"]) == (400, "too_many_orders")


def test_an_amount_is_compared_to_the_paisa(at_standin: Standin, driver: User, zone: ParkingZone) -> None:
    order = paid_booking(at_standin, driver, zone)
    Payment.objects.filter(order=order).update(amount=Decimal("49.99"))
    assert found(reconciled()[1]) == {"amount_differs": [order.order_id]}
