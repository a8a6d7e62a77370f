"""Power cuts and silent gateways between the two transactions of a booking, an exit, a refund."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from parking.accounts.models import User
from parking.checkout import booking, cancelling, expiring, leaving, settling
from parking.checkout.collecting import Collection
from parking.checkout.leaving import Left
from parking.core.errors import Refused, Unavailable
from parking.core.idempotency import RepeatedRequest, RequestKey
from parking.core.ids import Ref
from parking.core.models import IdempotencyKey
from parking.facilities.models import ParkingZone
from parking.payments.gateways import registry
from parking.payments.gateways.base import GatewayState, OrderAnswer
from parking.payments.models import Payment, PaymentOrder, Refund
from parking.stays.models import ParkingSession
from tests.build import actor, book, cancel, leave, reloaded, terminate
from tests.gateway import FakeGateway, PowerCut
from tests.invariants import assert_books_agree, nothing_changes, refused
from tests.moments import START, at

pytestmark = pytest.mark.django_db

KEY = RequestKey(caller="user:1", path="/api/test/", key="k-1", fingerprint="f")


def book_with_key(driver: User, zone: ParkingZone, now: datetime = START) -> ParkingSession:
    return booking.book(
        actor=actor(driver),
        zone=Ref(pk=zone.pk),
        plate="DL-01-AB-1234",
        owner_name="Asha Rao",
        vehicle_kind="CAR",
        gateway=None,
        now=now,
        key=KEY,
    ).session


def leave_with_key(staff: User, session: ParkingSession, method: str, now: datetime) -> Left:
    return leaving.leave(actor=actor(staff), qr_code=session.qr_code, collection=Collection(method), now=now, key=KEY)


# --- Booking -------------------------------------------------------------------------------------------


def test_a_booking_cut_off_before_its_payment_is_healed_by_the_worker(
    driver: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    gateway.power = False
    with pytest.raises(PowerCut):
        book(driver, zone, now=START)
    session = ParkingSession.objects.whole().get()
    assert (session.status, session.bill.captured, PaymentOrder.objects.get().status) == ("BOOKED", 0, "INITIATED")
    assert_books_agree()
    gateway.power = True
    assert settling.follow_open_orders(now=START + timedelta(seconds=19)) == 0
    assert settling.follow_open_orders(now=START + timedelta(seconds=30)) == 1
    assert (reloaded(session).amount_paid, PaymentOrder.objects.get().status) == (Decimal(50), "COMPLETED")
    assert_books_agree()


def test_a_booking_cut_off_before_its_payment_is_healed_by_its_key(
    driver: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    gateway.power = False
    with pytest.raises(PowerCut):
        book_with_key(driver, zone)
    gateway.power = True
    with nothing_changes(), pytest.raises(RepeatedRequest):
        book_with_key(driver, zone)
    resumed = booking.resume_booking(subject=IdempotencyKey.objects.get().subject, now=at(1))
    assert (resumed.session.pk, resumed.session.amount_paid) == (ParkingSession.objects.get().pk, Decimal(50))
    with nothing_changes():
        booking.resume_booking(subject=IdempotencyKey.objects.get().subject, now=at(2))
    assert_books_agree()


def test_a_booking_that_is_never_healed_expires_and_frees_its_slot(
    driver: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    gateway.power = False
    with pytest.raises(PowerCut):
        book(driver, zone, now=START)
    assert expiring.expire_unpaid_holds(now=at(11)) == 1
    gateway.power = True
    settling.follow_open_orders(now=at(12))
    assert not gateway.orders
    assert not Payment.objects.exists()
    assert_books_agree()


def test_a_refused_booking_leaves_no_key(driver: User) -> None:
    with refused("zone_not_found"):
        booking.book(
            actor=actor(driver), zone=Ref(pk=10**12), plate="DL01AB1234", owner_name="x",
            vehicle_kind="CAR", gateway=None, now=START, key=KEY,
        )  # fmt: skip
    assert not IdempotencyKey.objects.exists()


# --- Exit ----------------------------------------------------------------------------------------------


def test_an_online_exit_cut_off_is_healed_by_the_worker(
    staff: User, inside: ParkingSession, gateway: FakeGateway
) -> None:
    gateway.power = False
    with pytest.raises(PowerCut):
        leave(staff, inside, "ONLINE", at(66))
    assert reloaded(inside).status == "ACTIVE"
    assert_books_agree()
    gateway.power = True
    assert settling.follow_open_orders(now=at(67)) == 1
    assert (reloaded(inside).status, reloaded(inside).bill.charged) == ("COMPLETED", Decimal(50))
    assert_books_agree()


def test_an_online_exit_cut_off_is_healed_by_the_same_scan(
    staff: User, inside: ParkingSession, gateway: FakeGateway
) -> None:
    gateway.power = False
    with pytest.raises(PowerCut):
        leave(staff, inside, "ONLINE", at(66), scan_id="1")
    gateway.power = True
    assert leave(staff, inside, "ONLINE", at(67), scan_id="1").session.status == "COMPLETED"
    assert PaymentOrder.objects.filter(purpose="EXIT").count() == 1
    assert_books_agree()


def test_an_online_exit_cut_off_is_healed_by_its_key(staff: User, inside: ParkingSession, gateway: FakeGateway) -> None:
    gateway.power = False
    with pytest.raises(PowerCut):
        leave_with_key(staff, inside, "ONLINE", at(66))
    gateway.power = True
    with pytest.raises(RepeatedRequest):
        leave_with_key(staff, inside, "ONLINE", at(66))
    left = leaving.resume_ending(subject=str(inside.uuid), now=at(67))
    assert (left.session.status, left.session.bill.charged) == ("COMPLETED", Decimal(50))
    with nothing_changes():
        again = leaving.resume_ending(subject=str(inside.uuid), now=at(68))
    assert (again.order, again.session.exit_time) == (left.order, at(67))
    assert_books_agree()


def test_a_cash_exit_resumes_to_the_same_answer(staff: User, inside: ParkingSession) -> None:
    first = leaving.leave(
        actor=actor(staff),
        qr_code=inside.qr_code,
        collection=Collection("CASH", tendered=Decimal(500)),
        now=at(66),
        key=KEY,
    )
    with nothing_changes():
        again = leaving.resume_ending(subject=str(inside.uuid), now=at(67))
    assert (again.change, again.order, again.session.exit_time) == (first.change, None, at(66))


def test_an_exit_that_was_declined_resumes_to_the_same_refusal(
    staff: User, inside: ParkingSession, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.FAILED
    with pytest.raises(Refused, match="Payment issue, retry"):
        leave_with_key(staff, inside, "ONLINE", at(66))
    with refused("payment_failed"):
        leaving.resume_ending(subject=str(inside.uuid), now=at(67))


@contextmanager
def news_comes_after_reading(table: str, state: GatewayState) -> Iterator[None]:
    """As soon as something was read from this table, the gateway's word on the newest order is settled."""
    news = iter([state])

    def run(execute: Callable[..., object], sql: str, *rest: object) -> object:
        result = execute(sql, *rest)
        if f'FROM "{table}"' in sql and (word := next(news, None)):
            # The cursor that was just used still has its rows to give.
            order = PaymentOrder.objects.order_by("pk").last()
            assert order is not None
            said = OrderAnswer(order.order_id, word, int(order.amount * 100), reference="PAY-1")
            settling.settle(order=order, answer=said, now=at(67))
        return result

    with connection.execute_wrapper(run):
        yield


