"""What a page says of a bill and of cancelling is what then happens."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from parking.accounts.models import User
from parking.checkout import cancelling
from parking.checkout.bills import cancellation_offer, running_bill
from parking.core.ids import Ref
from parking.facilities.models import ParkingZone
from parking.payments.gateways.base import GatewayState
from parking.payments.models import Refund
from parking.stays.models import ParkingSession
from parking.tariffs.rules import BillLine, LineKind
from tests.build import actor, book, cancel, leave, make_zone, pay_ahead, quote, reloaded, take_ticket
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree, nothing_changes, refused
from tests.moments import START, at

pytestmark = pytest.mark.django_db


# --- The running bill ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "total", "due"), [(3, 50, 0), (65, 50, 0), (66, 100, 50), (125, 100, 50), (126, 150, 100)]
)
def test_a_running_stay_is_billed_as_of_now(inside: ParkingSession, minutes: int, total: int, due: int) -> None:
    with nothing_changes():
        bill = running_bill(reloaded(inside), at(minutes))
    assert (bill.total, bill.paid, bill.due) == (Decimal(total), Decimal(50), Decimal(due))
    assert (bill.lines, bill.minutes) == ((BillLine("Parking", total // 50, Decimal("50.00")),), minutes)
    assert bill.frozen_until is None


def test_what_is_due_is_what_paying_ahead_takes(driver: User, inside: ParkingSession) -> None:
    due = running_bill(reloaded(inside), at(126)).due
    order = pay_ahead(driver, inside, at(126))
    assert order.amount == due == Decimal(100)


def test_a_frozen_bill_shows_as_frozen_and_runs_on_afterwards(staff: User, inside: ParkingSession) -> None:
    quote(staff, inside, at(60))
    bill = running_bill(reloaded(inside), at(70))
    assert (bill.total, bill.minutes, bill.frozen_until) == (Decimal(50), 60, at(70))
    bill = running_bill(reloaded(inside), at(70) + timedelta(microseconds=1))
    assert (bill.total, bill.minutes, bill.frozen_until) == (Decimal(100), 70, None)


def test_a_closed_bill_shows_as_it_was_closed(staff: User, inside: ParkingSession) -> None:
    leave(staff, inside, now=at(66))
    bill = running_bill(reloaded(inside), at(600))
    assert (bill.total, bill.paid, bill.due, bill.minutes) == (Decimal(100), Decimal(100), Decimal(0), 66)


def test_before_entry_a_booking_costs_its_fee(driver: User, zone: ParkingZone, gateway: FakeGateway) -> None:
    gateway.outcome = GatewayState.PENDING
    bill = running_bill(book(driver, zone, now=START), at(1))
    assert (bill.total, bill.paid, bill.due, bill.minutes) == (Decimal(50), Decimal(0), Decimal(50), 0)
    assert bill.lines == (BillLine("Booking minimum", 1, Decimal("50.00"), LineKind.BOOKING_MINIMUM),)


# --- What cancelling gives -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "refund", "reason"),
    [
        (0, 50, "Cancelled within grace period (0 min < 5 min). 100% refund eligible."),
        (300, 50, "Cancelled within grace period (5 min <= 5 min). 100% refund eligible."),
        (301, 0, "Cancelled after grace period (6 min > 5 min). 0% refund."),
    ],
)
def test_the_offer_is_what_cancelling_gives(
    driver: User, booked: ParkingSession, seconds: int, refund: int, reason: str
) -> None:
    now = START + timedelta(seconds=seconds)
    with nothing_changes():
        offer = cancellation_offer(reloaded(booked), now)
    assert (offer.possible, offer.eligible, offer.reason) == (True, refund > 0, reason)
    assert (offer.refund, offer.kept) == (Decimal(refund), Decimal(50 - refund))
    assert offer.until == (at(5) if refund else None)

    cancelled = cancel(driver, booked, now)

    assert (cancelled.decision.amount, cancelled.decision.reason) == (offer.refund, offer.reason)
    assert (cancelled.session.bill.paid, sum(row.amount for row in Refund.objects.all())) == (offer.kept, offer.refund)


def test_an_unpaid_booking_is_cancelled_without_money(driver: User, zone: ParkingZone, gateway: FakeGateway) -> None:
    gateway.outcome = GatewayState.PENDING
    offer = cancellation_offer(book(driver, zone, now=START), at(1))
    assert (offer.possible, offer.refund, offer.kept) == (True, Decimal(0), Decimal(0))


def test_a_booking_without_fee_is_cancelled_without_money(driver: User) -> None:
    free = book(driver, make_zone(booking_fee=Decimal(0)), now=START)
    offer = cancellation_offer(free, at(10))
    assert (offer.possible, offer.refund, offer.kept) == (True, Decimal(0), Decimal(0))


def test_a_car_that_is_inside_is_offered_nothing(inside: ParkingSession) -> None:
    offer = cancellation_offer(reloaded(inside), at(1))
    assert (offer.possible, offer.eligible, offer.refund, offer.until) == (False, False, Decimal(0), None)
    assert offer.reason == "No refund allowed after vehicle entry (QR scanned)"


def test_what_is_over_is_offered_nothing(driver: User, booked: ParkingSession) -> None:
    cancel(driver, booked, at(1))
    offer = cancellation_offer(reloaded(booked), at(2))
    assert (offer.possible, offer.refund, offer.until) == (False, Decimal(0), None)


def test_a_ticket_of_the_kiosk_can_be_cancelled(zone: ParkingZone) -> None:
    offer = cancellation_offer(take_ticket(zone, now=START), at(1))
    assert (offer.possible, offer.refund) == (True, Decimal(0))


# --- A refund that a page has named ----------------------------------------------------------------------


def cancel_as_promised(driver: User, session: ParkingSession, promised: str, now: datetime) -> Decimal:
    cancelled = cancelling.cancel(
        actor=actor(driver),
        session=Ref(pk=session.pk),
        reason="",
        now=now,
        only_of_caller=True,
        promised=Decimal(promised),
    )
    return cancelled.decision.amount


def test_a_promise_is_kept(driver: User, booked: ParkingSession) -> None:
    assert cancel_as_promised(driver, booked, "50.00", at(5)) == Decimal(50)
    assert_books_agree()


def test_a_promise_that_ran_out_cancels_nothing(driver: User, booked: ParkingSession) -> None:
    with refused("refund_changed"):
        cancel_as_promised(driver, booked, "50.00", at(5) + timedelta(seconds=1))
    assert cancel_as_promised(driver, booked, "0", at(6)) == Decimal(0)
    assert_books_agree()
