"""What a notice costs from its row of the outbox until its mail is taken: processor time and statements, in process.

The notices are those of visits: a booking with its fee and its document, an entry, which is not mailed, and an exit
with its document. They are made and sent as the worker does it, and the mails go to the stand-in of messages.
"""

import time
from typing import Any

from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench import processor
from bench.calls import Caller
from bench.noticing import give_addresses, mail_server
from bench.statements import CONTROL
from parking.audit.models import OutboxEvent
from parking.checkout.sweeps import in_turn
from parking.core import clock
from parking.notifications.delivering import deliver
from parking.notifications.models import Channel, Delivery, DeliveryState
from parking.notifications.noticing import take_events
from parking.notifications.rendering import LISTENER

# As many visits as make the notices of two seconds, at 10,000 an hour.
VISITS_A_RUN = 2
WARM_UP = 5


class Visits:
    """Cars that come and go, so that a booking is told before its car is in, and an entry before it is out."""

    def __init__(self, world: dict[str, Any]) -> None:
        self._caller = Caller(world)
        self._booked: list[str] = []
        self._inside: list[str] = []

    def go_on(self) -> int:
        """Book, let in who had booked before, let out who came in before; answers how many events wait."""
        coming, leaving = self._booked, self._inside
        self._booked, self._inside = [self._caller.book() for _ in range(VISITS_A_RUN)], coming
        for code in coming:
            self._caller.enter(code)
        for code in leaving:
            self._caller.leave(code)
        return OutboxEvent.objects.filter(listener=LISTENER, processed_at=None).count()


def inside(given: dict[str, Any]) -> dict[str, float]:
    """Return milliseconds for each notice, of this process and of PostgreSQL, and its statements."""
    give_addresses()
    visits = Visits(given["world"])
    with mail_server() as port:
        settings.EMAIL_BACKEND = "parking.notifications.channels.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        for _ in range(WARM_UP):
            visits.go_on()
            _work()
        return _statements(visits) | _milliseconds(visits, given["visits"] // VISITS_A_RUN)


def _statements(visits: Visits) -> dict[str, float]:
    count = visits.go_on()
    with CaptureQueriesContext(connection) as captured:
        _work()
    texts = [query["sql"] for query in captured.captured_queries]
    return {"statements": sum(not text.startswith((*CONTROL, "SET LOCAL")) for text in texts) / count}


def _milliseconds(visits: Visits, runs: int) -> dict[str, float]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = processor.parent_of(cursor.fetchone()[0])
    notices, own, theirs = 0, 0.0, 0.0
    for _ in range(runs):
        notices += visits.go_on()
        own, theirs = own - time.process_time(), theirs - processor.seconds_of(server)
        _work()
        own, theirs = own + time.process_time(), theirs + processor.seconds_of(server)
    return {"worker, ms": 1000 * own / notices, "PostgreSQL, ms": 1000 * theirs / notices}


def _work() -> None:
    take_events(now=clock.now())
    deliver(now=clock.now(), channel=Channel.MAIL, spread=in_turn)
    assert not Delivery.objects.exclude(state=DeliveryState.SENT).exists()
