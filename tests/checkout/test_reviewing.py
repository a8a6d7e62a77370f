"""A person has looked at money that did not fit: the list is shorter, the books are as they were."""

from datetime import timedelta

import pytest

from parking.accounts.models import User
from parking.audit.models import AuditEntry
from parking.audit.news import newest_lines
from parking.checkout import reviewing, settling
from parking.core.sites import ALL_SITES
from parking.facilities.models import ParkingZone
from parking.payments.gateways.base import GatewayState, OrderAnswer
from parking.payments.models import Payment, PaymentOrder
from parking.reports.alerts import orders_in_review
from parking.reports.dashboard import system_figures
from parking.reports.timeline import Who, timeline
from parking.stays.models import ParkingSession
from tests.build import actor, book, reloaded
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree, nothing_changes, refused
from tests.moments import START

pytestmark = pytest.mark.django_db

LATER = START + timedelta(minutes=5)


def settle(order: PaymentOrder, *, amount: int) -> None:
    fresh = PaymentOrder.objects.get(pk=order.pk)
    answer = OrderAnswer(order_id=fresh.order_id, state=GatewayState.COMPLETED, amount=amount, reference="PAY-1")
    settling.settle(order=fresh, answer=answer, now=START)


@pytest.fixture
def booked(gateway: FakeGateway, driver: User, zone: ParkingZone) -> ParkingSession:
    gateway.outcome = GatewayState.PENDING
    return book(driver, zone, now=START)


@pytest.fixture
def order(booked: ParkingSession) -> PaymentOrder:
    """₹49.99 came for a fee of ₹50."""
    order = PaymentOrder.objects.get(bill=booked.bill)
    settle(order, amount=4999)
    return order


def close(admin: User, order: PaymentOrder) -> PaymentOrder:
    return reviewing.close_review(
        actor=actor(admin), order_id=order.order_id, reason="Given back in the dashboard", now=LATER
    )


def test_a_closed_review_waits_for_nobody(admin: User, order: PaymentOrder) -> None:
    assert list(orders_in_review(sites=ALL_SITES)) == [order]
    before = newest_lines()
    closed = close(admin, order)
    assert closed.review_closed_at == LATER
    assert list(orders_in_review(sites=ALL_SITES)) == []
    assert system_figures(sites=ALL_SITES, now=LATER)["orders_in_review"] == 0
    assert newest_lines() != before


def test_no_money_moves_and_the_order_stays_on_record(admin: User, booked: ParkingSession, order: PaymentOrder) -> None:
    close(admin, order)
    order.refresh_from_db()
    assert (order.status, order.is_definite) == ("REVIEW", True)
    assert (reloaded(booked).status, reloaded(booked).bill.captured) == ("BOOKED", 0)
    assert not Payment.objects.exists()
    assert_books_agree()


def test_who_closed_it_and_why_is_told(admin: User, booked: ParkingSession, order: PaymentOrder) -> None:
    close(admin, order)
    line = AuditEntry.objects.get(action="order.review_closed")
    assert (line.actor_id, line.subject_id) == (admin.pk, booked.pk)
    told = timeline(booked)[-1]
    assert (told.code, told.actor) == ("order.review_closed", Who("ADMIN", admin.username))
    assert told.facts["reason"] == "Given back in the dashboard"


def test_a_review_is_closed_once(admin: User, order: PaymentOrder) -> None:
    close(admin, order)
    with refused("order_not_in_review"):
        close(admin, order)


def test_an_order_that_is_not_in_review_has_none_to_close(admin: User, booked: ParkingSession) -> None:
    waiting = PaymentOrder.objects.get(bill=booked.bill)
    with refused("order_not_in_review"):
        close(admin, waiting)


def test_an_order_that_is_not_there(admin: User, zone: ParkingZone) -> None:
    with refused("order_not_found"):
        close(admin, PaymentOrder(order_id="PK-00000000000000000000"))


def test_the_machine_does_not_take_the_money_afterwards(admin: User, order: PaymentOrder) -> None:
    close(admin, order)
    with nothing_changes():
        settle(order, amount=5000)


def test_the_same_news_again_does_not_open_it_again(admin: User, order: PaymentOrder) -> None:
    close(admin, order)
    settle(order, amount=4999)
    assert list(orders_in_review(sites=ALL_SITES)) == []
