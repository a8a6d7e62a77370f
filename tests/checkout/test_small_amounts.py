"""Less than one rupee never goes to a gateway: refused in words, paid at the counter, handed back by hand."""

from decimal import Decimal

import pytest

from parking.accounts.models import User
from parking.checkout import refunding, settling
from parking.facilities.models import ParkingZone
from parking.payments.models import Payment, PaymentOrder, Refund
from parking.stays.models import ParkingSession
from tests.build import actor, book, cancel, enter, leave, make_zone, pay_ahead, reloaded, take_ticket, terminate
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree, refused
from tests.moments import START, at

pytestmark = pytest.mark.django_db

SMALL = "amount_below_gateway_minimum"


@pytest.fixture
def cheap(gateway: FakeGateway, db: None) -> ParkingZone:
    """An hour costs 99 paise, and so does a booking."""
    return make_zone(rate="0.99", booking_fee=Decimal("0.99"))


@pytest.fixture
def ticket(staff: User, cheap: ParkingZone) -> ParkingSession:
    """A car inside since START, which paid nothing yet."""
    return enter(staff, take_ticket(cheap, now=START), START)


def test_no_booking_fee_of_less_than_a_rupee_is_asked_for(
    driver: User, cheap: ParkingZone, gateway: FakeGateway
) -> None:
    with refused(SMALL, "Less than ₹1.00 cannot be paid online"):
        book(driver, cheap, now=START)
    assert not gateway.calls


def test_neither_exit_nor_termination_nor_payment_ahead_asks_for_it(
    staff: User, driver: User, ticket: ParkingSession, gateway: FakeGateway
) -> None:
    with refused(SMALL):
        leave(staff, ticket, "ONLINE", at(30))
    with refused(SMALL):
        terminate(staff, ticket, "ONLINE", at(30))
    assert (gateway.calls, PaymentOrder.objects.count()) == ([], 0)
    leave(staff, ticket, "CASH", at(30))
    assert reloaded(ticket).bill.paid == Decimal("0.99")
    assert_books_agree()


def test_a_rest_of_less_than_a_rupee_is_not_paid_ahead(driver: User, staff: User, gateway: FakeGateway) -> None:
    zone = make_zone(rate="0.99", booking_fee=Decimal("1.00"))
    session = enter(staff, book(driver, zone, now=START), START)
    with refused(SMALL):
        pay_ahead(driver, session, at(66))
    leave(staff, session, "CASH", at(66))
    assert Payment.objects.get(method="CASH").amount == Decimal("0.98")
    assert_books_agree()


def test_one_rupee_goes_to_the_gateway(driver: User, gateway: FakeGateway) -> None:
    session = book(driver, make_zone(booking_fee=Decimal("1.00")), now=START)
    assert reloaded(session).amount_paid == Decimal("1.00")


def test_less_than_a_rupee_of_an_online_payment_goes_back_by_hand(
    driver: User, admin: User, staff: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    book(driver, zone, now=START)
    payment = Payment.objects.get()
    small, large = (
        refunding.refund_any_payment(
            actor=actor(admin), payment_id=payment.pk, amount=Decimal(amount), reason="Goodwill", now=at(1)
        )
        for amount in ("0.99", "1.00")
    )
    settling.follow_open_refunds(now=at(60))
    assert [(row.status, row.by_hand) for row in Refund.objects.order_by("pk")] == [
        ("INITIATED", True),
        ("COMPLETED", False),
    ]
    assert list(gateway.refunds) == [large.refund_id]
    refunding.approve_refund(actor=actor(staff), refund_id=small.pk, now=at(61))
    assert Refund.objects.get(pk=small.pk).status == "COMPLETED"
    assert_books_agree()


def test_what_was_refused_to_go_back_by_hand_goes_back_with_the_cancelled_booking(
    driver: User, admin: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    session = book(driver, zone, now=START)
    refund = refunding.refund_any_payment(
        actor=actor(admin), payment_id=Payment.objects.get().pk, amount=Decimal("0.50"), reason="Goodwill", now=at(1)
    )
    refunding.refuse_refund(actor=actor(admin), refund_id=refund.pk, now=at(2))
    [sent_back] = cancel(driver, session, at(3)).refunds
    assert sent_back.amount == Decimal("50.00")
    assert_books_agree()


def test_a_refund_that_the_bill_was_closed_with_is_not_refused_afterwards(
    driver: User, staff: User, admin: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    session = enter(staff, book(driver, zone, now=START), START)
    refund = refunding.refund_any_payment(
        actor=actor(admin), payment_id=Payment.objects.get().pk, amount=Decimal("0.50"), reason="Goodwill", now=at(1)
    )
    leave(staff, session, "CASH", at(66))
    with refused("refund_documented"):
        refunding.refuse_refund(actor=actor(admin), refund_id=refund.pk, now=at(67))
    assert_books_agree()
