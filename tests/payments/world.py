"""Our system beside a running stand-in gateway: settings that point at it, its webhooks, and both sides' books."""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import connection
from django.test import Client
from django_tasks_db.models import DBTaskResult

import deploy.gateways
from parking.accounts.models import User
from parking.checkout import booking, leaving, settling, webhooks
from parking.checkout.booking import Booked
from parking.checkout.collecting import Collection
from parking.checkout.leaving import Left
from parking.checkout.tasks import work_on_event
from parking.core.ids import Ref
from parking.core.money import to_paise
from parking.facilities.models import ParkingZone
from parking.payments.models import Payment, PaymentOrder, Refund
from parking.stays.models import ParkingSession
from tests.build import actor, plate
from tests.gateways import standin as fake
from tests.gateways.peer import Call, Peer, Say
from tests.gateways.standin import Standin
from tests.invariants import assert_books_agree
from tests.moments import START

BOTH = ("PHONEPE", "RAZORPAY")
BRAND = {"PHONEPE": "phonepe", "RAZORPAY": "razorpay"}
HOOK_PATH = {"PHONEPE": "/api/payment/callback/phonepe/", "RAZORPAY": "/api/payment/webhook/"}


def settings_for(standin_address: str) -> dict[str, object]:
    """Return the settings by which our gateways call a stand-in."""
    return {
        "GATEWAYS": ["SIMULATED", "PHONEPE", "RAZORPAY"],
        "PHONEPE_OAUTH_URL": f"{standin_address}/apis/pg-sandbox",
        "PHONEPE_PG_URL": f"{standin_address}/apis/pg-sandbox",
        "PHONEPE_CLIENT_ID": fake.CLIENT_ID,
        "PHONEPE_CLIENT_SECRET": fake.CLIENT_SECRET,
        "PHONEPE_CLIENT_VERSION": fake.CLIENT_VERSION,
        "PHONEPE_WEBHOOK_MODE": "SHA",
        "PHONEPE_WEBHOOK_USERNAME": fake.HOOK_USERNAME,
        "PHONEPE_WEBHOOK_PASSWORD": fake.HOOK_PASSWORD,
        "RAZORPAY_URL": standin_address,
        "RAZORPAY_KEY_ID": fake.KEY_ID,
        "RAZORPAY_KEY_SECRET": fake.KEY_SECRET,
        "RAZORPAY_WEBHOOK_SECRETS": (fake.RAZORPAY_WEBHOOK_SECRET,),
        "RAZORPAY_CHECKOUT_URL": f"{standin_address}/pay/{{order_id}}",
    }


def environment_for(standin_address: str) -> dict[str, str]:
    """Return the same settings as an environment for a process that works on this test's database."""
    told = deploy.gateways._settings(standin_address, "http://127.0.0.1:8000")
    return os.environ | told | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "smart_parking.settings"}


def database_url() -> str:
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{values['NAME']}").geturl()


# --- Doing things ----------------------------------------------------------------------------------


def book(
    driver: User, zone: ParkingZone, gateway: str, now: datetime = START, vehicle_number: str | None = None
) -> Booked:
    return booking.book(
        actor=actor(driver),
        zone=Ref(pk=zone.pk),
        plate=vehicle_number or plate(),
        owner_name="Asha Rao",
        vehicle_kind="CAR",
        gateway=gateway,
        now=now,
    )


def order_of(session: ParkingSession) -> PaymentOrder:
    """Return the newest order of a parking session, read from the database."""
    return PaymentOrder.objects.filter(bill_id=session.bill_id).latest("pk")


def leave_online(staff: User, session: ParkingSession, gateway: str, now: datetime) -> Left:
    collection = Collection("ONLINE", gateway=gateway)
    return leaving.leave(actor=actor(staff), qr_code=session.qr_code, collection=collection, now=now)


def follow(now: datetime) -> None:
    """Run the worker's sweeps of the gateways once."""
    settling.follow_open_orders(now=now)
    settling.follow_open_refunds(now=now)


def run_tasks(now: datetime) -> int:
    """Run the tasks that webhooks have queued, as the worker would at `now`; return their number."""
    waiting = DBTaskResult.objects.ready().filter(task_path=work_on_event.module_path)
    rows = list(waiting.order_by("enqueued_at"))
    for row in rows:
        webhooks.work_on_event(event_id=row.args_kwargs["args"][0], now=now)
    DBTaskResult.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


# --- Webhooks --------------------------------------------------------------------------------------


@dataclass
class Mail:
    """Receives the stand-in's webhooks over HTTP, and delivers them to our server when the test says so."""

    standin: Standin
    peer: Peer
    handed_over: int = field(default=0)

    def open(self) -> None:
        for path in HOOK_PATH.values():
            self.peer.on("POST", path, Say(200))
        self.standin.set(
            phonepe_webhook_url=self.peer.url + HOOK_PATH["PHONEPE"],
            razorpay_webhook_url=self.peer.url + HOOK_PATH["RAZORPAY"],
        )

    def arrived(self) -> list[Call]:
        """Return what arrived since the last call, in its order."""
        self.standin.wait_for_webhooks()
        fresh = self.peer.calls[self.handed_over :]
        self.handed_over = len(self.peer.calls)
        return fresh

    def hand_over(self, calls: Sequence[Call] | None = None, *, now: datetime = START) -> list[int]:
        """Deliver webhooks to our own server, and let the worker work at `now`; return the statuses."""
        statuses = [_post(call) for call in (self.arrived() if calls is None else calls)]
        run_tasks(now)
        return statuses


def _post(call: Call) -> int:
    proofs = {name: value for name, value in call.headers.items() if name == "authorization" or name.startswith("x-")}
    sent = Client(raise_request_exception=False).post(
        call.path, call.content, content_type="application/json", headers=proofs
    )
    return int(sent.status_code)


# --- Both sides' books -----------------------------------------------------------------------------


def assert_books_agree_with(standin: Standin) -> None:
    """Assert that our captured and refunded money equals the gateway's, to the paisa.

    Money of an order in review is in the gateway's books alone until a person decides.
    """
    assert_books_agree()
    theirs = standin.books()
    orders = {order.order_id: order for order in PaymentOrder.objects.exclude(gateway="SIMULATED")}
    strangers = {row["reference"] for row in theirs["orders"]} - set(orders)
    assert not strangers, f"the gateway has orders that we never made: {strangers}"
    in_review = {number for number, order in orders.items() if order.status == "REVIEW"}
    captured = _sums([row for row in theirs["payments"] if row["state"] == "CAPTURED"])
    assert {number: paise for number, paise in captured.items() if number not in in_review} == _our_payments()
    assert _sums([row for row in theirs["refunds"] if row["state"] == "DONE"]) == _our_refunds()


def _sums(rows: list[dict[str, Any]]) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for row in rows:
        sums[row["order_reference"]] += row["amount"]
    return dict(sums)


def _our_payments() -> dict[str, int]:
    payments = Payment.objects.filter(method="ONLINE").exclude(gateway="SIMULATED").select_related("order")
    return {payment.order.order_id: to_paise(payment.amount) for payment in payments if payment.order}


def _our_refunds() -> dict[str, int]:
    sums: Counter[str] = Counter()
    done = Refund.objects.filter(status="COMPLETED").exclude(payment__gateway__in=["SIMULATED", ""])
    for refund in done.select_related("payment__order"):
        assert refund.payment.order
        sums[refund.payment.order.order_id] += to_paise(refund.amount)
    return dict(sums)
