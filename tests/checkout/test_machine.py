"""Random days at a small car park: after every step the books agree, and every bill is what the rule says."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from parking.accounts.models import Role
from parking.api.shapes.bills import BillOut
from parking.checkout import cancelling, expiring, leaving, paying_ahead, settling
from parking.checkout.collecting import Card, Collection
from parking.core.actor import SYSTEM
from parking.core.ids import Ref
from parking.core.money import rupees
from parking.facilities.models import ParkingZone
from parking.facilities.services import update_zone
from parking.offers.vouchers import give_voucher
from parking.payments.gateways.base import GatewayState, OrderAnswer
from parking.payments.models import PaymentOrder
from parking.stays.models import ParkingSession
from tests import build
from tests.invariants import nothing_changes
from tests.machine import OPENING, OUTCOMES, WHICH, Machine
from tests.offers import build as offers

PLATES = ["DL-01-AB-0001", "DL-01-AB-0002", "DL-01-AB-0003", "DL-01-AB-0004"]
# These refusals come after a change that was committed on purpose: hold ended, booking expired, order waits.
AFTER_A_CHANGE = {"payment_failed", "payment_declined", "booking_expired", "gateway_unavailable"}
KNOWN = {
    "zone_full", "vehicle_already_parked", "vehicle_unavailable", "payment_failed", "already_entered",
    "booking_expired", "booking_cancelled", "payment_pending", "vehicle_mismatch", "entry_not_scanned",
    "already_exited", "amount_too_small", "not_active", "not_cancellable", "nothing_due",
    "payment_declined", "gateway_unavailable", "payment_in_review", "amount_below_gateway_minimum",
    "session_over", "session_not_found", "payment_under_way", "points_not_enough", "code_used_up", "code_minimum",
    "already_validated", "not_found_inside", "quote_given", "undo_over",
}  # fmt: skip

SPANS = st.sampled_from([1, 20, 60, 240, 300, 301, 600, 601, 900, 1800, 3900, 3960, 7560, 40_000])
SCANS = st.sampled_from([None, "scan-1", "scan-2"])
ZONES = st.integers(0, 1)
# Which plate: mostly one that is not inside, now and then any.
NUMBERS = st.integers(0, 11)


@dataclass(frozen=True)
class Terms:
    """What this machine remembers of a booking, to work out the bill for itself."""

    rate: Decimal
    fee: Decimal


def hours_of(span: timedelta) -> int:
    """The billing rule, written a second time: five minutes of grace, then every hour begun, at least one."""
    minutes = int(span.total_seconds() // 60)
    hours = 1
    while minutes > 5 + 60 * hours:
        hours += 1
    return hours


def lowered(cost: Decimal, held: dict[str, Any]) -> Decimal:
    """The order of discounts, written a second time: shops, the code, then points in whole hundreds."""
    shops, points = len(held.get("shops", [])), int(held.get("points", 0))
    left = max(cost - 30 * shops, Decimal(0))
    if "promo" in held:
        given = rupees(left / 5) if held["promo"]["code"] == "FIFTH" else Decimal(10)
        left -= min(given, left)
    if "voucher" in held:
        left -= min(Decimal(15), left)
    return left - 10 * min(points // 100, int(left) // 10)


class CarPark(Machine):
    """Two drivers, two attendants' worth of gates, four plates, three slots in two zones."""

    EXPECTED, CHANGES_FIRST = KNOWN, AFTER_A_CHANGE

    def make_world(self) -> None:
        self.drivers = [build.make_user(), build.make_user()]
        self.staff = build.make_user(Role.STAFF)
        self.zones: list[ParkingZone] = [
            build.make_zone(rate="50.00", slots=2),
            build.make_zone(rate="20.00", slots=1),
        ]
        self.clerk = build.make_user()
        offers.make_shop(self.clerk, self.zones[0].site_id, gives="AMOUNT", value="30")
        offers.make_code("FIFTH", "PERCENT", "20", uses=3)
        offers.make_code("TEN", "AMOUNT", "10", uses_per_driver=1)
        offers.switch_points_on()
        offers.earn(self.drivers[0], 500, OPENING)
        self.vouchers = [give_voucher(amount=Decimal(15), now=OPENING) for _ in range(3)]
        self.slips = 0
        self.terms: dict[int, Terms] = {}

    # --- Helpers -----------------------------------------------------------------------------------------

    def _plate(self, which: int) -> str:
        inside = set(ParkingSession.objects.open().values_list("vehicle__vehicle_number", flat=True))
        outside = [number for number in PLATES if number not in inside]
        chosen = outside if outside and which < 10 else PLATES
        return chosen[which % len(chosen)]

    def _remember(self, session: ParkingSession, zone: ParkingZone, *, walk_in: bool = False) -> None:
        zone.refresh_from_db()
        self.terms[session.pk] = Terms(zone.hourly_rate, Decimal(0) if walk_in else zone.booking_fee)

    def _cost(self, session: ParkingSession, until: datetime) -> Decimal:
        assert session.entry_time is not None
        terms = self.terms[session.pk]
        return lowered(max(hours_of(until - session.entry_time) * terms.rate, terms.fee), session.offers)

    def _assert_bill(self, before: ParkingSession, after: ParkingSession) -> None:
        """A stay that has just ended was charged what was frozen, or else what the rule says for this moment."""
        frozen = before.bill.frozen_until is not None and self.now <= before.bill.frozen_until
        if after.status == "COMPLETED" and before.status == "ACTIVE":
            assert after.bill.total == (before.bill.total if frozen else self._cost(after, self.now))

    # --- Drivers -----------------------------------------------------------------------------------------

    @rule(driver=st.integers(0, 1), zone=ZONES, plate=NUMBERS, outcome=OUTCOMES)
    def book(self, driver: int, zone: int, plate: int, outcome: str) -> None:
        self._gateway_will(outcome)
        number, free = self._plate(plate), self.zones[zone].slots.filter(status="FREE").exists()
        taken = ParkingSession.objects.open().filter(vehicle__vehicle_number=number).exists()
        session = None
        with self._allowed_to_refuse():
            session = build.book(self.drivers[driver], self.zones[zone], number, self.now)
        assert (session is not None) == (free and not taken and outcome != GatewayState.FAILED)
        if free and not taken:
            booked = ParkingSession.objects.order_by("pk").last()
            assert booked is not None
            self._remember(booked, self.zones[zone])

    @rule(zone=ZONES, plate=NUMBERS)
    def take_ticket(self, zone: int, plate: int) -> None:
        with self._allowed_to_refuse():
            session = build.take_ticket(self.zones[zone], self._plate(plate), self.now)
            self._remember(session, self.zones[zone], walk_in=True)

    @rule(zone=ZONES, plate=NUMBERS, walk_in=st.booleans(), stays=SPANS)
    def drive_in(self, zone: int, plate: int, walk_in: bool, stays: int) -> None:
        """The usual way, in one step: book with the fee, or take a ticket, enter at once, stay a while."""
        with self._allowed_to_refuse():
            if walk_in:
                session = build.take_ticket(self.zones[zone], self._plate(plate), self.now)
            else:
                session = build.book(self.drivers[0], self.zones[zone], self._plate(plate), self.now)
            self._remember(session, self.zones[zone], walk_in=walk_in)
            build.enter(self.staff, session, self.now, scan_id="scan-1")
            self.now += timedelta(seconds=stays)

    @precondition(lambda self: self.terms)
    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        before = self._pick(which, "BOOKED")
        with self._allowed_to_refuse():
            cancelling.cancel(actor=SYSTEM, session=Ref(pk=before.pk), reason="", now=self.now, only_of_caller=False)
            after = self._get(before.pk)
            in_time = (self.now - before.booked_at).total_seconds() <= 300
            assert after.bill.paid == (Decimal(0) if in_time else before.bill.paid)

    @precondition(lambda self: self.terms)
    @rule(which=WHICH, outcome=OUTCOMES)
    def pay_ahead(self, which: int, outcome: str) -> None:
        self._gateway_will(outcome)
        before = self._pick(which, "ACTIVE")
        with self._allowed_to_refuse():
            build.pay_ahead(self.staff, before, self.now)
            self._assert_bill(before, self._get(before.pk))

    @precondition(lambda self: self.terms)
    @rule(which=WHICH, driver=st.integers(0, 1), code=st.sampled_from(["FIFTH", "TEN"]))
    def give_code(self, which: int, driver: int, code: str) -> None:
        before = self._pick(which, "BOOKED", "ACTIVE")
        with self._allowed_to_refuse():
            after = offers.give(self.drivers[driver], before, code, self.now)
            assert after.offers["promo"]["code"] == code

    @precondition(lambda self: self.terms)
    @rule(which=WHICH, driver=st.integers(0, 1), points=st.sampled_from([0, 100, 200, 600]))
    def use_points(self, which: int, driver: int, points: int) -> None:
        before = self._pick(which, "BOOKED", "ACTIVE")
        with self._allowed_to_refuse():
            after = offers.use(self.drivers[driver], before, points, self.now)
            assert after.offers.get("points", 0) == points

    @precondition(lambda self: self.terms)
    @rule(which=WHICH, takes_back=st.booleans())
    def validate(self, which: int, takes_back: bool) -> None:
        before = self._pick(which, "ACTIVE")
        with self._allowed_to_refuse():
            validation = offers.validate(self.clerk, before, self.now)
            if takes_back:
                offers.undo(self.clerk, validation, self.now)

    # --- Counters ----------------------------------------------------------------------------------------

    def _collection(self, method: str, voucher: str | None = None) -> Collection:
        """Return money at the counter; each slip and reference is another one."""
        self.slips += 1
        card, reference = Card("4242", f"{self.slips:06d}", "T1"), f"{self.slips:012d}"
        return Collection(method, upi_reference=reference, card=card, voucher=voucher)

    @precondition(lambda self: self.terms)
    @rule(which=WHICH, method=st.sampled_from(["CASH", "UPI", "CARD"]))
    def pay_at_desk(self, which: int, method: str) -> None:
        before = self._pick(which, "ACTIVE")
        with self._allowed_to_refuse():
            left = paying_ahead.pay(
                actor=build.actor(self.staff),
                session=Ref(pk=before.pk),
                collection=self._collection(method),
                now=self.now,
            )
            self.paid_at_desk.add(before.pk)
            assert left.session.bill.due == 0

    @precondition(lambda self: self.terms)
    @rule(
        which=WHICH,
        method=st.sampled_from(["CASH", "UPI", "CARD"]),
        number=st.sampled_from([None, None, 0, 1, 2]),
    )
    def leave_at_the_counter(self, which: int, method: str, number: int | None) -> None:
        before = self._pick(which, "ACTIVE")
        voucher = None if number is None else self.vouchers[number]
        with self._allowed_to_refuse():
            left = leaving.leave(
                actor=replace(build.actor(self.staff), role="ADMIN"),
                qr_code=before.qr_code,
                collection=self._collection(method, voucher),
                now=self.now,
            )
            assert left.session.status == "COMPLETED"

    # --- Gates -------------------------------------------------------------------------------------------

    @precondition(lambda self: self.terms)
    @rule(which=WHICH, scan_id=SCANS, right_plate=st.sampled_from([True, True, True, True, False]))
    def enter(self, which: int, scan_id: str | None, right_plate: bool) -> None:
        before = self._pick(which, "BOOKED")
        seen = before.vehicle.vehicle_number if right_plate else "XX-99-ZZ-9999"
        with self._allowed_to_refuse():
            after = build.enter(self.staff, before, self.now, plate_seen=seen, scan_id=scan_id)
            assert after.entry_time == (before.entry_time or self.now)
            assert right_plate or before.status != "BOOKED"

    @precondition(lambda self: self.terms)
    @rule(which=WHICH)
    def quote(self, which: int) -> None:
        before = self._pick(which, "ACTIVE")
        with self._allowed_to_refuse():
            bill = build.quote(self.staff, before, self.now).bill
            assert bill.frozen_until is not None
            assert self.now <= bill.frozen_until <= self.now + timedelta(minutes=15)

    @precondition(lambda self: self.terms)
    @rule(
        which=WHICH,
        method=st.sampled_from(["CASH", "ONLINE"]),
        outcome=OUTCOMES,
        scan_id=SCANS,
        tendered=st.sampled_from([None, None, "10", "1000"]),
    )
    def leave(self, which: int, method: str, outcome: str, scan_id: str | None, tendered: str | None) -> None:
        self._gateway_will(outcome)
        before = self._pick(which, "ACTIVE")
        with self._allowed_to_refuse():
            left = build.leave(self.staff, before, method, self.now, tendered=tendered, scan_id=scan_id)
            self._assert_bill(before, left.session)
            if before.status == "ACTIVE" and method == "CASH":
                assert left.session.status == "COMPLETED"
            if left.session.status == "COMPLETED" and scan_id:
                with nothing_changes():
                    again = build.leave(self.staff, before, method, self.now, tendered=tendered, scan_id=scan_id)
                now = self.now
                assert BillOut.of(again, now) == BillOut.of(replace(left, session=self._get(before.pk)), now)

    @precondition(lambda self: self.terms)
    @rule(which=WHICH, method=st.sampled_from(["CASH", "ONLINE", "NONE"]), outcome=OUTCOMES)
    def terminate(self, which: int, method: str, outcome: str) -> None:
        self._gateway_will(outcome)
        before = self._pick(which, "ACTIVE")
        with self._allowed_to_refuse():
            left = build.terminate(self.staff, before, method, self.now)
            self._assert_bill(before, left.session)

    # --- Gateways ----------------------------------------------------------------------------------------

    @precondition(lambda self: self.terms)
    @rule(
        which=WHICH,
        number=st.integers(0, 3),
        state=st.sampled_from([GatewayState.COMPLETED, GatewayState.COMPLETED, *GatewayState]),
        times=st.integers(1, 2),
        right_amount=st.sampled_from([True, True, True, True, False]),
    )
    def news_of_an_order(self, which: int, number: int, state: GatewayState, times: int, right_amount: bool) -> None:
        before = self._pick(which, "BOOKED", "ACTIVE")
        orders = list(PaymentOrder.objects.filter(bill=before.bill).order_by("pk"))
        if number >= len(orders):
            return
        after = before
        for _ in range(times):
            order = PaymentOrder.objects.get(pk=orders[number].pk)
            amount = int(order.amount * 100) + (0 if right_amount else 1)
            said = OrderAnswer(order.order_id, state, amount, reference=f"PAY-{order.order_id}")
            after = settling.settle(order=order, answer=said, now=self.now)
            assert order.status == PaymentOrder.objects.get(pk=order.pk).status
        self._assert_bill(before, after)

    @rule(state=st.sampled_from([GatewayState.COMPLETED, GatewayState.FAILED]))
    def gateway_decides(self, state: GatewayState) -> None:
        self.gateway.decide(state)

    # --- Time, the worker, the manager -----------------------------------------------------------------------

    @rule(seconds=SPANS)
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(
        job=st.sampled_from(
            [
                expiring.expire_unpaid_holds,
                expiring.expire_no_shows,
                settling.follow_open_orders,
                settling.follow_open_refunds,
            ]
        )
    )
    def worker_works(self, job: Callable[..., int]) -> None:
        job(now=self.now)
        if job in {expiring.expire_unpaid_holds, expiring.expire_no_shows}:
            assert job(now=self.now) == 0

    @rule(zone=st.integers(0, 1), rate=st.sampled_from(["20.00", "50.00", "33.33"]))
    def manager_changes_the_rate(self, zone: int, rate: str) -> None:
        changes = {"hourly_rate": Decimal(rate)}
        update_zone(actor=SYSTEM, zone_id=self.zones[zone].pk, changes=changes, now=self.now)


@pytest.mark.django_db
def test_random_days_at_a_small_car_park() -> None:
    run_state_machine_as_test(
        CarPark,
        settings=settings(
            max_examples=30,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