TABLES = pytest.mark.parametrize("table", ["payments_paymentorder", "stays_parkingsession"])
NEWS = pytest.mark.parametrize("state", [GatewayState.COMPLETED, GatewayState.FAILED])


@TABLES
@NEWS
def test_news_in_the_midst_of_resuming_a_booking_is_told_whole(
    driver: User, zone: ParkingZone, gateway: FakeGateway, table: str, state: GatewayState
) -> None:
    gateway.outcome = GatewayState.PENDING
    session = book(driver, zone, now=START)
    gateway.decide(state)
    with news_comes_after_reading(table, state):
        resumed = booking.resume_booking(subject=str(session.uuid), now=at(1))
    assert resumed.order is not None
    told = (resumed.session.status, resumed.session.payment_status, resumed.order.status)
    paid = state == GatewayState.COMPLETED
    assert told == ("BOOKED", *(("PARTIAL", "COMPLETED") if paid else ("PENDING", "FAILED")))
    assert_books_agree()


@TABLES
@NEWS
def test_news_in_the_midst_of_resuming_an_exit_is_told_whole(
    staff: User, inside: ParkingSession, gateway: FakeGateway, table: str, state: GatewayState
) -> None:
    gateway.outcome = GatewayState.PENDING
    leave(staff, inside, "ONLINE", at(66))
    gateway.decide(state)
    try:
        with news_comes_after_reading(table, state):
            left = leaving.resume_ending(subject=str(inside.uuid), now=at(67))
    except Refused as refusal:
        assert (refusal.code, state) == ("payment_failed", GatewayState.FAILED)
    else:
        assert (left.session.status, state) == ("COMPLETED", GatewayState.COMPLETED)
        assert left.order is not None
        assert left.order.status == "COMPLETED"
    assert_books_agree()


