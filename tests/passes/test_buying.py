"""Buying a pass: what is made out, what is refused, how its money comes, and what becomes of it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from parking.accounts.models import User
from parking.audit.models import AuditEntry
from parking.checkout import passes, settling
from parking.core.errors import InvalidInput, Refused
from parking.facilities.models import ParkingZone
from parking.passes.models import PassPeriod, Plan, Subscription
from parking.passes.plans import plans_for_drivers
from parking.payments.gateways.base import GatewayState
from parking.payments.models import Payment, PaymentOrder, Refund
from parking.vehicles.models import Vehicle
from tests.build import actor, make_user, make_zone
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree, refused
from tests.moments import at
from tests.passes.build import again, bought, buy, make_plan, sold

pytestmark = pytest.mark.django_db

# START is 10:00 on Sunday, 22 November 2026; midnight at the site is 18:30 UTC of the day before.
MIDNIGHT = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)


@pytest.fixture
def plan(zone: ParkingZone) -> Plan:
    return make_plan(zone)


def test_a_paid_pass_holds_from_midnight_to_midnight(driver: User, plan: Plan) -> None:
    found = buy(driver, plan)
    pass_, order = found.subscription, found.order
    assert (pass_.status, pass_.starts_at, pass_.ends_at) == ("ACTIVE", MIDNIGHT, MIDNIGHT + timedelta(days=7))
    assert pass_.number == f"P-{pass_.pk:06d}"
    assert pass_.pass_code.startswith("PASS-") and len(pass_.pass_code) == 17
    assert order is not None
    assert (order.purpose, order.amount, order.status) == ("PASS", Decimal("1500.00"), "COMPLETED")
    bill = PassPeriod.objects.get(subscription=pass_).bill
    assert (bill.kind, bill.site_id, bill.payer_id) == ("PASS", plan.site_id, driver.pk)
    assert (bill.total, bill.captured, bill.charged) == (Decimal(1500), Decimal(1500), Decimal(1500))
    assert bill.lines[0]["kind"] == "PASS"
    assert_books_agree()


def test_what_was_bought_and_paid_is_on_record(driver: User, plan: Plan) -> None:
    pass_ = bought(driver, plan)
    lines = AuditEntry.objects.filter(subject_kind="pass", subject_id=pass_.pk).order_by("pk")
    assert [line.action for line in lines] == ["pass.bought", "pass.paid"]


def test_its_vehicle_is_marked_so_that_others_cost_nothing(driver: User, plan: Plan) -> None:
    bought(driver, plan, "dl 1 ab 1234")
    assert Vehicle.objects.get(match_key="DL01AB1234").has_pass


def test_a_pass_may_begin_later_and_ends_on_the_last_day_of_a_shorter_month(driver: User, zone: ParkingZone) -> None:
    plan = make_plan(zone, period="QUARTER", price="13500.00")
    pass_ = bought(driver, plan, starts_on=date(2026, 11, 30))
    assert pass_.starts_at == datetime(2026, 11, 29, 18, 30, tzinfo=UTC)
    assert pass_.ends_at == datetime(2027, 2, 27, 18, 30, tzinfo=UTC)
    assert pass_.status == "ACTIVE"


@pytest.mark.parametrize("starts_on", [date(2026, 11, 21), date(2027, 1, 22)])
def test_a_first_day_in_the_past_or_too_far_ahead_is_refused(driver: User, plan: Plan, starts_on: date) -> None:
    with pytest.raises(InvalidInput) as caught:
        buy(driver, plan, starts_on=starts_on)
    assert list(caught.value.errors) == ["starts_on"]
    assert bought(driver, plan, starts_on=date(2027, 1, 21)).status == "ACTIVE"


@pytest.mark.parametrize("plates", [("DL-01-AB-1234", "DL-01-AB-5678"), ("",)])
def test_not_more_vehicles_than_the_plan_has(driver: User, plan: Plan, plates: tuple[str, ...]) -> None:
    with pytest.raises((InvalidInput, Refused)):
        buy(driver, plan, *plates)
    assert not Subscription.objects.exists()


def test_a_plan_that_costs_nothing_is_given_at_the_counter_alone_and_holds_at_once(
    driver: User, zone: ParkingZone
) -> None:
    plan = make_plan(zone, price="0.00", price_reason="Staff of the hospital")
    with refused("plan_not_found"):
        buy(driver, plan)
    assert not plans_for_drivers().exists()
    assert sold(driver, plan).status == "ACTIVE"
    assert not PaymentOrder.objects.exists()
    assert_books_agree()


def test_a_free_plan_without_a_reason_is_refused(zone: ParkingZone) -> None:
    with pytest.raises(InvalidInput):
        make_plan(zone, price="0.00")


# --- One pass for a plate and a zone ---------------------------------------------------------------------


def test_a_second_pass_of_a_plate_in_the_zone_is_refused(driver: User, plan: Plan) -> None:
    bought(driver, plan)
    with refused("pass_overlap"):
        buy(make_user(), plan, "DL01AB1234")


def test_the_next_pass_may_follow_the_first(driver: User, plan: Plan) -> None:
    bought(driver, plan)
    with refused("pass_overlap"):
        buy(driver, plan, starts_on=date(2026, 11, 28))
    assert bought(driver, plan, starts_on=date(2026, 11, 29)).status == "ACTIVE"


def test_passes_of_different_zones_do_not_overlap_and_one_of_the_whole_site_overlaps_both(driver: User) -> None:
    first, second = make_zone("A"), make_zone("B")
    bought(driver, make_plan(first, name="A", zone_ids=[first.pk]))
    bought(driver, make_plan(first, name="B", zone_ids=[second.pk]))
    whole = make_plan(first, name="All")
    with refused("pass_overlap"):
        buy(driver, whole)


def test_a_pass_that_waits_for_its_money_keeps_the_place_until_it_is_given_up(
    driver: User, plan: Plan, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    waiting = buy(driver, plan)
    assert waiting.subscription.status == "PENDING"
    with refused("pass_overlap"):
        buy(make_user(), plan)
    assert passes.give_up_unpaid_passes(now=at(30)) == 0
    assert passes.give_up_unpaid_passes(now=at(30.1)) == 1
    assert again(waiting.subscription).status == "CANCELLED"
    assert_books_agree()
    assert buy(make_user(), plan, now=at(31)).subscription.status == "PENDING"


def test_an_unpaid_pass_does_not_keep_a_plate_from_who_pays_at_the_counter(
    driver: User, plan: Plan, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    waiting = buy(make_user(), plan).subscription
    assert sold(driver, plan, now=at(1)).status == "ACTIVE"
    gateway.decide(GatewayState.COMPLETED)
    settling.follow_open_orders(now=at(2))
    assert again(waiting).status == "CANCELLED"
    assert [refund.amount for refund in Refund.objects.all()] == [Decimal("1500.00")]
    assert_books_agree()


def test_unpaid_passes_of_one_driver_are_as_many_as_unpaid_bookings(
    driver: User, plan: Plan, gateway: FakeGateway, settings: Any
) -> None:
    settings.UNPAID_LIMIT = 1
    gateway.outcome = GatewayState.PENDING
    buy(driver, plan, "DL-01-AB-0001")
    with refused("booking_limit"):
        buy(driver, plan, "DL-01-AB-0002")
    assert buy(make_user(), plan, "DL-01-AB-0002").subscription.status == "PENDING"


# --- Its money -------------------------------------------------------------------------------------------


def test_a_pass_holds_when_its_money_comes(driver: User, plan: Plan, gateway: FakeGateway) -> None:
    gateway.outcome = GatewayState.PENDING
    pass_ = bought(driver, plan)
    gateway.decide(GatewayState.COMPLETED)
    settling.follow_open_orders(now=at(1))
    assert again(pass_).status == "ACTIVE"
    assert_books_agree()


def test_a_gateway_that_refuses_the_order_at_once_ends_the_pass(driver: User, plan: Plan, gateway: FakeGateway) -> None:
    gateway.outcome = GatewayState.FAILED
    with pytest.raises(Refused) as caught:
        buy(driver, plan)
    assert caught.value.code == "payment_failed"
    assert Subscription.objects.get().status == "CANCELLED"
    assert_books_agree()
    gateway.decide(GatewayState.COMPLETED)
    assert bought(driver, plan, now=at(1)).status == "ACTIVE"


def test_money_that_comes_when_its_time_is_over_goes_back_although_no_worker_gave_it_up(
    driver: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    pass_ = buy(driver, make_plan(zone, name="Day", period="DAY", price="100.00")).subscription
    gateway.decide(GatewayState.COMPLETED)
    settling.follow_open_orders(now=pass_.ends_at)
    assert (again(pass_).status, Refund.objects.get().amount) == ("CANCELLED", Decimal("100.00"))
    assert_books_agree()


def test_money_that_comes_after_the_pass_was_given_up_goes_back(driver: User, plan: Plan, gateway: FakeGateway) -> None:
    gateway.outcome = GatewayState.PENDING
    pass_ = bought(driver, plan)
    passes.give_up_unpaid_passes(now=at(31))
    gateway.decide(GatewayState.COMPLETED)
    settling.follow_open_orders(now=at(60))
    assert again(pass_).status == "CANCELLED"
    assert [refund.amount for refund in Refund.objects.all()] == [Decimal("1500.00")]
    assert_books_agree()


def test_a_pass_that_waits_is_paid_by_another_order(driver: User, plan: Plan, gateway: FakeGateway) -> None:
    gateway.outcome = GatewayState.PENDING
    pass_ = bought(driver, plan)
    first = PaymentOrder.objects.get()
    again_asked = passes.pay(actor=actor(driver), number=pass_.number, gateway=None, now=at(1))
    assert again_asked.order is not None and again_asked.order.pk == first.pk
    gateway.decide(GatewayState.COMPLETED)
    paid = passes.pay(actor=actor(driver), number=pass_.number, gateway=None, now=at(2))
    assert paid.subscription.status == "ACTIVE"
    assert Payment.objects.count() == 1
    with refused("nothing_due"):
        passes.pay(actor=actor(driver), number=pass_.number, gateway=None, now=at(3))
    assert_books_agree()


def test_somebody_elses_pass_is_not_there(driver: User, plan: Plan) -> None:
    pass_ = bought(driver, plan)
    with refused("pass_not_found"):
        passes.pay(actor=actor(make_user()), number=pass_.number, gateway=None, now=at(1))
