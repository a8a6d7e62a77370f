"""Not a test: a program that reserves, claims, breaks a promise, offers, accepts; killed at each step.

Run by `test_killed` as `PROGRAM ZONE STAFF DRIVER…`. It makes the same journey again and again, each time two days
later and in a process of its own that dies one step later, until one comes to its end. After each death the worker
runs, and the journey must have come to an end that somebody could explain. It prints the step that each died at.
"""

import sys
from datetime import datetime, timedelta
from functools import partial

from django.db.backends.base.base import BaseDatabaseWrapper

from parking.accounts.models import User
from parking.checkout import expiring, placing, settling, waiting_list
from parking.core.ids import Ref
from parking.facilities.models import ParkingZone
from parking.offers.models import PromoCode
from parking.payments.gateways.simulated.gateway import SimulatedGateway
from parking.payments.models import Refund
from parking.stays.models import ParkingSession
from parking.stays.waiting_models import WaitingEntry
from tests.build import actor, enter, leave, plate, reserve, take_ticket
from tests.invariants import assert_books_agree, nothing_changes
from tests.killing import LONGEST, Steps, lives_to_its_end
from tests.moments import START

# Minutes from the beginning of a journey at which a worker comes back.
WORKER = (204, 216, 300, 2000)


def watch(steps: Steps) -> None:
    """Every commit, and every call of the gateway."""
    steps.around(BaseDatabaseWrapper, "commit", "a commit")
    steps.around(SimulatedGateway, "create_order", "a payment")
    steps.around(SimulatedGateway, "create_refund", "a refund")


def journey(begin: datetime, zone: ParkingZone, staff: User, *drivers: User) -> None:
    """Two slots: a reservation that is kept, one that is not, and a place that is waited for, offered and accepted."""

    def at(minutes: int) -> datetime:
        return begin + timedelta(minutes=minutes)

    kept = reserve(drivers[0], zone, at(60), at(120), plate(), now=begin)
    placing.claim_places(now=at(30))
    stays_on = take_ticket(zone, plate(), at(31))
    enter(staff, stays_on, at(31))
    enter(staff, kept, at(60))
    reserve(drivers[1], zone, at(200), at(260), plate(), now=at(61))
    placing.claim_places(now=at(200))
    waits = waiting_list.join(
        actor=actor(drivers[2]),
        zone=Ref(pk=zone.pk),
        plate=plate(),
        owner_name="Asha Rao",
        vehicle_kind="CAR",
        until=at(600),
        now=at(201),
    )
    leave(staff, stays_on, now=at(202))
    waiting_list.offer_places(now=at(202))
    waiting_list.accept(actor=actor(drivers[2]), entry_id=waits.pk, gateway=None, now=at(203))


def heal(begin: datetime, staff: User) -> None:
    """Let a worker come back, and the cars leave."""
    for minutes in WORKER:
        _sweep(begin + timedelta(minutes=minutes))
    end = begin + timedelta(minutes=WORKER[-1])
    for inside in ParkingSession.objects.filter(status="ACTIVE"):
        leave(staff, inside, now=end)
    with nothing_changes():
        _sweep(end)


def _sweep(now: datetime) -> None:
    settling.follow_open_orders(now=now)
    expiring.expire_unpaid_holds(now=now)
    expiring.expire_no_shows(now=now)
    placing.claim_places(now=now)
    waiting_list.offer_places(now=now)
    settling.follow_open_refunds(now=now)


def check(begin: datetime) -> None:
    """Assert that what a journey began is over, and that each promise was kept, paid back or never paid."""
    assert_books_agree()
    assert not ParkingSession.objects.open().exists()
    assert not WaitingEntry.objects.filter(state__in=["WAITING", "OFFERED"]).exists()
    assert not Refund.objects.exclude(status="COMPLETED").exists()
    reserved = ParkingSession.objects.filter(ends_at__isnull=False, booked_at__gte=begin)
    assert {one.end_reason for one in reserved} <= {"EXIT", "NO_PLACE", "NO_SHOW"}
    broken = ParkingSession.objects.filter(end_reason="NO_PLACE").select_related("bill")
    assert {(one.bill.captured, one.bill.refunded) for one in broken} <= {(50, 50)}
    assert PromoCode.objects.count() == broken.count() == Refund.objects.count()


def main(zone_id: str, *user_ids: str) -> None:
    zone = ParkingZone.objects.get(pk=zone_id)
    people = [User.objects.get(pk=pk) for pk in user_ids]
    # Once in this process, so that each child begins with everything compiled.
    journey(START, zone, *people)
    heal(START, people[0])
    for number in range(1, LONGEST):
        begin = START + timedelta(days=2 * number)
        came_through = lives_to_its_end(number, watch, partial(journey, begin, zone, *people))
        heal(begin, people[0])
        check(begin)
        if came_through:
            return
    raise SystemExit(f"more than {LONGEST} steps")


if __name__ == "__main__":
    main(*sys.argv[1:])