def test_a_waiting_termination_resumes_as_a_termination(
    staff: User, inside: ParkingSession, gateway: FakeGateway
) -> None:
    gateway.power = False
    with pytest.raises(PowerCut):
        terminate(staff, inside, "ONLINE", at(66))
    gateway.power = True
    left = leaving.resume_ending(subject=str(inside.uuid), now=at(67))
    assert (left.session.status, left.session.end_reason) == ("COMPLETED", "TERMINATED")
    assert_books_agree()


# --- Refunds --------------------------------------------------------------------------------------------


def test_a_refund_cut_off_is_sent_by_the_worker(driver: User, zone: ParkingZone, gateway: FakeGateway) -> None:
    session = book(driver, zone, now=START)
    gateway.power = False
    with pytest.raises(PowerCut):
        cancel(driver, session, at(1))
    assert (reloaded(session).status, Refund.objects.get().status) == ("CANCELLED", "INITIATED")
    assert_books_agree()
    assert cancelling.cancelled_result(reloaded(session)).decision.amount == Decimal(50)
    gateway.power = True
    assert settling.follow_open_refunds(now=at(2)) == 1
    assert Refund.objects.get().status == "COMPLETED"
    assert_books_agree()


# --- A gateway that does not answer -----------------------------------------------------------------------


def test_a_booking_holds_its_slot_while_the_gateway_is_away(
    driver: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    gateway.reachable = False
    session = book(driver, zone, now=START)
    assert (session.status, session.payment_status) == ("BOOKED", "PENDING")
    assert settling.follow_open_orders(now=at(1)) == 0
    gateway.reachable = True
    assert settling.follow_open_orders(now=at(2)) == 1
    assert reloaded(session).amount_paid == Decimal(50)
    assert_books_agree()


def test_a_payment_whose_answer_was_lost_is_taken_once(driver: User, zone: ParkingZone, gateway: FakeGateway) -> None:
    gateway.answers_lost = True
    book(driver, zone, now=START)
    assert len(gateway.orders) == 1
    gateway.answers_lost = False
    settling.follow_open_orders(now=at(1))
    assert (len(gateway.orders), Payment.objects.get().amount) == (1, Decimal(50))
    assert_books_agree()


def test_an_exit_charges_nothing_while_the_gateway_is_away_and_cash_will_do(
    staff: User, inside: ParkingSession, gateway: FakeGateway
) -> None:
    gateway.reachable = False
    with pytest.raises(Unavailable) as refusal:
        leave(staff, inside, "ONLINE", at(66), scan_id="1")
    assert refusal.value.code == "gateway_unavailable"
    assert reloaded(inside).bill.captured == Decimal(50)
    assert_books_agree()
    assert leave(staff, inside, "CASH", at(67), scan_id="1").session.payment_method == "CASH"
    assert_books_agree()


def test_one_silent_gateway_does_not_keep_the_others_waiting(
    driver: User, zone: ParkingZone, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway.outcome = GatewayState.PENDING
    sessions = [book(driver, zone, now=START) for _ in range(3)]
    PaymentOrder.objects.filter(bill=sessions[0].bill).update(gateway="SILENT")
    monkeypatch.setitem(registry._GATEWAYS, "SILENT", lambda: FakeGateway("SILENT", reachable=False))
    gateway.decide(GatewayState.COMPLETED)
    assert settling.follow_open_orders(now=at(1)) == 2
    assert [reloaded(session).amount_paid for session in sessions] == [0, 50, 50]
    assert_books_agree()


def test_a_refund_is_tried_again_while_the_gateway_is_away(
    driver: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    session = book(driver, zone, now=START)
    gateway.reachable = False
    cancelled = cancel(driver, session, at(1))
    assert (cancelled.session.status, Refund.objects.get().status) == ("CANCELLED", "INITIATED")
    gateway.reachable = True
    settling.follow_open_refunds(now=at(2))
    assert (Refund.objects.get().status, len(gateway.refunds)) == ("COMPLETED", 1)
    assert_books_agree()
