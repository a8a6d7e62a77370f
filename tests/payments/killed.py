"""Not a test: a program that books, pays, cancels and leaves, and is killed by SIGKILL at one step after the other.

Run by `test_killed` as `PROGRAM GATEWAY ZONE DRIVER STAFF`. It makes the same journeys again and again, each time in a
process of its own that dies one step later, until one comes to its end. It prints the step that each died at.
"""

import sys
from functools import partial

from django.db.backends.base.base import BaseDatabaseWrapper

from parking.accounts.models import User
from parking.checkout import paying, refunding
from parking.core import clock
from parking.facilities.models import ParkingZone
from parking.payments import asking
from parking.payments.gateways.http import GatewayHttp
from tests.build import cancel, enter, plate, take_ticket
from tests.killing import LONGEST, Steps, lives_to_its_end
from tests.payments.world import book, leave_online, order_of


def watch(steps: Steps) -> None:
    """Every commit, every call of a gateway, every note of a refund."""
    steps.around(BaseDatabaseWrapper, "commit", "a commit")
    steps.around(GatewayHttp, "send", "a call")
    steps.around(asking, "note_answer", "noting a refund")


def journey(number: int, gateway: str, zone_id: int, driver_id: int, staff_id: int) -> None:
    """A booking paid and cancelled, and a walk-in that leaves with an online payment: all that moves money."""
    zone = ParkingZone.objects.get(pk=zone_id)
    driver, staff = User.objects.get(pk=driver_id), User.objects.get(pk=staff_id)
    booked = book(driver, zone, gateway, clock.now(), plate(2 * number))
    paying.verify_order(order=order_of(booked.session), now=clock.now())
    (refund,) = cancel(driver, booked.session, clock.now()).refunds
    refunding.resume_refund(subject=refund.refund_id, now=clock.now())
    session = take_ticket(zone, plate(2 * number + 1), clock.now())
    enter(staff, session, clock.now())
    leave_online(staff, session, gateway, clock.now())
    paying.verify_order(order=order_of(session), now=clock.now())


def main(gateway: str, *ids: str) -> None:
    # Once in this process, so that each child begins with everything compiled.
    journey(0, gateway, *map(int, ids))
    for number in range(1, LONGEST):
        if lives_to_its_end(number, watch, partial(journey, number, gateway, *map(int, ids))):
            return
    raise SystemExit(f"more than {LONGEST} steps")


if __name__ == "__main__":
    main(*sys.argv[1:])
