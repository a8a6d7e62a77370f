"""`manage.py worker`: runs the sweeps and carries out the queues until it is told to stop."""

import os
import signal
from typing import Any

from django.core.management.base import BaseCommand

from parking.checkout.worker import Worker, give_way

# What is under way may take so long once SIGTERM has come; `make run` kills after ten seconds.
STOP_SECONDS = 5.0


class Command(BaseCommand):
    help = "Carry out background work: expiry, waiting payments, refunds, mails. Run one or several."

    def handle(self, **_options: Any) -> None:
        give_way()
        # Only noted by the handler: it may come while this very thread holds a lock.
        signals: list[int] = []
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT):
            signal.signal(signum, lambda received, _: signals.append(received))
        worker = Worker()
        worker.run(is_stopping=lambda: bool(signals))
        if not worker.stop(seconds=STOP_SECONDS):
            # A call that hangs holds its thread, and Python would wait for it. Its order or task is taken up by others.
            os._exit(0)
