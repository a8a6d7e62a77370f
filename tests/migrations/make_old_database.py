"""Make `old_database.json`: the rows and answers of a car park with a booking, payment and document in every state.

Run at the commit whose database is to be kept, on SQLite; every run there writes the same file:

    python -m pytest -n 0 tests/migrations/make_old_database.py

It was run before the redesign, and has followed the layout since. `test_old_database.py` migrates these rows to the
newest schema, so do not run it on a later commit: the file would no longer hold what an older installation has.
"""

import hashlib
import hmac
import json
import os
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from parking.accounts.models import User
from parking.core import clock
from parking.facilities.models import ParkingSite
from parking.payments.gateways.base import GatewayState
from parking.payments.models import Debt, Payment
from parking.stays.models import ParkingSession
from tests.client import ApiClient
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree
from tests.migrations import worker
from tests.migrations.conftest import WEBHOOK_SECRET
from tests.migrations.rows import read_answers, read_rows, write_file
from tests.migrations.world import World

pytestmark = pytest.mark.django_db

# 9:00 in India near the end of a financial year; the last things happen in the next one.
START = datetime(2026, 3, 20, 3, 30, tzinfo=UTC)
REGISTERED = timedelta(days=10)
APPS = (
    "accounts", "audit", "core", "facilities", "invoices", "payments", "stays", "tariffs", "vehicles",
    "axes", "token_blacklist", "django_tasks_database",
)  # fmt: skip
PASSWORD = "monsoon-of-2026"
# Exactly as long as the column, and longer.
SIXTY = "Charged for a second car of the same owner, see the complaint"[:60]
EIGHTY = "The barrier stayed shut for twenty minutes and the driver missed the train home."
PENDING, COMPLETED, FAILED = GatewayState.PENDING, GatewayState.COMPLETED, GatewayState.FAILED


# --- People and places -----------------------------------------------------------------------------


def people(w: World) -> None:
    User.objects.create_superuser("admin1", PASSWORD, email="admin1@example.org")
    for username, role in (("admin2", "ADMIN"), ("staff1", "STAFF"), ("gone1", "STAFF"), ("driver3", "USER")):
        fields = {"username": username, "password": PASSWORD, "email": f"{username}@example.org", "role": role}
        w.call("admin1", "/api/admin/users/", fields, status=201)
    for username in ("driver1", "driver2"):
        fields = {"username": username, "password": PASSWORD, "phone": "+91 00000 00000", "first_name": "Meera"}
        w.call("", "/api/auth/register/", fields, status=201)
    for username in ("gone1", "driver3"):
        w.patch(f"/api/admin/users/{User.objects.get(username=username).pk}/", {"is_active": False})
    pair = w.call("", "/api/auth/login/", {"username": "driver2", "password": PASSWORD})
    w.call("", "/api/auth/refresh/", {"refresh": pair["refresh"]})
    w.post_page("driver1", reverse("vehicles"), {
        "plate": "KA-05-MJ-9001", "owner_name": "Meera Iyer", "vehicle_kind": "TWO_WHEELER", "label": "Scooter",
    })  # fmt: skip


def places(w: World) -> None:
    kinds = [{"vehicle_kind": "TWO_WHEELER", "hourly_rate": 20, "booking_fee": 10}]
    zone = {"name": "Zone A", "hourly_rate": 50, "booking_fee": 50, "kind_rates": kinds, "features": ["covered"]}
    free = {"name": "Zone B", "hourly_rate": 35.5, "booking_fee": 0, "opens_at": "06:00", "closes_at": "23:00"}
    over = {"name": "Zone C", "hourly_rate": 10, "booking_fee": 10}
    for number, fields in enumerate((zone, free, over), start=1):
        w.call("admin1", "/api/admin/zones/", fields, status=201, Idempotency_Key=f"zone-{number}")
    for zone_id, first, last, kind in (
        (1, 1, 40, "CAR"), (1, 41, 44, "TWO_WHEELER"), (1, 45, 46, "EV"), (1, 47, 47, "ACCESSIBLE"), (1, 48, 48, "VIP"),
        (2, 1, 5, "CAR"), (3, 1, 2, "CAR"),
    ):  # fmt: skip
        body = {"prefix": "A-", "first": first, "last": last, "kind": kind}
        w.call("admin1", f"/api/admin/zones/{zone_id}/slots/", body, status=201)
    w.patch("/api/admin/slots/40/", {"status": "OUT_OF_SERVICE"})
    ApiClient(User.objects.get(username="admin1")).delete("/api/admin/zones/3/")
    site = ParkingSite.objects.get().name
    profile = {"legal_name": "Example Parking", "series_prefix": "KA1", "holds_from": START.date()}
    call_command("tax_profile", site, **profile)
    registered = profile | {"gstin": "29AAGCB7383J1Z4", "holds_from": START.date() + REGISTERED}
    call_command("tax_profile", site, **registered)


