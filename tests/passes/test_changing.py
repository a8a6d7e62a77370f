"""Other vehicles on a pass, its renewal, and its end before the time."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from parking.accounts.models import Role, User
from parking.checkout import pass_changes, passes
from parking.checkout.collecting import Collection
from parking.checkout.pass_renewing import offer_renewals
from parking.checkout.refunding import approve_refund, refuse_refund
from parking.core.errors import InvalidInput
from parking.facilities.models import ParkingZone
from parking.passes.models import PassVehicle, Plan, Subscription
from parking.passes.services import Wanted, forget_ended_vehicles
from parking.payments.gateways.base import GatewayState
from parking.payments.models import Refund
from parking.vehicles.models import Vehicle
from tests.build import actor, book, make_user, take_ticket
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree, refused
from tests.moments import START, at
from tests.passes.build import again, bought, make_plan

pytestmark = pytest.mark.django_db

DELHI = ZoneInfo("Asia/Kolkata")
ONE, TWO, THREE = "DL-01-AB-0001", "DL-01-AB-0002", "DL-01-AB-0003"
# The midnight of the site after START.
NEXT_MIDNIGHT = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)


@pytest.fixture
def plan(zone: ParkingZone) -> Plan:
    return make_plan(zone, period="MONTH", price="5000.00")


def _put(driver: User, pass_: Subscription, *plates: str, now: datetime = START) -> Subscription:
    return pass_changes.change_vehicles(actor=actor(driver), subscription=pass_, plates=plates, now=now)


def _cancel(driver: User, pass_: Subscription, now: datetime) -> Decimal:
    return pass_changes.cancel_pass(actor=actor(driver), subscription=pass_, reason="", now=now).refund


# --- Vehicles --------------------------------------------------------------------------------------------


def test_another_vehicle_takes_the_place_at_the_next_midnight(driver: User, plan: Plan, zone: ParkingZone) -> None:
    pass_ = bought(driver, plan, ONE)
    _put(driver, pass_, TWO)
    rows = list(PassVehicle.objects.order_by("pk").values_list("vehicle__vehicle_number", "from_at", "until_at"))
    assert rows == [(ONE, pass_.starts_at, NEXT_MIDNIGHT), (TWO, NEXT_MIDNIGHT, None)]
    assert take_ticket(zone, TWO, NEXT_MIDNIGHT - timedelta(minutes=1)).subscription is None
    assert take_ticket(zone, ONE, NEXT_MIDNIGHT - timedelta(minutes=1)).subscription == pass_
    assert_books_agree()


def test_after_midnight_the_new_one_is_covered_and_the_old_one_is_not(
    driver: User, plan: Plan, zone: ParkingZone
) -> None:
    pass_ = bought(driver, plan, ONE)
    _put(driver, pass_, TWO)
    assert take_ticket(zone, ONE, NEXT_MIDNIGHT).subscription is None
    assert take_ticket(zone, TWO, NEXT_MIDNIGHT).subscription == pass_


def test_vehicles_are_exchanged_twice_a_month(driver: User, plan: Plan) -> None:
    pass_ = bought(driver, plan, ONE)
    _put(driver, pass_, TWO, now=at(1))
    _put(driver, pass_, THREE, now=at(2))
    with refused("pass_swaps_used"):
        _put(driver, pass_, ONE, now=at(3))
    _put(driver, pass_, ONE, now=datetime(2026, 11, 30, 18, 30, tzinfo=UTC))
    assert PassVehicle.objects.filter(is_swap=True).count() == 3


def test_filling_a_place_that_was_never_used_is_no_exchange(driver: User, zone: ParkingZone) -> None:
    pass_ = bought(driver, make_plan(zone, vehicles=3), ONE)
    _put(driver, pass_, ONE, TWO, THREE)
    assert not PassVehicle.objects.filter(is_swap=True).exists()
    with pytest.raises(InvalidInput):
        _put(driver, pass_, ONE, TWO, THREE, "DL-01-AB-0004")


def test_a_vehicle_with_a_pass_here_cannot_be_put_on_another(driver: User, plan: Plan) -> None:
    pass_ = bought(driver, plan, ONE)
    bought(make_user(), plan, TWO)
    with refused("pass_overlap"):
        _put(driver, pass_, TWO)


def test_a_vehicle_with_a_pass_in_the_next_period_cannot_be_put_on_one_that_is_renewed(
    driver: User, plan: Plan
) -> None:
    pass_ = bought(driver, plan, ONE, auto_renew=True)
    bought(make_user(), plan, TWO, starts_on=pass_.ends_at.astimezone(DELHI).date())
    soon = pass_.ends_at - timedelta(days=2)
    offer_renewals(now=soon)
    with refused("pass_overlap"):
        _put(driver, pass_, TWO, now=soon)


def test_a_vehicle_that_left_all_passes_is_unmarked(driver: User, plan: Plan) -> None:
    pass_ = bought(driver, plan, ONE)
    _put(driver, pass_, TWO)
    assert forget_ended_vehicles(now=at(1)) == 0
    assert forget_ended_vehicles(now=NEXT_MIDNIGHT) == 1
    assert list(Vehicle.objects.filter(has_pass=True).values_list("vehicle_number", flat=True)) == [TWO]


# --- Its end ---------------------------------------------------------------------------------------------


def test_an_unused_pass_of_the_last_24_hours_goes_back_whole(driver: User, plan: Plan, zone: ParkingZone) -> None:
    pass_ = bought(driver, plan)
    assert _cancel(driver, pass_, at(24 * 60)) == Decimal("5000.00")
    assert again(pass_).status == "CANCELLED"
    assert [(row.amount, row.status) for row in Refund.objects.all()] == [(Decimal("5000.00"), "COMPLETED")]
    assert book(driver, zone, "DL-01-AB-1234", at(24 * 60 + 1)).subscription is None
    assert_books_agree()


def test_later_it_does_not(driver: User, plan: Plan) -> None:
    pass_ = bought(driver, plan)
    with refused("pass_not_cancellable"):
        _cancel(driver, pass_, at(24 * 60 + 0.1))


def test_a_used_pass_does_not_go_back(driver: User, plan: Plan, zone: ParkingZone) -> None:
    pass_ = bought(driver, plan)
    take_ticket(zone, "DL-01-AB-1234", at(1))
    with refused("pass_not_cancellable"):
        _cancel(driver, pass_, at(2))


def test_a_pass_that_waits_for_its_money_is_given_up(driver: User, plan: Plan, gateway: FakeGateway) -> None:
    gateway.outcome = GatewayState.PENDING
    pass_ = bought(driver, plan)
    assert _cancel(driver, pass_, at(1)) == 0
    assert again(pass_).status == "CANCELLED"
    assert_books_agree()
    with refused("pass_over"):
        _cancel(driver, pass_, at(2))


def test_cash_goes_back_by_hand_with_a_second_persons_word(driver: User, plan: Plan) -> None:
    staff, admin = make_user(Role.STAFF), make_user(Role.ADMIN)
    make_user(Role.ADMIN)
    cash = Collection("CASH", tendered=Decimal("5000.00"))
    wanted = Wanted(("DL-01-AB-1234",), date(2026, 11, 22))
    sold = passes.sell(
        actor=actor(staff), buyer=passes.Buyer(driver.pk), plan_id=plan.pk, wanted=wanted, collection=cash, now=START
    ).subscription
    assert sold.status == "ACTIVE"
    assert_books_agree()
    _cancel(driver, sold, at(5))
    refund = Refund.objects.get()
    assert (refund.status, refund.by_hand) == ("INITIATED", True)
    approve_refund(actor=actor(admin), refund_id=refund.pk, now=at(6))
    refund.refresh_from_db()
    assert refund.status == "COMPLETED"
    assert_books_agree()


def _sold_and_cancelled(driver: User, plan: Plan, *, auto_renew: bool = False) -> tuple[Subscription, Refund]:
    """Return a pass that was sold for cash and cancelled at once, and the refund that waits for a second person."""
    sold = passes.sell(
        actor=actor(make_user(Role.STAFF)),
        buyer=passes.Buyer(driver.pk),
        plan_id=plan.pk,
        wanted=Wanted((ONE,), date(2026, 11, 22), auto_renew),
        collection=Collection("CASH"),
        now=START,
    ).subscription
    offer_renewals(now=at(1))
    _cancel(driver, sold, at(5))
    return sold, Refund.objects.get()


def test_a_pass_runs_on_if_its_cash_does_not_go_back(driver: User, plan: Plan, zone: ParkingZone) -> None:
    sold, refund = _sold_and_cancelled(driver, plan)
    forget_ended_vehicles(now=at(6))
    refuse_refund(actor=actor(make_user(Role.ADMIN)), refund_id=refund.pk, now=at(7))
    restored = again(sold)
    assert (restored.status, restored.ends_at, restored.ended_at) == ("ACTIVE", sold.ends_at, None)
    assert book(driver, zone, ONE, at(8)).subscription == sold
    assert_books_agree()


def test_a_pass_that_runs_on_is_renewed_although_its_offer_was_closed(driver: User, zone: ParkingZone) -> None:
    """The offer of a pass of one day is written at once, and closed with the pass that is cancelled."""
    daily = make_plan(zone, period="DAY", price="200.00")
    sold, refund = _sold_and_cancelled(driver, daily, auto_renew=True)
    refuse_refund(actor=actor(make_user(Role.ADMIN)), refund_id=refund.pk, now=at(7))
    assert offer_renewals(now=at(8)) == 1
    periods = list(sold.periods.order_by("number").values_list("number", "starts_at", "ends_at"))
    tomorrow, day_after = NEXT_MIDNIGHT, NEXT_MIDNIGHT + timedelta(days=1)
    assert periods[1:] == [(2, tomorrow, day_after), (3, tomorrow, day_after)]
    passes.pay(actor=actor(driver), number=sold.number, gateway=None, now=at(9))
    assert again(sold).ends_at == day_after
    assert_books_agree()


def test_a_pass_whose_place_another_took_meanwhile_is_paid_back(driver: User, plan: Plan) -> None:
    _, refund = _sold_and_cancelled(driver, plan)
    bought(driver, plan, ONE, now=at(6))
    with refused("pass_overlap"):
        refuse_refund(actor=actor(make_user(Role.ADMIN)), refund_id=refund.pk, now=at(7))


def test_its_holder_chooses_whether_it_is_renewed(driver: User, plan: Plan) -> None:
    pass_ = bought(driver, plan)
    assert not pass_.auto_renew
    chosen = pass_changes.choose_renewal(actor=actor(driver), subscription=pass_, auto_renew=True, now=at(1))
    assert chosen.auto_renew
