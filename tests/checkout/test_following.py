"""How often a gateway is asked after an order, when that ends, and that money which comes later is still taken."""

import importlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.apps import apps

from parking.accounts.models import User
from parking.checkout import expiring, paying, settling, webhooks
from parking.facilities.models import ParkingZone
from parking.payments import orders
from parking.payments.gateways import registry
from parking.payments.gateways.base import EventKind, GatewayState, WebhookEvent
from parking.payments.models import GatewayEvent, Payment, PaymentOrder, Refund
from parking.payments.schedule import CHECK_AGES, FOLLOWED_FOR, GIVEN_UP_AGES, LAST_CHANCE, next_check
from tests.build import book, enter, leave, reloaded
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree
from tests.moments import START

SECOND = timedelta(seconds=1)
# PhonePe's schedule: up to this age in seconds, never more often than every so many seconds.
PHONEPE = ((52, 3), (112, 6), (172, 10), (232, 30), (900, 60))


def after(**span: float) -> datetime:
    return START + timedelta(**span)


@pytest.fixture
def abandoned(driver: User, zone: ParkingZone, gateway: FakeGateway, db: None) -> PaymentOrder:
    """The order of a booking whose driver went away from the page where he pays."""
    gateway.outcome = GatewayState.PENDING
    return PaymentOrder.objects.get(bill=book(driver, zone, now=START).bill)


def follow_to_the_end(order: PaymentOrder) -> datetime:
    """Let the worker follow the order until nobody asks after it any more; answers when that was."""
    now = START
    while True:
        order.refresh_from_db()
        if order.next_check_at is None:
            return now
        assert settling.follow_open_orders(now=order.next_check_at - SECOND) == 0
        now = order.next_check_at
        settling.follow_open_orders(now=now)
        expiring.expire_unpaid_holds(now=now)


# --- The schedule ----------------------------------------------------------------------------------


def test_the_first_check_comes_after_22_seconds_and_the_last_after_five_days() -> None:
    assert CHECK_AGES[0] == timedelta(seconds=22)
    assert CHECK_AGES[-1] == FOLLOWED_FOR == timedelta(days=5)
    assert len(CHECK_AGES) == 27


def test_checks_are_never_closer_than_phonepe_allows() -> None:
    for earlier, later in pairwise(age.total_seconds() for age in CHECK_AGES):
        shortest = next((pause for until, pause in PHONEPE if earlier < until), 60)
        assert later - earlier >= shortest


@pytest.mark.parametrize(
    ("age", "due"),
    [(0, 22), (21.9, 22), (22, 25), (34, 40), (60, 68), (400, 600), (900, 960), (3600, 10_800), (431_999, 432_000)],
)
def test_the_next_check_is_the_first_later_one(age: float, due: int) -> None:
    assert next_check(created_at=START, now=after(seconds=age)) == after(seconds=due)


def test_there_is_none_after_the_last() -> None:
    assert next_check(created_at=START, now=START + FOLLOWED_FOR) is None


# --- What an order costs ---------------------------------------------------------------------------


def test_an_abandoned_order_costs_26_calls_in_five_days_and_is_then_definite(
    abandoned: PaymentOrder, gateway: FakeGateway
) -> None:
    assert follow_to_the_end(abandoned) == after(days=5)
    assert gateway.calls == ["create_order"] + ["fetch_order"] * 25
    assert (abandoned.status, abandoned.is_definite) == ("EXPIRED", True)
    assert settling.follow_open_orders(now=after(days=30)) == 0
    assert len(gateway.calls) == 26


def test_an_order_that_another_took_the_place_of_costs_six_calls(abandoned: PaymentOrder, gateway: FakeGateway) -> None:
    orders.give_up(bill=abandoned.bill, now=after(seconds=5))
    assert follow_to_the_end(abandoned) == after(days=5)
    assert gateway.calls == ["create_order"] + ["fetch_order"] * len(GIVEN_UP_AGES)
    assert (abandoned.status, abandoned.is_definite, len(gateway.calls)) == ("EXPIRED", True, 6)


