"""Orders of one bill and questions after one order: how many, however they are asked for."""

from datetime import datetime, timedelta
from functools import partial

import pytest

from parking.accounts.models import User
from parking.checkout import paying
from parking.core.errors import TooMany
from parking.core.ids import Ref
from parking.facilities.models import ParkingZone
from parking.payments.gateways import registry
from parking.payments.gateways.base import GatewayState
from parking.payments.models import PaymentOrder
from parking.stays.models import ParkingSession
from tests.build import actor, book, enter, leave
from tests.concurrency.together import at_once, tally
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree
from tests.moments import START, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def hold(driver: User, zone: ParkingZone, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch, settings):
    """A booking whose fee waits at one of two gateways."""
    gateway.outcome = GatewayState.PENDING
    settings.HOLD_MINUTES = 120
    monkeypatch.setitem(registry._GATEWAYS, "PHONEPE", lambda: FakeGateway("PHONEPE", outcome=GatewayState.PENDING))
    settings.GATEWAYS = ["SIMULATED", "PHONEPE"]
    return book(driver, zone, now=START)


def start(driver: User, session: ParkingSession, gateway: str, now: datetime) -> PaymentOrder:
    return paying.start_payment(actor=actor(driver), session=Ref(pk=session.pk), gateway=gateway, now=now)


def start_in_turn(driver: User, session: ParkingSession, times: int) -> None:
    """Change the gateway again and again, one minute after the other; the booking has an order already."""
    for turn in range(1, times + 1):
        start(driver, session, ("SIMULATED", "PHONEPE")[turn % 2], at(turn))


def test_the_sixth_order_of_a_bill_in_an_hour_is_refused_until_the_hour_is_over(
    driver: User, hold: ParkingSession
) -> None:
    start_in_turn(driver, hold, 4)
    with pytest.raises(TooMany) as refused:
        start(driver, hold, "PHONEPE", at(5))
    assert (refused.value.code, refused.value.retry_after) == ("too_many_payments", 55 * 60)
    assert PaymentOrder.objects.count() == 5
    assert PaymentOrder.objects.latest("pk").status == "PENDING"  # the one that waits goes on waiting
    start(driver, hold, "SIMULATED", at(5))
    assert PaymentOrder.objects.count() == 5
    start(driver, hold, "PHONEPE", at(60))
    assert PaymentOrder.objects.count() == 6


def test_the_counter_is_bound_too_and_cash_still_opens_the_gate(
    driver: User, staff: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    inside = enter(staff, book(driver, zone, now=START), START)
    gateway.outcome = GatewayState.PENDING
    for turn in range(5):  # each 12 minutes later, when the quote before is over
        leave(staff, inside, "ONLINE", at(120 + 11 * turn))
    with pytest.raises(TooMany):
        leave(staff, inside, "ONLINE", at(120 + 55))
    assert leave(staff, inside, "CASH", at(120 + 55)).session.status == "COMPLETED"
    assert_books_agree()


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_no_more(driver: User, hold: ParkingSession) -> None:
    calls = [partial(start, driver, hold, code, at(1)) for code in ("SIMULATED", "PHONEPE") * 6]
    assert set(tally(at_once(calls))) <= {"ok", "too_many_payments"}
    assert PaymentOrder.objects.count() <= 5
    assert_books_agree()


def test_verify_asks_the_gateway_every_two_seconds(hold: ParkingSession, gateway: FakeGateway) -> None:
    order = PaymentOrder.objects.get(bill=hold.bill)
    gateway.calls.clear()
    for second in (0, 0.5, 1.9):
        paying.verify_order(order=order, now=START + timedelta(seconds=second))
    assert gateway.calls == ["fetch_order"]
    gateway.decide(GatewayState.COMPLETED)
    assert paying.verify_order(order=order, now=START + timedelta(seconds=1.9)).status == "PENDING"
    assert paying.verify_order(order=order, now=START + timedelta(seconds=2)).status == "COMPLETED"
    assert gateway.calls == ["fetch_order"] * 2
