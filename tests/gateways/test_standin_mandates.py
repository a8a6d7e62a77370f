"""The stand-in's plans, subscriptions and invoices: what it accepts, answers, tells and shows."""

import json
import time
from typing import Any

import httpx
import pytest

from tests.gateways.standin import KEY_ID, KEY_SECRET, Standin

ITEM = {"name": "Weekly", "amount": 150_000, "currency": "INR"}


def call(standin: Standin, method: str, path: str, **parts: Any) -> httpx.Response:
    return standin.http.request(method, f"/v1/{path}", auth=(KEY_ID, KEY_SECRET), **parts)


def plan(standin: Standin) -> str:
    answer = call(standin, "POST", "plans", json={"period": "weekly", "interval": 1, "item": ITEM})
    assert answer.status_code == 200
    return str(answer.json()["id"])


def subscription(standin: Standin, **fields: Any) -> dict[str, Any]:
    body = {"plan_id": plan(standin), "total_count": 2, "start_at": int(time.time()) + 3600, **fields}
    answer = call(standin, "POST", "subscriptions", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.mark.parametrize(
    "body",
    [
        {"period": "weekly", "interval": 1},
        {"period": "daily", "interval": 1, "item": ITEM},
        {"period": "weekly", "interval": 0, "item": ITEM},
        {"period": "weekly", "interval": 1, "item": ITEM | {"amount": 99}},
        {"period": "weekly", "interval": 1, "item": ITEM, "colour": "red"},
    ],
)
def test_a_wrong_plan_is_refused(standin: Standin, body: dict[str, Any]) -> None:
    assert call(standin, "POST", "plans", json=body).status_code == 400


def test_a_subscription_waits_for_its_payer(standin: Standin) -> None:
    made = subscription(standin, notes={"number": "MD-1"})
    assert (made["status"], made["customer_id"], made["paid_count"], made["notes"]) == (
        "created",
        None,
        0,
        {"number": "MD-1"},
    )
    assert made["short_url"].startswith(f"{standin.address}/mandate/")
    listed = call(standin, "GET", "subscriptions", params={"plan_id": made["plan_id"]}).json()
    assert [row["id"] for row in listed["items"]] == [made["id"]]
    assert call(standin, "GET", "subscriptions/sub_Unknown0000001").status_code == 400


def test_a_start_in_the_past_is_refused(standin: Standin) -> None:
    body = {"plan_id": plan(standin), "total_count": 2, "start_at": int(time.time()) - 1}
    assert call(standin, "POST", "subscriptions", json=body).status_code == 400


def test_the_payer_gives_it_on_the_page(standin: Standin) -> None:
    made = subscription(standin)
    path = made["short_url"].removeprefix(standin.address)
    assert "Give the mandate" in standin.http.get(path).text
    assert "You declined" in standin.http.post(f"{path}/decline").text
    assert call(standin, "GET", f"subscriptions/{made['id']}").json()["status"] == "created"
    assert "the mandate is given" in standin.http.post(f"{path}/give").text
    assert call(standin, "GET", f"subscriptions/{made['id']}").json()["status"] == "authenticated"


def test_a_charge_is_told_of_in_all_its_names(standin: Standin) -> None:
    number = subscription(standin)["id"]
    standin.mandate(number, "authorise")
    standin.mandate(number, "charge")
    events = [row["event"] for row in standin.webhooks()]
    assert events == [
        "payment.captured",
        "order.paid",
        "subscription.authenticated",
        "refund.created",
        "refund.processed",
        "payment.authorized",
        "payment.captured",
        "order.paid",
        "subscription.activated",
        "subscription.charged",
        "invoice.paid",
    ]
    (invoice,) = call(standin, "GET", "invoices", params={"subscription_id": number}).json()["items"]
    payment = call(standin, "GET", f"payments/{invoice['payment_id']}").json()
    assert (payment["invoice_id"], payment["order_id"]) == (invoice["id"], invoice["order_id"])
    assert (payment["amount"], payment["status"], invoice["status"]) == (150_000, "captured", "paid")
    charged = json.loads(standin.webhooks(event="subscription.charged")[0]["body"])["payload"]
    assert "subscription_id" not in charged["payment"]["entity"]
    assert charged["subscription"]["entity"]["short_url"] is None


def test_the_consent_takes_five_rupees_and_gives_them_back(standin: Standin) -> None:
    number = subscription(standin)["id"]
    standin.mandate(number, "authorise")
    (payment,) = call(standin, "GET", "payments").json()["items"]
    (refund,) = call(standin, "GET", "refunds").json()["items"]
    assert (payment["amount"], payment["status"], payment["amount_refunded"]) == (500, "refunded", 500)
    assert (payment["invoice_id"], payment["notes"]) == (None, [])
    assert payment["customer_id"] == call(standin, "GET", f"subscriptions/{number}").json()["customer_id"]
    assert (refund["payment_id"], refund["amount"], refund["receipt"]) == (payment["id"], 500, None)
    told = json.loads(standin.webhooks(event="subscription.authenticated")[0]["body"])["payload"]
    assert told["payment"]["entity"]["id"] == payment["id"]
    assert call(standin, "GET", "invoices", params={"subscription_id": number}).json()["items"] == []


def test_the_last_charge_completes_it(standin: Standin) -> None:
    number = subscription(standin)["id"]
    standin.mandate(number, "authorise")
    standin.mandate(number, "charge")
    assert standin.mandate(number, "charge")["status"] == "completed"


def test_four_failed_charges_halt_it(standin: Standin) -> None:
    number = subscription(standin)["id"]
    standin.mandate(number, "authorise")
    states = [standin.mandate(number, "fail-charge")["status"] for _ in range(4)]
    assert states == ["pending", "pending", "pending", "halted"]


def test_it_is_cancelled_once(standin: Standin) -> None:
    number = subscription(standin)["id"]
    cancelled = call(standin, "POST", f"subscriptions/{number}/cancel", json={"cancel_at_cycle_end": False})
    assert cancelled.json()["status"] == "cancelled"
    again = call(standin, "POST", f"subscriptions/{number}/cancel", json={})
    assert (again.status_code, "not cancellable" in again.text) == (400, True)


def test_one_that_nobody_gives_expires(standin: Standin) -> None:
    number = subscription(standin, expire_by=int(time.time()) + 60)["id"]
    standin.advance(61)
    assert call(standin, "GET", f"subscriptions/{number}").json()["status"] == "expired"


def test_the_bank_charges_from_the_first_page(standin: Standin) -> None:
    number = subscription(standin)["id"]
    standin.mandate(number, "authorise")
    assert "Charge this now" in standin.http.get("/").text
    standin.http.post(f"/mandates/{number}/charge")
    assert call(standin, "GET", f"subscriptions/{number}").json()["paid_count"] == 1
