"""The lower bound: pgbench making the row changes of the cycle, as fast as PostgreSQL and this machine allow."""

import re
from pathlib import Path
from typing import Any

import psycopg

from bench import children, processor
from tests.postgres import Server

SCRIPT = Path(__file__).with_name("floor.sql")
_RATE = re.compile(r"tps = ([0-9.]+) \(without")
_LATENCY = re.compile(r"latency average = ([0-9.]+) ms")
_CYCLES = re.compile(r"actually processed: ([0-9]+)")


def run(server: Server, name: str, world: dict[str, Any], length: list[str]) -> dict[str, float]:
    """Return cycles per second and their mean latency; `length` is pgbench's option, `-T seconds` or `-t cycles`."""
    clients = len(world["clients"])
    command = [str(server.bin("pgbench")), "--host", str(server.socket_dir), "--username", "postgres"]
    command += ["--no-vacuum", "--protocol", "prepared", "--client", str(clients), "--jobs", "2"]
    for variable, value in _variables(world).items():
        command += ["--define", f"{variable}={value}"]
    before = processor.seconds_of_ended_children()
    printed = children.run([*command, "--file", str(SCRIPT), *length, name])
    own = processor.seconds_of_ended_children() - before
    rate, latency, cycles = _RATE.search(printed), _LATENCY.search(printed), _CYCLES.search(printed)
    if not (rate and latency and cycles) or "number of failed transactions: 0 " not in printed:
        raise children.Failed(f"pgbench says:\n{printed}")
    return {
        "per_second": float(rate[1]),
        "mean_ms": float(latency[1]),
        "cycles": int(cycles[1]),
        "own_processor_seconds": own,
    }


def _variables(world: dict[str, Any]) -> dict[str, int]:
    """Return the ranges of ids for pgbench: ids are assigned in the order of writing, so ranges are enough."""
    return {
        "first_vehicle": world["first_vehicle"],
        "vehicles": len(world["clients"][0]["plates"]),
        "first_driver": world["first_driver"],
        "first_zone": world["zones"][0],
        "zones": len(world["zones"]),
        "attendant": world["first_attendant"],
    }


def open_stays(connection: psycopg.Connection[tuple[Any, ...]]) -> int:
    """Return the number of parking sessions that are not finished: both sides finish what they begin."""
    row = connection.execute(
        "SELECT count(*) FROM stays_parkingsession WHERE status IN ('BOOKED', 'ACTIVE')"
    ).fetchone()
    return int(row[0]) if row else 0
