"""Paying from a page: starting, going on, choosing another gateway, and the page that waits."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from threading import Event, Thread

import pytest
from django.db import connections

from parking.accounts.models import User
from parking.checkout import leaving, paying, settling
from parking.checkout.collecting import Collection
from parking.checkout.queries import order_of_driver
from parking.core.errors import Unavailable
from parking.core.ids import Ref
from parking.facilities.models import ParkingZone
from parking.payments.gateways import registry
from parking.payments.gateways.base import GatewayState, OrderAnswer, OrderRequest
from parking.payments.gateways.registry import GatewayChoice, gateway_choices
from parking.payments.models import Payment, PaymentOrder
from parking.payments.orders import note_pending
from parking.stays.models import ParkingSession
from tests.build import actor, book, cancel, enter, leave, make_user, pay_ahead, plate, reloaded
from tests.concurrency.together import at_once, tally
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree, refused
from tests.moments import START, at

pytestmark = pytest.mark.django_db


@dataclass
class TellsItsPageOnce(FakeGateway):
    """As PhonePe: the page of an order is in the answer that makes it, and in no other."""

    code: str = "PHONEPE"

    def create_order(self, request: OrderRequest) -> OrderAnswer:
        told_before = request.order_id in self.orders
        answer = super().create_order(request)
        return _pageless(answer) if told_before else answer

    def fetch_order(self, request: OrderRequest) -> OrderAnswer:
        return _pageless(super().fetch_order(request))


def _pageless(answer: OrderAnswer) -> OrderAnswer:
    return replace(answer, pay_url="", upi_link="")


@pytest.fixture
def phonepe(gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch, settings) -> TellsItsPageOnce:
    """Beside the usual gateway, and like it waiting for the payer."""
    fake = TellsItsPageOnce(outcome=GatewayState.PENDING)
    gateway.outcome = GatewayState.PENDING
    monkeypatch.setitem(registry._GATEWAYS, "PHONEPE", lambda: fake)
    settings.GATEWAYS = ["SIMULATED", "PHONEPE"]
    return fake


@pytest.fixture
def hold(driver: User, zone: ParkingZone, phonepe: TellsItsPageOnce) -> ParkingSession:
    """A booking whose fee of ₹50 waits at SIMULATED."""
    return book(driver, zone, now=START)


def start(
    driver: User, session: ParkingSession, gateway: str | None = "SIMULATED", now: datetime = START
) -> PaymentOrder:
    return paying.start_payment(actor=actor(driver), session=Ref(pk=session.pk), gateway=gateway, now=now)


def orders() -> list[tuple[str, str, str]]:
    return list(PaymentOrder.objects.order_by("pk").values_list("gateway", "purpose", "status"))


# --- The fee of a booking ----------------------------------------------------------------------------


def test_the_fee_that_waits_is_gone_on_with(driver: User, hold: ParkingSession) -> None:
    order = start(driver, hold, now=at(1))
    assert orders() == [("SIMULATED", "FEE", "PENDING")]
    assert order.pay_url == f"https://gateway.example/{order.order_id}"


def test_another_gateway_takes_the_place_of_the_first(driver: User, hold: ParkingSession) -> None:
    order = start(driver, hold, "PHONEPE", at(1))
    assert orders() == [("SIMULATED", "FEE", "EXPIRED"), ("PHONEPE", "FEE", "PENDING")]
    assert (order.gateway, order.amount, bool(order.pay_url)) == ("PHONEPE", Decimal(50), True)
    assert_books_agree()


def test_a_fee_that_was_paid_meanwhile_is_not_asked_for_elsewhere(
    driver: User, hold: ParkingSession, gateway: FakeGateway
) -> None:
    gateway.decide(GatewayState.COMPLETED)
    order = start(driver, hold, "PHONEPE", at(1))
    assert (order.gateway, order.status) == ("SIMULATED", "COMPLETED")
    assert len(orders()) == 1
    assert reloaded(hold).payment_status == "PARTIAL"
    assert_books_agree()


def test_a_fee_paid_at_both_gateways_counts_twice_and_what_is_too_much_goes_back(
    driver: User, staff: User, hold: ParkingSession, gateway: FakeGateway, phonepe: TellsItsPageOnce
) -> None:
    first = PaymentOrder.objects.get()
    second = start(driver, hold, "PHONEPE", at(1))
    gateway.decide(GatewayState.COMPLETED)
    phonepe.decide(GatewayState.COMPLETED)
    settling.collect(order=second, now=at(2))
    settling.collect(order=first, now=at(3))
    left = leave(staff, enter(staff, hold, at(4)), now=at(5))
    assert (left.session.bill.captured, left.session.bill.refunded, left.session.bill.total) == (
        Decimal(100),
        Decimal(50),
        Decimal(50),
    )
    assert_books_agree()


def test_a_fee_that_came_late_by_the_first_way_keeps_the_booking_when_the_second_fails(
    driver: User, staff: User, hold: ParkingSession, gateway: FakeGateway, phonepe: TellsItsPageOnce
) -> None:
    first = PaymentOrder.objects.get()
    second = start(driver, hold, "PHONEPE", at(1))
    gateway.decide(GatewayState.COMPLETED)
    settling.collect(order=first, now=at(2))
    assert orders() == [("SIMULATED", "FEE", "COMPLETED"), ("PHONEPE", "FEE", "EXPIRED")]
    phonepe.decide(GatewayState.FAILED)
    settling.collect(order=second, now=at(3))
    session = reloaded(hold)
    assert (session.status, session.amount_paid) == ("BOOKED", Decimal(50))
    enter(staff, session, at(4))
    gateway.outcome = GatewayState.COMPLETED
    left = leave(staff, session, "ONLINE", at(120))
    assert (left.session.status, left.session.bill.total) == ("COMPLETED", Decimal(100))
    assert_books_agree()


def test_a_gateway_that_does_not_answer_leaves_the_way_to_another(
    driver: User, zone: ParkingZone, gateway: FakeGateway, phonepe: TellsItsPageOnce
) -> None:
    gateway.reachable = False
    hold = book(driver, zone, now=START)
    with pytest.raises(Unavailable):
        start(driver, hold, now=at(1))
    assert start(driver, hold, "PHONEPE", at(2)).status == "PENDING"
    assert orders() == [("SIMULATED", "FEE", "EXPIRED"), ("PHONEPE", "FEE", "PENDING")]


def test_a_declined_fee_keeps_the_slot_for_another_try(
    driver: User, hold: ParkingSession, phonepe: TellsItsPageOnce
) -> None:
    phonepe.outcome = GatewayState.FAILED
    with pytest.raises(Exception, match="declined") as caught:
        start(driver, hold, "PHONEPE", at(1))
    assert caught.value.code == "payment_declined"  # type: ignore[attr-defined]
    assert reloaded(hold).status == "BOOKED"
    phonepe.outcome = GatewayState.PENDING
    assert start(driver, hold, "PHONEPE", at(2)).status == "PENDING"
    assert_books_agree()


def test_what_cannot_be_paid_is_refused(driver: User, hold: ParkingSession, gateway: FakeGateway) -> None:
    with refused("session_not_found"):
        start(make_user(), hold)
    with refused("gateway_invalid"):
        start(driver, hold, "NOBODY")
    gateway.decide(GatewayState.COMPLETED)
    assert start(driver, hold, now=at(1)).status == "COMPLETED"
    with refused("nothing_due"):
        start(driver, hold, now=at(2))
    cancel(driver, hold, at(3))
    with refused("nothing_due"):
        start(driver, hold, now=at(4))


def test_a_hold_whose_time_is_over_is_not_paid_for_any_more(driver: User, hold: ParkingSession) -> None:
    paying.refresh_order(order=PaymentOrder.objects.get(), now=at(10))
    assert start(driver, hold, now=at(10)).status == "PENDING"
    with refused("booking_expired"):
        start(driver, hold, now=at(10) + timedelta(microseconds=1))


# --- Ahead -------------------------------------------------------------------------------------------


def test_a_stay_is_paid_ahead_with_the_gateway_of_choice(
    driver: User, inside: ParkingSession, phonepe: TellsItsPageOnce
) -> None:
    order = start(driver, inside, "PHONEPE", at(66))
    assert (order.gateway, order.purpose, order.amount, order.status) == ("PHONEPE", "AHEAD", Decimal(50), "PENDING")
    phonepe.decide(GatewayState.COMPLETED)
    assert paying.refresh_order(order=order, now=at(67)).status == "COMPLETED"
    stay = reloaded(inside)
    assert (stay.status, stay.bill.paid, stay.bill.frozen_until) == ("ACTIVE", Decimal(100), at(82))
    assert_books_agree()


def test_paying_ahead_keeps_to_the_chosen_gateway(
    driver: User, inside: ParkingSession, phonepe: TellsItsPageOnce
) -> None:
    pay_ahead(driver, inside, at(66))
    ahead = start(driver, inside, "PHONEPE", at(67))
    assert (ahead.gateway, ahead.amount) == ("PHONEPE", Decimal(50))
    assert [status for *_, status in orders()] == ["COMPLETED", "EXPIRED", "PENDING"]


# --- A page that was lost ------------------------------------------------------------------------------


def test_a_booking_whose_page_was_lost_is_paid_by_another_order(
    driver: User, zone: ParkingZone, phonepe: TellsItsPageOnce, settings
) -> None:
    settings.DEFAULT_GATEWAY = "PHONEPE"
    phonepe.answers_lost = True
    hold = book(driver, zone, now=START)
    phonepe.answers_lost = False
    order = start(driver, hold, "PHONEPE", at(1))
    assert orders() == [("PHONEPE", "FEE", "EXPIRED"), ("PHONEPE", "FEE", "PENDING")]
    assert order.pay_url
    assert_books_agree()


def test_paying_ahead_replaces_an_order_without_page(
    driver: User, inside: ParkingSession, phonepe: TellsItsPageOnce
) -> None:
    phonepe.answers_lost = True
    ask = partial(start, driver, inside, "PHONEPE")
    with pytest.raises(Unavailable):
        ask(now=at(66))
    phonepe.answers_lost = False
    ahead = ask(now=at(67))
    assert ahead.pay_url
    assert orders()[1:] == [("PHONEPE", "AHEAD", "EXPIRED"), ("PHONEPE", "AHEAD", "PENDING")]


def test_an_exit_that_waits_gets_another_order_too(
    staff: User, inside: ParkingSession, phonepe: TellsItsPageOnce
) -> None:
    collection = Collection("ONLINE", gateway="PHONEPE")
    scan = partial(leaving.leave, actor=actor(staff), qr_code=inside.qr_code, collection=collection, scan_id="gate2-1")
    phonepe.answers_lost = True
    with pytest.raises(Unavailable):
        scan(now=at(66))
    phonepe.answers_lost = False

    left = scan(now=at(67))

    assert left.order and left.order.pay_url
    assert left.order.attendant_id == staff.pk
    assert orders()[1:] == [("PHONEPE", "EXIT", "EXPIRED"), ("PHONEPE", "EXIT", "PENDING")]
    phonepe.decide(GatewayState.COMPLETED)
    assert scan(now=at(68)).session.status == "COMPLETED"
    assert_books_agree()


def test_an_order_with_its_page_stays(staff: User, inside: ParkingSession, phonepe: TellsItsPageOnce) -> None:
    collection = Collection("ONLINE", gateway="PHONEPE")
    for minute in (66, 67):
        leaving.leave(actor=actor(staff), qr_code=inside.qr_code, collection=collection, now=at(minute))
    assert orders()[1:] == [("PHONEPE", "EXIT", "PENDING")]


def test_an_answer_without_page_does_not_take_the_known_one_away(driver: User, hold: ParkingSession) -> None:
    known = PaymentOrder.objects.get()
    stale = PaymentOrder.objects.get()
    stale.pay_url = stale.upi_link = ""
    pending = OrderAnswer(stale.order_id, GatewayState.PENDING, 5000)
    note_pending(order=stale, answer=pending, now=at(1))
    assert PaymentOrder.objects.get().pay_url == known.pay_url != ""


# --- The page that waits -------------------------------------------------------------------------------


def test_the_own_order_is_found_with_its_stay(driver: User, hold: ParkingSession, django_assert_num_queries) -> None:
    number = PaymentOrder.objects.get().order_id
    with django_assert_num_queries(1):
        order = order_of_driver(number, driver.pk)
        assert (order.bill.session, order.bill.session.zone.name) == (hold, "Zone A")


def test_anothers_order_is_not_there(driver: User, hold: ParkingSession) -> None:
    with refused("order_not_found"):
        order_of_driver(PaymentOrder.objects.get().order_id, make_user().pk)
    with refused("order_not_found"):
        order_of_driver("PK-NOTHING", driver.pk)


def test_an_order_is_asked_after_every_two_seconds_at_most(hold: ParkingSession, gateway: FakeGateway) -> None:
    gateway.calls.clear()
    order = PaymentOrder.objects.get()
    for second in (1, 2, 3, 3.9, 4):
        paying.refresh_order(order=order, now=START + timedelta(seconds=second))
    assert gateway.calls == ["fetch_order"] * 2


def test_a_paid_order_is_settled_and_not_asked_after_again(hold: ParkingSession, gateway: FakeGateway) -> None:
    gateway.decide(GatewayState.COMPLETED)
    order = paying.refresh_order(order=PaymentOrder.objects.get(), now=at(1))
    assert (order.status, order.bill.session.payment_status) == ("COMPLETED", "PARTIAL")
    gateway.calls.clear()
    paying.refresh_order(order=order, now=at(2))
    assert gateway.calls == []


def test_a_declined_order_shows_with_the_booking_that_is_still_held(hold: ParkingSession, gateway: FakeGateway) -> None:
    gateway.decide(GatewayState.FAILED)
    order = paying.refresh_order(order=PaymentOrder.objects.get(), now=at(1))
    assert (order.status, order.bill.session.status) == ("FAILED", "BOOKED")


def test_a_gateway_that_does_not_answer_changes_nothing(hold: ParkingSession, gateway: FakeGateway) -> None:
    gateway.reachable = False
    order = paying.refresh_order(order=PaymentOrder.objects.get(), now=at(1))
    assert (order.status, order.pay_url != "") == ("PENDING", True)


@pytest.mark.django_db(transaction=True)
def test_a_hanging_gateway_holds_one_waiting_page(
    driver: User, zone: ParkingZone, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway.outcome = GatewayState.PENDING
    first, second = (book(driver, zone, plate(), START) for _ in range(2))
    hangs, goes_on = Event(), Event()
    asked = gateway.fetch_order

    def hang(request: OrderRequest) -> OrderAnswer:
        hangs.set()
        goes_on.wait(30)
        return asked(request)

    monkeypatch.setattr(gateway, "fetch_order", hang)

    def look(session: ParkingSession, now: datetime) -> str:
        order = PaymentOrder.objects.get(bill=session.bill)
        return paying.refresh_order(order=order, now=now).status

    def look_and_close() -> None:
        look(first, at(1))
        connections.close_all()

    page = Thread(target=look_and_close)
    page.start()
    assert hangs.wait(30)
    assert (look(first, at(2)), look(second, at(2))) == ("PENDING", "PENDING")
    goes_on.set()
    page.join(30)
    assert look(second, at(3)) == "PENDING"


@pytest.mark.django_db(transaction=True)
def test_starting_at_once_with_two_gateways_leaves_one_open_order(
    driver: User, zone: ParkingZone, phonepe: TellsItsPageOnce
) -> None:
    hold = book(driver, zone, now=START)
    answers = at_once([partial(start, driver, hold, code, at(1)) for code in ("SIMULATED", "PHONEPE") * 2])
    assert tally(answers) == {"ok": 4}
    assert PaymentOrder.objects.filter(status__in=["INITIATED", "PENDING"]).count() == 1
    assert Payment.objects.count() == 0
    assert_books_agree()


# --- Choosing ----------------------------------------------------------------------------------------


def test_the_gateways_to_choose_from_begin_with_the_default(settings) -> None:
    settings.GATEWAYS, settings.DEFAULT_GATEWAY = ["SIMULATED", "PHONEPE", "RAZORPAY"], "PHONEPE"
    settings.RAZORPAY_CHECKOUT_URL = "https://pay.example/{order_id}"
    assert gateway_choices() == [
        GatewayChoice("PHONEPE", "PhonePe"),
        GatewayChoice("SIMULATED", "Simulated payment"),
        GatewayChoice("RAZORPAY", "Razorpay"),
    ]


def test_razorpay_without_a_page_is_no_choice(settings) -> None:
    settings.GATEWAYS, settings.DEFAULT_GATEWAY = ["PHONEPE", "RAZORPAY"], "PHONEPE"
    settings.RAZORPAY_CHECKOUT_URL = ""
    assert [choice.code for choice in gateway_choices()] == ["PHONEPE"]
