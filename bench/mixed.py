"""The gate beside everything else at once: cars, live pages that ask for news, and a manager who opens reports."""

import json
import sys
from statistics import median, quantiles
from typing import Any

from bench import children
from bench.load import plan_for

CYCLES_PER_SECOND, POLLS_PER_SECOND = 50, 200
# Milliseconds within which 99 of 100 requests of the gate must be answered.
AIM = 50
CLIENTS, ZONES, SLOTS, PLATES = 32, 10, 200, 100


def measure(url: str, seconds: float) -> dict[str, Any]:
    """Run the mixed load beside what the database at `url` has; return latencies (ms) by kind of request."""
    wanted = {"clients": CLIENTS, "zones": ZONES, "slots": SLOTS, "plates": PLATES}
    world = children.ask("bench.inside", "world", database_url=url, given=wanted)
    people = children.ask("bench.inside", "mixed_people", database_url=url, given={})
    with children.product(url) as product:
        _drive(product.port, world, people["polls"], min(5.0, seconds))  # its caches and plans
        command = [sys.executable, "-m", "bench.managing", str(product.port), people["manager"]]
        with children.started(command) as manager:
            seen = _drive(product.port, world, people["polls"], seconds)
            opened, complaints = manager.communicate(b"\n", timeout=children.LIMIT_SECONDS)
        if manager.returncode:
            raise children.Failed(f"the manager failed: {complaints.decode()[-2000:]}")
    latency: dict[str, Any] = seen["latency"]
    return latency | {"reports": _of_reports(json.loads(opened))}


def _drive(port: int, world: dict[str, Any], polls: list[dict[str, str]], seconds: float) -> Any:
    more = {"cycles_per_second": CYCLES_PER_SECOND, "polls_per_second": POLLS_PER_SECOND, "polls": polls}
    return children.ask("bench.load", given=plan_for("open", port, world, seconds, **more))


def _of_reports(seen: list[float]) -> dict[str, float]:
    milliseconds = [1000 * each for each in seen]
    p95 = quantiles(milliseconds, n=20, method="inclusive")[18] if len(seen) > 1 else milliseconds[0]
    return {"opened": len(seen), "p50_ms": median(milliseconds), "p95_ms": p95}


def table(latency: dict[str, Any]) -> str:
    """Return the latencies as lines, those of the gate with their aim."""
    lines = [f"Mixed load: {CYCLES_PER_SECOND:g} cycles/s, {POLLS_PER_SECOND:g} polls/s, a manager"]
    for kind in ("book", "enter", "leave", "poll"):
        mark = "" if kind == "poll" else f"aim {AIM}" + ("" if latency[kind]["p99_ms"] <= AIM else "  over")
        lines.append(f"{kind:8} p50 {latency[kind]['p50_ms']:7.1f}  p99 {latency[kind]['p99_ms']:7.1f} ms  {mark}")
    reports = latency["reports"]
    lines.append(
        f"reports  p50 {reports['p50_ms']:7.1f}  p95 {reports['p95_ms']:7.1f} ms  ({reports['opened']} opened)"
    )
    return "\n".join(lines)
