"""Not a test: a program that lives two passes of a driver, killed by SIGKILL at each step.

Run by `test_killed` as `PROGRAM PLAN DRIVER STAFF ADMIN ADMIN`. It makes the same journey again and again, each time
150 days later and in a process of its own that dies one step later, until one comes to its end. After each death the
driver sends the purchases again and the worker runs. It prints the step that each died at.
"""

import sys
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.backends.base.base import BaseDatabaseWrapper

from parking.accounts.models import User
from parking.checkout import pass_changes, pass_decisions, pass_entry, pass_renewing, passes, settling
from parking.core.idempotency import RepeatedRequest, RequestKey, begun
from parking.facilities.models import ParkingSlot
from parking.notifications.models import Notice
from parking.notifications.noticing import take_events
from parking.passes.models import PassPeriod, PassVehicle, Plan, Subscription
from parking.passes.services import Wanted
from parking.payments.gateways.simulated.gateway import SimulatedGateway
from parking.payments.models import Payment, Refund
from parking.stays.models import ParkingSession
from parking.vehicles.models import Vehicle
from tests.build import actor, leave
from tests.invariants import assert_books_agree, nothing_changes
from tests.killing import LONGEST, Steps, lives_to_its_end
from tests.moments import START
from tests.passes.build import again

PRICE, BACK = Decimal("1500.00"), Decimal("400.00")
APART, DAY, MINUTE = timedelta(days=150), timedelta(days=1), timedelta(minutes=1)


def watch(steps: Steps) -> None:
    """Every commit, and every call of the gateway."""
    steps.around(BaseDatabaseWrapper, "commit", "a commit")
    steps.around(SimulatedGateway, "create_order", "a payment")
    steps.around(SimulatedGateway, "create_refund", "a refund")


@dataclass(frozen=True)
class Journey:
    """A pass that is used, exchanged, renewed and ended by two administrators, and one that is cancelled at once."""

    number: int
    plan: Plan
    driver: User
    staff: User
    first: User
    second: User

    @property
    def begin(self) -> datetime:
        return START + self.number * APART

    def plate(self, which: int) -> str:
        return f"DL-0{which}-AB-{self.number:04d}"

    def run(self) -> None:
        held, cancelled = self.buy(1), self.buy(2)
        pass_changes.cancel_pass(
            actor=actor(self.driver), subscription=cancelled, reason="Moved", now=self.begin + MINUTE
        )
        self._use(held)
        pass_changes.change_vehicles(
            actor=actor(self.driver), subscription=held, plates=(self.plate(3),), now=self.begin + DAY
        )
        pass_renewing.offer_renewals(now=held.ends_at - DAY)
        passes.pay(actor=actor(self.driver), number=held.number, gateway=None, now=held.ends_at)
        self._end(held, held.ends_at + DAY)

    def buy(self, which: int) -> Subscription:
        """Buy a pass, or go on with the purchase that was sent before."""
        key = RequestKey("user:1", "/api/user/passes/", f"{self.number}-{which}", "same")
        wanted = Wanted((self.plate(which),), None, auto_renew=True)
        try:
            bought = passes.buy(
                actor=actor(self.driver), plan_id=self.plan.pk, wanted=wanted, gateway=None, now=self.begin, key=key
            )
        except RepeatedRequest:
            bought = passes.resume_buying(subject=begun(key), now=self.begin + 2 * MINUTE)
        return bought.subscription

    def _use(self, held: Subscription) -> None:
        entered = pass_entry.enter_with_pass(
            actor=actor(self.staff), qr_code=held.pass_code, plate=self.plate(1), now=self.begin + 2 * MINUTE
        )
        leave(self.staff, entered.session, now=self.begin + 90 * MINUTE)

    def _end(self, held: Subscription, now: datetime) -> None:
        asked = pass_decisions.ask_cancellation(
            actor=actor(self.first), subscription=again(held), refund=BACK, reason="Moved", now=now
        )
        pass_decisions.approve_cancellation(actor=actor(self.second), pass_id=asked.subject_id, now=now)
        settling.follow_open_refunds(now=now + MINUTE)

    # --- After it --------------------------------------------------------------------------------------------

    def heal(self) -> None:
        """Send the purchases again, and let a worker come back, up to when all is over."""
        for which in (1, 2):
            self.buy(which)
        for inside in ParkingSession.objects.filter(status="ACTIVE"):
            leave(self.staff, inside, now=self.begin + DAY)
        for days in (30, 100):
            _sweep(self.begin + days * DAY)
        take_events(now=self.begin + 100 * DAY)
        with nothing_changes():
            _sweep(self.begin + 101 * DAY)

    def check(self) -> None:
        """Assert that all is over, that no money was lost or taken twice, and that each thing was told once."""
        assert_books_agree()
        held = [again(row) for row in Subscription.objects.filter(created_at=self.begin).order_by("pk")]
        assert len(held) == 2, "a purchase that was sent again is the same purchase"
        assert {one.status for one in held} <= {"EXPIRED", "CANCELLED"}
        assert not PassPeriod.objects.filter(bill__closed_at=None).exists()
        for period in PassPeriod.objects.filter(subscription__in=held).select_related("bill"):
            payments = Payment.objects.filter(bill=period.bill)
            assert [row.amount for row in payments] == ([PRICE] if period.paid_at else []), "lost, or taken twice"
        assert not Refund.objects.exclude(status="COMPLETED").exists()
        back = [row.amount for row in Refund.objects.filter(created_at__gte=self.begin).order_by("pk")]
        assert sum(back) == sum(period.bill.refunded for one in held for period in one.periods.all())
        assert set(back) <= {PRICE, BACK} and len(back) == len(set(back)), "given back twice"
        exchanged = PassVehicle.objects.filter(subscription=held[0])
        assert [row.until_at is None for row in exchanged.order_by("pk")] in ([True], [False, True])
        assert not ParkingSlot.objects.filter(kept=True).exists()
        assert not Vehicle.objects.filter(has_pass=True).exists()
        told = Counter(Notice.objects.values_list("kind", "path", "values__until", "values__amount"))
        assert [what for what, times in told.items() if times > 1] == [], "told twice"


def _sweep(now: datetime) -> None:
    settling.follow_open_orders(now=now)
    passes.give_up_unpaid_passes(now=now)
    pass_renewing.offer_renewals(now=now)
    pass_renewing.expire_passes(now=now)
    pass_renewing.forget_ended_vehicles(now=now)
    settling.follow_open_refunds(now=now)


def main(plan_id: str, *user_ids: str) -> None:
    plan = Plan.objects.select_related("site").get(pk=plan_id)
    people = [User.objects.get(pk=pk) for pk in user_ids]
    # Once in this process, so that each child begins with everything compiled.
    for number in range(LONGEST):
        journey = Journey(number, plan, *people)
        came_through = number > 0 and lives_to_its_end(number, watch, journey.run)
        if number == 0:
            journey.run()
        journey.heal()
        journey.check()
        if came_through:
            return
    raise SystemExit(f"more than {LONGEST} steps")


if __name__ == "__main__":
    main(*sys.argv[1:])
