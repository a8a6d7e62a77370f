"""What a car that pays later leaves unpaid: waited for a day, and a debt from the end of that day on."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from parking.accounts.models import User
from parking.checkout import collecting, entering, paying, paying_later, poster
from parking.checkout.collecting import Collection
from parking.checkout.queries import debts, debts_by_plate, debts_of_plate, plate_debt, unpaid_of_plate
from parking.core.ids import Ref
from parking.core.sites import ALL_SITES
from parking.facilities.models import ParkingZone
from parking.payments.gateways.base import GatewayState
from parking.payments.models import Debt, Payment, PaymentOrder, Refund
from parking.reports.alerts import open_debts
from parking.reports.timeline import timeline
from parking.stays.access import QrText
from parking.stays.models import ParkingSession
from tests.build import actor, book, enter, leave, reloaded, take_ticket, terminate
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree, refused
from tests.moments import START, at

pytestmark = pytest.mark.django_db

PLATE = "DL-01-AB-1234"
OUT = at(90)
LAST_SECOND = OUT + timedelta(hours=24, seconds=-1)
A_DAY_LATER = OUT + timedelta(hours=24)


@pytest.fixture
def inside(staff: User, zone: ParkingZone) -> ParkingSession:
    """Return a car that owes ₹100 when it leaves."""
    return enter(staff, take_ticket(zone, PLATE, START), START)


@pytest.fixture
def booked(driver: User, staff: User, zone: ParkingZone) -> ParkingSession:
    """Return a car of an account that owes ₹50 when it leaves, beside the fee that it paid."""
    return enter(staff, book(driver, zone, PLATE, START), START)


def later(staff: User, session: ParkingSession, *, cash: int = 0, now: datetime = OUT) -> Debt:
    paying_later.let_out(actor=actor(staff), session=QrText(session.qr_code), cash=Decimal(cash), now=now)
    return Debt.objects.get(bill=session.bill_id)


def asked_at(debt: Debt, now: datetime) -> set[Decimal]:
    """Return what the plate is asked for, at an entry and an exit, at all sites and here, and in the office."""
    vehicle_id, here = debt.bill.session.vehicle_id, frozenset({debt.bill.site_id or 0})
    at_entry = {plate_debt(vehicle_id, sites=sites, now=now) for sites in (ALL_SITES, here)}
    at_exit = collecting.total_owed(debts_of_plate(vehicle_id, sites=ALL_SITES, now=now))
    office = {
        collecting.total_owed(open_debts(now=now, sites=ALL_SITES)),
        collecting.total_owed(debts(sites=ALL_SITES, now=now, status="OPEN")),
    }
    return at_entry | {at_exit} | office


def waited_for_at(now: datetime) -> Decimal:
    return collecting.total_owed(debts(sites=ALL_SITES, now=now, waiting=True))


def test_the_rest_is_a_debt_after_a_day_to_the_second(staff: User, inside: ParkingSession) -> None:
    debt = later(staff, inside, cash=10)
    assert debt.waits_until == A_DAY_LATER
    assert (asked_at(debt, LAST_SECOND), waited_for_at(LAST_SECOND)) == ({Decimal(0)}, Decimal(90))
    assert (asked_at(debt, A_DAY_LATER), waited_for_at(A_DAY_LATER)) == ({Decimal(90)}, Decimal(0))
    assert_books_agree()


def test_the_next_entry_shows_it_only_after_that_day(staff: User, zone: ParkingZone, inside: ParkingSession) -> None:
    later(staff, inside)
    again = take_ticket(zone, PLATE, LAST_SECOND)
    entered = entering.enter(actor=actor(staff), qr_code=again.qr_code, now=LAST_SECOND, scan_id="in1")
    assert entered.plate_debt == Decimal(0)
    entered = entering.enter(actor=actor(staff), qr_code=again.qr_code, now=A_DAY_LATER, scan_id="in1")
    assert entered.plate_debt == Decimal(100)


def test_a_stay_that_staff_ended_owes_at_once(staff: User, inside: ParkingSession) -> None:
    terminate(staff, inside, now=OUT)
    debt = Debt.objects.get()
    assert debt.waits_until is None
    assert asked_at(debt, OUT) == {Decimal(100)}


def test_the_driver_pays_it_within_the_day_by_an_order_of_his_own(
    driver: User, staff: User, booked: ParkingSession, gateway: FakeGateway
) -> None:
    debt = later(staff, booked, cash=10)
    order = paying.start_payment(actor=actor(driver), session=Ref(pk=booked.pk), gateway=None, now=LAST_SECOND)
    assert (order.status, order.amount, order.purpose) == ("COMPLETED", Decimal(40), "DEBT")
    debt.refresh_from_db()
    assert (debt.status, asked_at(debt, A_DAY_LATER)) == ("PAID", {Decimal(0)})
    assert "debt.arose" not in [event.code for event in timeline(reloaded(booked))]
    assert_books_agree()


def test_the_order_of_the_exit_stays_open_and_its_money_pays_the_rest(
    staff: User, inside: ParkingSession, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    leave(staff, inside, "ONLINE", OUT)
    debt = later(staff, inside)
    order = PaymentOrder.objects.get()
    assert (order.status, order.amount) == ("PENDING", Decimal(100))
    gateway.decide(GatewayState.COMPLETED)
    paying.refresh_order(order=order, now=OUT + timedelta(hours=3))
    debt.refresh_from_db()
    assert (debt.status, Refund.objects.count(), Payment.objects.get().amount) == ("PAID", 0, Decimal(100))
    assert_books_agree()


def test_the_driver_goes_on_with_the_order_of_the_exit(
    driver: User, staff: User, booked: ParkingSession, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    leave(staff, booked, "ONLINE", OUT)
    later(staff, booked)
    order = paying.start_payment(
        actor=actor(driver), session=Ref(pk=booked.pk), gateway=None, now=OUT + timedelta(hours=1)
    )
    assert order.pk == PaymentOrder.objects.get(purpose="EXIT").pk


def test_an_order_over_another_sum_is_given_up(staff: User, inside: ParkingSession, gateway: FakeGateway) -> None:
    gateway.outcome = GatewayState.PENDING
    leave(staff, inside, "ONLINE", OUT)
    # The next hour has begun, and ₹150 are due.
    debt = later(staff, inside, now=at(130))
    assert (debt.amount, PaymentOrder.objects.get().status) == (Decimal(150), "EXPIRED")


def test_cash_at_the_counter_pays_it_within_the_day(staff: User, admin: User, inside: ParkingSession) -> None:
    debt = later(staff, inside)
    assert [found.pk for found in debts_by_plate(PLATE, sites=ALL_SITES)] == [debt.pk]
    collecting.collect(
        actor=actor(admin), debt_id=debt.pk, collection=Collection("CASH", tendered=Decimal(100)), now=LAST_SECOND
    )
    debt.refresh_from_db()
    assert debt.status == "PAID"
    assert_books_agree()


def test_what_is_waited_for_counts_for_the_limit_of_the_plate(
    staff: User, zone: ParkingZone, inside: ParkingSession
) -> None:
    """Two a plate, by default."""
    later(staff, inside)
    second = enter(staff, take_ticket(zone, PLATE, at(100)), at(100))
    later(staff, second, now=at(110))
    assert len(unpaid_of_plate(inside.vehicle_id, sites=ALL_SITES)) == 2
    third = enter(staff, take_ticket(zone, PLATE, at(120)), at(120))
    with refused("pay_later_limit"):
        later(staff, third, now=at(130))


def test_the_story_of_a_session_tells_of_the_debt_when_it_became_one(
    staff: User, inside: ParkingSession, time_machine: object
) -> None:
    later(staff, inside)
    time_machine.move_to(LAST_SECOND, tick=False)  # type: ignore[attr-defined]
    assert "debt.arose" not in [event.code for event in timeline(reloaded(inside))]
    time_machine.move_to(A_DAY_LATER, tick=False)  # type: ignore[attr-defined]
    (arose,) = [event for event in timeline(reloaded(inside)) if event.code == "debt.arose"]
    assert arose.at == A_DAY_LATER


def test_three_years_are_counted_from_the_end_of_that_day(staff: User, inside: ParkingSession) -> None:
    debt = later(staff, inside)
    end = A_DAY_LATER + timedelta(days=365.25 * 3)
    assert collecting.lapse_old_debts(now=end - timedelta(seconds=1)) == 0
    assert collecting.lapse_old_debts(now=end) == 1
    debt.refresh_from_db()
    assert debt.status == "LAPSED"


def test_who_parked_without_account_finds_the_car_by_the_poster_and_pays_the_rest(
    staff: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    session = enter(staff, take_ticket(zone, PLATE, START), START)
    debt = later(staff, session)
    found = poster.find_car(site_id=zone.site_id, plate=PLATE, said=session.qr_code[-4:])
    order = poster.pay(session=found, gateway=None, now=OUT + timedelta(hours=2))
    debt.refresh_from_db()
    assert (found.pk, order.amount, debt.status) == (session.pk, Decimal(100), "PAID")
    with refused("not_found_inside"):
        poster.find_car(site_id=zone.site_id, plate=PLATE, said=session.qr_code[-4:])
    assert_books_agree()
