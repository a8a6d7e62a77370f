"""`python -m bench.computing SECONDS SHARE`: takes this share of a processor and does nothing with it.

It stands where a program of the worker's would, as far behind the gate, without a database: what it costs the gate, the
machine costs it. Prints a line when its start is over, and JSON at its end.
"""

import json
import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smart_parking.settings")
django.setup()

from parking.checkout.worker import give_way  # noqa: E402 - Django is set up now

# As often as notices come at 10,000 an hour.
PERIOD_SECONDS = 0.36


def compute(seconds: float) -> None:
    """Take so much processor time."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        sum(range(1000))


def main() -> None:
    give_way()
    seconds, share = map(float, sys.argv[1:])
    print("ready", flush=True)
    begun, spent = time.monotonic(), time.process_time()
    number = 0
    while (due := begun + number * PERIOD_SECONDS) < begun + seconds:
        time.sleep(max(0.0, due - time.monotonic()))
        compute(share * PERIOD_SECONDS)
        number += 1
    print(json.dumps({"processor_seconds": time.process_time() - spent}))


if __name__ == "__main__":
    main()
