"""Random weeks with reservations and waiting lists: after every step the books agree, and no promise is broken in vain.

The machine works out for itself what a zone may promise, what it leaves to bookings for now, what cancelling gives
back, and, whenever a reservation is given up, whether a place was free after all.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from parking.accounts.models import Role
from parking.checkout import changing, expiring, placing, settling, waiting_list
from parking.core.actor import SYSTEM
from parking.core.ids import Ref
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.facilities.services import change_slot, update_zone
from parking.payments.gateways.base import GatewayState
from parking.stays.models import ParkingSession
from parking.stays.waiting_models import WaitingEntry
from tests import build
from tests.machine import OUTCOMES, WHICH, Machine
from tests.reservations.places import could_be_kept, free_in, left_for_now, may_promise

PLATES = [f"DL-01-AB-{number:04d}" for number in range(1, 7)]
# Each comes after a change that was committed: the gate places a reservation that is due before it answers.
AFTER_A_CHANGE = {
    "payment_failed", "payment_declined", "booking_expired", "gateway_unavailable", "booking_cancelled",
    "vehicle_elsewhere",
}  # fmt: skip
KNOWN = {
    *AFTER_A_CHANGE, "validation_error", "window_full", "vehicle_already_parked", "vehicle_unavailable", "zone_full",
    "zone_inactive", "already_entered", "payment_pending", "too_early", "no_place_yet", "entry_not_scanned",
    "already_exited", "not_cancellable", "session_over", "session_not_found", "not_a_reservation",
    "plate_changed_once", "too_late_to_change", "late_used", "slot_in_use", "zone_not_full", "already_waiting",
    "no_offer", "nothing_due", "payment_in_review",
}  # fmt: skip
MINUTE, DAY = timedelta(minutes=1), 24 * 60
# Nine days from the beginning it is December.
AHEAD = st.sampled_from([10, 15, 16, 40, 90, 90, 125, 300, 300, DAY, 9 * DAY, 61 * DAY])
LENGTHS = st.sampled_from([20, 30, 60, 60, 125, 300, 2 * DAY])
WINDOWS = st.tuples(AHEAD, LENGTHS)
SPANS = st.sampled_from([1, 61, 300, 301, 601, 900, 1800, 1801, 3600, 3600, 5400, 7260, 40_000, 9 * 86_400])
ZONES, DRIVERS, NUMBERS = st.integers(0, 2), st.integers(0, 1), st.integers(0, 11)
JOBS = st.sampled_from(
    [
        placing.claim_places,
        placing.claim_places,
        waiting_list.offer_places,
        waiting_list.offer_places,
        expiring.expire_unpaid_holds,
        expiring.expire_no_shows,
        settling.follow_open_orders,
        settling.follow_open_refunds,
    ]
)


class Promises(Machine):
    """Two drivers, six plates, eight slots in three zones, of which one is dearer."""

    EXPECTED, CHANGES_FIRST = KNOWN, AFTER_A_CHANGE

    def make_world(self) -> None:
        self.drivers = [build.make_user(), build.make_user()]
        self.staff = build.make_user(Role.STAFF)
        self.zones = [build.make_zone(rate=rate, slots=slots) for rate, slots in (("50", 4), ("40", 2), ("60", 2))]
        # Up to when cancelling a reservation gives everything back.
        self.free_until: dict[int, datetime] = {}

    # --- Helpers -----------------------------------------------------------------------------------------

    def _minute(self, ahead: int) -> datetime:
        return self.now.replace(second=0, microsecond=0) + ahead * MINUTE

    def _has(self, plate: str) -> bool:
        """Whether a plate is in a stay that has claimed it."""
        rows = ParkingSession.objects.filter(status__in=["BOOKED", "ACTIVE"], slot__isnull=False)
        return rows.filter(vehicle__vehicle_number=plate).exists()

    def _overlaps(self, plate: str, begins: datetime, ends: datetime) -> bool:
        rows = ParkingSession.objects.filter(status__in=["BOOKED", "ACTIVE"], vehicle__vehicle_number=plate)
        return rows.filter(starts_at__lt=ends, ends_at__gt=begins).exists()

    def _fresh(self, which: int) -> ParkingZone:
        self.zones[which].refresh_from_db()
        return self.zones[which]

    def _reservation(self, which: int, *statuses: str) -> ParkingSession:
        rows = ParkingSession.objects.whole().filter(ends_at__isnull=False, status__in=statuses).order_by("-pk")
        chosen = list(rows) if which < 10 else []
        return chosen[which % len(chosen)] if chosen else self._pick(which, *statuses)

    def _place(self, work: Callable[[], Any]) -> None:
        """Do something that may give up reservations, and show that none was given up for which there was a place."""
        before = {one.pk: one for one in ParkingSession.objects.waiting().select_related("zone")}
        work()
        for zone in self.zones:
            zone.refresh_from_db()
        for after in ParkingSession.objects.whole().filter(pk__in=before, end_reason="NO_PLACE"):
            own = next(zone for zone in self.zones if zone.pk == before[after.pk].zone_id)
            assert self.now >= after.starts_at
            assert not could_be_kept(after, own, self.zones, self.now), f"{after} had a place"
            assert after.bill.paid == Decimal(0)
        for after in ParkingSession.objects.select_related("zone", "moved_from_zone").filter(pk__in=before):
            if after.moved_from_zone and not before[after.pk].moved_from_zone_id:
                assert after.zone.hourly_rate <= after.moved_from_zone.hourly_rate

    # --- Reserving, and booking for now --------------------------------------------------------------------

    @rule(driver=DRIVERS, zone=ZONES, plate=NUMBERS, window=WINDOWS, outcome=OUTCOMES)
    def reserve(self, driver: int, zone: int, plate: int, window: tuple[int, int], outcome: str) -> None:
        self._gateway_will(outcome)
        ahead, length = window
        begins, place, number = self._minute(ahead), self._fresh(zone), PLATES[plate % len(PLATES)]
        ends = begins + length * MINUTE
        is_allowed = 15 <= ahead <= 60 * DAY and length >= 30 and place.is_active
        is_possible = is_allowed and may_promise(place, begins, ends) and not self._overlaps(number, begins, ends)
        session = None
        with self._allowed_to_refuse():
            session = build.reserve(self.drivers[driver], place, begins, ends, number, now=self.now)
        assert (session is not None) == (is_possible and outcome != GatewayState.FAILED)
        if is_possible:
            made = ParkingSession.objects.latest("pk")
            assert (made.slot, made.enter_by) == (None, begins + 30 * MINUTE)
            self.free_until[made.pk] = begins - 60 * MINUTE

    @rule(driver=DRIVERS, zone=ZONES, plate=NUMBERS, outcome=OUTCOMES)
    def book_for_now(self, driver: int, zone: int, plate: int, outcome: str) -> None:
        self._gateway_will(outcome)
        place, number = self._fresh(zone), PLATES[plate % len(PLATES)]
        is_possible = place.is_active and left_for_now(place, self.now) > 0 and not self._has(number)
        session = None
        with self._allowed_to_refuse():
            session = build.book(self.drivers[driver], place, number, self.now)
        assert (session is not None) == (is_possible and outcome != GatewayState.FAILED)

    @rule(zone=ZONES, plate=NUMBERS, stays=SPANS)
    def walk_in(self, zone: int, plate: int, stays: int) -> None:
        """Take a ticket, drive in, stay a while."""
        place, number = self._fresh(zone), PLATES[plate % len(PLATES)]
        is_possible = place.is_active and left_for_now(place, self.now) > 0 and not self._has(number)
        session = None
        with self._allowed_to_refuse():
            session = build.enter(self.staff, build.take_ticket(place, number, self.now), self.now)
        assert (session is not None) == is_possible
        self.now += timedelta(seconds=stays)

    # --- Changing and cancelling -----------------------------------------------------------------------------

    def _change(self, which: int, session: ParkingSession, **wanted: Any) -> ParkingSession | None:
        driver, changed = session.driver or self.drivers[which % 2], list[ParkingSession]()
        with self._allowed_to_refuse():
            changed += [
                changing.change(
                    actor=build.actor(driver),
                    session=Ref(pk=session.pk),
                    wanted=changing.Wanted(**wanted),
                    now=self.now,
                )
            ]
        return changed[0] if changed else None

    @precondition(lambda _: ParkingSession.objects.exists())
    @rule(which=WHICH, minutes=st.sampled_from([-60, -15, 15, 30, 60, 600]))
    def end_at_another_time(self, which: int, minutes: int) -> None:
        before = self._reservation(which, "ACTIVE", "BOOKED")
        end = (before.ends_at or self.now) + minutes * MINUTE
        longer = before.ends_at is not None and may_promise(before.zone, before.ends_at, end, but=before.pk)
        after = self._change(which, before, ends_at=end)
        if after is not None:
            assert after.ends_at == end
            assert minutes < 0 or longer, "longer than the zone can promise"
            assert (after.terms, after.bill.total, after.slot_id) == (before.terms, before.bill.total, before.slot_id)

    @precondition(lambda _: ParkingSession.objects.exists())
    @rule(which=WHICH, ahead=AHEAD)
    def begin_at_another_time(self, which: int, ahead: int) -> None:
        before, begins = self._reservation(which, "BOOKED"), self._minute(ahead)
        end = begins + 60 * MINUTE
        is_free = may_promise(before.zone, begins, end, but=before.pk)
        after = self._change(which, before, starts_at=begins, ends_at=end)
        if after is not None and begins != before.starts_at:
            assert (after.starts_at, after.ends_at, is_free) == (begins, end, True)
            assert after.slot_id is None or begins - self.now <= 30 * MINUTE
            if self.now <= self.free_until[after.pk]:
                self.free_until[after.pk] = begins - 60 * MINUTE

    @precondition(lambda _: ParkingSession.objects.exists())
    @rule(which=WHICH)
    def come_late(self, which: int) -> None:
        before = self._reservation(which, "BOOKED")
        after = self._change(which, before, late=True)
        if after is not None:
            assert (before.late_at, after.enter_by) == (None, before.enter_by + 15 * MINUTE)

    @precondition(lambda _: ParkingSession.objects.exists())
    @rule(which=WHICH, plate=NUMBERS)
    def come_with_another_car(self, which: int, plate: int) -> None:
        before = self._reservation(which, "BOOKED")
        after = self._change(which, before, plate=PLATES[plate % len(PLATES)])
        if after is not None and after.vehicle_id != before.vehicle_id:
            assert before.plate_changed_at is None
            assert self.now <= before.starts_at - 120 * MINUTE

    @precondition(lambda _: ParkingSession.objects.exists())
    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        before = self._pick(which, "BOOKED")
        with self._allowed_to_refuse():
            build.cancel(before.driver or self.drivers[0], before, self.now)
            in_time = (self.now - before.booked_at).total_seconds() <= 300 or before.moved_from_zone_id
            in_time = in_time or self.now <= self.free_until.get(before.pk, before.booked_at)
            assert self._get(before.pk).bill.paid == (Decimal(0) if in_time else before.bill.paid)

    # --- Waiting list ------------------------------------------------------------------------------------------

    @rule(driver=DRIVERS, zone=ZONES, plate=NUMBERS, ahead=st.none() | AHEAD, patience=AHEAD)
    def join(self, driver: int, zone: int, plate: int, ahead: int | None, patience: int) -> None:
        """Wait for now, or for an hour that begins so many minutes ahead."""
        place, number = self._fresh(zone), PLATES[plate % len(PLATES)]
        begins, ends = self._minute(ahead or 0), self._minute((ahead or 0) + 60)
        is_full = not may_promise(place, begins, ends) if ahead else left_for_now(place, self.now) <= 0
        times: dict[str, Any] = {"starts_at": begins, "ends_at": ends} if ahead else {}
        with self._allowed_to_refuse():
            waiting_list.join(
                actor=build.actor(self.drivers[driver]),
                zone=Ref(pk=place.pk),
                plate=number,
                owner_name="Asha Rao",
                vehicle_kind="CAR",
                until=self.now + patience * MINUTE,
                now=self.now,
                **times,
            )
            assert is_full, "in line although there is a place"

    def _entry(self, which: int) -> WaitingEntry:
        entries = list(WaitingEntry.objects.select_related("driver").order_by("-pk"))
        offered = [entry for entry in entries if entry.state == "OFFERED"]
        chosen = offered if offered and which < 10 else entries
        return chosen[which % len(chosen)]

    @precondition(lambda _: WaitingEntry.objects.exists())
    @rule(which=WHICH, outcome=OUTCOMES)
    def accept(self, which: int, outcome: str) -> None:
        self._gateway_will(outcome)
        entry = self._entry(which)
        with self._allowed_to_refuse():
            session = waiting_list.accept(
                actor=build.actor(entry.driver), entry_id=entry.pk, gateway=None, now=self.now
            )
            assert session.bill.captured > 0 or outcome != GatewayState.COMPLETED

    @precondition(lambda _: WaitingEntry.objects.exists())
    @rule(which=WHICH)
    def leave_the_line(self, which: int) -> None:
        entry = self._entry(which)
        with self._allowed_to_refuse():
            waiting_list.leave(actor=build.actor(entry.driver), entry_id=entry.pk, now=self.now)

    def _assert_nobody_was_passed_over(self) -> None:
        """Who still waits for now waits because the zone is full or closed, or the car has a place elsewhere."""
        for entry in WaitingEntry.objects.filter(state="WAITING", starts_at=None).select_related("zone", "vehicle"):
            is_full = not entry.zone.is_active or left_for_now(entry.zone, self.now) <= 0
            assert is_full or self._has(entry.vehicle.vehicle_number), f"{entry}: a place is free"

    # --- Gate --------------------------------------------------------------------------------------------------

    @precondition(lambda _: ParkingSession.objects.exists())
    @rule(which=WHICH)
    def enter(self, which: int) -> None:
        before = self._pick(which, "BOOKED")

        def scan() -> None:
            with self._allowed_to_refuse():
                after = build.enter(self.staff, before, self.now)
                assert (after.status, after.slot_id is None) == ("ACTIVE", False)
                assert not before.is_reservation or self.now >= before.starts_at - 30 * MINUTE

        self._place(scan)

    @precondition(lambda _: ParkingSession.objects.exists())
    @rule(which=WHICH)
    def leave(self, which: int) -> None:
        before = self._pick(which, "ACTIVE")
        with self._allowed_to_refuse():
            build.leave(self.staff, before, "CASH", self.now)

    # --- Time, the worker, the manager -------------------------------------------------------------------------

    @rule(seconds=SPANS)
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(state=st.sampled_from([GatewayState.COMPLETED, GatewayState.FAILED]))
    def gateway_decides(self, state: GatewayState) -> None:
        self.gateway.decide(state)

    @rule(job=JOBS)
    def worker_works(self, job: Callable[..., int]) -> None:
        self._place(lambda: job(now=self.now))
        if job not in {settling.follow_open_orders, settling.follow_open_refunds}:
            assert job(now=self.now) == 0
        if job == waiting_list.offer_places:
            self._assert_nobody_was_passed_over()
        if job == placing.claim_places:
            self._assert_all_were_placed()

    def _assert_all_were_placed(self) -> None:
        """Who still waits for a slot is not due, or its zone has none before it begins; nobody waits after that."""
        for one in ParkingSession.objects.waiting().select_related("zone"):
            assert self.now < one.starts_at
            is_due = self.now >= one.starts_at - 30 * MINUTE
            assert not is_due or not one.zone.is_active or free_in(one.zone) == 0

    @rule(which=st.integers(0, 7), status=st.sampled_from(["OUT_OF_SERVICE", "FREE"]))
    def repair(self, which: int, status: str) -> None:
        slot = list(ParkingSlot.objects.order_by("pk"))[which]
        with self._allowed_to_refuse():
            change_slot(actor=SYSTEM, slot_id=slot.pk, status=status, kind=None, now=self.now)

    @rule(zone=ZONES, is_active=st.sampled_from([True, True, False]))
    def close_or_open(self, zone: int, is_active: bool) -> None:
        update_zone(actor=SYSTEM, zone_id=self.zones[zone].pk, changes={"is_active": is_active}, now=self.now)


@pytest.mark.django_db
def test_random_weeks_of_reservations() -> None:
    run_state_machine_as_test(
        Promises,
        settings=settings(
            max_examples=25,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
