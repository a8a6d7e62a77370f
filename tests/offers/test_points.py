"""Points: earned, held, spent, returned, lapsed, taken back."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from parking.accounts.models import User
from parking.checkout import expiring, refunding
from parking.checkout.bills import running_bill
from parking.core import clock
from parking.core.actor import SYSTEM
from parking.facilities.models import ParkingZone
from parking.facilities.settings import change_settings
from parking.offers.ledger import balance_of
from parking.offers.models import PointEntry
from parking.offers.point_rules import Lot, earned_by, lapse_of, lots_left
from parking.offers.points import lapse_points, left_of
from parking.stays.models import ParkingSession
from tests.build import actor, book, cancel, enter, leave, make_user, make_zone, pay_ahead, quote, take_ticket
from tests.invariants import assert_books_agree, refused
from tests.moments import START
from tests.offers.build import earn, make_code, switch_points_on, use
from tests.tariffs.examples import shown

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _points_are_on(zone: ParkingZone) -> None:
    switch_points_on()


def after(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def left_after(staff: User, session: ParkingSession, minutes: int, method: str = "CASH") -> ParkingSession:
    enter(staff, session, START)
    return leave(staff, session, method, after(minutes)).session


def entries(driver: User) -> list[tuple[str, int, int]]:
    rows = PointEntry.objects.filter(driver=driver).order_by("number")
    return list(rows.values_list("kind", "points", "balance"))


# --- Rules ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kept", "points"), [("0", 0), ("9.99", 0), ("10", 1), ("75", 7), ("70", 7), ("69.99", 6)])
def test_a_point_is_earned_for_each_full_ten_rupees(kept: str, points: int) -> None:
    assert earned_by(Decimal(kept)) == points


@pytest.mark.parametrize(
    ("earned", "lapses"),
    [
        ("2026-11-22T04:30:00Z", "2027-11-30T18:30:00Z"),
        # 1 November in India, on the last day of October in UTC.
        ("2026-10-31T18:30:00Z", "2027-11-30T18:30:00Z"),
        ("2026-12-31T10:00:00Z", "2027-12-31T18:30:00Z"),
    ],
)
def test_points_lapse_at_the_first_of_the_month_after_twelve_months(earned: str, lapses: str) -> None:
    assert lapse_of(datetime.fromisoformat(earned), clock.site_zone()) == datetime.fromisoformat(lapses)


def test_the_oldest_points_are_used_first() -> None:
    first, second = Lot(100, START), Lot(50, after(1))
    assert lots_left([second, first], -120) == [Lot(30, after(1))]
    assert lots_left([second, first], 0) == [first, second]
    assert lots_left([first], -500) == []


# --- Earned --------------------------------------------------------------------------------------------


def test_a_completed_session_earns_for_what_was_kept(driver: User, staff: User) -> None:
    left_after(staff, book(driver, make_zone(rate="75.00"), now=START), 45)
    assert entries(driver) == [("EARNED", 7, 7)]


def test_nothing_is_earned_by_a_debt_a_cancellation_a_walk_in_or_while_points_are_off(
    driver: User, staff: User, zone: ParkingZone
) -> None:
    cancel(driver, book(driver, zone, now=START), after(10))
    left_after(staff, take_ticket(zone, now=START), 45)
    change_settings(actor=SYSTEM, site_id=None, values={"points": 0}, now=START)
    left_after(staff, book(driver, zone, now=START), 45)
    assert not PointEntry.objects.exists()


# --- Spent ---------------------------------------------------------------------------------------------


def test_as_many_hundreds_as_fit_are_spent_and_the_rest_returns(driver: User, staff: User) -> None:
    zone = make_zone(rate="55.00", booking_fee=Decimal(0))
    earn(driver, 1000)
    session = book(driver, zone, now=START, use_points=800)
    assert (session.offers, balance_of(driver.pk)) == ({"points": 800}, 200)
    left = left_after(staff, session, 60)
    assert shown(running_bill(left, after(60)).lines)[-1] == ("500 points", 1, Decimal("-50.00"))
    assert (left.bill.total, left.bill.charged) == (5, 5)
    assert entries(driver) == [("EARNED", 1000, 1000), ("HELD", -800, 200), ("RETURNED", 300, 500)]
    assert_books_agree()


def test_a_code_goes_before_points_and_what_is_left_earns(driver: User, staff: User) -> None:
    zone = make_zone(rate="50.00", booking_fee=Decimal(0))
    make_code(value="10")
    earn(driver, 300)
    left = left_after(staff, book(driver, zone, now=START, promo_code="WELCOME", use_points=300), 150)
    assert shown(running_bill(left, after(150)).lines)[1:] == (
        ("Promo code WELCOME", 1, Decimal("-15.00")),
        ("300 points", 1, Decimal("-30.00")),
    )
    assert (left.bill.total, entries(driver)[-1]) == (105, ("EARNED", 10, 10))


def test_a_cancelled_and_a_lapsed_booking_return_the_points(driver: User, zone: ParkingZone) -> None:
    earn(driver, 300)
    cancel(driver, book(driver, zone, now=START, use_points=300), START)
    assert balance_of(driver.pk) == 300
    book(driver, zone, now=START, use_points=300)
    expiring.expire_no_shows(now=after(31))
    assert entries(driver)[1:] == [("HELD", -300, 0), ("RETURNED", 300, 300)] * 2


def test_points_are_held_in_place_of_others(driver: User, zone: ParkingZone) -> None:
    earn(driver, 500)
    session = book(driver, zone, now=START, use_points=300)
    use(driver, session, 500)
    use(driver, session, 100)
    use(driver, session, 100)
    assert entries(driver)[2:] == [("HELD", -200, 0), ("RETURNED", 400, 400)]
    use(driver, session, 0)
    assert balance_of(driver.pk) == 500


@pytest.mark.parametrize("points", [400, 1000])
def test_points_that_are_not_there_are_refused(driver: User, zone: ParkingZone, points: int) -> None:
    earn(driver, 399)
    with refused("points_not_enough"):
        book(driver, zone, now=START, use_points=points)
    assert (balance_of(driver.pk), ParkingSession.objects.count()) == (399, 0)


def test_no_points_are_spent_while_they_are_off(driver: User, zone: ParkingZone) -> None:
    earn(driver, 300)
    change_settings(actor=SYSTEM, site_id=None, values={"points": 0}, now=START)
    with refused("points_not_enough"):
        book(driver, zone, now=START, use_points=100)


def test_points_lower_a_quote_and_what_was_paid_ahead(driver: User, staff: User, zone: ParkingZone) -> None:
    earn(driver, 300)
    session = enter(staff, book(driver, zone, now=START), START)
    quote(staff, session, after(126))
    assert use(driver, session, 200, after(130)).bill.total == 130
    pay_ahead(driver, session, after(131))
    assert use(driver, session, 300, after(132)).bill.total == 120
    left = leave(staff, session, now=after(133)).session
    assert (left.bill.total, left.bill.captured, left.bill.refunded) == (120, 130, 10)
    assert_books_agree()


def test_points_are_refused_after_the_end_and_for_the_session_of_another(
    driver: User, staff: User, zone: ParkingZone
) -> None:
    earn(driver, 300)
    session = book(driver, zone, now=START)
    with refused("session_not_found"):
        use(make_user(), session, 100)
    left_after(staff, session, 60)
    with refused("session_over"):
        use(driver, session, 100, after(61))


# --- Refunds -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("amount", "points"), [("5", 7), ("6", 6), ("75", 0)])
def test_after_a_refund_so_many_points_remain(driver: User, staff: User, admin: User, amount: str, points: int) -> None:
    zone = make_zone(rate="75.00", booking_fee=Decimal(75))
    left = left_after(staff, book(driver, zone, now=START), 45)
    payment = left.bill.payments.get()
    refunding.refund_any_payment(
        actor=actor(admin), payment_id=payment.pk, amount=Decimal(amount), reason="Wrong car", now=after(60)
    )
    assert balance_of(driver.pk) == points


def test_a_refund_that_is_refused_gives_the_points_again(driver: User, staff: User, admin: User) -> None:
    zone = make_zone(rate="75.00", booking_fee=Decimal(0))
    left = left_after(staff, book(driver, zone, now=START), 45)
    refund = refunding.refund_any_payment(
        actor=actor(admin), payment_id=left.bill.payments.get().pk, amount=Decimal(75), reason="Wrong", now=after(60)
    )
    refunding.refuse_refund(actor=actor(admin), refund_id=refund.pk, now=after(61))
    assert entries(driver) == [("EARNED", 7, 7), ("TAKEN_BACK", -7, 0), ("RESTORED", 7, 7)]


# --- Lapsing -------------------------------------------------------------------------------------------


def test_points_lapse_when_their_time_is_over_but_for_those_that_were_spent(driver: User, zone: ParkingZone) -> None:
    earn(driver, 250, datetime(2026, 11, 5, tzinfo=UTC))
    earn(driver, 100, datetime(2026, 12, 5, tzinfo=UTC))
    book(driver, zone, now=START, use_points=100)
    assert lapse_points(now=datetime(2027, 11, 30, 18, 29, tzinfo=UTC)) == 0
    assert lapse_points(now=datetime(2027, 11, 30, 18, 30, tzinfo=UTC)) == 1
    assert entries(driver)[-1] == ("LAPSED", -150, 100)
    assert left_of(driver.pk) == [Lot(100, datetime(2027, 12, 31, 18, 30, tzinfo=UTC))]
    assert lapse_points(now=datetime(2027, 12, 1, tzinfo=UTC)) == 0
