"""`make queue`, or `python -m bench.gate_queue [--seed N] [--cars N] [--output FILE]`.

Sixty cars come in and sixty go out in an hour at one gate with one attendant, on a PostgreSQL of its own. Every page is
asked for and timed (`gate_queue_pages`); what people do meanwhile is drawn. The same cars are played twice: as the gate
works now, and as it worked before, when a ticket was registered with a name first and scanned in afterwards.
"""

import argparse
import json
import sys
from pathlib import Path
from random import Random
from statistics import mean, quantiles
from typing import Any

from bench import children, databases
from deploy import processes
from deploy.run import ROOT
from tests.postgres import running_postgres

CARS, SEED, HOUR = 60, 1, 3600.0
NOW, BEFORE = "now", "before"
OUTPUT = ROOT / ".cache" / "gate_queue.json"

# Seconds of people, drawn from a triangular distribution: least, usual, most. Estimates, not measured at a gate.
THINKS: dict[str, tuple[float, float, float]] = {
    "drive up": (2, 4, 8),
    "scan": (1, 2, 5),
    "read and type the plate": (3, 5, 10),
    "ask and type the name": (4, 7, 15),
    "touch": (0.5, 1, 2.5),
    "hand the slip over": (1.5, 2.5, 5),
    "say what is due, take cash": (5, 9, 25),
    "hand change over": (2, 4, 9),
    "driver pays by UPI": (10, 18, 45),
    "read and type the reference": (5, 8, 15),
    "barrier": (1, 2, 3),
}
# One car in three was booked; two drivers in three pay in cash, one by UPI.
SHARE = 3


def think(seed: int, car: int, act: str) -> float:
    """Return the seconds of an act of a car: the same in both flows, whatever else is drawn."""
    least, usual, most = THINKS[act]
    return Random(f"{seed} {car} {act}").triangular(least, most, usual)


def arrivals(seed: int, cars: int) -> list[dict[str, Any]]:
    """Return so many cars in and so many out, at moments of an hour that nothing favours (a Poisson process)."""
    dice = Random(seed)
    ways = [way for way in ("in", "out") for _ in range(cars)]
    drawn = sorted((dice.uniform(0, HOUR), way, dice.randrange(SHARE) == 0) for way in ways)
    return [{"car": car, "at": at, "way": way, "special": special} for car, (at, way, special) in enumerate(drawn)]


def waits(rows: list[dict[str, Any]]) -> dict[str, float]:
    """Return figures of served cars: seconds they waited and were served, of the machine, and the longest line."""
    waited = [row["began"] - row["at"] for row in rows]
    served = [row["ended"] - row["began"] for row in rows]
    line = max(sum(other["at"] <= row["at"] < other["began"] for other in rows) for row in rows)
    tenths = quantiles(waited, n=10)
    return {
        "cars": len(rows),
        "wait mean": mean(waited),
        "wait half": quantiles(waited, n=2)[0],
        "wait 9 of 10": tenths[8],
        "wait most": max(waited),
        "served": mean(served),
        "machine": mean(row["machine"] for row in rows),
        "line": line,
    }


def table(found: dict[str, list[dict[str, Any]]]) -> str:
    """Return the figures as rows of Markdown."""
    names = list(waits(found[NOW]))
    lines = ["| flow | " + " | ".join(names) + " |", "| --- |" + " --- |" * len(names)]
    for flow, rows in found.items():
        for way in ("in", "out", "all"):
            figures = waits([row for row in rows if way in {row["way"], "all"}])
            cells = (f"{value:.0f}" if name in {"cars", "line"} else f"{value:.1f}" for name, value in figures.items())
            lines.append(f"| {flow}, {way} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.gate_queue", description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED, help="of arrivals and of what people do")
    parser.add_argument("--cars", type=int, default=CARS, help="so many in and so many out, in an hour")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="where the JSON file goes")
    return parser.parse_args()


def play(seed: int, cars: int) -> dict[str, list[dict[str, Any]]]:
    """Return the served cars of each flow, each on a database of its own."""
    found = {}
    with running_postgres() as server:
        databases.make_template(server)
        for flow in (NOW, BEFORE):
            url = databases.create(server, f"queue_{flow}")
            given = {"flow": flow, "seed": seed, "cars": cars}
            found[flow] = children.ask("bench.inside", "gate_queue_pages", database_url=url, given=given)
    return found


def main() -> int:
    given = arguments()
    processes.adopt_orphans()
    try:
        found = play(given.seed, given.cars)
    except children.Failed as error:
        print(error)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        processes.kill_adopted()
    given.output.parent.mkdir(parents=True, exist_ok=True)
    given.output.write_text(json.dumps({"seed": given.seed, **found}, indent=1) + "\n")
    print(table(found))
    print(f"Seed {given.seed}. Written to {given.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
