"""Not a test: a program that books, pays, cancels and leaves, and is killed by SIGKILL at one step after the other.

Run by `test_killed` as `PROGRAM GATEWAY ZONE DRIVER STAFF`. It makes the same journeys again and again, each time in a
process of its own that dies one step later, until one comes to its end. It prints the step that each died at.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from parking.accounts.models import User
from parking.checkout import paying, refunding
from parking.core import clock
from parking.facilities.models import ParkingZone
from parking.payments import asking
from parking.payments.gateways.http import GatewayHttp
from tests.build import cancel, enter, plate, take_ticket
from tests.payments.world import book, leave_online, order_of

LONGEST = 200


class Steps:
    """Counts what a journey does, and kills the process at the step that was named."""

    def __init__(self, last: int) -> None:
        self._last = last
        self._done = 0

    def around(self, owner: Any, name: str, what: str) -> None:
        """Let a function be two steps: before it works, and after."""
        work: Callable[..., Any] = getattr(owner, name)

        def watched(*args: Any, **kwargs: Any) -> Any:
            self._step(f"before {what}")
            result = work(*args, **kwargs)
            self._step(f"after {what}")
            return result

        setattr(owner, name, watched)

    def _step(self, name: str) -> None:
        self._done += 1
        if self._done == self._last:
            os.write(1, f"{name}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)


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


def lives_to_its_end(number: int, gateway: str, *ids: int) -> bool:
    """Make the journey in a process that dies at step `number`; whether there is no such step any more."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        watch(Steps(number))
        journey(number, gateway, *ids)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return False
    assert os.waitstatus_to_exitcode(status) == 0, f"the journey failed at step {number}"
    return True


def main(gateway: str, *ids: str) -> None:
    # Once in this process, so that each child begins with everything compiled.
    journey(0, gateway, *map(int, ids))
    for number in range(1, LONGEST):
        if lives_to_its_end(number, gateway, *map(int, ids)):
            return
    raise SystemExit(f"more than {LONGEST} steps")


if __name__ == "__main__":
    main(*sys.argv[1:])
