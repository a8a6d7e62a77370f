"""Not a test: a worker that makes notices and sends them, killed by SIGKILL at one step after the other.

Run by `test_delivering` as `PROGRAM PORT`. Each run dies one step later, until one comes to its end.
"""

import os
import signal
import smtplib
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from parking.core import clock
from parking.notifications.delivering import deliver
from parking.notifications.models import Channel
from parking.notifications.noticing import take_events
from parking.notifications.rules import LEASE

LONGEST = 60


class Steps:
    """Counts what a worker does, and kills the process at the step that was named."""

    def __init__(self, last: int) -> None:
        self._last = last
        self._done = 0

    def around(self, owner: Any, name: str, what: str) -> None:
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


def lives_to_its_end(number: int) -> bool:
    """Work in a process that dies at step `number`, each a lease later; whether there is no such step any more."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        steps = Steps(number % LONGEST)
        steps.around(BaseDatabaseWrapper, "_commit", "a commit")
        steps.around(smtplib.SMTP, "sendmail", "a mail")
        now = clock.now() + number * (LEASE + timedelta(seconds=1))
        take_events(now=now)
        deliver(now=now, channel=Channel.MAIL)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return not os.WIFSIGNALED(status)


def main(port: str) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(port)
    for number in range(1, LONGEST):
        if lives_to_its_end(number):
            return
    raise SystemExit(f"more than {LONGEST} steps")


if __name__ == "__main__":
    main(*sys.argv[1:])
