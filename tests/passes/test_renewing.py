"""Renewals, reminders and ends of passes, by the clock."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from parking.accounts.models import User
from parking.audit.models import AuditEntry
from parking.checkout import pass_changes, passes, settling
from parking.checkout.pass_renewing import expire_passes, offer_renewals, remind_of_ends
from parking.core.actor import SYSTEM
from parking.core.sites import ALL_SITES
from parking.facilities.models import ParkingSite, ParkingZone
from parking.notifications.kinds import kind_of
from parking.notifications.models import Notice
from parking.notifications.noticing import take_events
from parking.notifications.texts import words_of
from parking.passes.models import PassPeriod, PassVehicle, Plan, Subscription
from parking.passes.plans import change_plan, plans_on_sale
from parking.payments.gateways.base import GatewayState
from parking.payments.models import PaymentOrder, Refund
from parking.reports.renderers import digest_of
from tests.build import actor, enter, leave, make_user, reloaded, take_ticket
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree, refused
from tests.moments import START
from tests.passes.build import again, bought, buy, make_plan, sold

pytestmark = pytest.mark.django_db

PLATE = "DL-01-AB-1234"
# A weekly pass that is bought at START ends at this midnight of the site.
END = datetime(2026, 11, 28, 18, 30, tzinfo=UTC)
THREE_DAYS, TWO_DAYS, HOUR = timedelta(days=3), timedelta(days=2), timedelta(hours=1)


@pytest.fixture
def plan(zone: ParkingZone) -> Plan:
    return make_plan(zone)


@pytest.fixture
def renewed(driver: User, plan: Plan) -> Subscription:
    """A weekly pass of PLATE that is to be renewed."""
    return bought(driver, plan, PLATE, auto_renew=True)


def _pay(driver: User, held: Subscription, now: datetime) -> Subscription:
    return passes.pay(actor=actor(driver), number=held.number, gateway=None, now=now).subscription


def _actions(held: Subscription) -> list[str]:
    lines = AuditEntry.objects.filter(subject_kind="pass", subject_id=held.pk, refused=False).order_by("pk")
    return [line.action for line in lines]


# --- Renewals ------------------------------------------------------------------------------------------


def test_the_next_period_is_offered_three_days_before_the_end_once(driver: User, renewed: Subscription) -> None:
    assert offer_renewals(now=END - THREE_DAYS - HOUR) == 0
    assert offer_renewals(now=END - THREE_DAYS) == 1
    assert offer_renewals(now=END - TWO_DAYS) == 0
    period = PassPeriod.objects.get(number=2)
    assert (period.starts_at, period.ends_at, period.paid_at) == (END, END + timedelta(days=7), None)
    assert again(renewed).ends_at == END
    assert_books_agree()


def test_paid_it_goes_on_without_a_gap(driver: User, renewed: Subscription) -> None:
    offer_renewals(now=END - THREE_DAYS)
    assert _pay(driver, renewed, END - HOUR).ends_at == END + timedelta(days=7)
    assert_books_agree()
    assert offer_renewals(now=END + timedelta(days=4)) == 1


def test_months_are_counted_from_the_first_day(driver: User, zone: ParkingZone) -> None:
    begun = datetime(2027, 1, 30, 18, 30, tzinfo=UTC)
    held = bought(driver, make_plan(zone, period="MONTH"), PLATE, now=begun, auto_renew=True)
    assert held.ends_at == datetime(2027, 2, 27, 18, 30, tzinfo=UTC)
    offer_renewals(now=held.ends_at - THREE_DAYS)
    assert _pay(driver, held, held.ends_at - HOUR).ends_at == datetime(2027, 3, 30, 18, 30, tzinfo=UTC)


def test_it_may_be_paid_until_two_days_after_the_end(driver: User, zone: ParkingZone, renewed: Subscription) -> None:
    offer_renewals(now=END - THREE_DAYS)
    assert expire_passes(now=END + TWO_DAYS - HOUR) == 0
    assert _pay(driver, renewed, END + TWO_DAYS - HOUR).ends_at == END + timedelta(days=7)
    assert_books_agree()


def test_after_that_it_is_over_and_money_that_comes_goes_back(
    driver: User, renewed: Subscription, gateway: FakeGateway
) -> None:
    offer_renewals(now=END - THREE_DAYS)
    gateway.outcome = GatewayState.PENDING
    _pay(driver, renewed, END + HOUR)
    assert expire_passes(now=END + TWO_DAYS) == 1
    assert again(renewed).status == "EXPIRED"
    gateway.decide(GatewayState.COMPLETED)
    order = PaymentOrder.objects.select_related("bill").order_by("-pk")[0]
    settling.collect(order=order, now=END + TWO_DAYS + HOUR)
    assert [refund.amount for refund in Refund.objects.all()] == [Decimal("1500.00")]
    with refused("nothing_due"):
        _pay(driver, renewed, END + TWO_DAYS + HOUR)
    assert_books_agree()


def test_it_is_not_paid_later_than_that_although_no_worker_ended_it(driver: User, renewed: Subscription) -> None:
    offer_renewals(now=END - THREE_DAYS)
    with refused("nothing_due"):
        _pay(driver, renewed, END + TWO_DAYS)


def test_money_that_comes_later_goes_back_although_no_worker_ended_it(
    driver: User, renewed: Subscription, gateway: FakeGateway
) -> None:
    offer_renewals(now=END - THREE_DAYS)
    gateway.outcome = GatewayState.PENDING
    _pay(driver, renewed, END + HOUR)
    gateway.decide(GatewayState.COMPLETED)
    order = PaymentOrder.objects.select_related("bill").order_by("-pk")[0]
    settling.collect(order=order, now=END + TWO_DAYS)
    assert [refund.amount for refund in Refund.objects.all()] == [Decimal("1500.00")]
    assert again(renewed).ends_at == END
    assert_books_agree()


def test_money_for_a_renewal_goes_back_where_another_pass_has_its_time(
    driver: User, plan: Plan, renewed: Subscription, gateway: FakeGateway
) -> None:
    """Its holder wants no renewal any more, the plate gets another pass, and the old payment page is used after all."""
    offer_renewals(now=END - THREE_DAYS)
    gateway.outcome = GatewayState.PENDING
    _pay(driver, renewed, END - TWO_DAYS)
    order = PaymentOrder.objects.select_related("bill").order_by("-pk")[0]
    gateway.outcome = GatewayState.COMPLETED
    pass_changes.choose_renewal(actor=actor(driver), subscription=renewed, auto_renew=False, now=END - TWO_DAYS)
    other = bought(make_user(), plan, PLATE, now=END - HOUR, starts_on=date(2026, 11, 29))
    gateway.decide(GatewayState.COMPLETED)
    settling.collect(order=order, now=END - HOUR)
    assert again(renewed).ends_at == other.starts_at == END
    assert [refund.amount for refund in Refund.objects.all()] == [Decimal("1500.00")]
    assert_books_agree()


def test_without_renewal_it_is_over_at_its_end(driver: User, plan: Plan) -> None:
    held = bought(driver, plan, PLATE)
    assert offer_renewals(now=END - HOUR) == 0
    assert expire_passes(now=END - HOUR) == 0
    assert expire_passes(now=END) == 1
    assert expire_passes(now=END) == 0
    assert _actions(held)[-1] == "pass.expired"


def test_the_new_period_costs_the_present_price(driver: User, plan: Plan, renewed: Subscription) -> None:
    change_plan(actor=SYSTEM, plan_id=plan.pk, changes={"price": Decimal("1600.00")}, now=START)
    offer_renewals(now=END - THREE_DAYS)
    assert PassPeriod.objects.get(number=2).bill.total == Decimal("1600.00")
    assert again(renewed).price == Decimal("1600.00")


def test_a_plan_that_is_sold_no_more_is_not_renewed(driver: User, plan: Plan, renewed: Subscription) -> None:
    change_plan(actor=SYSTEM, plan_id=plan.pk, changes={"is_active": False}, now=START)
    assert offer_renewals(now=END - THREE_DAYS) == 0
    assert not again(renewed).auto_renew


@pytest.mark.parametrize("names_zones", [True, False])
def test_a_pass_of_which_no_zone_is_left_is_neither_sold_nor_renewed(
    driver: User, zone: ParkingZone, names_zones: bool
) -> None:
    plan = make_plan(zone, zone_ids=[zone.pk] if names_zones else [])
    held = bought(driver, plan, PLATE, auto_renew=True)
    assert list(plans_on_sale()) == [plan]
    ParkingZone.objects.update(retired_at=START)
    ParkingSite.objects.update(retired_at=None if names_zones else START)
    assert list(plans_on_sale()) == []
    assert offer_renewals(now=END - THREE_DAYS) == 0
    assert (again(held).auto_renew, held.periods.count()) == (False, 1)


def test_a_plan_that_costs_nothing_renews_itself(driver: User, zone: ParkingZone) -> None:
    held = sold(driver, make_plan(zone, price="0.00", price_reason="Staff"), PLATE, auto_renew=True)
    assert offer_renewals(now=END - THREE_DAYS) == 1
    assert again(held).ends_at == END + timedelta(days=7)
    assert_books_agree()


def test_nobody_takes_the_plate_while_the_renewal_may_come(renewed: Subscription, plan: Plan) -> None:
    with refused("pass_overlap"):
        buy(make_user(), plan, PLATE, now=END + HOUR)
    pass_changes.choose_renewal(actor=SYSTEM, subscription=renewed, auto_renew=False, now=END)
    expire_passes(now=END + HOUR)
    assert buy(make_user(), plan, PLATE, now=END + HOUR).subscription.status == "ACTIVE"


# --- The days of grace -----------------------------------------------------------------------------------


def test_in_the_days_of_grace_a_car_gets_in_and_is_covered_if_the_renewal_comes(
    driver: User, staff: User, zone: ParkingZone, renewed: Subscription
) -> None:
    offer_renewals(now=END - THREE_DAYS)
    first, second = END + HOUR, END + 3 * HOUR
    session = take_ticket(zone, PLATE, first)
    assert session.subscription == renewed
    enter(staff, session, first)
    leave(staff, session, now=first + HOUR)
    assert reloaded(session).bill.total == Decimal("50.00")
    session = take_ticket(zone, PLATE, second)
    enter(staff, session, second)
    _pay(driver, renewed, second + HOUR)
    leave(staff, session, now=second + 2 * HOUR)
    assert reloaded(session).bill.total == 0
    assert_books_agree()


# --- Reminders -------------------------------------------------------------------------------------------


def test_reminders_come_7_3_and_1_days_before_the_last_day_and_on_it(driver: User, zone: ParkingZone) -> None:
    held = bought(driver, make_plan(zone, period="MONTH"), PLATE)
    last_day = held.ends_at - timedelta(days=1)
    told = [hours / 24 for hours in range(-24 * 9, 24, 6) if remind_of_ends(now=last_day + hours * HOUR)]
    assert told == [-7, -3, -1, 0]


def test_a_week_begins_with_three_days_and_a_day_has_no_reminder(driver: User, zone: ParkingZone) -> None:
    week = bought(driver, make_plan(zone), PLATE)
    bought(driver, make_plan(zone, name="Day", period="DAY"), "DL-01-AB-5678")
    assert remind_of_ends(now=START + HOUR) == 0
    assert remind_of_ends(now=week.ends_at - timedelta(days=4)) == 1


def test_the_holder_is_told_with_the_link_to_pay(driver: User, renewed: Subscription) -> None:
    offer_renewals(now=END - THREE_DAYS)
    assert remind_of_ends(now=END - THREE_DAYS + HOUR) == 0
    remind_of_ends(now=END - timedelta(days=1))
    pass_changes.change_vehicles(
        actor=actor(driver), subscription=renewed, plates=("DL-01-AB-5678",), now=END - timedelta(days=1)
    )
    expire_passes(now=END + TWO_DAYS)
    take_events(now=END + TWO_DAYS)
    told = list(Notice.objects.filter(person=driver).order_by("pk").values_list("kind", "path"))
    address = f"/passes/{renewed.number}/"
    assert told == [
        ("pass_paid", address),
        ("pass_renewal", f"{address}pay/"),
        ("pass_ends_soon", f"{address}pay/"),
        ("pass_vehicles", address),
        ("pass_not_renewed", address),
    ]


def _told(held: Subscription, now: datetime) -> list[str]:
    """Take the events, and return the titles of what the holder was told of the end, with the reasons."""
    take_events(now=now)
    rows = Notice.objects.filter(person=held.driver, kind__in=["pass_not_renewed", "pass_over"]).order_by("pk")
    return [" ".join((words.title, *words.lines)) for words in map(words_of, rows)]


@pytest.mark.parametrize("is_sold", [True, False])
def test_the_holder_is_told_when_the_renewal_is_switched_off(
    driver: User, plan: Plan, renewed: Subscription, is_sold: bool
) -> None:
    if is_sold:
        # As from before overlaps were refused.
        other = bought(make_user(), make_plan(plan.site.zones.get(), name="Other"), "DL-01-AB-5678", now=START)
        Subscription.objects.filter(pk=other.pk).update(starts_at=END, ends_at=END + timedelta(days=7))
        PassVehicle.objects.filter(subscription=other).update(vehicle=renewed.vehicles.get().vehicle, from_at=END)
        why = "One of its vehicles has another pass here after that."
    else:
        change_plan(actor=SYSTEM, plan_id=plan.pk, changes={"is_active": False}, now=START)
        why = "This plan is not sold any more. Other passes are on the page Passes."
    assert offer_renewals(now=END - THREE_DAYS) == offer_renewals(now=END - TWO_DAYS) == 0
    title = f"Your pass {renewed.number} is not renewed"
    assert _told(renewed, END - TWO_DAYS) == [f"{title} {why}"]
    assert (_actions(renewed)[-1], _actions(renewed).count("pass.renewal_chosen")) == ("pass.not_renewed", 0)
    expire_passes(now=END)
    assert _told(renewed, END) == [f"{title} {why}", f"Your pass {renewed.number} has ended"]


@pytest.mark.parametrize(
    ("is_offered", "why"),
    [
        (True, "The next period was not paid in time."),
        (False, "We could not send the link to pay in time. Please buy a new pass."),
    ],
)
def test_the_holder_is_told_once_that_a_renewal_was_not_paid(
    driver: User, renewed: Subscription, is_offered: bool, why: str
) -> None:
    if is_offered:
        offer_renewals(now=END - THREE_DAYS)
    assert expire_passes(now=END + TWO_DAYS) == 1
    assert expire_passes(now=END + 2 * TWO_DAYS) == 0
    assert _told(renewed, END + TWO_DAYS) == [f"Your pass {renewed.number} is not renewed {why}"]


def test_who_paid_too_late_is_not_told_that_no_link_was_sent(
    driver: User, renewed: Subscription, gateway: FakeGateway
) -> None:
    """The late money closes the bill before a worker ends the pass."""
    offer_renewals(now=END - THREE_DAYS)
    gateway.outcome = GatewayState.PENDING
    _pay(driver, renewed, END + HOUR)
    gateway.decide(GatewayState.COMPLETED)
    settling.collect(order=PaymentOrder.objects.select_related("bill").order_by("-pk")[0], now=END + TWO_DAYS)
    assert expire_passes(now=END + TWO_DAYS + HOUR) == 1
    title = f"Your pass {renewed.number} is not renewed"
    assert f"{title} The next period was not paid in time." in _told(renewed, END + TWO_DAYS + HOUR)


def test_who_wanted_no_renewal_any_more_is_told_of_the_end_alone(driver: User, renewed: Subscription) -> None:
    offer_renewals(now=END - THREE_DAYS)
    pass_changes.choose_renewal(actor=actor(driver), subscription=renewed, auto_renew=False, now=END - TWO_DAYS)
    expire_passes(now=END)
    assert _told(renewed, END) == [f"Your pass {renewed.number} has ended"]


def test_the_office_reads_the_next_morning_how_many_were_not_renewed(
    driver: User, admin: User, renewed: Subscription
) -> None:
    # Two days after the end is the midnight at which 1 December begins.
    expire_passes(now=END + TWO_DAYS)
    mornings = [datetime(2026, 12, day, 2, 0, tzinfo=UTC) for day in (1, 2, 3)]
    elsewhere = frozenset({renewed.plan.site_id + 1})
    assert [digest_of(elsewhere, morning) for morning in mornings] == [None, None, None]
    same_day, message_for, later = (digest_of(ALL_SITES, morning) for morning in mornings)
    assert (same_day, later) == (None, None)
    assert message_for is not None
    told = message_for(admin.pk)
    assert told.values["waiting"] == [{"code": "PASSES_NOT_RENEWED", "count": 1, "amount": "", "days": 0}]
    assert kind_of("digest").lines.words(told.values["waiting"]) == ["Passes that were not renewed yesterday: 1"]
