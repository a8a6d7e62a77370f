"""The gate without and with a program at its side, and beside one that only computes, in turns."""

import json
import sys
from collections.abc import Callable
from statistics import median
from typing import Any

from bench import children
from bench.comparing import change, p99

# The program before its control, which takes as much of the processor.
SIDES = ("without", "with", "control")


def measure(
    *, module: str, share: float | None, url: str, seconds: float, turns: int, entries: Callable[[], list[float]]
) -> dict[str, Any]:
    """Return p99 of an entry on each side, and the changes between them, with their bounds.

    `entries` runs the load for `seconds` and answers the latencies. A turn is a round of each side, and each other turn
    goes the other way round, so that what slowly changes falls on all alike. The control takes this share of a
    processor; None: what the program took in the rounds so far.
    """
    found: dict[str, list[list[float]]] = {side: [] for side in SIDES}
    made: list[dict[str, Any]] = []
    for turn in range(turns):
        for side in reversed(SIDES) if turn % 2 else SIDES:
            taken = share or _share_of(made, seconds)
            latencies, told = _round(_command(side, module, seconds, taken), url, entries)
            found[side].append(latencies)
            if side == "with":
                made.append(told)
    return _compared(found) | {"made": made, "share": share or _share_of(made, seconds)}


def _share_of(made: list[dict[str, Any]], seconds: float) -> float:
    return median(one["processor_seconds"] for one in made) / seconds if made else 0.0


def _command(side: str, module: str, seconds: float, share: float) -> list[str]:
    """Return what runs beside the load on a side; nothing for the side without."""
    if side == "without":
        return []
    arguments = [module, str(seconds)] if side == "with" else ["bench.computing", str(seconds), f"{share:.3f}"]
    return [sys.executable, "-m", *arguments]


def _round(command: list[str], url: str, entries: Callable[[], list[float]]) -> tuple[list[float], dict[str, Any]]:
    """Return the latencies of a round and what the program at its side says of itself.

    It prints a line when its start is over, so that the round measures its work alone.
    """
    if not command:
        return entries(), {}
    with children.started(command, database_url=url) as process:
        children.wait_for_line(process)
        latencies = entries()
        return latencies, json.loads(process.communicate()[0])


def _compared(found: dict[str, list[list[float]]]) -> dict[str, Any]:
    return {
        "p99": {side: p99([each for one in rounds for each in one]) for side, rounds in found.items()},
        "median_p99": {side: median(map(p99, rounds)) for side, rounds in found.items()},
        "rounds": {side: list(map(p99, rounds)) for side, rounds in found.items()},
        "by_program": (by_program := change(found["without"], found["with"])),
        "by_control": change(found["without"], found["control"]),
        "over_control": change(found["control"], found["with"]),
        "change": by_program["change"],
    }
