"""Nothing hangs on two times being equal: a clock that does not move changes no decision about money."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from parking.accounts.models import User
from parking.checkout import booking, leaving
from parking.checkout.settling import follow_open_refunds
from parking.core.errors import Unavailable
from parking.facilities.models import ParkingZone
from parking.payments.asking import send_refunds
from parking.payments.gateways import registry
from parking.payments.gateways.base import GatewayState, OrderAnswer, OrderRequest, RefundAnswer, RefundRequest
from parking.payments.models import Payment, PaymentOrder, Refund
from parking.stays.models import ParkingSession
from tests.build import book, cancel, enter, leave, reloaded
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
EXIT = START + timedelta(minutes=66)


@dataclass
class Remembers(FakeGateway):
    """Keeps of each call that makes something whether it was promised to be the first."""

    promised: list[bool] = field(default_factory=list)

    def create_order(self, request: OrderRequest) -> OrderAnswer:
        self.promised.append(request.fresh)
        return super().create_order(request)

    def create_refund(self, request: RefundRequest) -> RefundAnswer:
        self.promised.append(request.fresh)
        return super().create_refund(request)


@pytest.fixture
def remembers(monkeypatch: pytest.MonkeyPatch) -> Remembers:
    fake = Remembers()
    monkeypatch.setitem(registry._GATEWAYS, "SIMULATED", lambda: fake)
    return fake


def test_a_fee_that_is_asked_for_again_at_the_same_moment_may_be_known(
    driver: User, zone: ParkingZone, remembers: Remembers
) -> None:
    remembers.answers_lost = True
    hold = book(driver, zone, now=START)
    remembers.answers_lost = False
    booking.resume_booking(subject=str(hold.uuid), now=START)
    assert remembers.promised == [True, False]
    assert (Payment.objects.count(), reloaded(hold).amount_paid) == (1, 50)
    assert_books_agree()


def test_an_exit_that_is_asked_for_again_at_the_same_moment_may_be_known(
    driver: User, staff: User, zone: ParkingZone, remembers: Remembers
) -> None:
    inside = enter(staff, book(driver, zone, now=START), START)
    remembers.answers_lost = True
    with pytest.raises(Unavailable):
        leave(staff, inside, "ONLINE", EXIT, scan_id="gate2-1")
    remembers.answers_lost = False
    assert leave(staff, inside, "ONLINE", EXIT, scan_id="gate2-1").is_over
    assert remembers.promised == [True, True, False]
    assert [order.purpose for order in PaymentOrder.objects.order_by("pk")] == ["FEE", "EXIT"]
    assert_books_agree()


def test_a_refund_that_is_sent_again_at_the_same_moment_may_be_known(
    driver: User, zone: ParkingZone, remembers: Remembers
) -> None:
    hold = book(driver, zone, now=START)
    remembers.answers_lost = True
    cancel(driver, hold, START)
    remembers.answers_lost = False
    send_refunds(list(Refund.objects.select_related("payment__order")), now=START)
    assert remembers.promised == [True, True, False]
    assert Refund.objects.get().status == "COMPLETED"


def test_the_worker_promises_nothing_of_a_refund_that_it_follows(
    driver: User, zone: ParkingZone, remembers: Remembers
) -> None:
    hold = book(driver, zone, now=START)
    remembers.reachable = False
    cancel(driver, hold, START)
    remembers.reachable = True
    follow_open_refunds(now=START + timedelta(minutes=1))
    assert remembers.promised == [True, True, False]


def test_with_a_clock_that_stands_nothing_is_charged_twice(
    driver: User, staff: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    session = enter(staff, book(driver, zone, now=START), START)
    gateway.outcome = GatewayState.PENDING
    first = leave(staff, session, "ONLINE", START, scan_id="gate2-1")
    again = leaving.resume_ending(subject=str(session.uuid), now=START)
    assert (first.is_over, again.is_over) == (True, True)
    assert (Payment.objects.count(), ParkingSession.objects.get().status) == (1, "COMPLETED")
    assert_books_agree()
