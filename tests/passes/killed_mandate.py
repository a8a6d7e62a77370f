"""Not a test: a program that lives mandates at the stand-in, killed by SIGKILL at each step.

Run by `test_mandates_killed` as `PROGRAM STANDIN ZONE DRIVER`. It makes the same journey again and again, each time 30
days later, with a plan of its own. Each part of a journey (asked for, given, offered, charged, ended) is made by a
process of its own, which dies one step later than in the journey before, until it comes to its end: so a journey sees a
death in each part. After each death the holder taps again and the worker runs. It prints the step that each died at.
"""

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from parking.accounts.models import User
from parking.checkout import mandate_following, pass_changes, pass_mandates, pass_renewing, settling, webhooks
from parking.facilities.models import ParkingZone
from parking.notifications.models import Notice
from parking.notifications.noticing import take_events
from parking.passes.mandate_models import Mandate, MandateCharge, MandateConsent
from parking.passes.models import Subscription
from parking.payments.gateways.razorpay.client import RazorpayClient
from parking.payments.models import Payment, Refund
from tests.build import actor
from tests.gateways.standin import KEY_ID, KEY_SECRET, Standin
from tests.invariants import assert_books_agree, nothing_changes
from tests.killing import LONGEST, Steps, lives_to_its_end
from tests.passes.build import again, make_plan, sold

APART, DAY, HOUR, MINUTE = timedelta(days=30), timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
WEEK, FIVE = timedelta(days=7), Decimal("5.00")
# Of each kind one: of mandates, of payments (of the consent and of the charge), of refunds.
LATE = ("subscription.charged", "payment.captured", "refund.processed")


def watch(steps: Steps) -> None:
    """Every commit, and every call that makes something at the gateway."""
    steps.around(BaseDatabaseWrapper, "commit", "a commit")
    steps.around(RazorpayClient, "post", "a call")


@dataclass
class Journey:
    """A pass whose mandate is asked for, given, charged once, told of by webhooks, and ended by its holder."""

    number: int
    begin: datetime
    address: str
    held: Subscription
    driver: User
    sent_before: int = 0

    @cached_property
    def standin(self) -> Standin:
        """Return the stand-in with a connection of this process's own."""
        return Standin(self.address, None)  # type: ignore[arg-type]

    def hang_up(self) -> None:
        """Leave no connection that a child would share."""
        self.standin.http.close()
        del self.standin

    @cached_property
    def ends_at(self) -> datetime:
        return self.held.ends_at

    @property
    def parts(self) -> list[tuple[Callable[[], None], Callable[[], None]]]:
        """Return what is done, part by part, each with what brings it to its end after a death."""
        return [
            (self._ask, self._ask_again),
            (self._give, self._given_after_all),
            (self._offer, self._offer_again),
            (self._charge, self._charge),
            (self._end_it, self._end_it),
        ]

    def _give(self) -> None:
        self._bank("authorise", "created")
        self._hear("subscription.authenticated")
        _worker(self.begin + 15 * MINUTE)

    def _offer(self) -> None:
        pass_renewing.offer_renewals(now=self.ends_at - 2 * DAY)

    def _charge(self) -> None:
        self._bank("charge", "authenticated")
        self._hear("payment.captured")
        _worker(self.ends_at + HOUR)

    def _end_it(self) -> None:
        self._end()
        _worker(self.ends_at + 3 * HOUR)

    def _ask(self) -> None:
        pass_mandates.begin_mandate(actor=actor(self.driver), subscription=self.held, now=self.begin + MINUTE)

    def _end(self) -> None:
        pass_mandates.end_mandate(actor=actor(self.driver), subscription=self.held, now=self.ends_at + 2 * HOUR)

    def _there(self) -> list[dict[str, Any]]:
        """Return what the gateway has of this journey's mandate."""
        numbers = set(Mandate.objects.filter(subscription=self.held).values_list("number", flat=True))
        return [row for row in self.standin.mandates() if row["notes"].get("number") in numbers]

    def _bank(self, action: str, state: str) -> None:
        """Let payer or bank act, if they have not: our process dies, theirs does not."""
        for row in self._there():
            if row["status"] == state:
                self.standin.mandate(row["id"], action)

    def _hear(self, *events: str) -> None:
        """Take the webhooks of these names that the gateway has sent in this journey, and work on them."""
        sent = self.standin.webhooks(gateway="razorpay")[self.sent_before :]
        for row in sent:
            if row["event"] not in events:
                continue
            queued: list[int] = []
            now = self.ends_at + HOUR
            body = row["body"].encode()
            webhooks.take_webhook(gateway="RAZORPAY", headers=row["headers"], body=body, now=now, queue=queued.append)
            for event_id in queued:
                webhooks.work_on_event(event_id=event_id, now=now)

    # --- After it --------------------------------------------------------------------------------------------

    def _ask_again(self) -> None:
        if not Mandate.objects.filter(subscription=self.held).exists():
            self._ask()
        _worker(self.begin + 10 * MINUTE)

    def _given_after_all(self) -> None:
        self._bank("authorise", "created")
        _worker(self.begin + 20 * MINUTE)

    def _offer_again(self) -> None:
        pass_renewing.offer_renewals(now=self.ends_at - DAY)

    def come_to_rest(self) -> None:
        """Let what the gateway told come late and once more, and the pass run out."""
        self._hear(*LATE)
        for event_id in webhooks.unworked_events(now=self.begin + APART):
            webhooks.work_on_event(event_id=event_id, now=self.begin + 20 * DAY)
        pass_changes.choose_renewal(
            actor=actor(self.driver), subscription=self.held, auto_renew=False, now=self.ends_at + DAY
        )
        _worker(self.begin + 20 * DAY)
        take_events(now=self.begin + 21 * DAY)
        with nothing_changes():
            _worker(self.begin + 22 * DAY)

    def check(self) -> None:
        """Assert that one mandate was made and ended, and that one charge was taken once and told of once."""
        assert_books_agree()
        (mandate,) = Mandate.objects.filter(subscription=self.held)
        assert (mandate.status, mandate.end_reason) == ("ENDED", "holder")
        (there,) = self._there()
        assert (there["status"], there["paid_count"]) == ("cancelled", 1)
        assert self._plans() == 1, "a price was made twice"
        charge = MandateCharge.objects.select_related("order").get(mandate=mandate)
        assert (charge.order.status, charge.order.amount) == ("COMPLETED", mandate.amount)
        (payment,) = Payment.objects.filter(gateway="RAZORPAY", bill__pass_period__subscription=self.held)
        assert (payment.amount, payment.reference) == (mandate.amount, charge.payment_id)
        consent = MandateConsent.objects.get(mandate=mandate)
        assert consent.amount == FIVE and consent.refunded_at is not None
        assert not Refund.objects.exists()
        periods = [(row.number, row.ends_at) for row in self.held.periods.order_by("number")]
        assert periods == [(1, self.ends_at), (2, self.ends_at + WEEK)]
        assert again(self.held).status == "EXPIRED"
        told = Counter(Notice.objects.values_list("kind", "path", "values__until", "values__amount"))
        assert [what for what, times in told.items() if times > 1] == [], "told twice"

    def _plans(self) -> int:
        answer = self.standin.http.get("/v1/plans", params={"count": 100}, auth=(KEY_ID, KEY_SECRET))
        return sum(row["item"]["amount"] == _paise(self.number) for row in answer.json()["items"])


