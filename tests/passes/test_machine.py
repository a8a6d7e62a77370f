"""Random months of drivers' passes: after every step the books agree, and each pass covers what was paid for.

The machine works out for itself when a pass ends, which car it covers, and what goes back when it ends early.
"""

import calendar
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule, run_state_machine_as_test

from parking.accounts.models import Approval, Role
from parking.checkout import (
    leaving,
    pass_bookings,
    pass_changes,
    pass_decisions,
    pass_entry,
    pass_renewing,
    passes,
    settling,
)
from parking.checkout.collecting import Collection
from parking.core.money import ZERO
from parking.passes.models import PassPeriod, PassVehicle, Subscription
from parking.passes.services import Wanted
from parking.payments.gateways.base import GatewayState
from parking.stays.models import ParkingSession
from parking.vehicles.models import Vehicle
from tests import build
from tests.machine import OUTCOMES, WHICH, Machine
from tests.passes.build import again, make_plan

# In India it is the morning of 31 January 2027: the months of its passes end on 28 February and 31 March.
FIRST = datetime(2027, 1, 31, 4, 30, tzinfo=UTC)
INDIA = ZoneInfo("Asia/Kolkata")
CARS = [f"DL-01-AB-{number:04d}" for number in range(1, 6)]
PRICES = {"One car": Decimal("1500.00"), "Three cars": Decimal("4000.00")}
DAY, GRACE = timedelta(days=1), timedelta(days=2)
# The gateway is asked what became of the order that waits before anything is refused.
AFTER_A_CHANGE = {"payment_failed", "payment_declined", "gateway_unavailable", "nothing_due"}
KNOWN = {
    *AFTER_A_CHANGE, "validation_error", "pass_overlap", "booking_limit", "pass_over", "pass_swaps_used",
    "pass_not_cancellable", "payment_in_review", "pass_not_valid", "vehicle_not_on_pass", "pass_inside",
    "zone_full", "vehicle_unavailable", "asked_already", "refund_exceeds_payment", "decided_already", "own_refund",
}  # fmt: skip
DRIVERS, CAR = st.integers(0, 1), st.sampled_from(CARS)
SEVERAL = st.lists(CAR, min_size=1, max_size=3, unique=True)
AHEAD = st.sampled_from([None, None, 0, 3])
SPANS = st.sampled_from([timedelta(hours=1), timedelta(hours=5), DAY, 3 * DAY, 9 * DAY, 25 * DAY, 28 * DAY])
JOBS = st.sampled_from(
    [
        pass_renewing.offer_renewals,
        pass_renewing.offer_renewals,
        pass_renewing.expire_passes,
        pass_renewing.remind_of_ends,
        pass_renewing.forget_ended_vehicles,
        pass_bookings.end_bookings_without_pass,
        passes.give_up_unpaid_passes,
        settling.follow_open_orders,
        settling.follow_open_refunds,
    ]
)


def month_after(first: date, months: int) -> date:
    """The day of the month on which a pass began, or the last one of a shorter month."""
    year, month = divmod(first.month - 1 + months, 12)
    last = calendar.monthrange(first.year + year, month + 1)[1]
    return date(first.year + year, month + 1, min(first.day, last))


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=INDIA)