def test_an_order_that_waits_for_a_car_inside_is_given_up_at_the_end(
    driver: User, staff: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    inside = enter(staff, book(driver, zone, now=START), START)
    gateway.outcome = GatewayState.PENDING
    leave(staff, inside, "ONLINE", after(hours=2))
    order = PaymentOrder.objects.latest("pk")
    follow_to_the_end(order)
    assert (order.status, order.is_definite) == ("EXPIRED", True)
    assert leave(staff, inside, "CASH", after(days=6)).session.status == "COMPLETED"
    assert_books_agree()


def test_a_silent_gateway_is_asked_once_more_after_the_end(abandoned: PaymentOrder, gateway: FakeGateway) -> None:
    gateway.reachable = False
    assert follow_to_the_end(abandoned) == START + FOLLOWED_FOR + LAST_CHANCE
    assert (len(gateway.calls), abandoned.is_definite) == (27, True)


def test_money_found_at_the_last_chance_is_taken(abandoned: PaymentOrder, gateway: FakeGateway) -> None:
    gateway.reachable = False
    settling.follow_open_orders(now=START + FOLLOWED_FOR)
    gateway.reachable = True
    gateway.decide(GatewayState.COMPLETED)
    assert settling.follow_open_orders(now=START + FOLLOWED_FOR + LAST_CHANCE) == 1
    assert Payment.objects.get().order == abandoned
    assert_books_agree()


def test_what_the_gateway_refuses_for_good_is_definite_at_once(abandoned: PaymentOrder, gateway: FakeGateway) -> None:
    gateway.decide(GatewayState.FAILED)
    settling.follow_open_orders(now=after(seconds=22))
    abandoned.refresh_from_db()
    assert (abandoned.status, abandoned.is_definite, abandoned.next_check_at) == ("FAILED", True, None)


def test_an_order_that_we_gave_up_is_definite_when_its_gateway_closes_it(
    abandoned: PaymentOrder, gateway: FakeGateway
) -> None:
    expiring.expire_unpaid_holds(now=after(minutes=11))
    settling.follow_open_orders(now=after(minutes=11))
    gateway.decide(GatewayState.FAILED)
    settling.follow_open_orders(now=after(minutes=16))
    abandoned.refresh_from_db()
    assert (abandoned.status, abandoned.is_definite, abandoned.next_check_at) == ("EXPIRED", True, None)


def test_a_paid_order_is_not_asked_after_again(abandoned: PaymentOrder, gateway: FakeGateway) -> None:
    gateway.decide(GatewayState.COMPLETED)
    assert settling.follow_open_orders(now=after(seconds=22)) == 1
    abandoned.refresh_from_db()
    assert (abandoned.status, abandoned.is_definite, abandoned.next_check_at) == ("COMPLETED", True, None)


def test_a_worker_that_was_away_asks_once(abandoned: PaymentOrder, gateway: FakeGateway) -> None:
    assert settling.follow_open_orders(now=after(days=2)) == 1
    assert gateway.calls == ["create_order", "fetch_order"]
    abandoned.refresh_from_db()
    assert abandoned.next_check_at == after(days=3)


def test_only_orders_of_the_named_gateway_are_followed_and_no_more_than_wanted(
    driver: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    for _ in range(3):
        book(driver, zone, now=START)
    assert settling.follow_open_orders(now=after(minutes=1), gateway="PHONEPE") == 0
    assert settling.follow_open_orders(now=after(minutes=1), gateway="SIMULATED", most=2) == 2
    assert settling.follow_open_orders(now=after(minutes=1), gateway="SIMULATED", most=2) == 1


# --- Money that comes when nobody asks any more ----------------------------------------------------


@dataclass
class Caller:
    """A gateway that sends the same event again and again."""

    order_id: str

    def read_webhook(self, *_: object) -> WebhookEvent:
        return WebhookEvent("event-1", EventKind.ORDER, order_id=self.order_id)


def take_webhook(now: datetime) -> None:
    """Take the event, and let the worker work on it."""
    queued: list[int] = []
    webhooks.take_webhook(gateway="SIMULATED", headers={}, body=b"{}", now=now, queue=queued.append)
    for event_id in queued:
        webhooks.work_on_event(event_id=event_id, now=now)


def test_a_webhook_brings_in_money_of_a_definite_order(
    abandoned: PaymentOrder, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(registry._CALLING_US, "SIMULATED", lambda: Caller(abandoned.order_id))
    take_webhook(START)
    follow_to_the_end(abandoned)
    gateway.decide(GatewayState.COMPLETED)
    # The same event as before: what was not paid then is looked at again.
    take_webhook(after(days=6))
    abandoned.refresh_from_db()
    assert (abandoned.status, Refund.objects.get().status) == ("COMPLETED", "COMPLETED")
    assert (Payment.objects.get().amount, reloaded(abandoned.bill.session).status) == (50, "EXPIRED")
    asked = len(gateway.calls)
    take_webhook(after(days=7))
    assert len(gateway.calls) == asked
    assert GatewayEvent.objects.get().processed_at == after(days=6)
    assert_books_agree()


def test_a_client_s_question_brings_in_money_of_a_definite_order(abandoned: PaymentOrder, gateway: FakeGateway) -> None:
    follow_to_the_end(abandoned)
    gateway.decide(GatewayState.COMPLETED)
    assert paying.verify_order(order=abandoned, now=after(days=6)).status == "COMPLETED"
    asked = len(gateway.calls)
    paying.verify_order(order=abandoned, now=after(days=6))
    assert len(gateway.calls) == asked
    assert_books_agree()


# --- The step from the former release --------------------------------------------------------------


def test_the_migration_gives_open_orders_a_check_and_leaves_old_ones_be(
    driver: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    rows = {}
    for name, status, days in [
        ("waiting", "PENDING", 1), ("old but open", "PENDING", 9), ("given up", "EXPIRED", 1),
        ("refused long ago", "FAILED", 9), ("in review", "REVIEW", 1),
    ]:  # fmt: skip
        rows[name] = PaymentOrder.objects.get(bill=book(driver, zone).bill)
        PaymentOrder.objects.filter(pk=rows[name].pk).update(
            status=status, created_at=rows[name].created_at - timedelta(days=days), next_check_at=None
        )
    importlib.import_module("parking.payments.migrations.0007_schedule_open_orders").schedule(apps, None)
    for row in rows.values():
        row.refresh_from_db()
    scheduled = {name for name, row in rows.items() if row.next_check_at is not None}
    assert scheduled == {"waiting", "old but open", "given up"}
    assert {name for name, row in rows.items() if row.is_definite} == {"refused long ago", "in review"}


def test_an_order_that_the_former_release_wrote_is_followed(abandoned: PaymentOrder, gateway: FakeGateway) -> None:
    PaymentOrder.objects.update(next_check_at=None)
    gateway.decide(GatewayState.COMPLETED)
    assert settling.follow_open_orders(now=after(minutes=1)) == 1


# --- A gateway that refuses our question ---------------------------------------------------------------


def test_an_order_that_its_gateway_once_did_not_know_is_followed_and_paid(
    abandoned: PaymentOrder, gateway: FakeGateway
) -> None:
    expiring.expire_unpaid_holds(now=after(minutes=11))
    known = gateway.orders.pop(abandoned.order_id)
    settling.follow_open_orders(now=after(minutes=11))
    abandoned.refresh_from_db()
    assert (abandoned.status, abandoned.is_definite) == ("EXPIRED", False)
    gateway.orders[abandoned.order_id] = known
    gateway.decide(GatewayState.COMPLETED)
    assert abandoned.next_check_at is not None
    settling.follow_open_orders(now=abandoned.next_check_at)
    assert Payment.objects.get().order == abandoned
    assert_books_agree()


def test_an_answer_that_breaks_us_does_not_make_the_schedule_endless(
    abandoned: PaymentOrder, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(**_: object) -> None:
        raise RuntimeError("an answer that nobody expected")

    monkeypatch.setattr(settling, "collect", break_down)
    with pytest.raises(RuntimeError):
        settling.follow_open_orders(now=START + FOLLOWED_FOR + LAST_CHANCE)
    abandoned.refresh_from_db()
    assert (abandoned.is_definite, abandoned.next_check_at) == (True, None)
