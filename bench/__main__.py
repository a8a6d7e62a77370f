"""`make bench`, or `python -m bench [--quick] [--only PART] [--output FILE]`."""

import argparse
import json
import os
import platform
import sys
import time
from pathlib import Path
from typing import Any

from bench import report
from bench.children import Failed
from bench.equal_work import Unequal
from bench.parts import AIDS, PARTS, QUICK, Lengths, Stage, say
from deploy import processes
from deploy.run import ROOT
from tests.postgres import running_postgres

OUTPUT = ROOT / ".cache" / "bench.json"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short rounds and fewer old stays: for developing")
    parser.add_argument("--only", action="append", choices=list(PARTS), help="this part; may be given again")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="where the JSON file goes")
    return parser.parse_args()


def measure(names: list[str], lengths: Lengths) -> dict[str, Any]:
    """Run the parts one after the other on one PostgreSQL."""
    figures: dict[str, Any] = {}
    with running_postgres(durable=True) as server:
        stage = Stage(server, lengths)
        for name in names:
            begun = time.monotonic()
            say(f"--- {name}")
            figures[name] = PARTS[name](stage)
            say(f"    {time.monotonic() - begun:.0f} s")
    return figures


def write(path: Path, figures: dict[str, Any], machine: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    everything = {"machine": machine, "aims": report.aims(figures), "figures": figures}
    path.write_text(json.dumps(everything, indent=1) + "\n")


def machine() -> dict[str, Any]:
    """Return the facts of the machine on which the figures depend most. Other work on the cores shows in the load."""
    load = os.getloadavg()[0]
    if load > 0.5:
        say(f"The load is {load:.1f}: other work is running, expect low figures; the ratio bears it best.")
    return {"cores": os.cpu_count(), "python": platform.python_version(), "load_before": round(load, 2)}


def main() -> int:
    given = arguments()
    names = given.only or [name for name in PARTS if name not in AIDS]
    processes.adopt_orphans()
    host = machine()
    try:
        figures = measure(names, QUICK if given.quick else Lengths())
    except (Failed, Unequal) as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        processes.kill_adopted()
    write(given.output, figures, host)
    print(report.tables(figures))
    say(f"\nWritten to {given.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
