"""Two attendants at one car, each with another way to let it out: one of them does, and the books agree."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import partial
from itertools import combinations_with_replacement

import pytest

from parking.accounts.models import User
from parking.checkout import leaving, losing, paying_ahead, paying_later
from parking.checkout.collecting import Card, Collection
from parking.checkout.correcting import correct_plate
from parking.checkout.identifying import confirm_owner
from parking.checkout.losing import Lost
from parking.core.ids import Ref
from parking.facilities.models import ParkingZone
from parking.offers.models import PromoCode, PromoUse
from parking.offers.vouchers import give_voucher
from parking.payments.models import Debt, Payment
from parking.stays.access import QrText
from parking.stays.models import ParkingSession
from tests.build import actor, enter, leave, take_ticket, terminate
from tests.concurrency.together import at_once, tally
from tests.invariants import assert_books_agree
from tests.moments import START, at

pytestmark = pytest.mark.django_db(transaction=True)

Way = Callable[[User, ParkingSession], object]
NOW = at(90)


def by_cash(user: User, session: ParkingSession) -> object:
    return leave(user, session, now=NOW, scan_id=f"{user.pk}")


def by_upi(user: User, session: ParkingSession) -> object:
    return leaving.leave(
        actor=actor(user),
        qr_code=session.qr_code,
        collection=Collection("UPI", upi_reference=f"6326{user.pk:08d}"),
        now=NOW,
    )


def by_card(user: User, session: ParkingSession) -> object:
    return leaving.leave(
        actor=actor(user),
        qr_code=session.qr_code,
        collection=Collection("CARD", card=Card("4242", f"{user.pk:06d}", "T1")),
        now=NOW,
    )


def with_voucher(user: User, session: ParkingSession) -> object:
    """Pay in cash what a voucher of ₹30 leaves, with the permission for it."""
    voucher = PromoCode.objects.get().code
    return leaving.leave(
        actor=replace(actor(user), role="ADMIN"),
        qr_code=session.qr_code,
        collection=Collection("CASH", voucher=voucher),
        now=NOW,
    )


def ahead(user: User, session: ParkingSession) -> object:
    """Take the money at a desk; then the car leaves with nothing due."""
    paying_ahead.pay(actor=actor(user), session=Ref(pk=session.pk), collection=Collection("CASH"), now=NOW)
    return by_cash(user, session)


def online(user: User, session: ParkingSession) -> object:
    return leave(user, session, "ONLINE", NOW)


def by_plate(user: User, session: ParkingSession) -> object:
    confirm_owner(actor=actor(user), session=Ref(pk=session.pk), said="Asha", now=NOW)
    return by_cash(user, session)


def later(user: User, session: ParkingSession) -> object:
    return paying_later.let_out(actor=actor(user), session=QrText(session.qr_code), now=NOW)


def in_part(user: User, session: ParkingSession) -> object:
    return paying_later.let_out(actor=actor(user), session=QrText(session.qr_code), cash=Decimal(10), now=NOW)


def ended(user: User, session: ParkingSession) -> object:
    return terminate(user, session, now=NOW)


WAYS: tuple[Way, ...] = (by_cash, by_upi, by_card, with_voucher, ahead, online, by_plate, later, in_part, ended)
MAY_SAY = {"ok", "already_exited", "not_active", "payment_given_up", "session_over", "nothing_due", "payment_under_way"}


@pytest.mark.parametrize(("first", "second"), list(combinations_with_replacement(WAYS, 2)))
def test_a_car_leaves_once_whatever_meets_whatever(
    staff: User, admin: User, zone: ParkingZone, first: Way, second: Way
) -> None:
    give_voucher(amount=Decimal(30), now=START)
    session = enter(staff, take_ticket(zone, now=START), START)
    answers = at_once([partial(first, staff, session), partial(second, admin, session)])
    assert set(tally(answers)) <= MAY_SAY
    session = ParkingSession.objects.select_related("bill").get()
    assert session.status == "COMPLETED"
    # ₹100 in all: paid, owed, or of the voucher.
    kept = sum(payment.amount for payment in Payment.objects.all())
    owed = sum(debt.amount for debt in Debt.objects.filter(status="OPEN"))
    given = sum(use.amount for use in PromoUse.objects.all())
    assert kept + owed + given - session.bill.refunded == Decimal(100)
    assert_books_agree()


def test_two_desks_take_the_money_once(staff: User, admin: User, zone: ParkingZone) -> None:
    session = enter(staff, take_ticket(zone, now=START), START)
    pay = partial(paying_ahead.pay, session=Ref(pk=session.pk), collection=Collection("CASH"), now=NOW)
    answers = at_once([partial(pay, actor=actor(user)) for user in (staff, admin)])
    assert tally(answers) == {"ok": 1, "nothing_due": 1}
    assert Payment.objects.get().amount == Decimal(100)
    assert_books_agree()


def test_one_voucher_lowers_one_of_two_bills(staff: User, admin: User, zone: ParkingZone) -> None:
    give_voucher(amount=Decimal(30), now=START)
    cars = [enter(staff, take_ticket(zone, now=START), START) for _ in range(2)]
    answers = at_once([partial(with_voucher, user, car) for user, car in zip((staff, admin), cars, strict=True)])
    assert tally(answers) == {"ok": 1, "code_used_up": 1}
    assert_books_agree()


def test_one_slip_pays_one_of_two_cars(staff: User, zone: ParkingZone) -> None:
    cars = [enter(staff, take_ticket(zone, now=START), START) for _ in range(2)]
    answers = at_once([partial(by_card, staff, car) for car in cars])
    assert tally(answers) == {"ok": 1, "card_approval_used": 1}
    assert_books_agree()


def test_a_plate_corrected_while_the_car_leaves(staff: User, admin: User, zone: ParkingZone) -> None:
    session = enter(staff, take_ticket(zone, now=START), START)
    correct = partial(
        correct_plate, actor=actor(admin), session=Ref(pk=session.pk), plate="DL-01-AB-1284", reason="Misread", now=NOW
    )
    answers = at_once([correct, partial(by_cash, staff, session)])
    assert tally(answers)["ok"] >= 1
    assert set(tally(answers)) <= {"ok", "session_over"}
    assert ParkingSession.objects.get().status == "COMPLETED"
    assert_books_agree()


def test_a_lost_ticket_that_two_attendants_bill_is_billed_once(staff: User, admin: User, zone: ParkingZone) -> None:
    lost = Lost("DL-01-AB-1234", zone=Ref(pk=zone.pk))
    answers = at_once([partial(losing.open_session, actor=actor(user), lost=lost, now=NOW) for user in (staff, admin)])
    assert tally(answers) == {"ok": 1, "has_entry_record": 1}
    assert_books_agree()