# --- Stays -----------------------------------------------------------------------------------------


def abandoned_long_ago(w: World) -> None:
    """An order that nobody asks the gateway after any more, although it never said its last word."""
    w.gateways_say(PENDING)
    w.book()
    w.wait(minutes=11)
    worker.expire_holds()
    w.gateways_say(COMPLETED)


def left_through_the_gate(w: World) -> None:
    cash = w.enter(w.book(Idempotency_Key="book-1"), scan_id="in-1")
    upi, exactly = w.inside(minutes=0), w.inside(minutes=0, vehicle_kind="TWO_WHEELER")
    online = w.inside("driver2", minutes=140, vehicle_kind="EV")
    w.leave(cash, "CASH", amount_tendered=500, scan_id="out-1", Idempotency_Key="exit-1")
    w.leave(upi, "UPI", upi_reference="609012345678")
    w.leave(online, "ONLINE")
    w.leave(exactly, "CASH")
    w.leave(w.inside(minutes=30), "CASH")
    w.leave(w.inside(zone=2, minutes=61), "CASH")
    for refunded, reason in ((cash, SIXTY), (upi, "Overcharged")):
        method = "CASH" if refunded is cash else "UPI"
        done = w.refund(refunded, 20, reason, method=method)
        w.call("admin2", f"/api/admin/refunds/{done.pk}/approve/", Idempotency_Key=f"approve-{done.pk}")
    w.refund(cash, 10, EIGHTY, method="CASH")
    w.refund(online, 15.5, "Goodwill", method="ONLINE")


def ended_by_staff(w: World) -> None:
    for method in ("CASH", "ONLINE", "NONE", "NONE"):
        w.terminate(w.inside(), method)
    forgiven = Debt.objects.latest("pk")
    w.call("admin1", f"/api/admin/debts/{forgiven.pk}/write-off/", {"reason": "Ambulance"})


def walk_ins(w: World) -> None:
    for end, method in ((w.leave, "CASH"), (w.terminate, "NONE")):
        ticket = w.walk_in()
        w.wait(minutes=50)
        end(ticket, method)


def ended_before_entry(w: World) -> None:
    w.cancel(w.book())
    late = w.book("driver2")
    w.wait(minutes=6)
    w.cancel(late, "driver2")
    w.book(), w.book(zone=2)
    w.wait(minutes=31)
    worker.expire_no_shows()
    w.gateways_say(FAILED)
    w.book(status=400)
    w.gateways_say(PENDING)
    paid_late, unpaid = w.book(), w.book()
    w.wait(minutes=11)
    worker.expire_holds()
    w.gateways_say(COMPLETED)
    w.says(paid_late, state=COMPLETED)
    w.says(unpaid, state=FAILED)
    worker.follow_orders()


def orders_for_a_person(w: World) -> None:
    """Money that is not the order's: one review waits, one was closed."""
    w.gateways_say(PENDING)
    bookings = [w.book("driver2") for _ in range(2)]
    for booking, amount in zip(bookings, (4900, 5100), strict=True):
        w.says(booking, state=COMPLETED, amount=amount)
    w.wait(seconds=30)
    worker.follow_orders()
    number = w.order(bookings[0]).order_id
    w.post_page("admin1", reverse("office_review_close", args=[number]), {"reason": "Settled there", "step": "go"})
    w.gateways_say(COMPLETED)
    w.wait(minutes=11)
    worker.expire_holds()


def paid_after_cash(w: World) -> None:
    """An online payment that comes after the driver paid in cash goes back."""
    booking = w.inside()
    w.gateways_say(PENDING)
    w.leave(booking, "ONLINE")
    w.leave(booking, "CASH")
    w.says(booking, state=COMPLETED)
    w.gateways_say(COMPLETED)
    w.wait(minutes=1)
    worker.follow_orders()


def refund_nobody_takes(w: World) -> None:
    """The gateway refuses every attempt, so a person must look."""
    booking = w.book()
    w.gateways_say(FAILED)
    w.cancel(booking)
    for minutes in (2, 11, 61, 361):
        w.wait(minutes=minutes)
        worker.follow_refunds()
    w.gateways_say(COMPLETED)


def webhooks(w: World) -> None:
    """Events that were worked on, are of no use, name an unknown order, and wait for the gateway."""
    booking = w.inside(minutes=70)
    w.gateways_say(PENDING)
    body = {"session_id": booking["session_id"], "amount": 50}
    w.call("driver1", "/api/payment/create-order/", body, Idempotency_Key="order-1")
    order = w.order(booking)
    w.says(booking, state=COMPLETED)
    w.gateways_say(COMPLETED)
    entity = {"order": {"entity": {"id": order.gateway_order_id, "receipt": order.order_id}}}
    _razorpay_calls(w, "order.paid", entity)
    _razorpay_calls(w, "invoice.paid", {})
    _razorpay_calls(w, "order.paid", {"order": {"entity": {"id": "order_Unknown", "receipt": "PK-UNKNOWN"}}})
    for event in (1, 3):
        worker.work_on_event(event)
    w.leave(booking, "CASH")