class Passes(Machine):
    """Two drivers, five cars, three slots, a plan of a month for one car, and one for three of which one is inside."""

    EXPECTED, CHANGES_FIRST = KNOWN, AFTER_A_CHANGE

    def make_world(self) -> None:
        self.now = FIRST
        self.drivers = [build.make_user(), build.make_user()]
        self.staff = build.make_user(Role.STAFF)
        self.offices = [build.make_user(Role.ADMIN), build.make_user(Role.ADMIN)]
        self.zone = build.make_zone(slots=3)
        numbers = {"One car": 1, "Three cars": 3}
        self.plans = [
            make_plan(self.zone, name=name, price=str(price), period="MONTH", vehicles=numbers[name])
            for name, price in PRICES.items()
        ]

    # --- Helpers -----------------------------------------------------------------------------------------

    def _pass(self, which: int, *statuses: str) -> Subscription:
        """The newest pass in one of these states; now and then, or if there is none, any pass."""
        everything = list(Subscription.objects.order_by("-pk"))
        suitable = [held for held in everything if held.status in statuses]
        chosen = suitable if suitable and which < 10 else everything
        return again(chosen[which % len(chosen)])

    def _is_on(self, held: Subscription, plate: str) -> bool:
        rows = PassVehicle.objects.filter(subscription=held, vehicle__vehicle_number=plate)
        return any(row.from_at <= self.now and (row.until_at is None or self.now < row.until_at) for row in rows)

    def _inside(self, held: Subscription) -> int:
        return ParkingSession.objects.filter(subscription=held, status__in=["BOOKED", "ACTIVE"]).count()

    def _is_inside(self, plate: str) -> bool:
        return ParkingSession.objects.filter(status="ACTIVE", vehicle__vehicle_number=plate).exists()

    def _money(self, held: Subscription) -> Decimal:
        """What was paid for a pass and has not gone back, or is about to."""
        bills = [period.bill for period in held.periods.all()]
        return sum((bill.captured - bill.refunded for bill in bills), ZERO)

    @initialize(first=st.integers(2, 3), renews=st.booleans())
    def somebody_has_bought(self, first: int, renews: bool) -> None:
        """Begin with a pass of several cars that is paid, and most often with one of another car."""
        self.buy(0, CARS[:first], None, True, GatewayState.COMPLETED)
        self.buy(1, CARS[4:], None, renews, GatewayState.COMPLETED)

    # --- Buying, and paying --------------------------------------------------------------------------------

    @rule(driver=DRIVERS, cars=SEVERAL, ahead=AHEAD, renews=st.booleans(), outcome=OUTCOMES)
    def buy(self, driver: int, cars: list[str], ahead: int | None, renews: bool, outcome: str) -> None:
        self._gateway_will(outcome)
        day = None if ahead is None else self.now.astimezone(INDIA).date() + ahead * DAY
        with self._allowed_to_refuse():
            bought = passes.buy(
                actor=build.actor(self.drivers[driver]),
                plan_id=self.plans[len(cars) > 1].pk,
                wanted=Wanted(tuple(cars), day, renews),
                gateway=None,
                now=self.now,
            ).subscription
            assert bought.status == ("ACTIVE" if outcome == GatewayState.COMPLETED else "PENDING")
            first = day or self.now.astimezone(INDIA).date()
            assert (bought.starts_at, bought.ends_at) == (midnight(first), midnight(month_after(first, 1)))

    @rule(driver=DRIVERS, car=CAR, renews=st.booleans())
    def buy_at_the_counter(self, driver: int, car: str, renews: bool) -> None:
        with self._allowed_to_refuse():
            passes.sell(
                actor=build.actor(self.staff),
                buyer=passes.Buyer(self.drivers[driver].pk),
                plan_id=self.plans[0].pk,
                wanted=Wanted((car,), None, renews),
                collection=Collection("CASH"),
                now=self.now,
            )

    @precondition(lambda _: Subscription.objects.exists())
    @rule(which=WHICH, outcome=OUTCOMES)
    def pay(self, which: int, outcome: str) -> None:
        self._gateway_will(outcome)
        waits = PassPeriod.objects.filter(bill__closed_at=None).order_by("-pk").first()
        before = again(waits.subscription) if waits and which < 10 else self._pass(which, "PENDING")
        with self._allowed_to_refuse():
            after = passes.pay(
                actor=build.actor(before.driver or self.drivers[0]), number=before.number, gateway=None, now=self.now
            ).subscription
            if self.now >= before.ends_at + (GRACE if before.status == "ACTIVE" else timedelta(0)):
                # It was paid on the gateway's old page, too late: nothing of it is kept.
                assert self._money(after) == self._money(before)
            if outcome == GatewayState.COMPLETED and after.ends_at == before.ends_at:
                # Its first period, or money that goes back because another pass has its time.
                assert before.status == "PENDING" or self._money(after) == self._money(before)

    # --- What becomes of it ----------------------------------------------------------------------------------

    @precondition(lambda _: Subscription.objects.exists())
    @rule(which=WHICH, cars=SEVERAL)
    def exchange(self, which: int, cars: list[str]) -> None:
        before = self._pass(which, "ACTIVE")
        most = before.coverage.vehicles
        with self._allowed_to_refuse():
            pass_changes.change_vehicles(
                actor=build.actor(self.drivers[0]), subscription=before, plates=tuple(cars[:most]), now=self.now
            )
            staying = PassVehicle.objects.filter(subscription=before, until_at=None)
            assert set(staying.values_list("vehicle__vehicle_number", flat=True)) == set(cars[:most])
            tomorrow = midnight(self.now.astimezone(INDIA).date() + DAY)
            for row in PassVehicle.objects.filter(subscription=before, created_at=self.now).exclude(
                from_at=before.starts_at
            ):
                assert row.from_at == tomorrow

    @precondition(lambda _: Subscription.objects.exists())
    @rule(which=WHICH, renews=st.booleans())
    def choose_renewal(self, which: int, renews: bool) -> None:
        with self._allowed_to_refuse():
            held = self._pass(which, "ACTIVE")
            after = pass_changes.choose_renewal(
                actor=build.actor(self.drivers[0]), subscription=held, auto_renew=renews, now=self.now
            )
            assert after.auto_renew == renews

    @precondition(lambda _: Subscription.objects.exists())
    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        before = self._pass(which, "ACTIVE", "PENDING")
        paid = [period.paid_at for period in before.periods.all() if period.paid_at]
        in_time = len(paid) == 1 and self.now <= paid[0] + DAY
        is_unused = not ParkingSession.objects.filter(subscription=before).exists()
        with self._allowed_to_refuse():
            ended = pass_changes.cancel_pass(
                actor=build.actor(self.drivers[0]), subscription=before, reason="", now=self.now
            )
            assert before.status == "PENDING" or (in_time and is_unused)
            assert ended.refund == self._money(before)
            assert ended.subscription.status == "CANCELLED"

    @precondition(lambda _: Subscription.objects.filter(status="ACTIVE").exists())
    @rule(which=WHICH, refund=st.sampled_from(["0", "100", "1500", "9000"]))
    def office_asks_for_the_end(self, which: int, refund: str) -> None:
        before, back = self._pass(which, "ACTIVE"), Decimal(refund)
        with self._allowed_to_refuse():
            pass_decisions.ask_cancellation(
                actor=build.actor(self.offices[0]), subscription=before, refund=back, reason="Moved", now=self.now
            )
            assert again(before).status == "ACTIVE"

    @precondition(lambda _: Approval.objects.filter(kind="PASS_CANCELLATION", decision="").exists())
    @rule(who=DRIVERS)
    def office_approves_the_end(self, who: int) -> None:
        asked = Approval.objects.filter(kind="PASS_CANCELLATION", decision="")[0]
        before = again(Subscription.objects.get(pk=asked.subject_id))
        with self._allowed_to_refuse():
            pass_decisions.approve_cancellation(actor=build.actor(self.offices[who]), pass_id=before.pk, now=self.now)
            assert who == 1, "by who asked"
            after = again(before)
            assert self._money(before) - self._money(after) == Decimal(asked.facts["amount"])
            assert after.status == "CANCELLED"
            assert after.ends_at <= max(self.now, after.starts_at + timedelta(seconds=1))

    # --- The gate ----------------------------------------------------------------------------------------------

    @precondition(lambda _: Subscription.objects.exists())
    @rule(which=WHICH, number=WHICH)
    def car_comes(self, which: int, number: int) -> None:
        held = self._pass(which, "ACTIVE")
        named = [row.vehicle.vehicle_number for row in held.vehicles.all()]
        plate = named[number % len(named)] if number < 10 else CARS[number % len(CARS)]
        until = held.ends_at + GRACE if held.auto_renew else held.ends_at
        is_valid = held.status == "ACTIVE" and held.starts_at <= self.now < until
        is_let_in = is_valid and self._is_on(held, plate) and not self._is_inside(plate)
        inside = self._inside(held)
        with self._allowed_to_refuse():
            entered = pass_entry.enter_with_pass(
                actor=build.actor(self.staff), qr_code=held.pass_code, plate=plate, now=self.now
            ).session
            assert is_let_in
            entered = self._get(entered.pk)
            covered = inside < 1
            # The n+1st car is as any other.
            assert (entered.subscription_id == held.pk, entered.pass_note) == (covered, "" if covered else "ALL_INSIDE")

    @precondition(lambda _: Subscription.objects.exists())
    @rule(which=WHICH)
    def all_cars_of_a_pass_come(self, which: int) -> None:
        for number in range(len(self._pass(which, "ACTIVE").vehicles.all())):
            self.car_comes(which, number)

    @precondition(lambda _: ParkingSession.objects.filter(status="ACTIVE").exists())
    @rule(which=WHICH)
    def car_leaves(self, which: int) -> None:
        inside = list(ParkingSession.objects.whole().filter(status="ACTIVE").order_by("pk"))
        before = inside[which % len(inside)]
        held = again(before.subscription) if before.subscription else None
        # Its bill asks the pass as it now is: renewed it covers what follows, ended it covers what was before.
        # A car that comes at the moment of the end has no time that is covered.
        came_too_late = held is not None and before.entry_time is not None and before.entry_time >= held.ends_at
        is_covered = held is not None and self.now <= held.ends_at and not came_too_late
        left = leaving.leave(
            actor=build.actor(self.staff), qr_code=before.qr_code, collection=Collection("CASH"), now=self.now
        )
        if is_covered:
            assert left.session.bill.total == 0
        elif before.entry_time is not None and (held is None or came_too_late):
            assert left.session.bill.total > 0
        self.paid_at_desk.add(before.pk)

    # --- Time, the worker ----------------------------------------------------------------------------------------

    @rule(span=SPANS)
    def time_passes(self, span: timedelta) -> None:
        self.now += span

    @precondition(lambda _: Subscription.objects.filter(status="ACTIVE").exists())
    @rule(which=WHICH, days=st.sampled_from([-3, -1, -1, 0, 1, 2]))
    def end_of_a_pass_comes(self, which: int, days: int) -> None:
        """Let the time pass up to days before or after the end of a pass; the worker offers what is to be renewed."""
        self.now = max(self.now, self._pass(which, "ACTIVE").ends_at + days * DAY)
        self.worker_works(pass_renewing.offer_renewals)

    @precondition(lambda _: PassPeriod.objects.filter(number__gt=1, bill__closed_at=None).exists())
    @rule(outcome=OUTCOMES)
    def renewal_is_paid(self, outcome: str) -> None:
        self.pay(0, outcome)

    @rule(state=st.sampled_from([GatewayState.COMPLETED, GatewayState.FAILED]))
    def gateway_decides(self, state: GatewayState) -> None:
        self.gateway.decide(state)

    @rule(job=JOBS)
    def worker_works(self, job: Callable[..., int]) -> None:
        job(now=self.now)
        if job not in {settling.follow_open_orders, settling.follow_open_refunds}:
            assert job(now=self.now) == 0
        if job == pass_renewing.expire_passes:
            for held in Subscription.objects.filter(status="ACTIVE"):
                assert self.now < (held.ends_at + GRACE if held.auto_renew else held.ends_at)
        if job == pass_renewing.offer_renewals:
            self._assert_offers()
        if job == pass_renewing.forget_ended_vehicles:
            open_rows = PassVehicle.objects.filter(subscription__status__in=["PENDING", "ACTIVE"])
            on_pass = {row.vehicle_id for row in open_rows if row.until_at is None or row.until_at > self.now}
            assert set(Vehicle.objects.filter(has_pass=True).values_list("pk", flat=True)) == on_pass

    def _assert_offers(self) -> None:
        """Each pass that ends soon, and is to be renewed, has a period that waits for its money."""
        for held in Subscription.objects.filter(status="ACTIVE", auto_renew=True):
            waits = held.periods.filter(bill__closed_at=None).exists()
            assert waits or not held.ends_at - 3 * DAY <= self.now < held.ends_at + GRACE

    # --- After each step -----------------------------------------------------------------------------------------

    @invariant()
    def each_period_is_paid_once_and_joins_the_last_one(self) -> None:
        for held in Subscription.objects.prefetch_related("periods__bill"):
            periods = sorted(held.periods.all(), key=lambda period: period.number)
            paid = [period for period in periods if period.paid_at]
            first = held.starts_at.astimezone(INDIA).date()
            for number, period in enumerate(paid, start=1):
                assert period.ends_at == midnight(month_after(first, number))
                # What goes back by decision lowers the bill.
                assert period.bill.total <= PRICES[held.plan.name] <= period.bill.captured
            assert all(one.ends_at == next_one.starts_at for one, next_one in pairwise(paid))
            if held.status in {"ACTIVE", "EXPIRED"}:
                assert held.ends_at == paid[-1].ends_at
            assert sum(period.bill.closed_at is None for period in periods) <= (held.status in {"PENDING", "ACTIVE"})

    @invariant()
    def no_car_is_on_two_passes_at_once(self) -> None:
        rows = PassVehicle.objects.filter(subscription__status="ACTIVE").select_related("subscription")
        for car in {row.vehicle_id for row in rows}:
            spans = sorted(
                (row.from_at, min(row.until_at or row.subscription.ends_at, row.subscription.ends_at))
                for row in rows
                if row.vehicle_id == car
            )
            spans = [span for span in spans if span[0] < span[1]]
            assert all(one[1] <= later[0] for one, later in pairwise(spans))

    @invariant()
    def not_more_are_covered_than_may_be_inside(self) -> None:
        inside = ParkingSession.objects.filter(status="ACTIVE", subscription__isnull=False)
        covered = list(inside.values_list("subscription_id", flat=True))
        assert len(covered) == len(set(covered))

    @invariant()
    def vehicles_are_exchanged_twice_a_month_at_most(self) -> None:
        counts: dict[tuple[Any, ...], int] = {}
        for row in PassVehicle.objects.filter(is_swap=True):
            month = row.created_at.astimezone(INDIA)
            key = (row.subscription_id, month.year, month.month)
            counts[key] = counts.get(key, 0) + 1
        assert all(number <= 2 for number in counts.values())


@pytest.mark.django_db
def test_random_months_of_drivers_passes() -> None:
    run_state_machine_as_test(
        Passes,
        settings=settings(
            max_examples=14,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
