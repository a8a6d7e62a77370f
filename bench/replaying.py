"""`python -m bench.replaying SECONDS`: replays all old sessions under a tariff with bands, again and again until
the time is over.

It is the worker's own code, as far behind the gate as the worker stands. Prints a line when its start is over, and JSON
at its end.
"""

import json
import os
import sys
import time
from datetime import timedelta
from decimal import Decimal

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smart_parking.settings")
django.setup()

from parking.checkout.worker import give_way  # noqa: E402 - Django is set up now
from parking.core import clock  # noqa: E402
from parking.core.actor import SYSTEM  # noqa: E402
from parking.facilities.models import ParkingZone  # noqa: E402
from parking.replays.models import Replay  # noqa: E402
from parking.replays.services import start_replay  # noqa: E402
from parking.replays.working import run_replays  # noqa: E402
from parking.tariffs.rules.terms import Band, Weekday  # noqa: E402
from parking.tariffs.versions import Draft  # noqa: E402

# Two dearer bands on weekdays and a cap a day, charged by the dearest hour: what takes longest to work out.
_WORKDAYS = (Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.THU, Weekday.FRI)
_BANDS = (
    Band("Morning", _WORKDAYS, 8 * 60, 11 * 60, Decimal(120)),
    Band("Evening", _WORKDAYS, 17 * 60, 21 * 60, Decimal(110)),
)
DRAFT = {"base_rate": Decimal(70), "booking_fee": Decimal(50), "daily_cap": Decimal(600), "bands": _BANDS}
SPAN = timedelta(days=365)


def replay_once() -> Replay:
    """Replay the sessions of all zones that ended in the last twelve months."""
    today = clock.today()
    replay = start_replay(
        actor=SYSTEM,
        zone_ids=list(ParkingZone.objects.values_list("pk", flat=True)),
        draft=Draft(DRAFT),
        start_date=today - SPAN,
        end_date=today,
        now=clock.now(),
    )
    run_replays(now=clock.now())
    replay.refresh_from_db()
    return replay


def main() -> None:
    give_way()
    print("ready", flush=True)
    took: list[float] = []
    begun, sessions, spent = time.monotonic(), 0, time.process_time()
    # The last one ends after the time, so that the load has one at its side to its end.
    while time.monotonic() - begun < float(sys.argv[1]):
        started = time.monotonic()
        replay = replay_once()
        if not replay.result:
            raise SystemExit(f"The replay is {replay.state}")
        took.append(time.monotonic() - started)
        sessions = replay.result["sessions"]
    spent = round(time.process_time() - spent, 2)
    made = {"sessions": sessions, "seconds": [round(each, 1) for each in took], "processor_seconds": spent}
    print(json.dumps(made))


if __name__ == "__main__":
    main()