def _razorpay_calls(w: World, name: str, payload: Any) -> None:
    body = json.dumps({"event": name, "payload": payload}).encode()
    proof = hmac.new(WEBHOOK_SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers = {"X-Razorpay-Signature": proof}
    answer = Client().post("/api/payment/webhook/", body, content_type="application/json", headers=headers)
    assert answer.status_code == 200, answer.content


# --- What is under way at the end ------------------------------------------------------------------


def refunds_under_way(w: World) -> None:
    for state in (PENDING, FAILED):
        booking = w.book()
        w.gateways_say(state)
        w.cancel(booking)
        w.gateways_say(COMPLETED)
    unreached = w.book()
    w.gateway.reachable = False
    w.cancel(unreached)
    w.gateway.reachable = True


def cars_inside(w: World) -> None:
    w.walk_in()
    _, quoted, ahead, waiting, unreached, ending, due = (w.enter(w.book()) for _ in range(7))
    w.wait(minutes=130)
    worker.issue_documents()
    w.call("driver1", "/api/payment/phonepe/create/", {"session_id": ahead["session_id"], "amount": 100})
    w.call("driver1", "/api/payment/phonepe/verify/", {
        "session_id": ahead["session_id"], "merchant_txn_id": w.order(ahead).order_id,
    })  # fmt: skip
    w.gateways_say(PENDING)
    w.call("driver1", "/api/payment/phonepe/create/", {"session_id": due["session_id"], "amount": 100})
    w.leave(waiting, "ONLINE", scan_id="out-9", Idempotency_Key="exit-9")
    w.terminate(ending, "ONLINE")
    w.gateway.reachable = False
    w.leave(unreached, "ONLINE", status=503, Idempotency_Key="exit-10")
    w.quote(quoted)


def bookings_that_wait(w: World) -> None:
    """The gateway is away: one order did not reach it, another one is unpaid; the others were paid before."""
    w.book(status=201)
    w.gateway.reachable = True
    w.book()
    w.gateways_say(COMPLETED)
    w.book("driver2"), w.book("driver2", zone=2)
    w.call("", "/parking/entry/", {"vehicle_number": w.plate(), "owner_name": "Ravi Nair", "zone_id": 1})
    unworked = w.order({"session_id": ParkingSession.objects.filter(status="ACTIVE").latest("pk").pk})
    _razorpay_calls(w, "order.paid", {"order": {"entity": {"id": "order_X", "receipt": unworked.order_id}}})
    w.call("", "/api/auth/login/", {"username": "driver1", "password": "a wrong guess"}, status=401)


# --- Papers, and the days on which all of this happens ---------------------------------------------


def papers(w: World) -> None:
    """Of a registered operator: an invoice and its credit note, a receipt and its refund voucher."""
    stay = w.inside(minutes=100)
    w.leave(stay, "UPI", upi_reference="609112345679")
    worker.issue_documents()
    done = w.refund(stay, 25, "Barrier was broken", method="UPI")
    w.call("admin2", f"/api/admin/refunds/{done.pk}/approve/")
    booking = w.book("driver2")
    receipt = f"/api/payment/{Payment.objects.latest('pk').pk}/receipt/"
    for _ in range(2):
        assert ApiClient(User.objects.get(username="driver2")).get(receipt).status_code == 200
        if ParkingSession.objects.get(pk=booking["session_id"]).is_open:
            w.cancel(booking, "driver2")
    worker.issue_documents()


DAYS: dict[int, tuple[Callable[[World], None], ...]] = {
    0: (people, places, abandoned_long_ago),
    8: (left_through_the_gate, ended_by_staff, walk_ins, ended_before_entry, orders_for_a_person, paid_after_cash,
        refund_nobody_takes),
    REGISTERED.days: (papers,),
    12: (webhooks, refunds_under_way, cars_inside, bookings_that_wait),
}  # fmt: skip


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, gateways: dict[str, FakeGateway]) -> Iterator[World]:
    """A world in which nothing is left to chance."""
    chance = random.Random(2026)
    monkeypatch.setattr(os, "urandom", chance.randbytes)
    monkeypatch.setattr(random, "_urandom", chance.randbytes)
    with time_machine.travel(START, tick=False) as traveller:
        yield World(traveller, gateways)


def test_make_the_file(world: World) -> None:
    for day, parts in DAYS.items():
        world.traveller.move_to(START + timedelta(days=day))
        for part in parts:
            part(world)
            assert_books_agree()
    models = [model for label in APPS for model in apps.get_app_config(label).get_models(include_auto_created=True)]
    tables = read_rows(models)
    write_file(at=clock.now().isoformat(), tables=tables, answers=read_answers())
