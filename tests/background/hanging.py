"""Not a test: a worker that hangs in a sweep, or in a task, and says so on its output.

Run by `test_processes` as `PROGRAM sweep` or `PROGRAM task`.
"""

import os
import sys
import time
from typing import Any, NoReturn

from django.core.management import call_command

from parking.checkout import sweeps, webhooks
from parking.checkout.sweeps import Sweep

HANGING_SWEEP = "hanging"


def hang(**_: Any) -> NoReturn:
    os.write(1, b"inside\n")
    while True:
        time.sleep(60)


def main(what: str) -> None:
    sweep = Sweep(HANGING_SWEEP, 5, hang)
    sweeps.lanes = lambda: {"only": (sweep,)} if what == "sweep" else {}
    webhooks.work_on_event = hang
    call_command("worker")


if __name__ == "__main__":
    main(sys.argv[1])
