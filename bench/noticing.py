"""`python -m bench.noticing SECONDS`: makes notices and mails them, 10,000 an hour, from what waits in the outbox.

It is the worker's own code at a steady pace, as far behind the gate as the worker stands. The mails go to the stand-in
of messages. Prints a line when its start is over, and JSON at its end.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smart_parking.settings")
django.setup()

from django.conf import settings  # noqa: E402 - Django is set up now
from django.db.models import F, Value  # noqa: E402
from django.db.models.functions import Concat  # noqa: E402

from deploy.processes import end_with_parent  # noqa: E402
from deploy.run import ROOT  # noqa: E402
from parking.accounts.models import User  # noqa: E402
from parking.audit.models import OutboxEvent  # noqa: E402
from parking.checkout.worker import give_way  # noqa: E402
from parking.core import clock  # noqa: E402
from parking.notifications import noticing  # noqa: E402
from parking.notifications.delivering import deliver  # noqa: E402
from parking.notifications.models import Channel, Delivery, DeliveryState, Notice  # noqa: E402
from parking.notifications.rendering import LISTENER  # noqa: E402

NOTICES_PER_HOUR = 10_000


@contextmanager
def mail_server() -> Iterator[int]:
    """Yield the port of a stand-in that takes mails."""
    process = subprocess.Popen(
        [sys.executable, "-m", "message_standin", "--port", "0", "--smtp-port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=end_with_parent(signal.SIGTERM),  # noqa: PLW1509
    )
    assert process.stdout
    try:
        yield int(process.stdout.readline().rpartition(":")[2])
    finally:
        process.terminate()
        process.wait(10)


def give_addresses() -> None:
    """Give every person a proved address: a notice without one is cheaper than it is outside."""
    address = Concat(F("username"), Value("@example.org"))
    User.objects.filter(email="").update(email=address, email_confirmed_at=clock.now())


def leave_newest(seconds: float) -> None:
    """Let only the newest events wait: of clients in step, all book before one enters, and a round had one kind alone.

    What the open loop of the last round left is mixed, but for its last two seconds; so five times what is taken.
    """
    waiting = OutboxEvent.objects.filter(listener=LISTENER, processed_at=None).order_by("-pk")
    newest = waiting.values_list("pk", flat=True)[: 5 * _count_of(seconds)]
    if kept := list(newest):
        waiting.order_by().filter(pk__lt=kept[-1]).update(processed_at=clock.now())


def _count_of(seconds: float) -> int:
    return round(seconds * NOTICES_PER_HOUR / 3600)


def work(seconds: float) -> None:
    """Take one event after the other when each is due."""
    noticing.EVENTS_A_RUN = 1
    pause, begun = 3600 / NOTICES_PER_HOUR, time.monotonic()
    for number in range(_count_of(seconds)):
        time.sleep(max(0.0, begun + number * pause - time.monotonic()))
        noticing.take_events(now=clock.now())
        deliver(now=clock.now(), channel=Channel.MAIL)


def main() -> None:
    give_way()
    give_addresses()
    leave_newest(float(sys.argv[1]))
    notices = Notice.objects.count()
    sent = Delivery.objects.filter(state=DeliveryState.SENT)
    mails = sent.count()
    with mail_server() as port:
        settings.EMAIL_BACKEND = "parking.notifications.channels.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        print("ready", flush=True)
        spent = time.process_time()
        work(float(sys.argv[1]))
        spent = time.process_time() - spent
    made = {"notices": Notice.objects.count() - notices, "mails": sent.count() - mails}
    print(json.dumps(made | {"processor_seconds": round(spent, 2)}))


if __name__ == "__main__":
    main()