def _paise(number: int) -> int:
    return 150_000 + number


def _worker(now: datetime) -> None:
    # Another process asks at once where the last one had claimed the check and died.
    Mandate.objects.exclude(status="ENDED").update(next_check_at=now)
    MandateConsent.objects.filter(refunded_at=None).update(next_check_at=now)
    mandate_following.follow_mandates(now=now)
    settling.follow_open_orders(now=now)
    pass_mandates.end_unwanted(now=now)
    pass_renewing.offer_renewals(now=now)
    pass_renewing.expire_passes(now=now)
    pass_renewing.forget_ended_vehicles(now=now)


def prepared(number: int, base: datetime, address: str, zone: ParkingZone, driver: User) -> Journey:
    """Return a journey with its pass, sold at the counter, at a time that the gateway's clock has as well."""
    begin = base + number * APART
    price = f"{Decimal(_paise(number)) / 100:.2f}"
    plan = make_plan(zone, name=f"Weekly {number}", price=price)
    held = sold(driver, plan, f"DL-01-AB-{number + 1:04d}", now=begin, auto_renew=True)
    journey = Journey(number, begin, address, held, driver)
    journey.sent_before = len(journey.standin.webhooks(gateway="razorpay"))
    if number:
        journey.standin.advance(APART.total_seconds())
    return journey


def main(address: str, zone_id: str, driver_id: str) -> None:
    zone, driver = ParkingZone.objects.get(pk=zone_id), User.objects.get(pk=driver_id)
    base = datetime.now(UTC).replace(microsecond=0)
    dying = set[int]()
    for number in range(LONGEST):
        journey = prepared(number, base, address, zone, driver)
        for part, (live, heal) in enumerate(journey.parts):
            # The first journey is made in this process, so that each child begins with everything compiled.
            if number == 0:
                dying.add(part)
            if number == 0 or part not in dying:
                live()
                continue
            journey.hang_up()
            if lives_to_its_end(number, watch, live):
                dying.remove(part)
            heal()
        journey.come_to_rest()
        journey.check()
        journey.hang_up()
        if not dying:
            return
    raise SystemExit(f"more than {LONGEST} steps")


if __name__ == "__main__":
    main(*sys.argv[1:])
