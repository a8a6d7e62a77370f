"""`make bigdata`, or `python -m bench.bigdata`; `--help` names its options.

Fills a PostgreSQL of its own with a year of an operator with forty sites, adds its days up, and measures every page and
list call: p50 and p95 in one process whose caches are empty, against the aims. Then the gate beside everything else.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from bench import children, databases, mixed
from deploy import processes
from deploy.run import ROOT
from tests.postgres import Server, running_postgres

STAYS = 1_000_000
PAGE, REPORT, SEARCH, HISTORY = "page", "report", "search", "history"
# Milliseconds within which 19 of 20 must be answered.
AIMS = {PAGE: 150, REPORT: 300, SEARCH: 100, HISTORY: 50}
# A file of any length may take so much memory.
EXPORT_MB = 100
NAME = "bigdata"
SCRIPT = Path(__file__).with_name("bigdata.sql")
OUTPUT = ROOT / ".cache" / "bigdata.json"
# Migrating, adding a year up and measuring take minutes.
LIMIT_SECONDS = 3600


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.bigdata", description=__doc__)
    parser.add_argument("--stays", type=int, default=STAYS, help="parking sessions; 5000000 is what the aims are for")
    parser.add_argument("--rounds", type=int, default=20, help="how often each address is asked for")
    parser.add_argument("--only", default="", help="addresses with this text in them")
    parser.add_argument("--mixed", type=float, default=30, help="seconds of the mixed load, 0 for none")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="where the JSON file goes")
    return parser.parse_args()


def fill(server: Server, name: str, stays: int) -> str:
    """Make a database with so many parking sessions, and add its days up; return its URL."""
    databases.make_template(server)
    url = databases.create(server, name)
    children.ask("bench.inside", "bigdata_world", database_url=url, given={})
    _timed(f"{stays:,} parking sessions", lambda: databases.load(server, name, SCRIPT, stays))
    _timed("adding the days up", lambda: add_up(url))
    with databases.connect(server, name) as connection:
        connection.execute("VACUUM (ANALYZE)")
    return url


def add_up(url: str) -> None:
    """Add every finished day up, as the worker does it one by one."""
    command = [sys.executable, "manage.py", "rebuild_rollups", "--first", "9999-01-01"]
    children.run(command, database_url=url, seconds=LIMIT_SECONDS)


def measure(url: str, *, rounds: int, only: str) -> list[dict[str, Any]]:
    """Return the times of each address."""
    return _inside("bigdata_pages", url, {"rounds": rounds, "only": only})


def _inside(part: str, url: str, given: dict[str, Any]) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "bench.inside", part]
    printed = children.run(command, database_url=url, given=json.dumps(given), seconds=LIMIT_SECONDS)
    found: list[dict[str, Any]] = json.loads(printed)
    return found


def table(rows: list[dict[str, Any]]) -> str:
    """Return the times as lines, the slowest of each kind first, with the aim of its kind."""
    lines = [f"{'':8} {'p50 ms':>8} {'p95 ms':>8} {'aim':>6}"]
    for row in sorted(rows, key=lambda row: (row["kind"], -row["p95"])):
        aim = AIMS[row["kind"]]
        mark = "refused" if row["refused"] else "" if row["p95"] <= aim else "over"
        lines.append(f"{row['kind']:8} {row['p50']:8.1f} {row['p95']:8.1f} {aim:6} {mark:7} {row['address']}")
    within = sum(row["p95"] <= AIMS[row["kind"]] and not row["refused"] for row in rows)
    return "\n".join([*lines, f"{within} of {len(rows)} within their aims"])


def measure_exports(url: str) -> list[dict[str, Any]]:
    """Return seconds and memory of the longest files."""
    return _inside("bigdata_exports", url, {})


def table_of_exports(rows: list[dict[str, Any]]) -> str:
    """Return the files as lines, with the aim for their memory."""
    lines = [f"Exports, memory at most {EXPORT_MB} MB above what the process has"]
    for row in rows:
        mark = "" if row["grown_mb"] <= EXPORT_MB else "over"
        lines.append(
            f"{row['lines']:>10,} lines {row['seconds']:7.1f} s {row['grown_mb']:7.1f} MB {mark:5} {row['address']}"
        )
    return "\n".join(lines)


def _timed(what: str, work: Any) -> None:
    begun = time.monotonic()
    work()
    print(f"{what}: {time.monotonic() - begun:.0f} s", flush=True)


def main() -> int:
    given = arguments()
    processes.adopt_orphans()
    try:
        with running_postgres() as server:
            url = fill(server, NAME, given.stays)
            load = os.getloadavg()[0]
            rows = measure(url, rounds=given.rounds, only=given.only)
            exports = [] if given.only else measure_exports(url)
            latency, failure = _mixed(url, given.mixed)
    except children.Failed as error:
        print(error)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        processes.kill_adopted()
    given.output.parent.mkdir(parents=True, exist_ok=True)
    found = {"stays": given.stays, "load_before": load, "pages": rows, "exports": exports, "mixed": latency}
    given.output.write_text(json.dumps(found, indent=1) + "\n")
    print(table(rows))
    if exports:
        print(table_of_exports(exports))
    if latency:
        print(mixed.table(latency))
    if failure:
        print(f"Mixed load: {failure}")
    print(f"Load before: {load:.1f}. Written to {given.output}")
    return 1 if failure else 0


def _mixed(url: str, seconds: float) -> tuple[dict[str, Any], str]:
    """Return the latencies of the mixed load, or why there are none: what was measured before it is not lost."""
    try:
        return (mixed.measure(url, seconds) if seconds else {}), ""
    except children.Failed as error:
        return {}, str(error)


if __name__ == "__main__":
    sys.exit(main())
