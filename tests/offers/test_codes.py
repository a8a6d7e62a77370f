"""A promo code from booking to bill: held, redeemed, given back, refused, exchanged."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from parking.accounts.models import User
from parking.checkout import expiring
from parking.checkout.bills import running_bill
from parking.core.actor import SYSTEM
from parking.core.errors import InvalidInput
from parking.facilities.models import ParkingZone
from parking.offers import codes
from parking.offers.models import PromoCode, PromoUse
from parking.payments.gateways.base import GatewayState
from parking.payments.models import Refund
from parking.stays.models import ParkingSession
from tests.build import book, cancel, enter, leave, make_user, make_zone, pay_ahead, plate, quote, reloaded, terminate
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree, refused
from tests.moments import START
from tests.offers.build import give, make_code, taken
from tests.tariffs.examples import shown

pytestmark = pytest.mark.django_db

FIVE_HOURS = START + timedelta(minutes=300)


def left_after(staff: User, session: ParkingSession, moment: datetime, method: str = "CASH") -> ParkingSession:
    enter(staff, session, START)
    return leave(staff, session, method, moment).session


def lines(session: ParkingSession) -> Any:
    return shown(running_bill(session, FIVE_HOURS).lines)


def test_a_code_given_with_the_booking_lowers_the_bill_and_is_redeemed(
    driver: User, staff: User, zone: ParkingZone
) -> None:
    code = make_code(cap=Decimal(30))
    session = book(driver, zone, now=START, promo_code=" welcome ")
    assert (taken(code), PromoUse.objects.count()) == (1, 0)
    left = left_after(staff, session, FIVE_HOURS)
    assert lines(left) == (("Parking", 5, Decimal("50.00")), ("Promo code WELCOME", 1, Decimal("-30.00")))
    assert (left.bill.total, left.bill.charged) == (220, 170)
    use = PromoUse.objects.get()
    assert (use.code_id, use.session_id, use.amount, taken(code)) == (code.pk, left.pk, 30, 1)
    assert_books_agree()


def test_what_was_paid_above_a_lowered_bill_goes_back(driver: User, staff: User, zone: ParkingZone) -> None:
    make_code(kind="AMOUNT", value="100")
    left = left_after(staff, book(driver, zone, now=START, promo_code="WELCOME"), START + timedelta(minutes=45))
    assert (left.bill.total, left.bill.paid, Refund.objects.get().amount) == (0, 0, 50)
    assert PromoUse.objects.get().amount == 50
    assert_books_agree()


def test_first_minutes_are_free(driver: User, staff: User, zone: ParkingZone) -> None:
    make_code(kind="MINUTES", value="90")
    left = left_after(staff, book(driver, zone, now=START, promo_code="WELCOME"), START + timedelta(minutes=150))
    assert lines(left)[-1] == ("Promo code WELCOME", 1, Decimal("-75.00"))
    assert left.bill.total == 75


def test_a_termination_redeems_a_code_too(driver: User, staff: User, zone: ParkingZone) -> None:
    code = make_code()
    session = enter(staff, book(driver, zone, now=START, promo_code="WELCOME"), START)
    ended = terminate(staff, session, now=FIVE_HOURS).session
    assert (ended.bill.total, ended.bill.due, taken(code)) == (200, 150, 1)
    assert_books_agree()


def test_a_cancelled_and_a_lapsed_booking_give_the_code_back(driver: User, zone: ParkingZone) -> None:
    code = make_code(uses=1)
    cancel(driver, book(driver, zone, now=START, promo_code="WELCOME"), START)
    assert taken(code) == 0
    book(driver, zone, now=START, promo_code="WELCOME")
    expiring.expire_no_shows(now=START + timedelta(minutes=31))
    assert (taken(code), PromoUse.objects.count()) == (0, 0)


def test_a_code_without_a_line_on_the_bill_is_given_back(driver: User, staff: User, zone: ParkingZone) -> None:
    code = make_code(least_bill=Decimal(1000))
    left = left_after(staff, book(driver, zone, now=START, promo_code="WELCOME"), FIVE_HOURS)
    assert (left.bill.total, taken(code), PromoUse.objects.count()) == (250, 0, 0)


# --- Given later ---------------------------------------------------------------------------------------


def test_a_second_code_replaces_the_first(driver: User, staff: User, zone: ParkingZone) -> None:
    first, second = make_code("FIRST", uses=1), make_code("SECOND", "AMOUNT", "15", uses=1)
    session = book(driver, zone, now=START, promo_code="FIRST")
    give(driver, session, "second")
    assert (taken(first), taken(second)) == (0, 1)
    give(driver, session, "FIRST")
    assert (taken(first), taken(second)) == (1, 0)
    give(driver, session, "FIRST")
    assert taken(first) == 1
    assert left_after(staff, reloaded(session), FIVE_HOURS).bill.total == 200


def test_a_refused_code_leaves_the_one_that_is_held(driver: User, zone: ParkingZone) -> None:
    code = make_code()
    session = book(driver, zone, now=START, promo_code="WELCOME")
    with refused("code_unknown"):
        give(driver, session, "NOTHING")
    assert (taken(code), reloaded(session).offers["promo"]["code"]) == (1, "WELCOME")


def test_a_quote_is_made_again_as_of_its_moment(driver: User, staff: User, zone: ParkingZone) -> None:
    make_code()
    session = enter(staff, book(driver, zone, now=START), START)
    quoted = quote(staff, session, START + timedelta(minutes=126))
    until = quoted.bill.frozen_until
    bill = give(driver, session, "WELCOME", START + timedelta(minutes=130)).bill
    assert (bill.total, bill.frozen_until, bill.billed_until) == (120, until, START + timedelta(minutes=126))
    assert leave(staff, session, now=START + timedelta(minutes=136)).session.bill.charged == 70


def test_a_code_given_after_paying_ahead_gives_the_difference_back(
    driver: User, staff: User, zone: ParkingZone
) -> None:
    make_code()
    session = enter(staff, book(driver, zone, now=START), START)
    pay_ahead(driver, session, START + timedelta(minutes=126))
    give(driver, session, "WELCOME", START + timedelta(minutes=130))
    left = leave(staff, session, now=START + timedelta(minutes=135)).session
    assert (left.bill.total, left.bill.captured, left.bill.refunded) == (120, 150, 30)
    assert_books_agree()


def test_a_code_is_refused_while_a_payment_is_under_way_and_after_the_end(
    driver: User, staff: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    make_code()
    session = enter(staff, book(driver, zone, now=START), START)
    gateway.outcome = GatewayState.PENDING
    leave(staff, session, "ONLINE", START + timedelta(minutes=126))
    with refused("payment_under_way"):
        give(driver, session, "WELCOME", START + timedelta(minutes=127))
    leave(staff, session, "CASH", START + timedelta(minutes=128))
    with refused("session_over"):
        give(driver, session, "WELCOME", START + timedelta(minutes=129))


def test_nobody_gives_a_code_to_the_session_of_another(driver: User, zone: ParkingZone) -> None:
    make_code()
    session = book(driver, zone, now=START)
    with refused("session_not_found"):
        give(make_user(), session, "WELCOME")


# --- What is refused -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"is_active": False}, "code_unknown"),
        ({"valid_from": date(2026, 11, 23)}, "code_unknown"),
        ({"valid_from": date(2026, 11, 1), "valid_to": date(2026, 11, 21)}, "code_expired"),
        ({"vehicle_kinds": ["EV"]}, "code_not_here"),
    ],
)
def test_a_code_that_does_not_hold_is_refused(
    driver: User, zone: ParkingZone, fields: dict[str, Any], code: str
) -> None:
    made = make_code(**fields)
    with refused(code):
        book(driver, zone, now=START, promo_code="WELCOME")
    assert taken(made) == 0


def test_a_code_holds_on_its_last_day_by_the_calendar_of_the_site(driver: User, zone: ParkingZone) -> None:
    code = make_code(valid_from=date(2026, 11, 22), valid_to=date(2026, 11, 22))
    # 22 November, 23:59 in India.
    book(driver, zone, now=datetime.fromisoformat("2026-11-22T18:29:00Z"), promo_code="WELCOME")
    assert taken(code) == 1
    with refused("code_expired"):
        book(driver, zone, now=datetime.fromisoformat("2026-11-22T18:30:00Z"), promo_code="WELCOME")


def test_a_code_of_another_zone_is_refused(driver: User, zone: ParkingZone) -> None:
    make_code(zone_ids=[make_zone().pk])
    with refused("code_not_here"):
        book(driver, zone, now=START, promo_code="WELCOME")


def test_a_code_is_used_up_after_so_many_uses(driver: User, zone: ParkingZone) -> None:
    code = make_code(uses=1)
    book(driver, zone, now=START, promo_code="WELCOME")
    with refused("code_used_up"):
        book(make_user(), zone, now=START, promo_code="WELCOME")
    codes.change_code(actor=SYSTEM, code_id=code.pk, fields={"uses": 2}, now=START)
    book(make_user(), zone, now=START, promo_code="WELCOME")
    assert taken(code) == 2


def test_uses_per_driver_count_for_the_driver_and_for_the_plate(driver: User, zone: ParkingZone) -> None:
    code, number = make_code(uses_per_driver=1), plate()
    first = book(driver, zone, number, START, promo_code="WELCOME")
    with refused("code_used_up"):
        book(driver, zone, plate(), START, promo_code="WELCOME")
    cancel(driver, first, START)
    other = make_user()
    left = book(other, zone, number, START, promo_code="WELCOME")
    cancel(other, left, START)
    assert taken(code) == 0


def test_a_redeemed_use_counts_for_the_plate_of_another_driver(driver: User, staff: User, zone: ParkingZone) -> None:
    make_code(uses_per_driver=1)
    number = plate()
    left_after(staff, book(driver, zone, number, START, promo_code="WELCOME"), FIVE_HOURS)
    with refused("code_used_up"):
        book(make_user(), zone, number, FIVE_HOURS, promo_code="WELCOME")


def test_a_code_for_the_first_booking_is_refused_for_the_second(driver: User, staff: User, zone: ParkingZone) -> None:
    code, number = make_code(first_booking=True), plate()
    cancel(driver, book(driver, zone, number, START), START)
    left_after(staff, book(driver, zone, number, START, promo_code="WELCOME"), FIVE_HOURS)
    for who, which in ((driver, plate()), (make_user(), number)):
        with refused("code_not_here"):
            book(who, zone, which, FIVE_HOURS, promo_code="WELCOME")
    assert taken(code) == 1


def test_a_bill_that_is_known_must_reach_the_least_bill(driver: User, staff: User, zone: ParkingZone) -> None:
    code = make_code(least_bill=Decimal(150))
    session = enter(staff, book(driver, zone, now=START), START)
    with refused("code_minimum"):
        give(driver, session, "WELCOME", START + timedelta(minutes=125))
    assert taken(code) == 0
    assert running_bill(give(driver, session, "WELCOME", START + timedelta(minutes=126)), FIVE_HOURS).total == 200


# --- Changes -------------------------------------------------------------------------------------------


def test_a_session_keeps_what_a_code_gave_when_it_was_given(driver: User, staff: User, zone: ParkingZone) -> None:
    code = make_code()
    session = book(driver, zone, now=START, promo_code="WELCOME")
    codes.change_code(actor=SYSTEM, code_id=code.pk, fields={"value": Decimal(50), "is_active": False}, now=START)
    assert left_after(staff, session, FIVE_HOURS).bill.total == 200


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"code": "A!"}, "code"),
        ({"value": Decimal(101)}, "value"),
        ({"value": Decimal(0)}, "value"),
        ({"kind": "MINUTES", "value": Decimal("1.5")}, "value"),
        ({"cap": Decimal(0)}, "cap"),
        ({"valid_to": date(2026, 11, 21)}, "valid_to"),
        ({"uses": 0}, "uses"),
        ({"zone_ids": [999]}, "zone_ids"),
    ],
)
def test_what_a_code_may_not_say(zone: ParkingZone, fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as error:
        make_code(**{"code": "WELCOME", "kind": "PERCENT", "value": "20"} | fields)
    assert set(error.value.errors) == {field}
    assert not PromoCode.objects.exists()


def test_a_code_exists_once_whatever_its_letters(zone: ParkingZone) -> None:
    make_code("WELCOME")
    with refused("promo_code_taken"):
        make_code("Welcome")
