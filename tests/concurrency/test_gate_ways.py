"""Two attendants at one car, each with another way to let it out: one of them does, and the books agree."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from itertools import combinations_with_replacement

import pytest

from parking.accounts.models import User
from parking.checkout import leaving, losing, paying_later
from parking.checkout.collecting import Collection
from parking.checkout.identifying import confirm_owner
from parking.checkout.losing import Lost
from parking.core.ids import Ref
from parking.facilities.models import ParkingZone
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


WAYS: tuple[Way, ...] = (by_cash, by_upi, online, by_plate, later, in_part, ended)


@pytest.mark.parametrize(("first", "second"), list(combinations_with_replacement(WAYS, 2)))
def test_a_car_leaves_once_whatever_meets_whatever(
    staff: User, admin: User, zone: ParkingZone, first: Way, second: Way
) -> None:
    session = enter(staff, take_ticket(zone, now=START), START)
    answers = at_once([partial(first, staff, session), partial(second, admin, session)])
    assert set(tally(answers)) <= {"ok", "already_exited", "not_active", "payment_given_up"}
    session = ParkingSession.objects.select_related("bill").get()
    assert session.status == "COMPLETED"
    # ₹100 in all: paid, or owed.
    kept = sum(payment.amount for payment in Payment.objects.all())
    owed = sum(debt.amount for debt in Debt.objects.filter(status="OPEN"))
    assert kept + owed - session.bill.refunded == Decimal(100)
    assert_books_agree()


def test_a_lost_ticket_that_two_attendants_bill_is_billed_once(staff: User, admin: User, zone: ParkingZone) -> None:
    lost = Lost("DL-01-AB-1234", zone=Ref(pk=zone.pk))
    answers = at_once([partial(losing.open_session, actor=actor(user), lost=lost, now=NOW) for user in (staff, admin)])
    assert tally(answers) == {"ok": 1, "has_entry_record": 1}
    assert_books_agree()
