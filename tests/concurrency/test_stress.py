"""Everything at once on few slots and few plates: refusals are fine, deadlocks and broken books are not."""

import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from parking.accounts.models import User
from parking.checkout import expiring, settling
from parking.core import clock
from parking.core.actor import SYSTEM
from parking.core.errors import DomainError
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.facilities.services import change_slot
from parking.payments.gateways.base import GatewayState
from parking.payments.models import Payment, PaymentOrder
from parking.stays.models import ParkingSession
from tests.build import book, cancel, enter, leave, make_zone, pay_ahead, quote, terminate
from tests.concurrency.together import at_once
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 8
SECONDS = 2.0
# On a slow machine the time alone would end it before anybody came in.
LEAST_DEEDS = 25
PLATES = [f"DL-01-AB-{number:04d}" for number in range(1, 6)]


class Crowd:
    """What one thread does: one thing after the other, at random, until the time is over."""

    def __init__(self, number: int, driver: User, staff: User, zones: list[ParkingZone], gateway: FakeGateway) -> None:
        self.random = random.Random(number)
        self.driver, self.staff, self.zones, self.gateway = driver, staff, zones, gateway
        self.done: Counter[str] = Counter()
        # An earlier and a later clock in one crowd: what one thread still finds in time, another finds expired.
        self.clocks = [timedelta(minutes=minutes) for minutes in (0, 0, 0, 4, 7, 31, 66)]

    def work(self) -> Counter[str]:
        deeds: list[Callable[[], object]] = [
            self.book, self.book, self.book, self.enter, self.enter, self.enter, self.leave, self.leave, self.quote,
            self.cancel, self.terminate, self.pay_ahead, self.expire, self.hear_from_the_gateway, self.close_a_slot,
        ]  # fmt: skip
        end = time.monotonic() + SECONDS
        while time.monotonic() < end or self.done.total() < LEAST_DEEDS:
            deed = self.random.choice(deeds)
            self.now = clock.now() + self.random.choice(self.clocks)
            self.gateway.outcome = self.random.choice([*GatewayState, GatewayState.COMPLETED])
            try:
                deed()
            except DomainError as refusal:
                self.done[refusal.code] += 1
            else:
                self.done[deed.__name__] += 1
        return self.done

    def _any(self, *statuses: str) -> ParkingSession:
        rows = ParkingSession.objects.whole().order_by("-pk")
        suitable = list(rows.filter(status__in=statuses)[:3]) or list(rows[:3])
        if not suitable:
            raise DomainError("nothing_there_yet", "")
        return self.random.choice(suitable)

    def book(self) -> None:
        book(self.driver, self.random.choice(self.zones), self.random.choice(PLATES), self.now)

    def enter(self) -> None:
        enter(self.staff, self._any("BOOKED"), self.now, scan_id=self.random.choice([None, "1"]))

    def leave(self) -> None:
        method = self.random.choice(["CASH", "ONLINE"])
        leave(self.staff, self._any("ACTIVE"), method, self.now, scan_id=self.random.choice([None, "1"]))

    def quote(self) -> None:
        quote(self.staff, self._any("ACTIVE"), self.now)

    def cancel(self) -> None:
        cancel(self.driver, self._any("BOOKED"), self.now)

    def terminate(self) -> None:
        terminate(self.staff, self._any("ACTIVE"), self.random.choice(["CASH", "ONLINE", "NONE"]), self.now)

    def pay_ahead(self) -> None:
        pay_ahead(self.driver, self._any("ACTIVE"), self.now)

    def expire(self) -> None:
        expiring.expire_no_shows(now=self.now)
        expiring.expire_unpaid_holds(now=self.now)

    def hear_from_the_gateway(self) -> None:
        self.gateway.decide(GatewayState.COMPLETED)
        later = self.now + timedelta(minutes=2)
        settling.follow_open_orders(now=later)
        settling.follow_open_refunds(now=later)

    def close_a_slot(self) -> None:
        slot = self.random.choice(list(ParkingSlot.objects.all()))
        status = "OUT_OF_SERVICE" if slot.status == "FREE" else "FREE"
        change_slot(actor=SYSTEM, slot_id=slot.pk, status=status, kind=None, now=self.now)


def test_a_crowd_breaks_nothing(driver: User, staff: User, gateway: FakeGateway) -> None:
    zones = [make_zone(slots=2), make_zone(slots=2)]
    crowd = [Crowd(number, driver, staff, zones, gateway) for number in range(THREADS)]
    done: Counter[str] = sum(filter(None, at_once([member.work for member in crowd])), Counter())
    assert min(done["book"], done["enter"], done["leave"]) > 0, done
    assert Payment.objects.exists()
    assert PaymentOrder.objects.exists()
    assert ParkingSession.objects.exclude(status__in=["BOOKED", "ACTIVE"]).exists()
    assert_books_agree()
